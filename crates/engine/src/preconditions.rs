//! Preconditions: what must be seen from outside just before a call.

use std::time::Duration;

use jiff::Timestamp;
use model::authority::same;
use model::{Outside, PreconditionCheck, ResourceId, Visit};
use standards::Protocol;
use standards::dmarc::Dmarc;
use standards::dns::{Name, RecordType};
use standards::mta_sts::MxPattern;

/// The result of a precondition's check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PreconditionOutcome {
    /// It passes.
    Passed,
    /// Not yet; it may pass by itself. What was seen instead.
    NotYet(String),
    /// Not in this run: people or caches have to do something first. What they have to do.
    Later(String),
    /// It will not pass by itself. What was seen instead.
    Refused(String),
}

/// Checks once, at the time `now`. `changed` tells when a resource was changed last, as the ledger has it.
pub async fn check_precondition(
    outside: &dyn Outside,
    changed: &(dyn Fn(&ResourceId) -> Option<Timestamp> + Send + Sync),
    check: &PreconditionCheck,
    now: Timestamp,
) -> PreconditionOutcome {
    match check {
        PreconditionCheck::NotRead {
            zone,
            servers,
            successors,
            until,
            ..
        } => {
            let former = FormerZone {
                name: zone,
                servers,
                successors,
                until: *until,
            };
            not_read(outside, &former, now).await
        }
        PreconditionCheck::Shown { until } if now < *until => {
            let until = until.strftime("%H:%M:%S UTC");
            PreconditionOutcome::Later(format!(
                "AWS to show what an interrupted run may have made, until {until}"
            ))
        }
        PreconditionCheck::Shown { .. } => PreconditionOutcome::Passed,
        PreconditionCheck::Forgotten { records, seconds } => {
            let times = records.iter().filter_map(changed);
            forgotten(times.max(), Duration::from_secs((*seconds).into()), now)
        }
        PreconditionCheck::Recorded { resource } => PreconditionOutcome::Later(format!(
            "another shard to do {resource}: apply that one, then run this again"
        )),
        PreconditionCheck::Served { url, sha256 } => served(outside, url, sha256, now).await,
        PreconditionCheck::DmarcEnforced { domain } => dmarc_enforced(outside, domain).await,
        PreconditionCheck::MxMatches { domain, patterns } => {
            mx_matches(outside, domain, patterns).await
        }
        PreconditionCheck::MxOffersTls { domain } => mx_offers_tls(outside, domain).await,
    }
}

/// The longest time for which a run waits for resolvers. What is longer is for a later run.
const FORGOTTEN_MAX: Duration = Duration::from_mins(10);

/// Whether resolvers have forgotten what was there before a change, `length` after it.
fn forgotten(changed: Option<Timestamp>, length: Duration, now: Timestamp) -> PreconditionOutcome {
    // Nothing is on record that could have led elsewhere before.
    let Some(until) = changed.map(|changed| changed + length) else {
        return PreconditionOutcome::Passed;
    };
    let text = || {
        let until = until.strftime("%Y-%m-%d %H:%M:%S UTC");
        format!("resolvers to forget where the records led before, until {until}")
    };
    if now >= until {
        PreconditionOutcome::Passed
    } else if length > FORGOTTEN_MAX {
        PreconditionOutcome::Later(text())
    } else {
        PreconditionOutcome::NotYet(text())
    }
}

async fn served(
    outside: &dyn Outside,
    url: &str,
    sha256: &str,
    now: Timestamp,
) -> PreconditionOutcome {
    let visit = match outside.visit(url, None).await {
        Ok(visit) => visit,
        Err(unseen) => {
            return PreconditionOutcome::NotYet(format!("{url} does not answer yet: {unseen}"));
        }
    };
    // A redirect counts as a failure: senders must not follow one (RFC 8461 section 3.3).
    if visit.status != 200 {
        return PreconditionOutcome::NotYet(format!("{url} answers {}", visit.status));
    }
    if model::plan::sha256(&visit.body) != sha256 {
        // An edge of CloudFront can still have the former file.
        return PreconditionOutcome::NotYet(format!("{url} does not return the planned bytes yet"));
    }
    match served_elsewhere_until(&visit) {
        Some(until) if until > now => PreconditionOutcome::NotYet(format!(
            "{url} can return the former file from another edge of the network until {}",
            until.strftime("%H:%M:%S UTC")
        )),
        _ => PreconditionOutcome::Passed,
    }
}

/// Up to which age a former file is waited out. A logo may be an hour old, and nothing depends on its
/// being the newest.
const FORMER_MAX: Duration = Duration::from_mins(5);

/// Until when another edge than the one that was asked may serve the former file: one that fetched it
/// just before it changed keeps it for its `max-age`, and an invalidation reaches edges in any order.
/// A sender that finds the old policy under the new id would keep it for the old policy's `max_age`.
fn served_elsewhere_until(visit: &Visit) -> Option<Timestamp> {
    let modified = jiff::fmt::rfc2822::parse(visit.headers.get("last-modified")?).ok()?;
    let (_, age) = visit.headers.get("cache-control")?.split_once("max-age=")?;
    let age = age.split(',').next()?.trim().parse().ok()?;
    let age = Duration::from_secs(age);
    (age <= FORMER_MAX).then(|| modified.timestamp() + age)
}

