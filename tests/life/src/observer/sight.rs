//! The sight of a world at one moment: which mail flows, and what must never be seen.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use sandbox::route53::record_set::{Content, RecordSet};
use sandbox::web::HttpsAnswer;
use sandbox::world::World;
use standards::dns::Name;
use standards::mta_sts::{Mode, MtaStsPolicy};

use super::edges::Edges;
use super::resolver::{Answer, Caches};
use super::senders::{Sender, senders};
use crate::known;

/// The path of a policy (RFC 8461, section 3.3).
const POLICY: &str = "/.well-known/mta-sts.txt";

/// A way on which mail can flow.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flow {
    /// A sender finds the domain's mail hosts, and its policy lets the mail pass.
    Receive(String),
    /// Some instance of the domain sends, and a receiver takes what it sends.
    Send(String),
    /// This instance sends, and a receiver takes what it sends.
    SendFrom(String, String),
    /// The mail of this instance has a signature that verifies.
    Signed(String, String),
    /// The mail of this instance passes SPF under a name of the domain.
    Aligned(String, String),
}

impl Flow {
    /// The domain that it is about.
    pub(super) fn domain(&self) -> &str {
        match self {
            Self::Receive(domain)
            | Self::Send(domain)
            | Self::SendFrom(domain, _)
            | Self::Signed(domain, _)
            | Self::Aligned(domain, _) => domain,
        }
    }

    /// The domain that sends, where it is about that.
    pub(super) fn sender(&self) -> Option<&String> {
        match self {
            Self::Receive(_) => None,
            Self::Send(domain)
            | Self::SendFrom(domain, _)
            | Self::Signed(domain, _)
            | Self::Aligned(domain, _) => Some(domain),
        }
    }
}

impl fmt::Display for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Receive(domain) => write!(f, "mail to {domain}"),
            Self::Send(domain) => write!(f, "mail from {domain}"),
            Self::SendFrom(domain, place) => write!(f, "mail from {domain} through {place}"),
            Self::Signed(domain, place) => write!(f, "signatures of {domain} through {place}"),
            Self::Aligned(domain, place) => write!(f, "SPF of {domain} through {place}"),
        }
    }
}

/// A rule that every moment keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// A record that may stand only once stands once.
    OnlyOnce,
    /// An id of a policy is announced only where the policy is served.
    IdWithPolicy,
    /// The policy that an id announces is the one that is served.
    IdOfPolicy,
    /// No name leads to a distribution that does not exist.
    NoDangling,
    /// A policy that refuses mail without DKIM comes after DKIM.
    TightenLast,
    /// An identity that refuses to send without a MAIL FROM comes after the MAIL FROM.
    RejectLast,
    /// A policy that senders hold is served until the last copy has expired.
    LetGoSlowly,
}

/// Everything that was seen.
#[derive(Debug, Default)]
pub(super) struct Sight {
    /// The ways on which mail flows.
    pub(super) flows: BTreeSet<Flow>,
    /// Why others do not.
    pub(super) stopped: BTreeMap<Flow, String>,
    /// Broken rules, each with its subject.
    pub(super) broken: BTreeMap<(Rule, String), String>,
    /// The ids of policies that are seen, each with the files that some edge serves: the newest last.
    pub(super) policies: BTreeMap<String, (String, Vec<Vec<u8>>)>,
    /// The domains whose own DMARC policy refuses mail.
    pub(super) strict: BTreeSet<String>,
    /// The instances whose keys SES has found, as domain and place.
    pub(super) verified: BTreeSet<(String, String)>,
    /// The instances that refuse to send without their MAIL FROM, and whether SES has found it.
    pub(super) rejecting: BTreeMap<(String, String), bool>,
}

/// The memory of senders: until when some sender holds an enforced one, by domain.
#[derive(Debug, Default)]
pub(super) struct Memory {
    enforced: BTreeMap<String, (Timestamp, MtaStsPolicy)>,
}

impl Memory {
    /// Until when some sender holds an enforced policy.
    pub(super) fn last_expiry(&self) -> Option<Timestamp> {
        self.enforced.values().map(|(until, _)| *until).max()
    }
}

/// The policies that some edge serves, the newest last: as files, and as they are read.
struct Served {
    bodies: Vec<Vec<u8>>,
    policies: Vec<MtaStsPolicy>,
}

