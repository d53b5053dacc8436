//! The changes of one batch to a zone, computed from what the zone holds and what each resource
//! asks for.
//! Pure, so that every mix of owners can be tested as a table.

use std::collections::{BTreeMap, BTreeSet};

use standards::dns::RecordType;

use crate::record::{Alias, LiveSet, LiveValue, Record, SetKey, Sets, canonical};

/// One resource's part in a batch.
#[derive(Clone, Debug)]
pub struct BatchPart {
    /// The desired record; nothing when it is being deleted.
    pub wanted: Option<Record>,
    /// The record that was desired the last time.
    pub owned: Option<Record>,
    /// Whole sets that were there before us, to be put back on deletion.
    pub before: Vec<LiveSet>,
    /// Whether values of others that are in the way are taken over.
    pub adopt: bool,
    /// Whether a run that died may have written it: then it is written again even if nothing differs,
    /// because only a change of our own tells when all name servers answer it.
    pub open: bool,
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

/// The sets that each part took over, by its position in the batch.
pub type TakenOver = Vec<Vec<LiveSet>>;

/// The changes that bring `live` to where every part is content, and what each part took over.
pub fn changes(live: &Sets, parts: &[BatchPart]) -> (Vec<SetChange>, TakenOver) {
    let mut next = live.clone();
    // All withdrawals before all insertions before all restorations: what one part gives up and
    // another asks for stays, and what was there before us comes back only where nothing else is.
    for owned in parts.iter().filter_map(|part| part.owned.as_ref()) {
        withdraw(&mut next, owned, parts);
    }
    for part in parts {
        take_back(&mut next, live, part);
    }
    // What makes room for two parts belongs to both: it comes back with the last of them.
    let taken: TakenOver = parts
        .iter()
        .map(|part| match &part.wanted {
            Some(wanted) if part.adopt => {
                let mut taken = displaced(&next, wanted);
                // Our own alias is none of what was there before us, wherever it led.
                let is_ours = |set: &LiveSet| part.owned.iter().any(|owned| owned.follows(set));
                taken.retain(|set| !is_ours(set));
                taken
            }
            _ => Vec::new(),
        })
        .collect();
    for (part, taken) in parts.iter().zip(&taken) {
        if let Some(wanted) = &part.wanted {
            make_room(&mut next, wanted, taken);
            insert(&mut next, wanted, part.owned.is_some());
        }
    }
    for part in parts.iter().filter(|part| part.wanted.is_none()) {
        restore(&mut next, live, part);
    }
    let again = written_again(live, parts);
    let mut changes = Vec::new();
    for (key, old) in live {
        if next.get(key) != Some(old) || again.contains(key) {
            changes.push(SetChange::Delete(old.clone()));
        }
    }
    for (key, new) in next {
        if live.get(&key) != Some(&new) || again.contains(&key) {
            changes.push(SetChange::Create(new));
        }
    }
    (changes, taken)
}

/// The sets of parts whose writing was begun by a run that died.
fn written_again(live: &Sets, parts: &[BatchPart]) -> BTreeSet<SetKey> {
    let open = parts.iter().filter(|part| part.open);
    let keys = open.filter_map(|part| part.wanted.as_ref()?.key());
    keys.filter(|key| live.get(key).is_some_and(|set| !set.is_fixed()))
        .collect()
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

    /// The key of its set.
    pub fn key(&self) -> SetKey {
        self.set().key()
    }

    /// Record elements, and characters of values.
    fn size(&self) -> (usize, usize) {
        let values = &self.set().values;
        let characters = values.iter().map(|value| value.written.chars().count());
        (values.len().max(1), characters.sum())
    }
}

/// A set that stands where `part` wants to be and that nobody may move for it.
pub fn immovable<'s>(sets: &'s Sets, part: &BatchPart) -> Option<&'s LiveSet> {
    let wanted = part.wanted.as_ref()?;
    let key = wanted.key()?;
    at_name(sets, &key.name)
        .find(|(other, set)| {
            (**other == key && set.routing.is_some()) || (key.excludes(other) && set.is_fixed())
        })
        .map(|(_, set)| set)
}

/// Whether others have deleted the set of what is owned, and is wanted there all the same. Where it goes to another
/// set, an earlier call of ours may have taken it out.
pub fn was_deleted(sets: &Sets, part: &BatchPart) -> bool {
    let key = |record: &Option<Record>| record.as_ref().and_then(Record::key);
    let (owned, wanted) = (key(&part.owned), key(&part.wanted));
    owned == wanted && owned.is_some_and(|key| !sets.contains_key(&key))
}

/// Every set of one name.
fn at_name<'s>(sets: &'s Sets, name: &str) -> impl Iterator<Item = (&'s SetKey, &'s LiveSet)> {
    let name = name.to_owned();
    // `A` is the first of all types.
    sets.range(SetKey::new(&name, RecordType::A)..)
        .take_while(move |(key, _)| key.name == name)
}

