//! Format 2, and the upgrade from it to format 3.
//!
//! Format 2 knew nothing of holders, and of zones that the world no longer reads. What domains share
//! stood in the document of each of them under an id of its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::id::SHARED;
use model::{DomainLedger, Entry, ResourceId};
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

/// Gives what domains share the id that it has since format 3, and the domain of this document as a holder.
/// (Nothing in a ledger of format 3 has another.)
///
/// A predecessor that has still to go keeps its id and stays in this document: its removal is recorded by
/// that id, here. Several domains can have it, and the first that removes it does so for all; where it is
/// still in use under the new id, the plan keeps it (`plan::renames`).
pub(super) fn rename_shared(ledger: &mut DomainLedger) {
    let ids = ledger.entries.values();
    let ids = ids.filter_map(|entry| Some((entry.id.clone(), shared_id(entry)?)));
    let renamed: BTreeMap<ResourceId, ResourceId> = ids.collect();
    for (old, new) in &renamed {
        if let Some(mut entry) = ledger.entries.remove(old) {
            let changed = Arc::make_mut(&mut entry);
            changed.holders.insert(old.domain.clone());
            changed.id = new.clone();
            ledger.entries.insert(new.clone(), entry);
        }
    }
    if renamed.is_empty() {
        return;
    }
    for entry in ledger.entries.values_mut().chain(&mut ledger.retired) {
        for dependency in &mut Arc::make_mut(entry).dependencies {
            if let Some(new) = renamed.get(&dependency.resource) {
                dependency.resource = new.clone();
            }
        }
    }
}

/// The id of an entry since format 3, if domains share what it is about.
fn shared_id(entry: &Entry) -> Option<ResourceId> {
    if entry.id.is_shared() {
        return None;
    }
    let spec = entry.spec.to_json();
    let name = spec.get("name")?.as_str()?;
    let name = match entry.id.kind.as_str() {
        "cloudfront_origin_access_control" => {
            let account = &entry.location.as_ref()?.account;
            let (_, shard) = name.rsplit_once('-')?;
            format!("{account}.{shard}")
        }
        "ses_configuration_set" => format!("{}.{name}", entry.id.name),
        _ => return None,
    };
    Some(ResourceId::new(&entry.id.kind, SHARED, &name))
}
