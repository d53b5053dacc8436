//! The identity of one SES instance: a domain that may send from one account and region, and how
//! its mail is signed.
//!
//! ```yaml
//! ses:
//!   - { account: marketing, region: us-east-1, mail_from: mail1, domain_token: true }
//! ```
//!
//! Quirks of SES:
//!
//! - Tokens differ per account and region, so the records of all instances stand side by side
//!   (SES-06). The zone that they point into is named by the answer (SES-03), or by a table
//!   of ours (SES-04).
//! - It verifies the domain by its DKIM records alone (SES-22), gives up after 72 hours, and begins
//!   anew when it is told how to sign (SES-23).
//! - A brought key is never shown again: the ledger knows the hash of the one that was given. It is
//!   taken as base64 without the first and last line of its PEM.
//! - An identity becomes a replica of another region's only when it is made (SES-08).
//! - The key length can change once a day, and takes effect later (SES-38).

#[cfg(feature = "aws")]
mod answer;
#[cfg(feature = "aws")]
mod aws;
mod fallen;
mod search;

#[cfg(feature = "aws")]
pub(crate) use answer::Identity;
#[cfg(feature = "aws")]
pub(crate) use aws::{client, retag, sdk_tags};
pub use fallen::fallen;
pub(crate) use fallen::word as fallen_word;

use std::time::Duration;

use model::{
    Calls, Diff, Impact, Kind, Location, MailImpact, Nothing, OutputRef, Permission, PhysicalId,
    Polls, Readiness, Trail, Transition, Verb, diff,
};
use serde::{Deserialize, Serialize};

use self::search::Search;
use crate::calls;
use crate::ses_account;
use crate::tags::{self, Tags};

/// The kind.
#[derive(Clone, Copy, Debug, Default)]
pub struct SesIdentity;

/// How messages are signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dkim {
    /// SES makes and keeps the keys.
    Easy {
        /// 1024 or 2048.
        key_length: u32,
    },
    /// The manifest brings the private key.
    Byo {
        /// The selector.
        selector: String,
        /// The SHA-256 of the private key, as 64 hexadecimal digits. The key itself is in no spec.
        key_sha256: String,
    },
    /// SES signs with the keys of the same identity in another region.
    Deterministic {
        /// That region.
        parent_region: String,
    },
}

impl Default for Dkim {
    fn default() -> Self {
        Self::Easy { key_length: 2048 }
    }
}

/// The desired properties.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The domain.
    pub domain: String,
    /// How messages are signed.
    pub dkim: Dkim,
    /// The default configuration set's name.
    pub configuration_set: Option<String>,
    /// Whether bounces and complaints are forwarded by mail.
    pub feedback: bool,
    /// Tags.
    pub tags: Tags,
}

/// One DKIM record that SES wants to find.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DkimRecord {
    /// Its name, without the final dot.
    pub name: String,
    /// Its CNAME's target, without the final dot.
    pub target: String,
}

/// The observed properties.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// The domain.
    pub domain: String,
    /// SES's word on the identity: `PENDING`, `SUCCESS`, …
    pub verification: String,
    /// SES's word on DKIM.
    pub dkim_status: String,
    /// SES's reason when the verification failed.
    pub failure: Option<String>,
    /// `AWS_SES`, `EXTERNAL` or `AWS_SES_<REGION>`.
    pub dkim_origin: String,
    /// Whether it signs.
    pub signing: bool,
    /// 1024 or 2048, for keys that SES makes: the length in use, or the next if one was asked for.
    pub key_length: Option<u32>,
    /// The tokens: three of Easy DKIM, or the one selector.
    pub tokens: Vec<String>,
    /// The records to publish, one a token; none for a brought key.
    pub records: Vec<DkimRecord>,
    /// The default configuration set's name.
    pub configuration_set: Option<String>,
    /// Whether bounces and complaints are forwarded by mail.
    pub feedback: bool,
    /// Tags.
    pub tags: Tags,
}

impl Dkim {
    /// SES's name of the origin: a replica is asked for as `AWS_SES_EU_WEST_1`.
    pub fn origin(&self) -> String {
        match self {
            Self::Easy { .. } => "AWS_SES".to_owned(),
            Self::Byo { .. } => "EXTERNAL".to_owned(),
            Self::Deterministic { parent_region } => {
                format!("AWS_SES_{}", parent_region.to_uppercase().replace('-', "_"))
            }
        }
    }
}

