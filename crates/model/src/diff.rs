//! The difference between desired and actual, for one resource, field by field.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The effect that a changed field asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// AWS can change it where it is.
    InPlace,
    /// AWS can't: a new resource takes over and the old one goes.
    Replace,
    /// Nothing: others added it beside ours, and it may stay.
    Nothing,
}

/// One side of a change, as it is printed. Nothing is decided by it: a kind compares its own types.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Side(Value);

impl Side {
    /// `value` as it is printed.
    pub fn of(value: &impl Serialize) -> Self {
        Self(serde_json::to_value(value).unwrap_or(Value::Null))
    }

    /// The value as JSON.
    pub fn as_json(&self) -> &Value {
        &self.0
    }
}

/// One field that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Change {
    /// The field, with dots: `aliases`, `logging.bucket`.
    pub field: String,
    /// The value that AWS has; empty when it has none there.
    pub from: Side,
    /// The desired value; a reference when it is known only after apply; empty when it should go.
    pub to: Side,
    /// In place, or by a replacement.
    pub effect: Effect,
}

/// Every field that differs. Empty means in sync.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Diff {
    /// In the order of the desired fields.
    pub changes: Vec<Change>,
}

impl Diff {
    /// Whether desired and actual agree.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Whether some field can only change by a replacement.
    pub fn replaces(&self) -> bool {
        self.changes
            .iter()
            .any(|change| change.effect == Effect::Replace)
    }

    /// Whether nothing but `field` changes.
    pub fn is_only(&self, field: &str) -> bool {
        self.changes.iter().all(|change| change.field == field)
    }

    /// Whether `field`, or a field inside it, changes.
    pub fn touches(&self, field: &str) -> bool {
        self.changes.iter().any(|change| {
            change
                .field
                .strip_prefix(field)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }
}

/// Compares two values of one shape. Objects are compared field by field, everything else whole.
/// `replace` names the fields that AWS can't change in place.
pub fn compare(desired: &impl Serialize, actual: &impl Serialize, replace: &[&str]) -> Diff {
    let (Side(from), Side(to)) = (Side::of(actual), Side::of(desired));
    let mut changes = Vec::new();
    walk("", &from, &to, replace, &mut changes);
    Diff { changes }
}

fn walk(path: &str, from: &Value, to: &Value, replace: &[&str], changes: &mut Vec<Change>) {
    if from == to {
        return;
    }
    if let (Value::Object(old), Value::Object(new)) = (from, to)
        && crate::field::reference(to).is_none()
    {
        let keys = new
            .keys()
            .chain(old.keys().filter(|key| !new.contains_key(*key)));
        for key in keys {
            let path = if path.is_empty() {
                key.clone()
            } else {
                format!("{path}.{key}")
            };
            let side =
                |map: &serde_json::Map<String, Value>| map.get(key).cloned().unwrap_or(Value::Null);
            walk(&path, &side(old), &side(new), replace, changes);
        }
        return;
    }
    let top = path.split('.').next().unwrap_or(path);
    let effect = if replace.contains(&top) {
        Effect::Replace
    } else {
        Effect::InPlace
    };
    changes.push(Change {
        field: path.to_owned(),
        from: Side(from.clone()),
        to: Side(to.clone()),
        effect,
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nested_fields_are_named_by_their_path() {
        let diff = compare(
            &json!({"name": "b", "logging": {"bucket": "x"}, "tags": {"a": "1"}}),
            &json!({"name": "a", "logging": {"bucket": "y"}, "tags": {"a": "1", "b": "2"}}),
            &["name"],
        );
        let seen: Vec<_> = diff
            .changes
            .iter()
            .map(|c| (c.field.as_str(), c.effect))
            .collect();
        assert_eq!(
            seen,
            [
                ("name", Effect::Replace),
                ("logging.bucket", Effect::InPlace),
                ("tags.b", Effect::InPlace)
            ]
        );
        assert!(diff.replaces() && diff.touches("logging") && !diff.touches("log"));
    }

    #[test]
    fn equal_values_have_no_diff() {
        assert!(compare(&json!({"a": [1, 2]}), &json!({"a": [1, 2]}), &[]).is_empty());
    }
}
