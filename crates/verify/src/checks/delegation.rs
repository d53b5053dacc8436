//! Whether the world is sent to the zone that we write: DNS-08 and DNS-12.

use std::collections::BTreeSet;

use model::Unseen;
use standards::Finding;
use standards::dns::Name;
use standards::dns::zone::lint_delegation;

use super::{Scene, shown};
use crate::expected::HostedZone;
use crate::notes::Notes;
use model::Check;

pub(crate) async fn check(scene: &Scene<'_>) -> Vec<Check> {
    let Some(zone) = &scene.expected.zone else {
        return Vec::new();
    };
    let mut notes = Notes::on(scene.domain());
    let what = format!("{} NS", zone.name);
    match scene.eyes.outside().delegation(zone.name.as_str()).await {
        Err(Unseen::NotFromHere) => {
            notes.skipped("DNS-08", &what, Unseen::NotFromHere.to_string());
        }
        Err(error) => notes.broken(&what, Finding::new("LIVE-02", error.to_string())),
        Ok(servers) => {
            let delegated: BTreeSet<Name> = servers
                .iter()
                .filter_map(|server| Name::parse(server).ok())
                .collect();
            let findings = match lint_delegation(&zone.name, &delegated, &zone.servers) {
                Some(finding) => vec![finding],
                None => lame(scene, zone).await,
            };
            notes.judge("DNS-08", &what, shown(&servers), findings);
        }
    }
    dnssec(scene, zone, &mut notes).await;
    notes.done()
}

/// Name servers that the world is sent to and that do not answer for the zone.
async fn lame(scene: &Scene<'_>, zone: &HostedZone) -> Vec<Finding> {
    let mut findings = Vec::new();
    for server in &zone.servers {
        let reason = match start_of_authority(scene, zone, server).await {
            Err(Unseen::NotFromHere) => continue,
            Err(error) => error.to_string(),
            Ok(values) if values.is_empty() => "it does not know the zone".to_owned(),
            Ok(_) => continue,
        };
        let reason = format!("{server} does not answer for {}: {reason}", zone.name);
        findings.push(Finding::new("DNS-08", reason));
    }
    findings
}

async fn start_of_authority(
    scene: &Scene<'_>,
    zone: &HostedZone,
    server: &Name,
) -> Result<Vec<String>, Unseen> {
    let outside = scene.eyes.outside();
    outside
        .lookup_at(server.as_str(), zone.name.as_str(), "SOA")
        .await
}

/// DNS-12. A resolver that validates answers SERVFAIL where the name servers themselves answer.
async fn dnssec(scene: &Scene<'_>, zone: &HostedZone, notes: &mut Notes<'_>) {
    let what = format!("{} DS", zone.name);
    let signers = match scene.eyes.lookup(&zone.name, "DS").await {
        Ok(signers) => signers,
        Err(error) => return notes.skipped("DNS-12", &what, error.reason),
    };
    if signers.is_empty() {
        return notes.good("DNS-12", &what, "the zone is not signed");
    }
    let Err(error) = scene.eyes.lookup(&zone.name, "SOA").await else {
        return notes.good("DNS-12", &what, "signed, and resolvers answer");
    };
    for server in &zone.servers {
        let answer = start_of_authority(scene, zone, server).await;
        if answer.is_ok_and(|values| !values.is_empty()) {
            let reason = format!(
                "the zone is signed and {server} answers, but the resolver does not: {}",
                error.reason
            );
            return notes.broken(&what, Finding::new("DNS-12", reason));
        }
    }
    notes.broken(&what, super::unanswered(&error));
}
