//! The choice of a drift run between reading anew and AWS's wide reads. A wide read shows the version of
//! a resource, and the ledger has what was read with that version (decision 27); but what has no version,
//! such as a log that somebody sets on a bucket, is seen only where the resource is read by itself.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use model::{Entry, Ledger, ResourceId};
use notify::{Reading, Readings};
use plan::{Drift, Query};

use crate::{Error, Project};

/// The time after which everything is read anew: a week, less the day until the next run of a daily
/// schedule.
const AGAIN: SignedDuration = SignedDuration::from_hours(6 * 24);

/// The readings of earlier runs, as far as they spare this one something.
#[derive(Debug)]
pub(crate) struct Earlier {
    readings: Readings,
    /// The resources that had moved, and when a run first saw it.
    moved: BTreeMap<String, Timestamp>,
    now: Timestamp,
}

impl Earlier {
    /// Nothing was read before: everything is read anew.
    pub(crate) fn nothing(now: Timestamp) -> Self {
        Self {
            readings: Readings::default(),
            moved: BTreeMap::new(),
            now,
        }
    }

    /// The readings that this project's runs recorded. Where they cannot be told, everything is read anew.
    pub(crate) async fn of(project: &Project) -> Result<Self, Error> {
        let now = project.clock.now();
        let store = project.store(&project.ledger_place).await?;
        let mut readings = notify::readings(&*store).await.unwrap_or_default();
        let moved = readings.values().flat_map(|reading| reading.moved.clone());
        let moved = moved.collect();
        let is_spared = |reading: &Reading| now.duration_since(reading.anew) < AGAIN;
        readings.retain(|_, reading| !project.refresh && is_spared(reading));
        Ok(Self {
            readings,
            moved,
            now,
        })
    }

    /// When an earlier run first saw that a resource had moved.
    pub(crate) fn first_seen(&self, id: &ResourceId) -> Option<Timestamp> {
        self.moved.get(&id.to_string()).copied()
    }

    /// The query for what the ledger has as `entry`.
    pub(crate) fn query(&self, entry: &Entry) -> Query {
        let reading = self.readings.get(&*entry.id.document());
        let is_spared = reading.is_some_and(|one| !one.moved.contains_key(&entry.id.to_string()));
        Query {
            // After an interrupted call, AWS may have another state than the recorded one.
            anew: !is_spared || entry.is_open(),
            ..Query::of_entry(entry)
        }
    }

    /// When the resources of a document were all read anew, after this run.
    fn anew(&self, document: &str) -> Timestamp {
        let reading = self.readings.get(document);
        reading.map_or(self.now, |reading| reading.anew)
    }

    /// When everything in the ledger was last read anew, where this run leaves a part of it to its version.
    pub(crate) fn last_anew(&self, ledger: &Ledger) -> Option<Timestamp> {
        let documents = ledger
            .entries()
            .map(|entry| self.anew(&entry.id.document()));
        documents.min().filter(|oldest| *oldest < self.now)
    }

    /// The readings after this run.
    fn after(&self, ledger: &Ledger, drifts: &[Drift]) -> Readings {
        let mut readings = Readings::default();
        for entry in ledger.entries() {
            let document = entry.id.document().into_owned();
            let anew = self.anew(&document);
            let moved = BTreeMap::new();
            readings.entry(document).or_insert(Reading { anew, moved });
        }
        for drift in drifts {
            if let Some(reading) = readings.get_mut(&*drift.resource.document()) {
                let first = drift.since.unwrap_or(self.now);
                reading.moved.insert(drift.resource.to_string(), first);
            }
        }
        readings
    }

    /// Records what this run read; or says why it could not, so that the next one reads it again.
    pub(crate) async fn record(
        &self,
        project: &Project,
        ledger: &Ledger,
        drifts: &[Drift],
    ) -> Result<(), String> {
        let store = project.store(&project.ledger_place).await;
        let store = store.map_err(|error| report::causes(&error))?;
        notify::record_readings(&*store, &self.after(ledger, drifts)).await
    }
}
