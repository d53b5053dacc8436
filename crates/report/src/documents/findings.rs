//! Findings.

use std::borrow::Cow;

use model::rules;
use schemars::JsonSchema;
use serde::Serialize;
use standards::{Finding, Place, Severity};

use super::{Content, Document};

/// Findings, and how many there are of each weight.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FindingsDocument {
    summary: FindingsSummary,
    /// Each finding.
    findings: Vec<FindingObject>,
}

/// How many findings there are of each severity.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct FindingsSummary {
    /// They stop plan and apply.
    error: usize,
    /// It works today, and is likely to hurt later.
    warn: usize,
    /// Worth knowing.
    info: usize,
}

/// One rule broken in one place.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Finding")]
pub(super) struct FindingObject {
    /// The id of the rule, as in `deploy rules`: `STS-P13`.
    rule: Cow<'static, str>,
    /// The severity of the rule, or what the manifest made of it.
    severity: Severity,
    /// The condition that must hold.
    title: Option<&'static str>,
    /// The observation, in one sentence without a final stop.
    reason: String,
    /// The steps that put it right.
    fix: String,
    /// The place; null where it is nowhere in particular.
    place: Option<PlaceObject>,
}

/// The place of a finding.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Place")]
#[serde(untagged)]
enum PlaceObject {
    /// A position in a file.
    File {
        /// The path of the file.
        file: String,
        /// Counted from 1.
        line: usize,
        /// Counted from 1, in characters.
        column: usize,
        /// The line, as it stands in the file.
        text: String,
    },
    /// A resource.
    Resource {
        /// Its name.
        resource: String,
        /// The account that it is in.
        account: Option<String>,
    },
    /// Something that was probed.
    Live {
        /// A DNS name, a URL, a mail host.
        live: String,
    },
    /// Bytes of a record.
    Span {
        /// The first byte.
        start: usize,
        /// The byte after the last one.
        end: usize,
    },
}

impl Content for FindingsDocument {
    const FORMAT: &'static str = "deploy.findings";
    const VERSION: u32 = 2;
}

/// Every finding, and how many there are of each weight.
pub fn findings_json(findings: &[Finding]) -> Document<FindingsDocument> {
    let count = |severity: Severity| {
        let same = |finding: &&Finding| finding.severity == severity;
        findings.iter().filter(same).count()
    };
    Document::new(FindingsDocument {
        summary: FindingsSummary {
            error: count(Severity::Error),
            warn: count(Severity::Warn),
            info: count(Severity::Info),
        },
        findings: FindingObject::all(findings),
    })
}

impl FindingObject {
    pub(super) fn all(findings: &[Finding]) -> Vec<Self> {
        findings.iter().map(Self::of).collect()
    }

    pub(super) fn of(finding: &Finding) -> Self {
        Self {
            rule: finding.rule.clone(),
            severity: finding.severity,
            title: rules::find(&finding.rule).map(|rule| rule.title),
            reason: finding.reason.clone(),
            fix: finding.fix.clone(),
            place: PlaceObject::of(finding.place.clone()),
        }
    }
}

impl PlaceObject {
    fn of(place: Place) -> Option<Self> {
        Some(match place {
            Place::Whole => return None,
            Place::Span(span) => Self::Span {
                start: span.start,
                end: span.end,
            },
            Place::File {
                path,
                line,
                column,
                text,
            } => Self::File {
                file: path,
                line,
                column,
                text,
            },
            Place::Named { name, within } => Self::Resource {
                resource: name,
                account: within,
            },
            Place::Live(live) => Self::Live { live },
        })
    }
}
