//! The history of a place: the calls that its sandbox handled, and its world after each change.

use std::path::PathBuf;

use sandbox::stats::Logged;

use crate::place::{Moment, Place};
use crate::store;

impl Place {
    /// From now on every call is kept.
    pub fn keep_calls(&self) {
        std::fs::create_dir_all(self.state().join("history")).expect("a writable folder");
    }

    /// From now on every call is kept, and the world after each change: megabytes for each where it has a
    /// hundred domains.
    pub fn keep_history(&self) {
        std::fs::create_dir_all(self.state().join("history/worlds")).expect("a writable folder");
    }

    /// The calls since [`Self::keep_calls`] besides those to the ledger of the tests, in the order in
    /// which they were handled.
    pub fn calls(&self) -> Vec<Logged> {
        let mut calls = self.all_calls();
        calls.retain(|call| !call.url.contains(store::BUCKET));
        calls
    }

    /// The same with those to the ledger.
    pub fn all_calls(&self) -> Vec<Logged> {
        let path = self.state().join("history/calls.jsonl");
        let text = std::fs::read_to_string(path).unwrap_or_default();
        text.lines()
            .map(|line| serde_json::from_str(line).expect("a call"))
            .collect()
    }

    /// The calls that were to change something that a user owns.
    pub fn changing_calls(&self) -> Vec<Logged> {
        let mut calls = self.calls();
        calls.retain(|call| call.changing && call.service != "sts");
        calls
    }

    /// The world after each change since [`Self::keep_history`].
    pub fn history(&self) -> Vec<Moment> {
        let entries = std::fs::read_dir(self.state().join("history/worlds")).expect("a history");
        let mut paths: Vec<PathBuf> = entries
            .map(|entry| entry.expect("an entry").path())
            .collect();
        paths.sort();
        paths.iter().map(|path| Moment::read(path)).collect()
    }

    /// Forgets the history until now.
    pub fn forget_history(&self) {
        let keeps_worlds = self.state().join("history/worlds").is_dir();
        std::fs::remove_dir_all(self.state().join("history")).expect("a history");
        if keeps_worlds {
            self.keep_history();
        } else {
            self.keep_calls();
        }
    }
}
