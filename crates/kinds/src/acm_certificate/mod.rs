//! A certificate of AWS Certificate Manager, validated through DNS.
//!
//! ```yaml
//! hosting: { account: web, region: us-east-1, assets_host: bimi-assets }
//! ```
//!
//! An existing certificate can be named instead (`certificate: arn:…`); then nothing is requested or
//! deleted, and it has to be issued for every host before anything else is done.
//!
//! Quirks of ACM:
//!
//! - CloudFront takes certificates from us-east-1 only.
//! - It asks for one validation record per distinct name, shown a moment after the request. The
//!   record of a name is the same for every certificate of one account, so two can share it.
//! - Names can't change, and a certificate that failed, or was not validated within 72 hours, never
//!   recovers: both need a new request.
//! - An idempotency token is remembered for an hour, with the certificate that failed too.

#[cfg(feature = "aws")]
mod aws;

#[cfg(feature = "aws")]
pub(crate) use aws::Certificates;
#[cfg(feature = "aws")]
pub use aws::renewal;

use std::collections::BTreeMap;
use std::time::Duration;

use model::rules;
use model::{
    Calls, Diff, Effect, Kind, Location, Nothing, Only, OutputRef, Permission, PhysicalId, Polls,
    Readiness, Side, Trail, Verb, diff,
};
use serde::{Deserialize, Serialize};
use standards::Finding;

use crate::calls;
use crate::tags::{self, Tags};
use crate::wildcard::covers;

/// The kind.
#[derive(Clone, Copy, Debug, Default)]
pub struct AcmCertificate;

/// How ACM fares with the renewal of a certificate, which it begins 60 days before the end (ACM User
/// Guide, "Managed certificate renewal").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renewal {
    /// ACM's word: `PENDING_AUTO_RENEWAL`, `PENDING_VALIDATION`, `SUCCESS`, `FAILED`.
    pub status: String,
    /// The reason of a failure, in ACM's word.
    pub failure: Option<String>,
}

impl Renewal {
    /// Whether ACM waits for somebody, or has given up. What it does by itself it does within hours.
    pub fn is_stuck(&self) -> bool {
        matches!(self.status.as_str(), "PENDING_VALIDATION" | "FAILED")
    }
}

/// The desired properties.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Every name the certificate is for, the first being its subject.
    pub names: Vec<String>,
    /// The idempotency token: a repeated request within the hour finds the first (ACM API
    /// reference, `RequestCertificate`). At most 32 word characters.
    pub token: String,
    /// The ARN of an existing certificate to use instead of requesting one.
    pub existing: Option<String>,
    /// Tags.
    pub tags: Tags,
}

/// The CNAME by which ACM sees that a name is ours.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValidationRecord {
    /// Its name, absolute, without the final dot.
    pub name: String,
    /// Its target, without the final dot.
    pub value: String,
}

/// The observed properties.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// The certificate's ARN.
    pub arn: String,
    /// ACM's word: `PENDING_VALIDATION`, `ISSUED`, `FAILED`, …
    pub status: String,
    /// Why it failed, in ACM's word.
    pub failure: Option<String>,
    /// Every name, sorted.
    pub names: Vec<String>,
    /// The validation record of each name. Absent for a moment after the request.
    pub validation: BTreeMap<String, ValidationRecord>,
    /// When it expires, in seconds since 1970.
    pub not_after: Option<i64>,
    /// The beginning of its lifetime, in seconds since 1970. ACM tells it with every look, and the
    /// ledger does not keep it.
    #[serde(skip)]
    pub not_before: Option<i64>,
    /// Tags.
    pub tags: Tags,
}

/// The output that is the certificate's ARN.
pub const ARN: &str = "arn";

/// The output that is the name of a host's validation record.
pub fn validation_name(host: &str) -> String {
    format!("validation/{host}/name")
}

/// The output that is the target of a host's validation record.
pub fn validation_value(host: &str) -> String {
    format!("validation/{host}/value")
}

