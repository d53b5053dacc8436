//! The readings of the world that a schedule remembers, because it reads everything anew from time to
//! time only.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The readings of each document of the ledger, by its name.
pub type Readings = BTreeMap<String, Reading>;

/// The last reading of the resources of one document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// When all of them were last read anew.
    pub anew: Timestamp,
    /// The ids of those that were not as they had been left, and when a run first saw that; no time where
    /// it was not seen what they are. A wide read may not show it, and so they are read anew until they
    /// are in sync.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub moved: BTreeMap<String, Option<Timestamp>>,
}

/// All that one run read.
#[derive(Clone, Debug)]
pub struct Read {
    /// The readings of the documents that it is about.
    pub readings: Readings,
    /// The ids of the resources that it compared: of others it does not know whether they moved.
    pub judged: BTreeSet<String>,
    /// Whether it is about every document that there is.
    pub is_all: bool,
    /// When it was done. No reading is from after that, whatever another run's clock said.
    pub done: Timestamp,
}

impl Read {
    /// Adds this run's readings to those on record, among which another run's may be: it can have begun
    /// later and be done first.
    pub(crate) fn merge_into(&self, kept: &mut Readings) {
        if self.is_all {
            kept.retain(|document, _| self.readings.contains_key(document));
        }
        for (document, read) in &self.readings {
            let mut read = read.clone();
            if let Some(other) = kept.remove(document) {
                if other.anew <= self.done {
                    read.anew = read.anew.max(other.anew);
                }
                for (id, first) in other.moved {
                    match read.moved.get_mut(&id) {
                        Some(own) => *own = own.iter().copied().chain(first).min(),
                        None if self.judged.contains(&id) => {}
                        None => drop(read.moved.insert(id, first)),
                    }
                }
            }
            kept.insert(document.clone(), read);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i8) -> Timestamp {
        format!("2026-11-30T{hour:02}:00:00Z")
            .parse()
            .expect("a moment")
    }

    fn reading(hour: i8, moved: &[(&str, Option<i8>)]) -> Reading {
        let moved = moved
            .iter()
            .map(|(id, hour)| ((*id).to_owned(), hour.map(at)));
        Reading {
            anew: at(hour),
            moved: moved.collect(),
        }
    }

    fn readings<const N: usize>(of: [(&str, Reading); N]) -> Readings {
        of.map(|(document, reading)| (document.to_owned(), reading))
            .into()
    }

    fn read(readings: Readings, judged: &[&str], is_all: bool) -> Read {
        Read {
            readings,
            judged: judged.iter().map(|id| (*id).to_owned()).collect(),
            is_all,
            done: at(12),
        }
    }

    #[test]
    fn what_a_run_compared_it_decides() {
        let mut kept = readings([(
            "a",
            reading(9, &[("gone", Some(9)), ("still", Some(8)), ("other", None)]),
        )]);
        let own = readings([("a", reading(7, &[("still", Some(10)), ("unseen", None)]))]);
        read(own, &["gone", "still", "unseen"], false).merge_into(&mut kept);
        let expected = reading(9, &[("still", Some(8)), ("other", None), ("unseen", None)]);
        assert_eq!(kept, readings([("a", expected)]));
    }

    #[test]
    fn documents_that_are_gone_are_forgotten_by_a_run_about_all() {
        let before = readings([("a", reading(9, &[])), ("b", reading(9, &[]))]);
        let own = readings([("a", reading(11, &[]))]);
        let mut kept = before.clone();
        read(own.clone(), &[], false).merge_into(&mut kept);
        assert_eq!(kept.len(), 2);
        read(own.clone(), &[], true).merge_into(&mut kept);
        assert_eq!(kept, own);
    }

    #[test]
    fn a_reading_of_the_future_is_not_believed() {
        let mut kept = readings([("a", reading(23, &[]))]);
        let own = readings([("a", reading(11, &[]))]);
        read(own.clone(), &[], false).merge_into(&mut kept);
        assert_eq!(kept, own);
    }
}
