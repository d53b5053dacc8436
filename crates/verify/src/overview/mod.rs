//! The state of any domain's mail, whoever deployed it: what it publishes, judged by the checks that
//! a deployment of ours is held to, and what to do first.

mod steps;
mod subjects;

use std::collections::BTreeSet;

use model::rules;
use model::{Check, Outside, Overview, Published, Standard, Subject};
use sha2::{Digest, Sha256};
use standards::Finding;
use standards::bimi::Selector;
use standards::dns::Name;
use standards::rules::{Section, section_of};

use crate::expected::{Expected, File, HostedZone, Mark};
use crate::options::Options;
use crate::published::{NothingPublished, published};
use crate::run::verify;

/// Reads what `domain` publishes, and says what receivers and senders make of it.
pub async fn overview(
    domain: &Name,
    outside: &dyn Outside,
    options: &Options,
) -> Result<Overview, NothingPublished> {
    let published = published(domain, outside).await?;
    let checks = verify(&as_published(&published), outside, options).await;
    Ok(judge(&published, &checks))
}

/// The published records as an expectation: the checks of a deployment judge them.
fn as_published(published: &Published) -> Expected {
    let mut expected = Expected::of(published.domain.clone());
    expected.zone = published.zone.as_ref().map(|zone| HostedZone {
        name: zone.name.clone(),
        servers: zone.servers.iter().cloned().collect(),
    });
    let policy = published.policy.values.first();
    expected.policy = policy.map(|text| text.clone().into_bytes());
    let file = |seen: &model::SeenFile| {
        let bytes = seen.bytes.as_ref()?;
        Some(File {
            url: seen.url.clone(),
            sha256: Sha256::digest(bytes).into(),
        })
    };
    let mark = published.logo.as_ref().and_then(file).map(|logo| Mark {
        selector: Selector::default(),
        logo,
        certificate: published.certificate.as_ref().and_then(file),
    });
    expected.marks.extend(mark);
    expected
}

/// The domain's state by standard, and its next steps.
pub(crate) fn judge(published: &Published, checks: &[Check]) -> Overview {
    let mut subjects = subjects::subjects(published, checks);
    add(&mut subjects, checks);
    for subject in &mut subjects {
        subjects::settle(subject);
    }
    Overview {
        domain: published.domain.clone(),
        steps: steps::steps(published, &subjects),
        subjects,
    }
}

/// Adds the findings of checks. What the reading of the records reported is not reported again.
fn add(subjects: &mut [Subject], checks: &[Check]) {
    let findings = || subjects.iter().flat_map(|subject| &subject.findings);
    let known: BTreeSet<String> = findings().map(|one| one.rule.to_string()).collect();
    let is_unseen = |finding: &Finding| finding.is_of(rules::LIVE_02);
    for check in checks {
        let Some(finding) = check.finding() else {
            continue;
        };
        if known.contains(&*finding.rule) {
            continue;
        }
        let standard = standard_of(&finding.rule);
        let subject = subjects.iter_mut().find(|one| one.standard == standard);
        if let Some(subject) = subject.filter(|one| !one.findings.iter().any(is_unseen)) {
            subject.findings.push(finding.clone());
        }
    }
}

/// The standard that a rule is of.
fn standard_of(rule: &str) -> Standard {
    // CAA for mark certificates stands among the rules of DNS.
    if rule == rules::DNS_14.id {
        return Standard::Bimi;
    }
    match section_of(rule) {
        Some(Section::Spf | Section::Ses) => Standard::Spf,
        Some(Section::Dkim) => Standard::Dkim,
        Some(Section::Dmarc) => Standard::Dmarc,
        Some(Section::MtaSts) => Standard::MtaSts,
        Some(Section::TlsRpt) => Standard::TlsRpt,
        Some(Section::Bimi | Section::Logo | Section::MarkCertificate | Section::Receivers) => {
            Standard::Bimi
        }
        Some(Section::Mx) => Standard::Mx,
        Some(Section::Dns) | None => Standard::Dns,
    }
}
