//! Registries that answer, redirect and are silent.

use std::net::IpAddr;

use async_trait::async_trait;
use model::{Fetched, NoAnswer, Unseen};
use standards::dns::RecordType;

use super::*;

const SERVERS: &str = r#"{ "services": [
    [["com"], ["https://com.example/v1"]],
    [["net"], ["https://net.example/"]],
    [["dev"], ["https://silent.example/"]]
] }"#;
const ENDS: &str =
    r#"{ "events": [{ "eventAction": "expiration", "eventDate": "2027-03-01T00:00:00Z" }] }"#;

/// Web servers by URL, and the questions that they got.
#[derive(Default)]
struct World {
    pages: BTreeMap<String, Visit>,
    asked: Mutex<Vec<String>>,
}

impl World {
    fn new() -> Self {
        let mut world = Self::default();
        world.answer(LIST, 200, SERVERS);
        world
    }

    fn answer(&mut self, url: &str, status: u16, body: &str) {
        let page = Visit {
            status,
            body: body.as_bytes().to_vec(),
            ..Visit::default()
        };
        self.pages.insert(url.to_owned(), page);
    }

    fn redirect(&mut self, url: &str, location: &str) {
        self.answer(url, 302, "");
        let page = self.pages.get_mut(url).expect("it was put there");
        page.headers
            .insert("location".to_owned(), location.to_owned());
    }

    async fn registered(&self, domains: &[&str]) -> Vec<Registered> {
        let names = domains.iter().map(|text| text.parse().expect("a name"));
        let mut found = registrations(names.collect(), self).await;
        let found = domains.iter().map(|text| {
            let name: Name = text.parse().expect("a name");
            found.remove(&name).expect("an answer")
        });
        found.collect()
    }

    fn count(&self, text: &str) -> usize {
        let asked = self.asked.lock().expect("one thread");
        asked.iter().filter(|url| url.contains(text)).count()
    }
}

#[async_trait]
impl Outside for World {
    async fn lookup(&self, _name: &str, _rtype: RecordType) -> Result<Vec<String>, NoAnswer> {
        panic!("registries are not asked by DNS")
    }

    async fn fetch(&self, url: &str) -> Result<Fetched, String> {
        panic!("they are visited: {url}")
    }

    async fn visit(&self, url: &str, _address: Option<IpAddr>) -> Result<Visit, Unseen> {
        self.asked.lock().expect("one thread").push(url.to_owned());
        if url.contains("silent") {
            std::future::pending::<()>().await;
        }
        let nothing = || Unseen::NoAnswer("connection refused".to_owned());
        self.pages.get(url).cloned().ok_or_else(nothing)
    }
}

fn end() -> Timestamp {
    "2027-03-01T00:00:00Z".parse().expect("a time")
}

fn unknown(found: &Registered, reason: &str) {
    let error = found.as_ref().expect_err("unknown");
    assert!(error.contains(reason), "{error}");
}

#[tokio::test(start_paused = true)]
async fn each_registry_is_asked_once_for_a_domain() {
    let mut world = World::new();
    world.answer("https://com.example/v1/domain/example.com", 200, ENDS);
    world.redirect(
        "https://net.example/domain/example.net",
        "https://com.example/v1/domain/example.com",
    );
    world.answer("https://com.example/v1/domain/other.com", 404, "");
    world.answer("https://com.example/v1/domain/busy.com", 429, "");
    let domains = [
        "example.com",
        "example.net",
        "other.com",
        "busy.com",
        "example.io",
    ];
    let found = world.registered(&domains).await;
    assert_eq!(found[..2], [Ok(end()), Ok(end())]);
    unknown(&found[2], "does not know the domain");
    unknown(&found[3], "answers 429");
    unknown(&found[4], "no registry of .io answers");
    assert_eq!(world.count("data.iana.org"), 1);
    assert_eq!(world.count("other.com"), 1);
}

#[tokio::test(start_paused = true)]
async fn nobody_is_sent_to_where_no_https_is() {
    let mut world = World::new();
    let url = "https://net.example/domain/example.net";
    world.redirect(url, "http://net.example/plain");
    unknown(
        &world.registered(&["example.net"]).await[0],
        "does not answer",
    );
    assert_eq!(world.count("plain"), 0);
    world.redirect(url, url);
    unknown(
        &world.registered(&["example.net"]).await[0],
        "does not answer",
    );
}

#[tokio::test(start_paused = true)]
async fn who_is_silent_once_is_not_asked_for_the_rest() {
    let world = World::new();
    let domains: Vec<String> = (0..40)
        .map(|number| format!("example{number}.dev"))
        .collect();
    let domains: Vec<&str> = domains.iter().map(String::as_str).collect();
    let start = tokio::time::Instant::now();
    for found in world.registered(&domains).await {
        unknown(&found, "does not answer");
    }
    assert_eq!(start.elapsed(), PATIENCE);
    assert_eq!(world.count("silent"), AT_ONCE);
}

#[tokio::test(start_paused = true)]
async fn without_the_list_nothing_is_known_and_nobody_else_is_asked() {
    let world = World::default();
    unknown(&world.registered(&["example.com"]).await[0], "IANA's list");
    assert_eq!(world.count("example.com"), 0);
    let mut world = World::new();
    world.answer(LIST, 200, "<html>");
    unknown(&world.registered(&["example.com"]).await[0], "IANA's list");
    world.answer(LIST, 503, "");
    unknown(&world.registered(&["example.com"]).await[0], "IANA's list");
    assert!(world.registered(&[]).await.is_empty());
}
