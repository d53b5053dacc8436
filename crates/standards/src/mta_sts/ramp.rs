//! From no policy to an enforced one, and back (RFC 8461 §5, §6, §8.3).

use super::{MaxAge, Mode, MtaStsPolicy};
use crate::dns::Name;
use crate::rules;
use crate::{Finding, Place};

/// STS-O07, STS-O08 and STS-P06: the step from the policy that is published to the next.
pub fn check_step(
    previous: Option<&MtaStsPolicy>,
    next: &MtaStsPolicy,
    has_tls_rpt: bool,
) -> Vec<Finding> {
    let before = previous.map_or(Mode::None, MtaStsPolicy::mode);
    let mut findings = Vec::new();
    if before == Mode::None && next.mode() != Mode::None && !has_tls_rpt {
        findings.push(Finding::new(
            rules::STS_O07,
            "the first policy is published without a TLS-RPT record, so nobody will hear of failures",
        ));
    }
    if before == Mode::None && next.mode() == Mode::Enforce {
        findings.push(Finding::new(
            rules::STS_O08,
            "the policy goes to enforce in one step, without a time of testing",
        ));
    }
    if before != Mode::Enforce && next.mode() == Mode::Enforce && next.max_age() > MaxAge::MONTH {
        findings.push(Finding::new(
            rules::STS_P06,
            format!(
                "the first enforced policy has a max_age of {} seconds: for so long it can't be taken back",
                next.max_age()
            ),
        ));
    }
    findings
}

/// STS-O03: the next policy is enforced and leaves out a host that the one before allows
/// and that is still an MX of the domain.
pub fn check_removed_hosts<'a>(
    previous: &MtaStsPolicy,
    next: &MtaStsPolicy,
    mx_hosts: impl IntoIterator<Item = &'a Name>,
) -> Vec<Finding> {
    if next.mode() != Mode::Enforce {
        return Vec::new();
    }
    mx_hosts
        .into_iter()
        .filter(|host| previous.allows(host) && !next.allows(host))
        .map(|host| {
            let reason = format!(
                "the policy no longer allows {host}, which is still an MX host of the domain"
            );
            Finding::new(rules::STS_O03, reason).in_place(Place::Live(host.to_string()))
        })
        .collect()
}

/// STS-O02: a host that is to be an MX while senders hold the policy `previous`, which is
/// enforced and leaves it out. They refuse to deliver there until they have seen another policy.
pub fn check_added_hosts<'a>(
    previous: &MtaStsPolicy,
    mx_hosts: impl IntoIterator<Item = &'a Name>,
) -> Vec<Finding> {
    if previous.mode() != Mode::Enforce {
        return Vec::new();
    }
    mx_hosts
        .into_iter()
        .filter(|host| !previous.allows(host))
        .map(|host| {
            let reason = format!(
                "{host} is to be an MX host, and the enforced policy that is published does not allow it: senders hold that policy for up to {} seconds",
                previous.max_age()
            );
            Finding::new(rules::STS_O02, reason).in_place(Place::Live(host.to_string()))
        })
        .collect()
}

/// The policy to serve before a domain gives MTA-STS up: mode none for a day (STS-O04).
pub fn wind_down() -> MtaStsPolicy {
    MtaStsPolicy::new(Mode::None, MaxAge::DAY, Vec::new()).expect("mode none needs no mx pattern")
}
