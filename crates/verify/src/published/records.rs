//! The records that stand for themselves: MX, SPF, DMARC and TLS reporting.

use model::Seen;
use standards::Finding;
use standards::dmarc::discovery::walk;
use standards::dmarc::{self, Dmarc};
use standards::dns::mx::{MxUse, lint_entry, lint_regions, lint_set};
use standards::dns::{Mx, Name, NoAnswer, RecordType, Resolver, Txt};
use standards::spf::lint::{Surroundings, lint_surroundings, lint_values};
use standards::spf::{Spf, survey};
use standards::tls_rpt::{self, TlsRpt};

use super::{no_answer, or_unanswered, texts, unanswered};
use crate::checks::mail_hosts::fault;
use crate::public_dns::PublicDns;

/// Mail hosts that are checked one by one.
const HOSTS_MAX: usize = 30;

/// The mail hosts. There is a reading only when each value is one.
pub(super) async fn mx(dns: &PublicDns<'_>, domain: &Name) -> Seen<Vec<Mx>> {
    let values = match dns.lookup(domain, RecordType::Mx).await {
        Ok(values) => values,
        Err(error) => return unanswered(&error),
    };
    let mut findings = Vec::new();
    let mut hosts = Vec::new();
    for value in &values {
        let (mx, faults) = lint_entry(value);
        hosts.extend(mx);
        findings.extend(faults);
    }
    let used = MxUse {
        domain,
        sends: false,
        has_sts_policy: false,
    };
    findings.extend(lint_set(&hosts, &used));
    findings.extend(lint_regions(domain, &hosts));
    let named = hosts
        .iter()
        .filter(|mx| !mx.is_null() && mx.exchange.is_host());
    for mx in named.take(HOSTS_MAX) {
        let found = fault(dns, &mx.exchange).await;
        findings.extend(found.unwrap_or_else(|error| Some(no_answer(&error))));
    }
    hosts.sort();
    let is_whole = !values.is_empty() && hosts.len() == values.len();
    Seen {
        values,
        read: is_whole.then_some(hosts),
        findings,
        is_answered: true,
    }
}

/// SPF, and what is around it.
#[derive(Default)]
pub(super) struct SeenSpf {
    pub(super) seen: Seen<Spf>,
    pub(super) lookups: Option<usize>,
    pub(super) others: usize,
}

pub(super) async fn spf(dns: &PublicDns<'_>, domain: &Name) -> SeenSpf {
    let all = match dns.txt(domain).await {
        Ok(all) => all,
        Err(error) => {
            let seen = unanswered(&error);
            return SeenSpf {
                seen,
                ..SeenSpf::default()
            };
        }
    };
    let mut findings = lint_values(&all);
    let (ours, beside): (Vec<Txt>, Vec<Txt>) = all.into_iter().partition(Spf::is_record);
    let mut lookups = None;
    let mut read = None;
    if let [one] = ours.as_slice() {
        let (record, faults) = Spf::parse(&one.text());
        findings.extend(faults);
        if let Some(record) = &record {
            let cost = survey(dns, domain, record).await;
            lookups = Some(cost.lookups);
            findings.extend(cost.findings);
            findings.extend(cost.unanswered.iter().map(no_answer));
            let around = Surroundings {
                owner: domain,
                beside: &beside,
                is_parked: false,
                is_dmarc_enforced: false,
            };
            findings.extend(lint_surroundings(record, &around));
        }
        read = record;
    }
    SeenSpf {
        seen: Seen {
            values: ours.iter().map(|value| value.text().into_owned()).collect(),
            read,
            findings,
            is_answered: true,
        },
        lookups,
        others: beside.len(),
    }
}

/// DMARC, the domain's own or that of one above.
#[derive(Default)]
pub(super) struct SeenDmarc {
    pub(super) seen: Seen<Dmarc>,
    pub(super) above: Option<(Name, Dmarc)>,
}

pub(super) async fn dmarc(dns: &PublicDns<'_>, domain: &Name) -> SeenDmarc {
    let Ok(owner) = dmarc::record_owner(domain) else {
        return SeenDmarc::default();
    };
    let mut seen = texts(dns, &owner, Dmarc::among).await;
    if let Some(record) = &seen.read {
        seen.findings.extend(record.lint_at(domain));
        let reports = reports(dns, domain, record).await;
        seen.findings.extend(or_unanswered(reports));
        return SeenDmarc { seen, above: None };
    }
    if !seen.is_answered {
        return SeenDmarc { seen, above: None };
    }
    match walk(dns, domain).await {
        Ok(walk) => {
            let above = walk
                .applies()
                .map(|one| (one.domain.clone(), one.record.clone()));
            SeenDmarc { seen, above }
        }
        Err(error) => {
            seen.findings.push(no_answer(&error));
            seen.is_answered = false;
            SeenDmarc { seen, above: None }
        }
    }
}

async fn reports(
    dns: &PublicDns<'_>,
    domain: &Name,
    record: &Dmarc,
) -> Result<Vec<Finding>, NoAnswer> {
    let mut findings = record.check_report_mail(dns).await?;
    findings.extend(record.check_external_hosts(dns, domain).await?);
    Ok(findings)
}

pub(super) async fn tls_rpt(dns: &PublicDns<'_>, domain: &Name) -> Seen<TlsRpt> {
    let Ok(owner) = tls_rpt::record_owner(domain) else {
        return Seen::default();
    };
    let mut seen = texts(dns, &owner, TlsRpt::among).await;
    if let Some(record) = &seen.read {
        let reports = record.check_report_mail(dns).await;
        seen.findings.extend(or_unanswered(reports));
    }
    seen
}
