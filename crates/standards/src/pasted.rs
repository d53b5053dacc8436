//! Damage to a record on its way from a document into DNS: quotes, invisible characters, a
//! separator that was lost. Its fix brings the text back that was meant.
//!
//! One such fault makes a parser say three things that are only its consequences. Each is told
//! once: [`told_once`] drops what is no longer there once the damage is repaired.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::dns::txt::lint_policy;
use crate::finding::FOREMOST;
use crate::quote::quote;
use crate::rules::{self, Rule};
use crate::tag_list::{Part, parts};
use crate::{Edit, Finding, Severity, edit};

/// The syntax of a record of `name=value`s between semicolons.
pub(crate) struct Syntax {
    /// The value of `v`, with which it begins.
    pub(crate) version: &'static str,
    /// The names that its standard defines.
    pub(crate) known: &'static [&'static str],
    /// Those of them whose value is free text.
    pub(crate) free: &'static [&'static str],
    /// Whether white space may stand around the equals sign.
    pub(crate) is_spaced: bool,
    /// The rule of its grammar.
    pub(crate) rule: &'static Rule,
}

/// The damage to `text`, each fault with the edit that repairs it, and what is wrong with its
/// characters.
pub(crate) fn faults(text: &str, syntax: &Syntax) -> Vec<Finding> {
    let mut findings = lint_policy(text);
    let mut before: Option<Part<'_>> = None;
    for part in parts(text).take(FOREMOST) {
        match part.name_and_value() {
            Some((name, value)) if syntax.is_known(name.text) => {
                findings.extend(syntax.spaces(&name, &value));
                findings.extend(quotes(&value));
                findings.extend(syntax.lost_semicolons(text, name.text, &value));
            }
            Some(_) => {}
            None => findings.extend(syntax.no_tag(text, &part, before.as_ref())),
        }
        before = Some(part);
    }
    findings
}

impl Syntax {
    fn is_known(&self, name: &str) -> bool {
        self.known.contains(&name) && !self.free.contains(&name)
    }

    fn fault(&self, reason: impl Into<String>, span: Range<usize>) -> Finding {
        let finding = Finding::new(self.rule, reason).weighing(Severity::Error);
        finding.at(span)
    }

    /// White space around the equals sign, where the grammar has none.
    fn spaces(&self, name: &Part<'_>, value: &Part<'_>) -> Option<Finding> {
        let (start, end) = (name.span.end, value.span.start);
        (!self.is_spaced && name.text != "v" && end - start > 1).then(|| {
            let reason = format!(
                "there is white space around the `=` of {}",
                quote(name.text)
            );
            self.fault(reason, start..end)
                .fix(format!("write `{}=` without white space", name.text))
                .with_edit(Edit::replace(start..end, "="))
        })
    }

    /// A known name and its equals sign within the value of another: only white space, a comma or a
    /// colon separates them, which belongs to the value.
    fn lost_semicolons(&self, whole: &str, name: &str, value: &Part<'_>) -> Vec<Finding> {
        let text = value.text;
        let is_separator = |c: char| matches!(c, ' ' | '\t' | ',') || name == "v" && c == ':';
        let lost = text.match_indices('=').filter_map(|(equals, _)| {
            let before = text[..equals].trim_end_matches([' ', '\t']);
            let end = |known: &str| Some(before.strip_suffix(known)?.len());
            let named = |known: &str| end(known).filter(|at| text[..*at].ends_with(is_separator));
            let (known, at) = self
                .known
                .iter()
                .find_map(|known| Some((*known, named(known)?)))?;
            let is_meant = known != name && is_value(name, &text[equals..]);
            is_meant.then_some((known, at))
        });
        let findings = lost.map(|(lost, at)| {
            let start = text[..at].trim_end_matches(is_separator).len();
            let span = value.span.start + start..value.span.start + at;
            let reason = format!("no semicolon stands before `{lost}=`");
            let finding = self.fault(reason, span.clone());
            let finding = finding.fix(format!("write `; {lost}=`"));
            let edit = Edit::replace(span, "; ");
            // A name that stands there already would undo the whole record.
            let is_alone = names(whole).all(|other| other != lost);
            finding.with_meant(edit, is_alone)
        });
        findings.collect()
    }

    /// A part without an equals sign that was meant as a tag, or as one more address of the tag
    /// `before` it.
    fn no_tag(&self, text: &str, part: &Part<'_>, before: Option<&Part<'_>>) -> Option<Finding> {
        let at = part.span.start;
        if before.is_none() && part.text.eq_ignore_ascii_case(self.version) {
            let version = format!("v={}", self.version);
            let reason = format!("the record starts with {}, not {version}", quote(part.text));
            let finding = self.fault(reason, part.span.clone());
            let edit = Edit::replace(part.span.clone(), version.as_str());
            return Some(finding.fix(format!("write `{version}`")).with_edit(edit));
        }
        let (name, _) = part.text.split_once(':')?;
        if self.is_known(name.trim_end()) {
            let colon = at + name.len()..at + name.len() + 1;
            let reason = format!("{} has a colon in place of the `=`", quote(part.text));
            let finding = self.fault(reason, colon.clone());
            let fix = format!("write `{}=`", name.trim_end());
            return Some(finding.fix(fix).with_edit(Edit::replace(colon, "=")));
        }
        let list = before?.name_and_value()?.0;
        let is_address = name.eq_ignore_ascii_case("mailto") || name.eq_ignore_ascii_case("https");
        let semicolon = text[..at].rfind(';')?;
        (is_address && ["rua", "ruf"].contains(&list.text) && self.is_known(list.text)).then(|| {
            let reason = format!("a semicolon stands between the addresses of {}", list.text);
            self.fault(reason, semicolon..semicolon + 1)
                .fix("write a comma in its place")
                .with_edit(Edit::replace(semicolon..semicolon + 1, ","))
        })
    }
}

