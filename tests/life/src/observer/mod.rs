//! An observer of the world that knows nothing of the program: it resolves, fetches and tries to
//! send as the standards say, at every moment at which something can have changed.
//!
//! The state of a sandbox changes at calls, and at the times that follow from them. So the observer
//! keeps the world as of the last call, and lets it become what it is at each of these times.

mod edges;
mod resolver;
mod senders;
mod sight;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use sandbox::world::World;

pub use self::sight::{Flow, Rule};
use edges::Edges;
use resolver::Caches;
use sight::{Memory, Sight, Sighting};

use crate::life::Harm;
use crate::setup::NAMES;

/// How long after a call something can follow from it, in milliseconds: records are shown, in sync,
/// certificates issued, objects invalidated, identities verified, distributions deployed; and some
/// of these one after another. See [`sandbox::delays::Delays`].
const FOLLOWS: [i64; 10] = [
    2_000, 20_000, 30_000, 40_000, 60_000, 72_000, 90_000, 130_000, 170_000, 200_000,
];

/// A rule that was broken, or a flow that stopped, while it should not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which promise.
    pub promise: String,
    /// The thing that was seen, and when.
    pub what: String,
}

/// The observer.
#[derive(Debug)]
pub struct Observer {
    domains: Vec<String>,
    world: World,
    now: Timestamp,
    due: BTreeSet<Timestamp>,
    caches: Caches,
    memory: Memory,
    edges: Edges,
    last: Sight,
    run: Option<Run>,
    /// The domains whose delegation was moved back, and until when that is seen.
    brought_back: BTreeMap<String, Timestamp>,
    /// Whether something was begun that nobody has brought to its end since.
    half_done: bool,
    sights: u64,
}

/// The sights from the beginning of an apply or a destroy to its end.
#[derive(Debug)]
struct Run {
    /// The instances that the manifest has, as domain and place.
    declared: BTreeSet<(String, String)>,
    before: BTreeSet<Flow>,
    /// The flows that stop for a while by what the manifest asks for, whoever carries it out.
    pauses: BTreeSet<Flow>,
    /// The domains that are read in a zone that nobody knows any more.
    unknown: BTreeSet<String>,
    /// The domains whose delegation a person has moved: their records are others from then on, and
    /// the program has not written them now.
    moved: BTreeSet<String>,
    /// Of them, those that others had delegated away before.
    brought_back: BTreeSet<String>,
    /// Those whose mail others may have broken meanwhile.
    harmed: BTreeSet<String>,
    /// The one that is destroyed, where the flows of the others are to stay.
    goes: Option<String>,
    broken_before: BTreeSet<(Rule, String)>,
    stopped: BTreeMap<Flow, String>,
    bodies: BTreeMap<(String, String), BTreeMap<Vec<u8>, Timestamp>>,
    faults: Vec<Fault>,
}

/// How long it takes after a delegation was moved back: two days until resolvers ask its servers again, and as
/// long for ACM and SES to find there what they look for.
const SETTLING: SignedDuration = SignedDuration::from_hours(4 * 24);

impl Observer {
    /// An observer of these domains, from now on.
    pub fn new(domains: Vec<String>, world: World, now: Timestamp) -> Self {
        let mut observer = Self {
            domains,
            world,
            now,
            due: BTreeSet::new(),
            caches: Caches::default(),
            memory: Memory::default(),
            edges: Edges::default(),
            last: Sight::default(),
            run: None,
            brought_back: BTreeMap::new(),
            half_done: false,
            sights: 0,
        };
        observer.observe(now);
        observer
    }

    /// When nobody holds any more what is given now and is given no longer: answers and delegations.
    pub fn forgotten_at(&self) -> Option<Timestamp> {
        self.caches.last_expiry(self.now)
    }

    /// Until when some sender holds an enforced policy.
    pub fn policies_held_until(&self) -> Option<Timestamp> {
        self.memory.last_expiry()
    }

    /// How often it observed the world.
    pub fn sights(&self) -> u64 {
        self.sights
    }

    /// The world has changed to this.
    pub fn changed(&mut self, world: &World, now: Timestamp) {
        self.advance(now);
        self.world = world.clone();
        let follows = FOLLOWS.map(|after| now + SignedDuration::from_millis(after));
        self.due.extend(follows);
        self.observe(now);
    }

    /// Time has passed.
    pub fn advance(&mut self, now: Timestamp) {
        loop {
            let due = self.due.first().copied();
            let expiry = self.caches.next_expiry(self.now);
            let next = due.into_iter().chain(expiry).min();
            let Some(next) = next.filter(|next| *next < now) else {
                break;
            };
            self.due.remove(&next);
            self.observe(next);
        }
        if now > self.now {
            self.observe(now);
        }
    }

