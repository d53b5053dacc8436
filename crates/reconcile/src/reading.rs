//! The choice of a drift run between reading anew and AWS's wide reads. A wide read shows the version of
//! a resource, and the ledger has what was read with that version (decision 27); but what has no version,
//! such as a log that somebody sets on a bucket, is seen only where the resource is read by itself.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use model::{Entry, Ledger};
use notify::{Read, Reading, Readings};
use plan::{Drift, Moved, Query};

use crate::{Error, Project};

/// The time after which everything is read anew: a week, less the day until the next run of a daily
/// schedule.
const AGAIN: SignedDuration = SignedDuration::from_hours(6 * 24);

/// The readings of earlier runs.
#[derive(Debug)]
pub(crate) struct Earlier {
    /// Those that spare this run something.
    recent: Readings,
    /// The ids of the resources that had moved, and when a run first saw it.
    moved: BTreeMap<String, Option<Timestamp>>,
    now: Timestamp,
}

impl Earlier {
    /// Nothing was read before: everything is read anew.
    pub(crate) fn nothing(now: Timestamp) -> Self {
        Self::among(Readings::default(), true, now)
    }

    /// The readings that this project's runs recorded. Where they cannot be told, everything is read anew.
    pub(crate) async fn of(project: &Project) -> Result<Self, Error> {
        let store = project.store(&project.ledger_place).await?;
        let readings = notify::readings(&*store).await.unwrap_or_default();
        Ok(Self::among(readings, project.refresh, project.clock.now()))
    }

    /// The use that recorded readings are of at a time. A `refresh` reads everything anew, and so does a run
    /// for which the last reading lies in the future: one of the two clocks is wrong.
    fn among(mut readings: Readings, refresh: bool, now: Timestamp) -> Self {
        let moved = readings.values().flat_map(|reading| reading.moved.clone());
        let moved = moved.collect();
        let spared = SignedDuration::ZERO..AGAIN;
        readings
            .retain(|_, reading| !refresh && spared.contains(&now.duration_since(reading.anew)));
        Self {
            recent: readings,
            moved,
            now,
        }
    }

    /// When an earlier run first saw that a resource is not as it was left. What it saw before we left it
    /// so is over.
    pub(crate) fn first_seen(&self, entry: &Entry) -> Option<Timestamp> {
        let first = *self.moved.get(&entry.id.to_string())?;
        first.filter(|first| *first >= entry.changed)
    }

    /// The query for what the ledger has as `entry`.
    pub(crate) fn query(&self, entry: &Entry) -> Query {
        let reading = self.recent.get(&*entry.id.document());
        let is_spared = reading.is_some_and(|one| !one.moved.contains_key(&entry.id.to_string()));
        Query {
            // After an interrupted call, AWS may have another state than the recorded one.
            anew: !is_spared || entry.is_open(),
            ..Query::of_entry(entry)
        }
    }

    /// When the resources of a document were all read anew, after this run.
    fn anew(&self, document: &str) -> Timestamp {
        let reading = self.recent.get(document);
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
                let first = is_dated(drift).then(|| drift.since.unwrap_or(self.now));
                reading.moved.insert(drift.resource.to_string(), first);
            }
        }
        readings
    }

    /// Records what this run read; or says why it could not.
    pub(crate) async fn record(
        &self,
        project: &Project,
        ledger: &Ledger,
        drifts: &[Drift],
    ) -> Result<(), String> {
        let store = project.store(&project.ledger_place).await;
        let store = store.map_err(|error| report::causes(&error))?;
        let read = Read {
            readings: self.after(ledger, drifts),
            judged: ledger.entries().map(|entry| entry.id.to_string()).collect(),
            is_all: project.scope.is_all(),
            done: project.clock.now(),
        };
        notify::record_reading(&*store, &read).await
    }
}

/// Whether it is known since when: what could not be seen may never have moved, and what others added
/// beside ours did not.
pub(crate) fn is_dated(drift: &Drift) -> bool {
    matches!(drift.moved, Moved::Modified(_) | Moved::Deleted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    /// The readings of a document that was read anew at a time.
    fn read_at(time: &str) -> Readings {
        let reading = Reading {
            anew: at(time),
            moved: BTreeMap::new(),
        };
        [("example.com".to_owned(), reading)].into()
    }

    #[test]
    fn a_reading_spares_the_runs_of_six_days() {
        let check = |time, refresh, expect| {
            let now = at("2026-11-30T05:00:00Z");
            let earlier = Earlier::among(read_at(time), refresh, now);
            assert_eq!(earlier.recent.len(), expect, "{time} {refresh}");
        };
        check("2026-11-30T04:00:00Z", false, 1);
        check("2026-11-24T05:00:01Z", false, 1);
        check("2026-11-30T04:00:00Z", true, 0);
        check("2026-11-24T05:00:00Z", false, 0);
        // Somebody's clock was wrong.
        check("2027-11-30T04:00:00Z", false, 0);
    }
}
