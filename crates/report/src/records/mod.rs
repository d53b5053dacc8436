//! The records that a person publishes where the DNS is not in Route 53, in the format that fits
//! their provider or tool.

mod bind;
mod dnscontrol;
mod octodns;
mod prepare;
mod table;
mod terraform;

#[cfg(test)]
mod tests;

use std::str::FromStr;

use kinds::record::Record;
use model::ResourceId;

use crate::documents::{Document, RecordObject, RecordsDocument, RoundObject};
use crate::put::putln;
use crate::{Palette, json_text};
use prepare::{Prepared, Set, prepare};
use standards::dns::RecordType;

/// A record that a person publishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishableRecord {
    /// Our name for it: `acm.mta-sts.example.com`.
    pub label: String,
    /// The zone that it belongs to, without the final dot.
    pub zone: String,
    /// Its full name, without the final dot; nothing while it is not known.
    pub name: Option<String>,
    /// Its type.
    pub rtype: RecordType,
    /// Seconds.
    pub ttl: u32,
    /// Its values: TXT without quotes, MX as `10 host`; nothing for one that is not known yet.
    pub values: Vec<Option<String>>,
    /// The task of a person with it.
    pub task: RecordTask,
}

/// The task of a person with a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordTask {
    /// Publish it, in this round: a record that is published before its time can stop mail.
    Publish(RecordRound),
    /// Leave it as it is until this is seen, in words. Then it changes or goes.
    Keep(Vec<String>),
    /// Take it out.
    TakeOut,
}

/// A time to publish records.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordRound {
    /// Its place among the rounds; zero is at once.
    pub number: usize,
    /// The conditions that have to be seen first, in words.
    pub after: Vec<String>,
}

impl RecordRound {
    /// Whether nothing has to be seen first.
    pub fn is_now(&self) -> bool {
        self.after.is_empty()
    }
}

impl PublishableRecord {
    /// The round in which it is published, or stands; nothing where it goes.
    pub fn round(&self) -> Option<RecordRound> {
        match &self.task {
            RecordTask::Publish(round) => Some(round.clone()),
            RecordTask::Keep(_) => Some(RecordRound::default()),
            RecordTask::TakeOut => None,
        }
    }

    /// The record of the resource `id`, to be published at once.
    ///
    /// An alias of Route 53 becomes the CNAME that does the same elsewhere.
    pub fn new(id: &ResourceId, record: &Record) -> Self {
        let (rtype, values) = if let Some(alias) = &record.alias {
            (RecordType::Cname, vec![alias.target.known().cloned()])
        } else {
            let values = record.values.iter();
            let values = values.map(|value| value.known().cloned());
            (record.rtype, values.collect())
        };
        Self {
            label: id.name.clone(),
            zone: id.domain.clone(),
            name: record.name.known().cloned(),
            rtype,
            ttl: record.ttl,
            values,
            task: RecordTask::Publish(RecordRound::default()),
        }
    }
}

/// How records are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RecordFormat {
    /// For people who type into a provider's form.
    #[default]
    Text,
    /// A zone file (RFC 1035 §5), to include into a zone of BIND, NSD or Knot.
    Bind,
    /// For other programs.
    Json,
    /// A zone of octoDNS.
    Octodns,
    /// An extension of a domain of DNSControl.
    Dnscontrol,
    /// Resources of Terraform's `hashicorp/dns` provider.
    Terraform,
}

impl RecordFormat {
    /// Every format, by the name that the command line has for it.
    pub const ALL: [(&'static str, Self); 6] = [
        ("text", Self::Text),
        ("bind", Self::Bind),
        ("json", Self::Json),
        ("octodns", Self::Octodns),
        ("dnscontrol", Self::Dnscontrol),
        ("terraform", Self::Terraform),
    ];
}

impl FromStr for RecordFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.iter().find(|(name, _)| *name == text);
        known.map(|(_, format)| *format).ok_or_else(|| {
            let names = Self::ALL.map(|(name, _)| name).join(", ");
            format!("`{text}` is not a format; it is one of {names}")
        })
    }
}

/// The peculiarities of a provider.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four independent switches of the command line"
)]
pub struct RecordVariants {
    /// It refuses underscores: what can do without them is written without.
    pub no_underscore: bool,
    /// It holds the `_amazonses` tokens beside others, which are told apart by `amazonses:`.
    pub amazonses_prefix: bool,
    /// It appends the domain to every name.
    pub relative: bool,
    /// It takes one value for each TXT name.
    pub one_value: bool,
}

/// The records in `format`, ending with a line break. What is not known yet, and what a provider
/// can't do, is said beside them.
pub fn records(
    records: &[PublishableRecord],
    format: RecordFormat,
    variants: RecordVariants,
    palette: &Palette,
) -> String {
    let prepared = prepare(records, variants);
    match format {
        RecordFormat::Text => table::print(&prepared, variants.relative, palette),
        RecordFormat::Bind => bind::print(&prepared, variants.relative),
        RecordFormat::Json => json_text(&document(prepared, variants.relative)),
        RecordFormat::Octodns => octodns::print(&prepared),
        RecordFormat::Dnscontrol => dnscontrol::print(&prepared),
        RecordFormat::Terraform => terraform::print(&prepared),
    }
}

fn document(prepared: Prepared, relative: bool) -> Document<RecordsDocument> {
    let record = |set: &Set| RecordObject {
        zone: set.zone.to_string(),
        name: if relative {
            set.relative()
        } else {
            set.name.as_str()
        }
        .to_owned(),
        rtype: set.rtype.name(),
        ttl: set.ttl,
        values: set.values.iter().map(prepare::SetValue::text).collect(),
        round: set.round,
    };
    let rounds = prepared.rounds.into_iter();
    Document::new(RecordsDocument {
        rounds: rounds
            .map(|round| RoundObject { after: round.after })
            .collect(),
        records: prepared.sets.iter().map(record).collect(),
        unknown: prepared.unknown,
        notes: prepared.notes,
    })
}

/// The notes beside the records, as comments that begin with `marker`.
fn comments(prepared: &Prepared, marker: &str) -> String {
    let mut text = String::new();
    for label in &prepared.unknown {
        putln!(text, "{marker} not known yet: {}", crate::escape(label));
    }
    for note in &prepared.notes {
        putln!(text, "{marker} {}", crate::escape(note));
    }
    text
}

/// The lines `text` of a set: commented out below what has to be seen first, where it is not to be
/// published yet.
fn in_its_round(prepared: &Prepared, set: &Set, marker: &str, text: &str) -> String {
    let Some(after) = prepared.after(set) else {
        return text.to_owned();
    };
    let mut commented = format!("{marker} after {}:\n", crate::escape(&after));
    for line in text.lines() {
        putln!(commented, "{}", format!("{marker} {line}").trim_end());
    }
    commented
}
