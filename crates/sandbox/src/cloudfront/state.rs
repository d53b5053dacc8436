//! The state of CloudFront: distributions and access controls by account, known everywhere by name.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::access_control::OriginAccessControl;
use super::distribution::Distribution;
use super::owned::Owned;
use super::xml::Element;
use super::{error, ids};
use crate::service::ServiceError;

/// The distributions of every account.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// By the twelve digits of the account.
    pub accounts: BTreeMap<String, Account>,
    /// The limits of an account.
    #[serde(rename = "~limits")]
    pub limits: Limits,
    /// How often an id was given out for the same thing: a second one differs from the first.
    #[serde(rename = "~given")]
    given: BTreeMap<String, u64>,
    #[serde(rename = "~created")]
    created: u64,
    /// The distribution that each caller reference made, after its account.
    #[serde(rename = "~references")]
    pub(super) references: BTreeMap<String, String>,
    /// Distributions that were deleted a short time ago: lists may still show them.
    #[serde(rename = "~deleted")]
    pub(super) deleted: Vec<Deleted>,
    /// The distribution that let each alias go last, and when.
    #[serde(rename = "~released")]
    pub(super) released: BTreeMap<String, Released>,
}

/// A distribution that was deleted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Deleted {
    pub(super) at: Timestamp,
    pub(super) distribution: Distribution,
}

/// An alias that was let go.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Released {
    pub(super) by: String,
    pub(super) at: Timestamp,
}

/// One account's part of CloudFront.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Account {
    /// By id.
    pub distributions: BTreeMap<String, Distribution>,
    /// By id.
    pub origin_access_controls: BTreeMap<String, OriginAccessControl>,
}

/// CloudFront's quotas on what is held, as the Developer Guide lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Distributions of an account.
    pub distributions: usize,
    /// Alternate domain names of a distribution.
    pub aliases: usize,
    /// Origins of a distribution.
    pub origins: usize,
    /// Cache behaviors of a distribution.
    pub cache_behaviors: usize,
    /// Origin access controls of an account.
    pub origin_access_controls: usize,
    /// Distributions that share an origin access control.
    pub distributions_per_access_control: usize,
    /// Paths that are being invalidated in a distribution at the same time.
    pub invalidation_paths: usize,
    /// Of these, paths that end in `*`.
    pub invalidation_wildcards: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            distributions: 500,
            aliases: 100,
            origins: 100,
            cache_behaviors: 75,
            origin_access_controls: 100,
            distributions_per_access_control: 100,
            invalidation_paths: 3_000,
            invalidation_wildcards: 15,
        }
    }
}

impl State {
    /// An id that no one has, the same on every run.
    pub(super) fn new_id(&mut self, kind: &str, account: &str, name: &str) -> String {
        let key = format!("{kind} {account} {name}");
        let times = self.given.entry(key.clone()).or_default();
        *times += 1;
        ids::resource(&[&key, &times.to_string()])
    }

    /// The next place in the order of creation.
    pub(super) fn next_sequence(&mut self) -> u64 {
        self.created += 1;
        self.created
    }

    /// All distributions there are, whoever owns them.
    pub fn all(&self) -> impl Iterator<Item = &Distribution> {
        self.accounts
            .values()
            .flat_map(|account| account.distributions.values())
    }

    /// The same, to change them.
    pub(super) fn all_mut(&mut self) -> impl Iterator<Item = &mut Distribution> {
        self.accounts
            .values_mut()
            .flat_map(|account| account.distributions.values_mut())
    }

    /// Takes the distribution with this alias away from its owner, as if it had been deleted long ago.
    pub fn lose(&mut self, alias: &str) {
        for account in self.accounts.values_mut() {
            account
                .distributions
                .retain(|_, held| !held.aliases().any(|one| one.eq_ignore_ascii_case(alias)));
        }
    }

