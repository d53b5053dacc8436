//! A distribution: what the world sees of the bucket, under the domain's own names.
//!
//! ```yaml
//! hosting: { account: web, region: us-east-1, assets_host: bimi-assets }
//! ```
//!
//! HTTPS only, TLS 1.2 and later, IPv6, HTTP/2 and HTTP/3, standard logging.
//!
//! Quirks of CloudFront:
//!
//! - An alias belongs to one distribution in all of AWS, and needs a certificate that covers it. A wildcard
//!   is another alias than a name below it, and the name goes before it, wherever DNS leads: so a name
//!   moves to another account (Developer Guide, "Use a wildcard to move an alternate domain name").
//! - A change takes minutes to deploy; only what needs it waits.
//! - An update sends the whole configuration, under the entity tag of the one it was read from: what we do
//!   not speak of goes back as it came.
//! - A cache policy excludes the older settings `ForwardedValues` and the TTLs.
//! - It is deleted in three steps: disable, wait until that is deployed, delete.
//! - Anybody can write our comment; ours are known by tags, or by the caller reference.

#[cfg(feature = "aws")]
mod aws;
mod compared;
#[cfg(feature = "aws")]
mod config;
#[cfg(feature = "aws")]
mod create;
#[cfg(feature = "aws")]
mod find;
#[cfg(feature = "aws")]
pub(crate) mod listing;

use std::time::Duration;

use model::rules;
use model::{
    Calls, Change, Diff, Field, Impact, Kind, Location, MailImpact, Nothing, Permission,
    PhysicalId, Polls, Readiness, Trail, Transition, Verb, diff,
};
use serde::{Deserialize, Serialize};
use standards::Finding;

use crate::calls;
use crate::tags::{self, Tags};
use crate::wildcard::covers;

/// The kind.
#[derive(Clone, Copy, Debug, Default)]
pub struct CloudfrontDistribution;

/// The destination of the distribution's log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Logging {
    /// The log bucket's domain name: `name.s3.amazonaws.com`.
    pub bucket: String,
    /// The prefix of its keys.
    pub prefix: String,
}

/// The desired properties.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The caller reference: a repeated creation finds the first.
    pub caller_reference: String,
    /// Its purpose.
    pub comment: String,
    /// Its names.
    pub aliases: Vec<String>,
    /// The certificate's ARN.
    pub certificate: Field<String>,
    /// The bucket's regional domain name, with the folder of it that is read from, if it is not all of it.
    pub origin: String,
    /// The origin access control's id.
    pub access_control: Field<String>,
    /// Its log.
    pub logging: Option<Logging>,
    /// Which edges serve it: `PriceClass_100`, `PriceClass_200`, `PriceClass_All`.
    pub price_class: String,
    /// Tags.
    pub tags: Tags,
}

/// The observed properties.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// CloudFront's id.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// Its own name: `d111111abcdef8.cloudfront.net`.
    pub domain_name: String,
    /// `InProgress` or `Deployed`.
    pub status: String,
    /// Its purpose.
    pub comment: String,
    /// Whether it answers.
    pub enabled: bool,
    /// Its names, sorted.
    pub aliases: Vec<String>,
    /// The certificate's ARN.
    pub certificate: Option<String>,
    /// The oldest protocol it accepts: `TLSv1.2_2021`.
    pub minimum_protocol: String,
    /// The origin's domain name, with its path.
    pub origin: String,
    /// The origin access control's id.
    pub access_control: Option<String>,
    /// Its policy for plain HTTP: `https-only`.
    pub viewer_protocol: String,
    /// The id of its cache policy.
    pub cache_policy: Option<String>,
    /// `http2and3`.
    pub http_version: String,
    /// Whether it has IPv6 addresses.
    pub ipv6: bool,
    /// Its log.
    pub logging: Option<Logging>,
    /// Which edges serve it.
    pub price_class: String,
    /// Tags.
    pub tags: Tags,
    /// The version that CloudFront showed: it tells an answer of before an update, and where a listing
    /// still shows it, the configuration is the same. Empty where it is not known.
    pub etag: String,
    /// Whether a continuous deployment policy is attached, which no manifest declares.
    pub is_staged: bool,
}

