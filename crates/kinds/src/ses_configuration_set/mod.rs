//! A configuration set: how one SES instance's mail is delivered, watched and reported.
//!
//! ```yaml
//! ses:
//!   - account: marketing
//!     region: us-east-1
//!     configuration_set:
//!       name: marketing
//!       tls: require
//!       suppression: [bounce, complaint]
//! ```
//!
//! Quirks of SES: its name is its identity within the account and region. Every group of options has
//! a call of its own that sets the group whole. An override of the account's suppression can be
//! changed and emptied, but not taken back, so a manifest that no longer speaks of it leaves it. The
//! events of one destination are set whole; a destination that is switched off gets none.

#[cfg(feature = "aws")]
mod aws;

use std::collections::BTreeMap;

use model::{
    Calls, Diff, Impact, Kind, MailImpact, Nothing, Only, Permission, PhysicalId, Readiness, Trail,
    Transition, Verb, diff,
};
use serde::{Deserialize, Serialize};
use standards::{Step, Strictness};

use crate::calls;
use crate::tags::{self, Tags};

/// The kind.
#[derive(Clone, Copy, Debug, Default)]
pub struct SesConfigurationSet;

/// The destination of events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Destination {
    /// An SNS topic's ARN.
    Sns(String),
    /// An event bus's ARN.
    EventBridge(String),
    /// A delivery stream and the role that writes to it.
    Firehose {
        /// The stream's ARN.
        stream: String,
        /// The role's ARN.
        role: String,
    },
    /// CloudWatch metrics, one dimension a key, with its default value.
    CloudWatch(BTreeMap<String, String>),
}

impl Default for Destination {
    /// Nowhere.
    fn default() -> Self {
        Self::Sns(String::new())
    }
}

/// One event destination.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventDestination {
    /// SES's words for the events, sorted: `BOUNCE`, `COMPLAINT`, `DELIVERY`, …
    pub types: Vec<String>,
    /// Their destination.
    pub destination: Destination,
}

/// The desired and the observed properties: the two have one shape.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Its name.
    pub name: String,
    /// Whether messages go only over TLS.
    pub tls_required: bool,
    /// The longest that a message may be tried, in seconds, 300 to 50400 (SES-32).
    pub max_delivery_seconds: Option<u64>,
    /// Whether reputation metrics are kept.
    pub reputation_metrics: bool,
    /// Whether it may send.
    pub sending: bool,
    /// SES's words for what puts an address on the suppression list, sorted: `BOUNCE`, `COMPLAINT`.
    /// Nothing for the account's own choice.
    pub suppressed_reasons: Option<Vec<String>>,
    /// Event destinations by name.
    pub events: BTreeMap<String, EventDestination>,
    /// Tags.
    pub tags: Tags,
}

/// The steps that a change means for the messages that are sent through this set.
fn steps(from: &Spec, to: &Spec) -> Vec<Step> {
    let mut steps = Vec::new();
    if from.tls_required != to.tls_required {
        steps.push(if to.tls_required {
            Step::new(
                Strictness::Stricter,
                "messages to hosts without TLS are no longer delivered",
            )
        } else {
            Step::new(
                Strictness::Weaker,
                "messages to hosts without TLS go out in the clear",
            )
        });
    }
    if from.sending != to.sending {
        steps.push(if to.sending {
            Step::new(Strictness::Same, "messages are sent again")
        } else {
            Step::new(Strictness::Weaker, "nothing is sent any more")
        });
    }
    let longest = |spec: &Spec| spec.max_delivery_seconds.unwrap_or(DELIVERY_SECONDS_MAX);
    let (was, is) = (longest(from), longest(to));
    if was != is {
        let what = format!("a message is tried for {is} s, not {was} s");
        steps.push(Step::new(Strictness::between(&was, &is).opposite(), what));
    }
    let asked = to.suppressed_reasons.as_ref();
    if asked.is_some_and(|to| from.suppressed_reasons.as_ref() != Some(to)) {
        let what = "addresses are suppressed for other reasons";
        steps.push(Step::new(Strictness::Same, what));
    }
    steps
}

/// How long SES tries a message where nobody says otherwise: 14 hours (SES API v2,
/// `DeliveryOptions`, `MaxDeliverySeconds`).
const DELIVERY_SECONDS_MAX: u64 = 50_400;

/// The events of CloudTrail that change one.
const EVENTS: &[&str] = &[
    "DeleteConfigurationSet",
    "PutConfigurationSetDeliveryOptions",
    "PutConfigurationSetReputationOptions",
    "PutConfigurationSetSendingOptions",
    "PutConfigurationSetSuppressionOptions",
    "PutConfigurationSetTrackingOptions",
    "CreateConfigurationSetEventDestination",
    "UpdateConfigurationSetEventDestination",
    "DeleteConfigurationSetEventDestination",
    "UpdateConfigurationSetReputationMetricsEnabled",
    "UpdateConfigurationSetSendingEnabled",
    "TagResource",
    "UntagResource",
];

/// The calls of an update: SES has one for each group of options, and one for each destination.
fn puts(desired: &Spec, seen: Option<&Spec>, diff: &Diff) -> Vec<Calls> {
    let of_fields: [calls::Put<'_>; 4] = [
        (
            &["tls_required", "max_delivery_seconds"],
            "PutConfigurationSetDeliveryOptions",
        ),
        (
            &["reputation_metrics"],
            "PutConfigurationSetReputationOptions",
        ),
        (&["sending"], "PutConfigurationSetSendingOptions"),
        (
            &["suppressed_reasons"],
            "PutConfigurationSetSuppressionOptions",
        ),
    ];
    let mut puts = calls::puts("ses", diff, &of_fields);
    puts.extend(destinations(desired, seen));
    puts.extend(calls::of_tags("ses", diff, "TagResource", "UntagResource"));
    puts
}

