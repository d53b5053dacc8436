//! A private bucket: for the files that CloudFront serves, or for logs.
//!
//! ```yaml
//! hosting: { account: web, region: us-east-1, assets_host: bimi-assets, log_retention: 90d }
//! ```
//!
//! Public access blocked, SSE-S3, versioned, tagged. The assets bucket is owner-enforced and writes
//! its access log to the log bucket. The log bucket accepts access control lists, because
//! CloudFront's standard logging delivers with one (CloudFront Developer Guide, "Permissions
//! required to configure standard logging"), and lets what is old expire.
//!
//! Quirks of S3:
//!
//! - Names are global: a bucket of that name in another account answers 403, never 404. Every call
//!   names the account that we expect to own it.
//! - us-east-1 is the one region that must not be named on creation, and there creating one's own
//!   bucket again succeeds; elsewhere it is `BucketAlreadyOwnedByYou`.
//! - For some minutes after its creation, calls on a bucket may not find it. Its tags are part of the
//!   creation, so that it is known as ours from its first moment.
//! - A bucket goes only when it is empty, noncurrent versions and delete markers included, a
//!   thousand a call. Logs that are on their way may fill it again meanwhile.
//! - Tags, lifecycle and logging are documents that are set whole.

#[cfg(feature = "aws")]
pub(crate) mod aws;
#[cfg(feature = "aws")]
mod empty;
#[cfg(feature = "aws")]
pub(crate) mod listing;
#[cfg(feature = "aws")]
pub(crate) mod names;
#[cfg(feature = "aws")]
mod settings;

use std::time::Duration;

use model::rules;
use model::{
    Calls, Diff, Kind, Nothing, Permission, PhysicalId, Readiness, Removal, Trail, Verb, diff,
};
use serde::{Deserialize, Serialize};
use standards::Finding;

use crate::calls;
use crate::tags::{self, Tags};

/// The kind.
#[derive(Clone, Copy, Debug, Default)]
pub struct S3Bucket;

/// The destination of a bucket's access log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessLog {
    /// The bucket that receives it.
    pub bucket: String,
    /// The prefix of its keys.
    pub prefix: String,
}

/// The desired properties.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Its name, global at AWS.
    pub name: String,
    /// Whether log delivery may write with an access control list.
    pub accepts_log_delivery: bool,
    /// Its own access log.
    pub access_log: Option<AccessLog>,
    /// After how many days objects go.
    pub expire_days: Option<u32>,
    /// Tags.
    pub tags: Tags,
}

/// The observed properties.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a setting of its own at S3"
)]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// Its name.
    pub name: String,
    /// All four public access blocks are on.
    pub public_access_blocked: bool,
    /// Encrypted at rest by default.
    pub encrypted: bool,
    /// Versioning is on.
    pub versioned: bool,
    /// Access control lists are on, as log delivery needs them.
    pub accepts_log_delivery: bool,
    /// Its own access log.
    pub access_log: Option<AccessLog>,
    /// After how many days objects go.
    pub expire_days: Option<u32>,
    /// Tags.
    pub tags: Tags,
    /// The contents of a bucket that is to go: the keys of what would be lost with it; of a log bucket
    /// the first level only, for which one listing is enough. No ledger keeps it.
    #[serde(skip)]
    pub contents: Vec<String>,
}

impl Spec {
    /// The state that this spec asks for.
    pub fn wanted(&self) -> State {
        let Self {
            name,
            accepts_log_delivery,
            access_log,
            expire_days,
            tags,
        } = self.clone();
        State {
            name,
            public_access_blocked: true,
            encrypted: true,
            versioned: true,
            accepts_log_delivery,
            access_log,
            expire_days,
            tags,
            contents: Vec::new(),
        }
    }
}

/// How many objects of others a finding names.
const NAMED_MAX: usize = 20;

const BUCKET: &str = "arn:{partition}:s3:::{name}";

const SETTINGS: &[&str] = &[
    "s3:CreateBucket",
    "s3:DeleteBucket",
    "s3:GetBucketLogging",
    "s3:GetBucketOwnershipControls",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketTagging",
    "s3:GetBucketVersioning",
    "s3:GetEncryptionConfiguration",
    "s3:GetLifecycleConfiguration",
    "s3:ListBucket",
    "s3:ListBucketVersions",
    "s3:PutBucketLogging",
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketTagging",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
    "s3:TagResource",
];

/// CloudFront writes itself into the ACL of a log bucket, in the name of whoever makes the
/// distribution.
const LOG_DELIVERY: &[&str] = &["s3:GetBucketAcl", "s3:PutBucketAcl"];

/// How long S3 shows former settings of a bucket, and its former policy
/// (terraform-provider-aws, pull requests 41764 and 32850).
pub(crate) const STALE: Duration = Duration::from_mins(5);

/// The events of CloudTrail that change one.
const EVENTS: &[&str] = &[
    "DeleteBucket",
    "PutBucketLogging",
    "PutBucketOwnershipControls",
    "DeleteBucketOwnershipControls",
    "PutBucketPublicAccessBlock",
    "DeleteBucketPublicAccessBlock",
    "PutBucketTagging",
    "DeleteBucketTagging",
    "PutBucketVersioning",
    "PutBucketEncryption",
    "DeleteBucketEncryption",
    "PutBucketLifecycle",
    "DeleteBucketLifecycle",
    "TagResource",
    "UntagResource",
];

