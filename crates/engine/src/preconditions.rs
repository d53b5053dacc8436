//! Preconditions: what must be seen from outside just before a call.

use model::{Outside, PreconditionCheck};
use standards::Protocol;
use standards::dmarc::Dmarc;
use standards::dns::Name;
use standards::mta_sts::MxPattern;

/// What a precondition saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PreconditionOutcome {
    /// It passes.
    Passed,
    /// Not yet; it may pass by itself. What was seen instead.
    NotYet(String),
    /// It will not pass by itself. What was seen instead.
    Refused(String),
}

/// Looks once.
pub async fn check_precondition(
    outside: &dyn Outside,
    check: &PreconditionCheck,
) -> PreconditionOutcome {
    match check {
        PreconditionCheck::Served { url, sha256 } => served(outside, url, sha256).await,
        PreconditionCheck::DmarcEnforced { domain } => dmarc_enforced(outside, domain).await,
        PreconditionCheck::MxMatches { domain, patterns } => {
            mx_matches(outside, domain, patterns).await
        }
        PreconditionCheck::MxOffersTls { domain } => mx_offers_tls(outside, domain).await,
    }
}

async fn served(outside: &dyn Outside, url: &str, sha256: &str) -> PreconditionOutcome {
    match outside.fetch(url).await {
        Err(reason) => PreconditionOutcome::NotYet(format!("{url} does not answer yet: {reason}")),
        Ok(fetched) if fetched.status != 200 => {
            PreconditionOutcome::NotYet(format!("{url} answers {}", fetched.status))
        }
        Ok(fetched) => {
            if model::plan::sha256(&fetched.body) == sha256 {
                PreconditionOutcome::Passed
            } else {
                PreconditionOutcome::NotYet(format!("{url} does not return the planned bytes yet"))
            }
        }
    }
}

async fn dmarc_enforced(outside: &dyn Outside, domain: &str) -> PreconditionOutcome {
    let name = format!("_dmarc.{domain}");
    let values = match outside.lookup(&name, "TXT").await {
        Ok(values) => values,
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
    let values = match outside.lookup(domain, "MX").await {
        Ok(values) => values,
        Err(error) => return PreconditionOutcome::NotYet(error.to_string()),
    };
    let patterns: Vec<MxPattern> = patterns
        .iter()
        .filter_map(|pattern| pattern.parse().ok())
        .collect();
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
    let values = match outside.lookup(domain, "MX").await {
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
                return PreconditionOutcome::Refused(format!(
                    "{host} shows no valid certificate to STARTTLS: {unseen}"
                ));
            }
        }
    }
    PreconditionOutcome::Passed
}
