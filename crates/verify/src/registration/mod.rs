//! Until when domains are registered, as their registries tell by RDAP.
//!
//! IANA's list says which server answers for a top-level domain. It is asked once, and each server once for
//! each registered domain: by HTTPS alone, in ten seconds. Who does not answer leaves it unknown.

mod rdap;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures::stream::{self, StreamExt};
use jiff::Timestamp;
use model::{Outside, Visit};
use standards::dns::Name;

use rdap::Servers;

/// IANA's list of the servers (RFC 9224, section 8).
const LIST: &str = "https://data.iana.org/rdap/dns.json";
/// How long an answer may take, with all that it redirects to.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many redirects are followed.
const REDIRECTS: usize = 3;
/// How many questions are on their way at one time.
const AT_ONCE: usize = 8;

/// The end of a registration, or why it is not known.
pub type Registered = Result<Timestamp, String>;

/// Until when each of these is registered. Each is a registered domain, see [`registered_domain`](standards::dns::registered_domain).
pub async fn registrations(
    domains: BTreeSet<Name>,
    outside: &dyn Outside,
) -> BTreeMap<Name, Registered> {
    if domains.is_empty() {
        return BTreeMap::new();
    }
    let servers = match get(LIST, outside).await {
        Ok(visit) => Servers::parse(&visit.body),
        Err(error) => Err(error),
    };
    let servers = match servers {
        Ok(servers) => servers,
        Err(error) => {
            let reason = format!("IANA's list of the registries' servers: {error}");
            let unknown = domains.into_iter();
            return unknown.map(|name| (name, Err(reason.clone()))).collect();
        }
    };
    let silent = Mutex::default();
    let (servers, silent) = (&servers, &silent);
    let asked = stream::iter(domains).map(|domain| async move {
        let registered = ask(&domain, servers, silent, outside).await;
        (domain, registered)
    });
    asked.buffered(AT_ONCE).collect().await
}

/// Asks the server of a domain's registry, unless it did not answer about another one.
async fn ask(
    domain: &Name,
    servers: &Servers,
    silent: &Mutex<BTreeSet<String>>,
    outside: &dyn Outside,
) -> Registered {
    let Some(server) = servers.server_of(domain) else {
        let top = domain.as_str().rsplit('.').next().unwrap_or_default();
        return Err(format!("no registry of .{top} answers by RDAP"));
    };
    let lock = || silent.lock().unwrap_or_else(PoisonError::into_inner);
    if lock().contains(server) {
        return Err(format!("{server} does not answer"));
    }
    let separator = if server.ends_with('/') { "" } else { "/" };
    let visit = get(&format!("{server}{separator}domain/{domain}"), outside).await;
    if visit.is_err() {
        lock().insert(server.to_owned());
    }
    let visit = visit.map_err(|_| format!("{server} does not answer"))?;
    match visit.status {
        200 => rdap::expiration(&visit.body),
        404 => Err(format!("{server} does not know the domain")),
        status => Err(format!("{server} answers {status}")),
    }
}

/// GETs a URL and what it redirects to, by HTTPS and in bounded time.
async fn get(url: &str, outside: &dyn Outside) -> Result<Visit, String> {
    let answer = tokio::time::timeout(PATIENCE, follow(url, outside)).await;
    answer.unwrap_or_else(|_| Err(format!("no answer in {} seconds", PATIENCE.as_secs())))
}

async fn follow(url: &str, outside: &dyn Outside) -> Result<Visit, String> {
    let mut url = url.to_owned();
    for _ in 0..=REDIRECTS {
        let visit = outside.visit(&url, None).await;
        let visit = visit.map_err(|unseen| unseen.to_string())?;
        if !matches!(visit.status, 301 | 302 | 303 | 307 | 308) {
            return Ok(visit);
        }
        url = match visit.headers.get("location") {
            Some(location) if rdap::is_https(location) => location.clone(),
            _ => return Err("it redirects to where no HTTPS is".to_owned()),
        };
    }
    Err(format!("it redirects more than {REDIRECTS} times"))
}

#[cfg(test)]
mod tests;