/// The calls of an update: S3 has one for each setting.
fn settings(desired: &Spec, diff: &Diff) -> Vec<Calls> {
    let lifecycle = match desired.expire_days {
        Some(_) => "PutBucketLifecycleConfiguration",
        None => "DeleteBucketLifecycle",
    };
    let of_fields: [calls::Put<'_>; 7] = [
        (&["tags"], "PutBucketTagging"),
        (&["public_access_blocked"], "PutPublicAccessBlock"),
        (&["accepts_log_delivery"], "PutBucketOwnershipControls"),
        (&["encrypted"], "PutBucketEncryption"),
        (&["versioned"], "PutBucketVersioning"),
        (&["access_log"], "PutBucketLogging"),
        (&["expire_days"], lifecycle),
    ];
    calls::puts("s3", diff, &of_fields)
}

impl Kind for S3Bucket {
    const NAME: &'static str = "s3_bucket";
    type Spec = Spec;
    type State = State;
    type Before = Nothing;

    fn diff(desired: &Spec, actual: &State, owned: Option<&Spec>) -> Diff {
        let given = owned.map(|owned| &owned.tags);
        let seen = State {
            tags: tags::ours(&desired.tags, &actual.tags, given),
            ..actual.clone()
        };
        diff::compare(&desired.wanted(), &seen, &["name"])
    }

    /// No spec says that a bucket is public, unencrypted or without versions.
    fn accepted(recorded: &Spec, actual: &State) -> Option<Spec> {
        Some(Spec {
            accepts_log_delivery: actual.accepts_log_delivery,
            access_log: actual.access_log.clone(),
            expire_days: actual.expire_days,
            tags: tags::ours(&recorded.tags, &actual.tags, None),
            ..recorded.clone()
        })
    }

    fn removal(_owned: &Spec, actual: &State, ours: &dyn Fn(&str) -> bool) -> Removal {
        let others = actual.contents.iter();
        let others: Vec<&str> = others
            .filter(|key| !ours(&format!("{}/{key}", actual.name)))
            .map(String::as_str)
            .collect();
        if others.is_empty() {
            return Removal::Free;
        }
        let named = others.iter().take(NAMED_MAX).copied().collect::<Vec<_>>();
        let more = match others.len() - named.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        Removal::Risk(Finding::new(
            rules::PLAN_20,
            format!(
                "the bucket `{}` has what this project has no record of, and it would be deleted \
                 with every version: {}{more}",
                actual.name,
                named.join(", ")
            ),
        ))
    }

    fn parts(spec: &Spec) -> Vec<String> {
        let log = spec.access_log.iter();
        log.map(|log| format!("{}/{}", log.bucket, log.prefix))
            .collect()
    }

    fn project(state: &State) -> Option<&str> {
        tags::project(&state.tags)
    }

    fn stack(state: &State) -> Option<&str> {
        tags::stack(&state.tags)
    }

    fn readiness(_desired: &Spec, _actual: &State) -> Readiness {
        Readiness::Ready
    }

    fn calls(verb: Verb, desired: &Spec, _seen: Option<&State>, diff: &Diff) -> Vec<Calls> {
        let mut calls = match verb {
            Verb::Create | Verb::Replace => vec![
                Calls::new("s3", "CreateBucket", 1),
                Calls::new("s3", "PutBucketVersioning", 1),
            ],
            Verb::Update | Verb::Adopt => return settings(desired, diff),
            Verb::Delete => {
                return vec![
                    Calls::new("s3", "ListObjectVersions", 1),
                    Calls::new("s3", "DeleteObjects", 1),
                    Calls::new("s3", "DeleteBucket", 1),
                ];
            }
            Verb::Forget | Verb::None => return Vec::new(),
        };
        if desired.access_log.is_some() {
            calls.push(Calls::new("s3", "PutBucketLogging", 1));
        }
        if desired.expire_days.is_some() {
            calls.push(Calls::new("s3", "PutBucketLifecycleConfiguration", 1));
        }
        calls
    }

    fn trail(spec: &Spec, _physical: Option<&PhysicalId>) -> Option<Trail> {
        let bucket = (&["bucketName", "resourceArn"][..], spec.name.clone());
        Some(Trail::of("s3.amazonaws.com", EVENTS, [bucket]))
    }

    fn permissions(desired: &Spec) -> Vec<Permission> {
        let mut permissions = vec![
            Permission::anywhere(&["tag:GetResources"]),
            Permission::named(SETTINGS, BUCKET, &desired.name),
            Permission::named(
                &[
                    "s3:DeleteObject",
                    "s3:DeleteObjectVersion",
                    "s3:GetObjectVersion",
                ],
                "arn:{partition}:s3:::{name}/*",
                &desired.name,
            ),
        ];
        if desired.accepts_log_delivery {
            permissions.push(Permission::named(LOG_DELIVERY, BUCKET, &desired.name));
        }
        permissions
    }

    fn stale() -> Duration {
        STALE
    }
}
