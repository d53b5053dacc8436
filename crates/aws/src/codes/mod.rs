//! The meaning of AWS's error codes, by service and operation: one table, each row with its source.
//!
//! A code that is in no row changes nothing: it is reported with its operation, as AWS said it.

mod acm;
mod cloudfront;
mod common;
mod route53;
mod s3;
mod ses;

use std::time::Duration;

use model::ErrorClass;

/// The meaning of a code for the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// The subject of the call does not exist, or a setting was never made.
    Gone,
    /// The resource that the call was to create exists already.
    Exists,
    /// It will work without a change. AWS takes as long as this at most; where nothing is said, as
    /// long as the operator waits.
    NotYet(Option<Duration>),
    /// Somebody or something else is in the way.
    Conflict,
    /// A quota is full.
    Full,
    /// The credentials may not do this.
    Denied,
    /// The request is wrong.
    Invalid,
    /// Too fast.
    Throttled,
    /// It is not known whether it was done.
    Ambiguous,
}

impl Meaning {
    /// The class of an error with this meaning.
    pub fn class(self) -> ErrorClass {
        match self {
            Self::Gone | Self::Exists | Self::Conflict => ErrorClass::Conflict,
            Self::NotYet(_) => ErrorClass::NotYet,
            Self::Full => ErrorClass::Full,
            Self::Denied => ErrorClass::Denied,
            Self::Invalid => ErrorClass::Invalid,
            Self::Throttled => ErrorClass::Throttled,
            Self::Ambiguous => ErrorClass::Ambiguous,
        }
    }

    /// For how long it makes sense to try again.
    pub fn patience(self) -> Option<Duration> {
        match self {
            Self::NotYet(limit) => limit,
            _ => None,
        }
    }
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// AWS's code.
    pub code: &'static str,
    /// The operations that it is about; none stands for all of the service.
    pub operations: &'static [&'static str],
    /// A text that AWS's message has to contain: one code has several causes.
    pub text: Option<&'static str>,
    /// The meaning.
    pub means: Meaning,
    /// How long it may last after this program let the name go that is still taken. The code alone
    /// does not tell it from a name that somebody else holds for good.
    pub after_release: Option<Duration>,
    /// A hint for people, after AWS's own words.
    pub hint: Option<&'static str>,
    /// The document that says so.
    pub source: &'static str,
}

const fn row(code: &'static str, means: Meaning, source: &'static str) -> Row {
    Row {
        code,
        operations: &[],
        text: None,
        means,
        after_release: None,
        hint: None,
        source,
    }
}

impl Row {
    const fn of(self, operations: &'static [&'static str]) -> Self {
        Self { operations, ..self }
    }

    const fn saying(self, text: &'static str) -> Self {
        Self {
            text: Some(text),
            ..self
        }
    }

    const fn after_release(self, limit: Duration) -> Self {
        Self {
            after_release: Some(limit),
            ..self
        }
    }

    const fn hint(self, hint: &'static str) -> Self {
        Self {
            hint: Some(hint),
            ..self
        }
    }

    fn is_about(&self, operation: &str, code: &str, message: &str) -> bool {
        self.code == code
            && (self.operations.is_empty() || self.operations.contains(&operation))
            && self.text.is_none_or(|text| message.contains(text))
    }

    /// How much it says about the call: the message counts more than the operation.
    fn weight(&self) -> (bool, bool) {
        (self.text.is_some(), !self.operations.is_empty())
    }
}

const fn not_yet(seconds: u64) -> Meaning {
    Meaning::NotYet(Some(Duration::from_secs(seconds)))
}

/// As long as the operator waits.
const LATER: Meaning = Meaning::NotYet(None);

/// Every row, those of one service together.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    [
        s3::ROWS,
        route53::ROWS,
        cloudfront::ROWS,
        acm::ROWS,
        ses::ROWS,
        common::ROWS,
    ]
    .into_iter()
    .flatten()
}

/// The row that says most about a refusal of `operation` with this code and message. Services share
/// names of operations (`TagResource`), and the codes of their refusals differ; so a service is not
/// asked for.
pub fn find(operation: &str, code: &str, message: &str) -> Option<&'static Row> {
    rows()
        .filter(|row| row.is_about(operation, code, message))
        .reduce(|best, row| {
            if row.weight() > best.weight() {
                row
            } else {
                best
            }
        })
}

#[cfg(test)]
mod tests;
