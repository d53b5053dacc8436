//! A file that CloudFront serves: the logo, the mark certificate, the MTA-STS policy.
//!
//! ```yaml
//! bimi: { logo: ../assets/logo.svg, certificate: ../assets/bimi_vmc.pem }
//! mta_sts: { mode: testing, max_age: 7d }
//! ```
//!
//! A change invalidates its path at the distribution.
//!
//! Quirks of AWS:
//!
//! - CloudFront keeps a file for as long as its Cache-Control says, or until its path is invalidated.
//!   The same caller reference with the same paths is the same invalidation: ours is made of the
//!   path, the content and the minute, because old content may come back and must be invalidated
//!   again.
//! - In a versioned bucket a deletion leaves a marker, and every version stays until the bucket goes.

#[cfg(feature = "aws")]
mod aws;

use model::{
    Calls, Container, Diff, Impact, Kind, MailImpact, Nothing, Permission, PhysicalId, Readiness,
    Transition, Verb, diff,
};
use serde::{Deserialize, Serialize};
use standards::Strictness;
use standards::mta_sts::{self, MtaStsPolicy};

pub use model::plan::sha256;

use crate::S3Bucket;

/// The kind.
#[derive(Clone, Copy, Debug, Default)]
pub struct S3Object;

/// The desired properties.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The bucket's name.
    pub bucket: String,
    /// Its key, without a leading slash.
    pub key: String,
    /// The bytes, in base64.
    pub content: String,
    /// The media type that viewers see.
    pub media_type: String,
    /// The Cache-Control that viewers see.
    pub cache_control: String,
    /// A name under which a distribution serves it, whose cache a change invalidates. The name, not
    /// the distribution: an object is there before what serves it.
    pub host: String,
}

/// The observed properties.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// The SHA-256 of the bytes, as 64 hexadecimal digits.
    pub sha256: String,
    /// The media type.
    pub media_type: String,
    /// The Cache-Control.
    pub cache_control: String,
    /// The version that S3 has of it, where the bucket was versioned when it was read or written. No
    /// two contents ever have the same one, so it stands for all of the above.
    pub version: Option<String>,
}

impl Spec {
    /// Whether it is the MTA-STS policy of its host.
    pub fn is_policy(&self) -> bool {
        self.key.ends_with(POLICY_KEY)
    }

    /// The bytes; empty when the base64 is broken, which no spec of ours is.
    pub fn bytes(&self) -> Vec<u8> {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD
            .decode(&self.content)
            .unwrap_or_default()
    }

    /// The state that this spec asks for, as `version` of its object: any will do.
    pub fn wanted(&self, version: Option<String>) -> State {
        State {
            sha256: sha256(&self.bytes()),
            media_type: self.media_type.clone(),
            cache_control: self.cache_control.clone(),
            version,
        }
    }
}

/// The place of an object.
#[derive(PartialEq, Serialize)]
struct Place<'a> {
    bucket: &'a str,
    key: &'a str,
}

impl<'a> Place<'a> {
    fn of(spec: &'a Spec) -> Self {
        Self {
            bucket: &spec.bucket,
            key: &spec.key,
        }
    }
}

/// The path of the MTA-STS policy on its host (RFC 8461, section 3.3).
const POLICY_KEY: &str = ".well-known/mta-sts.txt";

/// The difference between two policies for the senders that follow them.
fn policy(before: Option<&Spec>, after: Option<&Spec>) -> Impact {
    let read = |spec: Option<&Spec>| MtaStsPolicy::parse(&spec?.bytes()).0;
    let (before, after) = (read(before), read(after));
    let steps = mta_sts::steps(before.as_ref(), after.as_ref());
    let impact = Impact::of_steps(MailImpact::Receiving, &steps);
    // Senders hold a policy until it has run out, or until they see a new id (RFC 8461, section 5.1).
    let held = before.filter(|_| impact.direction == Strictness::Weaker);
    impact.within(held.map_or(0, |policy| policy.max_age().seconds()))
}

