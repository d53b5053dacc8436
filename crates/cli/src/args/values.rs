//! Parsers for the values of arguments, with the values that completions offer.

use std::ffi::OsStr;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use clap::builder::{PossibleValue, PossibleValuesParser, StringValueParser, TypedValueParser};
use report::RecordFormat;

/// Parses a format of records. Completions offer all of them.
pub(super) fn record_format() -> impl TypedValueParser<Value = RecordFormat> {
    let names = RecordFormat::ALL.map(|(name, _)| name);
    PossibleValuesParser::new(names).try_map(|name| name.parse::<RecordFormat>())
}

/// The id of a rule. Completions offer all ids; each command checks the id that it was given.
#[derive(Clone, Copy, Debug)]
pub(super) struct RuleId;

impl TypedValueParser for RuleId {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let ids = model::rules::all().map(|rule| PossibleValue::new(rule.id));
        Some(Box::new(ids))
    }
}

/// Parses the address of a resolver.
pub(super) fn resolver(text: &str) -> Result<SocketAddr, String> {
    let address = text
        .parse()
        .or_else(|_| text.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, 53)));
    address.map_err(|_| "an address such as 192.0.2.1 or 192.0.2.1:5353".to_owned())
}

/// The longest time that an option takes.
const LONGEST: Duration = Duration::from_hours(10 * 365 * 24);

/// Parses a time such as 90s, 15m or 2h.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = text.split_at(
        text.find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len()),
    );
    let number: u64 = number
        .parse()
        .map_err(|_| "a time such as 90s, 15m or 2h".to_owned())?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return Err("a time such as 90s, 15m or 2h".to_owned()),
    };
    number
        .checked_mul(seconds)
        .map(Duration::from_secs)
        .filter(|time| *time <= LONGEST)
        .ok_or_else(|| "longer than ten years".to_owned())
}
