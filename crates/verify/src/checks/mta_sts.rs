//! The MTA-STS policy as senders fetch it: STS-H01 to STS-H11, STS-P13, STS-P14, STS-P16, STS-R09.

use std::net::IpAddr;
use std::time::Duration;

use jiff::Timestamp;
use model::rules;
use model::{ShownCertificate, Unseen, Visit};
use standards::dns::{Mx, Name, NoAnswer, RecordType, Resolver};
use standards::mta_sts::{Mode, MtaStsPolicy, check_mx, record_owner};
use standards::{Finding, Severity};

use super::{Absent, Scene};
use crate::Validity;
use crate::notes::Notes;
use crate::public_dns::PublicDns;
use model::Check;

/// Longer than this is not within seconds (STS-H06).
const SECONDS: Duration = Duration::from_secs(5);
/// The longest that a cache in between may keep the policy (STS-H07).
const CACHED_MAX: u32 = 60;
/// Addresses that are visited one by one.
const ADDRESSES_MAX: usize = 16;

pub(crate) async fn check(scene: &Scene<'_>) -> Vec<Check> {
    let Some(planned) = &scene.expected.policy else {
        return Vec::new();
    };
    let Ok(host) = scene.domain().child("mta-sts") else {
        return Vec::new();
    };
    let mut notes = Notes::on(scene.domain());
    let url = format!("https://{host}/.well-known/mta-sts.txt");
    match scene.absent(&host).await {
        None => {}
        Some(Absent::Awaited) => {
            notes.waiting(rules::STS_H01, &url, "no address", None);
            return notes.done();
        }
        Some(Absent::Reported) => {
            notes.skipped(
                rules::STS_H01,
                &url,
                format!("{host} has no address (LIVE-04)"),
            );
            return notes.done();
        }
    }
    match scene.dns.outside().visit(&url, None).await {
        Err(unseen) => {
            let finding = explain(scene.dns, &host, &unseen).await;
            notes.broken(&url, finding);
        }
        Ok(visit) => {
            let mut findings = judge_answer(&visit);
            if findings.is_empty() {
                findings = judge_content(&visit, planned, scene.options.now);
                let elsewhere = check_addresses(scene, &host, &url, planned).await;
                findings.extend(elsewhere);
                check_policy(scene, &visit.body, &mut notes).await;
            }
            let seen = format!("{} bytes, as planned", visit.body.len());
            notes.judge(rules::STS_H01, &url, seen, findings);
        }
    }
    check_delegation(scene, &host, &mut notes).await;
    notes.done()
}

/// STS-R09: a record at somebody else's, and a policy host that is not.
async fn check_delegation(scene: &Scene<'_>, host: &Name, notes: &mut Notes<'_>) {
    let Ok(owner) = record_owner(scene.domain()) else {
        return;
    };
    let alias = scene.dns.lookup(&owner, RecordType::Cname).await;
    let Some(target) = alias.ok().and_then(|alias| alias.into_iter().next()) else {
        return;
    };
    let what = format!("{owner} CNAME");
    let reason = || format!("the record is at {target}, and {host} is no alias");
    let finding =
        (!is_delegated(scene.dns, host).await).then(|| Finding::new(rules::STS_R09, reason()));
    notes.judge(rules::STS_R09, &what, target.clone(), finding);
}

/// The rule that a failed fetch breaks.
pub(crate) async fn explain(dns: &PublicDns<'_>, host: &Name, unseen: &Unseen) -> Finding {
    let reason = unseen.to_string();
    match unseen {
        Unseen::NoTls(_) => Finding::new(rules::STS_H09, reason),
        Unseen::OtherName(_) if is_delegated(dns, host).await => {
            Finding::new(rules::STS_H05, reason)
        }
        Unseen::OtherName(_) | Unseen::Certificate(_) => Finding::new(rules::STS_H03, reason),
        // Senders give up too.
        Unseen::Slow(_) => Finding::new(rules::STS_H06, reason).weighing(Severity::Error),
        Unseen::NotFromHere | Unseen::NoAnswer(_) => Finding::new(rules::STS_H01, reason),
    }
}

/// Whether the policy host is an alias of somebody else's.
async fn is_delegated(dns: &PublicDns<'_>, host: &Name) -> bool {
    let alias = dns.lookup(host, RecordType::Cname).await;
    alias.is_ok_and(|alias| !alias.is_empty())
}

/// The faults for which senders refuse an answer before they read the body.
pub(crate) fn judge_answer(visit: &Visit) -> Vec<Finding> {
    match visit.status {
        200 => Vec::new(),
        300..400 => {
            let target = visit.headers.get("location").map_or("", String::as_str);
            let reason = format!("it answers {} and leads to {target}", visit.status);
            vec![Finding::new(rules::STS_H02, reason)]
        }
        status => vec![Finding::new(rules::STS_H01, format!("it answers {status}"))],
    }
}

fn judge_content(visit: &Visit, planned: &[u8], now: Timestamp) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(judge_media_type(visit));
    if let Some(took) = visit.took.filter(|took| *took > SECONDS) {
        let reason = format!("it took {:.1} seconds", took.as_secs_f32());
        findings.push(Finding::new(rules::STS_H06, reason));
    }
    if let Some(age) = cached_for(visit).filter(|age| *age > CACHED_MAX) {
        let reason = format!("caches may keep it for {age} seconds");
        findings.push(Finding::new(rules::STS_H07, reason));
    }
    if visit.body != planned {
        findings.push(Finding::new(
            rules::STS_H08,
            other_bytes(&visit.body, planned),
        ));
    }
    let certificate = visit.certificate.as_ref();
    findings.extend(certificate.and_then(|shown| judge_certificate(shown, now)));
    findings
}

