//! A hosted zone, and the ids and name servers that Route 53 gives out.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::dns_text::name::DnsName;
use crate::route53::record_set::RecordSet;
use crate::route53::records::Records;

/// A hosted zone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Zone {
    /// Whose it is.
    pub account: String,
    /// `Z0123456789ABCDEFGHIJ`.
    pub id: String,
    /// The apex.
    pub name: DnsName,
    /// The name that the caller gave to the request that made it.
    pub caller_reference: String,
    /// Free text.
    pub comment: Option<String>,
    /// The VPC of a private zone. A private zone is never seen by the public.
    pub vpc: Option<Vpc>,
    /// Four.
    pub name_servers: Vec<DnsName>,
    /// The record sets.
    pub records: Records,
    /// Tags by key.
    pub tags: BTreeMap<String, String>,
    /// Whether it is signed (DNSSEC).
    #[serde(default)]
    pub signed: bool,
    /// Since when accelerated recovery is on; before that it is being switched on.
    #[serde(default)]
    pub accelerated_recovery: Option<Timestamp>,
    /// When it was created.
    #[serde(rename = "~created_at", default)]
    pub(crate) created_at: Option<Timestamp>,
    /// When the last change was accepted.
    #[serde(rename = "~last_change")]
    pub(crate) last_change: Option<Timestamp>,
}

/// A VPC, by name only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vpc {
    /// `us-east-1`.
    pub region: String,
    /// `vpc-…`.
    pub id: String,
}

impl Zone {
    /// Puts the NS and SOA records there that every zone has.
    pub(crate) fn furnish(&mut self, now: Timestamp, visible_from: Timestamp) {
        let servers: Vec<String> = self.name_servers.iter().map(ToString::to_string).collect();
        let start = format!(
            "{} awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400",
            servers.first().map_or(".", String::as_str)
        );
        let apex = self.name.clone();
        let sets = [
            RecordSet::simple(apex.clone(), "NS", 172_800, servers),
            RecordSet::simple(apex, "SOA", 900, vec![start]),
        ];
        for set in sets {
            self.records
                .put(set.key.clone(), Some(set), now, visible_from);
        }
    }

    /// Whether there is nothing but the records that every zone has.
    pub(crate) fn is_bare(&self) -> bool {
        self.records
            .from(None)
            .all(|set| set.key.name == self.name && ["NS", "SOA"].contains(&set.key.rtype.as_str()))
    }
}

/// An id of AWS's shape that nobody can guess and that is the same in every run.
pub(crate) fn id(prefix: char, seed: &str) -> String {
    const LETTERS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let digest = Sha256::digest(seed);
    let letters = digest
        .iter()
        .take(20)
        .map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]));
    std::iter::once(prefix).chain(letters).collect()
}

/// Four name servers, one in each of Route 53's four domains.
pub(crate) fn name_servers(seed: &str) -> Vec<DnsName> {
    let digest = Sha256::digest(seed);
    ["com", "net", "org", "co.uk"]
        .iter()
        .enumerate()
        .filter_map(|(index, domain)| {
            let draw = u16::from_be_bytes([digest[index * 2], digest[index * 2 + 1]]) % 512;
            let number = draw + 512 * u16::try_from(index).unwrap_or(0);
            let block = draw / 8;
            DnsName::parse(&format!("ns-{number}.awsdns-{block:02}.{domain}")).ok()
        })
        .collect()
}
