//! The `v=NAME; field; field` syntax of the MTA-STS and TLS-RPT records
//! (RFC 8461 §3.1, RFC 8460 §3), which is stricter than a DKIM tag list: no
//! space around `=`, and the version is the first thing in the text.

use std::fmt;
use std::ops::Range;

use crate::pasted::Syntax;
use crate::quote::quote;
use crate::rules::Rule;
use crate::tag_list::{Part, parts};
use crate::{Edit, Finding, Severity, typo};

/// A field of a record that the RFC leaves to later specifications.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Extension {
    name: String,
    value: String,
}

impl Extension {
    /// A field `name=value`, if both fit the grammar.
    pub fn new(name: &str, value: &str) -> Option<Self> {
        (is_extension_name(name) && is_extension_value(value)).then(|| Self {
            name: name.to_owned(),
            value: value.to_owned(),
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its value.
    pub fn value(&self) -> &str {
        &self.value
    }
}

impl fmt::Display for Extension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.name, self.value)
    }
}

/// The rules that a record of this syntax is held to.
pub(crate) struct FieldRules {
    /// The names of its own fields, `v` first.
    pub(crate) names: &'static [&'static str],
    /// The version's name: `STSv1`.
    pub(crate) version: &'static str,
    /// The rule of the version at the start.
    pub(crate) version_rule: &'static Rule,
    /// The rule of the fields' grammar.
    pub(crate) field_rule: &'static Rule,
    /// The rule of unknown fields.
    pub(crate) unknown_rule: &'static Rule,
    /// The fields of another text that people write into this one, and what to do with them.
    pub(crate) foreign: (&'static [&'static str], &'static str),
    /// Whether a field of its own can be used that has this value, or its own fix.
    pub(crate) fits: fn(&str) -> bool,
}

impl FieldRules {
    /// The fix of a field that belongs to another text.
    fn of_another_text(&self, name: &str) -> Option<&'static str> {
        let (names, fix) = self.foreign;
        names.contains(&name).then_some(fix)
    }

    /// The syntax of the record, by which damage to it is found.
    pub(crate) fn syntax(&self) -> Syntax {
        Syntax {
            version: self.version,
            known: self.names,
            free: &[],
            is_spaced: false,
            rule: self.field_rule,
        }
    }
}

/// One field, with where its parts stand.
pub(crate) struct Field<'a> {
    pub(crate) name: &'a str,
    pub(crate) value: &'a str,
    pub(crate) span: Range<usize>,
    pub(crate) name_span: Range<usize>,
    pub(crate) value_span: Range<usize>,
}

/// The fields after the version, and what is wrong with how they are written;
/// no fields at all when receivers would not take the text for such a record.
pub(crate) fn parse<'a>(
    text: &'a str,
    rules: &FieldRules,
) -> (Option<Vec<Field<'a>>>, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut parts = parts(text).peekable();
    let version = parts.next().expect("splitting gives at least one part");
    if let Some(finding) = check_version(text, &version, rules) {
        findings.push(finding);
        return (None, findings);
    }
    findings.extend(space_after_version(text, &version, rules));
    let mut fields = Vec::new();
    while let Some(part) = parts.next() {
        if part.text.is_empty() && parts.peek().is_none() {
            break;
        }
        match read_field(&part) {
            Ok(field) => fields.push(field),
            Err(reason) => {
                let finding = Finding::new(rules.field_rule, reason).weighing(Severity::Error);
                let finding = match text[..part.span.start].rfind(';') {
                    Some(semicolon) if part.text.is_empty() => finding
                        .fix("remove one of the two semicolons")
                        .with_edit(Edit::remove(semicolon..part.span.start)),
                    _ => {
                        let name = part.text.split([':', '=', ' ', '\t']).next();
                        match name.and_then(|name| rules.of_another_text(name)) {
                            Some(fix) => finding.fix(fix),
                            None => finding,
                        }
                    }
                };
                findings.push(finding.at(part.span.clone()));
            }
        }
    }
    findings.extend(space_at_the_end(text, rules.field_rule));
    (Some(fields), findings)
}

