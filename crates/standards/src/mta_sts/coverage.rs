//! Whether a policy allows the mail hosts of its domain (RFC 8461 §4.1).

use std::collections::BTreeSet;

use super::{Mode, MtaStsPolicy};
use crate::dns::Name;
use crate::rules;
use crate::{Finding, Place, Severity};

/// STS-P13, STS-P14 and STS-R11: the policy against the MX hosts of its domain.
/// A null MX is the root; no host at all is a domain that receives no mail.
pub fn check_mx<'a>(
    policy: &MtaStsPolicy,
    mx_hosts: impl IntoIterator<Item = &'a Name>,
) -> Vec<Finding> {
    let hosts: BTreeSet<&Name> = mx_hosts.into_iter().collect();
    if policy.mode() == Mode::None {
        return Vec::new();
    }
    if hosts.iter().all(|host| host.is_root()) {
        let reason = if hosts.is_empty() {
            "the domain has no MX, so there is nothing for the policy to protect"
        } else {
            "the domain has a null MX, so there is nothing for the policy to protect"
        };
        return vec![Finding::new(rules::STS_R11, reason)];
    }
    let mut findings = unmatched_hosts(policy, &hosts);
    findings.extend(stale_patterns(policy, &hosts));
    findings
}

fn unmatched_hosts(policy: &MtaStsPolicy, hosts: &BTreeSet<&Name>) -> Vec<Finding> {
    // While testing, senders report such a host and deliver to it all the same.
    let severity = match policy.mode() {
        Mode::Enforce => Severity::Error,
        Mode::Testing | Mode::None => Severity::Warn,
    };
    hosts
        .iter()
        .filter(|host| !policy.mx().iter().any(|pattern| pattern.matches(host)))
        .map(|host| {
            Finding::new(
                rules::STS_P13,
                format!("no mx pattern of the policy allows the MX host {host}"),
            )
            .weighing(severity)
            .fix(format!("add {host} to `mx`, before it receives mail"))
            .in_place(Place::Live(host.to_string()))
        })
        .collect()
}

fn stale_patterns(policy: &MtaStsPolicy, hosts: &BTreeSet<&Name>) -> Vec<Finding> {
    policy
        .mx()
        .iter()
        .filter(|pattern| !hosts.iter().any(|host| pattern.matches(host)))
        .map(|pattern| {
            Finding::new(
                rules::STS_P14,
                format!("the mx pattern {pattern} matches no MX host of the domain"),
            )
            .fix(format!(
                "remove {pattern} from `mx`, when no mail goes there any more"
            ))
        })
        .collect()
}
