//! The person who runs the program: publishes by hand what a plan asks for, on servers elsewhere, and
//! moves the delegation where the manifest says.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use model::Verb;
use reconcile::{Planned, publishable};
use sandbox::world::World;

/// The beginnings of texts of which a name has one.
const SINGLE: [&str; 5] = [
    "\"v=spf1",
    "\"v=DMARC1",
    "\"v=STSv1",
    "\"v=TLSRPTv1",
    "\"v=BIMI1",
];

/// The records that a person has published elsewhere beside what was there, by name and type.
#[derive(Clone, Debug, Default)]
pub(crate) struct Elsewhere(BTreeMap<(String, String), Vec<String>>);

impl Elsewhere {
    /// Adds a value beside those of the name and type.
    pub(crate) fn add(
        &mut self,
        world: &mut World,
        (name, rtype): (&str, &str),
        value: &str,
        now: Timestamp,
    ) {
        let values = self.values(name, rtype);
        if !values.iter().any(|held| held == value) {
            // A name has one CNAME, a domain's MX is what the manifest says, and of texts that say
            // the same kind of thing the new one takes the place of the old.
            match SINGLE.iter().find(|single| value.starts_with(**single)) {
                Some(single) => values.retain(|held| !held.starts_with(single)),
                None if matches!(rtype, "CNAME" | "MX") => values.clear(),
                None => {}
            }
            values.push(value.to_owned());
        }
        self.publish(world, (name, rtype), now);
    }

    /// Takes a value out.
    fn remove(
        &mut self,
        world: &mut World,
        (name, rtype): (&str, &str),
        value: &str,
        now: Timestamp,
    ) {
        self.values(name, rtype).retain(|held| held != value);
        self.publish(world, (name, rtype), now);
    }

    fn values(&mut self, name: &str, rtype: &str) -> &mut Vec<String> {
        let key = (name.to_owned(), rtype.to_owned());
        self.0
            .entry(key)
            .or_insert_with(|| crate::world::found(name, rtype))
    }

    fn publish(&mut self, world: &mut World, (name, rtype): (&str, &str), now: Timestamp) {
        let values = self.values(name, rtype).clone();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let done = if values.is_empty() {
            world.dns.unpublish(name, rtype, now)
        } else {
            world.dns.publish(name, rtype, &values, now)
        };
        done.unwrap_or_else(|error| unreachable!("a name: {error}"));
    }

    /// Publishes what a plan asks a person to publish, and takes out what it asks to take out. The
    /// names whose records are to be published later are returned.
    pub(crate) fn obey(
        &mut self,
        world: &mut World,
        planned: &Planned,
        now: Timestamp,
    ) -> BTreeSet<String> {
        let mut later = BTreeSet::new();
        for (is_removal, verb) in [(false, None), (true, Some(Verb::Delete))] {
            let actions = planned.plan.actions.iter();
            let actions = actions.filter(|one| (one.verb() == Verb::Delete) == verb.is_some());
            for record in publishable(actions.filter(|one| one.changes()), planned) {
                // A person reads when it is to be published, or taken out.
                let is_early = !is_removal
                    && !record.publish_when.is_empty()
                    && !serves(world, &record.zone, now);
                if is_early || !record.after.is_empty() {
                    later.extend(record.name.filter(|_| !is_removal));
                    continue;
                }
                let values: Option<Vec<String>> = record.values.into_iter().collect();
                let (Some(name), Some(values)) = (record.name, values) else {
                    continue;
                };
                for value in values {
                    let value = spelled(&record.rtype, value);
                    let key = (name.as_str(), record.rtype.as_str());
                    if is_removal {
                        self.remove(world, key, &value, now);
                    } else {
                        self.add(world, key, &value, now);
                    }
                }
            }
        }
        later
    }
}

/// Whether a domain's policy is served, as a person sees in a browser.
fn serves(world: &mut World, zone: &str, now: Timestamp) -> bool {
    let answer = world.https_get(&format!("mta-sts.{zone}"), "/.well-known/mta-sts.txt", now);
    answer.is_ok_and(|answer| answer.status == 200)
}

/// A value as it is kept here.
fn spelled(rtype: &str, value: String) -> String {
    if rtype == "TXT" && !value.starts_with('"') {
        return format!("\"{value}\"");
    }
    value
}
