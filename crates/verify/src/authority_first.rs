//! An observer that asks the authority before the resolver.
//!
//! A resolver remembers for a zone's negative TTL that a name was not there (RFC 2308, section 5): fifteen
//! minutes with Route 53's SOA, which is as long as a run waits by default. A person or a precondition that
//! asks it for a name that is about to be published, then waits until it forgets that question. So the
//! zone's own servers are asked first about the domains' own names. The resolver is asked about a name once
//! they have it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use clock::Clock;
use futures::future;
use jiff::Timestamp;
use model::{Fetched, NoAnswer, Outside, ShownCertificate, Unseen, Visit};
use standards::dns::{Name, RecordType};
use tokio::time::timeout;

/// Name servers of a zone that are asked side by side.
const SERVERS_ASKED: usize = 2;
/// How long each of them may take to answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(1);
/// How long it may take to learn which servers a zone is delegated to.
const DELEGATION_TIMEOUT: Duration = Duration::from_secs(5);
/// After how many silent tries in a row a domain's name servers are not asked any more in this run, and after
/// the silence of how many domains in a row no name server is: many networks let only their own resolver ask
/// DNS, and each silence costs seconds.
const SILENCES_MAX: usize = 3;

/// For how long a delegation is taken to lead where it led: somebody may move it while a run waits.
const DELEGATED_FOR: Duration = Duration::from_mins(1);

/// An observer that asks the resolver for nothing below these domains that their zones do not have.
pub struct AuthorityFirst {
    outside: Arc<dyn Outside>,
    clock: Clock,
    domains: Vec<Name>,
    /// The servers of each domain's zone, and when they were asked for.
    servers: Mutex<BTreeMap<Name, (Timestamp, Vec<String>)>>,
    silences: Mutex<Silences>,
}

/// The tries in a row in which no name server said anything.
#[derive(Default)]
struct Silences {
    /// Those about each domain.
    about: BTreeMap<Name, usize>,
    /// The domains that they were about since a name server said something.
    in_a_row: BTreeSet<Name>,
}

impl Silences {
    /// Whether the servers of a domain are left alone.
    fn are_too_many(&self, domain: &Name) -> bool {
        let of_domain = self.about.get(domain).copied().unwrap_or_default();
        self.in_a_row.len() >= SILENCES_MAX || of_domain >= SILENCES_MAX
    }

    /// Counts what the servers of a domain said.
    fn hear(&mut self, domain: &Name, said: Said) {
        match said {
            Said::Absent | Said::Open => {
                self.about.remove(domain);
                self.in_a_row.clear();
            }
            Said::Nothing => {}
            Said::Silence => {
                *self.about.entry(domain.clone()).or_default() += 1;
                self.in_a_row.insert(domain.clone());
            }
        }
    }
}

/// The answer of a zone's servers to the question whether something is absent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    /// At least one confirms that it is, and none denies it.
    Absent,
    /// At least one does not confirm it.
    Open,
    /// There is nobody to ask, or those that were asked refuse to answer.
    Nothing,
    /// None of them answered in time.
    Silence,
}

impl AuthorityFirst {
    /// Asks `outside`, and before it the zones of `domains`.
    pub fn new(
        outside: Arc<dyn Outside>,
        clock: Clock,
        domains: impl IntoIterator<Item = Name>,
    ) -> Self {
        let mut domains: Vec<Name> = domains.into_iter().collect();
        // The closest domain around a name comes first.
        domains.sort_by_key(|domain| std::cmp::Reverse(domain.as_str().len()));
        Self {
            outside,
            clock,
            domains,
            servers: Mutex::default(),
            silences: Mutex::default(),
        }
    }

    /// Whether the zone around a name confirms that it has nothing of this type there.
    async fn has_nothing(&self, name: &str, rtype: RecordType) -> bool {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        let around = |domain: &&Name| {
            let below = name.strip_suffix(domain.as_str());
            below.is_some_and(|below| below.is_empty() || below.ends_with('.'))
        };
        let Some(domain) = self.domains.iter().find(around) else {
            return false;
        };
        let silences = || self.silences.lock().unwrap_or_else(PoisonError::into_inner);
        if !is_of_the_zone(rtype) || silences().are_too_many(domain) {
            return false;
        }
        let said = self.ask(domain, &name, rtype).await;
        silences().hear(domain, said);
        said == Said::Absent
    }

