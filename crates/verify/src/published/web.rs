//! The files on the web: the MTA-STS policy, the logo and its certificate, and whether a
//! certificate can be had for the hosts that will serve them.

use model::rules;
use model::{Published, Seen, SeenFile};
use standards::Finding;
use standards::bimi::{Bimi, HttpsUri};
use standards::dns::questions::deciding_caa;
use standards::dns::{Name, RecordType, Resolver, caa};
use standards::mta_sts::{self, MtaStsPolicy, MtaStsRecord, check_mx};
use standards::tls_rpt::check_presence;

use super::{or_unanswered, texts};
use crate::checks::mta_sts::{explain, judge_answer, judge_media_type};
use crate::public_dns::PublicDns;

/// MTA-STS: the record, the policy, and whose host serves it.
#[derive(Default)]
pub(super) struct SeenSts {
    pub(super) record: Seen<MtaStsRecord>,
    pub(super) policy: Seen<MtaStsPolicy>,
    pub(super) alias: Option<String>,
}

pub(super) async fn mta_sts(dns: &PublicDns<'_>, domain: &Name) -> SeenSts {
    let (Ok(owner), Ok(host)) = (mta_sts::record_owner(domain), domain.child("mta-sts")) else {
        return SeenSts::default();
    };
    let record = texts(dns, &owner, MtaStsRecord::among).await;
    let alias = dns
        .lookup(&host, RecordType::Cname)
        .await
        .unwrap_or_default();
    let is_there = |found: bool| found || !alias.is_empty() || !record.values.is_empty();
    let has_address = dns.a(&host).await.is_ok_and(|found| !found.is_empty());
    let policy = if is_there(has_address) {
        policy(dns, &host).await
    } else {
        Seen::default()
    };
    SeenSts {
        record,
        policy,
        alias: alias.into_iter().next(),
    }
}

async fn policy(dns: &PublicDns<'_>, host: &Name) -> Seen<MtaStsPolicy> {
    let url = format!("https://{host}/.well-known/mta-sts.txt");
    let visit = match dns.outside().visit(&url, None).await {
        Ok(visit) => visit,
        Err(unseen) => {
            let mut finding = explain(dns, host, &unseen).await;
            finding.reason = format!("{url}: {}", finding.reason);
            return Seen {
                findings: vec![finding],
                ..Seen::default()
            };
        }
    };
    let mut findings = judge_answer(&visit);
    for finding in &mut findings {
        finding.reason = format!("{url}: {}", finding.reason);
    }
    if !findings.is_empty() {
        return Seen {
            findings,
            ..Seen::default()
        };
    }
    findings.extend(judge_media_type(&visit));
    let (read, faults) = MtaStsPolicy::parse(&visit.body);
    findings.extend(faults);
    Seen {
        values: vec![String::from_utf8_lossy(&visit.body).into_owned()],
        read,
        findings,
        is_answered: true,
    }
}

/// The policy beside the mail hosts, and reports beside the policy.
pub(super) fn check_hosts(seen: &mut Published) {
    let Some(policy) = &seen.policy.read else {
        return;
    };
    if let Some(mx) = &seen.mx.read {
        let hosts = mx.iter().map(|mx| &mx.exchange);
        seen.policy.findings.extend(check_mx(policy, hosts));
    }
    if seen.tls_rpt.is_absent() {
        let finding = check_presence(true, false, false);
        seen.tls_rpt.findings.extend(finding);
    }
}

/// The assertion record, and the files that it names.
#[derive(Default)]
pub(super) struct SeenBimi {
    pub(super) record: Seen<Bimi>,
    pub(super) logo: Option<SeenFile>,
    pub(super) certificate: Option<SeenFile>,
}

pub(super) async fn bimi(dns: &PublicDns<'_>, domain: &Name) -> SeenBimi {
    let Ok(owner) = domain.child("default._bimi") else {
        return SeenBimi::default();
    };
    let mut record = texts(dns, &owner, Bimi::among).await;
    let (logo, certificate) = match &record.read {
        Some(read) => (read.location().cloned(), read.authority().cloned()),
        None => (None, None),
    };
    let logo = file(dns, logo, &mut record.findings).await;
    let certificate = file(dns, certificate, &mut record.findings).await;
    SeenBimi {
        record,
        logo,
        certificate,
    }
}

async fn file(
    dns: &PublicDns<'_>,
    uri: Option<HttpsUri>,
    findings: &mut Vec<Finding>,
) -> Option<SeenFile> {
    let url = uri?.to_string();
    let (bytes, fault) = match dns.outside().visit(&url, None).await {
        Ok(visit) if visit.status == 200 => (Some(visit.body), None),
        Ok(visit) if (300..400).contains(&visit.status) => {
            let reason = format!("{url} answers {}, and leads elsewhere", visit.status);
            (None, Some(Finding::new(rules::BIMI_X09, reason)))
        }
        Ok(visit) => {
            let reason = format!("{url} answers {}", visit.status);
            (None, Some(Finding::new(rules::BIMI_X08, reason)))
        }
        Err(unseen) => {
            let reason = format!("{url}: {unseen}");
            (None, Some(Finding::new(rules::BIMI_X08, reason)))
        }
    };
    findings.extend(fault);
    Some(SeenFile { url, bytes })
}

/// DNS-13, for the host that will serve the policy: every host below the domain has the same answer,
/// unless it has records of its own.
pub(super) async fn certificate(dns: &PublicDns<'_>, domain: &Name) -> Vec<Finding> {
    let Ok(host) = domain.child("mta-sts") else {
        return Vec::new();
    };
    let records = deciding_caa(dns, &host).await;
    or_unanswered(records.map(|records| Vec::from_iter(caa::lint_host(&host, &records))))
}
