//! How far the observation for a plan is, as a person is shown it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Counts the resources that are observed. A display reads the counts when it draws.
#[derive(Debug, Default)]
pub struct Reading(Mutex<Read>);

/// The counts of a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// The resources that were observed.
    pub seen: usize,
    /// All that are to be observed.
    pub of: usize,
    /// Those that are asked about now, by kind.
    pub asked: BTreeMap<String, usize>,
}

impl Reading {
    /// The counts now.
    pub fn now(&self) -> Read {
        self.with(|read| read.clone())
    }

    /// Begins to count so many resources.
    pub(crate) fn begin(&self, of: usize) {
        self.with(|read| {
            *read = Read {
                of,
                ..Read::default()
            }
        });
    }

    /// Counts a resource as asked about until what is given back is dropped, and as observed then.
    pub(crate) fn ask<'a>(&'a self, kind: &'a str) -> Asking<'a> {
        self.with(|read| *read.asked.entry(kind.to_owned()).or_default() += 1);
        Asking {
            reading: self,
            kind,
        }
    }

    fn with<T>(&self, change: impl FnOnce(&mut Read) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A resource that is asked about.
pub(crate) struct Asking<'a> {
    reading: &'a Reading,
    kind: &'a str,
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.reading.with(|read| {
            read.seen += 1;
            if let Some(asked) = read.asked.get_mut(self.kind) {
                *asked -= 1;
            }
            read.asked.retain(|_, asked| *asked > 0);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_about_is_counted_until_it_was_seen() {
        let reading = Reading::default();
        reading.begin(3);
        let first = reading.ask("acm_certificate");
        let second = reading.ask("ses_identity");
        drop(first);
        let now = reading.now();
        assert_eq!((now.seen, now.of), (1, 3));
        assert_eq!(now.asked, BTreeMap::from([("ses_identity".to_owned(), 1)]));
        drop(second);
        assert_eq!(reading.now().asked, BTreeMap::new());
        reading.begin(1);
        assert_eq!(reading.now().seen, 0);
    }
}
