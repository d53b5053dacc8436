//! The places at which two JSON values differ.

use serde_json::Value;

/// The first difference, as a path and both values.
pub fn first(expected: &Value, found: &Value) -> Option<String> {
    match (expected, found) {
        (Value::Object(left), Value::Object(right)) => {
            let keys = left.keys().chain(right.keys());
            let mut differences = keys.filter_map(|key| {
                let pair = (
                    left.get(key).unwrap_or(&Value::Null),
                    right.get(key).unwrap_or(&Value::Null),
                );
                Some(format!("{key} / {}", first(pair.0, pair.1)?))
            });
            differences.next()
        }
        (Value::Array(left), Value::Array(right)) if same_strings(left, right) => None,
        (Value::Array(left), Value::Array(right)) => {
            let missing = left.iter().find(|value| !has(right, value));
            let added = right.iter().find(|value| !has(left, value));
            match (missing, added) {
                (Some(missing), Some(added)) => first(missing, added),
                (Some(missing), None) => Some(format!("{missing} is gone")),
                (None, Some(added)) => Some(format!("{added} is left")),
                (None, None) => None,
            }
        }
        _ if expected == found => None,
        _ => Some(format!("{expected} became {found}")),
    }
}

fn has(values: &[Value], value: &Value) -> bool {
    values.iter().any(|one| first(one, value).is_none())
}

/// The values of a record set have no order.
fn same_strings(left: &[Value], right: &[Value]) -> bool {
    let sorted = |values: &[Value]| {
        let strings: Option<Vec<&str>> = values.iter().map(Value::as_str).collect();
        strings.map(|mut strings| {
            strings.sort_unstable();
            strings.into_iter().map(str::to_owned).collect::<Vec<_>>()
        })
    };
    sorted(left).is_some_and(|left| Some(left) == sorted(right))
}