    /// Takes a distribution out of service, as its owner can in the console.
    pub fn disable(&mut self, id: &str, now: Timestamp) {
        if let Some(distribution) = self.all_mut().find(|one| one.id == id) {
            let mut config = distribution.config.clone();
            config.set(Element::leaf("Enabled", "false"));
            distribution.roll_out(config, now, SignedDuration::ZERO);
            distribution.advance(now);
        }
    }

    /// An account's distribution.
    pub fn distribution(&self, owned: Owned<'_>) -> Result<&Distribution, ServiceError> {
        self.accounts
            .get(owned.account)
            .and_then(|account| account.distributions.get(owned.id))
            .ok_or_else(error::no_distribution)
    }

    /// The same, to change it.
    pub fn distribution_mut(
        &mut self,
        owned: Owned<'_>,
    ) -> Result<&mut Distribution, ServiceError> {
        self.accounts
            .get_mut(owned.account)
            .and_then(|account| account.distributions.get_mut(owned.id))
            .ok_or_else(error::no_distribution)
    }

    /// Deletes a distribution. Its aliases are let go with it.
    pub(super) fn delete(&mut self, owned: Owned<'_>, now: Timestamp) {
        let held = self.accounts.get_mut(owned.account);
        let Some(distribution) = held.and_then(|held| held.distributions.remove(owned.id)) else {
            return;
        };
        let aliases: Vec<String> = distribution.aliases().map(str::to_owned).collect();
        self.release(owned.id, aliases, now);
        let hour = SignedDuration::from_hours(1);
        self.deleted.retain(|deleted| now < deleted.at + hour);
        self.deleted.push(Deleted {
            at: now,
            distribution,
        });
    }

    /// Notes that a distribution let aliases go.
    pub(super) fn release(
        &mut self,
        id: &str,
        aliases: impl IntoIterator<Item = String>,
        now: Timestamp,
    ) {
        let released = |alias: String| {
            let by = id.to_owned();
            (alias.to_ascii_lowercase(), Released { by, at: now })
        };
        self.released.extend(aliases.into_iter().map(released));
    }

    /// An account's distributions, oldest first.
    pub fn list(&self, account: &str) -> Vec<&Distribution> {
        let held = self.accounts.get(account);
        let mut list: Vec<&Distribution> = held
            .into_iter()
            .flat_map(|account| account.distributions.values())
            .collect();
        list.sort_by_key(|distribution| distribution.sequence);
        list
    }

    /// Which distributions show a certificate or are about to, by the ARN of the certificate.
    pub fn users_of_certificates(&self) -> BTreeMap<&str, BTreeSet<String>> {
        let mut users: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for distribution in self.all() {
            for certificate in distribution.certificates() {
                let users = users.entry(certificate).or_default();
                users.insert(distribution.arn.clone());
            }
        }
        users
    }

    /// The ARNs of the distributions that show a certificate or are about to.
    pub fn users_of_certificate(&self, arn: &str) -> Vec<String> {
        self.all()
            .filter(|distribution| distribution.certificates().any(|shown| shown == arn))
            .map(|distribution| distribution.arn.clone())
            .collect()
    }

    /// The addresses of `d….cloudfront.net`; nothing where there is no such distribution. They are
    /// those of the machine that the sandbox is served on. One without IPv6 has no `::1`.
    pub fn addresses(&self, domain: &str) -> Option<Vec<IpAddr>> {
        let domain = domain.trim_end_matches('.');
        let distribution = self
            .all()
            .find(|distribution| distribution.domain_name.eq_ignore_ascii_case(domain))?;
        let mut addresses = vec![IpAddr::V4(Ipv4Addr::LOCALHOST)];
        if distribution
            .served()
            .unwrap_or(&distribution.config)
            .is_true("IsIPV6Enabled")
        {
            addresses.push(IpAddr::V6(Ipv6Addr::LOCALHOST));
        }
        Some(addresses)
    }

    /// Whether an address is one of the edge's.
    pub fn is_edge(address: &str) -> bool {
        matches!(address, "127.0.0.1" | "::1")
    }
}
