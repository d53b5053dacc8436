//! The names and values that attributes may have: SVG-10 to SVG-16, SVG-26 and SVG-27.

use std::fmt;
use std::ops::Range;

use super::element::{Element, FIXED, PRESENTATION};
use super::fixes;
use crate::quote::quote;
use crate::rules;
use crate::{Finding, Severity};

/// One attribute, its name with a canonical prefix (`xml:`, `xlink:`) and its value with
/// character references read. No entity is ever resolved.
#[derive(Debug)]
pub(super) struct Attribute {
    pub(super) name: Name,
    pub(super) value: String,
    pub(super) span: Range<usize>,
    /// The attribute with the white space before it.
    pub(super) with_space: Range<usize>,
}

/// The attributes of one element.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    pub(super) list: Vec<Attribute>,
    /// The byte after the element's name, where another one may be written.
    pub(super) start: usize,
}

impl Attributes {
    /// The attribute called `name`.
    pub(super) fn get(&self, name: &str) -> Option<&Attribute> {
        self.list
            .iter()
            .find(|attribute| matches!(&attribute.name, Name::Known(known) if known == name))
    }

    /// The value of the attribute called `name`.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.get(name).map(|attribute| attribute.value.as_str())
    }
}

/// The name of an attribute.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// A name of the profile's kind: no prefix, `xml:` or `xlink:`.
    Known(String),
    /// A name in some other namespace, as it is written.
    Foreign(String),
    /// A declaration of a namespace: the prefix (empty for the default one).
    Namespace(String),
}

/// As it may be written.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(name) | Self::Foreign(name) => f.write_str(name),
            Self::Namespace(prefix) if prefix.is_empty() => f.write_str("xmlns"),
            Self::Namespace(prefix) => write!(f, "xmlns:{prefix}"),
        }
    }
}

/// Everything wrong with `attribute` of `element`, which has `attributes`.
pub(super) fn check(
    element: &Element,
    attribute: &Attribute,
    attributes: &Attributes,
) -> Vec<Finding> {
    let value = attribute.value.as_str();
    let mut findings = Vec::new();
    match &attribute.name {
        Name::Namespace(_) => {}
        Name::Foreign(name) => {
            let reason = format!("the attribute {} is of another namespace", quote(name));
            findings.push(fixes::removed(outside_schema(reason), attribute, true));
        }
        Name::Known(name) => {
            findings.extend(check_name(element, (name, attribute), attributes));
            let finding = check_value(name, value);
            findings.extend(finding.map(|finding| with_fix(finding, name, attribute)));
            findings.extend(check_references(name, value));
        }
    }
    findings
        .into_iter()
        .map(|finding| finding.at(attribute.span.clone()))
        .collect()
}

fn check_name(
    element: &Element,
    (name, attribute): (&str, &Attribute),
    attributes: &Attributes,
) -> Option<Finding> {
    let is_root = element.name == "svg";
    let on_element = format!("on <{}>", element.name);
    if name.starts_with("on") {
        let reason = format!("the event attribute {} {on_element}", quote(name));
        let finding = Finding::new(rules::SVG_10, reason);
        return Some(fixes::removed(finding, attribute, true));
    }
    let is_root_only = is_root && ["x", "y", "overflow", "style"].contains(&name);
    let finding = if is_root_only {
        let reason = format!("the root element has the attribute {}", quote(name));
        Finding::new(rules::SVG_07, reason)
    } else if name == "style" {
        Finding::new(rules::SVG_11, format!("an inline style {on_element}"))
    } else if name == "xlink:href" {
        let reason = format!("xlink:href {on_element}: the schema knows no prefixed href");
        return Some(Finding::new(rules::SVG_16, reason));
    } else {
        // The attributes of SVG-12 have their own findings wherever they stand.
        let has_rule = FIXED.iter().any(|(fixed, _)| *fixed == name);
        let is_outside = !element.allows(name) && !has_rule;
        let is_sure = fixes::is_unpainted(name, &attribute.value);
        return is_outside.then(|| {
            let reason = format!("the schema has no attribute {} {on_element}", quote(name));
            fixes::removed(outside_schema(reason), attribute, is_sure)
        });
    };
    Some(if name == "style" {
        fixes::styled(finding, element, attribute, attributes)
    } else {
        // They mean nothing on the outermost element (SVG Tiny 1.2 §7.2).
        fixes::removed(finding, attribute, true)
    })
}