/// A logo or its certificate.
fn file(was_there: bool, stays: bool) -> Impact {
    let branding = |reason: &str| Impact::new(MailImpact::Branding, reason);
    match (was_there, stays) {
        (true, false) => branding("the logo or its certificate is gone").weaker(),
        (true, true) => branding("mail shows another logo, or one with another certificate"),
        (false, _) => branding("the logo or its certificate can be fetched"),
    }
}

impl Kind for S3Object {
    const NAME: &'static str = "s3_object";
    type Spec = Spec;
    type State = State;
    type Before = Nothing;

    fn diff(desired: &Spec, actual: &State, owned: Option<&Spec>) -> Diff {
        let mut found = diff::compare(&desired.wanted(actual.version.clone()), actual, &[]);
        // Another bucket or key is another object; the planner sees that by the ledger's spec.
        if let Some(owned) = owned {
            let (place, was) = (Place::of(desired), Place::of(owned));
            let moved = diff::compare(&place, &was, &["bucket", "key"]);
            found.changes.extend(moved.changes);
        }
        found
    }

    /// Of its bytes only the hash was seen.
    fn accepted(recorded: &Spec, actual: &State) -> Option<Spec> {
        Some(Spec {
            media_type: actual.media_type.clone(),
            cache_control: actual.cache_control.clone(),
            ..recorded.clone()
        })
    }

    fn mail_impact(change: &Transition<'_, Spec, State, Nothing>) -> Impact {
        let Some(spec) = change.becomes.or(change.was) else {
            return Impact::none();
        };
        // What somebody else wrote over ours is known by its hash only.
        let ours = change.was.filter(|was| match change.seen {
            Some(seen) => seen.sha256 == sha256(&was.bytes()),
            None => true,
        });
        let is_same = |to: &Spec| {
            change
                .seen
                .is_some_and(|seen| seen.sha256 == sha256(&to.bytes()))
        };
        let impact = match change.becomes {
            Some(to) if is_same(to) => Impact::none(),
            _ if spec.is_policy() => policy(ours, change.becomes),
            // What is gone already takes nothing along.
            None if change.seen.is_none() => Impact::none(),
            _ => file(change.seen.is_some(), change.becomes.is_some()),
        };
        impact.about(&change.id.domain)
    }

    fn why_other(
        desired: &Spec,
        owned: &Spec,
        _physical: Option<&PhysicalId>,
    ) -> Option<&'static str> {
        let is_other = Place::of(desired) != Place::of(owned);
        is_other.then_some("moves to another bucket or key")
    }

    fn container(spec: &Spec) -> Option<Container> {
        Some(Container {
            kind: S3Bucket::NAME,
            physical: spec.bucket.as_str().into(),
        })
    }

    fn parts(spec: &Spec) -> Vec<String> {
        vec![format!("{}/{}", spec.bucket, spec.key)]
    }

    fn readiness(_desired: &Spec, _actual: &State) -> Readiness {
        Readiness::Ready
    }

    fn calls(verb: Verb, _desired: &Spec, _seen: Option<&State>, _diff: &Diff) -> Vec<Calls> {
        match verb {
            Verb::Create | Verb::Replace => vec![Calls::new("s3", "PutObject", 1)],
            Verb::Update | Verb::Adopt => {
                vec![
                    Calls::new("s3", "PutObject", 1),
                    Calls::new("cloudfront", "CreateInvalidation", 1),
                ]
            }
            Verb::Delete => vec![Calls::new("s3", "DeleteObject", 1)],
            Verb::Forget | Verb::None => Vec::new(),
        }
    }

    fn permissions(desired: &Spec) -> Vec<Permission> {
        vec![
            // Whoever may not list a bucket is told 403, not 404, of an object that is not there.
            Permission::named(
                &["s3:ListBucket", "s3:ListBucketVersions"],
                "arn:{partition}:s3:::{name}",
                &desired.bucket,
            ),
            Permission::named(
                &["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
                "arn:{partition}:s3:::{name}/*",
                &desired.bucket,
            ),
            Permission::anywhere(&["cloudfront:ListDistributions"]),
            Permission::on(
                &["cloudfront:CreateInvalidation"],
                "arn:{partition}:cloudfront::{account}:distribution/*",
            ),
        ]
    }
}
