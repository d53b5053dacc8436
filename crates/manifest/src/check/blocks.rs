//! Blocks: what each needs, what each excludes, and the limits of its numbers.

use crate::acceptance::Acceptance;
use crate::domain::Domain;
use crate::mail::{MtaSts, Spf};
use crate::manifest::{Ledger, Manifest, S3Ledger};
use crate::path;
use crate::position::{Located, Position};
use crate::report::Report;
use crate::values::{Period, RuleId};
use model::rules;

use super::domains;

/// RFC 8461 section 3.2.
const MAX_AGE_SECONDS_MAX: u64 = 31_557_600;
/// RFC 2181 section 8, and Route 53.
const TTL_SECONDS_MAX: u64 = 2_147_483_647;
/// S3, CloudFront and ACM take 50; a few are ours.
const TAGS_MAX: usize = 40;

/// MAN-06 and MAN-18: the ledger's folder is inside the tree, and the key of its bucket is of the bucket's region.
pub(super) fn ledger(manifest: &Manifest, report: &mut Report) {
    match &manifest.ledger.value {
        Ledger::Path(folder) => {
            if let Err(reason) = path::resolve(&folder.position.source.path, folder.as_str()) {
                report.add(rules::MAN_06, &folder.position, reason, path::FIX);
            }
        }
        Ledger::S3(s3) => key_of_the_ledger(s3, report),
    }
}

/// S3 User Guide, "Using server-side encryption with AWS KMS keys": the key is in the bucket's region. It may be
/// another account's.
fn key_of_the_ledger(s3: &S3Ledger, report: &mut Report) {
    let key = s3.kms_key.as_ref();
    if let Some(key) = key.filter(|key| key.region() != s3.region.as_str()) {
        let reason = format!(
            "the key is in {}, and the bucket in {}: S3 encrypts with keys of the bucket's region only",
            key.region(),
            s3.region.as_str()
        );
        let fix = "name a key of the bucket's region";
        report.add(rules::MAN_18, &key.position, reason, fix);
    }
}

/// MAN-12, MAN-18 and STS-H10: what is served has a host, and the host's certificate can be used by CloudFront.
pub(super) fn hosting(manifest: &Manifest, report: &mut Report) {
    for (name, domain) in domains(manifest) {
        if let Some(hosting) = &domain.hosting {
            let Some(arn) = &hosting.certificate else {
                continue;
            };
            let parts: Vec<&str> = arn.as_str().split(':').collect();
            let account = manifest
                .account(&hosting.account)
                .map(|account| account.id.as_str());
            let fault = match parts[..] {
                [_, _, service, ..] if service != "acm" => {
                    Some((rules::MAN_18, "it is not an ACM certificate".to_owned()))
                }
                [_, _, _, region, ..] if region != "us-east-1" => Some((
                    rules::STS_H10,
                    format!(
                        "CloudFront takes certificates from us-east-1 only, this one is in {region}"
                    ),
                )),
                [_, _, _, _, owner, ..] if account.is_some_and(|id| id != owner) => Some((
                    rules::MAN_18,
                    format!(
                        "it is of account {owner}, and the distribution of `{}`",
                        hosting.account
                    ),
                )),
                _ => None,
            };
            if let Some((rule, reason)) = fault {
                let fix = "name a certificate of us-east-1 in the hosting account, or take the key out and let one be requested";
                report.add(rule, &arn.position, reason, fix);
            }
            continue;
        }
        let bimi = domain.bimi.as_ref().filter(|bimi| !bimi.decline.value);
        let needy = [
            ("bimi", bimi.map(|bimi| &bimi.position)),
            (
                "mta_sts",
                domain.mta_sts.as_ref().map(|mta_sts| &mta_sts.position),
            ),
        ];
        for (block, position) in needy {
            if let Some(position) = position {
                report.add(
                    rules::MAN_12,
                    position,
                    format!("`{block}` of {name} needs a host to serve its file, and there is no `hosting`"),
                    "add `hosting: { account: …, region: … }` to the domain",
                );
            }
        }
    }
}

/// MAN-13 and MAN-14: BIMI shows a logo, or declines.
pub(super) fn bimi(manifest: &Manifest, report: &mut Report) {
    for (_, domain) in domains(manifest) {
        let Some(bimi) = &domain.bimi else { continue };
        let logo = bimi.logo.as_ref().map(|logo| &logo.position);
        let certificate = bimi
            .certificate
            .as_ref()
            .map(|certificate| &certificate.position);
        if bimi.decline.value {
            let keys = [("logo", logo), ("certificate", certificate)];
            excluded(report, "`decline: true` says that there is no logo", &keys);
        } else if logo.is_none() {
            report.add(
                rules::MAN_13,
                &bimi.position,
                "the key `logo` is missing",
                "add `logo: FILE`, or say `decline: true`",
            );
        }
    }
}