const ACTIONS: &[&str] = &[
    "ses:CreateEmailIdentity",
    "ses:DeleteEmailIdentity",
    "ses:GetEmailIdentity",
    "ses:ListTagsForResource",
    "ses:PutEmailIdentityConfigurationSetAttributes",
    "ses:PutEmailIdentityDkimAttributes",
    "ses:PutEmailIdentityDkimSigningAttributes",
    "ses:PutEmailIdentityFeedbackAttributes",
    "ses:TagResource",
    "ses:UntagResource",
];

/// The output that is the name of a DKIM record, counted from 0.
pub fn record_name(position: usize) -> String {
    format!("dkim/{position}/name")
}

/// The name below which the record that an output names will be: every key is below `_domainkey`
/// (RFC 6376 section 3.6.2.1).
pub fn below(output: &OutputRef) -> Option<String> {
    let is_key = output.resource.kind.as_str() == SesIdentity::NAME
        && output.output.starts_with("dkim/")
        && output.output.ends_with("/name");
    is_key.then(|| format!("_domainkey.{}", output.resource.domain))
}

/// The output that is the target of a DKIM record, counted from 0.
pub fn record_target(position: usize) -> String {
    format!("dkim/{position}/target")
}

/// The compared properties. Those that the way of signing does not have are nothing on both sides.
#[derive(Serialize)]
struct Compared<'a> {
    dkim_origin: String,
    signing: bool,
    configuration_set: Option<&'a str>,
    feedback: bool,
    tags: &'a Tags,
    key_length: Option<u32>,
    selector: Option<&'a str>,
    key_sha256: Option<&'a str>,
    dkim_status: Option<&'a str>,
    verification: Option<&'a str>,
}

impl Spec {
    fn wanted(&self) -> Compared<'_> {
        let mut wanted = Compared {
            dkim_origin: self.dkim.origin(),
            signing: true,
            configuration_set: self.configuration_set.as_deref(),
            feedback: self.feedback,
            tags: &self.tags,
            key_length: None,
            selector: None,
            key_sha256: None,
            dkim_status: None,
            verification: None,
        };
        match &self.dkim {
            Dkim::Easy { key_length } => wanted.key_length = Some(*key_length),
            Dkim::Byo { selector, .. } => wanted.selector = Some(selector),
            Dkim::Deterministic { .. } => {}
        }
        wanted
    }

    /// The hash of the key that SES was or is to be given, for a brought key.
    fn brought_key(&self) -> Option<&str> {
        match &self.dkim {
            Dkim::Byo { key_sha256, .. } => Some(key_sha256),
            Dkim::Easy { .. } | Dkim::Deterministic { .. } => None,
        }
    }
}

impl State {
    /// How messages are signed, where the keys are SES's: a brought key is never shown.
    fn dkim(&self) -> Option<Dkim> {
        match self.dkim_origin.strip_prefix("AWS_SES")? {
            "" => Some(Dkim::Easy {
                key_length: self.key_length?,
            }),
            parent => Some(Dkim::Deterministic {
                parent_region: parent
                    .trim_start_matches('_')
                    .to_lowercase()
                    .replace('_', "-"),
            }),
        }
    }

    /// The properties that are compared with a spec that signs by `dkim`.
    fn seen<'s>(&'s self, dkim: &Dkim, tags: &'s Tags) -> Compared<'s> {
        Compared {
            dkim_origin: self.dkim_origin.clone(),
            signing: self.signing,
            configuration_set: self.configuration_set.as_deref(),
            feedback: self.feedback,
            tags,
            key_length: self
                .key_length
                .filter(|_| matches!(dkim, Dkim::Easy { .. })),
            selector: match dkim {
                Dkim::Byo { .. } => self.tokens.first().map(String::as_str),
                Dkim::Easy { .. } | Dkim::Deterministic { .. } => None,
            },
            key_sha256: None,
            dkim_status: None,
            verification: None,
        }
    }
}

/// The questions that SES answers for many identities at once. They know no resources.
const IN_BATCHES: &[&str] = &[
    "ses:GetIdentityDkimAttributes",
    "ses:GetIdentityVerificationAttributes",
    "ses:ListEmailIdentities",
];

