//! The key behind every DKIM name: DKIM-02 to DKIM-11.

use model::rules;
use standards::dkim::{DkimKey, PublicKey};
use standards::dns::{RecordType, Resolver, Txt};
use standards::{Finding, Severity};

use super::{Scene, records};
use crate::expected::Record;
use crate::notes::Notes;
use model::Check;

pub(crate) async fn check(scene: &Scene<'_>) -> Vec<Check> {
    let mut notes = Notes::on(scene.domain());
    let keys = scene.expected.records.iter().filter(|record| {
        let is_key = record.name.as_str().contains("._domainkey.");
        is_key && matches!(record.rtype, RecordType::Txt | RecordType::Cname)
    });
    for record in keys {
        // What is not live is reported with the records.
        if records::is_live(scene, record).await == Ok(true) {
            check_key(scene, record, &mut notes).await;
        }
    }
    notes.done()
}

async fn check_key(scene: &Scene<'_>, record: &Record, notes: &mut Notes<'_>) {
    let what = format!("key at {}", record.name);
    let values = match scene.dns.txt(&record.name).await {
        Ok(values) => values,
        Err(error) => return notes.broken(&what, super::unanswered(&error)),
    };
    let (key, mut findings) = DkimKey::among(&record.name, &values);
    if values.is_empty() {
        let target = record.values.first().map_or("", String::as_str);
        let reason = format!("its CNAME leads to {target}, where no key is");
        findings.push(Finding::new(rules::DKIM_02, reason));
    }
    // SES signs mail with it, whatever else the key would be good for.
    findings.retain(|finding| !finding.is_of(rules::DKIM_11));
    findings.extend(key.as_ref().and_then(DkimKey::check_mail_signing));
    findings.retain(|finding| {
        let is_intended = finding.is_of(rules::DKIM_04) && is_revoked(record);
        finding.severity >= Severity::Warn && !is_intended
    });
    let seen = key.map_or("no key", |key| match key.key {
        PublicKey::Rsa(_) => "an RSA key",
        PublicKey::Ed25519(_) => "an Ed25519 key",
        PublicKey::Revoked => "revoked, as planned",
    });
    notes.judge(rules::DKIM_04, &what, seen, findings);
}

/// Whether the plan itself revokes the key.
fn is_revoked(record: &Record) -> bool {
    record.values.iter().any(|value| {
        let value = [Txt::new(value.as_bytes())];
        let (key, _) = DkimKey::among(&record.name, &value);
        key.is_some_and(|key| key.key == PublicKey::Revoked)
    })
}
