//! The changes of a logo that fix a finding without changing the picture, and those that a person
//! has to look at.

use std::ops::Range;

use super::attribute::{Attribute, Attributes};
use super::element::Element;
use super::value::{check_references, check_value};
use crate::{Edit, Finding, typo};

/// Attributes outside the schema that no renderer paints by, by the start of their name.
const UNPAINTED: &[&str] = &["data-", "aria-", "xlink:", "xml:", "-"];
/// The same by their whole name.
const UNPAINTED_NAMES: &[&str] = &[
    "baseProfile",
    "contentScriptType",
    "contentStyleType",
    "enable-background",
    "externalResourcesRequired",
    "lang",
    "tabindex",
    "version",
    "zoomAndPan",
];
/// Attributes outside the schema with the value that they have anyway.
const DEFAULTS: &[(&str, &[&str])] = &[
    ("clip-path", &["none"]),
    ("clip-rule", &["nonzero", "evenodd", "inherit"]),
    ("display", &["inline", "block"]),
    ("filter", &["none"]),
    ("isolation", &["auto"]),
    ("mask", &["none"]),
    ("mix-blend-mode", &["normal"]),
    ("opacity", &["1", "1.0", "100%"]),
    ("overflow", &["visible"]),
    ("paint-order", &["normal"]),
    ("visibility", &["visible"]),
];

/// Whether the picture is the same without this attribute, which is outside the schema.
pub(super) fn is_unpainted(name: &str, value: &str) -> bool {
    let has_default = |(known, values): &(&str, &[&str])| *known == name && values.contains(&value);
    UNPAINTED_NAMES.contains(&name)
        || UNPAINTED.iter().any(|start| name.starts_with(start))
        || DEFAULTS.iter().any(has_default)
}

/// `finding` of an attribute that is to go: surely, where the picture stays the same.
pub(super) fn removed(finding: Finding, attribute: &Attribute, is_sure: bool) -> Finding {
    let edit = Edit::remove(attribute.with_space.clone());
    let advice = of_painted(&attribute.name.to_string()).filter(|_| !is_sure);
    let finding = finding.fix(advice.unwrap_or("remove the attribute"));
    finding.with_meant(edit, is_sure)
}

/// The advice on an attribute that the picture would not be the same without.
fn of_painted(name: &str) -> Option<&'static str> {
    Some(match name {
        "opacity" => "write `fill-opacity` and `stroke-opacity` in its place",
        "mask" | "clip-path" => "cut the shapes themselves, and remove the attribute",
        "filter" => "draw without effects, and remove the attribute",
        "display" | "visibility" => "remove what is not to be seen, and the attribute",
        _ => return None,
    })
}

/// `finding` of an attribute whose value is not one of `values`.
pub(super) fn corrected(finding: Finding, attribute: &Attribute, values: &[&str]) -> Finding {
    let Some((value, is_sure)) = meant(attribute, values) else {
        return finding.fix(format!("write one of them: {}", values.join(", ")));
    };
    let written = format!("{}=\"{value}\"", attribute.name);
    let finding = finding.fix(format!("write `{written}`"));
    let edit = Edit::replace(attribute.span.clone(), written);
    finding.with_meant(edit, is_sure)
}

/// The value that was meant, and whether it draws the same.
fn meant<'v>(attribute: &Attribute, values: &[&'v str]) -> Option<(&'v str, bool)> {
    let value = attribute.value.trim();
    if let Ok(weight) = value.parse::<u16>() {
        // CSS has 400 for normal and 700 for bold (CSS Fonts 4 §2.2.1).
        let word = if weight < 600 { "normal" } else { "bold" };
        let word = values.iter().find(|known| **known == word)?;
        return Some((word, matches!(weight, 400 | 700)));
    }
    let near = typo::nearest(value, values.iter().copied())?;
    Some((near.word, near.is_sure))
}

/// `finding` of the `style` of `element`, with its properties as attributes, where each can be one.
pub(super) fn styled(
    finding: Finding,
    element: &Element,
    style: &Attribute,
    attributes: &Attributes,
) -> Finding {
    match as_attributes(element, &style.value, attributes) {
        Some(written) if written.is_empty() => removed(finding, style, true),
        Some(written) => finding
            .fix(format!("write `{written}` in its place"))
            .with_edit(Edit::replace(style.span.clone(), written)),
        None => finding.fix("write each of its properties as an attribute: `fill`, `stroke`"),
    }
}

/// The attributes that mean what `style` says. One that is there already would have to give way.
fn as_attributes(element: &Element, style: &str, attributes: &Attributes) -> Option<String> {
    let mut written: Vec<(&str, &str)> = Vec::new();
    let declarations = style.split(';').map(str::trim);
    for declaration in declarations.filter(|text| !text.is_empty()) {
        let (name, value) = declaration.split_once(':')?;
        let (name, value) = (name.trim(), value.trim());
        if is_unpainted(name, value) {
            continue;
        }
        let fits = element.allows(name)
            && !value.is_empty()
            && !value.contains(['"', '<', '&', '!', '\\'])
            && check_value(name, value).is_none()
            && check_references(name, value).is_none();
        let is_there =
            attributes.get(name).is_some() || written.iter().any(|(one, _)| *one == name);
        if !fits || is_there {
            return None;
        }
        written.push((name, value));
    }
    let written = written
        .iter()
        .map(|(name, value)| format!("{name}=\"{value}\""));
    Some(written.collect::<Vec<_>>().join(" "))
}

/// The advice on an element that runs, animates, embeds or links.
pub(super) fn of_active(name: &str) -> &'static str {
    match name {
        "a" => "take the link away and keep what it holds",
        "style" => "write the properties of its rules as attributes of the shapes",
        "image" | "video" | "foreignObject" | "iframe" | "object" | "embed" => {
            "draw it with paths and gradients"
        }
        "clipPath" | "mask" => "cut the shapes themselves, and remove the element",
        "filter" => "draw without effects, and remove the element",
        "marker" | "pattern" => "draw each of its copies as a path",
        "switch" => "keep one of its alternatives, without the element",
        _ => "remove the element",
    }
}

/// The edit that moves `span` of `document` to byte `to`, which is before it.
pub(super) fn moved(document: &str, span: Range<usize>, to: usize) -> Edit {
    let text = document[span.clone()].to_owned();
    Edit::insert(to, text).and_replace(span, "")
}
