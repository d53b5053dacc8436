//! The edge: the deployed configuration, the answers that it keeps, and the origin behind it.
//!
//! There is one edge, where AWS has hundreds: what one viewer made it keep, every viewer gets.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::config::{aliases, behaviors, under};
use super::distribution::Distribution;
use super::invalidations::matches;
use super::kept::Kept;
use super::origin::{self, OriginAnswer};
use super::owned::Owned;
use super::policies::{self, Ttl};
use super::xml::Element;
use crate::acm::Status;
use crate::ca::Leaf;
use crate::cloudfront::Environment;
use crate::s3::Source;

/// How long an error is kept where no custom error response says otherwise, in seconds.
const ERROR_TTL: i64 = 10;

/// A request that reaches the edge.
#[derive(Clone, Copy, Debug)]
pub struct Viewer<'a> {
    /// Whether it came by TLS.
    pub secure: bool,
    /// `GET`, `HEAD`.
    pub method: &'a str,
    /// The host that is asked for.
    pub host: &'a str,
    /// Path and query.
    pub target: &'a str,
    /// The `If-None-Match` header.
    pub if_none_match: Option<&'a str>,
    /// The `If-Modified-Since` header.
    pub if_modified_since: Option<&'a str>,
    /// When it comes.
    pub now: Timestamp,
}

/// The answer to the viewer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Lower case names.
    pub headers: BTreeMap<String, String>,
    /// Empty for `HEAD`.
    pub body: Bytes,
}

/// Whether a host is a bucket's own, which S3 answers for and no distribution.
pub fn is_bucket(host: &str) -> bool {
    origin::bucket_of(host).is_some()
}

/// The distribution that serves a host: one by its own domain name, an alias, a wildcard alias.
pub fn serving<'a>(world: &'a dyn Environment, host: &str) -> Option<&'a Distribution> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let served = || {
        world
            .cloudfront()
            .all()
            .filter_map(|held| Some((held, held.served()?)))
    };
    let own = served().find(|(held, _)| held.domain_name == host);
    let exact = || {
        served().find(|(_, config)| aliases(config).any(|alias| alias.eq_ignore_ascii_case(&host)))
    };
    let wild = || served().find(|(_, config)| aliases(config).any(|alias| under(alias, &host)));
    own.or_else(exact).or_else(wild).map(|(held, _)| held)
}

/// The certificate that a TLS client is shown for a name that no distribution serves.
pub fn default_certificate(world: &dyn Environment, now: Timestamp) -> Option<Leaf> {
    let authority = &world.acm().authority;
    authority.own_leaf(&["*.cloudfront.net".to_owned()], now)
}

/// The certificate for a TLS client that asks for `host`: nothing where no distribution serves it.
pub fn certificate(world: &dyn Environment, host: &str, now: Timestamp) -> Option<Leaf> {
    let authority = &world.acm().authority;
    let host = host.to_ascii_lowercase();
    if is_bucket(&host) {
        // As at AWS, the name of a bucket with dots in it is not covered.
        let (_, endpoint) = host.split_once('.')?;
        return authority.own_leaf(&[format!("*.{endpoint}")], now);
    }
    let distribution = serving(world, &host)?;
    if distribution.domain_name == host {
        return default_certificate(world, now);
    }
    let arn = distribution
        .served()?
        .text_at("ViewerCertificate/ACMCertificateArn");
    let certificate = world.acm().by_arn(arn)?;
    let good = certificate.status == Status::Issued && certificate.covers(&host);
    good.then(|| certificate.served_leaf(authority)).flatten()
}

/// Whether all edges have forgotten what they kept of a path at `since`, because they were told to.
pub fn has_forgotten(
    world: &dyn Environment,
    (host, path): (&str, &str),
    since: Timestamp,
    now: Timestamp,
) -> bool {
    let asked = serving(world, host).map(|held| held.invalidations.iter());
    let mut due = asked
        .into_iter()
        .flatten()
        .filter(|one| one.created_at >= since && one.due <= now);
    due.any(|one| one.paths().any(|pattern| matches(pattern, path)))
}