/// AWS's managed cache policy `CachingOptimized`: it honours the objects' Cache-Control.
pub const CACHE_POLICY: &str = "658327ea-f89d-4fab-a63d-7e88639e58f6";
/// The security policy: TLS 1.2 and later, at least.
pub const MINIMUM_PROTOCOL: &str = "TLSv1.2_2021";
/// The policies that accept more than it, which is every older one. CloudFront adds stricter ones
/// (`TLSv1.3_2025`), which nobody's distribution is lowered from, whatever they will be called.
const WEAKER: [&str; 7] = [
    "",
    "SSLv3",
    "TLSv1",
    "TLSv1_2016",
    "TLSv1.1_2016",
    "TLSv1.2_2018",
    "TLSv1.2_2019",
];

/// Whether a security policy accepts what ours does not.
pub fn is_weak(policy: &str) -> bool {
    WEAKER.contains(&policy)
}

/// Whether an alias is a wildcard, by which a distribution answers while its names move.
fn is_wildcard(alias: &str) -> bool {
    alias.starts_with("*.")
}

fn sorted(aliases: &[String]) -> Vec<String> {
    let mut aliases = aliases.to_vec();
    aliases.sort();
    aliases
}

/// The output that is the distribution's ARN.
pub const ARN: &str = "arn";
/// The output that is CloudFront's own name for it: `d111111abcdef8.cloudfront.net`.
pub const DOMAIN_NAME: &str = "domain_name";

const PERMISSIONS: &[Permission] = &[
    // No policy can limit a creation to resources (R-19; Service Authorization Reference).
    Permission::anywhere(&[
        "cloudfront:CreateDistribution",
        "cloudfront:ListDistributions",
        "tag:GetResources",
    ]),
    Permission::on(
        &[
            "cloudfront:DeleteDistribution",
            "cloudfront:GetDistribution",
            "cloudfront:GetDistributionConfig",
            "cloudfront:ListConflictingAliases",
            "cloudfront:ListTagsForResource",
            "cloudfront:TagResource",
            "cloudfront:UntagResource",
            "cloudfront:UpdateDistribution",
        ],
        "arn:{partition}:cloudfront::{account}:distribution/*",
    ),
];

/// Whether a change is of tags, which are no part of what CloudFront carries to its edges.
fn is_of_tags(change: &Change) -> bool {
    change.field.starts_with("tags")
}

/// The calls that change the configuration: CloudFront takes the whole of it with the version that was read.
fn update() -> [Calls; 2] {
    ["GetDistributionConfig", "UpdateDistribution"]
        .map(|operation| Calls::new("cloudfront", operation, 1))
}

/// The events of CloudTrail that change one.
const EVENTS: &[&str] = &[
    "UpdateDistribution",
    "DeleteDistribution",
    "UpdateDistributionWithStagingConfig",
    "AssociateAlias",
    "TagResource",
    "UntagResource",
];

impl Kind for CloudfrontDistribution {
    const NAME: &'static str = "cloudfront_distribution";
    type Spec = Spec;
    type State = State;
    type Before = Nothing;

    fn fields(spec: &mut Spec) -> Vec<&mut Field<String>> {
        vec![&mut spec.certificate, &mut spec.access_control]
    }

    fn output(state: &State, name: &str) -> Option<String> {
        match name {
            ARN => Some(state.arn.clone()),
            DOMAIN_NAME => Some(state.domain_name.clone()),
            _ => None,
        }
    }

