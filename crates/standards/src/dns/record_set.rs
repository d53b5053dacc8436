//! A record set: all values of one type at one name, compared by what they mean.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Name, Presentation, RecordType, RecordValue};

/// All values of one type at one name.
///
/// Two sets are equal when receivers cannot tell them apart: the order of values, quoting,
/// splitting, escapes, case and final dots have no meaning.
///
/// ```
/// use standards::dns::{Name, Presentation, RecordSet, RecordType, RecordValue};
///
/// let set = |name: &str, value: &str| RecordSet {
///     name: Name::parse(name).expect("a name"),
///     kind: RecordType::Txt,
///     ttl: 300,
///     values: vec![RecordValue::observe(RecordType::Txt, value, Presentation::Route53)],
/// };
/// assert_eq!(
///     set("Example.com.", r#""v=spf1 " "-all""#),
///     set("example.com", r#""v=spf1 -\141ll""#),
/// );
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RecordSet {
    /// The owner of the records.
    pub name: Name,
    /// Their type.
    #[serde(rename = "type")]
    pub kind: RecordType,
    /// Seconds for which resolvers may keep them.
    pub ttl: u32,
    /// The values, in the order in which they were found.
    pub values: Vec<RecordValue>,
}

impl RecordSet {
    /// The distinct values, in an order of their own.
    pub fn distinct(&self) -> BTreeSet<&RecordValue> {
        self.values.iter().collect()
    }

    /// Whether one of the values means the same as `value`.
    pub fn contains(&self, value: &RecordValue) -> bool {
        self.values.contains(value)
    }

    /// The values of this set that `other` does not have, in their order.
    pub fn missing_from<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = &'a RecordValue> {
        self.values.iter().filter(|value| !other.contains(value))
    }

    /// The set as lines of a zone file.
    pub fn zone_lines(&self) -> impl Iterator<Item = String> {
        self.values.iter().map(|value| {
            let text = value.print(Presentation::ZoneFile);
            format!(
                "{} {} IN {} {text}",
                self.name.with_dot(),
                self.ttl,
                self.kind
            )
        })
    }
}

impl PartialEq for RecordSet {
    fn eq(&self, other: &Self) -> bool {
        let Self {
            name,
            kind,
            ttl,
            values: _,
        } = self;
        (name, kind, ttl) == (&other.name, &other.kind, &other.ttl)
            && self.distinct() == other.distinct()
    }
}

impl Eq for RecordSet {}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
