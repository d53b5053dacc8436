//! DMARC as a receiver finds it, and where its reports go: DMARC-21, DMARC-22, DMARC-27, and
//! what BIMI needs of it (BIMI-X01 to BIMI-X05).

use model::rules::{self, Rule};
use standards::Finding;
use standards::bimi::check_dmarc;
use standards::dmarc::Dmarc;
use standards::dmarc::discovery::{Discovery, discover};
use standards::dns::Name;

use super::Scene;
use crate::notes::Notes;
use model::Check;

pub(crate) async fn check(scene: &Scene<'_>) -> Vec<Check> {
    let mut notes = Notes::on(scene.domain());
    let what = format!("DMARC of {}", scene.domain());
    match discover(scene.dns, scene.domain()).await {
        Err(error) => notes.broken(&what, super::unanswered(&error)),
        Ok(found) => {
            check_organization(&found, &what, &mut notes);
            if let Some(policy) = &found.applies {
                check_reports(scene, &policy.domain, &policy.record, &mut notes).await;
            }
            if !scene.expected.marks.is_empty() {
                check_enforcement(scene, &found, &mut notes);
            }
        }
    }
    notes.done()
}

fn check_organization(found: &Discovery, what: &str, notes: &mut Notes<'_>) {
    // DMARC-03 is reported with the records.
    let findings = found
        .findings
        .iter()
        .filter(|one| one.is_of(rules::DMARC_27));
    let seen = match &found.applies {
        None => "no policy".to_owned(),
        Some(policy) => format!("{} at {}", policy.record, policy.domain),
    };
    notes.judge(rules::DMARC_27, what, seen, findings.cloned());
}

/// Reports: their mailboxes take mail, and agree to it where they are somebody else's.
async fn check_reports(scene: &Scene<'_>, domain: &Name, record: &Dmarc, notes: &mut Notes<'_>) {
    let what = format!("DMARC reports of {domain}");
    match record.check_report_mail(scene.dns).await {
        Ok(findings) => {
            let judged = Judged {
                rule: rules::DMARC_21,
                what: &what,
                seen: "can arrive",
            };
            judge_to_come(scene, judged, findings, notes);
        }
        Err(error) => notes.broken(&what, super::unanswered(&error)),
    }
    match record.check_external_hosts(scene.dns, domain).await {
        Ok(findings) => {
            // A record that we plan for ourselves is reported with the records.
            let findings = findings.into_iter().filter(|one| !is_planned(scene, one));
            let judged = Judged {
                rule: rules::DMARC_22,
                what: &what,
                seen: "agreed to",
            };
            judge_to_come(scene, judged, findings, notes);
        }
        Err(error) => notes.broken(&what, super::unanswered(&error)),
    }
}

/// A rule that is judged: of what, and what is seen where it is kept.
#[derive(Clone, Copy)]
pub(crate) struct Judged<'a> {
    pub(crate) rule: &'static Rule,
    pub(crate) what: &'a str,
    pub(crate) seen: &'a str,
}

/// As [`Notes::judge`]; what a domain that is still to be applied breaks is waited for.
pub(crate) fn judge_to_come(
    scene: &Scene<'_>,
    judged: Judged<'_>,
    findings: impl IntoIterator<Item = Finding>,
    notes: &mut Notes<'_>,
) {
    let Judged { rule, what, seen } = judged;
    let (to_come, findings): (Vec<_>, Vec<_>) =
        findings.into_iter().partition(|one| scene.is_to_come(one));
    for finding in &to_come {
        let reason = format!(
            "{}: that is still to be applied or published",
            finding.reason
        );
        notes.waiting(rule, what, reason, None);
    }
    if to_come.is_empty() || !findings.is_empty() {
        notes.judge(rule, what, seen, findings);
    }
}

fn is_planned(scene: &Scene<'_>, finding: &Finding) -> bool {
    let standards::Place::Live(place) = &finding.place else {
        return false;
    };
    let mut records = scene.expected.records.iter();
    records.any(|record| record.name.as_str() == place)
}

fn check_enforcement(scene: &Scene<'_>, found: &Discovery, notes: &mut Notes<'_>) {
    let what = format!("DMARC of {} for BIMI", scene.domain());
    let owner = scene.domain().child("_dmarc");
    if found.applies.is_none() && owner.is_ok_and(|owner| scene.expected.awaits(&owner)) {
        return notes.waiting(rules::BIMI_X01, &what, "no policy", None);
    }
    match &found.organizational_domain {
        Ok(organization) => {
            let records = deciding(found, organization);
            notes.judge(rules::BIMI_X01, &what, "enforced", check_dmarc(&records));
        }
        Err(error) => notes.broken(&what, super::unanswered(error)),
    }
}

/// The records that a receiver reads before it shows a logo: that of the domain and that of
/// its organization.
fn deciding(found: &Discovery, organization: &Name) -> Vec<Dmarc> {
    let counts = |domain: &Name| *domain == found.author || domain == organization;
    let records = found.found.iter().filter(|one| counts(&one.domain));
    records.map(|one| one.record.clone()).collect()
}
