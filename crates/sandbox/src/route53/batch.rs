//! Whether a change batch can be carried out, all of it or nothing.

use std::collections::BTreeMap;

use crate::dns_text::name::DnsName;
use crate::route53::draft::{Action, Change, Edit};
use crate::route53::error::Error;
use crate::route53::record_set::{Content, RecordSet, Routing, SetKey};
use crate::route53::zone::Zone;

/// How many `ResourceRecord` elements a batch may have; those of an UPSERT count twice.
const ELEMENTS_MAX: usize = 1000;
/// How many characters all values of a batch may have; those of an UPSERT count twice.
const CHARS_MAX: usize = 32_000;
/// How many record sets a zone may have.
const SETS_MAX: usize = 10_000;

/// CloudFront's zone, the same for all distributions.
pub const CLOUDFRONT_ZONE: &str = "Z2FDTNDATAQYW2";

/// Zones of AWS services that aliases point to, with the domain that their names are in.
const SERVICE_ZONES: [(&str, &str); 5] = [
    (CLOUDFRONT_ZONE, "cloudfront.net"),
    ("Z2BJ6XQ5FK7U4H", "awsglobalaccelerator.com"),
    ("Z3AQBSTGFJJSTF", "s3-website-us-east-1.amazonaws.com"),
    ("Z1UJRXOUMOOFQ8", "execute-api.us-east-1.amazonaws.com"),
    ("Z35SXDOTRQ7X7K", "us-east-1.elb.amazonaws.com"),
];

/// The effect of a batch on the record sets of a zone.
pub(crate) type Effect = BTreeMap<SetKey, Option<RecordSet>>;

/// Checks a batch against a zone and says what it does.
pub(crate) fn check(zone: &Zone, changes: &[Change]) -> Result<Effect, Error> {
    check_limits(changes)?;
    let mut messages = Vec::new();
    let mut read = Vec::new();
    for change in changes {
        match change.read() {
            Ok(edit) => read.push(edit),
            Err(Error::InvalidChangeBatch(problems)) => messages.extend(problems),
            Err(error) => return Err(error),
        }
    }
    messages.extend(repetitions(&read));
    if !messages.is_empty() {
        return Err(Error::InvalidChangeBatch(messages));
    }
    let mut trial = Trial {
        zone,
        effect: Effect::new(),
        messages,
    };
    for edit in &read {
        trial.apply(edit.action, &edit.set);
    }
    if trial.messages.is_empty() {
        trial.check_outcome(&read);
    }
    if trial.messages.is_empty() {
        Ok(trial.effect)
    } else {
        Err(Error::InvalidChangeBatch(trial.messages))
    }
}

fn check_limits(changes: &[Change]) -> Result<(), Error> {
    let weighed = |count: fn(&Change) -> usize| -> usize {
        changes
            .iter()
            .map(|change| change.weight() * count(change))
            .sum()
    };
    let mut messages = Vec::new();
    if changes.is_empty() {
        return Err(Error::InvalidInput(
            "Invalid XML ; cvc-complex-type.2.4.b: The content of element 'Changes' is not \
             complete. One of '{\"https://route53.amazonaws.com/doc/2013-04-01/\":Change}' is \
             expected."
                .to_owned(),
        ));
    }
    if weighed(Change::value_count) > ELEMENTS_MAX {
        messages.push(format!(
            "Number of records limit of {ELEMENTS_MAX} exceeded."
        ));
    }
    if weighed(Change::value_chars) > CHARS_MAX {
        messages.push(format!("RDATA character limit of {CHARS_MAX} exceeded."));
    }
    if messages.is_empty() {
        Ok(())
    } else {
        Err(Error::InvalidChangeBatch(messages))
    }
}

