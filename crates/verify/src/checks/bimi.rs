//! The logo and the mark certificate as receivers fetch them: BIMI-X08 to BIMI-X10, the rules
//! of both files, VMC-10 and VMC-21; and whether its issuer may renew the certificate: DNS-14.

use model::Visit;
use model::rules;
use sha2::{Digest, Sha256};
use standards::bimi::{MarkCertificate, Svg};
use standards::dmarc::discovery::walk;
use standards::dns::Name;
use standards::dns::caa::{Caa, Certificate, allows, lint_mark};
use standards::{Finding, Severity};

use super::{Absent, Scene, caa, shown, unanswered};
use crate::expected::{File, Mark};
use crate::notes::Notes;
use model::Check;

/// Media types of a mark certificate.
const PEM: [&str; 2] = [
    "application/pem-certificate-chain",
    "application/x-pem-file",
];

pub(crate) async fn check(scene: &Scene<'_>) -> Vec<Check> {
    let mut notes = Notes::on(scene.domain());
    for mark in &scene.expected.marks {
        let logo = check_logo(scene, &mark.logo, &mut notes).await;
        if let Some(file) = &mark.certificate {
            check_certificate(scene, mark, file, logo.as_ref(), &mut notes).await;
        }
    }
    notes.done()
}

/// The file behind `url`, if a receiver gets one.
async fn fetch(scene: &Scene<'_>, url: &str, notes: &mut Notes<'_>) -> Option<Visit> {
    if let Some(host) = host_of(url) {
        match scene.absent(&host).await {
            None => {}
            Some(Absent::Awaited) => {
                notes.waiting(rules::BIMI_X08, url, "no address", None);
                return None;
            }
            Some(Absent::Reported) => {
                notes.skipped(
                    rules::BIMI_X08,
                    url,
                    format!("{host} has no address (LIVE-04)"),
                );
                return None;
            }
        }
    }
    let finding = match scene.dns.outside().visit(url, None).await {
        Err(unseen) => Finding::new(rules::BIMI_X08, unseen.to_string()),
        Ok(visit) if visit.status == 200 => return Some(visit),
        Ok(visit) if (300..400).contains(&visit.status) => {
            let target = visit.headers.get("location").map_or("", String::as_str);
            let reason = format!("it answers {} and leads to {target}", visit.status);
            Finding::new(rules::BIMI_X09, reason)
        }
        Ok(visit) => Finding::new(rules::BIMI_X08, format!("it answers {}", visit.status)),
    };
    notes.broken(url, finding);
    None
}

fn host_of(url: &str) -> Option<Name> {
    let host = url.strip_prefix("https://")?.split(['/', ':']).next()?;
    Name::parse(host).ok()
}

async fn check_logo(scene: &Scene<'_>, file: &File, notes: &mut Notes<'_>) -> Option<Svg> {
    let visit = fetch(scene, &file.url, notes).await?;
    let mut findings = Vec::new();
    findings.extend(judge_type(&visit, &["image/svg+xml"]));
    let is_svgz = visit.body.starts_with(&[0x1f, 0x8b]);
    let encoding = visit.headers.get("content-encoding");
    if is_svgz && encoding.map(String::as_str) != Some("gzip") {
        let reason = "it is compressed, and its content-encoding is not gzip";
        findings.push(Finding::new(rules::BIMI_X10, reason));
    }
    if digest(&visit.body) != file.sha256 {
        let reason = format!("it serves {} bytes that are not planned", visit.body.len());
        findings.push(Finding::new(rules::LIVE_03, reason));
    }
    let (logo, faults) = Svg::parse(&visit.body);
    findings.extend(faults.into_iter().filter(is_error));
    let seen = format!("{} bytes of SVG", visit.body.len());
    notes.judge(rules::BIMI_X08, &file.url, seen, findings);
    logo
}

async fn check_certificate(
    scene: &Scene<'_>,
    mark: &Mark,
    file: &File,
    logo: Option<&Svg>,
    notes: &mut Notes<'_>,
) {
    let Some(visit) = fetch(scene, &file.url, notes).await else {
        return;
    };
    let mut findings = Vec::new();
    findings.extend(judge_type(&visit, &PEM));
    if digest(&visit.body) != file.sha256 {
        let reason = format!("it serves {} bytes that are not planned", visit.body.len());
        findings.push(Finding::new(rules::VMC_21, reason));
    }
    let (certificate, faults) = MarkCertificate::parse(&visit.body);
    findings.extend(faults.into_iter().filter(is_error));
    if let Some(certificate) = &certificate {
        let trust = &scene.options.trust;
        findings.extend(certificate.check_trust(trust));
        findings.extend(logo.and_then(|logo| certificate.check_logo(logo)));
        // Without the domain's records nobody shows a logo, and DMARC's own checks say so.
        if let Ok(walk) = walk(scene.dns, scene.domain()).await {
            let organizational = walk.organizational_domain();
            let selector = &mark.selector;
            findings.extend(certificate.check_domain(scene.domain(), &organizational, selector));
        }
        findings.extend(certificate.check_receivers(trust));
        findings.extend(certificate.check_time(scene.options.now));
        check_issuer(scene, certificate, notes).await;
    }
    let seen = certificate.map_or_else(String::new, |certificate| {
        let who = certificate.organization().unwrap_or("nobody named");
        let until = certificate.not_after();
        format!("a certificate of {who} until {until}")
    });
    notes.judge(rules::VMC_10, &file.url, seen, findings);
}

/// DNS-14. Where the name of the issuer is not known, only that nobody may issue is a fault.
async fn check_issuer(scene: &Scene<'_>, certificate: &MarkCertificate, notes: &mut Notes<'_>) {
    let what = format!("{} CAA issuevmc", scene.domain());
    let records: Vec<Caa> = match caa::deciding(scene, scene.domain()).await {
        Ok(values) => values
            .iter()
            .filter_map(|value| value.parse().ok())
            .collect(),
        Err(error) => return notes.broken(&what, unanswered(&error)),
    };
    let authorities: Vec<String> = records
        .iter()
        .filter(|record| record.tag == "issuevmc")
        .filter_map(|record| Some(record.authority()?.to_string()))
        .collect();
    let finding = match certificate.issuer_in_caa() {
        Some(issuer) => lint_mark(scene.domain(), &records, &issuer),
        None if authorities.is_empty() => {
            let reason = format!(
                "CAA lets nobody issue a mark certificate for {}",
                scene.domain()
            );
            (!allows(&records, Certificate::Mark, &[])).then(|| Finding::new(rules::DNS_14, reason))
        }
        None => {
            let why = "the name of its issuer in CAA records is not known";
            return notes.skipped(rules::DNS_14, &what, why);
        }
    };
    notes.judge(rules::DNS_14, &what, shown(&authorities), finding);
}

/// BIMI-X10.
fn judge_type(visit: &Visit, types: &[&str]) -> Option<Finding> {
    let served = visit.media_type().unwrap_or_default();
    let reason = || match served.as_str() {
        "" => "it has no media type".to_owned(),
        other => format!("it is served as {other}"),
    };
    (!types.contains(&served.as_str())).then(|| Finding::new(rules::BIMI_X10, reason()))
}

fn is_error(finding: &Finding) -> bool {
    finding.severity == Severity::Error
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
