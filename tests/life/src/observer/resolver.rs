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
}

/// Asks the servers that the world is sent to, from the top, and follows CNAMEs.
pub(super) fn ask(world: &World, name: &str, rtype: &str, now: Timestamp) -> Answer {
    let mut name = name.to_owned();
    let mut ttl = u32::MAX;
    for _ in 0..HOPS {
        let lookup = step(world, &name, rtype, now);
        let (chain, records) = match lookup {
            None | Some(Lookup::ServFail) => return Answer::nothing(true),
            Some(Lookup::NxDomain | Lookup::NoData) => return Answer::nothing(false),
            Some(Lookup::Found { chain, records, .. }) => (chain, records),
        };
        let parts = chain.iter().chain(&records);
        ttl = parts.map(|record| record.ttl).fold(ttl, u32::min);
        match chain.last() {
            Some(link) if records.is_empty() => name.clone_from(&link.value),
            _ => {
                let mut values: Vec<String> = records.iter().map(value).collect();
                values.sort();
                return Answer {
                    values,
                    ttl,
                    failed: false,
                };
            }
        }
    }
    Answer::nothing(true)
}

/// Asks one of the servers of the closest delegated zone. AWS's own names are not delegated by
/// the registries of the sandbox.
fn step(world: &World, name: &str, rtype: &str, now: Timestamp) -> Option<Lookup> {
    let mut zone = name;
    loop {
        let servers = world.delegation(zone, now);
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

/// The answers that some resolver in the world may hold: every answer that was given and has not expired.
#[derive(Debug, Default)]
pub(super) struct Caches(BTreeMap<(String, &'static str), Vec<Held>>);

#[derive(Debug)]
struct Held {
    answer: Answer,
    /// Until when, once another answer is given. The last answer is still given.
    until: Option<Timestamp>,
}

impl Caches {
    /// Every answer that a resolver may give now. What is asked for the first time was answered the
    /// same before: callers ask from the beginning on for what they will ask later.
    pub(super) fn answers(
        &mut self,
        world: &World,
        name: &str,
        rtype: &'static str,
        now: Timestamp,
    ) -> Vec<Answer> {
        let answer = ask(world, name, rtype, now);
        let held = self.0.entry((name.to_owned(), rtype)).or_default();
        held.retain(|one| one.until.is_none_or(|until| until > now));
        let is_new = held.last().is_none_or(|last| last.answer != answer);
        if is_new {
            if let Some(last) = held.last_mut() {
                let ttl = SignedDuration::from_secs(i64::from(last.answer.ttl));
                // A failure is not kept (RFC 2308, section 7): the next question is asked again.
                let ttl = if last.answer.failed {
                    SignedDuration::ZERO
                } else {
                    ttl
                };
                last.until = Some(now + ttl);
            }
            held.push(Held {
                answer,
                until: None,
            });
        }
        held.iter().map(|one| one.answer.clone()).collect()
    }

    /// When the next answer expires after `now`.
    pub(super) fn next_expiry(&self, now: Timestamp) -> Option<Timestamp> {
        let all = self.0.values().flatten();
        all.filter_map(|held| held.until)
            .filter(|until| *until > now)
            .min()
    }
}
