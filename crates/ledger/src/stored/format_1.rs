//! Format 1, and the upgrade from it to format 2.
//!
//! Format 1 was read with a default for whatever it did not say, and several programs wrote it with
//! more and fewer fields. So this upgrade says for every kind which fields there were when format 2
//! began, and with which value a field that is missing goes on: what AWS does without it.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

/// The fields of each kind's spec, state and former values when format 2 began (see [`reshaped`]).
pub(super) static SHAPES: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("format_1_shapes.json")).unwrap_or_default()
});

/// A journal line or a snapshot of format 1, in format 2.
pub(super) fn upgraded(mut json: Value) -> Value {
    json["format"] = 2.into();
    if let Some(entry) = json.pointer_mut("/event/intended/entry") {
        upgrade_entry(entry);
    }
    if let Some(entry) = json.pointer_mut("/event/applied/entry") {
        upgrade_entry(entry);
    }
    if let Some(ledger) = json.get_mut("ledger") {
        // Entries had their id as the key and inside; they are a list now.
        let entries = match ledger["entries"].take() {
            Value::Object(entries) => entries.into_iter().map(|(_, entry)| entry).collect(),
            other => other,
        };
        ledger["entries"] = entries;
        for list in ["entries", "retired"] {
            let entries = ledger[list].as_array_mut();
            entries.into_iter().flatten().for_each(upgrade_entry);
        }
    }
    json
}

fn upgrade_entry(entry: &mut Value) {
    let Some(old) = entry.as_object_mut() else {
        return;
    };
    let mut take = |key: &str| old.remove(key).unwrap_or_default();
    let id = take("id");
    let kind = id.as_str().and_then(|id| id.split('/').next());
    let shapes = kind.map_or(&Value::Null, |kind| &SHAPES[kind]);
    let spec = reshaped(take("spec"), &shapes["spec"]);
    let physical = take("physical");
    let intended = match take("intended") {
        Value::Null => Value::Null,
        intended => reshaped(intended, &shapes["spec"]),
    };
    let is_open = take("open") == true;
    let status = match (is_open, &physical, intended) {
        (false, Value::String(_), _) => json!({ "settled": physical }),
        (true, Value::Null, Value::Null) => json!("creating"),
        (_, _, Value::Null) => json!({"changing": {"physical": physical, "to": spec}}),
        (_, _, intended) => json!({"changing": {"physical": physical, "to": intended}}),
    };
    let state = match take("state") {
        Value::Null => Value::Null,
        state => reshaped(state, &shapes["state"]),
    };
    *entry = json!({
        "id": id,
        "location": take("home"),
        "status": status,
        "spec": spec,
        "state": state,
        "origin": take("origin"),
        "before": before(take("before"), &shapes["before"]),
        "serves_policy": take("serves_policy"),
        "dependencies": take("needs"),
        "impact": take("impact"),
        "changed": take("changed"),
    });
}

fn before(before: Value, shape: &Value) -> Value {
    match before {
        Value::Null => Value::Null,
        before => reshaped(before, shape),
    }
}

/// `value` with the fields of `shape` and no others. In a shape, an object is a structure, whose
/// fields have in turn the shape of what is there, or the value that goes on where nothing is. Four
/// objects mean something else: `{"list of": …}` is a list, `{"perhaps": …}` may be null,
/// `{"kept": …}` is kept as it is and has a value where it is missing, and `{"policy": …}` is the
/// document of a bucket policy.
fn reshaped(value: Value, shape: &Value) -> Value {
    let Some(fields) = shape.as_object() else {
        return value;
    };
    if let Some(shape) = fields.get("list of") {
        return match value {
            Value::Array(items) => {
                let items = items.into_iter();
                items.map(|item| reshaped(item, shape)).collect()
            }
            _ => json!([]),
        };
    }
    if let Some(shape) = fields.get("perhaps") {
        return match value {
            Value::Null => Value::Null,
            value => reshaped(value, shape),
        };
    }
    if fields.contains_key("kept") {
        return value;
    }
    if fields.contains_key("policy") {
        return granted(&value);
    }
    let mut old = match value {
        Value::Object(old) => old,
        _ => Map::new(),
    };
    let mut new = Map::new();
    for (name, shape) in fields {
        let value = match old.remove(name) {
            Some(value) if shape.is_object() => reshaped(value, shape),
            Some(value) => value,
            None => missing(shape),
        };
        new.insert(name.clone(), value);
    }
    Value::Object(new)
}

/// The value that a missing field gets.
fn missing(shape: &Value) -> Value {
    match shape.as_object() {
        Some(fields) if fields.contains_key("perhaps") => Value::Null,
        Some(fields) if fields.contains_key("list of") => json!([]),
        Some(fields) if fields.contains_key("kept") => fields["kept"].clone(),
        Some(_) => reshaped(json!({}), shape),
        None => shape.clone(),
    }
}

/// Specs of bucket policies had the whole document; now they have what it grants.
fn granted(spec: &Value) -> Value {
    let statements = spec
        .pointer("/document/Statement")
        .and_then(Value::as_array);
    let condition = |key: &str| {
        let mut statements = statements.into_iter().flatten();
        statements.find_map(|one| one.pointer("/Condition/StringEquals")?.get(key).cloned())
    };
    let grant = match (condition("AWS:SourceArn"), condition("aws:SourceAccount")) {
        (Some(distribution), _) => json!({ "reading": distribution }),
        (None, account) => json!({ "access_logs": account.unwrap_or_else(|| "".into()) }),
    };
    let bucket = spec["bucket"].as_str().unwrap_or_default();
    json!({"bucket": bucket, "grant": grant})
}