/// A set may be changed once in a batch, or deleted and then created.
fn repetitions(edits: &[Edit]) -> Vec<String> {
    let mut actions: BTreeMap<&SetKey, Vec<Action>> = BTreeMap::new();
    for edit in edits {
        let actions = actions.entry(&edit.set.key).or_default();
        actions.push(edit.action);
    }
    actions
        .into_iter()
        .filter(|(_, actions)| actions.len() > 1 && *actions != [Action::Delete, Action::Create])
        .map(|(key, _)| {
            format!(
                "The request contains an invalid set of changes for a resource record set '{} {}'",
                key.rtype, key.name
            )
        })
        .collect()
}

/// The zone as it would be.
struct Trial<'a> {
    zone: &'a Zone,
    effect: Effect,
    messages: Vec<String>,
}

impl Trial<'_> {
    fn get(&self, key: &SetKey) -> Option<&RecordSet> {
        match self.effect.get(key) {
            Some(changed) => changed.as_ref(),
            None => self.zone.records.get(key),
        }
    }

    /// The sets of one name.
    fn at<'b>(&'b self, name: &'b DnsName) -> impl Iterator<Item = &'b RecordSet> {
        let untouched = self
            .zone
            .records
            .at(name)
            .filter(|set| !self.effect.contains_key(&set.key));
        let changed = self
            .effect
            .range(SetKey::lowest(name)..)
            .take_while(move |(key, _)| key.name == *name)
            .filter_map(|(_, set)| set.as_ref());
        untouched.chain(changed)
    }

    fn apply(&mut self, action: Action, set: &RecordSet) {
        let key = &set.key;
        if !key.name.is_within(&self.zone.name) {
            self.refuse(format!(
                "RRSet with DNS name {} is not permitted in zone {}",
                key.name, self.zone.name
            ));
            return;
        }
        let there = self.get(key);
        let problem = match (action, there) {
            (Action::Create, Some(_)) => Some(format!(
                "Tried to create {} but it already exists",
                described(key)
            )),
            (Action::Delete, None) => Some(format!(
                "Tried to delete {} but it was not found",
                described(key)
            )),
            (Action::Delete, Some(there)) if !there.matches(set) => Some(format!(
                "Tried to delete {} but the values provided do not match the current values",
                described(key)
            )),
            _ => None,
        };
        if let Some(problem) = problem {
            self.refuse(problem);
            return;
        }
        let put = (action != Action::Delete).then(|| set.clone());
        self.effect.insert(key.clone(), put);
    }

    /// Checks the zone that would come out, at the sets that the batch puts there.
    fn check_outcome(&mut self, edits: &[Edit]) {
        self.check_apex();
        let mut problems = Vec::new();
        for Edit { action, set } in edits {
            if *action == Action::Delete {
                continue;
            }
            problems.extend(self.neighbour_problem(set));
            problems.extend(self.routing_problem(set));
            problems.extend(self.alias_problems(set));
        }
        self.messages.extend(problems);
        let added: usize = self.effect.values().flatten().count();
        let replaced = self
            .effect
            .keys()
            .filter(|key| self.zone.records.get(key).is_some());
        if self.zone.records.len() + added - replaced.count() > SETS_MAX {
            self.refuse(format!(
                "Exceeded limit MAX_RRSETS_BY_ZONE for zone: {}",
                self.zone.id
            ));
        }
    }

    fn check_apex(&mut self) {
        let apex = &self.zone.name;
        let has = |rtype: &str| self.at(apex).any(|set| set.key.rtype == rtype);
        let without_ns = !has("NS");
        let starts: usize = self
            .at(apex)
            .filter(|set| set.key.rtype == "SOA")
            .map(|set| set.values().len())
            .sum();
        if without_ns {
            self.refuse("A HostedZone must contain at least one NS record for the zone itself.");
        }
        if starts != 1 {
            self.refuse("A HostedZone must contain exactly one SOA record.");
        }
    }

    /// A CNAME stands alone (RFC 1034, section 3.6.2), and never at the apex.
    fn neighbour_problem(&self, set: &RecordSet) -> Option<String> {
        let SetKey { name, rtype, .. } = &set.key;
        let zone = &self.zone.name;
        let is_cname = rtype == "CNAME";
        if rtype == "SOA" && name != zone {
            return Some("A HostedZone must contain exactly one SOA record.".to_owned());
        }
        if is_cname && name == zone {
            return Some(format!(
                "RRSet of type CNAME with DNS name {name} is not permitted at apex in zone {zone}"
            ));
        }
        let others = |wanted: bool| {
            self.at(name)
                .any(|other| (other.key.rtype == "CNAME") == wanted)
        };
        if is_cname && others(false) {
            return Some(format!(
                "RRSet of type CNAME with DNS name {name} is not permitted as it conflicts with \
                 other records with the same DNS name in zone {zone}"
            ));
        }
        if !is_cname && others(true) {
            return Some(format!(
                "RRSet of type {rtype} with DNS name {name} is not permitted because a conflicting \
                 RRSet of type CNAME with the same DNS name already exists in zone {zone}"
            ));
        }
        None
    }

    /// The sets of one name and type have one routing policy, and weighted ones one TTL.
    fn routing_problem(&self, set: &RecordSet) -> Option<String> {
        let SetKey { name, rtype, .. } = &set.key;
        let mut others = self
            .at(name)
            .filter(|other| other.key.rtype == *rtype && other.key != set.key);
        let Some(identifier) = &set.key.identifier else {
            others.next()?;
            return Some(format!(
                "RRSet with DNS name {name}, type {rtype} cannot be created as other RRSets exist \
                 with the same name and type."
            ));
        };
        let word = set.routing.word();
        let refused = format!(
            "RRSet with DNS name {name}, type {rtype}, SetIdentifier {identifier} cannot be created"
        );
        let problem = others.find_map(|other| {
            if other.routing.word() != word {
                return Some(format!(
                    "as a non-{word} set exists with the same name and type."
                ));
            }
            let weighted = matches!(set.routing, Routing::Weighted(_));
            (weighted && other.ttl() != set.ttl())
                .then(|| "as weighted sets must contain the same TTL.".to_owned())
        })?;
        Some(format!("{refused} {problem}"))
    }

    /// Route 53 checks whether the name belongs to the target's zone, and, in a zone of the
    /// caller's, whether there is a set of the type. It does not know which distributions there are.
    fn alias_problems(&self, set: &RecordSet) -> Vec<String> {
        let Content::Alias(alias) = &set.content else {
            return Vec::new();
        };
        let rtype = &set.key.rtype;
        let refused = format!(
            "Tried to create an alias that targets {}, type {rtype} in zone {}, but",
            alias.name, alias.zone_id
        );
        let service = SERVICE_ZONES.iter().find(|(id, _)| *id == alias.zone_id);
        let (inside, found) = match service {
            Some((_, domain)) => {
                let inside = DnsName::parse(domain)
                    .is_ok_and(|domain| alias.name.is_within(&domain) && alias.name != domain);
                (inside, ["A", "AAAA", "HTTPS"].contains(&rtype.as_str()))
            }
            None if alias.zone_id == self.zone.id => (
                alias.name.is_within(&self.zone.name),
                !["NS", "SOA"].contains(&rtype.as_str())
                    && self
                        .at(&alias.name)
                        .any(|other| other.key.rtype == *rtype && other.key != set.key),
            ),
            None => (false, false),
        };
        let mut messages = Vec::new();
        if !inside {
            messages.push(format!(
                "{refused} the alias target name does not lie within the target zone"
            ));
        }
        if !found {
            messages.push(format!("{refused} that target was not found"));
        }
        messages
    }

    fn refuse(&mut self, message: impl Into<String>) {
        self.messages.push(message.into());
    }
}

fn described(key: &SetKey) -> String {
    let identifier = key
        .identifier
        .as_ref()
        .map_or_else(String::new, |identifier| {
            format!(", set identifier='{identifier}'")
        });
    format!(
        "resource record set [name='{}', type='{}'{identifier}]",
        key.name, key.rtype
    )
}
