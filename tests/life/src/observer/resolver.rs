//! Resolution through the delegated servers, and what caching resolvers may still hold.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use sandbox::dns::{Lookup, Record};
use sandbox::world::World;

/// How many CNAMEs are followed.
const HOPS: usize = 8;

/// How long a resolver keeps that there is nothing, in seconds: the minimum of Route 53's SOA is a
/// day, its TTL 900 seconds, and the smaller one counts (RFC 2308, section 5).
const NEGATIVE_TTL: u32 = 900;

/// How long a resolver keeps the servers of a zone: registries and Route 53 give a delegation two days.
const DELEGATION_TTL: SignedDuration = SignedDuration::from_hours(48);

/// An answer, as a resolver keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// The values, sorted: texts without quotes, names in lower case without the final dot.
    pub(super) values: Vec<String>,
    /// The smallest time to live of its parts.
    pub(super) ttl: u32,
    /// Whether no server answered.
    pub(super) failed: bool,
}

impl Answer {
    fn nothing(failed: bool) -> Self {
        Self {
            values: Vec::new(),
            ttl: NEGATIVE_TTL,
            failed,
        }
    }

    /// For how long a resolver keeps it. A failure is not kept (RFC 2308, section 7): the next question
    /// is asked again.
    fn kept_for(&self) -> SignedDuration {
        if self.failed {
            return SignedDuration::ZERO;
        }
        SignedDuration::from_secs(i64::from(self.ttl))
    }
}

/// The servers of a zone that some resolvers still ask, because they have not forgotten a delegation.
#[derive(Clone, Copy, Debug)]
struct Former<'a> {
    zone: &'a str,
    servers: &'a [String],
}

/// Asks the servers that the world is sent to, from the top, and follows CNAMEs.
pub(super) fn ask(world: &World, name: &str, rtype: &str, now: Timestamp) -> Answer {
    let answer = ask_as(world, (name, rtype), None, now);
    answer.unwrap_or_else(|| Answer::nothing(true))
}

/// The answer of a resolver that still asks the `former` servers of a zone. Nothing where no server
/// answers.
fn ask_as(
    world: &World,
    (name, rtype): (&str, &str),
    former: Option<Former<'_>>,
    now: Timestamp,
) -> Option<Answer> {
    let mut name = name.to_owned();
    let mut ttl = u32::MAX;
    for _ in 0..HOPS {
        let (chain, records) = match step(world, (&name, rtype), former, now)? {
            Lookup::ServFail => return None,
            Lookup::NxDomain | Lookup::NoData => return Some(Answer::nothing(false)),
            Lookup::Found { chain, records, .. } => (chain, records),
        };
        let parts = chain.iter().chain(&records);
        ttl = parts.map(|record| record.ttl).fold(ttl, u32::min);
        match chain.last() {
            Some(link) if records.is_empty() => name.clone_from(&link.value),
            _ => {
                let mut values: Vec<String> = records.iter().map(value).collect();
                values.sort();
                return Some(Answer {
                    values,
                    ttl,
                    failed: false,
                });
            }
        }
    }
    None
}

/// Asks one of the servers of the closest delegated zone. AWS's own names are not delegated by
/// the registries of the sandbox.
fn step(
    world: &World,
    (name, rtype): (&str, &str),
    former: Option<Former<'_>>,
    now: Timestamp,
) -> Option<Lookup> {
    let mut zone = name;
    loop {
        let servers = match former {
            Some(former) if former.zone == zone => former.servers.to_vec(),
            _ => world.delegation(zone, now),
        };
        if !servers.is_empty() {
            return servers
                .iter()
                .find_map(|server| world.ask_server(server, name, rtype, now));
        }
        match zone.split_once('.') {
            Some((_, above)) => zone = above,
            None => return Some(world.resolve(name, rtype, now)),
        }
    }
}

fn value(record: &Record) -> String {
    if record.rtype == "TXT" {
        return text(&record.value);
    }
    record.value.trim_end_matches('.').to_ascii_lowercase()
}