    fn observe(&mut self, now: Timestamp) {
        self.now = now;
        self.sights += 1;
        self.world.advance(now);
        let mut sighting = Sighting {
            world: &mut self.world,
            caches: &mut self.caches,
            memory: &mut self.memory,
            edges: &mut self.edges,
            now,
        };
        let sight = sighting.observe(&self.domains);
        if let Some(run) = &mut self.run {
            run.compare(&self.last, &sight, now);
        }
        self.last = sight;
    }

    /// An apply or a destroy begins. `declared` has the instances of the manifest.
    pub fn begin(&mut self, declared: BTreeSet<(String, String)>, now: Timestamp) {
        self.advance(now);
        self.observe(now);
        self.run = Some(Run {
            declared,
            before: self.last.flows.clone(),
            pauses: BTreeSet::new(),
            unknown: BTreeSet::new(),
            moved: BTreeSet::new(),
            brought_back: self.not_settled(now),
            harmed: BTreeSet::new(),
            goes: None,
            broken_before: self.last.broken.keys().cloned().collect(),
            stopped: BTreeMap::new(),
            bodies: BTreeMap::new(),
            faults: Vec::new(),
        });
    }

    /// These flows stop for a while by what the manifest asks for, and the plan says so.
    pub fn pauses(&mut self, flows: BTreeSet<Flow>) {
        if let Some(run) = &mut self.run {
            run.pauses = flows;
        }
    }

    /// A destroy has taken away what an apply makes anew now, so that all of it is on record.
    pub fn made_anew(&mut self) {
        if let Some(run) = &mut self.run {
            run.pauses.extend(run.before.iter().cloned());
        }
    }

    /// The world reads these domains in a zone that nobody knows any more: what leads from there to what is ours stays.
    pub fn unknown(&mut self, domains: BTreeSet<String>) {
        if let Some(run) = &mut self.run {
            run.unknown = domains;
        }
    }

    /// One domain is destroyed, and everything has settled before: what flows for the others goes on.
    pub fn goes(&mut self, domain: &str) {
        if let Some(run) = &mut self.run {
            run.goes = Some(domain.to_owned());
        }
    }

    /// A person has moved the delegation of a domain.
    pub fn moved(&mut self, domain: &str) {
        if let Some(run) = &mut self.run {
            run.moved.insert(domain.to_owned());
        }
    }

    /// A person has moved the delegation of a domain back, which others had moved away. As long as it was away
    /// no certificate could be renewed and SES found no key, so that its policies may be read again before its host
    /// has a certificate and its mail a signature.
    pub fn brought_back(&mut self, domain: &str) {
        self.moved(domain);
        self.brought_back
            .insert(domain.to_owned(), self.now + SETTLING);
        if let Some(run) = &mut self.run {
            run.brought_back.insert(domain.to_owned());
        }
    }

    /// Others have done harm while a run is under way: what of these domains stops or breaks from here on may
    /// be theirs.
    pub fn harmed(&mut self, harm: Harm) {
        let is_harmed = |domain: &str| match harm {
            Harm::Nobody => false,
            Harm::Domain(name) => is_within(domain, NAMES[name]),
            Harm::Anybody => true,
        };
        let harmed = self.domains.iter().filter(|domain| is_harmed(domain));
        if let Some(run) = &mut self.run {
            run.harmed.extend(harmed.cloned());
        }
    }

    /// It was killed, and nobody runs it again.
    pub fn given_up(&mut self) {
        self.half_done = true;
    }

    /// Everything that was begun is done.
    pub fn whole(&mut self) {
        self.half_done = false;
    }

    /// The domains whose delegation was moved back a short while ago.
    fn not_settled(&self, now: Timestamp) -> BTreeSet<String> {
        let back = self.brought_back.iter();
        let back = back.filter(|(_, until)| **until > now);
        back.map(|(domain, _)| domain.clone()).collect()
    }