/// The name below which the validation record will be that an output names: ACM puts it below the host.
pub fn below(output: &OutputRef) -> Option<String> {
    let is_of_certificate = output.resource.kind.as_str() == AcmCertificate::NAME;
    let (host, part) = validated(&output.output)?;
    (is_of_certificate && part == "name").then(|| host.trim_start_matches("*.").to_owned())
}

/// The host and the part that an output of a validation record is about.
fn validated(output: &str) -> Option<(&str, &str)> {
    output.strip_prefix("validation/")?.split_once('/')
}

/// The compared properties of a certificate that the manifest names.
#[derive(Serialize)]
struct Named<'a> {
    arn: &'a str,
}

/// The compared properties of a certificate that we request.
#[derive(Serialize)]
struct Compared<'a> {
    names: Vec<String>,
    tags: &'a Tags,
}

impl<'a> Compared<'a> {
    fn of(names: &[String], tags: &'a Tags) -> Self {
        Self {
            names: sorted(names),
            tags,
        }
    }
}

fn sorted(names: &[String]) -> Vec<String> {
    let mut names: Vec<String> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
    names.sort();
    names.dedup();
    names
}

const PERMISSIONS: &[Permission] = &[
    Permission::anywhere(&["acm:ListCertificates", "tag:GetResources"]),
    Permission::on(
        &[
            "acm:AddTagsToCertificate",
            "acm:DeleteCertificate",
            "acm:DescribeCertificate",
            "acm:ListTagsForCertificate",
            "acm:RemoveTagsFromCertificate",
        ],
        "arn:{partition}:acm:{region}:{account}:certificate/*",
    ),
];

/// The events of CloudTrail that change one.
const EVENTS: &[&str] = &[
    "DeleteCertificate",
    "UpdateCertificateOptions",
    "AddTagsToCertificate",
    "RemoveTagsFromCertificate",
];

impl Kind for AcmCertificate {
    const NAME: &'static str = "acm_certificate";
    type Spec = Spec;
    type State = State;
    type Before = Nothing;

    fn diff(desired: &Spec, actual: &State, owned: Option<&Spec>) -> Diff {
        if let Some(arn) = &desired.existing {
            return diff::compare(&Named { arn }, &Named { arn: &actual.arn }, &[]);
        }
        // A certificate's names can't change; a failed one never recovers. Both need a new request.
        let given = owned.map(|owned| &owned.tags);
        let tags = tags::ours(&desired.tags, &actual.tags, given);
        let mut found = diff::compare(
            &Compared::of(&desired.names, &desired.tags),
            &Compared::of(&actual.names, &tags),
            &["names"],
        );
        if actual.is_dead() {
            found.changes.push(model::Change {
                field: "status".to_owned(),
                from: Side::of(&actual.status),
                to: Side::of(&"ISSUED"),
                effect: Effect::Replace,
            });
        }
        found
    }