/// STS-H04: `text/plain`, in a character set that ASCII is part of.
pub(crate) fn judge_media_type(visit: &Visit) -> Option<Finding> {
    let Some(text) = visit.headers.get("content-type") else {
        return Some(Finding::new(rules::STS_H04, "it has no media type"));
    };
    let charset = text.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches('"').to_ascii_lowercase();
        name.trim().eq_ignore_ascii_case("charset").then_some(value)
    });
    let is_ascii = charset.is_none_or(|charset| charset == "utf-8" || charset == "us-ascii");
    let is_plain = visit.media_type().as_deref() == Some("text/plain");
    let reason = || format!("it is served as {text}");
    (!is_plain || !is_ascii).then(|| Finding::new(rules::STS_H04, reason()))
}

/// The seconds for which shared caches may keep the answer.
fn cached_for(visit: &Visit) -> Option<u32> {
    let control = visit.headers.get("cache-control")?.to_ascii_lowercase();
    let directives: Vec<&str> = control.split(',').map(str::trim).collect();
    let seconds = |name: &str| {
        let mut values = directives.iter().filter_map(|one| one.strip_prefix(name));
        values.next()?.parse().ok()
    };
    if directives.contains(&"no-store") || directives.contains(&"no-cache") {
        return Some(0);
    }
    seconds("s-maxage=").or_else(|| seconds("max-age="))
}

fn judge_certificate(shown: &ShownCertificate, now: Timestamp) -> Option<Finding> {
    let validity = Validity {
        not_before: shown.not_before,
        not_after: shown.not_after,
    };
    let reason = || format!("its certificate ends at {}", shown.not_after);
    validity
        .is_nearly_over(now)
        .then(|| Finding::new(rules::STS_H11, reason()))
}

fn other_bytes(body: &[u8], planned: &[u8]) -> String {
    format!(
        "it serves {} bytes that are not the {} planned",
        body.len(),
        planned.len()
    )
}

/// STS-H08 at every address of the host.
async fn check_addresses(
    scene: &Scene<'_>,
    host: &Name,
    url: &str,
    planned: &[u8],
) -> Vec<Finding> {
    let ip4 = scene.dns.a(host).await.unwrap_or_default();
    let ip6 = scene.dns.aaaa(host).await.unwrap_or_default();
    let addresses = ip4.into_iter().map(IpAddr::from);
    let addresses = addresses.chain(ip6.into_iter().map(IpAddr::from));
    let mut findings = Vec::new();
    for address in addresses.take(ADDRESSES_MAX) {
        let reason = match scene.dns.outside().visit(url, Some(address)).await {
            // A machine without IPv6 sees no IPv6 address.
            Err(Unseen::NotFromHere) => continue,
            Err(unseen) => unseen.to_string(),
            Ok(visit) if visit.status != 200 => format!("it answers {}", visit.status),
            Ok(visit) if visit.body != planned => other_bytes(&visit.body, planned),
            Ok(_) => continue,
        };
        findings.push(Finding::new(
            rules::STS_H08,
            format!("at {address} {reason}"),
        ));
    }
    findings
}

/// The policy that is served, against the mail hosts of today.
async fn check_policy(scene: &Scene<'_>, body: &[u8], notes: &mut Notes<'_>) {
    let what = format!("MTA-STS policy of {}", scene.domain());
    let (policy, findings) = MtaStsPolicy::parse(body);
    let Some(policy) = policy else {
        for finding in findings {
            notes.broken(&what, finding);
        }
        return;
    };
    // No answer is reported with the mail hosts.
    let Ok(hosts) = mail_hosts(scene).await else {
        return;
    };
    let seen = format!("mode {}, {} mail hosts", policy.mode(), hosts.len());
    notes.judge(rules::STS_P13, &what, seen, check_mx(&policy, &hosts));
    if policy.mode() == Mode::Enforce {
        check_starttls(scene, &hosts, notes).await;
    }
}

async fn mail_hosts(scene: &Scene<'_>) -> Result<Vec<Name>, NoAnswer> {
    let hosts: Vec<Mx> = scene.dns.mx(scene.domain()).await?;
    Ok(hosts.into_iter().map(|mx| mx.exchange).collect())
}

async fn check_starttls(scene: &Scene<'_>, hosts: &[Name], notes: &mut Notes<'_>) {
    for host in hosts.iter().filter(|host| !host.is_root()) {
        let what = format!("STARTTLS of {host}");
        if !scene.options.smtp {
            notes.skipped(rules::STS_P16, &what, "mail hosts were not asked");
            continue;
        }
        match scene.dns.outside().starttls(host.as_str()).await {
            Ok(shown) => {
                let seen = format!("a certificate until {}", shown.not_after);
                notes.good(rules::STS_P16, &what, seen);
            }
            Err(Unseen::NotFromHere) => {
                notes.skipped(rules::STS_P16, &what, Unseen::NotFromHere.to_string());
            }
            Err(unseen) => notes.broken(&what, Finding::new(rules::STS_P16, unseen.to_string())),
        }
    }
}