    /// The answer of the servers of a domain's zone.
    async fn ask(&self, domain: &Name, name: &str, rtype: RecordType) -> Said {
        let servers = match self.servers_of(domain).await {
            Ok(servers) => servers,
            Err(Unseen::Slow(_)) => return Said::Silence,
            Err(_) => return Said::Nothing,
        };
        let asked = servers.iter().take(SERVERS_ASKED).map(|server| {
            let asked = self.outside.confirms_absence(server, name, rtype);
            timeout(ANSWER_TIMEOUT, asked)
        });
        let answers = future::join_all(asked).await.into_iter();
        let answers = answers.map(|answer| match answer {
            Ok(Ok(true)) => Said::Absent,
            Ok(Ok(false)) => Said::Open,
            Ok(Err(Unseen::Slow(_))) | Err(_) => Said::Silence,
            Ok(Err(_)) => Said::Nothing,
        });
        let answers: Vec<Said> = answers.collect();
        let order = [Said::Open, Said::Absent, Said::Nothing, Said::Silence];
        let said = order.into_iter().find(|said| answers.contains(said));
        // No answer at all: nobody delegates the domain, and there is nobody to ask.
        said.unwrap_or(Said::Nothing)
    }

    /// The servers of the zone around a domain. Where they are not told, there are none for a while: each
    /// question about the domain would wait for the same silence.
    async fn servers_of(&self, domain: &Name) -> Result<Vec<String>, Unseen> {
        let known = || self.servers.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        if let Some((asked, servers)) = known().get(domain)
            && *asked + DELEGATED_FOR > now
        {
            return Ok(servers.clone());
        }
        let servers = timeout(DELEGATION_TIMEOUT, self.delegated(domain.as_str())).await;
        let servers = servers.unwrap_or(Err(Unseen::Slow(DELEGATION_TIMEOUT)));
        let held = servers.as_ref().cloned().unwrap_or_default();
        known().insert(domain.clone(), (now, held));
        servers
    }

    /// The servers of the closest zone around a domain.
    async fn delegated(&self, domain: &str) -> Result<Vec<String>, Unseen> {
        let mut zone = domain;
        loop {
            let servers = self.outside.delegation(zone).await?;
            match zone.split_once('.') {
                Some((_, above)) if servers.is_empty() && above.contains('.') => zone = above,
                _ => return Ok(servers),
            }
        }
    }

    /// The reason not to visit a host whose name is still to be published.
    async fn unpublished(&self, url: &str) -> Option<String> {
        let (_, rest) = url.split_once("://")?;
        let host = rest.split(['/', ':', '?']).next()?;
        // A server that has an alias there answers with it, whatever it is asked for.
        let is_absent = self.has_nothing(host, RecordType::A).await
            && self.has_nothing(host, RecordType::Aaaa).await;
        is_absent.then(|| format!("{host} has no address"))
    }
}

#[async_trait]
impl Outside for AuthorityFirst {
    async fn lookup(&self, name: &str, rtype: RecordType) -> Result<Vec<String>, NoAnswer> {
        if self.has_nothing(name, rtype).await {
            return Ok(Vec::new());
        }
        self.outside.lookup(name, rtype).await
    }

    async fn fetch(&self, url: &str) -> Result<Fetched, String> {
        match self.unpublished(url).await {
            Some(reason) => Err(reason),
            None => self.outside.fetch(url).await,
        }
    }

    async fn visit(&self, url: &str, address: Option<IpAddr>) -> Result<Visit, Unseen> {
        match self.unpublished(url).await {
            Some(reason) => Err(Unseen::NoAnswer(reason)),
            None => self.outside.visit(url, address).await,
        }
    }

    async fn lookup_at(
        &self,
        server: &str,
        name: &str,
        rtype: RecordType,
    ) -> Result<Vec<String>, Unseen> {
        self.outside.lookup_at(server, name, rtype).await
    }

    async fn confirms_absence(
        &self,
        server: &str,
        name: &str,
        rtype: RecordType,
    ) -> Result<bool, Unseen> {
        self.outside.confirms_absence(server, name, rtype).await
    }

    async fn delegation(&self, zone: &str) -> Result<Vec<String>, Unseen> {
        self.outside.delegation(zone).await
    }

    async fn held_for(&self, name: &str, rtype: RecordType) -> Option<Duration> {
        if self.has_nothing(name, rtype).await {
            return None;
        }
        self.outside.held_for(name, rtype).await
    }

    async fn starttls(&self, host: &str) -> Result<ShownCertificate, Unseen> {
        self.outside.starttls(host).await
    }

    async fn mail_certificates(&self, host: &str) -> Result<Vec<Vec<u8>>, Unseen> {
        self.outside.mail_certificates(host).await
    }

    async fn post(&self, url: &str, media_type: &str, body: &[u8]) -> Result<Visit, Unseen> {
        self.outside.post(url, media_type, body).await
    }
}

/// Whether a zone's own servers answer for a record type. A DS is in the zone above (RFC 4035, section 2.4),
/// and an NS at a zone's cut in both, so that the servers of the zone are the wrong ones to deny them.
fn is_of_the_zone(rtype: RecordType) -> bool {
    use RecordType::{A, Aaaa, Caa, Cname, Mx, Txt};
    matches!(rtype, A | Aaaa | Caa | Cname | Mx | Txt)
}

#[cfg(test)]
mod tests;
