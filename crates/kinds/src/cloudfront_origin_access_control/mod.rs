//! An origin access control: how CloudFront signs its requests to a private bucket.
//!
//! ```yaml
//! hosting: { account: web, region: us-east-1, assets_host: bimi-assets }
//! ```
//!
//! Quirks of CloudFront: it has no tags; its name is unique within an account, which is how a
//! repeated creation finds the first, and its description says whose it is. It can't go while a
//! distribution refers to it. Every change needs the entity tag of what it changes. An account has room for
//! 100 of them (CloudFront quotas), so several domains of a fleet share one, and it goes with the
//! last.

#[cfg(feature = "aws")]
mod aws;

use std::time::Duration;

use model::{Calls, Diff, Kind, Nothing, Permission, PhysicalId, Readiness, Trail, Verb, diff};
use serde::{Deserialize, Serialize};

/// The kind.
#[derive(Clone, Copy, Debug, Default)]
pub struct CloudfrontOriginAccessControl;

/// The desired properties.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Its name, at most 64 characters.
    pub name: String,
    /// Its purpose; it begins with our project's name, by which we know our own.
    pub description: String,
}

/// The observed properties.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// CloudFront's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: String,
    /// It signs every request, with `SigV4`, for S3.
    pub signs_always: bool,
}

/// The output that is CloudFront's id for it.
pub const ID: &str = "id";

const PERMISSIONS: &[Permission] = &[
    // No policy can limit a creation to resources (R-19; Service Authorization Reference).
    Permission::anywhere(&[
        "cloudfront:CreateOriginAccessControl",
        "cloudfront:ListDistributions",
        "cloudfront:ListOriginAccessControls",
    ]),
    Permission::on(
        &[
            "cloudfront:DeleteOriginAccessControl",
            "cloudfront:GetOriginAccessControl",
            "cloudfront:UpdateOriginAccessControl",
        ],
        "arn:{partition}:cloudfront::{account}:origin-access-control/*",
    ),
];

/// The events of CloudTrail that change one.
const EVENTS: &[&str] = &["UpdateOriginAccessControl", "DeleteOriginAccessControl"];

impl Kind for CloudfrontOriginAccessControl {
    const NAME: &'static str = "cloudfront_origin_access_control";
    type Spec = Spec;
    type State = State;
    type Before = Nothing;

    fn output(state: &State, name: &str) -> Option<String> {
        (name == ID).then(|| state.id.clone())
    }

    fn diff(desired: &Spec, actual: &State, _owned: Option<&Spec>) -> Diff {
        let wanted = State {
            id: actual.id.clone(),
            name: desired.name.clone(),
            description: desired.description.clone(),
            signs_always: true,
        };
        diff::compare(&wanted, actual, &[])
    }

    fn accepted(_recorded: &Spec, actual: &State) -> Option<Spec> {
        Some(Spec {
            name: actual.name.clone(),
            description: actual.description.clone(),
        })
    }

    fn claims(spec: &Spec) -> Vec<String> {
        vec![format!("origin access control {}", spec.name)]
    }

    fn readiness(_desired: &Spec, _actual: &State) -> Readiness {
        Readiness::Ready
    }

    fn calls(verb: Verb, _desired: &Spec, _seen: Option<&State>, _diff: &Diff) -> Vec<Calls> {
        match verb {
            Verb::Create | Verb::Replace => {
                vec![Calls::new("cloudfront", "CreateOriginAccessControl", 1)]
            }
            Verb::Update | Verb::Adopt => {
                vec![
                    Calls::new("cloudfront", "GetOriginAccessControl", 1),
                    Calls::new("cloudfront", "UpdateOriginAccessControl", 1),
                ]
            }
            Verb::Delete => vec![
                Calls::new("cloudfront", "GetOriginAccessControl", 1),
                Calls::new("cloudfront", "DeleteOriginAccessControl", 1),
            ],
            Verb::Forget | Verb::None => Vec::new(),
        }
    }

    fn trail(_spec: &Spec, physical: Option<&PhysicalId>) -> Option<Trail> {
        let id = (&["id"][..], physical?.as_str().to_owned());
        Some(Trail::of("cloudfront.amazonaws.com", EVENTS, [id]))
    }

    fn permissions(_desired: &Spec) -> Vec<Permission> {
        PERMISSIONS.to_vec()
    }

    /// Its deletion is refused as long as a distribution uses it, which is for minutes.
    fn poll() -> Duration {
        Duration::from_secs(30)
    }
}
