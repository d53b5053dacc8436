//! The record sets of one zone, and since when the public sees which of them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize, Serializer};

use crate::dns_text::name::DnsName;
use crate::route53::record_set::{RecordSet, SetKey};

/// A record set that the public sees.
#[derive(Clone, Copy, Debug)]
pub struct Visible<'a> {
    /// The set.
    pub set: &'a RecordSet,
    /// The moment from which it is seen.
    pub since: Timestamp,
}

/// The record sets of a zone with their recent past: what the owner sees is the last version,
/// what the public sees is the last that is in sync.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "Saved")]
pub struct Records {
    versions: BTreeMap<SetKey, Vec<Version>>,
    /// How many record sets the owner sees.
    count: usize,
}

/// Records as they are read again: everything. A list, because JSON maps have texts for keys.
#[derive(Deserialize)]
struct Saved {
    #[serde(rename = "~versions")]
    versions: Vec<(SetKey, Vec<Version>)>,
}

/// Records as they are saved: what the owner sees for people to read, and everything.
#[derive(Serialize)]
struct Saving<'a> {
    sets: Vec<&'a RecordSet>,
    #[serde(rename = "~versions")]
    versions: Vec<(&'a SetKey, &'a Vec<Version>)>,
}

impl Serialize for Records {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let saving = Saving {
            sets: self.from(None).collect(),
            versions: self.versions.iter().collect(),
        };
        saving.serialize(serializer)
    }
}

impl From<Saved> for Records {
    fn from(saved: Saved) -> Self {
        let versions: BTreeMap<_, _> = saved.versions.into_iter().collect();
        let count = versions.values().filter_map(current).count();
        Self { versions, count }
    }
}

/// One state of a record set.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Version {
    visible_from: Timestamp,
    /// Nothing: it was deleted.
    set: Option<RecordSet>,
}

impl Records {
    /// How many record sets there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// A record set, as its owner sees it.
    pub fn get(&self, key: &SetKey) -> Option<&RecordSet> {
        self.versions.get(key).and_then(current)
    }

    /// All record sets from `start` on, in order, as their owner sees them.
    pub fn from<'a>(
        &'a self,
        start: Option<&SetKey>,
    ) -> Box<dyn Iterator<Item = &'a RecordSet> + 'a> {
        match start {
            Some(start) => Box::new(self.versions.range(start..).filter_map(|(_, v)| current(v))),
            None => Box::new(self.versions.values().filter_map(current)),
        }
    }

    /// The record sets of one name, as their owner sees them.
    pub fn at<'a>(&'a self, name: &'a DnsName) -> impl Iterator<Item = &'a RecordSet> {
        self.slots_at(name)
            .filter_map(|(_, versions)| current(versions))
    }

    /// Puts a record set in its place, or deletes the one there; the public sees it from
    /// `visible_from` on.
    pub fn put(
        &mut self,
        key: SetKey,
        set: Option<RecordSet>,
        now: Timestamp,
        visible_from: Timestamp,
    ) {
        let versions = self.versions.entry(key).or_default();
        let before = current(versions);
        if before == set.as_ref() {
            return;
        }
        self.count = self.count + usize::from(set.is_some()) - usize::from(before.is_some());
        let seen = versions
            .iter()
            .rposition(|version| version.visible_from <= now);
        versions.drain(..seen.unwrap_or(0));
        versions.push(Version { visible_from, set });
    }

    /// The record sets of one name that the public sees at `now`.
    pub fn visible_at<'a>(
        &'a self,
        name: &'a DnsName,
        now: Timestamp,
    ) -> impl Iterator<Item = Visible<'a>> {
        self.slots_at(name)
            .filter_map(move |(_, versions)| visible(versions, now))
    }

    /// Whether the public sees anything at `name` or below it: a name in between has no records
    /// of its own, and exists (RFC 8020).
    pub fn is_visible(&self, name: &DnsName, now: Timestamp) -> bool {
        self.versions
            .range(SetKey::lowest(name)..)
            .take_while(|(key, _)| key.name.is_within(name))
            .any(|(_, versions)| visible(versions, now).is_some())
    }

    fn slots_at<'a>(
        &'a self,
        name: &'a DnsName,
    ) -> impl Iterator<Item = (&'a SetKey, &'a Vec<Version>)> {
        self.versions
            .range(SetKey::lowest(name)..)
            .take_while(move |(key, _)| key.name == *name)
    }
}

#[expect(
    clippy::ptr_arg,
    reason = "it is mapped over the values of a map of vectors"
)]
fn current(versions: &Vec<Version>) -> Option<&RecordSet> {
    versions.last()?.set.as_ref()
}

fn visible(versions: &[Version], now: Timestamp) -> Option<Visible<'_>> {
    let version = versions
        .iter()
        .rfind(|version| version.visible_from <= now)?;
    Some(Visible {
        set: version.set.as_ref()?,
        since: version.visible_from,
    })
}
