//! A project as its pages show it: what observers see, what moved, what ends, and what was done.

use std::collections::BTreeMap;

use futures::stream::{self, StreamExt};
use jiff::Timestamp;
use kinds::{AcmCertificate, SesIdentity};
use model::{Check, DomainLedger, Entry, Ledger, Overview};
use standards::bimi::MarkCertificate;
use standards::dns::Name;
use verify::{NothingPublished, Options, overview};

use crate::{Closely, Drifted, Error, Project, Wish, drift};

/// What is known of every domain of a project.
#[derive(Debug)]
pub struct Fleet {
    /// The domains, in the manifest's order, as an observer without credentials sees them.
    pub overviews: Vec<(Name, Result<Overview, NothingPublished>)>,
    /// The checks of what the manifest asks for.
    pub checks: Vec<Check>,
    /// What moved, and what is foreseen.
    pub drifted: Drifted,
    /// What is recorded.
    pub ledger: Ledger,
}

/// Something that ends at a known time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ending {
    /// The time.
    pub at: Timestamp,
    /// The thing that ends.
    pub what: String,
}

/// Reads all of it. It changes nothing.
pub async fn fleet(project: &Project) -> Result<Fleet, Error> {
    // Planning comes first: from the first probe on, time in a sandbox is real.
    let planned = project.plan(project.ledger().await?, Wish::All).await?;
    let drifted = drift(project).await?;
    let probe = project.probe().await?;
    let how = (probe.outside(), Closely::default());
    let checks = crate::verify(project, &planned, how, &|_, _| ()).await;
    let options = Options::at(project.clock.now());
    let domains = project.domains();
    let overviews = stream::iter(&domains)
        .map(async |domain: &Name| {
            let seen = overview(domain, probe.outside(), &options).await;
            (domain.clone(), seen)
        })
        .buffered(options.at_once)
        .collect()
        .await;
    Ok(Fleet {
        overviews,
        checks,
        drifted,
        ledger: project.in_scope(project.ledger().await?),
    })
}

impl Fleet {
    /// All of a domain that ends at a known time, the next first: certificates, acceptances, and what
    /// senders hold.
    pub fn endings(&self, project: &Project, domain: &Name) -> Vec<Ending> {
        let mut endings = Vec::new();
        let mut add = |at: Timestamp, what: String| endings.push(Ending { at, what });
        if let Some(block) = project.manifest.domains.get(domain) {
            let mark = block
                .bimi
                .as_ref()
                .and_then(|bimi| bimi.certificate.as_ref());
            let read = mark.and_then(|file| Some((file, MarkCertificate::parse(&file.bytes).0?)));
            if let Some((file, certificate)) = read {
                add(
                    certificate.not_after(),
                    format!("the mark certificate {}", file.path),
                );
            }
        }
        let held = self.ledger.domains.get(domain.as_str());
        for entry in held.iter().flat_map(|held| held.entries.values()) {
            let state = entry
                .state
                .as_ref()
                .and_then(|one| one.get::<AcmCertificate>());
            let end = state.and_then(|state| Timestamp::from_second(state.not_after?).ok());
            if let Some(end) = end {
                add(
                    end,
                    format!("the certificate {} of ACM, which renews it", entry.id.name),
                );
            }
        }
        if let Some(until) = held.and_then(|held| held.cached_until) {
            add(
                until,
                "what senders hold of an earlier MTA-STS policy".to_owned(),
            );
        }
        endings.sort();
        endings
    }

    /// The identities of SES that the ledger has for a domain, with their account and region.
    pub fn senders(&self, domain: &Name) -> Vec<(String, String)> {
        let held = self.ledger.domains.get(domain.as_str());
        let entries = held.into_iter().flat_map(|held| held.entries.values());
        entries
            .filter_map(|entry| {
                let identity = &entry.spec.get::<SesIdentity>()?.domain;
                let location = entry.location.as_ref()?;
                let place = format!("{} {}", location.account, location.region);
                Some((identity.clone(), place))
            })
            .collect()
    }

    /// What the ledger records of a domain, the latest first: the last change of each resource, the
    /// policy that is served, and the risks that were accepted.
    pub fn events(&self, domain: &Name) -> Vec<(Timestamp, String)> {
        let Some(held) = self.ledger.domains.get(domain.as_str()) else {
            return Vec::new();
        };
        let mut events = changes(held);
        events.extend(held.serving.map(|(policy, since)| {
            let mode = match (policy.active, policy.enforce) {
                (_, true) => "enforce",
                (true, false) => "testing",
                (false, false) => "none",
            };
            (since, format!("serves an MTA-STS policy of mode {mode}"))
        }));
        let accepted = held.accepted.iter();
        events.extend(accepted.map(|(rule, at)| (*at, format!("the risk {rule} was accepted"))));
        events.sort_by(|one, other| other.cmp(one));
        events
    }
}

/// The last change of each resource; what changed in one minute is one event.
fn changes(held: &DomainLedger) -> Vec<(Timestamp, String)> {
    let mut by_minute: BTreeMap<i64, Vec<&Entry>> = BTreeMap::new();
    for entry in held.entries.values() {
        let minute = entry.changed.as_second() / 60;
        by_minute.entry(minute).or_default().push(entry);
    }
    by_minute
        .into_values()
        .map(|entries| {
            let names = entries
                .iter()
                .map(|entry| format!("{} {}", entry.id.kind, entry.id.name));
            let names: Vec<String> = names.collect();
            (entries[0].changed, format!("changed {}", names.join(", ")))
        })
        .collect()
}