/// The text of a TXT value in a zone file: strings in quotes, put together.
fn text(value: &str) -> String {
    let mut text = String::new();
    let mut quoted = false;
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => quoted = !quoted,
            '\\' if quoted => text.extend(characters.next()),
            other if quoted => text.push(other),
            _ => {}
        }
    }
    text
}

/// The delegations and answers that some resolver in the world may hold: all that were given and have not
/// expired.
#[derive(Debug, Default)]
pub(super) struct Caches {
    answers: BTreeMap<(String, &'static str), Vec<Held<Answer>>>,
    /// The servers of each zone.
    delegations: BTreeMap<String, Vec<Held<Vec<String>>>>,
}

#[derive(Debug)]
struct Held<T> {
    what: T,
    /// Until when, once it is no longer given.
    until: Option<Timestamp>,
}

impl Caches {
    /// Notes where the world is sent to for a zone. Whoever asked just before it was sent elsewhere
    /// asks the former servers until that is forgotten.
    pub(super) fn note_delegation(&mut self, world: &World, zone: &str, now: Timestamp) {
        let servers = world.delegation(zone, now);
        let held = self.delegations.entry(zone.to_owned()).or_default();
        give(held, vec![servers], now, |_| DELEGATION_TTL);
    }

    /// Every answer that a resolver may give now, the one of those who ask now last. What is asked for
    /// the first time was answered the same before: callers ask from the beginning on for what they
    /// will ask later.
    pub(super) fn answers(
        &mut self,
        world: &World,
        name: &str,
        rtype: &'static str,
        now: Timestamp,
    ) -> Vec<Answer> {
        let mut given = self.given_by_former(world, (name, rtype), now);
        given.push(ask(world, name, rtype, now));
        let held = self.answers.entry((name.to_owned(), rtype)).or_default();
        give(held, given, now, Answer::kept_for);
        held.iter().map(|one| one.what.clone()).collect()
    }

    /// The answers of servers that were delegated to before, and that some resolvers still ask.
    fn given_by_former(
        &self,
        world: &World,
        question: (&str, &str),
        now: Timestamp,
    ) -> Vec<Answer> {
        let zones = self.delegations.iter().filter(|(zone, _)| {
            let below = question.0.strip_suffix(zone.as_str());
            below.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        });
        let former = zones.flat_map(|(zone, held)| {
            let former = held
                .iter()
                .filter(|one| one.until.is_some_and(|until| until > now));
            former.map(move |one| Former {
                zone,
                servers: &one.what,
            })
        });
        // A provider elsewhere that has lost a domain answers nothing here.
        former
            .filter_map(|former| ask_as(world, question, Some(former), now))
            .collect()
    }

    /// When the next thing that is held expires after `now`.
    pub(super) fn next_expiry(&self, now: Timestamp) -> Option<Timestamp> {
        self.expiries(now).min()
    }

    /// When the last thing that is held expires after `now`.
    pub(super) fn last_expiry(&self, now: Timestamp) -> Option<Timestamp> {
        self.expiries(now).max()
    }

    fn expiries(&self, now: Timestamp) -> impl Iterator<Item = Timestamp> {
        let answers = self
            .answers
            .values()
            .flatten()
            .filter_map(|held| held.until);
        let delegations = self.delegations.values().flatten();
        let delegations = delegations.filter_map(|held| held.until);
        answers.chain(delegations).filter(move |until| *until > now)
    }
}

/// Notes what is given now, the newest last. What was given until now is kept for a while longer.
fn give<T: PartialEq>(
    held: &mut Vec<Held<T>>,
    given: Vec<T>,
    now: Timestamp,
    kept_for: fn(&T) -> SignedDuration,
) {
    held.retain(|one| one.until.is_none_or(|until| until > now));
    for one in held.iter_mut() {
        if one.until.is_none() && !given.contains(&one.what) {
            one.until = Some(now + kept_for(&one.what));
        }
    }
    for what in given {
        held.retain(|one| one.what != what);
        held.push(Held { what, until: None });
    }
}
