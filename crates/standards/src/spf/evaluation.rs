//! The result of an evaluation.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

use crate::dns::{Name, NoAnswer};

/// Terms of one evaluation that may cause look-ups (RFC 7208 §4.6.4).
pub const LOOKUPS_MAX: usize = 10;
/// Terms whose look-ups may come back empty.
pub const VOID_LOOKUPS_MAX: usize = 2;
/// Mail hosts of one `mx` whose addresses may be looked up, and names of one `ptr`.
pub const HOSTS_MAX: usize = 10;

/// The verdict of SPF on a client.
///
/// Printed and kept by the words of RFC 7208 §2.6, which Authentication-Results has too
/// (RFC 8601 §2.7.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// There is no record.
    None,
    /// The record says nothing about it.
    Neutral,
    /// It may send.
    Pass,
    /// It may not.
    Fail,
    /// It probably may not.
    SoftFail,
    /// DNS did not answer; another time it may.
    TempError,
    /// The record cannot be used until somebody fixes it.
    PermError,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::None => "none",
            Self::Neutral => "neutral",
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::SoftFail => "softfail",
            Self::TempError => "temperror",
            Self::PermError => "permerror",
        })
    }
}

/// Why an evaluation ended in an error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// DNS did not answer.
    #[error(transparent)]
    NoAnswer(#[from] NoAnswer),
    /// More than ten terms cause look-ups.
    #[error("more than {LOOKUPS_MAX} look-ups are needed")]
    Lookups,
    /// The look-ups of more than two terms came back empty.
    #[error("more than {VOID_LOOKUPS_MAX} terms find nothing, the last at {0}")]
    VoidLookups(Name),
    /// An `mx` leads to more than ten hosts.
    #[error("{0} has more than {HOSTS_MAX} mail hosts")]
    MailHosts(Name),
    /// A name has more than one SPF record.
    #[error("{0} has {1} SPF records")]
    SeveralRecords(Name, usize),
    /// A record does not follow the grammar.
    #[error("the record of {domain} is not valid: {reason}")]
    Syntax {
        /// Whose record.
        domain: Name,
        /// The first thing that is wrong with it.
        reason: String,
    },
    /// An `include` or a `redirect` leads to a domain without a record.
    #[error("{0} has no SPF record")]
    NoRecord(String),
}

/// A term that matched the client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Match {
    /// Whose record the term stands in.
    pub domain: Name,
    /// Its position among the terms of the record, from 0.
    pub position: usize,
    /// The term as it prints.
    pub term: String,
}

/// The end of an evaluation, and what it cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evaluation {
    /// The verdict.
    pub outcome: Outcome,
    /// The terms that matched: one of the record that decides, and where that is an `include`,
    /// the one that matched in the record there, and so on.
    pub matched: Vec<Match>,
    /// Why it is an error.
    #[serde(serialize_with = "as_text")]
    pub problem: Option<Problem>,
    /// The text that the domain wants to be told to a refused client.
    pub explanation: Option<String>,
    /// How many terms caused look-ups.
    pub lookups: usize,
    /// How many terms had look-ups that came back empty.
    pub void_lookups: usize,
}

/// The result, and what decided: `pass (ip4:192.0.2.0/24 of example.com)`.
impl fmt::Display for Evaluation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.outcome.fmt(f)?;
        if let Some(problem) = &self.problem {
            return write!(f, " ({problem})");
        }
        for (position, Match { domain, term, .. }) in self.matched.iter().enumerate() {
            let lead = if position == 0 { " (" } else { ", " };
            write!(f, "{lead}{term} of {domain}")?;
        }
        f.write_str(if self.matched.is_empty() { "" } else { ")" })
    }
}

#[expect(clippy::ref_option, reason = "serde hands the field over like this")]
fn as_text<S: Serializer>(problem: &Option<Problem>, serializer: S) -> Result<S::Ok, S::Error> {
    match problem {
        Some(problem) => serializer.collect_str(problem),
        None => serializer.serialize_none(),
    }
}
