//! An observer that leaves no memory of what is not there yet.
//!
//! A resolver remembers for a zone's negative TTL that a name was not there (RFC 2308, section 5): fifteen
//! minutes with Route 53's SOA, which is as long as a run waits by default. Who asks it for a name that they
//! are about to publish, a person or a precondition, then waits for their own question to be forgotten. So
//! the servers of the zone are asked first about the domains' own names, and the resolver once these are
//! there.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use model::{Fetched, NoAnswer, Outside, ShownCertificate, Unseen, Visit};
use standards::dns::{Name, RecordType};
use tokio::time::{Instant, timeout};

/// Name servers of a zone that are asked one after the other.
const SERVERS_TRIED: usize = 2;
/// How long the servers of a zone may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// After how many silences no name server is asked any more: many networks let only their own resolver ask
/// DNS, and each silence costs seconds.
const SILENT_MAX: usize = 2;

/// For how long a delegation is taken to lead where it led: somebody may move it while a run waits.
const DELEGATED_FOR: Duration = Duration::from_mins(1);

/// An observer that asks the resolver for nothing below these domains that their zones do not have.
pub struct AtSource {
    outside: Arc<dyn Outside>,
    domains: Vec<Name>,
    /// The servers of each domain's zone, and when they were asked for.
    servers: Mutex<BTreeMap<Name, (Instant, Vec<String>)>>,
    silent: AtomicUsize,
}

impl AtSource {
    /// Asks `outside`, and before it the zones of `domains`.
    pub fn new(outside: Arc<dyn Outside>, domains: impl IntoIterator<Item = Name>) -> Self {
        let mut domains: Vec<Name> = domains.into_iter().collect();
        // The closest domain around a name comes first.
        domains.sort_by_key(|domain| std::cmp::Reverse(domain.as_str().len()));
        Self {
            outside,
            domains,
            servers: Mutex::default(),
            silent: AtomicUsize::new(0),
        }
    }

    /// Whether the zone around a name vouches that it has nothing of this type there.
    async fn has_nothing(&self, name: &str, rtype: RecordType) -> bool {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        let around = |domain: &&Name| {
            let below = name.strip_suffix(domain.as_str());
            below.is_some_and(|below| below.is_empty() || below.ends_with('.'))
        };
        let Some(domain) = self.domains.iter().find(around) else {
            return false;
        };
        if self.silent.load(Ordering::Relaxed) >= SILENT_MAX {
            return false;
        }
        let asked = self.is_absent(domain, &name, rtype);
        let is_absent = timeout(PATIENCE, asked).await.unwrap_or_default();
        if is_absent.is_none() {
            self.silent.fetch_add(1, Ordering::Relaxed);
        }
        is_absent.unwrap_or_default()
    }

    /// The answer of a domain's servers; nothing where none of them answers.
    async fn is_absent(&self, domain: &Name, name: &str, rtype: RecordType) -> Option<bool> {
        let servers = self.servers_of(domain).await?;
        for server in servers.iter().take(SERVERS_TRIED) {
            if let Ok(is_absent) = self.outside.vouches_absence(server, name, rtype).await {
                return Some(is_absent);
            }
        }
        // Nobody is led to a domain that nobody delegates: there is nobody to ask.
        servers.is_empty().then_some(false)
    }

    /// The servers of the zone around a domain; nothing where nobody says which they are.
    async fn servers_of(&self, domain: &Name) -> Option<Vec<String>> {
        let known = || self.servers.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if let Some((asked, servers)) = known().get(domain)
            && *asked + DELEGATED_FOR > now
        {
            return Some(servers.clone());
        }
        let servers = self.delegated(domain.as_str()).await.ok()?;
        known().insert(domain.clone(), (now, servers.clone()));
        Some(servers)
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
impl Outside for AtSource {
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

    async fn vouches_absence(
        &self,
        server: &str,
        name: &str,
        rtype: RecordType,
    ) -> Result<bool, Unseen> {
        self.outside.vouches_absence(server, name, rtype).await
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A world with one zone, whose resolver remembers what it was asked.
    #[derive(Default)]
    struct World {
        published: Mutex<Vec<String>>,
        asked: Mutex<Vec<String>>,
        is_silent: bool,
        questions: AtomicUsize,
    }

    impl World {
        fn publish(&self, name: &str) {
            let mut published = self.published.lock().expect("no panic");
            published.push(name.to_owned());
        }

        fn has(&self, name: &str) -> bool {
            self.published
                .lock()
                .expect("no panic")
                .iter()
                .any(|one| one == name)
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

        async fn vouches_absence(
            &self,
            _: &str,
            name: &str,
            _: RecordType,
        ) -> Result<bool, Unseen> {
            self.questions.fetch_add(1, Ordering::Relaxed);
            if self.is_silent {
                return Err(Unseen::NoAnswer("silence".to_owned()));
            }
            Ok(!self.has(name))
        }

        async fn delegation(&self, zone: &str) -> Result<Vec<String>, Unseen> {
            let is_zone = zone == "example.com";
            Ok(is_zone
                .then(|| "ns1.example.net".to_owned())
                .into_iter()
                .collect())
        }
    }

    fn around(world: &Arc<World>) -> AtSource {
        let domains = ["example.com", "news.example.com"];
        let domains = domains.map(|name| Name::parse(name).expect("a name"));
        AtSource::new(world.clone(), domains)
    }

    #[tokio::test(start_paused = true)]
    async fn the_resolver_hears_of_a_name_once_its_zone_has_it() {
        let world = Arc::new(World::default());
        let source = around(&world);
        let ask = |name: &'static str| source.lookup(name, RecordType::Txt);
        for name in [
            "_dmarc.example.com",
            "_dmarc.news.example.com",
            "example.com",
        ] {
            assert_eq!(ask(name).await, Ok(Vec::new()));
        }
        let policy = "https://mta-sts.example.com/.well-known/mta-sts.txt";
        let said = source.fetch(policy).await.expect_err("nobody serves it");
        assert_eq!(said, "mta-sts.example.com has no address");
        assert_eq!(world.asked.lock().expect("no panic").len(), 0);
        for name in ["_dmarc.example.com", "mta-sts.example.com"] {
            world.publish(name);
        }
        assert_eq!(
            ask("_dmarc.example.com").await,
            Ok(vec!["value".to_owned()])
        );
        source.fetch(policy).await.expect_err("nobody serves it");
        assert_eq!(
            *world.asked.lock().expect("no panic"),
            ["_dmarc.example.com", policy]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn names_of_others_go_to_the_resolver_at_once() {
        let world = Arc::new(World::default());
        let source = around(&world);
        for name in ["_spf.example.net", "notexample.com"] {
            assert_eq!(source.lookup(name, RecordType::Txt).await, Ok(Vec::new()));
        }
        assert_eq!(world.asked.lock().expect("no panic").len(), 2);
        assert_eq!(world.questions.load(Ordering::Relaxed), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn where_no_name_server_can_be_reached_the_resolver_is_asked() {
        let world = Arc::new(World {
            is_silent: true,
            ..World::default()
        });
        let source = around(&world);
        for _ in 0..10 {
            let answer = source.lookup("_dmarc.example.com", RecordType::Txt).await;
            assert_eq!(answer, Ok(Vec::new()));
        }
        assert_eq!(world.asked.lock().expect("no panic").len(), 10);
        assert_eq!(world.questions.load(Ordering::Relaxed), SILENT_MAX);
    }
}
