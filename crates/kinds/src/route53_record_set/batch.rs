//! What one batch does to a zone, computed from what the zone holds and what each resource asks for.
//! Pure, so that every mix of owners can be tested as a table.

use std::collections::BTreeMap;

use crate::record::{Alias, LiveSet, LiveValue, Record, canonical};

/// One resource's part in a batch.
#[derive(Clone, Debug)]
pub struct Part {
    /// What it asks for; nothing when it is being deleted.
    pub wanted: Option<Record>,
    /// What it asked for last time.
    pub owned: Option<Record>,
    /// Whole sets that were there before us, to be put back on deletion.
    pub before: Vec<LiveSet>,
    /// Whether values of others that are in the way are taken over.
    pub adopt: bool,
}

/// One change of a batch. A replaced set is deleted and created, never upserted: the deletion must
/// match to the letter, so a set that moved since it was listed makes the whole batch fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetChange {
    /// Removes the set, exactly as it was listed.
    Delete(LiveSet),
    /// Makes the set.
    Create(LiveSet),
}

impl SetChange {
    /// The lower-case name and the type of its set.
    pub fn key(&self) -> (String, String) {
        let (Self::Delete(set) | Self::Create(set)) = self;
        key(&set.name, &set.rtype)
    }
}

/// A zone's sets, by lower-case name and type.
pub type Sets = BTreeMap<(String, String), LiveSet>;

/// What a part took over, by its position in the batch.
pub type TakenOver = Vec<Vec<LiveSet>>;

fn key(name: &str, rtype: &str) -> (String, String) {
    (
        name.trim_end_matches('.').to_ascii_lowercase(),
        rtype.to_owned(),
    )
}

/// The changes that bring `live` to where every part is content, and what each part took over.
pub fn changes(live: &Sets, parts: &[Part]) -> (Vec<SetChange>, TakenOver) {
    let mut next = live.clone();
    let mut taken = Vec::new();
    for part in parts {
        taken.push(apply(&mut next, part));
    }
    let mut deletes = Vec::new();
    let mut creates = Vec::new();
    for (key, old) in live {
        if next.get(key) != Some(old) {
            deletes.push(SetChange::Delete(old.clone()));
        }
    }
    for (key, new) in &next {
        if live.get(key) != Some(new) {
            creates.push(SetChange::Create(new.clone()));
        }
    }
    // Deletions first: a name must be free of its CNAME before anything else can stand there.
    deletes.extend(creates);
    (deletes, taken)
}

fn apply(sets: &mut Sets, part: &Part) -> Vec<LiveSet> {
    if let Some(owned) = &part.owned {
        withdraw(sets, owned, part.wanted.as_ref());
    }
    match &part.wanted {
        Some(wanted) => insert(sets, wanted, part.adopt),
        None => {
            restore(sets, &part.before);
            Vec::new()
        }
    }
}

/// Takes the values of `owned` out, except those that `wanted` keeps in the same set.
fn withdraw(sets: &mut Sets, owned: &Record, wanted: Option<&Record>) {
    let Some(name) = owned.name.known() else {
        return;
    };
    let key = key(name, &owned.rtype);
    let keeps = wanted
        .filter(|record| {
            record.rtype == owned.rtype
                && record
                    .name
                    .known()
                    .is_some_and(|other| crate::record::same_name(other, name))
        })
        .map(Record::known_values)
        .unwrap_or_default();
    let stale: Vec<String> = owned
        .known_values()
        .into_iter()
        .filter(|value| !keeps.contains(value))
        .collect();
    let Some(set) = sets.get_mut(&key) else {
        return;
    };
    if set.routing.is_some() {
        return;
    }
    set.values.retain(|value| !stale.contains(&value.means));
    if owned.alias.is_some() {
        set.alias = None;
    }
    if set.values.is_empty() && set.alias.is_none() {
        sets.remove(&key);
    }
}

/// Puts the values of `wanted` in, and returns whole sets of others that had to make room.
fn insert(sets: &mut Sets, wanted: &Record, adopt: bool) -> Vec<LiveSet> {
    let Some(name) = wanted.name.known() else {
        return Vec::new();
    };
    let key = key(name, &wanted.rtype);
    let mut taken = if adopt {
        make_room(sets, wanted, &key)
    } else {
        Vec::new()
    };
    let set = sets.entry(key).or_insert_with(|| LiveSet::empty(wanted));
    if set.routing.is_some() {
        return taken;
    }
    if let Some(Alias { target, zone }) = &wanted.alias {
        set.ttl = None;
        set.values.clear();
        set.alias = target
            .known()
            .map(|target| (canonical("CNAME", target), zone.clone()));
        return taken;
    }
    if adopt {
        let in_the_way: Vec<String> = wanted
            .conflicting(set, None)
            .into_iter()
            .map(str::to_owned)
            .collect();
        if !in_the_way.is_empty() && taken.is_empty() {
            taken.push(set.clone());
        }
        set.values
            .retain(|value| !in_the_way.contains(&value.means));
    }
    let ours = wanted.known_values();
    let alone = set.values.iter().all(|value| ours.contains(&value.means));
    if alone || set.ttl.is_none() {
        set.ttl = Some(wanted.ttl);
    }
    for value in ours {
        if !set.values.iter().any(|old| old.means == value) {
            set.values.push(LiveValue::ours(&wanted.rtype, &value));
        }
    }
    taken
}

/// Removes sets of others that can't stand beside `wanted`: a CNAME at its name, or an alias or a
/// plain set where the other is asked for.
fn make_room(sets: &mut Sets, wanted: &Record, key: &(String, String)) -> Vec<LiveSet> {
    let beside = |other: &(String, String)| {
        other.0 == key.0 && other != key && (other.1 == "CNAME" || wanted.rtype == "CNAME")
    };
    let keys: Vec<_> = sets.keys().filter(|other| beside(other)).cloned().collect();
    let mut taken: Vec<LiveSet> = keys.iter().filter_map(|other| sets.remove(other)).collect();
    let turns = sets.get(key).is_some_and(|set| {
        let ours = |target: &String| {
            wanted
                .alias
                .as_ref()
                .and_then(|alias| alias.target.known())
                .is_some_and(|own| crate::record::same_name(own, target))
        };
        match (&set.alias, &wanted.alias) {
            (Some((target, _)), _) => !ours(target),
            (None, Some(_)) => true,
            (None, None) => false,
        }
    });
    if turns {
        taken.extend(sets.remove(key));
    }
    taken
}

/// Puts back what was there before us, where its place is free.
fn restore(sets: &mut Sets, before: &[LiveSet]) {
    for old in before {
        let key = key(&old.name, &old.rtype);
        match sets.get_mut(&key) {
            None => {
                sets.insert(key, old.clone());
            }
            Some(set) if set.alias.is_none() && old.alias.is_none() => {
                // In their old order, with what came meanwhile behind.
                let mut values = old.values.clone();
                values.extend(
                    set.values
                        .iter()
                        .filter(|value| !old.values.contains(value))
                        .cloned(),
                );
                set.values = values;
                set.ttl = old.ttl;
            }
            Some(_) => {}
        }
    }
}

#[cfg(test)]
#[path = "batch_tests.rs"]
mod tests;
