//! A distribution: what was asked of it, what the edge serves, and how one becomes the other.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::edge::Kept;
use super::invalidation::Invalidation;
use super::state::State;
use super::xml::Element;
use super::{checks, error, ids};
use crate::cloudfront::Environment;
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
    /// What was asked of it last, complete.
    pub config: Element,
    /// In the order in which they were set.
    pub tags: IndexMap<String, String>,
    /// Whether it is on a flat-rate plan.
    #[serde(default)]
    pub pricing_plan: bool,
    /// What the edge serves.
    #[serde(rename = "~served")]
    served: Option<Element>,
    /// What the edge will serve, and when.
    #[serde(rename = "~rollouts")]
    rollouts: Vec<Rollout>,
    #[serde(rename = "~revision")]
    revision: u64,
    #[serde(rename = "~modified")]
    pub(super) modified_at: Timestamp,
    #[serde(rename = "~invalidations")]
    pub(super) invalidations: Vec<Invalidation>,
    /// What the edge keeps of its origins, by path.
    #[serde(rename = "~kept")]
    pub(super) kept: BTreeMap<String, Kept>,
    #[serde(rename = "~sequence")]
    pub(super) sequence: u64,
}

/// A configuration on its way to the edge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Rollout {
    due: Timestamp,
    config: Element,
}

impl Distribution {
    /// What the edge serves: nothing until it was deployed for the first time.
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

/// The alternate domain names of a configuration.
pub(super) fn aliases(config: &Element) -> impl Iterator<Item = &str> {
    config
        .items("Aliases")
        .iter()
        .map(|alias| alias.text.as_str())
}

/// Compares the `If-Match` of a request with a version.
pub(super) fn check_version(etag: &str, if_match: Option<&str>) -> Result<(), ServiceError> {
    let Some(sent) = if_match.map(|sent| sent.trim_matches('"')) else {
        return Err(error::no_version());
    };
    if !ids::is_etag(sent) {
        return Err(error::no_version());
    }
    if sent == etag {
        Ok(())
    } else {
        Err(error::other_version())
    }
}

impl State {
    /// Adds a distribution with a complete configuration, and gives its id.
    fn add(
        &mut self,
        account: &str,
        (config, tags): (Element, IndexMap<String, String>),
        (now, delay): (Timestamp, SignedDuration),
    ) -> String {
        let id = self.new_id("distribution", account, config.text_at("CallerReference"));
        let sequence = self.next_sequence();
        let mut distribution = Distribution {
            arn: format!("arn:aws:cloudfront::{account}:distribution/{id}"),
            account: account.to_owned(),
            domain_name: ids::domain_name(&id),
            config: Element::default(),
            tags,
            pricing_plan: false,
            served: None,
            rollouts: Vec::new(),
            revision: 0,
            modified_at: now,
            invalidations: Vec::new(),
            kept: BTreeMap::new(),
            sequence,
            id: id.clone(),
        };
        distribution.roll_out(config, now, delay);
        distribution.advance(now);
        let held = self.accounts.entry(account.to_owned()).or_default();
        held.distributions.insert(id.clone(), distribution);
        id
    }

