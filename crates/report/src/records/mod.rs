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
use std::sync::Arc;

use model::{Outputs, Resource};
use serde_json::{Value, json};

use crate::put::putln;
use crate::{Palette, json_text, words};
use prepare::{Prepared, prepare};

/// A record that a person publishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishableRecord {
    /// Our name for it: `acm.mta-sts.example.com`.
    pub label: String,
    /// The zone that it belongs to, without the final dot.
    pub zone: String,
    /// Its full name, without the final dot; nothing while it is not known.
    pub name: Option<String>,
    /// `TXT`, `CNAME`, `A`, `AAAA`, `MX`.
    pub rtype: String,
    /// Seconds.
    pub ttl: u32,
    /// Its values: TXT without quotes, MX as `10 host`; nothing for one that is not known yet.
    pub values: Vec<Option<String>>,
    /// The conditions under which it is published: the policy's file is there before the record that names it.
    pub publish_when: Vec<String>,
    /// The resources that have to be ready first: a record that is published, or taken out, before
    /// its time can stop mail.
    pub after: Vec<String>,
}

/// The records among `resources`. `outputs` gives what other resources have returned so far: a
/// validation record, a DKIM token, the name of a distribution.
///
/// An alias of Route 53 becomes the CNAME that does the same elsewhere.
pub fn publishable(resources: &[Arc<Resource>], outputs: &Outputs<'_>) -> Vec<PublishableRecord> {
    let records = resources.iter().filter_map(|resource| {
        let spec = resource.spec.resolved(outputs);
        let record = kinds::record_of(&spec)?;
        let (rtype, values) = if let Some(alias) = &record.alias {
            ("CNAME", vec![alias.target.known().cloned()])
        } else {
            let values = record.values.iter();
            let values = values.map(|value| value.known().cloned());
            (record.rtype.as_str(), values.collect())
        };
        Some(PublishableRecord {
            label: resource.id.name.clone(),
            zone: resource.id.domain.clone(),
            name: record.name.known().cloned(),
            rtype: rtype.to_owned(),
            ttl: record.ttl,
            values,
            publish_when: resource
                .preconditions
                .iter()
                .map(words::precondition)
                .collect(),
            after: Vec::new(),
        })
    });
    records.collect()
}

/// How records are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RecordFormat {
    /// For people who type into a provider's form.
    #[default]
    Table,
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
        ("table", Self::Table),
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
        RecordFormat::Table => table::print(&prepared, variants.relative, palette),
        RecordFormat::Bind => bind::print(&prepared, variants.relative),
        RecordFormat::Json => json_text(&records_json(&prepared, variants.relative)),
        RecordFormat::Octodns => octodns::print(&prepared),
        RecordFormat::Dnscontrol => dnscontrol::print(&prepared),
        RecordFormat::Terraform => terraform::print(&prepared),
    }
}

fn records_json(prepared: &Prepared, relative: bool) -> Value {
    let records: Vec<Value> = prepared
        .sets
        .iter()
        .map(|set| {
            json!({
                "zone": set.zone.as_str(),
                "name": if relative { set.relative() } else { set.name.as_str() },
                "type": set.rtype.name(),
                "ttl": set.ttl,
                "values": set.values.iter().map(prepare::SetValue::text).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "format": "deploy.records",
        "version": 1,
        "records": records,
        "unknown": prepared.unknown,
        "notes": prepared.notes,
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