/// The impact of a change of an identity on the messages that are sent through it.
fn changed(wanted: &Spec, diff: &Diff) -> Impact {
    let sending = |reason: String| Impact::new(MailImpact::Sending, reason);
    let signs = ["dkim_origin", "key_length", "selector", "key_sha256"];
    if diff.touches("signing") {
        sending("SES signs what it sends for the domain again".to_owned())
    } else if diff.touches("dkim_origin") {
        // SES Developer Guide, "Provide your own DKIM authentication token", its warning: the former
        // keys are not used while the status is pending. A change of length keeps them.
        sending("SES signs nothing until it has found the records of the new keys".to_owned())
            .weaker()
    } else if signs.iter().any(|field| diff.touches(field)) {
        sending("SES signs with another DKIM key, once it has seen its records".to_owned())
    } else if diff.touches("configuration_set") {
        sending(match &wanted.configuration_set {
            Some(set) => format!("what names no configuration set is sent by the rules of `{set}`"),
            None => "what names no configuration set is sent by no rules".to_owned(),
        })
    } else {
        Impact::none()
    }
}

/// The events of CloudTrail that change one.
const EVENTS: &[&str] = &[
    "DeleteEmailIdentity",
    "PutEmailIdentityDkimAttributes",
    "PutEmailIdentityDkimSigningAttributes",
    "PutEmailIdentityConfigurationSetAttributes",
    "PutEmailIdentityFeedbackAttributes",
    "DeleteIdentity",
    "SetIdentityDkimEnabled",
    "SetIdentityFeedbackForwardingEnabled",
    "TagResource",
    "UntagResource",
];

/// The compared fields that one call brings about: how SES signs.
const SIGNING: [&str; 6] = [
    "dkim_origin",
    "key_length",
    "selector",
    "key_sha256",
    "dkim_status",
    "verification",
];

/// The calls of an update: SES has one for each property.
fn puts(diff: &Diff) -> Vec<Calls> {
    let of_fields: [calls::Put<'_>; 4] = [
        (&["signing"], "PutEmailIdentityDkimAttributes"),
        (
            &["configuration_set"],
            "PutEmailIdentityConfigurationSetAttributes",
        ),
        (&["feedback"], "PutEmailIdentityFeedbackAttributes"),
        (&SIGNING, "PutEmailIdentityDkimSigningAttributes"),
    ];
    let mut puts = calls::puts("ses", diff, &of_fields);
    puts.extend(calls::of_tags("ses", diff, "TagResource", "UntagResource"));
    puts
}

impl Kind for SesIdentity {
    const NAME: &'static str = "ses_identity";
    type Spec = Spec;
    type State = State;
    type Before = Nothing;

    fn diff(desired: &Spec, actual: &State, owned: Option<&Spec>) -> Diff {
        let given = owned.map(|owned| &owned.tags);
        let tags = tags::ours(&desired.tags, &actual.tags, given);
        let (mut wanted, mut seen) = (desired.wanted(), actual.seen(&desired.dkim, &tags));
        // SES does not show the key; the ledger knows which one it was given.
        if let Some(given) = owned.and_then(Spec::brought_key)
            && let Some(key) = desired.brought_key()
        {
            (wanted.key_sha256, seen.key_sha256) = (Some(key), Some(given));
        }
        match search::to_begin(&desired.dkim, actual) {
            Some(Search::ForKeys(word)) => {
                (wanted.dkim_status, seen.dkim_status) = (Some("PENDING"), Some(word));
            }
            Some(Search::ForDomain(word)) => {
                (wanted.verification, seen.verification) = (Some("PENDING"), Some(word));
            }
            None => {}
        }
        diff::compare(&wanted, &seen, &[])
    }

    /// No spec says that an identity does not sign, and none knows a key that somebody else brought.
    fn accepted(recorded: &Spec, actual: &State) -> Option<Spec> {
        Some(Spec {
            dkim: actual.dkim().unwrap_or_else(|| recorded.dkim.clone()),
            configuration_set: actual.configuration_set.clone(),
            feedback: actual.feedback,
            tags: tags::ours(&recorded.tags, &actual.tags, None),
            ..recorded.clone()
        })
    }

    fn project(state: &State) -> Option<&str> {
        tags::project(&state.tags)
    }