/// Takes the values of `owned` out, except those that a part asks for in the same set.
fn withdraw(sets: &mut Sets, owned: &Record, parts: &[BatchPart]) {
    let Some(at) = owned.key() else {
        return;
    };
    let Some(set) = sets.get_mut(&at) else {
        return;
    };
    if set.routing.is_some() {
        return;
    }
    let wanted = || {
        let records = parts.iter().filter_map(|part| part.wanted.as_ref());
        records.filter(|record| record.key().as_ref() == Some(&at))
    };
    let keeps: Vec<String> = wanted().flat_map(Record::known_values).collect();
    let were = owned.known_values();
    set.values
        .retain(|value| keeps.contains(&value.means) || !were.contains(&value.means));
    if owned.follows(set) && wanted().all(|record| record.alias.is_none()) {
        set.alias = None;
    }
    if set.values.is_empty() && set.alias.is_none() {
        sets.remove(&at);
    }
}

/// Takes out what somebody made of our values: what we own is put back, not joined by it.
fn take_back(sets: &mut Sets, live: &Sets, part: &BatchPart) {
    let (Some(wanted), Some(owned)) = (&part.wanted, &part.owned) else {
        return;
    };
    let Some(key) = wanted.key() else {
        return;
    };
    if !live
        .get(&key)
        .is_some_and(|set| wanted.was_changed(set, Some(owned)))
    {
        return;
    }
    let Some(set) = sets.get_mut(&key).filter(|set| set.routing.is_none()) else {
        return;
    };
    let ours = wanted.known_values();
    set.values
        .retain(|value| ours.contains(&value.means) || !wanted.excludes(&value.means));
    if set.alias.is_some() && !wanted.follows(set) {
        set.alias = None;
    }
    if set.values.is_empty() && set.alias.is_none() {
        sets.remove(&key);
    }
}

/// Puts the values of `wanted` in. Those that are there already and that nobody `is_known` to have
/// written for us keep their time to live.
fn insert(sets: &mut Sets, wanted: &Record, is_known: bool) {
    let Some(key) = wanted.key() else {
        return;
    };
    let set = sets.entry(key).or_insert_with(|| LiveSet::empty(wanted));
    if set.routing.is_some() {
        return;
    }
    if let Some(Alias { target, zone }) = &wanted.alias {
        let alias = target
            .known()
            .map(|target| (canonical(RecordType::Cname, target), zone.clone()));
        if set.alias != alias {
            set.ttl = None;
            set.values.clear();
            set.alias = alias;
            set.evaluates_health = false;
        }
        return;
    }
    let ours = wanted.known_values();
    let alone = set.values.iter().all(|value| ours.contains(&value.means));
    let is_ours = alone && (is_known || set.values.is_empty());
    if is_ours || set.ttl.is_none() {
        set.ttl = Some(wanted.ttl);
    }
    for value in ours {
        if !set.values.iter().any(|old| old.means == value) {
            set.values.push(LiveValue::ours(wanted.rtype, &value));
        }
    }
}

/// The sets of others that have to make room for `wanted`, whole or in part, as they are: those that
/// can't stand beside it, and its own with values or an alias in its place.
pub fn displaced(sets: &Sets, wanted: &Record) -> Vec<LiveSet> {
    let Some(key) = wanted.key() else {
        return Vec::new();
    };
    let beside =
        at_name(sets, &key.name).filter(|(other, set)| key.excludes(other) && !set.is_fixed());
    let mut displaced: Vec<LiveSet> = beside.map(|(_, set)| set.clone()).collect();
    let in_place = sets
        .get(&key)
        .filter(|set| set.routing.is_none())
        .filter(|set| turns(wanted, set) || !wanted.conflicting(set, None).is_empty());
    displaced.extend(in_place.cloned());
    displaced
}

/// Whether an alias stands where values are asked for, or the other way round, or another alias.
fn turns(wanted: &Record, set: &LiveSet) -> bool {
    match (&set.alias, &wanted.alias) {
        (Some(_), _) => !wanted.follows(set),
        (None, Some(_)) => true,
        (None, None) => false,
    }
}

/// Takes out what has to make room.
fn make_room(sets: &mut Sets, wanted: &Record, displaced: &[LiveSet]) {
    for old in displaced {
        let at = old.key();
        if old.rtype != wanted.rtype || turns(wanted, old) {
            sets.remove(&at);
        } else if let Some(set) = sets.get_mut(&at) {
            let conflicting = wanted.conflicting(old, None);
            set.values
                .retain(|value| !conflicting.contains(&value.means.as_str()));
        }
    }
}

