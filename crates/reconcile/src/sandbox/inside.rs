//! An external observer inside the sandbox, without a socket.
//!
//! An apply under a virtual clock probes through this one: on a paused clock, time jumps to the next
//! time-out whenever the program waits for a socket, so that every answer would come too late.
//! `deploy verify` and `deploy drift` have nothing to wait for, and ask over the network
//! (`served`).

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use model::{Fetched, NoAnswer, Outside, ShownCertificate, Unseen, Visit};
use sandbox::Sandbox;
use sandbox::dns::Lookup;
use sandbox::smtp::Fault;
use sandbox::world::World;
use standards::dns::{Presentation, RecordType, Txt};

/// For how long resolvers remember a negative answer: the lesser of the TTL and the last number of a zone's
/// SOA (RFC 2308, section 5), which Route 53 sets to 900 and 86400.
const NEGATIVE_TTL: Duration = Duration::from_mins(15);

/// An external observer in the sandbox's world. It asks through a resolver, which remembers negative answers.
pub struct Inside {
    sandbox: Sandbox,
    negative: Mutex<Negative>,
}

/// Negative answers: the name, with the type that was asked for or, where the name itself is missing, with
/// none; and until when each is remembered.
type Negative = BTreeMap<(String, Option<RecordType>), Timestamp>;

impl Inside {
    /// An observer whose resolver remembers nothing yet.
    pub fn new(sandbox: Sandbox) -> Self {
        Self {
            sandbox,
            negative: Mutex::default(),
        }
    }

    /// The answer of the resolver.
    fn resolved(&self, name: &str, rtype: RecordType) -> Lookup {
        let now = self.sandbox.clock().now();
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        let mut negative = self.negative.lock().unwrap_or_else(PoisonError::into_inner);
        negative.retain(|_, until| *until > now);
        if Self::remembered(&negative, &name, rtype).is_some() {
            return Lookup::NoData;
        }
        let answer = self.sandbox.world().resolve(&name, rtype.as_str(), now);
        let until = now + NEGATIVE_TTL;
        // Where there is an alias, the name is there, and what is missing is at the end of it.
        let is_alias = || {
            let alias = self.sandbox.world().resolve(&name, "CNAME", now);
            matches!(alias, Lookup::Found { .. })
        };
        match answer {
            // A name that is not there has nothing of any type.
            Lookup::NxDomain if !is_alias() => negative.insert((name, None), until),
            Lookup::NxDomain | Lookup::NoData => negative.insert((name, Some(rtype)), until),
            _ => None,
        };
        answer
    }

    /// Until when the resolver gives a negative answer without asking.
    fn remembered(negative: &Negative, name: &str, rtype: RecordType) -> Option<Timestamp> {
        let of = |rtype| negative.get(&(name.to_owned(), rtype)).copied();
        of(None).max(of(Some(rtype)))
    }

    /// An error where the resolver has no address for the host of a URL.
    fn has_address(&self, url: &str) -> Result<(), String> {
        let uri: Option<http::Uri> = url.parse().ok();
        let Some(host) = uri.as_ref().and_then(http::Uri::host) else {
            return Ok(());
        };
        let is_there = |rtype| matches!(self.resolved(host, rtype), Lookup::Found { .. });
        if is_there(RecordType::A) || is_there(RecordType::Aaaa) {
            return Ok(());
        }
        Err(format!("{host} has no address"))
    }

    /// The values of an answer, unless it says that there are none.
    fn values(lookup: Lookup) -> Option<Vec<String>> {
        match lookup {
            Lookup::NxDomain | Lookup::NoData => Some(Vec::new()),
            Lookup::ServFail => None,
            Lookup::Found { records, .. } => Some(
                records
                    .iter()
                    .map(|record| meaning(&record.rtype, &record.value))
                    .collect(),
            ),
        }
    }
}

/// Whether a server only says which others to ask: the name is in a zone of theirs, below the one that it has. It
/// confirms nothing then.
fn refers(world: &World, server: &str, name: &str, now: Timestamp) -> bool {
    let below = name.match_indices('.').map(|(dot, _)| &name[dot + 1..]);
    let mut zones = std::iter::once(name).chain(below);
    let closest = zones.find_map(|zone| {
        let servers = world.delegation(zone, now);
        (!servers.is_empty()).then_some(servers)
    });
    closest.is_some_and(|servers| !servers.iter().any(|one| one == server))
}

#[async_trait]
impl Outside for Inside {
    async fn lookup(&self, name: &str, rtype: RecordType) -> Result<Vec<String>, NoAnswer> {
        Self::values(self.resolved(name, rtype)).ok_or_else(|| NoAnswer {
            name: name.to_owned(),
            rtype,
            reason: "SERVFAIL: no server that is delegated to answers".to_owned(),
        })
    }

