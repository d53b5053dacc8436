//! Faults of SES that stop mail: an account that may not send, and a quota that is nearly used up.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kinds::ses_account::Standing;
use kinds::{SesIdentity, ses_account};
use model::rules;
use model::{Foreseen, Kind, Ledger, Location, MailImpact};

use crate::Project;

/// The part of the daily quota from which it is told: what is left lasts for hours.
const NEARLY: f64 = 0.8;

/// The faults of the accounts that domains send through, and why some could not be asked.
pub(super) async fn stopped(
    project: &Project,
    ledger: &Ledger,
    now: Timestamp,
) -> (Vec<Foreseen>, Vec<String>) {
    let (mut foreseen, mut unasked) = (Vec::new(), Vec::new());
    for (location, domains) in senders(ledger) {
        match standing(project, location).await {
            Ok(standing) => {
                let subject = format!("SES of {} in {}", location.account, location.region);
                let all = judged(&standing).into_iter();
                foreseen.extend(all.map(|Judged { rule, reason, fix }| Foreseen {
                    rule,
                    subject: subject.clone(),
                    at: now,
                    mail: MailImpact::Sending,
                    reason: format!("{reason}; {} send through it", domains.join(", ")),
                    fix,
                }));
            }
            Err(reason) => unasked.push(format!(
                "SES of {} in {} could not be asked whether it may send: {reason}",
                location.account, location.region
            )),
        }
    }
    (foreseen, unasked)
}

/// The accounts and regions of SES that domains send through.
fn senders(ledger: &Ledger) -> BTreeMap<&Location, Vec<&str>> {
    let mut domains: BTreeMap<&Location, Vec<&str>> = BTreeMap::new();
    for entry in ledger.entries() {
        if entry.id.kind.as_str() == SesIdentity::NAME
            && let Some(location) = &entry.location
        {
            domains.entry(location).or_default().push(&entry.id.domain);
        }
    }
    domains
}

async fn standing(project: &Project, location: &Location) -> Result<Standing, String> {
    let session = project.engine.session(location).await;
    let session = session.map_err(|error| error.to_string())?;
    let standing = ses_account::standing(&session).await;
    standing.map_err(|error| error.to_string())
}

/// A fault of an account.
struct Judged {
    rule: Option<&'static str>,
    reason: String,
    fix: String,
}

/// The faults of an account, with their fixes: SES-26, and a quota that is nearly used up. The first
/// message over the quota is refused (SES Developer Guide, "Errors related to sending quotas").
fn judged(standing: &Standing) -> Vec<Judged> {
    let findings = standing.findings().into_iter();
    let findings = findings.filter(|one| one.is_of(rules::SES_26));
    let paused = findings.map(|one| Judged {
        rule: Some(rules::SES_26.id),
        reason: one.reason,
        fix: one.fix,
    });
    let mut judged: Vec<Judged> = paused.collect();
    let Standing { per_day, sent, .. } = *standing;
    if per_day > 0.0 && sent >= per_day * NEARLY {
        judged.push(Judged {
            rule: None,
            reason: format!("{sent:.0} of {per_day:.0} messages of a day went out, and the next are refused when it is full"),
            fix: "ask AWS for a higher sending quota, or send less".to_owned(),
        });
    }
    judged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_is_told_when_most_of_it_is_used() {
        let check = |sent: f64, count: usize| {
            let standing = Standing {
                production: true,
                review: None,
                sending: true,
                enforcement: "HEALTHY".to_owned(),
                per_day: 50_000.0,
                per_second: 14.0,
                sent,
            };
            assert_eq!(judged(&standing).len(), count, "{sent}");
        };
        check(0.0, 0);
        check(39_999.0, 0);
        check(40_000.0, 1);
        check(50_000.0, 1);
    }
}
