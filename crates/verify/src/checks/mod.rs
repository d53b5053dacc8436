//! The checks, a file for each subject.
//!
//! A check asks through the scene's view of public DNS, compares, and notes the result. A fault that another
//! file reports already is not reported again: one fault has one finding.

pub(crate) mod aliases;
pub(crate) mod bimi;
pub(crate) mod caa;
pub(crate) mod certificates;
pub(crate) mod dane;
pub(crate) mod delegation;
pub(crate) mod dkim;
pub(crate) mod dmarc;
pub(crate) mod mail_hosts;
pub(crate) mod mta_sts;
pub(crate) mod records;
pub(crate) mod senders;
pub(crate) mod ses;
pub(crate) mod spf;
pub(crate) mod tls_rpt;
pub(crate) mod wildcards;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use model::Unseen;
use model::rules;
use standards::dns::{Name, NoAnswer, Resolver};
use standards::{Finding, Place};

use crate::expected::Expected;
use crate::options::Options;
use crate::public_dns::PublicDns;

/// One domain as an external observer sees it.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub(crate) expected: &'a Expected,
    pub(crate) dns: &'a PublicDns<'a>,
    pub(crate) options: &'a Options,
    /// The name servers to which the zone above sends the world.
    pub(crate) delegation: &'a Result<Vec<String>, Unseen>,
}

/// Why nobody has to visit a host.
pub(crate) enum Absent {
    /// A person has still to publish its address.
    Awaited,
    /// It has no address, which is reported with the aliases.
    Reported,
}

impl<'a> Scene<'a> {
    pub(crate) fn domain(&self) -> &'a Name {
        &self.expected.domain
    }

    /// The name servers that should have the records: those of the hosted zone, and where people
    /// publish, those that the world is sent to.
    pub(crate) fn servers(&self) -> BTreeSet<Name> {
        match (&self.expected.zone, self.delegation) {
            (Some(zone), _) => zone.servers.clone(),
            (None, Ok(servers)) => names(servers),
            (None, Err(_)) => BTreeSet::new(),
        }
    }

    /// Why nobody has to visit `host`, if so.
    pub(crate) async fn absent(&self, host: &Name) -> Option<Absent> {
        let has_none = self.dns.a(host).await.is_ok_and(|found| found.is_empty())
            && self
                .dns
                .aaaa(host)
                .await
                .is_ok_and(|found| found.is_empty());
        if !has_none {
            return None;
        }
        if self.expected.awaits(host) {
            return Some(Absent::Awaited);
        }
        self.expected
            .plans_address(host)
            .then_some(Absent::Reported)
    }

    /// Whether a finding is about a name that is still to come: of a domain that is still to be
    /// applied, or that a person has still to publish.
    pub(crate) fn is_to_come(&self, finding: &Finding) -> bool {
        let Place::Live(place) = &finding.place else {
            return false;
        };
        let Ok(name) = Name::parse(place) else {
            return false;
        };
        let mut pending = self.expected.pending.iter();
        pending.any(|domain| name.is_within(domain)) || self.expected.awaits(&name)
    }
}

/// Those of `texts` that are names.
pub(crate) fn names(texts: &[String]) -> BTreeSet<Name> {
    texts
        .iter()
        .filter_map(|text| Name::parse(text).ok())
        .collect()
}

/// LIVE-02: a question that nobody answered.
pub(crate) fn unanswered(error: &NoAnswer) -> Finding {
    Finding::new(rules::LIVE_02, format!("{}: {}", error.name, error.reason))
}

/// Values as one short line.
pub(crate) fn shown<T: AsRef<str>>(values: &[T]) -> String {
    const SHOWN: usize = 4;
    const LONGEST: usize = 120;
    if values.is_empty() {
        return "nothing".to_owned();
    }
    let short = |value: &T| {
        let value = value.as_ref();
        match value.char_indices().nth(LONGEST) {
            None => value.to_owned(),
            Some((cut, _)) => format!("{}…", &value[..cut]),
        }
    };
    let mut line: Vec<String> = values.iter().take(SHOWN).map(short).collect();
    if values.len() > SHOWN {
        line.push(format!("and {} more", values.len() - SHOWN));
    }
    line.join(", ")
}