    fn stack(state: &State) -> Option<&str> {
        tags::stack(&state.tags)
    }

    fn mail_impact(change: &Transition<'_, Spec, State, Nothing>) -> Impact {
        let sending = |reason: &str| Impact::new(MailImpact::Sending, reason);
        let impact = match (change.seen, change.becomes) {
            (Some(_), None) => sending("SES no longer sends for the domain from here").weaker(),
            (Some(seen), Some(wanted)) => changed(wanted, &Self::diff(wanted, seen, change.was)),
            (None, _) => Impact::none(),
        };
        impact.about(&change.id.domain)
    }

    fn describe_ready(desired: &Spec, location: Option<&Location>) -> String {
        let place = ses_account::place(location);
        format!("SES has verified {}{place}", desired.domain)
    }

    fn readiness(_desired: &Spec, actual: &State) -> Readiness {
        let status = (actual.verification.as_str(), actual.dkim_status.as_str());
        match status {
            ("SUCCESS", "SUCCESS") => Readiness::Ready,
            ("FAILED", _) | (_, "FAILED") => Readiness::Failed(format!(
                "SES gave up on the domain after 72 hours{}: publish its DKIM records and apply again",
                actual
                    .failure
                    .as_ref()
                    .map(|failure| format!(" ({failure})"))
                    .unwrap_or_default()
            )),
            _ => Readiness::Waiting(
                "SES verification (usually minutes, 72 hours at most): SES has to see the DKIM records in public \
                 DNS"
                    .to_owned(),
            ),
        }
    }

    fn calls(verb: Verb, desired: &Spec, _seen: Option<&State>, diff: &Diff) -> Vec<Calls> {
        match verb {
            Verb::Create | Verb::Replace => {
                let mut calls = vec![Calls::new("ses", "CreateEmailIdentity", 1)];
                if !desired.feedback {
                    calls.push(Calls::new("ses", "PutEmailIdentityFeedbackAttributes", 1));
                }
                calls
            }
            Verb::Update | Verb::Adopt => puts(diff),
            Verb::Delete => vec![Calls::new("ses", "DeleteEmailIdentity", 1)],
            Verb::Forget | Verb::None => Vec::new(),
        }
    }

    fn trail(spec: &Spec, _physical: Option<&PhysicalId>) -> Option<Trail> {
        let identity = (
            &["emailIdentity", "identity", "resourceArn"][..],
            spec.domain.clone(),
        );
        Some(Trail::of("ses.amazonaws.com", EVENTS, [identity]))
    }

    fn permissions(desired: &Spec) -> Vec<Permission> {
        let identity = "arn:{partition}:ses:{region}:{account}:identity/{name}";
        let mut permissions = vec![
            Permission::anywhere(IN_BATCHES),
            Permission::named(ACTIONS, identity, &desired.domain),
        ];
        // An identity is made with its default configuration set.
        if let Some(set) = &desired.configuration_set {
            permissions.push(Permission::named(
                &[
                    "ses:CreateEmailIdentity",
                    "ses:PutEmailIdentityConfigurationSetAttributes",
                ],
                "arn:{partition}:ses:{region}:{account}:configuration-set/{name}",
                set,
            ));
        }
        // SES-11: a replica takes the key of its parent, which has its name in another region.
        if matches!(desired.dkim, Dkim::Deterministic { .. }) {
            permissions.push(Permission::named(
                &["ses:ReplicateEmailIdentityDkimSigningKey"],
                "arn:{partition}:ses:*:{account}:identity/{name}",
                &desired.domain,
            ));
        }
        permissions
    }

    fn output(state: &State, name: &str) -> Option<String> {
        let (position, part) = name.strip_prefix("dkim/")?.split_once('/')?;
        let record = state.records.get(position.parse::<usize>().ok()?)?;
        match part {
            "name" => Some(record.name.clone()),
            "target" => Some(record.target.clone()),
            _ => None,
        }
    }

    fn describe_output(_name: &str) -> String {
        "the DKIM records".to_owned()
    }

    /// The keys in three requests, and whether it is verified in one.
    fn polls(verb: Verb) -> Polls {
        calls::polls_of_ses(verb, 4)
    }

    fn poll() -> Duration {
        Duration::from_secs(15)
    }

    fn expected() -> Duration {
        Duration::from_secs(75)
    }
}