    /// It has ended: what was wrong. `expected` has the flows that the manifest asks for; where
    /// everything is said to be in sync, they flow.
    pub fn end(&mut self, expected: &[Flow], now: Timestamp) -> Vec<Fault> {
        self.advance(now);
        let Some(run) = self.run.take() else {
            return Vec::new();
        };
        let without = run.brought_back.iter().filter_map(|domain| {
            let key = (Rule::IdWithPolicy, domain.clone());
            self.last.broken.get(&key)
        });
        // Once everything is said to be done, the policy of what was brought back is served as well.
        let without = without.filter(|_| !expected.is_empty()).map(|why| Fault {
            promise: "StatedIsSo".to_owned(),
            what: format!("in sync was said, and {why}"),
        });
        let without: Vec<Fault> = without.collect();
        let mut faults = run.end(&self.last, self.half_done);
        faults.extend(without);
        for flow in expected
            .iter()
            .filter(|flow| !self.last.flows.contains(flow))
        {
            let why = self.last.stopped.get(flow);
            let why = why.map_or("nothing there", String::as_str);
            faults.push(Fault {
                promise: "StatedIsSo".to_owned(),
                what: format!("in sync was said, and {flow} does not flow: {why}"),
            });
        }
        faults
    }
}

/// Whether a name is a domain, or below it.
fn is_within(name: &str, domain: &str) -> bool {
    name.strip_suffix(domain)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

impl Run {
    fn compare(&mut self, last: &Sight, sight: &Sight, now: Timestamp) {
        for flow in self.before.difference(&sight.flows) {
            if self.is_harmed(flow.domain()) {
                continue;
            }
            // SES looks for what it had not found for days, and signs again once it has found it.
            if flow
                .sender()
                .is_some_and(|domain| self.brought_back.contains(domain))
            {
                continue;
            }
            let why = sight.stopped.get(flow);
            let why = why.map_or("nothing there", String::as_str);
            let stopped = self.stopped.entry(flow.clone());
            stopped.or_insert_with(|| format!("{flow} stopped at {now}: {why}"));
        }
        for ((rule, subject), why) in &sight.broken {
            if *rule == Rule::IdWithPolicy && self.brought_back.contains(subject) {
                continue;
            }
            let mut unknown = self.unknown.iter();
            if *rule == Rule::NoDangling && unknown.any(|domain| is_within(subject, domain)) {
                continue;
            }
            // Nobody but the program is to add to what may stand only once.
            if *rule != Rule::OnlyOnce && self.is_harmed(subject) {
                continue;
            }
            if self.broken_before.insert((*rule, subject.clone())) {
                self.fault(*rule, format!("{why} at {now}"));
            }
        }
        for (domain, (id, served)) in &sight.policies {
            let bodies = self.bodies.entry((domain.clone(), id.clone())).or_default();
            for body in served {
                bodies.entry(body.clone()).or_insert(now);
            }
        }
        for domain in sight.strict.difference(&last.strict) {
            if self.moved.contains(domain) || self.is_harmed(domain) {
                continue;
            }
            let of_domain = self.declared.iter().filter(|(name, _)| name == domain);
            let unverified: Vec<String> = of_domain
                .filter(|key| !sight.verified.contains(key))
                .map(|(_, place)| place.clone())
                .collect();
            if !unverified.is_empty() {
                let why =
                    format!("DMARC of {domain} refuses at {now}, before DKIM at {unverified:?}");
                self.fault(Rule::TightenLast, why);
            }
        }
        for (key, is_verified) in &sight.rejecting {
            if !is_verified && !last.rejecting.contains_key(key) && !self.is_harmed(&key.0) {
                let why = format!("{key:?} refuses to send at {now} before its MAIL FROM is found");
                self.fault(Rule::RejectLast, why);
            }
        }
    }

    fn is_harmed(&self, name: &str) -> bool {
        self.harmed.iter().any(|domain| is_within(name, domain))
    }

    fn fault(&mut self, rule: Rule, what: String) {
        self.faults.push(Fault {
            promise: format!("{rule:?}"),
            what,
        });
    }

    fn end(mut self, last: &Sight, half_done: bool) -> Vec<Fault> {
        for (flow, what) in std::mem::take(&mut self.stopped) {
            let others = self.goes.as_ref();
            let stays = others.is_some_and(|gone| gone != flow.domain());
            if (stays || last.flows.contains(&flow)) && !self.pauses.contains(&flow) {
                self.faults.push(Fault {
                    promise: "MailFlows".to_owned(),
                    what,
                });
            }
        }
        // A policy is served before its id is announced: who is stopped in between leaves the former id with it, and
        // who takes the change back has served both under that id.
        for (domain, (id, served)) in &last.policies {
            if half_done || self.is_harmed(domain) {
                continue;
            }
            let bodies = self.bodies.get(&(domain.clone(), id.clone()));
            let mut bodies = bodies.into_iter().flatten();
            let other = bodies.find(|(seen, _)| Some(*seen) != served.last());
            if let Some((_, at)) = other {
                let what =
                    format!("the id {id} of {domain} was announced with another policy at {at}");
                self.fault(Rule::IdOfPolicy, what);
            }
        }
        self.faults
    }
}

#[cfg(test)]
mod tests;
