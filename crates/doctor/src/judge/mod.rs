//! What the facts mean. Pure: no clock, no network.

mod account;
mod domain;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use jiff::SignedDuration;
use model::exam::{Exam, Outcome, Subject};
use model::rules::{self, Rule};
use standards::{Finding, Severity};

use crate::facts::{Facts, Seen, Unseen};

/// Beyond this AWS refuses a signature (`SigV4`; S3 alone is more patient).
const REFUSED: SignedDuration = SignedDuration::from_mins(5);
/// Beyond this the clock is not kept by anybody.
const LOOSE: SignedDuration = SignedDuration::from_mins(1);

/// Every exam, the machine's first, then the accounts', then the domains'.
pub fn judge(facts: &Facts) -> Vec<Exam> {
    let mut notes = Notes::on(Subject::Machine);
    clock(&facts.skew, &mut notes);
    let mut exams = notes.done();
    for account in &facts.accounts {
        exams.extend(account::judge(account));
    }
    for domain in &facts.domains {
        exams.extend(domain::judge(domain));
    }
    exams
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

/// The exams of one subject, as they are made.
struct Notes {
    subject: Subject,
    exams: Vec<Exam>,
}

impl Notes {
    fn on(subject: Subject) -> Self {
        Self {
            subject,
            exams: Vec::new(),
        }
    }

    fn done(self) -> Vec<Exam> {
        self.exams
    }

    fn good(&mut self, rule: &'static Rule, what: &str, seen: impl Into<String>) {
        let seen = seen.into();
        self.add(rule.id.into(), what, Outcome::Good { seen });
    }

    fn broken(&mut self, what: &str, finding: Finding) {
        self.add(finding.rule.clone(), what, Outcome::Finding(finding));
    }

    fn unseen(&mut self, rule: &'static Rule, what: &str, unseen: &Unseen) {
        let Unseen { why, fix } = unseen.clone();
        self.add(rule.id.into(), what, Outcome::Unseen { why, fix });
    }

    fn add(&mut self, rule: Cow<'static, str>, what: &str, outcome: Outcome) {
        self.exams.push(Exam {
            subject: self.subject.clone(),
            rule,
            what: what.to_owned(),
            outcome,
        });
    }
}

/// `1 action`, `2 actions`.
fn counted(number: usize, one: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {one}{plural}")
}