/// Answers a viewer. What is kept is a part of the world.
pub fn answer(world: &mut dyn Environment, viewer: &Viewer<'_>) -> Answer {
    let serving = serving(world, viewer.host);
    let Some((account, id)) = serving.map(|held| (held.account.clone(), held.id.clone())) else {
        return refusal(
            403,
            "Bad request. We can't connect to the server for this app or website at this time.",
        );
    };
    let owned = Owned {
        account: &account,
        id: &id,
    };
    let Ok(distribution) = world.cloudfront().distribution(owned) else {
        return refusal(403, "Bad request.");
    };
    let Some(config) = distribution.served().cloned() else {
        return refusal(403, "Bad request.");
    };
    if !config.is_true("Enabled") {
        return refusal(403, "The distribution is disabled.");
    }
    let path = viewer.target.split('?').next().unwrap_or("/");
    let behavior = behavior_for(&config, path);
    if let Some(answer) = turned_away(behavior, viewer) {
        return answer;
    }
    let (kept, source) = get(world, owned, &config, path, viewer.now);
    present(&kept, source, behavior, viewer)
}

/// The first cache behavior whose pattern fits, or the default one.
fn behavior_for<'a>(config: &'a Element, path: &str) -> &'a Element {
    let listed = config.items("CacheBehaviors");
    listed
        .iter()
        .find(|behavior| fits(behavior.text_at("PathPattern"), path))
        .or_else(|| behaviors(config).next())
        .unwrap_or(config)
}

/// `*` stands for any characters, `?` for one. A pattern may leave out the first slash.
fn fits(pattern: &str, path: &str) -> bool {
    let pattern = pattern.trim_start_matches('/').as_bytes();
    let path = path.trim_start_matches('/').as_bytes();
    fits_octets(pattern, path)
}

fn fits_octets(pattern: &[u8], path: &[u8]) -> bool {
    match (pattern.split_first(), path.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) => {
            (0..=path.len()).any(|skipped| fits_octets(rest, &path[skipped..]))
        }
        (Some((b'?', pattern)), Some((_, path))) => fits_octets(pattern, path),
        (Some((wanted, pattern)), Some((octet, path))) => {
            wanted == octet && fits_octets(pattern, path)
        }
        _ => false,
    }
}

fn turned_away(behavior: &Element, viewer: &Viewer<'_>) -> Option<Answer> {
    if !viewer.secure {
        match behavior.text_at("ViewerProtocolPolicy") {
            "redirect-to-https" => return Some(redirect(viewer)),
            "https-only" => return Some(refusal(403, "Bad request.")),
            _ => {}
        }
    }
    let allowed = behavior
        .items("AllowedMethods")
        .iter()
        .any(|method| method.text == viewer.method);
    (!allowed).then(|| refusal(403, "This distribution is not configured to allow the HTTP request method that was used for this request."))
}

fn redirect(viewer: &Viewer<'_>) -> Answer {
    let mut answer = refusal(301, "Moved Permanently");
    answer.headers.insert(
        "location".to_owned(),
        format!("https://{}{}", viewer.host, viewer.target),
    );
    answer
        .headers
        .insert("x-cache".to_owned(), "Redirect from cloudfront".to_owned());
    answer
}

