//! Moments of the past that the world remembers, where no resource remembers them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::call::Call;

/// Moments that later calls depend on. Nobody but the sandbox sets them. All of them follow from calls that took effect, so that a
/// journal that is carried out again leads to the same notes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Notes {
    /// The bucket and time of each deletion: the name stays taken for a while.
    pub(crate) buckets_deleted: BTreeMap<String, Deleted>,
    /// When the policy of each bucket was put last.
    pub(crate) policies_put: BTreeMap<String, Timestamp>,
    /// When versioning was first enabled in each bucket.
    pub(crate) versioned: BTreeMap<String, Timestamp>,
    /// When each configuration set was created, by account, region and name.
    pub(crate) sets_created: BTreeMap<String, Timestamp>,
}

/// A deletion.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Deleted {
    pub(crate) account: String,
    pub(crate) at: Timestamp,
}

impl Notes {
    /// Notes a change that took effect. `bucket` is the one that a call to S3 names.
    pub(crate) fn take(&mut self, call: &Call, operation: &str, bucket: Option<String>) {
        let bucket = bucket.unwrap_or_default();
        match operation {
            "DeleteBucket" => {
                let account = call.account.clone();
                let deleted = Deleted {
                    account,
                    at: call.now,
                };
                self.policies_put.remove(&bucket);
                self.versioned.remove(&bucket);
                self.buckets_deleted.insert(bucket, deleted);
            }
            "CreateBucket" => {
                self.buckets_deleted.remove(&bucket);
            }
            "PutBucketPolicy" => {
                self.policies_put.insert(bucket, call.now);
            }
            "PutBucketVersioning" if is_enabling(call) => {
                self.versioned.entry(bucket).or_insert(call.now);
            }
            "CreateConfigurationSet" => {
                if let Some(name) = text(&call.body, "ConfigurationSetName") {
                    self.sets_created.insert(set_key(call, &name), call.now);
                }
            }
            _ => {}
        }
    }
}

/// The key of a configuration set.
pub(crate) fn set_key(call: &Call, name: &str) -> String {
    format!("{} {name}", call.place())
}

/// A text at the top of a JSON document.
pub(crate) fn text(body: &[u8], field: &str) -> Option<String> {
    let document: serde_json::Value = serde_json::from_slice(body).ok()?;
    document[field].as_str().map(str::to_owned)
}

/// Whether a change of versioning switches it on.
fn is_enabling(call: &Call) -> bool {
    String::from_utf8_lossy(&call.body).contains("<Status>Enabled</Status>")
}
