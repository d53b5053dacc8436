//! Worlds with two name servers, and what is asked of them. Time is virtual.

use std::sync::atomic::{AtomicUsize, Ordering};

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
    /// How often it was asked for a delegation.
    delegations: AtomicUsize,
    /// Whether it answers such questions.
    delegates: bool,
}

impl World {
    fn with(servers: [Server; 2]) -> Arc<Self> {
        Arc::new(Self::of(servers))
    }

    fn of(servers: [Server; 2]) -> Self {
        Self {
            published: Mutex::default(),
            asked: Mutex::default(),
            servers: Mutex::new(servers),
            questions: AtomicUsize::new(0),
            delegations: AtomicUsize::new(0),
            delegates: true,
        }
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
        self.delegations.fetch_add(1, Ordering::Relaxed);
        if !self.delegates {
            return future::pending().await;
        }
        let servers = ["ns1.example.net", "ns2.example.net"].map(str::to_owned);
        let is_zone = zone.starts_with("example.");
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
    assert_eq!(world.questions.load(Ordering::Relaxed), 2 * SILENCES_MAX);
    // Both servers are waited for at the same time.
    assert_eq!(began.elapsed().as_secs(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_answer_ends_a_row_of_silences() {
    let world = World::with([Server::Silent; 2]);
    let source = around(&world);
    for _ in 0..2 {
        for _ in 1..SILENCES_MAX {
            ask(&source).await;
        }
        world.become_of([Server::Sound; 2]);
        ask(&source).await;
        world.become_of([Server::Silent; 2]);
    }
    // The silent tries alone went on to the resolver.
    assert_eq!(world.asked().len(), 2 * (SILENCES_MAX - 1));
}

#[tokio::test(start_paused = true)]
async fn a_delegation_is_asked_for_once_a_minute() {
    for delegates in [true, false] {
        let world = World {
            delegates,
            ..World::of([Server::Sound; 2])
        };
        let world = Arc::new(world);
        let source = around(&world);
        let ask_ten = async || {
            for _ in 0..10 {
                ask(&source).await;
            }
            world.delegations.load(Ordering::Relaxed)
        };
        assert_eq!(ask_ten().await, 1, "{delegates}");
        Clock::real().sleep(DELEGATED_FOR).await;
        assert_eq!(ask_ten().await, 2, "{delegates}");
    }
}

#[tokio::test(start_paused = true)]
async fn silences_are_counted_for_each_domain() {
    let world = World::with([Server::Silent; 2]);
    let domains = ["com", "net", "org", "edu"].map(|top| format!("example.{top}"));
    let names = domains
        .each_ref()
        .map(|name| Name::parse(name).expect("a name"));
    let source = AuthorityFirst::new(world.clone(), Clock::real(), names);
    let ask = async |domain: &str| {
        let before = world.questions.load(Ordering::Relaxed);
        let _ = source.lookup(domain, RecordType::Txt).await;
        world.questions.load(Ordering::Relaxed) > before
    };
    for _ in 0..SILENCES_MAX {
        assert!(ask("example.com").await);
    }
    // One domain's servers are out of reach; the next one's are asked, and answer.
    assert!(!ask("example.com").await);
    world.become_of([Server::Sound; 2]);
    assert!(ask("example.net").await);
    world.become_of([Server::Silent; 2]);
    for domain in ["example.net", "example.org", "example.edu"] {
        assert!(ask(domain).await, "{domain}");
    }
    // No server of three domains said anything.
    assert!(!ask("example.net").await);
}