/// The calls that make, change and remove destinations.
fn destinations(desired: &Spec, seen: Option<&Spec>) -> impl Iterator<Item = Calls> {
    let (mut made, mut changed) = (0, 0);
    for (name, event) in &desired.events {
        match seen.and_then(|seen| seen.events.get(name)) {
            None => made += 1,
            Some(seen) if seen != event => changed += 1,
            Some(_) => {}
        }
    }
    let there = seen.into_iter().flat_map(|seen| seen.events.keys());
    let gone = there.filter(|name| !desired.events.contains_key(*name));
    let gone = u32::try_from(gone.count()).unwrap_or(u32::MAX);
    let counts = [("Create", made), ("Update", changed), ("Delete", gone)];
    let counts = counts.into_iter().filter(|(_, count)| *count > 0);
    counts.map(|(verb, count)| {
        let operation = format!("{verb}ConfigurationSetEventDestination");
        Calls::new("ses", &operation, count)
    })
}

impl Kind for SesConfigurationSet {
    const NAME: &'static str = "ses_configuration_set";
    type Spec = Spec;
    type State = Spec;
    type Before = Nothing;

    fn diff(desired: &Spec, actual: &Spec, owned: Option<&Spec>) -> Diff {
        let mut wanted = desired.clone();
        if wanted.suppressed_reasons.is_none() {
            wanted
                .suppressed_reasons
                .clone_from(&actual.suppressed_reasons);
        }
        let mut seen = actual.clone();
        let given = owned.map(|owned| &owned.tags);
        seen.tags = tags::ours(&desired.tags, &actual.tags, given);
        diff::compare(&wanted, &seen, &["name"])
    }

    fn accepted(recorded: &Spec, actual: &Spec) -> Option<Spec> {
        Some(Spec {
            tags: tags::ours(&recorded.tags, &actual.tags, None),
            ..actual.clone()
        })
    }

    fn claims(spec: &Spec) -> Vec<String> {
        vec![format!("configuration set {}", spec.name)]
    }

    fn project(state: &Spec) -> Option<&str> {
        tags::project(&state.tags)
    }

    fn stack(state: &Spec) -> Option<&str> {
        tags::stack(&state.tags)
    }

    fn mail_impact(change: &Transition<'_, Spec, Spec, Nothing>) -> Impact {
        let impact = match (change.seen, change.becomes) {
            (Some(from), Some(to)) => Impact::of_steps(MailImpact::Sending, &steps(from, to)),
            (Some(_), None) => {
                let reason = "SES refuses what names this configuration set";
                Impact::new(MailImpact::Sending, reason).weaker()
            }
            // What nothing uses yet hurts nobody.
            (None, _) => Impact::none(),
        };
        match impact.reason.as_str() {
            "" => Impact::none(),
            _ => impact.about(&change.id.domain),
        }
    }

    fn readiness(_desired: &Spec, _actual: &Spec) -> Readiness {
        Readiness::Ready
    }

    fn calls(verb: Verb, desired: &Spec, seen: Option<&Spec>, diff: &Diff) -> Vec<Calls> {
        match verb {
            Verb::Create | Verb::Replace => {
                let mut calls = vec![Calls::new("ses", "CreateConfigurationSet", 1)];
                calls.extend(destinations(desired, None));
                calls
            }
            Verb::Update | Verb::Adopt => puts(desired, seen, diff),
            Verb::Delete => vec![Calls::new("ses", "DeleteConfigurationSet", 1)],
            Verb::Forget | Verb::None => Vec::new(),
        }
    }

    fn trail(spec: &Spec, _physical: Option<&PhysicalId>) -> Option<Trail> {
        let set = (
            &["configurationSetName", "resourceArn"][..],
            spec.name.clone(),
        );
        Some(Trail::of("ses.amazonaws.com", EVENTS, [set]))
    }

    fn permissions(desired: &Spec) -> Vec<Permission> {
        let mut permissions = vec![Permission::named(
            &[
                "ses:CreateConfigurationSet",
                "ses:CreateConfigurationSetEventDestination",
                "ses:DeleteConfigurationSet",
                "ses:DeleteConfigurationSetEventDestination",
                "ses:GetConfigurationSet",
                "ses:GetConfigurationSetEventDestinations",
                "ses:ListTagsForResource",
                "ses:PutConfigurationSetDeliveryOptions",
                "ses:PutConfigurationSetReputationOptions",
                "ses:PutConfigurationSetSendingOptions",
                "ses:PutConfigurationSetSuppressionOptions",
                "ses:TagResource",
                "ses:UntagResource",
                "ses:UpdateConfigurationSetEventDestination",
            ],
            "arn:{partition}:ses:{region}:{account}:configuration-set/{name}",
            &desired.name,
        )];
        // SES writes to a stream as a role that whoever makes the destination hands it (R-17).
        for one in desired.events.values() {
            if let Destination::Firehose { role, .. } = &one.destination {
                let pass = Permission::named(&["iam:PassRole"], "{name}", role);
                let only = Only::one_of("iam:PassedToService", ["ses.amazonaws.com"]);
                permissions.push(pass.only(only));
            }
        }
        permissions
    }
}
