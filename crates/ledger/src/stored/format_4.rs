//! Format 4, and the upgrade from it to format 5.
//!
//! Format 4 did not have the versions of objects and distributions. Without one they are read by
//! themselves, as a program of format 4 did, so nothing has to be known of them.

use serde_json::Value;

/// A line or a first line of format 4, or a text of format 3, in format 5.
pub(super) fn upgraded(mut json: Value) -> Value {
    // Texts up to format 3 state it in each line.
    if let Some(format) = json.get_mut("format") {
        *format = 5.into();
    }
    for event in ["/event", "/what/happened"] {
        for result in ["intended", "applied"] {
            if let Some(entry) = json.pointer_mut(&format!("{event}/{result}/entry")) {
                upgrade_entry(entry);
            }
        }
    }
    if let Some(ledger) = json.get_mut("ledger") {
        for list in ["entries", "retired"] {
            let entries = ledger[list].as_array_mut();
            entries.into_iter().flatten().for_each(upgrade_entry);
        }
    }
    json
}

fn upgrade_entry(entry: &mut Value) {
    let id = entry["id"].as_str().unwrap_or_default();
    let added: &[(&str, Value)] = match id.split('/').next() {
        Some("s3_object") => &[("version", Value::Null)],
        Some("cloudfront_distribution") => &[
            ("etag", Value::String(String::new())),
            ("is_staged", Value::Bool(false)),
        ],
        _ => return,
    };
    if let Some(state) = entry["state"].as_object_mut() {
        state.extend(
            added
                .iter()
                .map(|(key, value)| ((*key).to_owned(), value.clone())),
        );
    }
}
