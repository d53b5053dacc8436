//! A distribution: what was asked of it, what the edge serves, and how one becomes the other.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::config::aliases;
use super::ids;
use super::invalidation::Invalidation;
use super::kept::Kept;
use super::version::check_version;
use super::xml::Element;
use crate::service::ServiceError;

/// One distribution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Distribution {
    /// `E` and thirteen more.
    pub id: String,
    /// `arn:aws:cloudfront::111111111111:distribution/E…`
    pub arn: String,
    /// Whose it is.
    pub account: String,
    /// `d….cloudfront.net`
    pub domain_name: String,
    /// The configuration that was sent last, complete.
    pub config: Element,
    /// In the order in which they were set.
    pub tags: IndexMap<String, String>,
    /// Whether it is on a flat-rate plan.
    #[serde(default)]
    pub pricing_plan: bool,
    /// The configuration that the edge serves.
    #[serde(rename = "~served")]
    pub(super) served: Option<Element>,
    /// The configurations that the edge will serve, and when.
    #[serde(rename = "~rollouts")]
    pub(super) rollouts: Vec<Rollout>,
    #[serde(rename = "~revision")]
    pub(super) revision: u64,
    #[serde(rename = "~modified")]
    pub(super) modified_at: Timestamp,
    #[serde(rename = "~invalidations")]
    pub(super) invalidations: Vec<Invalidation>,
    /// The answers of its origins that the edge keeps, by path.
    #[serde(rename = "~kept")]
    pub(super) kept: BTreeMap<String, Kept>,
    #[serde(rename = "~sequence")]
    pub(super) sequence: u64,
}

/// A configuration on its way to the edge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Rollout {
    due: Timestamp,
    config: Element,
}

impl Distribution {
    /// The configuration that the edge serves: nothing until it was deployed for the first time.
    pub fn served(&self) -> Option<&Element> {
        self.served.as_ref()
    }

    /// `InProgress` or `Deployed`.
    pub fn status(&self) -> &'static str {
        if self.rollouts.is_empty() {
            "Deployed"
        } else {
            "InProgress"
        }
    }

    /// Its version.
    pub fn etag(&self) -> String {
        ids::etag(&self.id, self.revision)
    }

    /// The alternate domain names that were asked for last.
    pub fn aliases(&self) -> impl Iterator<Item = &str> {
        aliases(&self.config)
    }

    /// The ARNs of the certificates that it shows or is about to.
    pub(super) fn certificates(&self) -> impl Iterator<Item = &str> {
        let rollouts = self.rollouts.iter().map(|rollout| &rollout.config);
        self.served
            .iter()
            .chain([&self.config])
            .chain(rollouts)
            .map(|config| config.text_at("ViewerCertificate/ACMCertificateArn"))
            .filter(|arn| !arn.is_empty())
    }

    /// Compares the `If-Match` of a request with its version.
    pub(super) fn check_version(&self, if_match: Option<&str>) -> Result<(), ServiceError> {
        check_version(&self.etag(), if_match)
    }

    /// Takes a complete configuration and begins to bring it to the edge.
    pub(super) fn roll_out(&mut self, config: Element, now: Timestamp, delay: SignedDuration) {
        self.config = config.clone();
        self.revision += 1;
        self.modified_at = now;
        self.rollouts.push(Rollout {
            due: now + delay,
            config,
        });
    }

    /// Lets the edge serve what is due.
    pub(super) fn advance(&mut self, now: Timestamp) {
        while self
            .rollouts
            .first()
            .is_some_and(|rollout| rollout.due <= now)
        {
            self.served = Some(self.rollouts.remove(0).config);
        }
        self.finish_invalidations(now);
    }
}
