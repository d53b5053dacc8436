//! SPF evaluated for the domain and for every MAIL FROM: SPF-09 to SPF-15, SES-14.

use std::collections::BTreeSet;

use model::rules;
use standards::Finding;
use standards::dns::Name;
use standards::spf::evaluate::fetch;
use standards::spf::{Problem, Spf, survey};

use super::Scene;
use crate::notes::Notes;
use model::Check;

/// The include of the record of a MAIL FROM domain.
const SES: &str = "amazonses.com";

pub(crate) async fn check(scene: &Scene<'_>) -> Vec<Check> {
    let mut notes = Notes::on(scene.domain());
    let senders = scene.expected.mail_from();
    let names: BTreeSet<&Name> = senders.iter().copied().chain([scene.domain()]).collect();
    for name in names {
        let what = format!("SPF of {name}");
        let is_sender = senders.contains(name);
        match fetch(scene.dns, name).await {
            Ok(Some(record)) => {
                if is_sender {
                    check_sender(&record, &what, &mut notes);
                }
                check_cost(scene, name, &record, &mut notes).await;
            }
            Ok(None) if is_sender && scene.expected.awaits(name) => {
                notes.waiting(rules::SES_14, &what, "no SPF record", None);
            }
            Ok(None) if is_sender => {
                let reason = format!("{name} has no SPF record, so mail of SES fails SPF");
                notes.broken(&what, Finding::new(rules::SES_14, reason));
            }
            // A planned record that is missing, or there twice, is reported with the records.
            Ok(None) | Err(Problem::SeveralRecords(..)) => {}
            Err(Problem::NoAnswer(error)) => notes.broken(&what, super::unanswered(&error)),
            Err(problem) => {
                notes.broken(&what, Finding::new(rules::SPF_04, problem.to_string()));
            }
        }
    }
    notes.done()
}

fn check_sender(record: &Spf, what: &str, notes: &mut Notes<'_>) {
    let includes_ses = record.includes().any(|name| name.as_str() == SES);
    let reason = || format!("the record does not include {SES}: {record}");
    let finding = (!includes_ses).then(|| Finding::new(rules::SES_14, reason()));
    notes.judge(rules::SES_14, what, record.to_string(), finding);
}

async fn check_cost(scene: &Scene<'_>, name: &Name, record: &Spf, notes: &mut Notes<'_>) {
    let what = format!("SPF of {name}");
    let cost = survey(scene.dns, name, record).await;
    for error in &cost.unanswered {
        notes.broken(&what, super::unanswered(error));
    }
    let seen = format!(
        "{} of 10 look-ups, {} of 2 without an answer",
        cost.lookups, cost.void_lookups
    );
    notes.judge(rules::SPF_09, &what, seen, cost.findings);
}
