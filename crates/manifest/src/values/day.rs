//! Days.

use crate::read::{Meant, Text};

/// A day, from its first to its last second in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LastDay(pub(crate) jiff::civil::Date);

impl Text for LastDay {
    const WHAT: &'static str = "a day";
    const PATTERN: Option<&'static str> = Some("^[0-9]{4}-[0-9]{2}-[0-9]{2}$");
    const EXAMPLES: &'static [&'static str] = &["2027-03-01"];

    fn parse(text: &str) -> Result<Self, String> {
        let day = text.parse::<jiff::civil::Date>();
        // The library reads other spellings, and days with a time, as well.
        match day {
            Ok(day) if day.to_string() == text => Ok(Self(day)),
            _ => Err(format!("{text:?} is not a day: write year, month and day")),
        }
    }

    /// A month or a day of one digit, or with a time behind it.
    fn meant(text: &str) -> Option<Meant> {
        let day = text.split(['T', ' ']).next()?;
        let parts: Vec<&str> = day.split('-').collect();
        let [year, month, day] = parts[..] else {
            return None;
        };
        Some(Meant::surely(format!("{year}-{month:0>2}-{day:0>2}")))
    }
}
