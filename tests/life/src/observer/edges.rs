//! The edges of the network that serves files. AWS has hundreds: each keeps what it fetched, and goes
//! on serving it when the file has changed, until it has expired or an invalidation is through.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use sandbox::cloudfront::edge;
use sandbox::web::HttpsAnswer;
use sandbox::world::World;

/// How long an edge keeps a file that does not say how long (CloudFront's `CachingOptimized`).
const USUAL_TTL: i64 = 86_400;

/// The former files that some edge still serves, by host and path.
#[derive(Debug, Default)]
pub(super) struct Edges(BTreeMap<(String, String), Vec<Kept>>);

#[derive(Debug)]
struct Kept {
    body: Vec<u8>,
    ttl: SignedDuration,
    /// Since when the file is another one: an edge can have fetched this one just before.
    gone: Option<Timestamp>,
}

impl Edges {
    /// Nobody who fetches now is given a file.
    pub(super) fn lost(&mut self, (host, path): (&str, &str), now: Timestamp) {
        let key = (host.to_owned(), path.to_owned());
        for one in self.0.get_mut(&key).into_iter().flatten() {
            one.gone = one.gone.or(Some(now));
        }
    }

    /// The files that some edge serves now, where one that fetches now is given `answer`; that one is
    /// the last.
    pub(super) fn bodies(
        &mut self,
        world: &World,
        (host, path): (&str, &str),
        answer: &HttpsAnswer,
        now: Timestamp,
    ) -> Vec<Vec<u8>> {
        let key = (host.to_owned(), path.to_owned());
        let kept = self.0.entry(key).or_default();
        let is_kept = |one: &Kept| {
            one.gone.is_none_or(|gone| {
                now < gone + one.ttl && !edge::has_forgotten(world, (host, path), gone, now)
            })
        };
        kept.retain(is_kept);
        let body = answer.body.to_vec();
        for one in kept.iter_mut().filter(|one| one.body != body) {
            one.gone = one.gone.or(Some(now));
        }
        kept.retain(|one| one.body != body);
        kept.push(Kept {
            body,
            ttl: ttl(answer),
            gone: None,
        });
        kept.iter().map(|one| one.body.clone()).collect()
    }
}

fn ttl(answer: &HttpsAnswer) -> SignedDuration {
    let header = answer.headers.get("cache-control");
    let header = header.and_then(|value| value.to_str().ok());
    let seconds = header.and_then(|value| value.split_once("max-age=")?.1.parse().ok());
    SignedDuration::from_secs(seconds.unwrap_or(USUAL_TTL))
}
