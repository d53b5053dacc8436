//! Typed references: a field's value, or the output of another resource that will give it.
//!
//! In JSON a known value is itself and a reference is
//! `{"$output": "ses_identity/example.com/marketing.us-east-1#/dkim/tokens/0"}`, so that the
//! planner and the executor resolve references without knowing any kind.

use std::fmt;
use std::str::FromStr;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::ResourceId;

const MARKER: &str = "$output";

/// A part of another resource's state.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OutputRef {
    /// Whose state.
    pub resource: ResourceId,
    /// Which part of it, as a JSON pointer (RFC 6901): `/dkim/tokens/0`.
    pub pointer: String,
}

impl fmt::Display for OutputRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.resource, self.pointer)
    }
}

impl FromStr for OutputRef {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (resource, pointer) = text
            .split_once('#')
            .ok_or_else(|| format!("`{text}` is not a reference"))?;
        Ok(Self {
            resource: resource.parse().map_err(|error| format!("{error}"))?,
            pointer: pointer.to_owned(),
        })
    }
}

/// A value that is known, or that another resource will give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field<T> {
    /// Known now.
    Known(T),
    /// Known after that resource exists.
    Output(OutputRef),
}

impl<T> Field<T> {
    /// A reference to `pointer` in the state of `resource`.
    pub fn output(resource: &ResourceId, pointer: impl Into<String>) -> Self {
        Self::Output(OutputRef {
            resource: resource.clone(),
            pointer: pointer.into(),
        })
    }

    /// The value, when it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Output(_) => None,
        }
    }
}

impl<T: Default> Default for Field<T> {
    fn default() -> Self {
        Self::Known(T::default())
    }
}

impl<T> From<T> for Field<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}

impl From<&str> for Field<String> {
    fn from(value: &str) -> Self {
        Self::Known(value.to_owned())
    }
}

impl<T: fmt::Display> fmt::Display for Field<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(value) => value.fmt(f),
            Self::Output(_) => f.write_str("(known after apply)"),
        }
    }
}

impl<T: Serialize> Serialize for Field<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Known(value) => value.serialize(serializer),
            Self::Output(reference) => {
                let mut map = Map::new();
                map.insert(MARKER.to_owned(), Value::String(reference.to_string()));
                map.serialize(serializer)
            }
        }
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Field<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        match reference(&value) {
            Some(reference) => Ok(Self::Output(reference)),
            None => serde_json::from_value(value)
                .map(Self::Known)
                .map_err(serde::de::Error::custom),
        }
    }
}

/// The reference that `value` is, if it is one.
pub fn reference(value: &Value) -> Option<OutputRef> {
    let map = value.as_object().filter(|map| map.len() == 1)?;
    map.get(MARKER)?.as_str()?.parse().ok()
}

/// Every reference anywhere in `value`, in order.
pub fn references(value: &Value) -> Vec<OutputRef> {
    if let Some(reference) = reference(value) {
        return vec![reference];
    }
    match value {
        Value::Array(items) => items.iter().flat_map(references).collect(),
        Value::Object(map) => map.values().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

/// `value` with every reference that `look_up` knows put in its place; the others stay.
#[must_use]
pub fn resolve(value: &Value, look_up: &dyn Fn(&OutputRef) -> Option<Value>) -> Value {
    if let Some(reference) = reference(value) {
        return look_up(&reference).unwrap_or_else(|| value.clone());
    }
    match value {
        Value::Array(items) => items.iter().map(|item| resolve(item, look_up)).collect(),
        Value::Object(map) => Value::Object(
            map.iter()
                .map(|(key, item)| (key.clone(), resolve(item, look_up)))
                .collect(),
        ),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_reference_survives_json_and_is_resolved_where_it_stands() {
        let identity = ResourceId::new("ses_identity", "example.com", "a.us-east-1");
        let field: Field<String> = Field::output(&identity, "/dkim/0");
        let value = json!({"ttl": 300, "values": [field]});
        assert_eq!(references(&value).len(), 1);

        let state = json!({"dkim": ["token"]});
        let resolved = resolve(&value, &|reference| {
            state.pointer(&reference.pointer).cloned()
        });
        assert_eq!(resolved, json!({"ttl": 300, "values": ["token"]}));
        assert!(references(&resolved).is_empty());

        let back: Field<String> =
            serde_json::from_value(value["values"][0].clone()).expect("reads back");
        assert_eq!(back, field);
    }
}
