//! The values that attributes may have: SVG-12 to SVG-15, SVG-26 and SVG-27.

use super::element::{FIXED, PRESENTATION, VALUES};
use crate::quote::quote;
use crate::rules;
use crate::{Finding, Severity};

/// An attribute or a value that every form of the published schema refuses.
pub(super) fn outside_schema(reason: String) -> Finding {
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
    let values = values_of(name)?;
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

/// The values of an attribute with a closed list of them.
pub(super) fn values_of(name: &str) -> Option<&'static [&'static str]> {
    let (_, values) = VALUES.iter().find(|(listed, _)| *listed == name)?;
    Some(values)
}