/// An answer of CloudFront itself.
fn refusal(status: u16, reason: &str) -> Answer {
    let body = format!(
        "<!DOCTYPE HTML><HTML><HEAD><TITLE>ERROR: The request could not be satisfied</TITLE></HEAD><BODY><H1>{status} ERROR</H1><H2>The request could not be satisfied.</H2>{reason}</BODY></HTML>\n"
    );
    let headers = [
        ("content-type", "text/html"),
        ("server", "CloudFront"),
        ("x-cache", "Error from cloudfront"),
        ("via", VIA),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Answer {
        status,
        headers: BTreeMap::from(headers),
        body: Bytes::from(body),
    }
}

const VIA: &str = "1.1 sandbox.cloudfront.net (CloudFront)";

/// The answer that the edge keeps of a path, fetched if it has none, and how it came by it.
fn get(
    world: &mut dyn Environment,
    owned: Owned<'_>,
    config: &Element,
    path: &str,
    now: Timestamp,
) -> (Kept, &'static str) {
    let Ok(distribution) = world.cloudfront().distribution(owned) else {
        return (Kept::empty(now), "Error");
    };
    let old = distribution.kept.get(path).cloned();
    if let Some(kept) = old.as_ref().filter(|kept| now < kept.until) {
        return (
            kept.clone(),
            if kept.status < 400 { "Hit" } else { "Error" },
        );
    }
    let arn = distribution.arn.clone();
    let source = Source {
        arn: &arn,
        account: owned.account,
    };
    let asked = if path == "/" {
        format!("/{}", config.text_at("DefaultRootObject"))
    } else {
        path.to_owned()
    };
    let mut fetched = from_origin(world, source, config, &asked);
    let custom = custom_error(config, fetched.status);
    let lifetime = match custom {
        Some(custom) => custom
            .text_at("ErrorCachingMinTTL")
            .parse()
            .unwrap_or(ERROR_TTL),
        None if fetched.status >= 400 => ERROR_TTL,
        None => lifetime(
            ttl(behavior_for(config, path)),
            fetched.headers.get("cache-control"),
        ),
    };
    if let Some(custom) = custom.filter(|custom| !custom.text_at("ResponsePagePath").is_empty()) {
        let page = from_origin(world, source, config, custom.text_at("ResponsePagePath"));
        if page.status == 200 {
            let status = custom
                .text_at("ResponseCode")
                .parse()
                .unwrap_or(fetched.status);
            fetched = OriginAnswer { status, ..page };
        }
    }
    let kept = Kept::new(&fetched, now, lifetime);
    if let Ok(distribution) = world.cloudfront_mut().distribution_mut(owned) {
        distribution.kept.remove(path);
        if lifetime > 0 {
            distribution.kept.insert(path.to_owned(), kept.clone());
        }
    }
    let same = old.is_some_and(|old| {
        old.status == 200 && old.headers.get("etag") == kept.headers.get("etag")
    });
    let source = match kept.status {
        400.. => "Error",
        _ if same => "RefreshHit",
        _ => "Miss",
    };
    (kept, source)
}

fn from_origin(
    world: &dyn Environment,
    source: Source<'_>,
    config: &Element,
    path: &str,
) -> OriginAnswer {
    let target = behavior_for(config, path).text_at("TargetOriginId");
    let origin = config
        .items("Origins")
        .iter()
        .find(|origin| origin.text_at("Id") == target);
    origin::fetch(world, source, origin.unwrap_or(config), path)
}

fn custom_error(config: &Element, status: u16) -> Option<&Element> {
    let status = status.to_string();
    config
        .items("CustomErrorResponses")
        .iter()
        .find(|custom| custom.text_at("ErrorCode") == status)
}

fn ttl(behavior: &Element) -> Ttl {
    let number = |field: &str| behavior.text_at(field).parse().unwrap_or_default();
    policies::cache(behavior.text_at("CachePolicyId")).unwrap_or_else(|| Ttl {
        least: number("MinTTL"),
        usual: number("DefaultTTL"),
        most: number("MaxTTL"),
    })
}

/// How many seconds the edge keeps an object (Developer Guide, "Manage how long content stays in the cache").
fn lifetime(ttl: Ttl, cache_control: Option<&String>) -> i64 {
    let Some(header) = cache_control else {
        return ttl.usual.clamp(ttl.least, ttl.most.max(ttl.least));
    };
    let directives: Vec<String> = header
        .split(',')
        .map(|directive| directive.trim().to_ascii_lowercase())
        .collect();
    let seconds = |name: &str| {
        directives
            .iter()
            .find_map(|directive| directive.strip_prefix(name)?.parse::<i64>().ok())
    };
    let never = ["no-cache", "no-store", "private"];
    if directives
        .iter()
        .any(|directive| never.contains(&directive.as_str()))
    {
        return ttl.least;
    }
    let asked = seconds("s-maxage=")
        .or_else(|| seconds("max-age="))
        .unwrap_or(ttl.usual);
    asked.clamp(ttl.least, ttl.most.max(ttl.least))
}

impl Kept {
    fn new(answer: &OriginAnswer, now: Timestamp, lifetime: i64) -> Self {
        Self {
            status: answer.status,
            headers: answer.headers.clone(),
            body: STANDARD.encode(&answer.body),
            since: now,
            until: now + SignedDuration::from_secs(lifetime),
        }
    }

    fn empty(now: Timestamp) -> Self {
        Self {
            status: 403,
            headers: BTreeMap::new(),
            body: String::new(),
            since: now,
            until: now,
        }
    }
}

fn present(kept: &Kept, source: &str, behavior: &Element, viewer: &Viewer<'_>) -> Answer {
    let body = Bytes::from(STANDARD.decode(&kept.body).unwrap_or_default());
    let mut headers = kept.headers.clone();
    headers.insert("x-cache".to_owned(), format!("{source} from cloudfront"));
    headers.insert("via".to_owned(), VIA.to_owned());
    headers.insert("content-length".to_owned(), body.len().to_string());
    if source == "Hit" {
        let age = viewer.now.duration_since(kept.since).as_secs();
        headers.insert("age".to_owned(), age.to_string());
    }
    let added = policies::response_headers(behavior.text_at("ResponseHeadersPolicyId"));
    for (name, value) in added.unwrap_or_default() {
        headers
            .entry((*name).to_owned())
            .or_insert_with(|| (*value).to_owned());
    }
    headers.insert("x-amz-cf-id".to_owned(), request_id(viewer));
    if kept.status == 200 && is_unchanged(kept, viewer) {
        headers.remove("content-length");
        return Answer {
            status: 304,
            headers,
            body: Bytes::new(),
        };
    }
    let body = if viewer.method == "HEAD" {
        Bytes::new()
    } else {
        body
    };
    Answer {
        status: kept.status,
        headers,
        body,
    }
}

/// Whether the viewer has what the edge has. `If-None-Match` says more, and wins (RFC 9110, section
/// 13.2.2).
fn is_unchanged(kept: &Kept, viewer: &Viewer<'_>) -> bool {
    let header = |name: &str| kept.headers.get(name).map(String::as_str);
    if let Some(sent) = viewer.if_none_match {
        return Some(sent) == header("etag");
    }
    let date = |text: &str| {
        let time = jiff::fmt::rfc2822::parse(text).ok()?;
        Some(time.timestamp())
    };
    let modified = header("last-modified").and_then(date);
    let since = viewer.if_modified_since.and_then(date);
    modified
        .zip(since)
        .is_some_and(|(modified, since)| modified <= since)
}

/// The id by which AWS Support finds a request.
fn request_id(viewer: &Viewer<'_>) -> String {
    let seed = format!("{} {} {}", viewer.host, viewer.target, viewer.now);
    base64::engine::general_purpose::URL_SAFE.encode(Sha256::digest(seed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_patterns_have_two_wildcards() {
        let check = |pattern: &str, path: &str, expected: bool| {
            assert_eq!(fits(pattern, path), expected, "{pattern} {path}");
        };
        check("*.svg", "/logo.svg", true);
        check("/images/*", "/images/a/b", true);
        check("images/?.svg", "/images/a.svg", true);
        check("images/?.svg", "/images/ab.svg", false);
        check("*", "/", true);
        check("/a", "/a/b", false);
    }

    #[test]
    fn an_object_is_kept_within_the_bounds_of_the_policy() {
        let optimized = Ttl {
            least: 1,
            usual: 86_400,
            most: 31_536_000,
        };
        let check = |header: Option<&str>, ttl: Ttl, expected: i64| {
            let header = header.map(ToOwned::to_owned);
            assert_eq!(lifetime(ttl, header.as_ref()), expected, "{header:?}");
        };
        check(None, optimized, 86_400);
        check(Some("max-age=300"), optimized, 300);
        check(Some("max-age=0"), optimized, 1);
        check(Some("max-age=300, s-maxage=10"), optimized, 10);
        check(Some("No-Cache"), optimized, 1);
        check(Some("public"), optimized, 86_400);
        check(Some("max-age=99999999"), optimized, 31_536_000);
        let none = Ttl {
            least: 0,
            usual: 0,
            most: 0,
        };
        check(Some("max-age=300"), none, 0);
    }
}
