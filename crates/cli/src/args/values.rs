//! Values that completions list.

use std::ffi::OsStr;
use std::net::{IpAddr, SocketAddr};

use clap::builder::{PossibleValue, PossibleValuesParser, StringValueParser, TypedValueParser};
use report::RecordFormat;

/// The formats of records, which completions list.
pub(super) fn record_format() -> impl TypedValueParser<Value = RecordFormat> {
    let names = RecordFormat::ALL.map(|(name, _)| name);
    PossibleValuesParser::new(names).try_map(|name| name.parse::<RecordFormat>())
}

/// The id of a rule. Completions list the ids; the commands judge what is given.
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

/// The address of a resolver.
pub(super) fn resolver(text: &str) -> Result<SocketAddr, String> {
    let address = text
        .parse()
        .or_else(|_| text.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, 53)));
    address.map_err(|_| "an address such as 192.0.2.1 or 192.0.2.1:5353".to_owned())
}