    fn diff(desired: &Spec, actual: &State, owned: Option<&Spec>) -> Diff {
        let given = owned.map(|owned| &owned.tags);
        let tags = tags::ours(&desired.tags, &actual.tags, given);
        diff::compare(&desired.wanted(), &actual.seen(&tags), &[])
    }

    /// No spec says that a distribution is disabled, or that it takes plain HTTP or an old TLS.
    fn accepted(recorded: &Spec, actual: &State) -> Option<Spec> {
        let or = |seen: &Option<String>, recorded: &Field<String>| match seen {
            Some(seen) => Field::Known(seen.clone()),
            None => recorded.clone(),
        };
        Some(Spec {
            comment: actual.comment.clone(),
            aliases: actual.aliases.clone(),
            certificate: or(&actual.certificate, &recorded.certificate),
            origin: actual.origin.clone(),
            access_control: or(&actual.access_control, &recorded.access_control),
            logging: actual.logging.clone(),
            price_class: actual.price_class.clone(),
            tags: tags::ours(&recorded.tags, &actual.tags, None),
            ..recorded.clone()
        })
    }

    fn takes_away(before: &Spec, after: &Spec) -> bool {
        let mut names = before.aliases.iter();
        names.any(|name| !after.aliases.contains(name))
    }

    fn led_to(state: &State) -> Option<(String, Vec<String>)> {
        Some((state.domain_name.clone(), state.aliases.clone()))
    }

    fn lets_go(spec: &Spec, state: &State) -> Vec<String> {
        let is_kept = |host: &&String| {
            let mut kept = spec.aliases.iter();
            kept.any(|alias| alias.eq_ignore_ascii_case(host))
        };
        let names = state.aliases.iter().filter(|alias| !is_wildcard(alias));
        let hosts = names.filter(|host| !is_kept(host));
        hosts.cloned().collect()
    }

    fn project(state: &State) -> Option<&str> {
        tags::project(&state.tags)
    }

    fn stack(state: &State) -> Option<&str> {
        tags::stack(&state.tags)
    }

    fn mail_impact(change: &Transition<'_, Spec, State, Nothing>) -> Impact {
        let Some(seen) = change.seen.filter(|seen| seen.enabled) else {
            return Impact::none();
        };
        let stays = |alias: &&String| {
            let wanted = change.becomes.into_iter().flat_map(|spec| &spec.aliases);
            wanted
                .into_iter()
                .any(|wanted| wanted.eq_ignore_ascii_case(alias))
        };
        let names = seen.aliases.iter().filter(|alias| !is_wildcard(alias));
        let gone: Vec<&String> = names.filter(|alias| !stays(alias)).collect();
        // The policy is always at this name (RFC 8461, section 3.3).
        let is_policy = gone.iter().any(|alias| alias.starts_with("mta-sts."));
        let mail = if gone.is_empty() {
            return Impact::none();
        } else if is_policy {
            MailImpact::Receiving
        } else {
            MailImpact::Branding
        };
        let names: Vec<&str> = gone.into_iter().map(String::as_str).collect();
        let verb = if names.len() == 1 {
            "answers"
        } else {
            "answer"
        };
        let reason = format!("{} no longer {verb}", names.join(" and "));
        Impact::new(mail, reason).weaker().about(&change.id.domain)
    }

    /// Deployed, and with what was sent: right after an update CloudFront can show the configuration
    /// before it as deployed (cdkd, `cloudfront-distribution-provider.ts`).
    fn describe_ready(desired: &Spec, _location: Option<&Location>) -> String {
        let names = desired.aliases.join(" and ");
        format!("CloudFront has deployed the distribution of {names}")
    }

    fn readiness(desired: &Spec, actual: &State) -> Readiness {
        // An emulator that shows no access control at all (moto) would be waited for without an end.
        // CloudFront shows the one before, until it shows ours.
        let is_never_shown =
            |change: &Change| change.field == "access_control" && actual.access_control.is_none();
        let diff = Self::diff(desired, actual, None);
        let mut changes = diff.changes.iter();
        if actual.status == "Deployed" && changes.all(|one| is_of_tags(one) || is_never_shown(one))
        {
            Readiness::Ready
        } else {
            Readiness::Waiting(
                "distribution deployment (usually 3 minutes): CloudFront carries it to its edges"
                    .to_owned(),
            )
        }
    }

