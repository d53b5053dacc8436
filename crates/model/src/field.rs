//! Typed references: a field's value, or the output of another resource that will give it.
//!
//! A kind names its outputs by constants and answers for them in [`Kind::output`](crate::Kind::output);
//! it hands out the fields of a spec that may refer to one in [`Kind::fields`](crate::Kind::fields).
//! In JSON, which is for output only, a known value is itself and a reference is
//! `{"$output": "ses_identity/example.com/marketing.us-east-1#dkim/0/name"}`.

use std::fmt;
use std::str::FromStr;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::ResourceId;

const MARKER: &str = "$output";

/// A function that gives the value of a reference, once it is known.
pub type Outputs<'a> = dyn Fn(&OutputRef) -> Option<String> + 'a;

/// An output of another resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OutputRef {
    /// Whose output.
    pub resource: ResourceId,
    /// The name that its kind has for it: `dkim/0/name`.
    pub output: String,
}

impl fmt::Display for OutputRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.resource, self.output)
    }
}

impl FromStr for OutputRef {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (resource, output) = text
            .split_once('#')
            .ok_or_else(|| format!("`{text}` is not a reference"))?;
        Ok(Self {
            resource: resource.parse().map_err(|error| format!("{error}"))?,
            output: output.to_owned(),
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
    /// A reference to the output `output` of `resource`.
    pub fn output(resource: &ResourceId, output: impl Into<String>) -> Self {
        Self::Output(OutputRef {
            resource: resource.clone(),
            output: output.into(),
        })
    }

    /// The value, when it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Output(_) => None,
        }
    }

    /// The reference, while the value is not known.
    pub fn reference(&self) -> Option<&OutputRef> {
        match self {
            Self::Known(_) => None,
            Self::Output(reference) => Some(reference),
        }
    }
}

impl Field<String> {
    /// Puts the value in, if `outputs` knows it.
    pub fn resolve(&mut self, outputs: &Outputs<'_>) {
        if let Self::Output(reference) = self
            && let Some(value) = outputs(reference)
        {
            *self = Self::Known(value);
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

/// The reference that a printed value is, if it is one.
pub fn reference(value: &Value) -> Option<OutputRef> {
    let map = value.as_object().filter(|map| map.len() == 1)?;
    map.get(MARKER)?.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_reference_is_told_from_a_value_in_json_and_back() {
        let identity = ResourceId::new("ses_identity", "example.com", "a.us-east-1");
        let field: Field<String> = Field::output(&identity, "dkim/0/name");
        let json = serde_json::to_value(&field).expect("plain data");
        assert_eq!(
            json,
            json!({"$output": "ses_identity/example.com/a.us-east-1#dkim/0/name"})
        );
        let back: Field<String> = serde_json::from_value(json).expect("reads back");
        assert_eq!(back, field);
    }

    #[test]
    fn a_reference_is_resolved_where_it_stands_and_waits_while_it_is_not_known() {
        let identity = ResourceId::new("ses_identity", "example.com", "a.us-east-1");
        let mut field: Field<String> = Field::output(&identity, "token");
        field.resolve(&|_| None);
        assert_eq!(field.known(), None);
        field.resolve(&|reference| (reference.output == "token").then(|| "abc".to_owned()));
        assert_eq!(field, Field::from("abc"));
    }
}