    /// Adds somebody's distribution that has been there for a long time and has these aliases: for
    /// world files. Whether there is a certificate for them is not asked.
    pub fn seed_distribution(
        &mut self,
        account: &str,
        aliases: &[String],
    ) -> Result<String, ServiceError> {
        let items = aliases
            .iter()
            .map(|alias| Element::leaf("CNAME", alias))
            .collect();
        let origin = [("Id", "web"), ("DomainName", "www.example.net")]
            .map(|(name, text)| Element::leaf(name, text));
        let behavior = [
            ("TargetOriginId", "web"),
            ("ViewerProtocolPolicy", "redirect-to-https"),
            ("CachePolicyId", "658327ea-f89d-4fab-a63d-7e88639e58f6"),
        ];
        let config = Element::node(
            "DistributionConfig",
            vec![
                Element::leaf("CallerReference", aliases.join(" ")),
                Element::node(
                    "Aliases",
                    vec![
                        Element::leaf("Quantity", aliases.len()),
                        Element::node("Items", items),
                    ],
                ),
                Element::node(
                    "Origins",
                    vec![
                        Element::leaf("Quantity", 1),
                        Element::node(
                            "Items",
                            vec![Element::node("Origin", custom_origin(origin))],
                        ),
                    ],
                ),
                Element::node(
                    "DefaultCacheBehavior",
                    behavior
                        .map(|(name, text)| Element::leaf(name, text))
                        .to_vec(),
                ),
                Element::leaf("Comment", ""),
                Element::leaf("Enabled", "true"),
            ],
        );
        let config = checks::completed(&config)?;
        Ok(self.add(
            account,
            (config, IndexMap::new()),
            (Timestamp::UNIX_EPOCH, SignedDuration::ZERO),
        ))
    }
}

fn custom_origin(names: [Element; 2]) -> Vec<Element> {
    let settings = [
        ("HTTPPort", "80"),
        ("HTTPSPort", "443"),
        ("OriginProtocolPolicy", "https-only"),
    ];
    let settings = settings
        .map(|(name, text)| Element::leaf(name, text))
        .to_vec();
    let [id, domain] = names;
    vec![id, domain, Element::node("CustomOriginConfig", settings)]
}

/// Makes a distribution and gives its id.
pub(super) fn create(
    world: &mut dyn Environment,
    account: &str,
    (config, tags): (&Element, IndexMap<String, String>),
    now: Timestamp,
) -> Result<String, ServiceError> {
    let config = checks::completed(config)?;
    let reference = config.text_at("CallerReference").to_owned();
    let held = world.cloudfront().list(account);
    let sent = format!("{account} {reference}");
    if let Some(first) = world.cloudfront().references.get(&sent) {
        return Err(error::reference_spent(first));
    }
    if held.len() >= world.cloudfront().limits.distributions {
        return Err(error::error(
            400,
            "TooManyDistributions",
            "Processing your request will cause you to exceed the maximum number of distributions allowed.",
        ));
    }
    checks::config(
        world,
        &checks::Asker {
            account,
            id: None,
            now,
        },
        &config,
    )?;
    let delay = world.delays().cloudfront_deploy;
    let state = world.cloudfront_mut();
    let id = state.add(account, (config, tags), (now, delay));
    // It is spent for good, whatever becomes of the distribution (API reference, CallerReference).
    state.references.insert(sent, id.clone());
    Ok(id)
}

/// Replaces a distribution's configuration.
pub(super) fn update(
    world: &mut dyn Environment,
    (account, id): (&str, &str),
    (config, if_match): (&Element, Option<&str>),
    now: Timestamp,
) -> Result<(), ServiceError> {
    let distribution = world.cloudfront().distribution(account, id)?;
    distribution.check_version(if_match)?;
    checks::sent_for_update(config)?;
    let config = checks::completed(config)?;
    for fixed in ["CallerReference", "Staging"] {
        if config.text_at(fixed) != distribution.config.text_at(fixed) {
            return Err(error::illegal_update(
                "The update contains modifications that are not allowed.",
            ));
        }
    }
    // While a continuous deployment policy is attached, the primary's certificate stays as it is
    // (aws-cli issue 10446).
    let viewer = |config: &Element| config.child("ViewerCertificate").cloned();
    if !distribution
        .config
        .text_at("ContinuousDeploymentPolicyId")
        .is_empty()
        && !config.text_at("ContinuousDeploymentPolicyId").is_empty()
        && viewer(&config) != viewer(&distribution.config)
    {
        return Err(error::illegal_update(
            "Continuous deployment policy is attached to the distribution: its viewer certificate can't be changed.",
        ));
    }
    checks::config(
        world,
        &checks::Asker {
            account,
            id: Some(id),
            now,
        },
        &config,
    )?;
    let delay = world.delays().cloudfront_deploy;
    let state = world.cloudfront_mut();
    let let_go: Vec<String> = state
        .distribution(account, id)?
        .aliases()
        .filter(|held| aliases(&config).all(|kept| !kept.eq_ignore_ascii_case(held)))
        .map(str::to_owned)
        .collect();
    state.release(id, let_go, now);
    state
        .distribution_mut(account, id)?
        .roll_out(config, now, delay);
    Ok(())
}

/// Deletes a distribution that is disabled at every edge.
pub(super) fn delete(
    world: &mut dyn Environment,
    (account, id): (&str, &str),
    if_match: Option<&str>,
    now: Timestamp,
) -> Result<(), ServiceError> {
    let distribution = world.cloudfront().distribution(account, id)?;
    distribution.check_version(if_match)?;
    if distribution.config.is_true("Enabled") || distribution.status() != "Deployed" {
        return Err(error::error(
            409,
            "DistributionNotDisabled",
            "The distribution you are trying to delete has not been disabled.",
        ));
    }
    if distribution.pricing_plan {
        return Err(error::error(
            412,
            "PreconditionFailed",
            "You can't delete this distribution while it's subscribed to a pricing plan. After you cancel the pricing plan, you can delete the distribution at the end of the monthly billing cycle.",
        ));
    }
    world.cloudfront_mut().delete((account, id), now);
    Ok(())
}
