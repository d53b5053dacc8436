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

/// A zone's sets, by lower-case name and type. Sets with a routing policy, of which several share
/// name and type, are one here: they are only ever looked at.
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
    // All withdrawals before all insertions before all restorations: what one part gives up and
    // another asks for stays, and what was there before us comes back only where nothing else is.
    for owned in parts.iter().filter_map(|part| part.owned.as_ref()) {
        withdraw(&mut next, owned, parts);
    }
    let taken = parts
        .iter()
        .map(|part| match &part.wanted {
            Some(wanted) => insert(&mut next, wanted, part.adopt),
            None => Vec::new(),
        })
        .collect();
    for part in parts.iter().filter(|part| part.wanted.is_none()) {
        restore(&mut next, part);
    }
    let mut changes = Vec::new();
    for (key, old) in live {
        if next.get(key) != Some(old) {
            changes.push(SetChange::Delete(old.clone()));
        }
    }
    for (key, new) in next {
        if live.get(&key) != Some(&new) {
            changes.push(SetChange::Create(new));
        }
    }
    (changes, taken)
}

/// AWS's limits of one batch (Route 53 quotas): record elements, and characters of values.
const ELEMENTS_MAX: usize = 1000;
const CHARACTERS_MAX: usize = 32_000;

/// Cuts changes into batches within AWS's limits. All changes at one name stay in one batch: what
/// is replaced is never gone between two batches, and a name is free of its CNAME before anything
/// else stands there.
pub fn batches(changes: Vec<SetChange>) -> Vec<Vec<SetChange>> {
    let mut by_name: BTreeMap<String, Vec<SetChange>> = BTreeMap::new();
    for change in changes {
        let name = change.set().name.clone();
        by_name.entry(name).or_default().push(change);
    }
    let mut batches: Vec<Vec<SetChange>> = Vec::new();
    let mut room = (0, 0);
    for group in by_name.into_values() {
        let (elements, characters) = group
            .iter()
            .map(SetChange::size)
            .fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        match batches.last_mut() {
            Some(batch) if elements <= room.0 && characters <= room.1 => {
                room = (room.0 - elements, room.1 - characters);
                batch.extend(group);
            }
            // A name that is too much for one batch goes alone, for Route 53 to say so.
            _ => {
                room = (
                    ELEMENTS_MAX.saturating_sub(elements),
                    CHARACTERS_MAX.saturating_sub(characters),
                );
                batches.push(group);
            }
        }
    }
    for batch in &mut batches {
        batch.sort_by_key(|change| matches!(change, SetChange::Create(_)));
    }
    batches
}

impl SetChange {
    /// The set that goes or comes.
    pub fn set(&self) -> &LiveSet {
        let (Self::Delete(set) | Self::Create(set)) = self;
        set
    }

    /// The lower-case name and the type of its set.
    pub fn key(&self) -> (String, String) {
        key(&self.set().name, &self.set().rtype)
    }

    /// Record elements, and characters of values.
    fn size(&self) -> (usize, usize) {
        let values = &self.set().values;
        let characters = values.iter().map(|value| value.written.chars().count());
        (values.len().max(1), characters.sum())
    }
}

/// A set that stands where `part` wants to be and that nobody may move for it: one with a routing
/// policy, of which there may be several at one name, or a delegation.
pub fn immovable<'s>(sets: &'s Sets, part: &Part) -> Option<&'s LiveSet> {
    let wanted = part.wanted.as_ref()?;
    let key = key(wanted.name.known()?, &wanted.rtype);
    let at_the_name = sets.range((key.0.clone(), String::new())..);
    at_the_name
        .take_while(|((name, _), _)| *name == key.0)
        .find(|(other, set)| {
            (**other == key && set.routing.is_some())
                || (excludes(wanted, other, &key) && is_fixed(set))
        })
        .map(|(_, set)| set)
}

