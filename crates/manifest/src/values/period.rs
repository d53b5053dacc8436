//! Lengths of time.

use std::fmt;

use crate::read::{Meant, Text};

/// A length of time, as people write it: `90d`, `7d`, `1h`, `300s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    /// Its length.
    pub seconds: u64,
}

/// The units of a period, the longest first.
const UNITS: [(char, u64); 5] = [
    ('w', 604_800),
    ('d', 86_400),
    ('h', 3600),
    ('m', 60),
    ('s', 1),
];

impl Period {
    /// Whole days, rounded up.
    pub fn days(self) -> u64 {
        self.seconds.div_ceil(86_400)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Days read better than weeks where both are whole.
        let (unit, length) = UNITS[1..]
            .iter()
            .find(|(_, length)| self.seconds != 0 && self.seconds.is_multiple_of(*length))
            .unwrap_or(&('s', 1));
        write!(f, "{}{unit}", self.seconds / length)
    }
}

impl Text for Period {
    const WHAT: &'static str = "a length of time";
    const PATTERN: Option<&'static str> = Some("^[0-9]+[wdhms]$");
    const EXAMPLES: &'static [&'static str] = &["7d", "1h", "300s"];

    fn parse(text: &str) -> Result<Self, String> {
        let fault = || {
            format!(
                "a length of time is a number and one of w, d, h, m, s; `{}` is not",
                crate::report::shorten(text)
            )
        };
        let unit = text.chars().last().ok_or_else(fault)?;
        let (_, length) = UNITS
            .iter()
            .find(|(known, _)| *known == unit)
            .ok_or_else(fault)?;
        let count = &text[..text.len() - unit.len_utf8()];
        if count.is_empty() || !count.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(fault());
        }
        let seconds = count
            .parse::<u64>()
            .ok()
            .and_then(|count| count.checked_mul(*length));
        match seconds {
            Some(seconds) if seconds <= 10 * 31_557_600 => Ok(Self { seconds }),
            _ => Err(format!(
                "`{}` is longer than ten years",
                crate::report::shorten(text)
            )),
        }
    }

    /// The unit as a word, or none where standards and AWS count seconds.
    fn meant(text: &str) -> Option<Meant> {
        let text = text.trim().to_ascii_lowercase();
        let end = text.find(|c: char| !c.is_ascii_digit());
        let (count, unit) = text.split_at(end.unwrap_or(text.len()));
        let unit = match unit.trim() {
            "week" | "weeks" => 'w',
            "day" | "days" => 'd',
            "hour" | "hours" | "hr" | "hrs" => 'h',
            "min" | "mins" | "minute" | "minutes" => 'm',
            "" | "sec" | "secs" | "second" | "seconds" => 's',
            other => other.chars().next().filter(|_| other.len() == 1)?,
        };
        Some(Meant {
            text: format!("{count}{unit}"),
            // `30` may have been meant as days.
            is_sure: end.is_some(),
        })
    }
}
