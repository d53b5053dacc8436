//! DANE between mail servers (RFC 7672): DANE-01.

use model::rules;
use standards::Finding;
use standards::dns::{Mx, Name, RecordType, Resolver, Tlsa};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::{Scene, shown};
use crate::notes::Notes;
use model::{Check, Unseen};

/// Mail hosts that are checked one by one.
const HOSTS_MAX: usize = 30;

pub(crate) async fn check(scene: &Scene<'_>) -> Vec<Check> {
    let mut notes = Notes::on(scene.domain());
    // What is wrong with the MX itself is reported with the mail hosts.
    let hosts: Vec<Mx> = scene.dns.mx(scene.domain()).await.unwrap_or_default();
    for mx in hosts.iter().filter(|mx| !mx.is_null()).take(HOSTS_MAX) {
        check_host(scene, &mx.exchange, &mut notes).await;
    }
    notes.done()
}

async fn check_host(scene: &Scene<'_>, host: &Name, notes: &mut Notes<'_>) {
    let Ok(owner) = host.child("_25._tcp") else {
        return;
    };
    let what = format!("{owner} TLSA");
    let finding = |reason: String| Finding::new(rules::DANE_01, reason);
    let values = match scene.dns.lookup(&owner, RecordType::Tlsa).await {
        Ok(values) if values.is_empty() => {
            return notes.good(rules::DANE_01, &what, "no TLSA record");
        }
        Ok(values) => values,
        // Senders ask for TLSA where the zone is signed, and defer the mail without an answer.
        Err(error) if is_signed(scene, host).await => {
            return notes.broken(&what, finding(format!("no answer: {}", error.reason)));
        }
        Err(error) => return notes.skipped(rules::DANE_01, &what, error.reason),
    };
    if !is_signed(scene, host).await {
        let reason = format!("the zone of {host} is not signed, so that nobody heeds the record");
        return notes.broken(&what, finding(reason));
    }
    let usable: Vec<Tlsa> = values
        .iter()
        .filter_map(|value| value.parse().ok())
        .filter(Tlsa::is_usable)
        .collect();
    if usable.is_empty() {
        let reason = format!("no sender of mail can use {}", shown(&values));
        return notes.broken(&what, finding(reason));
    }
    if !scene.options.smtp {
        return notes.skipped(rules::DANE_01, &what, "mail hosts were not asked");
    }
    match scene.dns.outside().mail_certificates(host.as_str()).await {
        Err(Unseen::NotFromHere) => {
            notes.skipped(rules::DANE_01, &what, Unseen::NotFromHere.to_string());
        }
        Err(unseen) => notes.broken(&what, finding(unseen.to_string())),
        Ok(chain) => {
            let matches = usable.iter().any(|record| is_shown(record, &chain));
            let reason = || {
                format!(
                    "{host} shows none of the certificates in {}",
                    shown(&values)
                )
            };
            let wrong = (!matches).then(|| finding(reason()));
            notes.judge(rules::DANE_01, &what, shown(&values), wrong);
        }
    }
}

/// Whether a record means a certificate of the chain: its first one, or an authority.
fn is_shown(record: &Tlsa, chain: &[Vec<u8>]) -> bool {
    let candidates = match record.usage {
        3 => chain.get(..1).unwrap_or_default(),
        _ => chain,
    };
    candidates.iter().any(|der| {
        X509Certificate::from_der(der)
            .is_ok_and(|(_, read)| record.matches(der, read.public_key().raw))
    })
}

/// Whether the zone that `host` is in has a DS record in the zone above.
async fn is_signed(scene: &Scene<'_>, host: &Name) -> bool {
    let mut name = Some(host.clone());
    while let Some(at) = name.filter(|name| !name.is_root()) {
        // The closest name with NS records is the apex.
        if scene
            .dns
            .lookup(&at, RecordType::Ns)
            .await
            .is_ok_and(|found| !found.is_empty())
        {
            let signers = scene.dns.lookup(&at, RecordType::Ds).await;
            return signers.is_ok_and(|found| !found.is_empty());
        }
        name = at.parent();
    }
    false
}
