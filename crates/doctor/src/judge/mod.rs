//! The judgement of the facts. Pure: no clock, no network.

mod account;
mod domain;
#[cfg(test)]
mod tests;

pub(crate) use account::over;

use std::borrow::Cow;

use jiff::SignedDuration;
use model::check::{About, Check, CheckOutcome};
use model::rules::{self, Rule};
use standards::{Finding, Severity};

use crate::facts::{Facts, Seen, Unseen};

/// Beyond this AWS refuses a signature (`SigV4`; S3 alone is more patient).
const REFUSED: SignedDuration = SignedDuration::from_mins(5);
/// Beyond this the clock is not kept by anybody.
const LOOSE: SignedDuration = SignedDuration::from_mins(1);

/// Every check, the machine's first, then the accounts', then the domains'.
pub fn judge(facts: &Facts) -> Vec<Check> {
    let mut notes = Notes::on(About::Machine);
    clock(&facts.skew, &mut notes);
    let mut checks = notes.done();
    for account in &facts.accounts {
        checks.extend(account::judge(account));
    }
    for domain in &facts.domains {
        checks.extend(domain::judge(domain));
    }
    checks
}

/// AWS-01.
fn clock(skew: &Seen<SignedDuration>, notes: &mut Notes) {
    let what = "clock";
    let skew = match skew {
        Ok(skew) => *skew,
        Err(unseen) => return notes.unseen(rules::AWS_01, what, unseen),
    };
    let seconds = skew.as_secs().unsigned_abs();
    if skew.abs() < LOOSE {
        let seen = match seconds {
            0 => "as AWS's".to_owned(),
            _ => format!("{seconds} s from AWS's"),
        };
        return notes.good(rules::AWS_01, what, seen);
    }
    let side = if skew.is_negative() {
        "ahead of"
    } else {
        "behind"
    };
    let mut finding = Finding::new(
        rules::AWS_01,
        format!("the clock of this machine is {seconds} s {side} AWS's"),
    );
    if skew.abs() > REFUSED {
        finding.reason += ", which refuses what is signed more than 300 s off";
        finding.severity = Severity::Error;
    }
    notes.broken(what, finding);
}

/// The checks of one subject, as they are made.
struct Notes {
    about: About,
    checks: Vec<Check>,
}

impl Notes {
    fn on(about: About) -> Self {
        Self {
            about,
            checks: Vec::new(),
        }
    }

    fn done(self) -> Vec<Check> {
        self.checks
    }

    fn good(&mut self, rule: &'static Rule, what: &str, seen: impl Into<String>) {
        self.add(rule.id.into(), what, Some(seen.into()), CheckOutcome::Good);
    }

    fn broken(&mut self, what: &str, finding: Finding) {
        self.add(
            finding.rule.clone(),
            what,
            None,
            CheckOutcome::Finding(finding),
        );
    }

    fn unseen(&mut self, rule: &'static Rule, what: &str, unseen: &Unseen) {
        let Unseen { why, fix } = unseen.clone();
        let fix = Some(fix);
        self.add(
            rule.id.into(),
            what,
            None,
            CheckOutcome::Skipped { why, fix },
        );
    }

    fn add(
        &mut self,
        rule: Cow<'static, str>,
        what: &str,
        seen: Option<String>,
        outcome: CheckOutcome,
    ) {
        self.checks.push(Check {
            about: self.about.clone(),
            rule,
            what: what.to_owned(),
            seen,
            outcome,
        });
    }
}

/// `1 action`, `2 actions`.
fn counted(number: usize, one: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {one}{plural}")
}
