//! Format 2, and the upgrade from it to format 3.
//!
//! Format 2 knew nothing of holders, and of zones that the world no longer reads. What domains share
//! stood in the document of each of them under an id of its own; the planner finds it under the new
//! id by AWS's name for it, and drops the old ones.

use serde_json::{Value, json};

/// A journal line or a snapshot of format 2, in format 3.
pub(super) fn upgraded(mut json: Value) -> Value {
    json["format"] = 3.into();
    for entry in ["/event/intended/entry", "/event/applied/entry"] {
        if let Some(entry) = json.pointer_mut(entry) {
            upgrade_entry(entry);
        }
    }
    if let Some(ledger) = json.get_mut("ledger") {
        for list in ["entries", "retired"] {
            let entries = ledger[list].as_array_mut();
            entries.into_iter().flatten().for_each(upgrade_entry);
        }
        ledger["unread"] = json!({});
    }
    json
}

fn upgrade_entry(entry: &mut Value) {
    entry["holders"] = json!([]);
}
