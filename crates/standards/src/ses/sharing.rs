//! Users of identities and configuration sets: senders of other accounts, and tenants.

use std::collections::BTreeSet;

use crate::Finding;
use crate::dns::Name;
use crate::rules;

/// An account that may send with the identity of another.
#[derive(Clone, Copy, Debug)]
pub struct Delegate<'a> {
    /// The sender's account.
    pub account: &'a str,
    /// The account that has the identity.
    pub identity_account: &'a str,
    /// Whether the sender's configuration set tells somebody of bounces and complaints.
    pub has_event_destinations: bool,
}

/// SES-29.
pub fn check_delegate(delegate: &Delegate<'_>) -> Option<Finding> {
    let is_other = delegate.account != delegate.identity_account;
    let reason = || {
        format!(
            "bounces of what {} sends are reported there, and nobody takes them",
            delegate.account
        )
    };
    (is_other && !delegate.has_event_destinations).then(|| Finding::new(rules::SES_29, reason()))
}

/// Something that names identities and configuration sets: a tenant, an association.
#[derive(Clone, Copy, Debug)]
pub struct Dependent<'a> {
    /// The name.
    pub name: &'a str,
    /// The identities that it names.
    pub identities: &'a [&'a str],
    /// The configuration sets that it names.
    pub configuration_sets: &'a [&'a str],
}

/// The resources in one account and region.
#[derive(Clone, Debug, Default)]
pub struct Existing<'a> {
    /// The identities.
    pub identities: BTreeSet<&'a str>,
    /// The configuration sets.
    pub configuration_sets: BTreeSet<&'a str>,
}

/// SES-30: the default configuration set of an identity is among those of its account and region.
pub fn check_default_set(set: &str, existing: &Existing<'_>) -> Option<Finding> {
    let reason =
        || format!("the configuration set {set} is not in the account and region of the identity");
    (!existing.configuration_sets.contains(set)).then(|| Finding::new(rules::SES_30, reason()))
}

/// SES-36.
pub fn check_dependents(dependents: &[Dependent<'_>], existing: &Existing<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for dependent in dependents {
        let kinds = [
            ("identity", dependent.identities, &existing.identities),
            (
                "configuration set",
                dependent.configuration_sets,
                &existing.configuration_sets,
            ),
        ];
        for (kind, named, there) in kinds {
            let missing = named.iter().filter(|name| !there.contains(*name));
            findings.extend(missing.map(|name| {
                let reason = format!(
                    "{} names the {kind} {name}, which is not there",
                    dependent.name
                );
                Finding::new(rules::SES_36, reason)
            }));
        }
    }
    findings
}

/// SES-40: identities of domains above `domain`, in the account and region that it sends from.
pub fn check_parents<'a>(
    domain: &Name,
    identities: impl IntoIterator<Item = &'a Name>,
) -> Vec<Finding> {
    let parents = identities
        .into_iter()
        .filter(|parent| domain.is_below(parent));
    let reason = |parent: &Name| {
        format!(
            "{parent} is an identity of this account and region too: for mail from {domain} its DKIM, MAIL FROM and configuration set no longer hold"
        )
    };
    parents
        .map(|parent| Finding::new(rules::SES_40, reason(parent)))
        .collect()
}