fn is_fixed(set: &LiveSet) -> bool {
    set.routing.is_some() || set.rtype == "NS" || set.rtype == "SOA"
}

/// Whether another type at the same name can't stand beside `wanted`.
fn excludes(wanted: &Record, other: &(String, String), key: &(String, String)) -> bool {
    other.0 == key.0 && other.1 != key.1 && (other.1 == "CNAME" || wanted.rtype == "CNAME")
}

/// Takes the values of `owned` out, except those that a part asks for in the same set.
fn withdraw(sets: &mut Sets, owned: &Record, parts: &[Part]) {
    let Some(name) = owned.name.known() else {
        return;
    };
    let at = key(name, &owned.rtype);
    let Some(set) = sets.get_mut(&at) else {
        return;
    };
    if set.routing.is_some() {
        return;
    }
    let wanted = || {
        let records = parts.iter().filter_map(|part| part.wanted.as_ref());
        records.filter(|record| {
            let name = record.name.known();
            name.is_some_and(|name| key(name, &record.rtype) == at)
        })
    };
    let keeps: Vec<String> = wanted().flat_map(Record::known_values).collect();
    let were = owned.known_values();
    set.values
        .retain(|value| keeps.contains(&value.means) || !were.contains(&value.means));
    if owned.alias.is_some() && wanted().all(|record| record.alias.is_none()) {
        set.alias = None;
    }
    if set.values.is_empty() && set.alias.is_none() {
        sets.remove(&at);
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
        let alias = target
            .known()
            .map(|target| (canonical("CNAME", target), zone.clone()));
        if set.alias != alias {
            set.ttl = None;
            set.values.clear();
            set.alias = alias;
            set.evaluates_health = false;
        }
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
    let movable = |(other, set): (&(String, String), &LiveSet)| {
        (excludes(wanted, other, key) && !is_fixed(set)).then(|| other.clone())
    };
    let keys: Vec<_> = sets.iter().filter_map(movable).collect();
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
            _ if set.routing.is_some() => false,
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

/// Puts back what a part took over, where its place is free. What stood beside it then and has
/// gone since was not ours to take, and is not ours to bring back.
fn restore(sets: &mut Sets, part: &Part) {
    for old in &part.before {
        let key = key(&old.name, &old.rtype);
        let blocked = sets.keys().any(|(name, rtype)| {
            *name == key.0 && *rtype != key.1 && (rtype == "CNAME" || key.1 == "CNAME")
        });
        match sets.get_mut(&key) {
            _ if blocked => {}
            None => {
                let mut set = old.clone();
                set.values.retain(|value| was_displaced(part, old, value));
                if !set.values.is_empty() || set.alias.is_some() {
                    sets.insert(key, set);
                }
            }
            Some(set) if set.alias.is_none() && set.routing.is_none() && old.alias.is_none() => {
                // In their old order, with what came meanwhile behind.
                let is_there =
                    |value: &LiveValue| set.values.iter().any(|other| other.means == value.means);
                let back = old
                    .values
                    .iter()
                    .filter(|value| is_there(value) || was_displaced(part, old, value));
                let mut values: Vec<LiveValue> = back.cloned().collect();
                let came = set
                    .values
                    .iter()
                    .filter(|value| !old.values.iter().any(|other| other.means == value.means));
                values.extend(came.cloned());
                set.values = values;
                set.ttl = old.ttl;
            }
            Some(_) => {}
        }
    }
}

/// Whether `value` had to make room for the part, and did not merely stand beside it.
fn was_displaced(part: &Part, old: &LiveSet, value: &LiveValue) -> bool {
    let Some(owned) = &part.owned else {
        return true;
    };
    let same_set = owned.rtype == old.rtype && owned.alias.is_none() && old.alias.is_none();
    !same_set || owned.conflicting(old, None).contains(&value.means.as_str())
}

#[cfg(test)]
#[path = "batch_tests.rs"]
mod tests;
