//! Kinds whose types are erased to JSON, which is what the planner holds.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use standards::Finding;

use crate::kind::{Calls, Kind, Readiness};
use crate::{Diff, Permission, Verb};

/// A spec or state that does not have its kind's shape.
#[derive(Debug, thiserror::Error)]
#[error("a {kind} does not look like this: {source}")]
pub struct ShapeError {
    /// The kind.
    pub kind: &'static str,
    /// What is wrong with it.
    pub source: serde_json::Error,
}

/// A kind whose types are erased to JSON.
pub trait AnyKind: Send + Sync {
    /// See [`Kind::NAME`].
    fn name(&self) -> &'static str;
    /// See [`Kind::diff`].
    fn diff(
        &self,
        desired: &Value,
        actual: &Value,
        owned: Option<&Value>,
    ) -> Result<Diff, ShapeError>;
    /// See [`Kind::drift`].
    fn drift(
        &self,
        asked: &Value,
        recorded: &Value,
        actual: &Value,
        ours: &dyn Fn(&str) -> bool,
    ) -> Result<Diff, ShapeError>;
    /// See [`Kind::readiness`].
    fn readiness(&self, desired: &Value, actual: &Value) -> Result<Readiness, ShapeError>;
    /// See [`Kind::calls`].
    fn calls(&self, verb: Verb, desired: &Value) -> Result<Vec<Calls>, ShapeError>;
    /// See [`Kind::permissions`].
    fn permissions(&self, desired: &Value) -> Result<Vec<Permission>, ShapeError>;
    /// See [`Kind::stages`].
    fn stages(&self, desired: &Value) -> Result<Vec<Value>, ShapeError>;
    /// See [`Kind::released`].
    fn released(&self, spec: &Value) -> Result<Option<Value>, ShapeError>;
    /// See [`Kind::conflict`].
    fn conflict(
        &self,
        desired: &Value,
        actual: &Value,
        owned: Option<&Value>,
    ) -> Result<Option<Finding>, ShapeError>;
    /// See [`Kind::blocker`].
    fn blocker(
        &self,
        desired: &Value,
        actual: Option<&Value>,
    ) -> Result<Option<Finding>, ShapeError>;
    /// See [`Kind::displaced`].
    fn displaced(
        &self,
        desired: &Value,
        actual: &Value,
        owned: Option<&Value>,
    ) -> Result<Option<Value>, ShapeError>;
    /// See [`Kind::claims`].
    fn claims(&self, spec: &Value) -> Result<Vec<String>, ShapeError>;
    /// See [`Kind::without`].
    fn without(
        &self,
        spec: &Value,
        claimed: &dyn Fn(&str) -> bool,
    ) -> Result<Option<Value>, ShapeError>;
    /// See [`Kind::batch`].
    fn batch(&self, spec: &Value) -> Result<Option<String>, ShapeError>;
    /// See [`Kind::output`].
    fn output(&self, pointer: &str) -> String;
    /// See [`Kind::poll`].
    fn poll(&self) -> Duration;
    /// See [`Kind::slow`].
    fn slow(&self) -> bool;
}

/// The kinds there are, by name.
pub type KindSet = BTreeMap<&'static str, Box<dyn AnyKind>>;

/// Erases a kind's types.
pub struct Erased<K>(PhantomData<fn() -> K>);

impl<K> Default for Erased<K> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

/// Reads a spec or a state of kind `K`.
pub fn read<K: Kind, T: DeserializeOwned>(value: &Value) -> Result<T, ShapeError> {
    T::deserialize(value).map_err(|source| ShapeError {
        kind: K::NAME,
        source,
    })
}

/// Writes a spec or a state of kind `K`.
pub fn write<K: Kind, T: Serialize>(value: &T) -> Result<Value, ShapeError> {
    serde_json::to_value(value).map_err(|source| ShapeError {
        kind: K::NAME,
        source,
    })
}

fn read_some<K: Kind>(value: Option<&Value>) -> Result<Option<K::Spec>, ShapeError> {
    value.map(read::<K, K::Spec>).transpose()
}

