//! The operations on distributions.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use jiff::{SignedDuration, Timestamp};

use super::config::{Asker, aliases};
use super::distribution::Distribution;
use super::owned::Owned;
use super::state::State;
use super::xml::Element;
use super::{checks, error, ids};
use crate::cloudfront::Environment;
use crate::service::ServiceError;

/// A distribution that is to be made.
pub(super) struct New {
    pub(super) config: Element,
    pub(super) tags: IndexMap<String, String>,
}

impl State {
    /// Adds a distribution with a complete configuration, and gives its id.
    fn add(&mut self, account: &str, new: New, now: Timestamp, delay: SignedDuration) -> String {
        let New { config, tags } = new;
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
        access_control: Option<&str>,
    ) -> Result<String, ServiceError> {
        let items = aliases
            .iter()
            .map(|alias| Element::leaf("CNAME", alias))
            .collect();
        let origin = [("Id", "web"), ("DomainName", "www.example.net")]
            .map(|(name, text)| Element::leaf(name, text));
        let mut origin = custom_origin(origin);
        let control = access_control.map(|id| Element::leaf("OriginAccessControlId", id));
        origin.extend(control);
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
                        Element::node("Items", vec![Element::node("Origin", origin)]),
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
        let new = New {
            config: checks::completed(&config)?,
            tags: IndexMap::new(),
        };
        Ok(self.add(account, new, Timestamp::UNIX_EPOCH, SignedDuration::ZERO))
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
    new: New,
    now: Timestamp,
) -> Result<String, ServiceError> {
    let config = checks::completed(&new.config)?;
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
        &Asker {
            account,
            id: None,
            now,
        },
        &config,
    )?;
    let delay = world.delays().cloudfront_deploy;
    let state = world.cloudfront_mut();
    let new = New { config, ..new };
    let id = state.add(account, new, now, delay);
    // It is spent for good, whatever becomes of the distribution (API reference, CallerReference).
    state.references.insert(sent, id.clone());
    Ok(id)
}

/// Replaces a distribution's configuration.
pub(super) fn update(
    world: &mut dyn Environment,
    owned: Owned<'_>,
    config: &Element,
    if_match: Option<&str>,
    now: Timestamp,
) -> Result<(), ServiceError> {
    let distribution = world.cloudfront().distribution(owned)?;
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
        &Asker {
            account: owned.account,
            id: Some(owned.id),
            now,
        },
        &config,
    )?;
    let delay = world.delays().cloudfront_deploy;
    let state = world.cloudfront_mut();
    let let_go: Vec<String> = state
        .distribution(owned)?
        .aliases()
        .filter(|held| aliases(&config).all(|kept| !kept.eq_ignore_ascii_case(held)))
        .map(str::to_owned)
        .collect();
    state.release(owned.id, let_go, now);
    state.distribution_mut(owned)?.roll_out(config, now, delay);
    Ok(())
}

/// Deletes a distribution that is disabled at every edge.
pub(super) fn delete(
    world: &mut dyn Environment,
    owned: Owned<'_>,
    if_match: Option<&str>,
    now: Timestamp,
) -> Result<(), ServiceError> {
    let distribution = world.cloudfront().distribution(owned)?;
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
    world.cloudfront_mut().delete(owned, now);
    Ok(())
}