    async fn lookup_at(
        &self,
        server: &str,
        name: &str,
        rtype: RecordType,
    ) -> Result<Vec<String>, Unseen> {
        let now = self.sandbox.clock().now();
        let answer = self
            .sandbox
            .world()
            .ask_server(server, name, rtype.as_str(), now);
        let refused = || Unseen::NoAnswer(format!("{server} does not answer for {name}"));
        answer.and_then(Self::values).ok_or_else(refused)
    }

    async fn confirms_absence(
        &self,
        server: &str,
        name: &str,
        rtype: RecordType,
    ) -> Result<bool, Unseen> {
        let now = self.sandbox.clock().now();
        let world = self.sandbox.world();
        if refers(&world, server, name, now) {
            return Ok(false);
        }
        let is_there = |rtype: &str| {
            let answer = world.ask_server(server, name, rtype, now)?;
            Some(!matches!(answer, Lookup::NxDomain | Lookup::NoData))
        };
        let refused = || Unseen::NoAnswer(format!("{server} does not answer for {name}"));
        // A server answers with an alias whatever it is asked for, and confirms nothing about its end.
        let is_alias = is_there("CNAME").ok_or_else(refused)?;
        Ok(!is_alias && !is_there(rtype.as_str()).ok_or_else(refused)?)
    }

    async fn held_for(&self, name: &str, rtype: RecordType) -> Option<Duration> {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        let negative = self.negative.lock().unwrap_or_else(PoisonError::into_inner);
        let until = Self::remembered(&negative, &name, rtype)?;
        let left = until.duration_since(self.sandbox.clock().now());
        (!left.is_negative()).then(|| left.unsigned_abs())
    }

    async fn delegation(&self, zone: &str) -> Result<Vec<String>, Unseen> {
        Ok(self
            .sandbox
            .world()
            .delegation(zone, self.sandbox.clock().now()))
    }

    /// Mail hosts of the sandbox are hosts with an address; they offer TLS, unless the world says
    /// what is wrong with one.
    async fn starttls(&self, host: &str) -> Result<ShownCertificate, Unseen> {
        let addresses = self
            .lookup(host, RecordType::A)
            .await
            .map_err(|error| Unseen::NoAnswer(error.to_string()))?;
        if addresses.is_empty() {
            return Err(Unseen::NoAnswer(format!("{host} has no address")));
        }
        if let Some(fault) = self.sandbox.world().mail.faults.get(host) {
            return Err(match fault {
                Fault::Expired => Unseen::Certificate("it has expired".to_owned()),
                Fault::OtherName => Unseen::OtherName("another name".to_owned()),
                Fault::NoCertificate => Unseen::NoTls("it has no certificate".to_owned()),
            });
        }
        let not_before = self.sandbox.clock().now();
        let not_after = not_before + std::time::Duration::from_hours(90 * 24);
        Ok(ShownCertificate {
            names: vec![host.to_owned()],
            not_before,
            not_after,
        })
    }

    async fn visit(&self, url: &str, _address: Option<IpAddr>) -> Result<Visit, Unseen> {
        self.has_address(url).map_err(Unseen::NoAnswer)?;
        let answer = self
            .sandbox
            .https(url)
            .await
            .map_err(|error| Unseen::NoAnswer(error.to_string()))?;
        let text = |value: &http::HeaderValue| value.to_str().unwrap_or_default().to_owned();
        Ok(Visit {
            status: answer.status.as_u16(),
            headers: answer
                .headers
                .iter()
                .map(|(name, value)| (name.to_string(), text(value)))
                .collect(),
            body: answer.body.to_vec(),
            took: None,
            certificate: None,
        })
    }

    async fn fetch(&self, url: &str) -> Result<Fetched, String> {
        self.has_address(url)?;
        let answer = self
            .sandbox
            .https(url)
            .await
            .map_err(|error| error.to_string())?;
        let media_type = answer
            .headers
            .get("content-type")
            .and_then(|value| value.to_str().ok());
        Ok(Fetched {
            status: answer.status.as_u16(),
            media_type: media_type.map(str::to_owned),
            body: answer.body.to_vec(),
        })
    }
}

fn meaning(rtype: &str, value: &str) -> String {
    match rtype {
        "TXT" => Txt::parse(value, Presentation::ZoneFile)
            .map_or_else(|_| value.to_owned(), |txt| txt.text().into_owned()),
        // The null MX is the root itself (RFC 7505).
        "MX" if value.ends_with(" .") => value.to_owned(),
        // A key is base64.
        "DNSKEY" => value.to_owned(),
        _ => value.trim_end_matches('.').to_ascii_lowercase(),
    }
}
