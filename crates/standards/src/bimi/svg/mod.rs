//! The logo: SVG Tiny Portable/Secure (draft-svg-tiny-ps-abrotman), the only format of BIMI.
//!
//! [`Svg::parse`] reads a file, `.svg` or `.svgz`, and reports everything that a receiver or a
//! certification authority could refuse, each with its place in the (inflated) file. That is the
//! public schema of the BIMI Group, and what the schema misses: declarations that expand,
//! references hidden in `url()`, pictures as `data:`, size, shape and colours.
//!
//! The file is hostile until shown otherwise. It is read in one pass; no entity is resolved and
//! nothing it refers to is fetched; its size, depth, attributes and namespaces are capped, so
//! that time and memory are linear in at most [`READ_LIMIT`] bytes.
//!
//! ```
//! use standards::bimi::Svg;
//!
//! let file = br##"<svg xmlns="http://www.w3.org/2000/svg" version="1.2" baseProfile="tiny-ps"
//!      width="128" height="128" viewBox="0 0 128 128">
//!   <title>Example</title>
//!   <rect width="128" height="128" fill="#104060"/>
//!   <circle cx="64" cy="64" r="30" fill="#ffffff"/>
//! </svg>"##;
//! let (logo, findings) = Svg::parse(file);
//! assert!(findings.is_empty());
//! assert_eq!(logo.expect("the logo is valid").title(), "Example");
//!
//! let (logo, findings) = Svg::parse(br#"<!DOCTYPE svg [<!ENTITY a "b">]><svg/>"#);
//! assert!(logo.is_none());
//! assert_eq!(findings[0].rule, "SVG-17");
//! ```

mod attribute;
mod drawing;
mod element;
mod fixes;
mod geometry;
mod names;
mod paint;
mod prolog;
mod root;
mod tag;
mod title;
mod value;
mod walk;

use std::fmt;

pub use drawing::{Draw, Drawing, Undrawn, check_drawn};
use sha2::{Digest, Sha256};

use super::gzip::{self, GzipFault};
use crate::rules;
use crate::{Finding, is_sound};

/// The most bytes a logo may have, uncompressed (SVG-18).
pub const SIZE_LIMIT: usize = 32 * 1024;
/// The most bytes that are read at all. Between the two limits a file is refused, and its other
/// findings are still reported.
pub const READ_LIMIT: usize = 8 * SIZE_LIMIT;
/// The smallest side of a logo in pixels (SVG-21).
const SMALLEST_SIDE: f64 = 96.0;

/// A logo: well-formed XML that says what part of the plane it shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Svg {
    text: String,
    title: String,
    view_box: ViewBox,
    is_usable: bool,
    /// By its attributes: SVG-23.
    has_one_colour: bool,
}

/// The part of the plane that a logo shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ViewBox {
    /// The left edge.
    pub min_x: f64,
    /// The upper edge.
    pub min_y: f64,
    /// More than zero.
    pub width: f64,
    /// More than zero.
    pub height: f64,
}

impl Svg {
    /// Reads an `.svg` or `.svgz` file. There is a logo when its XML and its view box can be read,
    /// whatever else is wrong with it.
    pub fn parse(file: &[u8]) -> (Option<Self>, Vec<Finding>) {
        let inflated;
        let content = if gzip::is_gzip(file) {
            match gzip::inflate(file, READ_LIMIT) {
                Ok(bytes) => inflated = bytes,
                Err(fault) => return (None, gzip_findings(fault)),
            }
            inflated.as_slice()
        } else {
            file
        };
        let mut findings = check_length(content);
        if content.len() > READ_LIMIT {
            return (None, findings);
        }
        let text = match std::str::from_utf8(content) {
            Ok(text) => text,
            Err(error) => {
                let at = error.valid_up_to();
                let finding = Finding::new(rules::SVG_01, "the file is not UTF-8")
                    .fix("save the file as UTF-8")
                    .at(at..at + 1);
                findings.push(finding);
                return (None, findings);
            }
        };
        let (outline, more) = walk::walk(text);
        findings.extend(more);
        if gzip::is_gzip(file) {
            // No edit is of bytes that are in the file.
            for finding in &mut findings {
                finding.edit = None;
            }
        }
        let logo = outline.map(|outline| Self {
            text: text.to_owned(),
            title: outline.title,
            view_box: outline.view_box,
            is_usable: is_sound(&findings),
            has_one_colour: findings.iter().any(|one| one.is_of(rules::SVG_23)),
        });
        (logo, findings)
    }

