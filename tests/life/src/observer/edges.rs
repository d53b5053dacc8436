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
    /// When it was first seen.
    since: Timestamp,
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
        let modified = modified(answer);
        for one in kept.iter_mut().filter(|one| one.body != body) {
            // The edge that is asked may have gone on with the former file for a while: no edge has fetched
            // that one since its successor was put in its place.
            let changed = modified.filter(|at| (one.since..now).contains(at));
            one.gone = one.gone.or(Some(changed.unwrap_or(now)));
        }
        let known = kept
            .iter()
            .find(|one| one.body == body && one.gone.is_none());
        let since = known.map_or(now, |one| one.since);
        kept.retain(|one| one.body != body);
        kept.retain(is_kept);
        kept.push(Kept {
            body,
            ttl: ttl(answer),
            since,
            gone: None,
        });
        kept.iter().map(|one| one.body.clone()).collect()
    }
}

/// When the file was put where it is.
fn modified(answer: &HttpsAnswer) -> Option<Timestamp> {
    let header = answer.headers.get("last-modified")?.to_str().ok()?;
    Some(jiff::fmt::rfc2822::parse(header).ok()?.timestamp())
}

fn ttl(answer: &HttpsAnswer) -> SignedDuration {
    let header = answer.headers.get("cache-control");
    let header = header.and_then(|value| value.to_str().ok());
    let seconds = header.and_then(|value| value.split_once("max-age=")?.1.parse().ok());
    SignedDuration::from_secs(seconds.unwrap_or(USUAL_TTL))
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, StatusCode};

    use super::*;

    const FILE: (&str, &str) = ("mta-sts.example.com", "/file");

    fn answer(body: &'static str, modified: Option<&str>) -> HttpsAnswer {
        let mut answer = HttpsAnswer {
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            body: body.into(),
        };
        let modified = modified.map(|at| ("last-modified", at));
        for (name, value) in [("cache-control", "max-age=60")]
            .into_iter()
            .chain(modified)
        {
            let value = value.parse().expect("a header");
            answer.headers.insert(name, value);
        }
        answer
    }

    /// The edge that is asked shows a new file at second 50, which was put there at second 10, or nobody
    /// knows when. Others may serve the former one until this second.
    #[track_caller]
    fn check(modified: Option<&str>, until: i64) {
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().expect("a time");
        let at = |second| start + SignedDuration::from_secs(second);
        let world = World::default();
        let mut edges = Edges::default();
        edges.bodies(&world, FILE, &answer("former", None), start);
        let mut count = |second| {
            let answer = answer("new", modified);
            edges.bodies(&world, FILE, &answer, at(second)).len()
        };
        assert_eq!(count(50), 2);
        assert_eq!(count(until - 1), 2);
        assert_eq!(count(until), 1);
    }

    #[test]
    fn an_edge_keeps_what_it_fetched_just_before_the_file_changed() {
        check(Some("Thu, 01 Jan 2026 00:00:10 GMT"), 70);
        check(None, 110);
    }
}
