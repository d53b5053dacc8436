//! Wildcards that answer for names of policies: DNS-06 and DKIM-18.

use model::rules;
use standards::Finding;
use standards::dkim::check_wildcard;

use super::{Scene, shown};
use crate::notes::Notes;
use model::Check;
use standards::dns::RecordType;

/// The labels at which a sender asks for policies, whether they are published or not.
const POLICY_LABELS: [&str; 5] = [
    "_dmarc",
    "_mta-sts",
    "_smtp._tls",
    "default._bimi",
    "mta-sts",
];
/// The types that a wildcard does harm with.
const TYPES: [RecordType; 2] = [RecordType::Txt, RecordType::Cname];

pub(crate) async fn check(scene: &Scene<'_>) -> Vec<Check> {
    let mut notes = Notes::on(scene.domain());
    let domain = scene.domain();
    for rtype in TYPES {
        let what = format!("*.{domain} {rtype}");
        let Ok(wildcard) = domain.child("*") else {
            continue;
        };
        match scene.dns.lookup(&wildcard, rtype).await {
            Err(error) => notes.broken(&what, super::unanswered(&error)),
            Ok(values) if values.is_empty() => notes.good(rules::DNS_06, &what, "no wildcard"),
            Ok(values) => {
                let names = answered(scene, rtype, &values).await;
                let reason = || format!("it answers for {} with {}", shown(&names), shown(&values));
                let finding = (!names.is_empty()).then(|| Finding::new(rules::DNS_06, reason()));
                notes.judge(rules::DNS_06, &what, shown(&values), finding);
            }
        }
    }
    check_keys(scene, &mut notes).await;
    notes.done()
}

/// The names of policies that answer as the wildcard does.
async fn answered(scene: &Scene<'_>, rtype: RecordType, wildcard: &[String]) -> Vec<String> {
    let mut names = Vec::new();
    for labels in POLICY_LABELS {
        let Ok(name) = scene.domain().child(labels) else {
            continue;
        };
        let is_planned = |name| {
            scene
                .expected
                .records
                .iter()
                .any(|record| record.name == name)
        };
        if is_planned(name.clone()) {
            continue;
        }
        let values = scene.dns.lookup(&name, rtype).await;
        if values.is_ok_and(|values| values == wildcard) {
            names.push(name.to_string());
        }
    }
    names
}

/// DKIM-18. A wildcard of the whole domain answers for selectors too, and has its own finding.
async fn check_keys(scene: &Scene<'_>, notes: &mut Notes<'_>) {
    let domain = scene.domain();
    if let Ok(wildcard) = domain.child("*")
        && let Ok(values) = scene.dns.lookup(&wildcard, RecordType::Txt).await
        && !values.is_empty()
    {
        return;
    }
    let what = format!("selectors of {domain}");
    match check_wildcard(scene.dns, domain).await {
        Ok(finding) => notes.judge(rules::DKIM_18, &what, "no wildcard", finding),
        Err(error) => notes.broken(&what, super::unanswered(&error)),
    }
}
