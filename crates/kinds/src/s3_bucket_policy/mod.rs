//! Who may do what with a bucket: TLS only, and reading by one distribution only.
//!
//! It is a kind of its own because it names the distribution, which names the bucket.
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

use model::{Calls, Diff, Kind, Permission, Readiness, Verb, diff};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The kind.
#[derive(Clone, Copy, Debug, Default)]
pub struct S3BucketPolicy;

/// What can be asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Spec {
    /// The bucket's name.
    pub bucket: String,
    /// The policy document; it may refer to outputs of other resources.
    pub document: Value,
}

/// What can be seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
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

const PERMISSIONS: &[Permission] = &[Permission::named(
    &[
        "s3:DeleteBucketPolicy",
        "s3:GetBucketPolicy",
        "s3:PutBucketPolicy",
    ],
    "arn:{partition}:s3:::{name}",
    "/bucket",
)];

impl Kind for S3BucketPolicy {
    const NAME: &'static str = "s3_bucket_policy";
    type Spec = Spec;
    type State = State;

    fn diff(desired: &Spec, actual: &State, _owned: Option<&Spec>) -> Diff {
        let side = |document| serde_json::json!({ "document": canonical(document) });
        diff::compare(&side(&desired.document), &side(&actual.document), &[])
    }

    fn readiness(_desired: &Spec, _actual: &State) -> Readiness {
        Readiness::Ready
    }

    fn calls(verb: Verb, _desired: &Spec) -> Vec<Calls> {
        match verb {
            Verb::Create | Verb::Replace | Verb::Update | Verb::Adopt => {
                vec![Calls::new("s3", "PutBucketPolicy", 1)]
            }
            Verb::Delete => vec![Calls::new("s3", "DeleteBucketPolicy", 1)],
            Verb::Forget | Verb::None => Vec::new(),
        }
    }

    fn permissions(_desired: &Spec) -> Vec<Permission> {
        PERMISSIONS.to_vec()
    }
}
