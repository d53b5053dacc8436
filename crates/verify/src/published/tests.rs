//! How long reading takes where servers are slow.

use async_trait::async_trait;
use model::{Fetched, NoAnswer, Outside, Unseen, Visit};
use standards::dns::RecordType;
use tokio::time::{Instant, sleep};

use super::*;

/// How long each answer takes: a little less than an observer waits for one.
const SLOW: Duration = Duration::from_secs(9);

/// A domain whose own records are there, and beyond which everything is slow and leads on.
struct Tarpit;

#[async_trait]
impl Outside for Tarpit {
    async fn lookup(&self, name: &str, rtype: RecordType) -> Result<Vec<String>, NoAnswer> {
        if name.trim_end_matches('.') != "example.com" {
            wait(SLOW).await;
        }
        Ok(match (name.trim_end_matches('.'), rtype.as_str()) {
            ("example.com", "MX") => vec!["10 mx.example.net".to_owned()],
            ("example.com", "TXT") => vec!["v=spf1 include:a.example.net ~all".to_owned()],
            (name, "TXT") if name.ends_with("example.net") => {
                vec![format!("v=spf1 include:a.{name} ~all")]
            }
            ("_dmarc.example.com", "TXT") => vec!["v=DMARC1; p=none".to_owned()],
            (_, "A") => vec!["192.0.2.1".to_owned()],
            _ => Vec::new(),
        })
    }

    async fn fetch(&self, _url: &str) -> Result<Fetched, String> {
        wait(SLOW).await;
        Err("nothing came".to_owned())
    }

    async fn visit(&self, _url: &str, _address: Option<std::net::IpAddr>) -> Result<Visit, Unseen> {
        wait(SLOW).await;
        Err(Unseen::Slow(SLOW))
    }
}

#[expect(clippy::disallowed_methods, reason = "the clock of the test is paused")]
async fn wait(time: Duration) {
    sleep(time).await;
}

/// L7: slow answers do not add up.
#[tokio::test(start_paused = true)]
async fn slow_servers_one_after_the_other_are_waited_for_once() {
    let domain = Name::parse("example.com").expect("a name");
    let begun = Instant::now();
    let seen = published(&domain, &Tarpit).await.expect("a domain");
    assert!(begun.elapsed() <= PATIENCE, "{:?}", begun.elapsed());
    assert!(!seen.mx.values.is_empty(), "what was there in time is read");
}