/// Whether the equals sign that `after` begins with gives a value to a tag. Within `p=` it can be the
/// end of a key: base64 that was split ends in a letter and one or two of them.
fn is_value(within: &str, after: &str) -> bool {
    within != "p" || !after.trim_matches('=').is_empty()
}

/// The names in `text`.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let parts = parts(text).take(FOREMOST);
    parts.filter_map(|part| Some(part.name_and_value()?.0.text))
}

/// Quotes around a value, which belong to a zone file or to prose.
fn quotes(value: &Part<'_>) -> Option<Finding> {
    let quote = ['"', '\''].into_iter().find(|quote| {
        value.text.len() > 1 && value.text.starts_with(*quote) && value.text.ends_with(*quote)
    })?;
    let inner = value.text.trim_matches(quote);
    let before = value.text.len() - value.text.trim_start_matches(quote).len();
    let start = value.span.start + before;
    (!inner.is_empty()).then(|| {
        let edit = Edit::remove(value.span.start..start)
            .and_replace(start + inner.len()..value.span.end, "");
        Finding::new(
            rules::DNS_03,
            "the value stands in quotes, which become part of it",
        )
        .at(value.span.clone())
        .fix("remove the quotes around it")
        .with_edit(edit)
    })
}

/// The findings about `text`: `damage`, and those of `others` that are still there once it is
/// repaired, by what `lint` says of the repaired text.
pub(crate) fn told_once(
    text: &str,
    mut damage: Vec<Finding>,
    mut others: Vec<Finding>,
    lint: impl FnOnce(&str) -> Vec<Finding>,
) -> Vec<Finding> {
    if damage.is_empty() {
        return others;
    }
    // A tab is only warned about: nothing follows from it.
    let grave = damage.iter().filter(|one| one.severity == Severity::Error);
    let edits = grave.filter_map(|finding| finding.edit.as_ref());
    let repaired = edit::apply_all(text, edits);
    if repaired != text && !others.is_empty() {
        let left = lint(&repaired);
        let left: BTreeSet<_> = left.iter().map(|one| (&*one.rule, &*one.reason)).collect();
        others.retain(|one| left.contains(&(&*one.rule, &*one.reason)));
    }
    damage.append(&mut others);
    damage
}

#[cfg(test)]
mod tests {
    use super::*;

    const DMARC: Syntax = Syntax {
        version: "DMARC1",
        known: &["v", "p", "sp", "rua", "n"],
        free: &["n"],
        is_spaced: true,
        rule: rules::DMARC_26,
    };

    #[test]
    fn damage_is_found_and_repaired() {
        let check = |text: &str, repaired: &str| {
            let faults = faults(text, &DMARC);
            let edits = faults.iter().filter_map(|fault| fault.edit.as_ref());
            assert_eq!(
                edit::apply_all(text, edits),
                repaired,
                "{text:?}: {faults:?}"
            );
        };
        let sound = "v=DMARC1; p=reject; rua=mailto:a@example.com,mailto:b@example.com; n=a p=b";
        check(sound, sound);
        let plain = "v=DMARC1; p=reject; rua=mailto:a@example.com";
        check("v=DMARC1 p=reject, rua=mailto:a@example.com", plain);
        check("v=DMARC1: p=reject rua=mailto:a@example.com", plain);
        check("DMARC1; p=\"reject\"; rua:mailto:a@example.com", plain);
        check(
            "\u{feff}v=DMARC1; p=re\u{200b}ject;\u{a0}rua=mailto:a@example.com",
            plain,
        );
        check("v=DMARC1; p=reject; rua='mailto:a@example.com'", plain);
        check("“v=DMARC1\\; p=reject; rua=mailto:a@example.com”", plain);
        check(
            "v=DMARC1; rua=mailto:a@example.com; mailto:b@example.com; https:c",
            "v=DMARC1; rua=mailto:a@example.com, mailto:b@example.com; https:c",
        );
        check(
            "v=DMARC1; rua=a, rua=b; x=p=q; x:y",
            "v=DMARC1; rua=a, rua=b; x=p=q; x:y",
        );
    }

    #[test]
    fn a_consequence_is_not_told_beside_its_cause() {
        let lint = |text: &str| {
            let is_cut = !text.contains('=');
            let cut = is_cut.then(|| Finding::new(rules::DMARC_04, "no p"));
            let mut findings = vec![Finding::new(rules::DMARC_20, "no rua")];
            findings.extend(cut);
            findings
        };
        let text = "v=DMARC1; p:none";
        let told = told_once(text, faults(text, &DMARC), lint("p:none"), lint);
        let told: Vec<_> = told.iter().map(|one| &*one.rule).collect();
        assert_eq!(told, ["DMARC-26", "DMARC-20"]);
    }
}
