//! The policy of a bucket: TLS only, and reading by one distribution, or by those of one account.
//!
//! It is a kind of its own because it names the distribution, which names the bucket. That of a bucket which
//! domains share names the account instead.
//!
//! ```yaml
//! hosting: { account: web, region: us-east-1, assets_host: bimi-assets }
//! ```
//!
//! Quirks of S3: it returns the document in a spelling of its own, a list of one as its element and
//! booleans as text, so two documents are compared by what they mean. A statement whose principal is
//! `*` and which is not narrowed is public, and refused while public access is blocked.

#[cfg(feature = "aws")]
mod aws;

use std::time::Duration;

use model::{
    Calls, Container, Diff, Field, Kind, Nothing, Permission, PhysicalId, Readiness, Trail, Verb,
    diff,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::S3Bucket;

/// The kind.
#[derive(Clone, Copy, Debug, Default)]
pub struct S3BucketPolicy;

/// The party that may use a bucket besides its owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grant {
    /// One distribution may read its objects: the distribution's ARN.
    Reading(Field<String>),
    /// Every distribution of an account may read its objects: the account's number. It does not grow with the
    /// distributions, where S3 takes 20 KB of policy (S3 User Guide, "Bucket policies").
    ReadingByAccount(String),
    /// S3 may deliver the access logs of an account's buckets: the account's number.
    AccessLogs(String),
    /// Nobody besides; and an object is written only on the condition that it has the version that the
    /// writer read. It is the policy of a ledger's bucket, which no plan has.
    ConditionalWrites,
}

/// The desired properties: TLS only, and one grant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The bucket's name.
    pub bucket: String,
    /// The user of the bucket.
    pub grant: Grant,
}

impl Spec {
    /// The policy document.
    pub fn document(&self) -> Value {
        let objects = format!("arn:aws:s3:::{}/*", self.bucket);
        json!({
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "DenyPlainHttp",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": [format!("arn:aws:s3:::{}", self.bucket), &objects],
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                },
                self.grant.statement(&objects),
            ],
        })
    }
}

impl Grant {
    fn statement(&self, objects: &str) -> Value {
        match self {
            Self::Reading(distribution) => json!({
                "Sid": "AllowDistribution",
                "Effect": "Allow",
                "Principal": {"Service": "cloudfront.amazonaws.com"},
                "Action": "s3:GetObject",
                "Resource": objects,
                "Condition": {"StringEquals": {"AWS:SourceArn": distribution}},
            }),
            Self::ReadingByAccount(account) => json!({
                "Sid": "AllowDistributions",
                "Effect": "Allow",
                "Principal": {"Service": "cloudfront.amazonaws.com"},
                "Action": "s3:GetObject",
                "Resource": objects,
                "Condition": {"StringEquals": {"aws:SourceAccount": account}},
            }),
            Self::AccessLogs(account) => json!({
                "Sid": "AllowAccessLogs",
                "Effect": "Allow",
                "Principal": {"Service": "logging.s3.amazonaws.com"},
                "Action": "s3:PutObject",
                "Resource": objects,
                "Condition": {"StringEquals": {"aws:SourceAccount": account}},
            }),
            // S3 User Guide, "Enforce conditional writes on Amazon S3 buckets": the parts of a multipart
            // upload take no condition, and create no object.
            Self::ConditionalWrites => json!({
                "Sid": "DenyUnconditionalWrites",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:PutObject",
                "Resource": objects,
                "Condition": {
                    "Null": {"s3:if-match": "true", "s3:if-none-match": "true"},
                    "Bool": {"s3:ObjectCreationOperation": "true"},
                },
            }),
        }
    }
}

/// The names of our statements. Every other statement is somebody else's, and stays.
const STATEMENTS: [&str; 4] = [
    "DenyPlainHttp",
    "AllowDistribution",
    "AllowDistributions",
    "AllowAccessLogs",
];