/// Observes a world at one moment.
pub(super) struct Sighting<'a> {
    pub(super) world: &'a mut World,
    pub(super) caches: &'a mut Caches,
    pub(super) memory: &'a mut Memory,
    pub(super) edges: &'a mut Edges,
    pub(super) now: Timestamp,
}

impl Sighting<'_> {
    /// Observes these domains.
    pub(super) fn observe(&mut self, domains: &[String]) -> Sight {
        let mut sight = Sight::default();
        let ses = serde_json::to_value(&self.world.ses).unwrap_or_default();
        let senders = senders(&ses);
        for domain in domains {
            self.caches.note_delegation(self.world, domain, self.now);
        }
        for domain in domains {
            self.receive(domain, &mut sight);
            self.only_once(domain, &mut sight);
            let (strict, is_own) = self.dmarc(domain);
            if strict && is_own {
                sight.strict.insert(domain.clone());
            }
            for sender in senders.iter().filter(|sender| sender.domain == *domain) {
                self.send(sender, strict, &mut sight);
            }
        }
        self.dangling(&mut sight);
        sight
    }

    fn answers(&mut self, name: &str, rtype: &'static str) -> Vec<Answer> {
        self.caches.answers(self.world, name, rtype, self.now)
    }

    /// The answer that is given now.
    fn answer(&mut self, name: &str, rtype: &'static str) -> Answer {
        let answers = self.answers(name, rtype);
        answers
            .into_iter()
            .next_back()
            .unwrap_or_else(|| unreachable!("there is a last answer"))
    }

    fn receive(&mut self, domain: &str, sight: &mut Sight) {
        let flow = Flow::Receive(domain.to_owned());
        let mut hosts = BTreeSet::new();
        let mut stopped = None;
        for answer in self.answers(domain, "MX") {
            if answer.values.is_empty() {
                stopped = Some("a resolver has no MX".to_owned());
            }
            for value in &answer.values {
                hosts.extend(value.split_once(' ').map(|(_, host)| host.to_owned()));
            }
        }
        for host in &hosts {
            // The null MX refuses all mail (RFC 7505): it does not flow, and that is meant.
            if self.answer(host, "A").values.is_empty() {
                stopped = Some(format!("{host} has no address"));
            }
        }
        if let Err(why) = self.policy(domain, &hosts, sight) {
            stopped = Some(why);
        }
        match stopped {
            None => drop(sight.flows.insert(flow)),
            Some(why) => drop(sight.stopped.insert(flow, why)),
        }
    }

    /// Does what a sender does with the domain's MTA-STS (RFC 8461, sections 3.3 and 5).
    fn policy(
        &mut self,
        domain: &str,
        hosts: &BTreeSet<String>,
        sight: &mut Sight,
    ) -> Result<(), String> {
        let record = format!("_mta-sts.{domain}");
        let answers = self.answers(&record, "TXT");
        let ids: BTreeSet<String> = answers.iter().filter_map(id).collect();
        let current = answers.last().and_then(id);
        let served = self.served(domain);
        if let Some(id) = &current {
            match &served {
                Ok(served) => {
                    let seen = (id.clone(), served.bodies.clone());
                    sight.policies.insert(domain.to_owned(), seen);
                }
                Err(why) => {
                    let why = format!("the id {id} of {domain} is announced and {why}");
                    sight
                        .broken
                        .insert((Rule::IdWithPolicy, domain.to_owned()), why);
                }
            }
        }
        // A resolver may hold an id that is no longer given: its policy is still asked for.
        if let (false, Err(why)) = (ids.is_empty() || !known::HELD_IDS, &served) {
            let why = format!("a resolver holds an id of {domain} and {why}");
            sight
                .broken
                .insert((Rule::IdWithPolicy, format!("{domain} cached")), why);
        }
        self.remember(domain, current.is_some(), served.ok(), sight);
        if let Some((_, policy)) = self.memory.enforced.get(domain) {
            let allowed = |host: &String| Name::parse(host).is_ok_and(|host| policy.allows(&host));
            if !hosts.is_empty() && !hosts.iter().any(allowed) {
                return Err("no mail host is in an enforced policy that senders hold".to_owned());
            }
        }
        Ok(())
    }

    /// Notes the policy that senders hold from now on.
    fn remember(
        &mut self,
        domain: &str,
        announced: bool,
        served: Option<Served>,
        sight: &mut Sight,
    ) {
        self.memory
            .enforced
            .retain(|_, (until, _)| *until > self.now);
        let policies = served.filter(|_| announced).map(|served| served.policies);
        if let (None, Some((until, _))) = (&policies, self.memory.enforced.get(domain)) {
            let why = format!("senders hold a policy of {domain} until {until}");
            sight
                .broken
                .insert((Rule::LetGoSlowly, domain.to_owned()), why);
        }
        let policies = policies.into_iter().flatten();
        for policy in policies.filter(|policy| policy.mode() == Mode::Enforce) {
            let age = i64::from(policy.max_age().seconds());
            let until = self.now + SignedDuration::from_secs(age);
            let held = self.memory.enforced.get(domain);
            let until = held.map_or(until, |(held, _)| until.max(*held));
            self.memory
                .enforced
                .insert(domain.to_owned(), (until, policy));
        }
    }

    /// The policy, as edges serve it.
    fn served(&mut self, domain: &str) -> Result<Served, String> {
        let host = format!("mta-sts.{domain}");
        let answer = self.fetched(&host);
        let answer = answer.inspect_err(|_| self.edges.lost((&host, POLICY), self.now))?;
        let bodies = self
            .edges
            .bodies(self.world, (&host, POLICY), &answer, self.now);
        let parsed = bodies.iter().map(|body| MtaStsPolicy::parse(body).0);
        let policies: Option<Vec<_>> = parsed.collect();
        let policies = policies.ok_or_else(|| format!("{host} serves no policy"))?;
        Ok(Served { bodies, policies })
    }

    /// The answer of the edge that is asked now.
    fn fetched(&mut self, host: &str) -> Result<HttpsAnswer, String> {
        let addresses = self.answers(host, "A");
        if addresses.iter().all(|one| one.values.is_empty()) {
            return Err(format!("{host} has no address"));
        }
        let answer = self
            .world
            .https_get(host, POLICY, self.now)
            .map_err(|error| error.to_string())?;
        if answer.status != 200 {
            return Err(format!("{host} answers {}", answer.status));
        }
        Ok(answer)
    }

    /// Whether the DMARC policy that counts for the domain refuses mail, and whether it is its own.
    fn dmarc(&mut self, domain: &str) -> (bool, bool) {
        let mut name = domain;
        loop {
            let answer = self.answer(&format!("_dmarc.{name}"), "TXT");
            let policies: Vec<&String> =
                answer.values.iter().filter(|text| is_dmarc(text)).collect();
            if let [policy] = policies[..] {
                let policy = policy.to_ascii_lowercase().replace(' ', "");
                let tag = if name == domain { ";p=" } else { ";sp=" };
                let value = policy.split_once(tag).or_else(|| policy.split_once(";p="));
                let is_strict = value.is_some_and(|(_, value)| !value.starts_with("none"));
                return (is_strict, name == domain);
            }
            match name.split_once('.') {
                Some((_, above)) if above.contains('.') => name = above,
                _ => return (false, false),
            }
        }
    }

    fn send(&mut self, sender: &Sender, strict: bool, sight: &mut Sight) {
        let Sender { domain, place, .. } = sender;
        let signed = sender.signs && self.keys_are_found(sender);
        let aligned = self.is_aligned(sender);
        let key = (domain.clone(), place.clone());
        let mut note = |flow: Flow, flows: bool, why: &str| {
            if flows {
                sight.stopped.remove(&flow);
                sight.flows.insert(flow);
            } else if !sight.flows.contains(&flow) {
                sight.stopped.insert(flow, why.to_owned());
            }
        };
        let (name, at) = key.clone();
        note(Flow::Signed(name, at), signed, "DKIM does not verify");
        let (name, at) = key.clone();
        note(Flow::Aligned(name, at), aligned, "SPF does not align");
        let taken = sender.can_send && (!strict || signed || aligned);
        let why = if sender.can_send {
            "DMARC refuses it"
        } else {
            "SES does not send"
        };
        note(Flow::Send(domain.clone()), taken, why);
        note(Flow::SendFrom(domain.clone(), place.clone()), taken, why);
        if sender.is_dkim_verified {
            sight.verified.insert(key.clone());
        }
        if let Some(from) = sender.mail_from.as_ref().filter(|from| from.rejects) {
            sight.rejecting.insert(key, from.is_verified);
        }
    }

    fn keys_are_found(&mut self, sender: &Sender) -> bool {
        sender.selectors.iter().all(|selector| {
            let name = format!("{selector}._domainkey.{}", sender.domain);
            let answers = self.answers(&name, "TXT");
            answers.iter().all(|answer| {
                let mut values = answer.values.iter();
                values.any(|value| value.contains("p=") && !value.ends_with("p="))
            })
        })
    }

    fn is_aligned(&mut self, sender: &Sender) -> bool {
        let Some(from) = sender.mail_from.as_ref().filter(|from| from.is_verified) else {
            return false;
        };
        let answers = self.answers(&from.domain, "TXT");
        answers.iter().all(|answer| {
            let records: Vec<_> = answer.values.iter().filter(|text| is_spf(text)).collect();
            matches!(records[..], [record] if record.contains("include:amazonses.com"))
        })
    }

    /// Records of which there may be one.
    fn only_once(&mut self, domain: &str, sight: &mut Sight) {
        type Is = fn(&str) -> bool;
        let single: [(String, Is); 5] = [
            (domain.to_owned(), is_spf),
            (format!("_dmarc.{domain}"), is_dmarc),
            (format!("_mta-sts.{domain}"), |text| {
                is_version(text, "STSv1")
            }),
            (format!("_smtp._tls.{domain}"), |text| {
                is_version(text, "TLSRPTv1")
            }),
            (format!("default._bimi.{domain}"), |text| {
                is_version(text, "BIMI1")
            }),
        ];
        for (name, is) in single {
            let answer = self.answer(&name, "TXT");
            let records: Vec<&String> = answer.values.iter().filter(|text| is(text)).collect();
            if records.len() > 1 {
                let why = format!("{name} has {records:?}");
                sight.broken.insert((Rule::OnlyOnce, name), why);
            }
        }
    }

    /// Names in zones that the world reads that lead to distributions that do not exist: whoever
    /// makes one with such an alias takes the name over.
    fn dangling(&self, sight: &mut Sight) {
        let accounts = crate::setup::DNS_ACCOUNTS.map(|(_, id)| id);
        let zones = accounts
            .iter()
            .flat_map(|account| self.world.route53.zones_of(account));
        for zone in zones {
            let servers = self.world.delegation(&zone.name.plain(), self.now);
            let mut own = zone.name_servers.iter();
            if !own.any(|server| servers.contains(&server.plain())) {
                continue;
            }
            for set in zone.records.from(None) {
                let mut visible = zone.records.visible_at(&set.key.name, self.now);
                let is_seen = visible.any(|seen| seen.set == set);
                if let Some(target) = distribution(set).filter(|_| is_seen)
                    && self.world.cloudfront.addresses(&target).is_none()
                {
                    let name = set.key.name.plain();
                    let why = format!("{name} leads to {target}, which does not exist");
                    sight.broken.insert((Rule::NoDangling, name), why);
                }
            }
        }
    }
}

