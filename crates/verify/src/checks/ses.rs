//! The answers of SES about each instance: SES-23, SES-25, SES-26; and the targets of the links in its mail:
//! SES-33.

use model::rules;
use model::{Readiness, Unseen};
use standards::Finding;

use super::{Scene, shown, unanswered};
use crate::expected::{Instance, Tracking};
use crate::notes::Notes;
use model::Check;
use standards::dns::RecordType;

/// The checks of SES's own answers.
pub(crate) fn check(scene: &Scene<'_>) -> Vec<Check> {
    let mut notes = Notes::on(scene.domain());
    for instance in &scene.expected.instances {
        verified(instance, &mut notes);
        if let Some(account) = &instance.account {
            may_send(&instance.label, account, &mut notes);
        }
    }
    notes.done()
}

/// The checks of the domains that links lead through.
pub(crate) async fn check_links(scene: &Scene<'_>) -> Vec<Check> {
    let mut notes = Notes::on(scene.domain());
    let instances = scene.expected.instances.iter();
    for tracking in instances.filter_map(|instance| instance.tracking.as_ref()) {
        links(scene, tracking, &mut notes).await;
    }
    notes.done()
}

fn verified(instance: &Instance, notes: &mut Notes<'_>) {
    for part in &instance.parts {
        let reason = match &part.readiness {
            Some(Readiness::Ready) => {
                notes.good(rules::SES_23, &part.what, "verified");
                continue;
            }
            Some(Readiness::Waiting(what)) => {
                notes.waiting(rules::SES_23, &part.what, format!("waits for {what}"), None);
                continue;
            }
            None => "SES does not have it".to_owned(),
            Some(Readiness::Failed(why)) => why.clone(),
        };
        notes.broken(&part.what, Finding::new(rules::SES_23, reason));
    }
}

fn may_send(label: &str, findings: &[Finding], notes: &mut Notes<'_>) {
    let what = format!("SES of {label}");
    for rule in [rules::SES_25, rules::SES_26] {
        let broken = findings.iter().filter(|finding| finding.is_of(rule));
        notes.judge(rule, &what, "it may send", broken.cloned());
    }
}

/// SES-33. Links over http lead to SES's own host; for https a server with a certificate stands in
/// front of it.
async fn links(scene: &Scene<'_>, tracking: &Tracking, notes: &mut Notes<'_>) {
    let Tracking {
        domain,
        region,
        https,
    } = tracking;
    let what = format!("links through {domain}");
    if *https {
        let seen = scene
            .dns
            .outside()
            .visit(&format!("https://{domain}/"), None)
            .await;
        let finding = match seen {
            Err(Unseen::NotFromHere) => {
                return notes.skipped(rules::SES_33, &what, Unseen::NotFromHere.to_string());
            }
            Err(unseen) => Some(Finding::new(rules::SES_33, unseen.to_string())),
            Ok(_) => None,
        };
        return notes.judge(rules::SES_33, &what, "https, with a certificate", finding);
    }
    let host = format!("r.{region}.awstrack.me");
    match scene.dns.lookup(domain, RecordType::Cname).await {
        Err(error) => notes.broken(&what, unanswered(&error)),
        Ok(targets) => {
            let reason = || format!("its CNAME leads to {}, and not to {host}", shown(&targets));
            let finding = (!targets.contains(&host)).then(|| Finding::new(rules::SES_33, reason()));
            notes.judge(rules::SES_33, &what, shown(&targets), finding);
        }
    }
}
