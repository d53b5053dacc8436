//! The duties of the root element: SVG-02, SVG-03, SVG-19, SVG-20 and SVG-21.

use std::ops::Range;

use super::attribute::Attributes;
use super::geometry;
use super::{SMALLEST_SIDE, ViewBox};
use crate::quote::quote;
use crate::rules::{self, Rule};
use crate::{Edit, Finding};

/// Checks the root's attributes, and reads its view box. `tag` is where the root stands.
pub(super) fn check(
    attributes: &Attributes,
    tag: &Range<usize>,
) -> (Option<ViewBox>, Vec<Finding>) {
    let mut findings = Vec::new();
    findings.extend(check_exact(
        attributes,
        tag,
        rules::SVG_02,
        "version",
        "1.2",
    ));
    findings.extend(check_exact(
        attributes,
        tag,
        rules::SVG_03,
        "baseProfile",
        "tiny-ps",
    ));
    let canvas = check_view_box(attributes, tag, &mut findings);
    let side = canvas.filter(ViewBox::is_square).map(|canvas| canvas.width);
    let fault = check_size(attributes, tag);
    findings.extend(fault.map(|finding| sized(finding, attributes, side)));
    (canvas, findings)
}

fn check_exact(
    attributes: &Attributes,
    tag: &Range<usize>,
    rule: &'static Rule,
    name: &str,
    expected: &str,
) -> Option<Finding> {
    match attributes.get(name) {
        None => {
            let reason = format!("the root element has no {name}");
            let written = format!("{name}=\"{expected}\"");
            let finding = Finding::new(rule, reason).at(tag.clone());
            Some(added(finding, attributes, &written))
        }
        Some(attribute) if attribute.value != expected => {
            let reason = format!(
                "{name} is {}, not {}",
                quote(&attribute.value),
                quote(expected)
            );
            let written = format!("{name}=\"{expected}\"");
            let finding = Finding::new(rule, reason)
                .at(attribute.span.clone())
                .fix(format!("write `{written}`"));
            Some(finding.with_edit(Edit::replace(attribute.span.clone(), written)))
        }
        Some(_) => None,
    }
}

/// `finding` of what the root does not have, with `written` as its fix.
fn added(finding: Finding, attributes: &Attributes, written: &str) -> Finding {
    finding
        .fix(format!("add `{written}` to the root element"))
        .with_edit(Edit::insert(attributes.start, format!(" {written}")))
}

fn check_view_box(
    attributes: &Attributes,
    tag: &Range<usize>,
    findings: &mut Vec<Finding>,
) -> Option<ViewBox> {
    let Some(attribute) = attributes.get("viewBox") else {
        let finding =
            Finding::new(rules::SVG_19, "the root element has no viewBox").at(tag.clone());
        // Without one, a unit of the drawing is a pixel.
        let side = |name| attributes.value(name).and_then(pixels);
        findings.push(match (side("width"), side("height")) {
            (Some(width), Some(height)) if width > 0.0 && height > 0.0 => added(
                finding,
                attributes,
                &format!("viewBox=\"0 0 {width} {height}\""),
            ),
            _ => finding,
        });
        return None;
    };
    let Some(canvas) = ViewBox::read(&attribute.value) else {
        let reason = format!(
            "viewBox is {}, not four numbers with spaces between them, the last two above zero",
            quote(&attribute.value)
        );
        let finding = Finding::new(rules::SVG_19, reason).at(attribute.span.clone());
        let parted = attribute.value.replace(',', " ");
        let parted = parted.split_whitespace().collect::<Vec<_>>().join(" ");
        findings.push(match ViewBox::read(&parted) {
            Some(_) => {
                let written = format!("viewBox=\"{parted}\"");
                let edit = Edit::replace(attribute.span.clone(), written.as_str());
                finding.fix(format!("write `{written}`")).with_edit(edit)
            }
            None => finding.fix("write four numbers, for example `viewBox=\"0 0 512 512\"`"),
        });
        return None;
    };
    if !canvas.is_square() {
        let reason = format!(
            "the viewBox is {} by {}, not square",
            canvas.width, canvas.height
        );
        findings.push(Finding::new(rules::SVG_20, reason).at(attribute.span.clone()));
    }
    Some(canvas)
}

fn check_size(attributes: &Attributes, tag: &Range<usize>) -> Option<Finding> {
    let fault = |reason: String, span: &Range<usize>| {
        Some(Finding::new(rules::SVG_21, reason).at(span.clone()))
    };
    let (Some(width), Some(height)) = (attributes.get("width"), attributes.get("height")) else {
        return fault(
            "the root element does not have both width and height".to_owned(),
            tag,
        );
    };
    let mut sides = [0.0; 2];
    for (side, attribute) in sides.iter_mut().zip([width, height]) {
        match pixels(&attribute.value) {
            Some(size) if size >= SMALLEST_SIDE => *side = size,
            Some(size) => {
                let reason =
                    format!("the logo is {size} pixels on a side, less than {SMALLEST_SIDE}");
                return fault(reason, &attribute.span);
            }
            None => {
                let reason = format!("{} is not a size in pixels", quote(&attribute.value));
                return fault(reason, &attribute.span);
            }
        }
    }
    if (sides[0] - sides[1]).abs() > f64::EPSILON {
        let reason = format!("width and height differ: {} and {}", sides[0], sides[1]);
        return fault(reason, &height.span);
    }
    None
}

/// `finding` of a size, with that of the square canvas as its fix: the drawing scales with it.
fn sized(finding: Finding, attributes: &Attributes, side: Option<f64>) -> Finding {
    let Some(side) = side else {
        return finding;
    };
    let side = side.max(SMALLEST_SIDE);
    let written = ["width", "height"].map(|name| (name, format!("{name}=\"{side}\"")));
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    for (name, text) in &written {
        edits.push(match attributes.get(name) {
            Some(attribute) => (attribute.span.clone(), text.clone()),
            None => (attributes.start..attributes.start, format!(" {text}")),
        });
    }
    edits.sort_by_key(|(span, _)| span.start);
    let edit = edits
        .into_iter()
        .fold(Edit::default(), |edit, (span, text)| {
            edit.and_replace(span, text)
        });
    let [(_, width), (_, height)] = written;
    finding
        .fix(format!("write `{width} {height}`"))
        .with_edit(edit)
}

/// A size in pixels; the other absolute units of CSS are converted, relative ones are refused.
fn pixels(text: &str) -> Option<f64> {
    const UNITS: &[(&str, f64)] = &[
        ("px", 1.0),
        ("pt", 96.0 / 72.0),
        ("pc", 16.0),
        ("in", 96.0),
        ("cm", 96.0 / 2.54),
        ("mm", 96.0 / 25.4),
    ];
    let text = text.trim();
    let (digits, factor) = UNITS
        .iter()
        .find_map(|(unit, factor)| text.strip_suffix(unit).map(|digits| (digits, *factor)))
        .unwrap_or((text, 1.0));
    geometry::number(digits.trim()).map(|size| size * factor)
}
