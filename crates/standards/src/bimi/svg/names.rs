//! The names that attributes may have: SVG-07, SVG-10, SVG-11, SVG-16 and SVG-27.

use super::attribute::{Attribute, Attributes, Name};
use super::element::{Element, FIXED};
use super::fixes;
use super::value::{check_references, check_value, outside_schema, values_of};
use crate::Finding;
use crate::quote::quote;
use crate::rules;

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
            findings.extend(check_name(element, name, attribute, attributes));
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
    name: &str,
    attribute: &Attribute,
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
    match values_of(name) {
        Some(values) => fixes::corrected(finding, attribute, values),
        None => finding.fix(format!(
            "write another name, such as `_{}`, there and in what refers to it",
            attribute.value
        )),
    }
}
