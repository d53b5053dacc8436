//! Rules about the record sets of a zone, all together.
//!
//! ```
//! use standards::dns::{Name, RecordSet, RecordType, RecordValue, Zone};
//!
//! let apex = Name::parse("example.com")?;
//! let set = |kind, value| RecordSet {
//!     name: apex.clone(),
//!     kind,
//!     ttl: 300,
//!     values: vec![value],
//! };
//! let sets = [
//!     set(RecordType::Cname, RecordValue::Cname(Name::parse("example.net")?)),
//!     set(RecordType::Txt, RecordValue::Txt("v=spf1 -all".into())),
//! ];
//! let findings = Zone { apex: &apex, sets: &sets }.lint(&[apex.clone()]);
//! assert_eq!(findings[0].rule, "DNS-04");
//! # Ok::<(), standards::dns::NameError>(())
//! ```

use std::collections::{BTreeMap, BTreeSet};

use super::caa::climb;
use super::{Name, RecordSet, RecordType, RecordValue};
use crate::quote::quote;
use crate::rules;
use crate::{Finding, Place, Protocol};

/// The record sets of one zone.
#[derive(Clone, Copy, Debug)]
pub struct Zone<'a> {
    /// The zone's own name.
    pub apex: &'a Name,
    /// Its record sets, in any order.
    pub sets: &'a [RecordSet],
}

/// Labels under which receivers ask for policies, so that a wildcard answers for them.
const POLICY_LABELS: [&str; 6] = [
    "_dmarc",
    "_mta-sts",
    "_smtp._tls",
    "default._bimi",
    "_domainkey",
    "mta-sts",
];

impl Zone<'_> {
    /// DNS-04, DNS-06 and DNS-07, for the names in and under `domains`.
    pub fn lint(&self, domains: &[Name]) -> Vec<Finding> {
        let domains: BTreeSet<&Name> = domains.iter().collect();
        let is_ours = |name: &Name| climb(name).any(|parent| domains.contains(&parent));
        let mut findings = self.lint_aliases(&is_ours);
        let ours = self.sets.iter().filter(|set| is_ours(&set.name));
        findings.extend(ours.flat_map(lint_protocols));
        let wildcards = self.sets.iter().filter(|set| {
            set.name.is_wildcard() && matches!(set.kind, RecordType::Txt | RecordType::Cname)
        });
        for wildcard in wildcards {
            let domain = wildcard
                .name
                .parent()
                .filter(|domain| domains.contains(domain));
            findings.extend(domain.and_then(|domain| self.lint_wildcard(wildcard, &domain)));
        }
        findings
    }

    /// DNS-04.
    fn lint_aliases(&self, is_ours: &dyn Fn(&Name) -> bool) -> Vec<Finding> {
        let mut kinds: BTreeMap<&Name, BTreeSet<RecordType>> = BTreeMap::new();
        for set in self.sets {
            kinds.entry(&set.name).or_default().insert(set.kind);
        }
        kinds.retain(|name, kinds| is_ours(name) && kinds.contains(&RecordType::Cname));
        let found = kinds.into_iter().filter_map(|(name, mut kinds)| {
            kinds.remove(&RecordType::Cname);
            let beside: Vec<String> = kinds.iter().map(ToString::to_string).collect();
            let reason = match beside.as_slice() {
                _ if name == self.apex => format!("{name} is the top of its zone and has a CNAME"),
                [] => return None,
                beside => format!("{name} has a CNAME beside {}", beside.join(", ")),
            };
            Some(Finding::new(rules::DNS_04, reason).in_place(Place::Live(name.to_string())))
        });
        found.collect()
    }

    /// DNS-06: the policy names of `domain` for which its wildcard answers.
    fn lint_wildcard(&self, wildcard: &RecordSet, domain: &Name) -> Option<Finding> {
        let names = POLICY_LABELS
            .iter()
            .filter_map(|labels| domain.child(labels).ok());
        let free: Vec<String> = names
            .filter(|name| !self.exists(name))
            .map(|name| name.to_string())
            .collect();
        if free.is_empty() {
            return None;
        }
        let name = &wildcard.name;
        let reason = format!(
            "the {} at {name} answers for {}",
            wildcard.kind,
            free.join(", ")
        );
        Some(Finding::new(rules::DNS_06, reason).in_place(Place::Live(name.to_string())))
    }

    /// Whether `name` or something below it has records, so that no wildcard answers there
    /// (RFC 4592 §2.2.2).
    fn exists(&self, name: &Name) -> bool {
        self.sets.iter().any(|set| set.name.is_within(name))
    }
}

/// DNS-07: policies of one protocol in one set.
fn lint_protocols(set: &RecordSet) -> Vec<Finding> {
    let texts: Vec<String> = set
        .values
        .iter()
        .filter_map(|value| match value {
            RecordValue::Txt(txt) => Some(txt.text().into_owned()),
            _ => None,
        })
        .collect();
    let found = Protocol::ALL.into_iter().filter_map(|protocol| {
        let ours = texts.iter().filter(|text| protocol.recognises(text));
        let count = ours.count();
        let reason = format!(
            "{} has {count} records that begin {}",
            set.name,
            quote(protocol.version())
        );
        let finding = Finding::new(rules::DNS_07, reason);
        (count > 1).then(|| finding.in_place(Place::Live(set.name.to_string())))
    });
    found.collect()
}

/// DNS-08: the name servers to which the parent delegates `zone`, against those that its
/// hosted zone has.
pub fn lint_delegation(
    zone: &Name,
    delegated: &BTreeSet<Name>,
    hosted: &BTreeSet<Name>,
) -> Option<Finding> {
    if delegated == hosted {
        return None;
    }
    let list = |names: &BTreeSet<Name>| {
        let names: Vec<String> = names.iter().map(Name::to_string).collect();
        if names.is_empty() {
            "nobody".to_owned()
        } else {
            names.join(", ")
        }
    };
    let reason = format!(
        "{zone} is delegated to {}, and the hosted zone is served by {}",
        list(delegated),
        list(hosted)
    );
    Some(Finding::new(rules::DNS_08, reason).in_place(Place::Live(zone.to_string())))
}

/// DNS-09: a set that is to change, against the seconds that the change may take.
pub fn lint_ttl(set: &RecordSet, window: u32) -> Option<Finding> {
    let reason = || {
        format!(
            "{} {} has a TTL of {} seconds, and the change has {window}",
            set.name, set.kind, set.ttl
        )
    };
    (set.ttl > window)
        .then(|| Finding::new(rules::DNS_09, reason()).in_place(Place::Live(set.name.to_string())))
}

#[cfg(test)]
#[path = "zone_tests.rs"]
mod tests;
