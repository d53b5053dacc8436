//! From one SPF record to the next, for the hosts that send.

use super::{Mechanism, Qualifier, Spf};
use crate::strictness::{Step, Strictness};

/// The steps for hosts that send, from the record `before` to the record `after`. A record that
/// allows another host is no weaker: that host was asked for.
pub fn steps(before: Option<&Spf>, after: Option<&Spf>) -> Vec<Step> {
    let (Some(from), Some(to)) = (before, after) else {
        return match (before, after) {
            (None, Some(to)) => vec![Step::new(
                Strictness::between(&0, &rank(to)),
                rest(to.all(), "begin to"),
            )],
            (Some(_), None) => vec![Step::new(
                Strictness::Weaker,
                "receivers no longer know which hosts may send",
            )],
            _ => Vec::new(),
        };
    };
    let mut steps = Vec::new();
    let (were, are) = (senders(from), senders(to));
    let gone: Vec<&str> = missing(&were, &are);
    if !gone.is_empty() {
        let what = format!("mail from {} no longer passes SPF", gone.join(" and "));
        steps.push(Step::new(Strictness::Stricter, what));
    }
    let new: Vec<&str> = missing(&are, &were);
    if !new.is_empty() {
        let what = format!("mail from {} passes SPF too", new.join(" and "));
        steps.push(Step::new(Strictness::Same, what));
    }
    let direction = Strictness::between(&rank(from), &rank(to));
    if direction != Strictness::Same {
        steps.push(Step::new(direction, rest(to.all(), "are told to")));
    }
    if steps.is_empty() && from != to {
        steps.push(Step::new(Strictness::Same, "the same hosts may send"));
    }
    steps
}

/// The result that the record gives for hosts that it does not name, from mild to strict. What a redirect says
/// is not known here, and neither is what a record without an end means to its owner.
fn rank(record: &Spf) -> u8 {
    match record.all() {
        Some(Qualifier::Pass) => 0,
        Some(Qualifier::Neutral) | None => 1,
        Some(Qualifier::SoftFail) => 2,
        Some(Qualifier::Fail) => 3,
    }
}

fn rest(all: Option<Qualifier>, verb: &str) -> String {
    let treat = match all {
        Some(Qualifier::Pass) => "accept every host",
        Some(Qualifier::Neutral) | None => "make nothing of hosts that SPF does not name",
        Some(Qualifier::SoftFail) => "suspect mail from hosts that SPF does not name",
        Some(Qualifier::Fail) => "refuse mail from hosts that SPF does not name",
    };
    format!("receivers {verb} {treat}")
}

/// The terms by which hosts may send, as they are written.
fn senders(record: &Spf) -> Vec<String> {
    let passes = record.directives().filter(|(qualifier, mechanism)| {
        *qualifier == Qualifier::Pass && **mechanism != Mechanism::All
    });
    let mut senders: Vec<String> = passes.map(|(_, mechanism)| mechanism.to_string()).collect();
    senders.extend(record.redirect().map(|domain| format!("redirect={domain}")));
    senders
}

fn missing<'a>(senders: &'a [String], others: &[String]) -> Vec<&'a str> {
    let is_missing = |sender: &&String| !others.contains(sender);
    senders
        .iter()
        .filter(is_missing)
        .map(String::as_str)
        .collect()
}