impl<K: Kind> AnyKind for Erased<K> {
    fn name(&self) -> &'static str {
        K::NAME
    }

    fn diff(
        &self,
        desired: &Value,
        actual: &Value,
        owned: Option<&Value>,
    ) -> Result<Diff, ShapeError> {
        let owned = read_some::<K>(owned)?;
        Ok(K::diff(
            &read::<K, K::Spec>(desired)?,
            &read::<K, K::State>(actual)?,
            owned.as_ref(),
        ))
    }

    fn drift(
        &self,
        asked: &Value,
        recorded: &Value,
        actual: &Value,
        ours: &dyn Fn(&str) -> bool,
    ) -> Result<Diff, ShapeError> {
        let asked = read::<K, K::Spec>(asked)?;
        Ok(K::drift(
            &asked,
            &read::<K, K::State>(recorded)?,
            &read::<K, K::State>(actual)?,
            ours,
        ))
    }

    fn readiness(&self, desired: &Value, actual: &Value) -> Result<Readiness, ShapeError> {
        Ok(K::readiness(
            &read::<K, K::Spec>(desired)?,
            &read::<K, K::State>(actual)?,
        ))
    }

    fn calls(&self, verb: Verb, desired: &Value) -> Result<Vec<Calls>, ShapeError> {
        Ok(K::calls(verb, &read::<K, K::Spec>(desired)?))
    }

    fn permissions(&self, desired: &Value) -> Result<Vec<Permission>, ShapeError> {
        Ok(K::permissions(&read::<K, K::Spec>(desired)?))
    }

    fn stages(&self, desired: &Value) -> Result<Vec<Value>, ShapeError> {
        K::stages(&read::<K, K::Spec>(desired)?)
            .iter()
            .map(write::<K, K::Spec>)
            .collect()
    }

    fn released(&self, spec: &Value) -> Result<Option<Value>, ShapeError> {
        K::released(&read::<K, K::Spec>(spec)?)
            .map(|spec| write::<K, K::Spec>(&spec))
            .transpose()
    }

    fn conflict(
        &self,
        desired: &Value,
        actual: &Value,
        owned: Option<&Value>,
    ) -> Result<Option<Finding>, ShapeError> {
        let owned = read_some::<K>(owned)?;
        Ok(K::conflict(
            &read::<K, K::Spec>(desired)?,
            &read::<K, K::State>(actual)?,
            owned.as_ref(),
        ))
    }

    fn blocker(
        &self,
        desired: &Value,
        actual: Option<&Value>,
    ) -> Result<Option<Finding>, ShapeError> {
        let actual = actual.map(read::<K, K::State>).transpose()?;
        Ok(K::blocker(&read::<K, K::Spec>(desired)?, actual.as_ref()))
    }

    fn displaced(
        &self,
        desired: &Value,
        actual: &Value,
        owned: Option<&Value>,
    ) -> Result<Option<Value>, ShapeError> {
        let owned = read_some::<K>(owned)?;
        Ok(K::displaced(
            &read::<K, K::Spec>(desired)?,
            &read::<K, K::State>(actual)?,
            owned.as_ref(),
        ))
    }

    fn claims(&self, spec: &Value) -> Result<Vec<String>, ShapeError> {
        Ok(K::claims(&read::<K, K::Spec>(spec)?))
    }

    fn without(
        &self,
        spec: &Value,
        claimed: &dyn Fn(&str) -> bool,
    ) -> Result<Option<Value>, ShapeError> {
        K::without(&read::<K, K::Spec>(spec)?, claimed)
            .map(|spec| write::<K, K::Spec>(&spec))
            .transpose()
    }

    fn batch(&self, spec: &Value) -> Result<Option<String>, ShapeError> {
        Ok(K::batch(&read::<K, K::Spec>(spec)?))
    }

    fn output(&self, pointer: &str) -> String {
        K::output(pointer)
    }

    fn poll(&self) -> Duration {
        K::poll()
    }

    fn slow(&self) -> bool {
        K::slow()
    }
}
