//! How long a sender may keep a policy (RFC 8461 §3.2).

use std::fmt;
use std::str::FromStr;

/// A policy's lifetime in seconds, up to 31,557,600 (about a year).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MaxAge(u32);

/// Why a text is not a lifetime.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MaxAgeError {
    /// Not a number with a unit.
    #[error(
        "{text:?} is not a time: write a whole number of seconds, or one with s, m, h, d or w, like 7d"
    )]
    Syntax {
        /// The text as written.
        text: String,
    },
    /// Over the RFC's limit.
    #[error("{text:?} is longer than the 31557600 seconds (about a year) that RFC 8461 allows")]
    TooLong {
        /// The text as written.
        text: String,
    },
}

impl MaxAge {
    /// The longest lifetime there is.
    pub const LONGEST: Self = Self(31_557_600);
    /// A day: the shortest that protects, and the one for winding down (RFC 8461 §8.3).
    pub const DAY: Self = Self(86_400);
    /// A week: below this, enforcement protects little (RFC 8461 §10.2).
    pub const WEEK: Self = Self(604_800);
    /// 31 days: more than this is hard to take back (RFC 8461 §8.3).
    pub const MONTH: Self = Self(31 * 86_400);

    /// A lifetime of this many seconds, if it is within the limit.
    pub fn from_seconds(seconds: u64) -> Option<Self> {
        let seconds = u32::try_from(seconds).ok()?;
        (seconds <= Self::LONGEST.0).then_some(Self(seconds))
    }

    /// In seconds.
    pub fn seconds(self) -> u32 {
        self.0
    }
}

/// Reads what people write in a manifest: `604800`, `7d`, `1w`, `36h`, `90m`, `30s`.
impl FromStr for MaxAge {
    type Err = MaxAgeError;

    fn from_str(text: &str) -> Result<Self, MaxAgeError> {
        let syntax = || MaxAgeError::Syntax {
            text: text.to_owned(),
        };
        let trimmed = text.trim();
        let digits_end = trimmed
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(trimmed.len());
        let (digits, unit) = trimmed.split_at(digits_end);
        if digits.is_empty() {
            return Err(syntax());
        }
        let seconds_a_unit = match unit.trim_start() {
            "" | "s" => 1,
            "m" => 60,
            "h" => 3_600,
            "d" => 86_400,
            "w" => 604_800,
            _ => return Err(syntax()),
        };
        digits
            .parse::<u64>()
            .ok()
            .and_then(|number| number.checked_mul(seconds_a_unit))
            .and_then(Self::from_seconds)
            .ok_or_else(|| MaxAgeError::TooLong {
                text: text.to_owned(),
            })
    }
}

/// In seconds, as it stands in a policy.
impl fmt::Display for MaxAge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