    /// Whether receivers show it: it keeps every rule of severity error. A logo that is not usable
    /// may hold scripts or references: do not render it.
    pub fn is_usable(&self) -> bool {
        self.is_usable
    }

    /// The file, inflated.
    pub fn as_bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// The text of its `title`, which screen readers speak; empty where it has none.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The part of the plane that it shows.
    pub fn view_box(&self) -> ViewBox {
        self.view_box
    }

    /// The digest of the inflated file, which must equal that of a mark certificate's logo.
    pub fn sha256(&self) -> [u8; 32] {
        sha256(self.as_bytes())
    }
}

impl fmt::Display for Svg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl ViewBox {
    /// Reads four numbers with spaces between them. Commas, which SVG allows, break receivers.
    fn read(text: &str) -> Option<Self> {
        let mut numbers = text.split_ascii_whitespace().map(geometry::number);
        let mut next = || numbers.next().flatten();
        let view_box = Self {
            min_x: next()?,
            min_y: next()?,
            width: next()?,
            height: next()?,
        };
        (numbers.next().is_none() && view_box.width > 0.0 && view_box.height > 0.0)
            .then_some(view_box)
    }

    /// Whether it is as wide as it is high.
    pub fn is_square(&self) -> bool {
        (self.width - self.height).abs() <= f64::EPSILON * self.width.max(self.height)
    }
}

/// Checks that a logo's name says what it is: `.svgz` for gzip, `.svg` for plain (SVG-25).
///
/// `path` is the path of the URL it is served at, or the name of the file.
pub fn check_name(path: &str, file: &[u8]) -> Option<Finding> {
    let ends_in = |suffix: &str| {
        let suffix_at = path.len().checked_sub(suffix.len());
        suffix_at
            .and_then(|at| path.get(at..))
            .is_some_and(|end| end.eq_ignore_ascii_case(suffix))
    };
    match (ends_in(".svgz"), gzip::is_gzip(file)) {
        (true, false) => {
            let reason = "the name ends in .svgz, and the file is not gzip";
            Some(Finding::new(rules::SVG_25, reason).fix("give it a name that ends in .svg"))
        }
        (false, true) => {
            let reason = "the file is gzip, and its name does not end in .svgz";
            Some(Finding::new(rules::SVG_25, reason).fix("publish the file unpacked"))
        }
        _ => None,
    }
}

pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

fn check_length(content: &[u8]) -> Vec<Finding> {
    if content.len() <= SIZE_LIMIT {
        return Vec::new();
    }
    let reason = format!(
        "the logo has {} bytes, more than {SIZE_LIMIT}",
        content.len()
    );
    vec![Finding::new(rules::SVG_18, reason).at(SIZE_LIMIT..content.len())]
}

/// A logo that can't be inflated can't be shown either, so SVG-25 alone, a warning, is not enough.
fn gzip_findings(fault: GzipFault) -> Vec<Finding> {
    let (reason, error) = match fault {
        GzipFault::Broken => ("the gzip data is broken or cut short", rules::SVG_01),
        GzipFault::Trailing => ("more bytes follow the end of the gzip data", rules::SVG_01),
        GzipFault::TooLarge => (
            "the file inflates to more than this program reads, as a bomb would",
            rules::SVG_18,
        ),
    };
    vec![
        Finding::new(rules::SVG_25, reason),
        Finding::new(error, reason),
    ]
}

#[cfg(test)]
mod tests;