    /// Its names can't change: one with others is another certificate.
    fn accepted(recorded: &Spec, actual: &State) -> Option<Spec> {
        Some(Spec {
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

    fn describe_ready(desired: &Spec, _location: Option<&Location>) -> String {
        format!(
            "ACM has issued the certificate of {}",
            desired.names.join(" and ")
        )
    }

    fn readiness(_desired: &Spec, actual: &State) -> Readiness {
        match actual.status.as_str() {
            "ISSUED" => Readiness::Ready,
            "PENDING_VALIDATION" => Readiness::Waiting(
                "certificate validation (usually minutes, 72 hours at most): ACM has to see the \
                 validation records in public DNS"
                    .to_owned(),
            ),
            status => Readiness::Failed(match &actual.failure {
                Some(reason) => format!("the certificate is {status} ({reason})"),
                None => format!("the certificate is {status}"),
            }),
        }
    }

    fn calls(verb: Verb, desired: &Spec, _seen: Option<&State>, diff: &Diff) -> Vec<Calls> {
        match verb {
            _ if desired.existing.is_some() => Vec::new(),
            Verb::Create | Verb::Replace => vec![Calls::new("acm", "RequestCertificate", 1)],
            Verb::Update | Verb::Adopt => {
                let [set, removed] = ["AddTagsToCertificate", "RemoveTagsFromCertificate"];
                calls::of_tags("acm", diff, set, removed)
            }
            Verb::Delete => vec![Calls::new("acm", "DeleteCertificate", 1)],
            Verb::Forget | Verb::None => Vec::new(),
        }
    }

    fn trail(_spec: &Spec, physical: Option<&PhysicalId>) -> Option<Trail> {
        let arn = (&["certificateArn"][..], physical?.as_str().to_owned());
        Some(Trail::of("acm.amazonaws.com", EVENTS, [arn]))
    }

    fn permissions(desired: &Spec) -> Vec<Permission> {
        let request = Permission::anywhere(&["acm:RequestCertificate"])
            .only(Only::all_of("acm:DomainNames", &desired.names))
            .only(Only::one_of("acm:ValidationMethod", ["DNS"]));
        let mut permissions = PERMISSIONS.to_vec();
        permissions.push(request);
        permissions
    }

    fn blocker(desired: &Spec, actual: Option<&State>) -> Option<Finding> {
        let arn = desired.existing.as_ref()?;
        let Some(actual) = actual else {
            let text = "the manifest names the certificate `{}`, and this account has none such";
            return Some(Finding::new(rules::PLAN_12, text.replace("{}", arn)));
        };
        let left_out: Vec<&str> = desired
            .names
            .iter()
            .filter(|host| !actual.names.iter().any(|name| covers(name, host)))
            .map(String::as_str)
            .collect();
        let text = if !left_out.is_empty() {
            format!(
                "the certificate `{arn}` is for {}, and not for {}",
                actual.names.join(", "),
                left_out.join(", ")
            )
        } else if actual.status != "ISSUED" {
            format!("the certificate `{arn}` is {}", actual.status)
        } else {
            return None;
        };
        Some(Finding::new(rules::PLAN_12, text))
    }

    fn output(state: &State, name: &str) -> Option<String> {
        let Some((host, part)) = validated(name) else {
            return (name == ARN).then(|| state.arn.clone());
        };
        let record = state.validation.get(host)?;
        match part {
            "name" => Some(record.name.clone()),
            "value" => Some(record.value.clone()),
            _ => None,
        }
    }

    fn describe_output(name: &str) -> String {
        match validated(name) {
            Some((host, _)) => format!("the validation record of {host}"),
            None => "its ARN".to_owned(),
        }
    }

    /// A validation record never changes, and ACM may show none for a name that is validated (R-56).
    fn still(mut state: State, before: &State) -> State {
        if state.arn == before.arn {
            for (host, record) in &before.validation {
                let shown = state.validation.entry(host.clone());
                shown.or_insert_with(|| record.clone());
            }
        }
        state
    }

    /// One answer has the validation records, and the lists tell when ACM has issued it.
    fn polls(verb: Verb) -> Polls {
        match verb {
            Verb::Create | Verb::Replace => Polls {
                service: "acm",
                each: 1,
                together: 4,
            },
            _ => Polls::default(),
        }
    }

    fn poll() -> Duration {
        Duration::from_secs(5)
    }

    /// Its validation records are in sync after half a minute, and ACM issues it another half minute
    /// later.
    fn expected() -> Duration {
        Duration::from_mins(1)
    }
}

impl State {
    /// Whether no validation can bring it to life any more.
    pub fn is_dead(&self) -> bool {
        is_dead(&self.status)
    }
}

fn is_dead(status: &str) -> bool {
    ["FAILED", "VALIDATION_TIMED_OUT", "REVOKED", "EXPIRED"].contains(&status)
}
