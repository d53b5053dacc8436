//! An observer that asks the authority before the resolver.
//!
//! A resolver remembers for a zone's negative TTL that a name was not there (RFC 2308, section 5): fifteen
//! minutes with Route 53's SOA, which is as long as a run waits by default. A person or a precondition that
//! asks it for a name that is about to be published, then waits until it forgets that question. So the
//! zone's own servers are asked first about the domains' own names. The resolver is asked about a name once
//! they have it.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
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
const PATIENCE: Duration = Duration::from_secs(1);
/// How long it may take to learn which servers a zone is delegated to.
const DELEGATION_PATIENCE: Duration = Duration::from_secs(5);
/// After how many silent tries in a row no name server is asked any more in this run: many networks let only
/// their own resolver ask DNS, and each silence costs seconds.
const SILENCES: usize = 3;

/// For how long a delegation is taken to lead where it led: somebody may move it while a run waits.
const DELEGATED_FOR: Duration = Duration::from_mins(1);

/// An observer that asks the resolver for nothing below these domains that their zones do not have.
pub struct AuthorityFirst {
    outside: Arc<dyn Outside>,
    clock: Clock,
    domains: Vec<Name>,
    /// The servers of each domain's zone, and when they were asked for.
    servers: Mutex<BTreeMap<Name, (Timestamp, Vec<String>)>>,
    /// The tries in a row in which no name server said anything.
    silences: AtomicUsize,
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
            silences: AtomicUsize::new(0),
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
        if !is_of_the_zone(rtype) || self.silences.load(Ordering::Relaxed) >= SILENCES {
            return false;
        }
        let said = self.ask(domain, &name, rtype).await;
        match said {
            Said::Absent | Said::Open => self.silences.store(0, Ordering::Relaxed),
            Said::Nothing => {}
            Said::Silence => {
                self.silences.fetch_add(1, Ordering::Relaxed);
            }
        }
        said == Said::Absent
    }

    /// The answer of the servers of a domain's zone.
    async fn ask(&self, domain: &Name, name: &str, rtype: RecordType) -> Said {
        let servers = match timeout(DELEGATION_PATIENCE, self.servers_of(domain)).await {
            Ok(Ok(servers)) => servers,
            Ok(Err(Unseen::Slow(_))) | Err(_) => return Said::Silence,
            Ok(Err(_)) => return Said::Nothing,
        };
        let asked = servers.iter().take(SERVERS_ASKED).map(|server| {
            let asked = self.outside.confirms_absence(server, name, rtype);
            timeout(PATIENCE, asked)
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

    /// The servers of the zone around a domain.
    async fn servers_of(&self, domain: &Name) -> Result<Vec<String>, Unseen> {
        let known = || self.servers.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        if let Some((asked, servers)) = known().get(domain)
            && *asked + DELEGATED_FOR > now
        {
            return Ok(servers.clone());
        }
        let servers = self.delegated(domain.as_str()).await?;
        known().insert(domain.clone(), (now, servers.clone()));
        Ok(servers)
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
mod tests {
    use super::*;

    /// How a name server answers.
    #[derive(Clone, Copy)]
    enum Server {
        Sound,
        /// It has not heard of the last change of its zone yet, and says that a name is there.
        Stale,
        Refusing,
        Silent,
    }

    /// A world with one zone and two name servers, whose resolver remembers what it was asked.
    struct World {
        published: Mutex<Vec<String>>,
        asked: Mutex<Vec<String>>,
        servers: Mutex<[Server; 2]>,
        questions: AtomicUsize,
    }

    impl World {
        fn with(servers: [Server; 2]) -> Arc<Self> {
            Arc::new(Self {
                published: Mutex::default(),
                asked: Mutex::default(),
                servers: Mutex::new(servers),
                questions: AtomicUsize::new(0),
            })
        }

        fn publish(&self, name: &str) {
            let mut published = self.published.lock().expect("no panic");
            published.push(name.to_owned());
        }

        fn has(&self, name: &str) -> bool {
            let published = self.published.lock().expect("no panic");
            published.iter().any(|one| one == name)
        }

        fn become_of(&self, servers: [Server; 2]) {
            *self.servers.lock().expect("no panic") = servers;
        }

        /// The questions to the resolver so far.
        fn asked(&self) -> Vec<String> {
            self.asked.lock().expect("no panic").clone()
        }
    }

    #[async_trait]
    impl Outside for World {
        async fn lookup(&self, name: &str, _: RecordType) -> Result<Vec<String>, NoAnswer> {
            self.asked.lock().expect("no panic").push(name.to_owned());
            let is_there = self.has(name);
            Ok(is_there.then(|| "value".to_owned()).into_iter().collect())
        }

        async fn fetch(&self, url: &str) -> Result<Fetched, String> {
            self.asked.lock().expect("no panic").push(url.to_owned());
            Err("nobody serves it".to_owned())
        }

        async fn confirms_absence(
            &self,
            server: &str,
            name: &str,
            _: RecordType,
        ) -> Result<bool, Unseen> {
            self.questions.fetch_add(1, Ordering::Relaxed);
            let servers = *self.servers.lock().expect("no panic");
            match servers[usize::from(server != "ns1.example.net")] {
                Server::Sound => Ok(!self.has(name)),
                Server::Stale => Ok(false),
                Server::Refusing => Err(Unseen::NoAnswer("REFUSED".to_owned())),
                Server::Silent => future::pending().await,
            }
        }

        async fn delegation(&self, zone: &str) -> Result<Vec<String>, Unseen> {
            let servers = ["ns1.example.net", "ns2.example.net"].map(str::to_owned);
            let is_zone = zone == "example.com";
            Ok(is_zone.then_some(servers).into_iter().flatten().collect())
        }
    }

    fn around(world: &Arc<World>) -> AuthorityFirst {
        let domains = ["example.com", "news.example.com"];
        let domains = domains.map(|name| Name::parse(name).expect("a name"));
        AuthorityFirst::new(world.clone(), Clock::real(), domains)
    }

    const DMARC: &str = "_dmarc.example.com";

    async fn ask(source: &AuthorityFirst) {
        let answer = source.lookup(DMARC, RecordType::Txt).await;
        assert_eq!(answer, Ok(Vec::new()));
    }

    #[tokio::test(start_paused = true)]
    async fn the_resolver_hears_of_a_name_once_its_zone_has_it() {
        let world = World::with([Server::Sound; 2]);
        let source = around(&world);
        for name in [DMARC, "_dmarc.news.example.com", "example.com"] {
            let answer = source.lookup(name, RecordType::Txt).await;
            assert_eq!(answer, Ok(Vec::new()));
        }
        let policy = "https://mta-sts.example.com/.well-known/mta-sts.txt";
        let said = source.fetch(policy).await.expect_err("nobody serves it");
        assert_eq!(said, "mta-sts.example.com has no address");
        assert!(world.asked().is_empty());
        for name in [DMARC, "mta-sts.example.com"] {
            world.publish(name);
        }
        let answer = source.lookup(DMARC, RecordType::Txt).await;
        assert_eq!(answer, Ok(vec!["value".to_owned()]));
        source.fetch(policy).await.expect_err("nobody serves it");
        assert_eq!(world.asked(), [DMARC, policy]);
    }

    #[tokio::test(start_paused = true)]
    async fn names_of_others_go_to_the_resolver_at_once() {
        let world = World::with([Server::Sound; 2]);
        let source = around(&world);
        for name in ["_spf.example.net", "notexample.com"] {
            assert_eq!(source.lookup(name, RecordType::Txt).await, Ok(Vec::new()));
        }
        assert_eq!(world.asked().len(), 2);
        assert_eq!(world.questions.load(Ordering::Relaxed), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn the_zone_is_not_asked_for_types_of_the_zone_above() {
        let world = World::with([Server::Sound; 2]);
        let source = around(&world);
        for rtype in [RecordType::Ds, RecordType::Ns] {
            assert_eq!(source.lookup("example.com", rtype).await, Ok(Vec::new()));
        }
        assert_eq!(world.asked().len(), 2);
        assert_eq!(world.questions.load(Ordering::Relaxed), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn absent_is_what_one_server_confirms_and_none_denies() {
        for (servers, is_absent) in [
            ([Server::Sound, Server::Refusing], true),
            ([Server::Silent, Server::Sound], true),
            ([Server::Sound, Server::Stale], false),
            ([Server::Refusing, Server::Silent], false),
            ([Server::Refusing, Server::Refusing], false),
        ] {
            let world = World::with(servers);
            ask(&around(&world)).await;
            assert_eq!(world.asked().is_empty(), is_absent);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn where_no_name_server_can_be_reached_the_resolver_is_asked() {
        let world = World::with([Server::Silent; 2]);
        let source = around(&world);
        let began = tokio::time::Instant::now();
        for _ in 0..10 {
            ask(&source).await;
        }
        assert_eq!(world.asked().len(), 10);
        assert_eq!(world.questions.load(Ordering::Relaxed), 2 * SILENCES);
        // Both servers are waited for at the same time.
        assert_eq!(began.elapsed().as_secs(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_ends_a_row_of_silences() {
        let world = World::with([Server::Silent; 2]);
        let source = around(&world);
        for _ in 0..2 {
            for _ in 1..SILENCES {
                ask(&source).await;
            }
            world.become_of([Server::Sound; 2]);
            ask(&source).await;
            world.become_of([Server::Silent; 2]);
        }
        // The silent tries alone went on to the resolver.
        assert_eq!(world.asked().len(), 2 * (SILENCES - 1));
    }
}
