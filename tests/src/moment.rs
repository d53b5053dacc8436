//! The world of a sandbox at one moment, as users own it and as others see it.

use std::path::Path;

use jiff::Timestamp;
use sandbox::Kept;
use sandbox::cloudfront::edge::{self, Viewer};
use sandbox::dns::Lookup;
use sandbox::s3::Bucket;
use sandbox::world::World;
use serde_json::Value;

use crate::store;

/// The world of a sandbox at one moment.
#[derive(Clone, Debug)]
pub struct Moment {
    /// The time of the sandbox's clock.
    pub time: Timestamp,
    /// Everything there was.
    pub world: World,
}

impl From<Kept> for Moment {
    fn from(kept: Kept) -> Self {
        Self {
            time: kept.time,
            world: kept.world,
        }
    }
}

impl Moment {
    pub(crate) fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).expect("a world of the history");
        let kept: Kept = serde_json::from_str(&text).expect("a world");
        kept.into()
    }

    /// The users' resources besides the ledger of the tests, as text that is the same when nothing that a
    /// user sees has changed.
    pub fn dump(&self) -> String {
        serde_json::to_string_pretty(&self.owned()).expect("JSON")
    }

    /// The same as JSON.
    pub fn owned(&self) -> Value {
        let mut dump = self.world.dump();
        store::without_ledger(&mut dump);
        dump
    }

    /// The buckets besides that of the ledger of the tests.
    pub fn buckets(&self) -> impl Iterator<Item = &Bucket> {
        let buckets = self.world.s3.buckets.iter();
        let others = buckets.filter(|(name, _)| *name != store::BUCKET);
        others.map(|(_, bucket)| bucket)
    }

    /// The answer of public DNS: values in Route 53's spelling, sorted.
    pub fn resolve(&self, name: &str, rtype: &str) -> Vec<String> {
        self.resolve_at(name, rtype, self.time)
    }

    /// The same at a later moment.
    pub fn resolve_at(&self, name: &str, rtype: &str, at: Timestamp) -> Vec<String> {
        match self.world.resolve(name, rtype, at) {
            Lookup::Found { records, .. } => {
                let mut values: Vec<String> =
                    records.into_iter().map(|record| record.value).collect();
                values.sort();
                values
            }
            _ => Vec::new(),
        }
    }

    /// Everything that public DNS answers later on too: changes that are on their way have arrived.
    #[must_use]
    pub fn later(mut self, seconds: i64) -> Self {
        self.time += jiff::SignedDuration::from_secs(seconds);
        self.world.advance(self.time);
        self
    }

    /// GETs `https://<host><path>` as an external observer does at `at`, who resolves the name first: the body,
    /// or the status of a refusal; 0 when no name, no edge or no certificate leads there.
    pub fn fetch_at(&mut self, host: &str, path: &str, at: Timestamp) -> Result<Vec<u8>, u16> {
        if self.resolve_at(host, "A", at).is_empty()
            || edge::certificate(&self.world, host, at).is_none()
        {
            return Err(0);
        }
        let viewer = Viewer {
            secure: true,
            method: "GET",
            host,
            target: path,
            if_none_match: None,
            if_modified_since: None,
            now: at,
        };
        let answer = edge::answer(&mut self.world, &viewer);
        if answer.status == 200 {
            Ok(answer.body.to_vec())
        } else {
            Err(answer.status)
        }
    }

    /// The same now.
    pub fn fetch(&mut self, host: &str, path: &str) -> Result<Vec<u8>, u16> {
        self.fetch_at(host, path, self.time)
    }
}

/// The world at every moment of a history, as an external observer could meet it: after each change, each second
/// until the next one, just before that, and for `after` seconds in the end.
pub fn replay(history: &[Moment], after: i64, mut observe: impl FnMut(&mut Moment)) {
    for (number, moment) in history.iter().enumerate() {
        let until = match history.get(number + 1) {
            Some(next) => next.time - jiff::SignedDuration::from_nanos(1),
            None => moment.time + jiff::SignedDuration::from_secs(after),
        };
        let mut now = moment.clone();
        loop {
            now.world.advance(now.time);
            observe(&mut now);
            if now.time >= until {
                break;
            }
            now.time = until.min(now.time + jiff::SignedDuration::from_secs(1));
        }
    }
}
