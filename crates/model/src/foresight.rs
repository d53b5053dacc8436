//! Events that break something on a known day, told before they do.

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::impact::MailImpact;

/// One event with a known date that breaks something, or leaves something undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Foreseen {
    /// The id of the rule that it breaks, where there is one.
    pub rule: Option<&'static str>,
    /// The domain, or the place of several.
    pub subject: String,
    /// The moment of the event. It may be past: then the event has come.
    pub at: Timestamp,
    /// The mail that it reaches.
    pub mail: MailImpact,
    /// The event and its effect, as a sentence fragment.
    pub reason: String,
    /// The steps that prevent it.
    pub fix: String,
}

/// Which events fail a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailOn {
    /// Those that have come.
    Error,
    /// All that are told.
    Warn,
    /// Those that come within so many days.
    Days(u16),
}

impl Default for FailOn {
    /// Two weeks: two runs of a weekly schedule, and a week for a person to act.
    fn default() -> Self {
        Self::Days(14)
    }
}

impl FailOn {
    /// Whether `foreseen` fails a run at `now`.
    pub fn fails(self, foreseen: &Foreseen, now: Timestamp) -> bool {
        let left = foreseen.at.duration_since(now);
        match self {
            Self::Error => left <= SignedDuration::ZERO,
            Self::Warn => true,
            Self::Days(days) => left <= SignedDuration::from_hours(24 * i64::from(days)),
        }
    }
}

impl fmt::Display for FailOn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error => f.write_str("error"),
            Self::Warn => f.write_str("warn"),
            Self::Days(days) => write!(f, "{days}"),
        }
    }
}

impl FromStr for FailOn {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "error" => Ok(Self::Error),
            "warn" => Ok(Self::Warn),
            days => days
                .parse()
                .map(Self::Days)
                .map_err(|_| "`error`, `warn` or a number of days such as 14".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn foreseen(at: &str) -> Foreseen {
        Foreseen {
            rule: None,
            subject: "example.com".to_owned(),
            at: at.parse().expect("a time"),
            mail: MailImpact::None,
            reason: String::new(),
            fix: String::new(),
        }
    }

    #[test]
    fn an_event_fails_from_its_days_on() {
        let check = |text: &str, at: &str, expect: bool| {
            let now = "2026-11-28T00:00:00Z".parse().expect("a time");
            let fail_on: FailOn = text.parse().expect("a threshold");
            assert_eq!(fail_on.to_string(), text);
            assert_eq!(fail_on.fails(&foreseen(at), now), expect, "{text} {at}");
        };
        check("14", "2026-12-12T00:00:00Z", true);
        check("14", "2026-12-12T00:00:01Z", false);
        check("error", "2026-11-28T00:00:00Z", true);
        check("error", "2026-11-28T00:00:01Z", false);
        check("warn", "2027-01-20T00:00:00Z", true);
        assert!("soon".parse::<FailOn>().is_err());
        assert_eq!(FailOn::default().to_string(), "14");
    }
}
