//! Asks which servers the world is led to, for the hosted zones that domains have left.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures::stream::{self, StreamExt};
use kinds::{Route53HostedZone, route53_hosted_zone};
use ledger::{Event, Journal};
use model::{Authority, Entry, Ledger, LeftZone, Resource, State};
use plan::Actual;

use crate::{Error, Project};

/// How many questions are under way at once.
const AT_ONCE: usize = 16;

impl Project {
    /// The hosted zones that domains have left, and what the world is told about their names: the
    /// same question that DNS-08 asks.
    pub(crate) async fn authority(
        &self,
        desired: &[Arc<Resource>],
        ledger: &Ledger,
        actual: &Actual,
    ) -> Authority {
        let domains: BTreeSet<&str> = desired
            .iter()
            .map(|resource| resource.id.domain.as_str())
            .collect();
        let left = plan::left(desired, ledger)
            .filter(|entry| domains.contains(entry.id.domain.as_str()))
            .filter_map(|entry| Some((entry, zone(entry)?)));
        let asked = stream::iter(left).map(|(entry, zone)| async move {
            let leads_to = self.engine.outside().delegation(&zone.name).await;
            let unread = ledger.domains.get(&entry.id.domain);
            let left_since = unread.and_then(|held| held.unread.get(&zone.id).copied());
            let left = LeftZone {
                name: zone.name.clone(),
                servers: zone.name_servers.clone(),
                leads_to: leads_to.map_err(|error| error.to_string()),
                successors: successors(desired, actual, &entry.id.domain),
                left_since,
            };
            (zone.id.clone(), left)
        });
        asked.buffered(AT_ONCE).collect().await
    }
}

/// The state of a hosted zone that the ledger has.
fn zone(entry: &Entry) -> Option<&route53_hosted_zone::State> {
    entry
        .state
        .as_ref()
        .and_then(State::get::<Route53HostedZone>)
}

/// The servers of the hosted zone that a domain has now.
fn successors(desired: &[Arc<Resource>], actual: &Actual, domain: &str) -> Vec<String> {
    let is_zone = |resource: &&Arc<Resource>| {
        resource.id.domain == domain && resource.spec.get::<Route53HostedZone>().is_some()
    };
    let Some(wanted) = desired.iter().find(is_zone) else {
        return Vec::new();
    };
    let is_it = |target: &model::Target| {
        target.id == wanted.id && target.spec == wanted.spec && target.location == wanted.location
    };
    let mut seen = actual.iter().filter(|(target, _)| is_it(target));
    let state = seen.find_map(|(_, seen)| seen.state()?.get::<Route53HostedZone>());
    state
        .map(|state| state.name_servers.clone())
        .unwrap_or_default()
}

/// Records since when the world reads each left zone no more: the wait for resolvers begins then.
pub(crate) async fn record(authority: &Authority, journal: &Journal) -> Result<(), Error> {
    let ledger = journal.ledger();
    for (domain, held) in &ledger.domains {
        let zones = held.entries.values().chain(&held.retired);
        let ids: BTreeSet<&str> = zones
            .filter_map(|entry| zone(entry))
            .map(|zone| zone.id.as_str())
            .collect();
        for id in ids {
            let Some(left) = authority.get(id) else {
                continue;
            };
            // Where nobody answered, nothing was learned.
            let is_known = held.unread.contains_key(id);
            if left.leads_to.is_ok() && left.is_read() == is_known {
                let zone = id.to_owned();
                let is_read = left.is_read();
                journal.note(domain, Event::Led { zone, is_read }).await?;
            }
        }
    }
    Ok(())
}