/// The statements of a policy document: one alone needs no list.
fn statements(document: &Value) -> Vec<Value> {
    match &document["Statement"] {
        Value::Array(statements) => statements.clone(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    }
}

fn is_ours(statement: &Value) -> bool {
    let name = statement["Sid"].as_str();
    name.is_some_and(|name| STATEMENTS.contains(&name))
}

/// `document` with the statements of others that `live` has.
pub fn beside_others(document: &Value, live: &Value) -> Value {
    let others = statements(live).into_iter();
    let all = statements(document)
        .into_iter()
        .chain(others.filter(|statement| !is_ours(statement)));
    let mut document = document.clone();
    document["Statement"] = all.collect();
    document
}

/// `live` without our statements; nothing where no other is left.
pub fn without_ours(live: &Value) -> Option<Value> {
    let mut rest = statements(live);
    rest.retain(|statement| !is_ours(statement));
    let mut document = live.clone();
    document["Statement"] = Value::Array(rest);
    let is_left = document["Statement"] != json!([]);
    is_left.then_some(document)
}

/// The observed properties.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// The policy document.
    pub document: Value,
}

/// One form for documents that mean the same: a list of one is its element, lists of texts are
/// sorted, statements keep their order, keys are sorted.
pub fn canonical(document: &Value) -> Value {
    match document {
        Value::Array(items) if items.len() == 1 && !items[0].is_object() => canonical(&items[0]),
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(canonical).collect();
            if items.iter().all(Value::is_string) {
                items.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
            }
            Value::Array(items)
        }
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort();
            keys.into_iter()
                .map(|key| (key.clone(), canonical(&map[key])))
                .collect()
        }
        // AWS returns booleans of conditions as text.
        Value::Bool(flag) => Value::String(flag.to_string()),
        other => other.clone(),
    }
}

/// The compared properties.
#[derive(Serialize)]
struct Compared {
    document: Value,
}

/// The events of CloudTrail that change one.
const EVENTS: &[&str] = &["PutBucketPolicy", "DeleteBucketPolicy", "DeleteBucket"];

impl Kind for S3BucketPolicy {
    const NAME: &'static str = "s3_bucket_policy";
    type Spec = Spec;
    type State = State;
    type Before = Nothing;

    fn fields(spec: &mut Spec) -> Vec<&mut Field<String>> {
        match &mut spec.grant {
            Grant::Reading(distribution) => vec![distribution],
            Grant::ReadingByAccount(_) | Grant::AccessLogs(_) | Grant::ConditionalWrites => {
                Vec::new()
            }
        }
    }

    fn diff(desired: &Spec, actual: &State, _owned: Option<&Spec>) -> Diff {
        let side = |document: &Value| {
            let mut ours = statements(document);
            ours.retain(is_ours);
            ours.sort_by(|a, b| a["Sid"].as_str().cmp(&b["Sid"].as_str()));
            let document = canonical(&json!({"Statement": ours}));
            Compared { document }
        };
        diff::compare(&side(&desired.document()), &side(&actual.document), &[])
    }

    fn lets_in() -> bool {
        true
    }

    fn container(spec: &Spec) -> Option<Container> {
        Some(Container {
            kind: S3Bucket::NAME,
            physical: spec.bucket.as_str().into(),
        })
    }

    fn readiness(_desired: &Spec, _actual: &State) -> Readiness {
        Readiness::Ready
    }

    fn calls(verb: Verb, _desired: &Spec, seen: Option<&State>, _diff: &Diff) -> Vec<Calls> {
        match verb {
            Verb::Create | Verb::Replace | Verb::Update | Verb::Adopt => {
                vec![Calls::new("s3", "PutBucketPolicy", 1)]
            }
            // The statements of others stay.
            Verb::Delete if seen.is_some_and(|seen| without_ours(&seen.document).is_some()) => {
                vec![Calls::new("s3", "PutBucketPolicy", 1)]
            }
            Verb::Delete => vec![Calls::new("s3", "DeleteBucketPolicy", 1)],
            Verb::Forget | Verb::None => Vec::new(),
        }
    }

    fn trail(spec: &Spec, _physical: Option<&PhysicalId>) -> Option<Trail> {
        let bucket = (&["bucketName"][..], spec.bucket.clone());
        Some(Trail::of("s3.amazonaws.com", EVENTS, [bucket]))
    }

    fn permissions(desired: &Spec) -> Vec<Permission> {
        vec![Permission::named(
            &[
                "s3:DeleteBucketPolicy",
                "s3:GetBucketPolicy",
                "s3:PutBucketPolicy",
            ],
            "arn:{partition}:s3:::{name}",
            &desired.bucket,
        )]
    }

    fn stale() -> Duration {
        crate::s3_bucket::STALE
    }
}
