//! The published state of a domain's mail, read and judged as receivers would.

mod records;
mod senders;
mod web;

use std::time::Duration;

use futures::future::join_all;
use futures::join;
use model::rules;
use model::{Outside, Published, Seen};
use standards::Finding;
use standards::dns::{Name, NoAnswer, RecordType, Txt};

use crate::InTime;
use crate::public_dns::PublicDns;

/// How long the whole reading may take: a record can name many hosts, each slow.
const PATIENCE: Duration = Duration::from_mins(1);
/// The types of records that show that a name exists.
const TYPES: [RecordType; 6] = [
    RecordType::Ns,
    RecordType::Soa,
    RecordType::Mx,
    RecordType::Txt,
    RecordType::A,
    RecordType::Aaaa,
];

/// Why there is nothing to read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NothingPublished {
    /// DNS has no record at the domain's name.
    #[error(
        "DNS has nothing at {0}: no mail host, no text, no address, no name server; look at the spelling, or whether the domain is registered"
    )]
    NoSuchDomain(Name),
    /// DNS did not answer, so that whatever was written would be a guess.
    #[error("what {domain} publishes can't be seen")]
    NoAnswer {
        /// The domain.
        domain: Name,
        /// The question, and the reason why there was no answer.
        source: NoAnswer,
    },
}

/// Reads what `domain` publishes.
pub async fn published(
    domain: &Name,
    outside: &dyn Outside,
) -> Result<Published, NothingPublished> {
    let outside = InTime::new(outside, PATIENCE);
    let dns = PublicDns::new(&outside);
    if !exists(&dns, domain).await? {
        return Err(NothingPublished::NoSuchDomain(domain.clone()));
    }
    let mut seen = Published::of(domain.clone());
    seen.exists = true;
    let (zone, mx, spf, dmarc) = join!(
        senders::zone(&dns, domain),
        records::mx(&dns, domain),
        records::spf(&dns, domain),
        records::dmarc(&dns, domain),
    );
    let (tls_rpt, mta_sts, bimi) = join!(
        records::tls_rpt(&dns, domain),
        web::mta_sts(&dns, domain),
        web::bimi(&dns, domain),
    );
    let (keys, tokens, mail_from, certificate) = join!(
        senders::keys(&dns, domain),
        senders::tokens(&dns, domain),
        senders::mail_from(&dns, domain),
        web::certificate(&dns, domain),
    );
    seen.zone = zone;
    seen.mx = mx;
    seen.spf = spf.seen;
    seen.spf_lookups = spf.lookups;
    seen.other_texts = spf.others;
    seen.dmarc = dmarc.seen;
    seen.dmarc_above = dmarc.above;
    seen.tls_rpt = tls_rpt;
    seen.mta_sts = mta_sts.record;
    seen.policy = mta_sts.policy;
    seen.policy_alias = mta_sts.alias;
    seen.bimi = bimi.record;
    seen.logo = bimi.logo;
    seen.certificate = bimi.certificate;
    seen.keys = keys.keys;
    seen.key_findings = keys.findings;
    seen.ses_tokens = tokens;
    seen.mail_from = mail_from;
    seen.certificate_findings = certificate;
    web::check_hosts(&mut seen);
    Ok(seen)
}

/// Whether anything is at the name. An answer counts; a failure does only where nothing else answers.
async fn exists(dns: &PublicDns<'_>, domain: &Name) -> Result<bool, NothingPublished> {
    // Side by side: a resolver that is not there is waited for once.
    let asked = TYPES.map(|rtype| dns.lookup(domain, rtype));
    let mut failure = None;
    for answer in join_all(asked).await {
        match answer {
            Ok(values) if !values.is_empty() => return Ok(true),
            Ok(_) => {}
            Err(error) => failure = Some(error),
        }
    }
    match failure {
        None => Ok(false),
        Some(source) => Err(NothingPublished::NoAnswer {
            domain: domain.clone(),
            source,
        }),
    }
}

/// A subject that could not be checked.
fn unanswered<T>(error: &NoAnswer) -> Seen<T> {
    Seen {
        findings: vec![no_answer(error)],
        is_answered: false,
        ..Seen::default()
    }
}

fn no_answer(error: &NoAnswer) -> Finding {
    Finding::new(rules::LIVE_02, error.to_string())
}

/// The findings of a look-up, or that it had no answer.
fn or_unanswered(findings: Result<Vec<Finding>, NoAnswer>) -> Vec<Finding> {
    findings.unwrap_or_else(|error| vec![no_answer(&error)])
}

/// The texts at a name, read by `among`.
async fn texts<T>(
    dns: &PublicDns<'_>,
    owner: &Name,
    among: impl FnOnce(&Name, &[Txt]) -> (Option<T>, Vec<Finding>),
) -> Seen<T> {
    match dns.lookup(owner, RecordType::Txt).await {
        Err(error) => unanswered(&error),
        Ok(values) => {
            let texts: Vec<Txt> = values
                .iter()
                .map(|value| Txt::new(value.as_bytes()))
                .collect();
            let (read, findings) = if texts.is_empty() {
                (None, Vec::new())
            } else {
                among(owner, &texts)
            };
            Seen {
                values,
                read,
                findings,
                is_answered: true,
            }
        }
    }
}

#[cfg(test)]
mod tests;
