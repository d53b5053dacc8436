//! Global endpoints: SES in two regions behind one name.

use crate::Finding;
use crate::dns::Name;
use crate::rules;

/// How an identity signs in one region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signing {
    /// With keys of its own that SES makes.
    Easy,
    /// With the keys of the same identity in another region.
    Replica {
        /// That region.
        parent: String,
    },
    /// With a key of its owner.
    OwnKey {
        /// The name that holds the public half.
        owner: Name,
    },
}

/// The state of one region of a global endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// The region.
    pub region: String,
    /// Whether the identity is there and verified.
    pub is_verified: bool,
    /// The configuration set that mail is sent with.
    pub configuration_set: Option<String>,
    /// How mail is signed there.
    pub signing: Signing,
}

/// SES-34 and SES-35: a global endpoint of the region `first` with these `others`.
pub fn check_endpoint(first: &Prepared, others: &[Prepared]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut refuse = |reason: String| findings.push(Finding::new(rules::SES_34, reason));
    if others.len() != 1 {
        refuse(format!(
            "a global endpoint has one other region, and {} are named",
            others.len()
        ));
    }
    for other in others {
        if other.region == first.region {
            refuse(format!("{} is named twice", other.region));
        }
        if other.configuration_set != first.configuration_set {
            refuse(format!(
                "{} sends with {}, and {} with {}",
                first.region,
                set(first),
                other.region,
                set(other)
            ));
        }
    }
    for region in others.iter().chain([first]) {
        if !region.is_verified {
            refuse(format!("{} has no verified identity", region.region));
        }
    }
    for other in others.iter().filter(|other| !shares_keys(first, other)) {
        let reason = format!(
            "{} and {} sign with keys of their own, each with its records",
            first.region, other.region
        );
        findings.push(Finding::new(rules::SES_35, reason));
    }
    findings
}

fn set(region: &Prepared) -> String {
    match &region.configuration_set {
        Some(name) => format!("the configuration set {name}"),
        None => "no configuration set".to_owned(),
    }
}

fn shares_keys(one: &Prepared, other: &Prepared) -> bool {
    let is_replica_of = |one: &Prepared, other: &Prepared| match &one.signing {
        Signing::Replica { parent } => *parent == other.region,
        _ => false,
    };
    let is_easy = one.signing == Signing::Easy;
    is_replica_of(one, other)
        || is_replica_of(other, one)
        || (one.signing == other.signing && !is_easy)
}