/// A zone that a domain has left.
struct FormerZone<'a> {
    name: &'a str,
    servers: &'a [String],
    /// The servers of the zone that takes over, where they are known.
    successors: &'a [String],
    /// Until when a resolver may still ask the old servers, where that is known.
    until: Option<Timestamp>,
}

/// Whether the world has stopped reading a zone with these servers. What it waits for is done by
/// people, or lasts for days, so that no run waits for it.
async fn not_read(
    outside: &dyn Outside,
    former: &FormerZone<'_>,
    now: Timestamp,
) -> PreconditionOutcome {
    let FormerZone {
        name: zone,
        servers,
        successors,
        until,
    } = *former;
    if servers.is_empty() {
        return PreconditionOutcome::Later(format!(
            "somebody to say who reads the old zone of {zone}: its servers are not on record"
        ));
    }
    // Silence of the parent zone is no proof that nobody reads the old one.
    let leads_to = match outside.delegation(zone).await {
        Ok(leads_to) => leads_to,
        Err(error) => {
            return PreconditionOutcome::Later(format!(
                "an answer about where {zone} is delegated to: {error}"
            ));
        }
    };
    let is_old = |server: &String| servers.iter().any(|old| same(old, server));
    if leads_to.iter().any(is_old) {
        let to = match successors {
            [] => "to other servers".to_owned(),
            successors => format!("to {}", successors.join(", ")),
        };
        return PreconditionOutcome::Later(format!(
            "somebody to delegate {zone} {to}; now it leads to {}",
            leads_to.join(", ")
        ));
    }
    match until {
        Some(until) if now >= until => PreconditionOutcome::Passed,
        Some(until) => PreconditionOutcome::Later(format!(
            "resolvers to forget the old servers of {zone}, until {}",
            until.strftime("%Y-%m-%d %H:%M UTC")
        )),
        // The ledger records when the new delegation was first seen; the days count from there.
        None => PreconditionOutcome::Later(format!(
            "resolvers to forget the old servers of {zone}: it was seen to lead elsewhere just now"
        )),
    }
}

async fn dmarc_enforced(outside: &dyn Outside, domain: &str) -> PreconditionOutcome {
    let name = format!("_dmarc.{domain}");
    let values = match outside.lookup(&name, RecordType::Txt).await {
        Ok(values) => values,
        // A resolver that fails now may answer in a moment.
        Err(error) => return PreconditionOutcome::NotYet(error.to_string()),
    };
    let policies: Vec<Dmarc> = values
        .iter()
        .filter(|value| Protocol::Dmarc.recognises(value))
        .filter_map(|value| Dmarc::parse(value).0)
        .collect();
    match policies.as_slice() {
        [policy] if is_enforced(policy) => PreconditionOutcome::Passed,
        [policy] => {
            PreconditionOutcome::NotYet(format!("{name} has `{policy}`, which does not enforce"))
        }
        [] => PreconditionOutcome::NotYet(format!("{name} has no DMARC record in public DNS")),
        // Receivers treat several records as none (RFC 7489 section 6.6.3).
        _ => PreconditionOutcome::Refused(format!(
            "{name} has {} DMARC records, which count as none",
            policies.len()
        )),
    }
}

fn is_enforced(policy: &Dmarc) -> bool {
    standards::bimi::check_dmarc(std::slice::from_ref(policy))
        .iter()
        .all(|finding| finding.severity < standards::Severity::Error)
}

async fn mx_matches(
    outside: &dyn Outside,
    domain: &str,
    patterns: &[String],
) -> PreconditionOutcome {
    let values = match outside.lookup(domain, RecordType::Mx).await {
        Ok(values) => values,
        Err(error) => return PreconditionOutcome::NotYet(error.to_string()),
    };
    let patterns: Vec<MxPattern> = patterns
        .iter()
        .filter_map(|pattern| pattern.parse().ok())
        .collect();
    // `Outside::lookup` gives MX values as `10 host`.
    let hosts = values
        .iter()
        .filter_map(|value| value.split_whitespace().nth(1));
    let outside_policy: Vec<&str> = hosts
        .filter(|host| {
            Name::parse(host)
                .is_ok_and(|host| !patterns.iter().any(|pattern| pattern.matches(&host)))
        })
        .collect();
    if values.is_empty() {
        PreconditionOutcome::NotYet(format!("{domain} has no MX record in public DNS"))
    } else if outside_policy.is_empty() {
        PreconditionOutcome::Passed
    } else {
        PreconditionOutcome::Refused(format!(
            "the policy names no pattern for {}, and senders would refuse to deliver there",
            outside_policy.join(", ")
        ))
    }
}

async fn mx_offers_tls(outside: &dyn Outside, domain: &str) -> PreconditionOutcome {
    let values = match outside.lookup(domain, RecordType::Mx).await {
        Ok(values) => values,
        Err(error) => return PreconditionOutcome::NotYet(error.to_string()),
    };
    for host in values
        .iter()
        .filter_map(|value| value.split_whitespace().nth(1))
    {
        match outside.starttls(host).await {
            Ok(_) => {}
            Err(unseen) => {
                // A sender that enforces does not deliver to a host that fails this (RFC 8461 section 5).
                return PreconditionOutcome::Refused(format!(
                    "{host} shows no valid certificate to STARTTLS: {unseen}"
                ));
            }
        }
    }
    PreconditionOutcome::Passed
}