/// An unknown field of `fields` as an extension, with the finding that receivers ignore it.
pub(crate) fn extension(
    field: &Field<'_>,
    fields: &[Field<'_>],
    rules: &FieldRules,
) -> (Option<Extension>, Finding) {
    let extension = Extension::new(field.name, field.value);
    let name = quote(field.name);
    let finding = match typo::nearest(field.name, rules.names.iter().copied().skip(1)) {
        None if extension.is_none() => {
            let reason = format!(
                "{} is not a name of up to 32 letters, digits, `_`, `-` and `.`, then `=`, then visible characters",
                quote(&format!("{}={}", field.name, field.value))
            );
            let finding = Finding::new(rules.field_rule, reason).weighing(Severity::Error);
            return (None, finding.at(field.span.clone()));
        }
        None => {
            let reason = format!("receivers ignore the field {name}");
            let finding = Finding::new(rules.unknown_rule, reason);
            match rules.of_another_text(field.name) {
                Some(fix) => finding.fix(fix),
                None => finding,
            }
        }
        Some(near) => {
            let word = near.word;
            let reason = format!("receivers ignore the field {name}: did you mean {word}?");
            let finding = Finding::new(rules.unknown_rule, reason);
            let edit = Edit::replace(field.name_span.clone(), word);
            if fields.iter().any(|other| other.name == word) {
                finding.fix(format!("remove it: {word} is there already"))
            } else if near.is_sure && (rules.fits)(field.value) {
                finding.fix(format!("write `{word}=`")).with_edit(edit)
            } else {
                finding.fix(format!("write `{word}=`")).with_guess(edit)
            }
        }
    };
    (extension, finding.at(field.name_span.clone()))
}

fn check_version(text: &str, version: &Part<'_>, rules: &FieldRules) -> Option<Finding> {
    let name = rules.version;
    let fault = |reason: String| Finding::new(rules.version_rule, reason).at(version.span.clone());
    let is_version = version.text.strip_prefix("v=") == Some(name);
    if is_version && version.span.start > 0 {
        let start = version.span.start;
        return Some(
            fault(format!("there is white space before `v={name}`"))
                .at(0..start)
                .fix("remove the white space at the start")
                .with_edit(Edit::remove(0..start)),
        );
    }
    if !text.contains(';') {
        return Some(fault(format!("the record does not start with `v={name};`")));
    }
    if is_version {
        return None;
    }
    let finding = fault(format!(
        "the record starts with {} where receivers look for `v={name};`, in this case and without spaces",
        quote(version.text)
    ));
    let compact: String = version.text.split([' ', '\t']).collect();
    let written = compact.strip_prefix(['v', 'V']).unwrap_or(&compact);
    let written = written.trim_start_matches('=');
    let edit = Edit::replace(0..version.span.end, format!("v={name}"));
    Some(match typo::nearest(written, [name]) {
        Some(_) if written.eq_ignore_ascii_case(name) => finding.with_edit(edit),
        Some(_) => finding.with_guess(edit),
        None => finding,
    })
}

fn read_field<'a>(part: &Part<'a>) -> Result<Field<'a>, String> {
    if part.text.is_empty() {
        return Err("there is nothing between two semicolons".to_owned());
    }
    let Some((name, value)) = part.name_and_value() else {
        return Err(format!(
            "{} has no `=`, so it is not a field",
            quote(part.text)
        ));
    };
    if name.span.end + 1 != value.span.start {
        return Err(format!(
            "there is white space around the `=` of {}",
            quote(part.text)
        ));
    }
    Ok(Field {
        name: name.text,
        value: value.text,
        span: part.span.clone(),
        name_span: name.span,
        value_span: value.span,
    })
}

/// The grammar allows it, but the same section has receivers discard every text that does
/// not start with the version and a semicolon, and some take that to the letter.
fn space_after_version(text: &str, version: &Part<'_>, rules: &FieldRules) -> Option<Finding> {
    let semicolon = text.find(';')?;
    (version.span.end < semicolon).then(|| {
        let reason =
            "there is white space before the first semicolon, which makes some receivers overlook the record";
        Finding::new(rules.version_rule, reason)
            .weighing(Severity::Warn)
            .at(version.span.end..semicolon)
            .fix("remove the white space")
            .with_edit(Edit::remove(version.span.end..semicolon))
    })
}

/// Receivers read over it, but the grammar allows white space only beside a semicolon.
fn space_at_the_end(text: &str, rule: &'static Rule) -> Option<Finding> {
    let kept = text.trim_end_matches([' ', '\t', '\r', '\n']);
    (kept.len() < text.len() && !kept.ends_with(';')).then(|| {
        Finding::new(rule, "there is white space after the last field")
            .weighing(Severity::Warn)
            .at(kept.len()..text.len())
            .fix("remove the white space at the end")
            .with_edit(Edit::remove(kept.len()..text.len()))
    })
}

pub(crate) fn is_extension_name(name: &str) -> bool {
    name.len() <= 32
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

fn is_extension_value(value: &str) -> bool {
    !value.is_empty()
        && value
            .chars()
            .all(|c| c.is_ascii_graphic() && c != '=' && c != ';')
}
