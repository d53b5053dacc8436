//! The person who runs the program: publishes by hand what a plan asks for, on servers elsewhere, and
//! moves the delegation where the manifest says.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use report::{PublishableRecord, RecordTask};
use sandbox::world::World;
use standards::dns::RecordType;

use crate::player::Player;
use crate::program::{Goal, Program};
use crate::setup::{Dns, NAMES};
use crate::world::{RecordKey, SINGLE, delegate, sets};

/// The records that a person has published elsewhere beside what was there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Elsewhere {
    /// The values by name and type.
    sets: BTreeMap<(String, String), Vec<String>>,
    /// The values that were published because a plan asked to publish them: name, type and value.
    asked: BTreeSet<(String, String, String)>,
}

impl Elsewhere {
    /// Adds a value beside those of the name and type. Returns whether it was not there.
    pub(crate) fn add(
        &mut self,
        world: &mut World,
        key: RecordKey<'_>,
        value: &str,
        now: Timestamp,
    ) -> bool {
        let values = self.values(key);
        let is_new = !values.iter().any(|held| held == value);
        if is_new {
            // A name has one CNAME, a domain's MX is what the manifest says, and of texts that say
            // the same kind of thing the new one takes the place of the old.
            match SINGLE.iter().find(|single| value.starts_with(**single)) {
                Some(single) => values.retain(|held| !held.starts_with(single)),
                None if matches!(key.rtype, "CNAME" | "MX") => values.clear(),
                None => {}
            }
            values.push(value.to_owned());
        }
        self.publish(world, key, now);
        is_new
    }

    /// Takes a value out.
    fn remove(&mut self, world: &mut World, key: RecordKey<'_>, value: &str, now: Timestamp) {
        self.values(key).retain(|held| held != value);
        self.publish(world, key, now);
    }

    fn values(&mut self, key: RecordKey<'_>) -> &mut Vec<String> {
        let RecordKey { name, rtype } = key;
        self.sets
            .entry((name.to_owned(), rtype.to_owned()))
            .or_insert_with(|| crate::world::found(name, rtype))
    }

    fn publish(&mut self, world: &mut World, key: RecordKey<'_>, now: Timestamp) {
        let RecordKey { name, rtype } = key;
        let values = self.values(key).clone();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let done = if values.is_empty() {
            world.dns.unpublish(name, rtype, now)
        } else {
            world.dns.publish(name, rtype, &values, now)
        };
        done.unwrap_or_else(|error| unreachable!("a name: {error}"));
    }

    /// Publishes what a plan asks a person to publish now, and takes out what it asks to take out. The
    /// names whose records are to be published later are returned.
    fn obey(
        &mut self,
        world: &mut World,
        records: &[PublishableRecord],
        now: Timestamp,
    ) -> BTreeSet<String> {
        let mut later = BTreeSet::new();
        for record in records {
            match &record.task {
                RecordTask::Publish(round) if round.is_now() => {
                    for (name, rtype, value) in values(record) {
                        // What was there before is not taken out again as what a plan asked for.
                        if self.add(world, RecordKey::new(&name, &rtype), &value, now) {
                            self.asked.insert((name, rtype, value));
                        }
                    }
                }
                RecordTask::Publish(_) => later.extend(record.name.clone()),
                RecordTask::Keep(_) | RecordTask::TakeOut => {}
            }
        }
        for record in records.iter().filter(|one| one.task == RecordTask::TakeOut) {
            self.take_out(world, values(record), now);
        }
        later
    }

    /// Takes out what an earlier plan asked for at a domain's names, and this one does not ask for now: nobody has
    /// kept these servers up to date since the delegation left them.
    fn clear(
        &mut self,
        world: &mut World,
        domain: usize,
        records: &[PublishableRecord],
        now: Timestamp,
    ) {
        let is_now = |record: &&PublishableRecord| match &record.task {
            RecordTask::Publish(round) => round.is_now(),
            RecordTask::Keep(_) => true,
            RecordTask::TakeOut => false,
        };
        let wanted: BTreeSet<_> = records.iter().filter(is_now).flat_map(values).collect();
        let asked = self.asked.iter().filter(|one| !wanted.contains(one));
        let stale = asked.filter(|(name, ..)| domain_of(name) == Some(domain));
        self.take_out(world, stale.cloned().collect(), now);
    }