/// MAN-13 and MAN-14: an MTA-STS policy is a file, or is made from keys.
pub(super) fn mta_sts(manifest: &Manifest, report: &mut Report) {
    for (_, domain) in domains(manifest) {
        let Some(located) = &domain.mta_sts else {
            continue;
        };
        let MtaSts {
            mode,
            max_age,
            mx,
            policy,
        } = &located.value;
        if policy.is_some() {
            let keys = [
                ("mode", mode.as_ref().map(|mode| &mode.position)),
                ("max_age", max_age.as_ref().map(|max_age| &max_age.position)),
                ("mx", mx.first().map(|mx| &mx.position)),
            ];
            excluded(report, "the policy is a file that says all", &keys);
        } else if mode.is_none() {
            report.add(
                rules::MAN_13,
                &located.position,
                "the key `mode` is missing",
                "add `mode: testing`, or name a file with `policy`",
            );
        }
    }
}

/// MAN-13 and MAN-14 for SPF and TLS reporting.
pub(super) fn policies(manifest: &Manifest, report: &mut Report) {
    for (_, domain) in domains(manifest) {
        if let Some(spf) = &domain.spf {
            spf_record(spf, report);
        }
        if let Some(tls_rpt) = domain
            .tls_rpt
            .as_ref()
            .filter(|tls_rpt| tls_rpt.rua.is_empty())
        {
            report.add(
                rules::MAN_13,
                &tls_rpt.position,
                "`rua` is missing or empty, and reports would go nowhere",
                "add `rua: [mailto:…]`",
            );
        }
    }
}

fn spf_record(spf: &Spf, report: &mut Report) {
    if spf.record.is_none() {
        return;
    }
    let first = |list: &[Located<_>]| list.first().map(|item| item.position.clone());
    let Spf {
        include,
        ip4,
        ip6,
        a,
        mx,
        exists,
        redirect,
        all,
        record: _,
    } = spf;
    let keys = [
        ("include", first(include)),
        ("ip4", first(ip4)),
        ("ip6", first(ip6)),
        ("a", first(a)),
        ("mx", first(mx)),
        ("exists", first(exists)),
        (
            "redirect",
            redirect.as_ref().map(|redirect| redirect.position.clone()),
        ),
        ("all", all.as_ref().map(|all| all.position.clone())),
    ];
    let keys = keys
        .each_ref()
        .map(|(key, position)| (*key, position.as_ref()));
    excluded(report, "`record` is the whole SPF record", &keys);
}

/// Reports the keys that are there although another says it all.
fn excluded(report: &mut Report, why: &str, keys: &[(&str, Option<&Position>)]) {
    for (key, position) in keys {
        if let Some(position) = position {
            let reason = format!("{why}, so `{key}` would be ignored");
            report.add(
                rules::MAN_14,
                position,
                reason,
                format!("take `{key}` out, or the other"),
            );
        }
    }
}

/// MAN-04: numbers within what the standards and AWS take.
pub(super) fn limits(manifest: &Manifest, report: &mut Report) {
    for (_, domain) in domains(manifest) {
        ttl(&domain.ttl, report);
        if let Some(hosting) = &domain.hosting {
            let retention = &hosting.log_retention;
            if retention.seconds == 0 || !retention.seconds.is_multiple_of(86_400) {
                report.add(
                    rules::MAN_04,
                    &retention.position,
                    format!("S3 keeps logs for whole days, `{retention}` is not"),
                    "write days, such as `90d`",
                );
            }
        }
        let max_age = domain
            .mta_sts
            .as_ref()
            .and_then(|mta_sts| mta_sts.max_age.as_ref());
        if let Some(max_age) = max_age.filter(|max_age| max_age.seconds > MAX_AGE_SECONDS_MAX) {
            let reason = format!("`{max_age}` is longer than the year that senders keep a policy");
            report.add(
                rules::STS_P04,
                &max_age.position,
                reason,
                "write at most `365d`",
            );
        }
        tags(domain, report);
    }
    if let Some(parked) = manifest.parked.values().next() {
        ttl(&parked.ttl, report);
    }
}

fn ttl(ttl: &Located<Period>, report: &mut Report) {
    if ttl.seconds == 0 || ttl.seconds > TTL_SECONDS_MAX {
        let reason = format!("a time to live of `{ttl}` is outside of 1s to {TTL_SECONDS_MAX}s");
        report.add(
            rules::MAN_04,
            &ttl.position,
            reason,
            "write a time such as `1h`",
        );
    }
}

fn tags(domain: &Domain, report: &mut Report) {
    if let Some((_, tag)) = domain.tags.get_index(TAGS_MAX) {
        let reason = format!(
            "these are {} tags, and AWS takes 50 with ours",
            domain.tags.len()
        );
        report.add(
            rules::MAN_04,
            &tag.position,
            reason,
            format!("keep at most {TAGS_MAX}"),
        );
    }
}

/// MAN-19: what stops the manifest from being carried out can't be accepted.
pub(super) fn accept(manifest: &Manifest, report: &mut Report) {
    let of_domains = domains(manifest).flat_map(|(_, domain)| &domain.accept);
    let of_parked = manifest.parked.values().flat_map(|parked| &parked.accept);
    for (rule, acceptance) in of_domains.chain(of_parked) {
        accept_one(rule, acceptance, report);
    }
}

fn accept_one(rule: &RuleId, acceptance: &Located<Acceptance>, report: &mut Report) {
    if rule.as_str().starts_with("MAN-") {
        let text = format!("`{rule}` is about the manifest itself and can't be accepted");
        report.add(
            rules::MAN_19,
            &acceptance.position,
            text,
            "fix the finding, and take this out",
        );
    }
}
