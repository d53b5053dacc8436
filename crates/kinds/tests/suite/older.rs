//! Specs and states as an older version wrote them into a ledger, and as a newer one will: what is not
//! there has its default, and what is not known is passed over.

use std::collections::BTreeMap;

use model::Verb;
use serde_json::{Value, json};

/// A spec and a state of each kind, as the first version wrote them.
fn first_version() -> BTreeMap<String, (Value, Value)> {
    serde_json::from_str(include_str!("first_version.json")).expect("JSON")
}

/// `value` without each of its fields in turn, at any depth.
fn without_each(value: &Value) -> Vec<Value> {
    let Value::Object(fields) = value else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (name, field) in fields {
        // One key alone says which variant it is; without it there is none.
        if fields.len() > 1 {
            let mut less = fields.clone();
            less.remove(name);
            found.push(Value::Object(less));
        }
        for inner in without_each(field) {
            let mut less = fields.clone();
            less.insert(name.clone(), inner);
            found.push(Value::Object(less));
        }
    }
    found
}

/// Everything that planner and engine ask of a kind about what is in the ledger.
fn read(kind: &dyn model::AnyKind, spec: &Value, state: &Value) -> Result<(), String> {
    let said = |error: model::any_kind::ShapeError| error.to_string();
    kind.diff(spec, state, Some(spec)).map_err(said)?;
    kind.drift(spec, state, state, &|_| false).map_err(said)?;
    kind.readiness(spec, state).map_err(said)?;
    kind.calls(Verb::Delete, spec).map_err(said)?;
    kind.claims(spec).map_err(said)?;
    kind.without(spec, &|_| false).map_err(said)?;
    kind.batch(spec).map_err(said)?;
    kind.released(spec).map_err(said)?;
    Ok(())
}

#[test]
fn every_kind_reads_what_an_older_version_wrote() {
    let first = first_version();
    let kinds = kinds::pure();
    let names: Vec<&str> = kinds.keys().copied().collect();
    let recorded: Vec<&str> = first.keys().map(String::as_str).collect();
    assert_eq!(recorded, names, "every kind has its example");
    for (name, (spec, state)) in &first {
        let kind = kinds[name.as_str()].as_ref();
        let check = |spec: &Value, state: &Value| {
            if let Err(error) = read(kind, spec, state) {
                panic!("{name}: {error}\n{spec}\n{state}");
            }
        };
        check(spec, state);
        check(spec, &Value::Object(serde_json::Map::new()));
        for less in without_each(spec) {
            check(&less, state);
        }
        for less in without_each(state) {
            check(spec, &less);
        }
        let mut more = spec.clone();
        more["field_of_tomorrow"] = json!({"any": ["thing"]});
        check(&more, state);
    }
}