    fn take_out(
        &mut self,
        world: &mut World,
        values: Vec<(String, String, String)>,
        now: Timestamp,
    ) {
        for of in values {
            let (name, rtype, value) = &of;
            self.remove(world, RecordKey::new(name, rtype), value, now);
            self.asked.remove(&of);
        }
    }
}

/// The values of a record where all are known, each with the record's name and type.
fn values(record: &PublishableRecord) -> Vec<(String, String, String)> {
    let values: Option<Vec<&String>> = record.values.iter().map(Option::as_ref).collect();
    let (Some(name), Some(values)) = (&record.name, values) else {
        return Vec::new();
    };
    let values = values.into_iter().map(|value| {
        (
            name.clone(),
            record.rtype.as_str().to_owned(),
            spelled(record.rtype, value),
        )
    });
    values.collect()
}

/// The domain that a name belongs to, as a position in the names: that with the longest name.
fn domain_of(name: &str) -> Option<usize> {
    let is_below = |domain: &str| {
        let above = name.strip_suffix(domain);
        above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
    };
    let domains = NAMES.iter().enumerate().filter(|(_, one)| is_below(one));
    let longest = domains.max_by_key(|(_, one)| one.len());
    longest.map(|(position, _)| position)
}

/// The acts of a person after a run, and the dates that they have read.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Done {
    /// Whether a delegation was moved.
    pub(crate) has_moved: bool,
    /// Until when the program lets a policy go slowly. It knows the policy that it has put there, also
    /// where others deleted that, and no sender has seen it since.
    pub(crate) grace_until: Option<Timestamp>,
}

impl Player {
    /// A person publishes the records that `deploy records` asks for, and moves the delegation where the manifest
    /// says: away from a zone only when everything that is read there stands elsewhere.
    pub(crate) async fn do_by_hand(&mut self, goal: Goal) -> Done {
        let program = Program {
            setup: &self.setup,
            sandbox: &self.sandbox,
            ledger: &self.ledger,
            goal,
            is_misled: false,
        };
        let (planned, records) = match program.records().await {
            Ok(read) => read,
            Err(error) => {
                self.fault("NoError", format!("`deploy records` failed: {error}"));
                return Done::default();
            }
        };
        let graces = planned.grace_periods.iter();
        let mut done = Done {
            has_moved: false,
            grace_until: graces.filter_map(|grace| grace.until).max(),
        };
        let now = self.now();
        let sandbox = self.sandbox.clone();
        let mut world = sandbox.world();
        let later = self.elsewhere.obey(&mut world, &records, now);
        for domain in &self.setup.domains {
            // The plan says nothing of the others.
            if matches!(goal, Goal::NothingOf(name) if name != domain.name) {
                continue;
            }
            let from = self.authority.get(&domain.name);
            let is_read = |name: &String| match from {
                Some(Dns::Account(account)) => sets(&world, *account, domain.name())
                    .iter()
                    .any(|set| set.key.name.plain() == *name),
                _ => false,
            };
            // While a policy is wound down, the record that announces it stays where it is.
            let mut graces = planned.grace_periods.iter();
            let is_bound = graces.any(|grace| grace.domain == domain.name());
            let is_whole = domain.dns != Dns::Manual || !is_bound && !later.iter().any(is_read);
            if from != Some(&domain.dns) && is_whole {
                if domain.dns == Dns::Manual {
                    self.elsewhere.clear(&mut world, domain.name, &records, now);
                }
                delegate(&mut world, domain.name, domain.dns, now);
                delegate(&mut self.shadow, domain.name, domain.dns, now);
                self.authority.insert(domain.name, domain.dns);
                if self.strayed.remove(&domain.name) {
                    self.observer().brought_back(domain.name());
                } else {
                    self.observer().moved(domain.name());
                }
                done.has_moved = true;
            }
        }
        self.observe(&world, now);
        done
    }
}

/// A value as it is kept here: a text in quotes, a host without its final dot.
fn spelled(rtype: RecordType, value: &str) -> String {
    match rtype {
        RecordType::Txt if !value.starts_with('"') => format!("\"{value}\""),
        RecordType::Txt => value.to_owned(),
        _ => value.trim_end_matches('.').to_owned(),
    }
}
