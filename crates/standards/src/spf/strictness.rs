//! From one SPF record to the next, for the hosts that send.

use super::{Mechanism, Qualifier, Spf};
use crate::strictness::{Step, Strictness};

/// The steps for hosts that send, from the record `before` to the record `after`. A record that
/// allows another host is no weaker: that host was asked for.
pub fn steps(before: Option<&Spf>, after: Option<&Spf>) -> Vec<Step> {
    let (Some(from), Some(to)) = (before, after) else {
        return match (before, after) {
            (None, Some(to)) => vec![Step::new(
                rank(to).map_or(Strictness::Stricter, |to| Strictness::between(&0, &to)),
                rest(to, "begin to"),
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
    let direction = direction(from, to);
    if direction != Strictness::Same || followed(from) != followed(to) {
        steps.push(Step::new(direction, rest(to, "are told to")));
    }
    if steps.is_empty() && from != to {
        steps.push(Step::new(Strictness::Same, "the same hosts may send"));
    }
    steps
}

/// The result that the record gives for hosts that it does not name, from mild to strict. The record that a
/// redirect leads to is not known here.
fn rank(record: &Spf) -> Option<u8> {
    match record.all() {
        None if followed(record).is_some() => None,
        Some(Qualifier::Pass) => Some(0),
        Some(Qualifier::Neutral) | None => Some(1),
        Some(Qualifier::SoftFail) => Some(2),
        Some(Qualifier::Fail) => Some(3),
    }
}

/// From one result for these hosts to the other, as far as both are known.
fn direction(from: &Spf, to: &Spf) -> Strictness {
    let ranks = rank(from).zip(rank(to));
    ranks.map_or(Strictness::Same, |(from, to)| {
        Strictness::between(&from, &to)
    })
}

/// The domain whose record decides about hosts that this one does not name. An `all` leaves nothing to
/// decide (RFC 7208, section 6.1).
fn followed(record: &Spf) -> Option<String> {
    let redirect = record.redirect().filter(|_| record.all().is_none());
    redirect.map(ToString::to_string)
}

fn rest(record: &Spf, verb: &str) -> String {
    if let Some(domain) = followed(record) {
        return format!("receivers {verb} go by the SPF record of {domain}");
    }
    let treat = match record.all() {
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
    senders.extend(followed(record).map(|domain| format!("redirect={domain}")));
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
