//! The hosted zones of a run: each is listed once, and kept up to date by our own changes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{Lead, ResourceId};
use standards::dns::RecordType;
use tokio::sync::Mutex;

use crate::record::{LiveSet, SetKey, Sets};

/// A zone as it was listed, with our own changes since.
#[derive(Debug, Default)]
pub(crate) struct KnownZone {
    pub(crate) sets: Option<Sets>,
    /// Our changes that not all name servers answer yet, by the set that they changed.
    pub(crate) pending: BTreeMap<SetKey, String>,
    /// Our changes that all of them answer.
    pub(crate) settled: BTreeSet<String>,
    /// The sets that a batch changed for which no answer came: it may have been carried out, and only
    /// a change of our own tells when all name servers answer it.
    pub(crate) unanswered: BTreeSet<SetKey>,
    /// The sets that each resource took over in this run. A call that is repeated, because its outcome was
    /// not known, no longer sees it.
    pub(crate) taken: BTreeMap<ResourceId, Vec<LiveSet>>,
    /// The resources that others had deleted before this run wrote them again.
    pub(crate) made_again: BTreeSet<ResourceId>,
}

impl KnownZone {
    /// Waits for the change of these sets that Route 53 accepted.
    pub(crate) fn accept(&mut self, sets: impl Iterator<Item = SetKey>, change: Option<&str>) {
        for set in sets {
            self.unanswered.remove(&set);
            if let Some(change) = change {
                self.pending.insert(set, change.to_owned());
            }
        }
    }

    /// Waits for a change of an earlier run. A change of this run is newer, and stays.
    pub(crate) fn await_change(&mut self, set: SetKey, change: String) {
        if !self.settled.contains(&change) {
            self.pending.entry(set).or_insert(change);
        }
    }
}

/// Every zone of a run, listed once.
#[derive(Debug, Default)]
pub(crate) struct Zones {
    zones: Mutex<BTreeMap<String, Arc<Mutex<KnownZone>>>>,
}

impl Zones {
    /// The zone of this id, listed or not yet.
    pub(crate) async fn zone(&self, id: &str) -> Arc<Mutex<KnownZone>> {
        self.zones
            .lock()
            .await
            .entry(id.to_owned())
            .or_default()
            .clone()
    }

    /// The records of the listed zones that lead to one of `targets`, whoever made them.
    pub(crate) async fn leading_to(&self, targets: &BTreeSet<String>) -> Vec<Lead> {
        let mut leads = Vec::new();
        for (id, zone) in self.zones.lock().await.iter() {
            let zone = zone.lock().await;
            for set in zone.sets.iter().flat_map(BTreeMap::values) {
                let values = set.values.iter().map(|value| &value.means);
                let cname = values.filter(|_| set.rtype == RecordType::Cname);
                let alias = set.alias.iter().map(|(target, _)| target);
                for target in cname.chain(alias).filter(|one| targets.contains(*one)) {
                    leads.push(Lead {
                        zone: Some(id.clone()),
                        name: set.name.clone(),
                        rtype: set.rtype,
                        target: target.clone(),
                    });
                }
            }
        }
        leads
    }

    /// Forgets every listing, so that the next question lists anew.
    pub(crate) async fn forget(&self) {
        for zone in self.zones.lock().await.values() {
            zone.lock().await.sets = None;
        }
    }
}
