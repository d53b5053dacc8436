//! Record sets as they are in DNS, with the values of others to the letter.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use standards::dns::{Presentation, RecordType, Txt};

use super::{Record, canonical};

/// One value of a record set, as it stands there. A value of somebody else goes back to the letter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LiveValue {
    /// Its meaning, in its one spelling.
    pub means: String,
    /// How it is written in Route 53.
    pub written: String,
}

impl LiveValue {
    /// A value that we write.
    pub fn ours(rtype: RecordType, means: &str) -> Self {
        let means = canonical(rtype, means);
        let written = match rtype {
            RecordType::Txt => Txt::new(means.as_bytes()).print(Presentation::Route53),
            _ => means.clone(),
        };
        Self { means, written }
    }

    /// A value as Route 53 has it.
    pub fn read(rtype: RecordType, written: &str) -> Self {
        let means = match rtype {
            RecordType::Txt => Txt::parse(written, Presentation::Route53)
                .map_or_else(|_| written.to_owned(), |txt| txt.text().into_owned()),
            _ => canonical(rtype, written),
        };
        Self {
            means,
            written: written.to_owned(),
        }
    }
}

/// A record set as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LiveSet {
    /// Its name, without the final dot.
    pub name: String,
    /// Its type.
    pub rtype: RecordType,
    /// Seconds; none for an alias.
    pub ttl: Option<u32>,
    /// Its values, in their order.
    pub values: Vec<LiveValue>,
    /// The name that an alias follows, without the final dot, and its hosted zone.
    pub alias: Option<(String, String)>,
    /// Whether the alias is answered only while its target is healthy; never so in ours.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub evaluates_health: bool,
    /// The identifier of a set with a routing policy. Such sets are never ours.
    pub routing: Option<String>,
}

impl LiveSet {
    /// A set without values at the record's name.
    pub fn empty(record: &Record) -> Self {
        Self {
            name: record.name.known().cloned().unwrap_or_default(),
            rtype: record.rtype,
            ttl: None,
            values: Vec::new(),
            alias: None,
            evaluates_health: false,
            routing: None,
        }
    }

    /// Its key among the sets of its zone.
    pub fn key(&self) -> SetKey {
        SetKey::new(&self.name, self.rtype)
    }

    /// Whether nobody may move it for a record of ours: one with a routing policy, of which there may
    /// be several at one name, or what the zone itself or a delegation needs.
    pub fn is_fixed(&self) -> bool {
        self.routing.is_some() || [RecordType::Ns, RecordType::Soa].contains(&self.rtype)
    }

    /// The same in words.
    pub fn why_fixed(&self) -> String {
        let what = match &self.routing {
            Some(identifier) => format!("with a routing policy (`{identifier}`)"),
            None => "that the zone itself or a delegation needs".to_owned(),
        };
        format!(
            "`{}` has a record set of type {} {what}; it is never changed here: remove it yourself",
            self.name, self.rtype
        )
    }

    /// Its values, each as one line of text.
    pub(super) fn describe(&self) -> Vec<String> {
        let mut texts: Vec<String> = self
            .values
            .iter()
            .map(|value| format!("{} {}", self.rtype, value.means))
            .collect();
        texts.extend(
            self.alias
                .iter()
                .map(|(target, _)| format!("{} alias to {target}", self.rtype)),
        );
        texts
    }
}

/// The record sets of a zone. Sets with a routing policy, of which several share name and type, are one
/// here: they are only ever read.
pub type Sets = BTreeMap<SetKey, LiveSet>;

/// The key of a set among a zone's sets.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SetKey {
    /// The name, in lower case and without the final dot.
    pub name: String,
    /// The type.
    pub rtype: RecordType,
}

impl SetKey {
    /// The key of the set of type `rtype` at `name`, in whatever spelling.
    pub fn new(name: &str, rtype: RecordType) -> Self {
        Self {
            name: name.trim_end_matches('.').to_ascii_lowercase(),
            rtype,
        }
    }

    /// Whether the other set can't stand beside this one: nothing stands beside a CNAME (RFC 1034
    /// section 3.6.2).
    pub fn excludes(&self, other: &Self) -> bool {
        self.name == other.name
            && self.rtype != other.rtype
            && [self.rtype, other.rtype].contains(&RecordType::Cname)
    }
}
