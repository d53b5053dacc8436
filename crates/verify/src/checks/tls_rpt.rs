//! The destinations of reports about TLS: RPT-09 and RPT-10. The record itself is checked with the others.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use model::rules;
use model::{Unseen, Visit};
use standards::Finding;
use standards::dns::Resolver;
use standards::mail_uri::{ReportUri, Scheme};
use standards::tls_rpt::{TlsRpt, record_owner};

use super::dmarc::{Judged, judge_to_come};
use super::{Scene, unanswered};
use crate::notes::Notes;
use model::Check;

pub(crate) async fn check(scene: &Scene<'_>) -> Vec<Check> {
    let mut notes = Notes::on(scene.domain());
    let Ok(owner) = record_owner(scene.domain()) else {
        return Vec::new();
    };
    let Ok(values) = scene.dns.txt(&owner).await else {
        return Vec::new();
    };
    let (record, _) = TlsRpt::among(&owner, &values);
    if let Some(record) = record {
        let what = format!("TLS reports of {}", scene.domain());
        match record.check_report_mail(scene.dns).await {
            Ok(findings) => {
                let seen = record.to_string();
                let judged = Judged {
                    rule: rules::RPT_09,
                    what: &what,
                    seen: &seen,
                };
                judge_to_come(scene, judged, findings, &mut notes);
            }
            Err(error) => notes.broken(&what, unanswered(&error)),
        }
        for uri in record
            .rua()
            .iter()
            .filter(|uri| uri.scheme() == Scheme::Https)
        {
            post_report(scene, uri, &mut notes).await;
        }
    }
    notes.done()
}

/// RPT-10, by an empty report in each of the two forms: no session is in it.
async fn post_report(scene: &Scene<'_>, uri: &ReportUri, notes: &mut Notes<'_>) {
    let url = uri.as_str();
    if !scene.options.reports {
        return notes.skipped(rules::RPT_10, url, "no report was sent");
    }
    let report = empty_report(scene);
    let forms = [
        ("application/tlsrpt+gzip", compressed(&report)),
        ("application/tlsrpt+json", report),
    ];
    let mut findings = Vec::new();
    for (media_type, body) in forms {
        match scene.dns.outside().post(url, media_type, &body).await {
            Ok(Visit { status, .. }) if (200..300).contains(&status) => {}
            Ok(Visit { status, .. }) => {
                let reason = format!("it answers {status} to a report as {media_type}");
                findings.push(Finding::new(rules::RPT_10, reason));
            }
            Err(Unseen::NotFromHere) => {
                return notes.skipped(rules::RPT_10, url, Unseen::NotFromHere.to_string());
            }
            Err(unseen) => {
                findings.push(Finding::new(rules::RPT_10, unseen.to_string()));
                break;
            }
        }
    }
    notes.judge(
        rules::RPT_10,
        url,
        "it takes reports in both forms",
        findings,
    );
}

/// A report about nothing (RFC 8460 §4.4).
fn empty_report(scene: &Scene<'_>) -> Vec<u8> {
    let (domain, now) = (scene.domain(), scene.options.now);
    let id = format!("verify-{}", now.as_second());
    format!(
        r#"{{"organization-name":"deploy verify","date-range":{{"start-datetime":"{now}","end-datetime":"{now}"}},"contact-info":"postmaster@{domain}","report-id":"{id}","policies":[]}}"#
    )
    .into_bytes()
}

fn compressed(report: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // Memory takes all.
    let written = encoder.write_all(report).and_then(|()| encoder.finish());
    written.unwrap_or_default()
}
