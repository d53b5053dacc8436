//! Findings to live with, each with its reason and perhaps a last day.

use std::fmt;

use indexmap::IndexMap;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use schemars::{Schema, SchemaGenerator, json_schema};
use standards::{Finding, Severity};

use crate::position::Located;
use crate::read::{Read, Reader, block};
use crate::values::{LastDay, Reason, RuleId};
use crate::yaml::{Content, Node};

/// The findings that a domain lives with.
pub type Accepted = IndexMap<RuleId, Located<Acceptance>>;

/// Why the organisation lives with a finding, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acceptance {
    /// The reason.
    pub reason: Reason,
    /// The last day on which the finding is accepted, in UTC; without one, it always is.
    pub until: Option<Date>,
}

block! {
    /// An acceptance that ends.
    struct Written {
        /// Why the organisation lives with the finding.
        pub reason: Reason,
        /// The last day, in UTC, on which the finding is accepted. After it, the finding is back.
        pub until: Option<LastDay>,
    }
}

impl Acceptance {
    /// Whether the finding is still accepted at `now`.
    pub fn holds(&self, now: Timestamp) -> bool {
        let today = TimeZone::UTC.to_datetime(now).date();
        self.until.is_none_or(|until| today <= until)
    }

    /// The moment from which the finding is accepted no longer: the end of the last day, in UTC.
    pub fn end(&self) -> Option<Timestamp> {
        let next = self.until?.saturating_add(1.day());
        let midnight = next.to_datetime(Time::midnight());
        TimeZone::UTC.to_timestamp(midnight).ok()
    }
}

/// The reason, and the last day where there is one.
impl fmt::Display for Acceptance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.until {
            Some(until) => write!(f, "until {until}: {}", self.reason),
            None => self.reason.fmt(f),
        }
    }
}

impl Read for Acceptance {
    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        // Whatever is no map is told that a reason belongs there, which is the plain form.
        if !matches!(node.content, Content::Map(_)) {
            let reason = Reason::read(node, reader)?;
            let until = None;
            return Some(Self { reason, until });
        }
        let Written { reason, until } = Written::read(node, reader)?;
        let until = until.map(|until| until.0);
        Some(Self { reason, until })
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [Reason::schema(generator), Written::schema(generator)],
        })
    }
}

/// The same finding, lowered if it is among those to live with at `now`. One that was accepted
/// until an earlier day says so.
pub(crate) fn accepted(mut finding: Finding, accept: &Accepted, now: Timestamp) -> Finding {
    let found = accept
        .iter()
        .find(|(rule, _)| rule.as_str() == finding.rule);
    let Some((_, acceptance)) = found else {
        return finding;
    };
    if acceptance.holds(now) {
        finding.severity = Severity::Info;
        let lead = if acceptance.until.is_some() {
            " "
        } else {
            ": "
        };
        finding.reason = format!("{} (accepted{lead}{acceptance})", finding.reason);
    } else if let Some(until) = acceptance.until {
        finding.reason = format!("{} (was accepted until {until})", finding.reason);
    }
    finding
}