/// The fix of a value that the profile does not have.
fn with_fix(finding: Finding, name: &str, attribute: &Attribute) -> Finding {
    let is_fixed = FIXED.iter().any(|(fixed, _)| *fixed == name);
    if is_fixed || name == "preserveAspectRatio" {
        // Another ratio moves the picture where its canvas is not that of the page.
        return fixes::removed(finding, attribute, is_fixed);
    }
    match fixes::values_of(name) {
        Some(values) => fixes::corrected(finding, attribute, values),
        None => finding.fix(format!(
            "write another name, such as `_{}`, there and in what refers to it",
            attribute.value
        )),
    }
}

/// An attribute or a value that every form of the published schema refuses.
fn outside_schema(reason: String) -> Finding {
    Finding::new(rules::SVG_27, reason).weighing(Severity::Error)
}

pub(super) fn check_value(name: &str, value: &str) -> Option<Finding> {
    if let Some((_, only)) = FIXED.iter().find(|(fixed, _)| *fixed == name) {
        return Some(if value == *only {
            Finding::new(
                rules::SVG_13,
                format!("{name} is allowed here, and better left out"),
            )
        } else {
            let reason = format!("{name} is {}, the profile allows only {only}", quote(value));
            Finding::new(rules::SVG_12, reason)
        });
    }
    if name == "preserveAspectRatio" {
        return (!is_aspect_ratio(value)).then(|| {
            let reason = format!(
                "preserveAspectRatio is {}, the profile allows none and xMidYMid",
                quote(value)
            );
            Finding::new(rules::SVG_26, reason)
        });
    }
    if matches!(name, "id" | "xml:id") && !is_id(value) {
        let reason = format!(
            "{name} is {}; it starts with a letter or _, and has letters, digits, - _ and . after it",
            quote(value)
        );
        return Some(outside_schema(reason));
    }
    let values = fixes::values_of(name)?;
    (!values.contains(&value)).then(|| {
        let reason = format!(
            "{name} is {}, the schema allows {}",
            quote(value),
            values.join(", ")
        );
        outside_schema(reason)
    })
}

/// `none` or `xMidYMid`, each with or without `meet`.
fn is_aspect_ratio(value: &str) -> bool {
    let value = value.trim();
    ["none", "xMidYMid"]
        .iter()
        .filter_map(|align| value.strip_prefix(align))
        .any(|rest| matches!(rest.trim(), "" | "meet"))
}

pub(super) fn check_references(name: &str, value: &str) -> Option<Finding> {
    let found = if matches!(name, "href" | "xlink:href") {
        judge_reference(value)
    } else if name == "xml:base" && !value.trim().is_empty() {
        // With a base, even `#id` points into another document.
        Some(Reference::External)
    } else {
        judge_functions(name, value)
    }?;
    Some(match found {
        Reference::Data => Finding::new(
            rules::SVG_15,
            format!("{name} holds a data: resource, {}", quote(value)),
        ),
        Reference::External => Finding::new(
            rules::SVG_14,
            format!(
                "{name} refers to something outside this file, {}",
                quote(value)
            ),
        ),
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reference {
    Data,
    External,
}

/// The fault of a reference's target; `None` for a fragment, which is in this file
/// whatever the id is called.
fn judge_reference(target: &str) -> Option<Reference> {
    let target = target.trim();
    if target.starts_with('#') {
        None
    } else if is_data(target) {
        Some(Reference::Data)
    } else {
        Some(Reference::External)
    }
}

fn is_data(target: &str) -> bool {
    target
        .get(..5)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"))
}

/// An XML name without a prefix (`NCName` of the schema).
fn is_id(id: &str) -> bool {
    id.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && id
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '\u{b7}'))
}

/// Looks for `url(...)` wherever it stands in a value, and for pictures as `data:`.
fn judge_functions(name: &str, value: &str) -> Option<Reference> {
    let lower = value.to_ascii_lowercase();
    let mut rest = lower.as_str();
    let mut worst = None;
    while let Some(start) = rest.find("url(") {
        rest = &rest[start + 4..];
        let end = rest.find(')').unwrap_or(rest.len());
        let target = rest[..end].trim().trim_matches(['"', '\'']);
        match judge_reference(target) {
            Some(Reference::Data) => return Some(Reference::Data),
            Some(Reference::External) => worst = Some(Reference::External),
            None => {}
        }
    }
    if lower.contains("data:image/") || (is_data(lower.trim()) && lower.contains(";base64")) {
        return Some(Reference::Data);
    }
    // CSS reads `u\72l(` as `url(`; no honest presentation attribute has a backslash.
    if PRESENTATION.contains(&name) && name != "font-family" && value.contains('\\') {
        return Some(Reference::External);
    }
    worst
}
