//! Configuration sets: how messages that name them are sent, and who hears of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A configuration set. Options are kept as the documents that AWS's API has, checked when they come in.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct ConfigurationSet {
    pub(crate) tags: BTreeMap<String, String>,
    /// By the name that the API gives each: `DeliveryOptions`.
    pub(crate) options: BTreeMap<String, Value>,
    /// By name.
    pub(crate) destinations: BTreeMap<String, Value>,
}

/// The options of a set, and what they are when nobody said anything.
pub(crate) const OPTIONS: [&str; 8] = [
    "TrackingOptions",
    "DeliveryOptions",
    "ReputationOptions",
    "SendingOptions",
    "SuppressionOptions",
    "VdmOptions",
    "ArchivingOptions",
    "MessageSecurityOptions",
];

impl ConfigurationSet {
    /// An option as it is read: what was set, over AWS's defaults.
    pub(crate) fn option(&self, name: &str) -> Option<Value> {
        let mut read = match name {
            "DeliveryOptions" => Some(json!({ "TlsPolicy": "OPTIONAL" })),
            // New sets have it on (floci has it from AWS).
            "ReputationOptions" => Some(json!({ "ReputationMetricsEnabled": true })),
            "SendingOptions" => Some(json!({ "SendingEnabled": true })),
            _ => None,
        };
        if let Some(Value::Object(set)) = self.options.get(name) {
            let fields = read.get_or_insert_with(|| json!({}));
            for (field, value) in set.iter().filter(|(_, value)| !value.is_null()) {
                fields[field] = value.clone();
            }
        }
        read
    }
}