/// Puts back what a part took over, where its place is free. What stood beside it then and has
/// gone since was not ours to take, and is not ours to bring back.
fn restore(sets: &mut Sets, live: &Sets, part: &BatchPart) {
    for old in &part.before {
        let key = old.key();
        let blocked = sets.keys().any(|other| key.excludes(other));
        match sets.get_mut(&key) {
            _ if blocked => {}
            None => {
                let mut set = old.clone();
                set.values.retain(|value| {
                    was_displaced(part, old, value) || stays(live, part, old, value)
                });
                set.ttl = ttl_after(live.get(&key), part, old);
                if !set.values.is_empty() || set.alias.is_some() {
                    sets.insert(key, set);
                }
            }
            Some(set) if set.alias.is_none() && set.routing.is_none() && old.alias.is_none() => {
                // In their old order, with what came meanwhile behind.
                let is_there =
                    |value: &LiveValue| set.values.iter().any(|other| other.means == value.means);
                let comes_back = |value: &LiveValue| {
                    let is_old = stays(live, part, old, value) || was_displaced(part, old, value);
                    is_old && excluding(part, old, set).is_none()
                };
                let back = old
                    .values
                    .iter()
                    .filter(|value| is_there(value) || comes_back(value));
                let mut values: Vec<LiveValue> = back.cloned().collect();
                values.extend(came_since(old, set).cloned());
                set.values = values;
                set.ttl = ttl_after(live.get(&key), part, old);
            }
            Some(_) => {}
        }
    }
}

/// The time to live of a set that is put back: the one that we gave it gives way to the old one, and
/// one that others gave it since stays.
fn ttl_after(live: Option<&LiveSet>, part: &BatchPart, old: &LiveSet) -> Option<u32> {
    let since = live
        .filter(|live| live.alias.is_none())
        .and_then(|live| live.ttl);
    let is_ours = |ttl: &u32| {
        let mut owned = part.owned.iter();
        owned.any(|owned| owned.rtype == old.rtype && owned.ttl == *ttl)
    };
    since.filter(|ttl| !is_ours(ttl)).or(old.ttl)
}

/// Whether a value that was there before us is the one that the part asked for, and stands: it was taken over as
/// it was, and is none of ours to take out. One that others have taken out since is none to bring back.
fn stays(live: &Sets, part: &BatchPart, old: &LiveSet, value: &LiveValue) -> bool {
    let is_there = live.get(&old.key()).is_some_and(|set| {
        let mut values = set.values.iter();
        values.any(|one| one.means == value.means)
    });
    let owned = part.owned.as_ref();
    is_there && owned.is_some_and(|owned| owned.known_values().contains(&value.means))
}

/// Whether deleting `owned` and putting `before` back would change nothing.
pub fn is_as_before(sets: &Sets, owned: &Record, before: &[LiveSet]) -> bool {
    let part = removal(owned, before);
    let mut next = sets.clone();
    withdraw(&mut next, owned, &[]);
    restore(&mut next, sets, &part);
    next == *sets
}

/// The part of a record that is deleted, where `before` was there before us.
fn removal(owned: &Record, before: &[LiveSet]) -> BatchPart {
    BatchPart {
        wanted: None,
        owned: Some(owned.clone()),
        before: before.to_vec(),
        adopt: false,
        open: false,
    }
}

/// The values of `set` that were not in it when the part took it over.
fn came_since<'s>(old: &'s LiveSet, set: &'s LiveSet) -> impl Iterator<Item = &'s LiveValue> {
    let is_new = |value: &&LiveValue| !old.values.iter().any(|other| other.means == value.means);
    set.values.iter().filter(is_new)
}

/// A value that has come since and beside which what the part displaced can't stand: receivers treat
/// two SPF records as none (RFC 7208 section 4.5).
fn excluding<'s>(part: &BatchPart, old: &'s LiveSet, set: &'s LiveSet) -> Option<&'s LiveValue> {
    let owned = part.owned.as_ref()?;
    let mut came = came_since(old, set);
    came.find(|value| owned.excludes(&value.means))
}

/// A value of `before` that does not come back when a record is deleted, and the one in its way.
pub fn kept_back(sets: &Sets, owned: &Record, before: &[LiveSet]) -> Option<(String, String)> {
    let part = removal(owned, before);
    let mut next = sets.clone();
    withdraw(&mut next, owned, &[]);
    before.iter().find_map(|old| {
        let set = next.get(&old.key())?;
        let stands = excluding(&part, old, set)?;
        let mut values = old.values.iter();
        let lost = values.find(|value| was_displaced(&part, old, value))?;
        Some((lost.means.clone(), stands.means.clone()))
    })
}

/// Whether `value` had to make room for the part, and did not merely stand beside it.
fn was_displaced(part: &BatchPart, old: &LiveSet, value: &LiveValue) -> bool {
    let Some(owned) = &part.owned else {
        return true;
    };
    let same_set = owned.rtype == old.rtype && owned.alias.is_none() && old.alias.is_none();
    !same_set || owned.conflicting(old, None).contains(&value.means.as_str())
}

#[cfg(test)]
#[path = "batch_tests.rs"]
mod tests;