/// The distribution to which a record set leads.
fn distribution(set: &RecordSet) -> Option<String> {
    let target = match &set.content {
        Content::Alias(alias) => alias.name.plain(),
        Content::Values { values, .. } if set.key.rtype == "CNAME" => {
            values.first()?.trim_end_matches('.').to_ascii_lowercase()
        }
        Content::Values { .. } => return None,
    };
    target.ends_with(".cloudfront.net").then_some(target)
}

/// The id in an answer for `_mta-sts`, where there is exactly one record (RFC 8461, section 3.1).
fn id(answer: &Answer) -> Option<String> {
    let mut records = answer
        .values
        .iter()
        .filter(|text| is_version(text, "STSv1"));
    let (record, None) = (records.next()?, records.next()) else {
        return None;
    };
    let mut fields = record.split(';').map(str::trim);
    fields.find_map(|field| field.strip_prefix("id=").map(str::to_owned))
}

fn is_version(text: &str, version: &str) -> bool {
    let text = text.replace(' ', "");
    text.strip_prefix("v=")
        .is_some_and(|rest| rest.starts_with(version))
}

fn is_dmarc(text: &str) -> bool {
    is_version(text, "DMARC1")
}

fn is_spf(text: &str) -> bool {
    text == "v=spf1" || text.starts_with("v=spf1 ")
}
