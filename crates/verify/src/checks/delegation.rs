//! Whether the world is sent to the zone that we write: DNS-08 and DNS-12.

use model::Unseen;
use model::rules;
use standards::Finding;
use standards::dns::dnssec::{Dnskey, Ds, lint_chain};
use standards::dns::zone::lint_delegation;
use standards::dns::{Name, RecordType};

use super::{Scene, names, shown};
use crate::expected::HostedZone;
use crate::notes::Notes;
use model::Check;
use model::check::CheckOutcome;

pub(crate) async fn check(scene: &Scene<'_>) -> Vec<Check> {
    let Some(zone) = &scene.expected.zone else {
        return elsewhere_signed(scene).await;
    };
    let mut notes = Notes::on(scene.domain());
    let what = subject(zone);
    match scene.delegation {
        Err(Unseen::NotFromHere) => {
            notes.skipped(rules::DNS_08, &what, Unseen::NotFromHere.to_string());
        }
        Err(error) => notes.broken(&what, Finding::new(rules::LIVE_02, error.to_string())),
        Ok(servers) => {
            let finding = lint_delegation(&zone.name, &names(servers), &zone.servers);
            let is_ours = finding.is_none();
            notes.judge(rules::DNS_08, &what, shown(servers), finding);
            if is_ours {
                lame(scene, zone, &mut notes).await;
            }
        }
    }
    dnssec(scene, zone, &mut notes).await;
    notes.done()
}

fn subject(zone: &HostedZone) -> String {
    format!("{} NS", zone.name)
}

/// The servers to which the world is sent instead of the zone that we write, by the checks of the delegation.
/// Then nothing that we publish can be seen, and that is not one fault more each.
pub(crate) fn elsewhere(scene: &Scene<'_>, checks: &[Check]) -> Option<String> {
    let what = subject(scene.expected.zone.as_ref()?);
    let mut findings = checks.iter().filter(|check| check.what == what);
    findings.find_map(|check| match &check.outcome {
        CheckOutcome::Finding(finding) if finding.is_of(rules::DNS_08) => {
            Some(finding.reason.clone())
        }
        _ => None,
    })
}

/// Name servers that the world is sent to and that do not answer for the zone.
async fn lame(scene: &Scene<'_>, zone: &HostedZone, notes: &mut Notes<'_>) {
    for server in &zone.servers {
        let what = format!("{} at {server}", zone.name);
        let reason = |why: &str| format!("{server} does not answer for {}: {why}", zone.name);
        match start_of_authority(scene, zone, server).await {
            Err(Unseen::NotFromHere) => {}
            // Silence may be the network's, and over in a minute.
            Err(error @ Unseen::Slow(_)) => {
                notes.broken(&what, Finding::new(rules::LIVE_02, error.to_string()));
            }
            Err(error) => notes.broken(
                &what,
                Finding::new(rules::DNS_08, reason(&error.to_string())),
            ),
            Ok(values) if values.is_empty() => {
                notes.broken(
                    &what,
                    Finding::new(rules::DNS_08, reason("it does not know the zone")),
                );
            }
            Ok(_) => notes.good(rules::DNS_08, &what, "it answers for the zone"),
        }
    }
}

async fn start_of_authority(
    scene: &Scene<'_>,
    zone: &HostedZone,
    server: &Name,
) -> Result<Vec<String>, Unseen> {
    let outside = scene.dns.outside();
    outside
        .lookup_at(server.as_str(), zone.name.as_str(), RecordType::Soa)
        .await
}

/// DNS-12. A resolver that validates answers SERVFAIL where the name servers themselves answer.
async fn dnssec(scene: &Scene<'_>, zone: &HostedZone, notes: &mut Notes<'_>) {
    let what = format!("{} DS", zone.name);
    let signers = match scene.dns.lookup(&zone.name, RecordType::Ds).await {
        Ok(signers) => signers,
        Err(error) => return notes.skipped(rules::DNS_12, &what, error.reason),
    };
    if signers.is_empty() {
        return notes.good(rules::DNS_12, &what, "the zone is not signed");
    }
    if let Some(reason) = broken_chain(scene, zone, &signers).await {
        return notes.broken(&what, Finding::new(rules::LIVE_06, reason));
    }
    let Err(error) = scene.dns.lookup(&zone.name, RecordType::Soa).await else {
        return notes.good(rules::DNS_12, &what, "signed, and resolvers answer");
    };
    for server in &zone.servers {
        let answer = start_of_authority(scene, zone, server).await;
        if answer.is_ok_and(|values| !values.is_empty()) {
            let reason = format!(
                "the zone is signed and {server} answers, but the resolver does not: {}",
                error.reason
            );
            return notes.broken(&what, Finding::new(rules::DNS_12, reason));
        }
    }
    notes.broken(&what, super::unanswered(&error));
}

/// LIVE-06, for a domain whose zone is not ours: all that is known of it is which servers its parent names.
async fn elsewhere_signed(scene: &Scene<'_>) -> Vec<Check> {
    let servers = scene.delegation.as_deref().unwrap_or_default();
    let zone = HostedZone {
        name: scene.domain().clone(),
        servers: names(servers),
    };
    let mut notes = Notes::on(scene.domain());
    let signers = scene.dns.lookup(&zone.name, RecordType::Ds).await;
    let signers = signers.unwrap_or_default();
    if !zone.servers.is_empty()
        && !signers.is_empty()
        && let Some(reason) = broken_chain(scene, &zone, &signers).await
    {
        let what = format!("{} DS", zone.name);
        notes.broken(&what, Finding::new(rules::LIVE_06, reason));
    }
    notes.done()
}

/// Why the DS records lead to no key of the zone. Its own name servers are asked for the keys: a resolver that
/// validates has no answer then.
async fn broken_chain(scene: &Scene<'_>, zone: &HostedZone, signers: &[String]) -> Option<String> {
    let signers = signers.iter().map(|text| Ds::parse(text));
    let signers: Vec<Ds> = signers.collect::<Result<_, _>>().ok()?;
    let keys = keys(scene, zone).await?;
    let keys = keys.iter().map(|text| Dnskey::parse(text));
    let keys: Vec<Dnskey> = keys.collect::<Result<_, _>>().ok()?;
    lint_chain(&zone.name, &signers, &keys)
}

/// The keys of the zone, as the first of its name servers that answers has them.
async fn keys(scene: &Scene<'_>, zone: &HostedZone) -> Option<Vec<String>> {
    let outside = scene.dns.outside();
    for server in &zone.servers {
        let asked = outside.lookup_at(server.as_str(), zone.name.as_str(), RecordType::Dnskey);
        if let Ok(keys) = asked.await {
            return Some(keys);
        }
    }
    scene.dns.lookup(&zone.name, RecordType::Dnskey).await.ok()
}