    /// A continuous deployment policy forbids changes of the certificate and of TLS for as long as
    /// it is attached (aws-cli issue 10446).
    fn blocker(desired: &Spec, actual: Option<&State>) -> Option<Finding> {
        let actual = actual.filter(|actual| actual.is_staged)?;
        let diff = Self::diff(desired, actual, None);
        let refused = ["certificate", "minimum_protocol"];
        refused.iter().any(|field| diff.touches(field)).then(|| {
            Finding::new(
                rules::PLAN_21,
                format!(
                    "the distribution `{}` has a continuous deployment policy, and CloudFront refuses \
                     to change its certificate and TLS until that is detached",
                    actual.id
                ),
            )
        })
    }

    fn parts(spec: &Spec) -> Vec<String> {
        let log = spec.logging.iter().filter_map(|log| {
            let bucket = log.bucket.strip_suffix(".s3.amazonaws.com")?;
            Some(format!("{bucket}/{}", log.prefix))
        });
        log.collect()
    }

    fn calls(verb: Verb, _desired: &Spec, seen: Option<&State>, diff: &Diff) -> Vec<Calls> {
        match verb {
            Verb::Create | Verb::Replace => {
                vec![Calls::new("cloudfront", "CreateDistributionWithTags", 1)]
            }
            Verb::Update | Verb::Adopt => {
                let mut calls = Vec::new();
                if !diff.changes.iter().all(is_of_tags) {
                    calls.extend(update());
                }
                calls.extend(calls::of_tags(
                    "cloudfront",
                    diff,
                    "TagResource",
                    "UntagResource",
                ));
                calls
            }
            Verb::Delete => {
                let mut calls = Vec::new();
                // It is taken out of service first.
                if seen.is_none_or(|seen| seen.enabled) {
                    calls.extend(update());
                }
                calls.push(Calls::new("cloudfront", "DeleteDistribution", 1));
                calls
            }
            Verb::Forget | Verb::None => Vec::new(),
        }
    }

    fn trail(_spec: &Spec, physical: Option<&PhysicalId>) -> Option<Trail> {
        let id = (
            &["id", "resource", "targetDistributionId"][..],
            physical?.as_str().to_owned(),
        );
        Some(Trail::of("cloudfront.amazonaws.com", EVENTS, [id]))
    }

    fn permissions(_desired: &Spec) -> Vec<Permission> {
        PERMISSIONS.to_vec()
    }

    /// An alias belongs to one distribution in all of AWS, so the old one releases it first. A wildcard is
    /// another alias than the names below it: with that, the successor is there already.
    fn released(spec: &Spec) -> Option<Spec> {
        let wildcards = spec.aliases.iter().filter(|alias| is_wildcard(alias));
        Some(Spec {
            aliases: wildcards.cloned().collect(),
            ..spec.clone()
        })
    }

    fn answers(spec: &Spec, host: &str) -> bool {
        let mut aliases = spec.aliases.iter();
        aliases.any(|alias| covers(alias, host))
    }

    /// Deployed five seconds after the first question; disabled before it is deleted.
    fn polls(verb: Verb) -> Polls {
        let together = match verb {
            Verb::Delete => 4,
            _ => 2,
        };
        Polls {
            service: "cloudfront",
            each: 0,
            together,
        }
    }

    /// One listing answers for all that wait, and what they wait for is the longest of a run.
    fn poll() -> Duration {
        Duration::from_secs(5)
    }

    /// Others measured 166 to 174 seconds in 2026.
    fn expected() -> Duration {
        Duration::from_secs(165)
    }
}
