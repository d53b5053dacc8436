//! Kinds behind one trait, which is how the planner, the engine and the ledger ask them.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::time::Duration;

use serde::Serialize;
use serde::de::{DeserializeOwned, Error as _};
use serde_json::Value;
use standards::Finding;

use crate::field::Outputs;
use crate::kind::Kind;
use crate::typed::{Before, Spec, State};
use crate::{
    Calls, Container, Diff, Impact, Location, OutputRef, Permission, PhysicalId, Polls, Readiness,
    Removal, Trail, Transition, Verb, ZoneRef,
};

/// A stored spec or state that does not have its kind's shape.
#[derive(Debug, thiserror::Error)]
#[error("not a {what} of a {kind}")]
pub struct ShapeError {
    /// The kind.
    pub kind: &'static str,
    /// `spec`, `state`, or `former value`.
    pub what: &'static str,
    /// The error of the parser.
    pub source: serde_json::Error,
}

/// The pure half of a kind, its types behind [`Spec`] and [`State`]. The values that are given to a
/// kind are of that kind: the blueprint and the stores see to it.
pub trait AnyKind: Send + Sync {
    /// See [`Kind::NAME`].
    fn name(&self) -> &'static str;
    /// Reads a stored spec.
    fn read_spec(&self, json: &Value) -> Result<Spec, ShapeError>;
    /// Reads a stored state.
    fn read_state(&self, json: &Value) -> Result<State, ShapeError>;
    /// Reads what a ledger says was there before us.
    fn read_before(&self, json: &Value) -> Result<Before, ShapeError>;
    /// See [`Spec::resolved`].
    fn resolved(&self, spec: &Spec, outputs: &Outputs<'_>) -> Spec;
    /// See [`Kind::output`].
    fn output(&self, state: &State, name: &str) -> Option<String>;
    /// See [`Kind::describe_output`].
    fn describe_output(&self, name: &str) -> String;
    /// See [`Kind::describe_ready`].
    fn describe_ready(&self, desired: &Spec, location: Option<&Location>) -> String;
    /// See [`Kind::diff`].
    fn diff(&self, desired: &Spec, actual: &State, owned: Option<&Spec>) -> Diff;
    /// See [`Kind::drift`].
    fn drift(
        &self,
        asked: &Spec,
        recorded: Option<&State>,
        actual: &State,
        ours: &dyn Fn(&str) -> bool,
    ) -> Diff;
    /// See [`Kind::accepted`].
    fn accepted(&self, recorded: &Spec, actual: &State) -> Option<Spec>;
    /// The difference between two specs: a later stage and the one before it.
    fn compare(&self, desired: &Spec, before: &Spec) -> Diff;
    /// See [`Kind::is_only_noted`].
    fn is_only_noted(&self, diff: &Diff) -> bool;
    /// See [`Kind::takes_away`].
    fn takes_away(&self, before: &Spec, after: &Spec) -> bool;
    /// See [`Kind::lets_in`].
    fn lets_in(&self) -> bool;
    /// See [`Kind::mail_impact`].
    fn mail_impact(&self, change: &Transition<'_>) -> Impact;
    /// See [`Kind::readiness`].
    fn readiness(&self, desired: &Spec, actual: &State) -> Readiness;
    /// See [`Kind::calls`].
    fn calls(&self, verb: Verb, desired: &Spec, seen: Option<&State>, diff: &Diff) -> Vec<Calls>;
    /// See [`Kind::permissions`].
    fn permissions(&self, desired: &Spec) -> Vec<Permission>;
    /// See [`Kind::stages`].
    fn stages(&self, desired: &Spec) -> Vec<Spec>;
    /// See [`Kind::released`].
    fn released(&self, spec: &Spec) -> Option<Spec>;
    /// See [`Kind::answers`].
    fn answers(&self, spec: &Spec, host: &str) -> bool;
    /// See [`Kind::conflict`].
    fn conflict(&self, desired: &Spec, actual: &State, owned: Option<&Spec>) -> Option<Finding>;
    /// See [`Kind::blocker`].
    fn blocker(&self, desired: &Spec, actual: Option<&State>) -> Option<Finding>;
    /// See [`Kind::displaced`].
    fn displaced(&self, desired: &Spec, actual: &State, owned: Option<&Spec>) -> Option<Before>;
    /// See [`Kind::found`].
    fn found(&self, actual: &State) -> Option<Before>;
    /// See [`Kind::is_as_before`].
    fn is_as_before(&self, spec: &Spec, before: &Before, actual: &State) -> bool;
    /// See [`Kind::kept_back`].
    fn kept_back(&self, spec: &Spec, before: &Before, actual: &State) -> Option<String>;
    /// See [`Kind::project`].
    fn project<'s>(&self, state: &'s State) -> Option<&'s str>;
    /// See [`Kind::stack`].
    fn stack<'s>(&self, state: &'s State) -> Option<&'s str>;
    /// See [`Kind::led_to`].
    fn led_to(&self, state: &State) -> Option<(String, Vec<String>)>;
    /// See [`Kind::lets_go`].
    fn lets_go(&self, spec: &Spec, state: &State) -> Vec<String>;
    /// See [`Kind::removal`].
    fn removal(&self, owned: &Spec, actual: &State, ours: &dyn Fn(&str) -> bool) -> Removal;
    /// See [`Kind::parts`].
    fn parts(&self, spec: &Spec) -> Vec<String>;
    /// See [`Kind::container`].
    fn container(&self, spec: &Spec) -> Option<Container>;
    /// See [`Kind::claims`].
    fn claims(&self, spec: &Spec) -> Vec<String>;
    /// See [`Kind::without`].
    fn without(&self, spec: &Spec, claimed: &dyn Fn(&str) -> bool) -> Option<Spec>;
    /// See [`Kind::zone`].
    fn zone(&self, spec: &Spec, physical: Option<&PhysicalId>) -> Option<ZoneRef>;
    /// See [`Kind::trail`].
    fn trail(&self, spec: &Spec, physical: Option<&PhysicalId>) -> Option<Trail>;
    /// See [`Kind::ttl`].
    fn ttl(&self, spec: &Spec) -> u32;
    /// See [`Kind::why_other`].
    fn why_other(
        &self,
        desired: &Spec,
        owned: &Spec,
        physical: Option<&PhysicalId>,
    ) -> Option<&'static str>;
    /// See [`Kind::named_by`].
    fn named_by<'s>(&self, spec: &'s Spec) -> Option<&'s OutputRef>;
    /// See [`Kind::is_findable`].
    fn is_findable(&self, spec: &Spec) -> bool;
    /// See [`Kind::batch`].
    fn batch(&self, spec: &Spec) -> Option<String>;
    /// See [`Kind::batch_calls`].
    fn batch_calls(&self) -> Vec<Calls>;
    /// See [`Kind::polls`].
    fn polls(&self, verb: Verb) -> Polls;
    /// See [`Kind::poll`].
    fn poll(&self) -> Duration;
    /// See [`Kind::expected`].
    fn expected(&self) -> Duration;
    /// See [`Kind::still`].
    fn still(&self, state: &State, before: &State) -> State;
    /// See [`Kind::stale`].
    fn stale(&self) -> Duration;
    /// See [`Kind::is_seen_after_deletion`].
    fn is_seen_after_deletion(&self) -> bool;
}

/// The kinds there are, by name.
pub type KindSet = BTreeMap<&'static str, &'static dyn AnyKind>;

/// The kind `K`, its types erased.
pub fn of<K: Kind>() -> &'static dyn AnyKind {
    const { &Erased::<K>(PhantomData) }
}

struct Erased<K>(PhantomData<fn() -> K>);

fn read<K: Kind, T: DeserializeOwned + Serialize>(
    what: &'static str,
    json: &Value,
) -> Result<T, ShapeError> {
    let read = T::deserialize(json).and_then(|read| {
        let written = serde_json::to_value(&read)?;
        match missing(&written, json) {
            None => Ok(read),
            Some(field) => Err(serde_json::Error::custom(format!(
                "missing field `{field}`"
            ))),
        }
    });
    read.map_err(|source| ShapeError {
        kind: K::NAME,
        what,
        source,
    })
}

/// A field that is written and was not stored. Serde takes one that may be null for null.
fn missing(written: &Value, stored: &Value) -> Option<String> {
    match (written, stored) {
        (Value::Object(written), Value::Object(stored)) => {
            let mut fields = written.iter();
            fields.find_map(|(name, value)| match stored.get(name) {
                None => Some(name.clone()),
                Some(stored) => missing(value, stored),
            })
        }
        (Value::Array(written), Value::Array(stored)) => {
            let mut items = written.iter().zip(stored);
            items.find_map(|(written, stored)| missing(written, stored))
        }
        _ => None,
    }
}

impl<K: Kind> AnyKind for Erased<K> {
    fn name(&self) -> &'static str {
        K::NAME
    }

    fn read_spec(&self, json: &Value) -> Result<Spec, ShapeError> {
        read::<K, K::Spec>("spec", json).map(Spec::of::<K>)
    }

    fn read_state(&self, json: &Value) -> Result<State, ShapeError> {
        read::<K, K::State>("state", json).map(State::of::<K>)
    }

    fn read_before(&self, json: &Value) -> Result<Before, ShapeError> {
        read::<K, K::Before>("former value", json).map(Before::of::<K>)
    }

    fn resolved(&self, spec: &Spec, outputs: &Outputs<'_>) -> Spec {
        let mut own = spec.own::<K>().clone();
        for field in K::fields(&mut own) {
            field.resolve(outputs);
        }
        Spec::of::<K>(own)
    }

    fn output(&self, state: &State, name: &str) -> Option<String> {
        K::output(state.own::<K>(), name)
    }

    fn describe_output(&self, name: &str) -> String {
        K::describe_output(name)
    }

    fn describe_ready(&self, desired: &Spec, location: Option<&Location>) -> String {
        K::describe_ready(desired.own::<K>(), location)
    }

    fn diff(&self, desired: &Spec, actual: &State, owned: Option<&Spec>) -> Diff {
        let owned = owned.map(Spec::own::<K>);
        K::diff(desired.own::<K>(), actual.own::<K>(), owned)
    }

    fn drift(
        &self,
        asked: &Spec,
        recorded: Option<&State>,
        actual: &State,
        ours: &dyn Fn(&str) -> bool,
    ) -> Diff {
        let recorded = recorded.map(State::own::<K>);
        K::drift(asked.own::<K>(), recorded, actual.own::<K>(), ours)
    }

    fn accepted(&self, recorded: &Spec, actual: &State) -> Option<Spec> {
        K::accepted(recorded.own::<K>(), actual.own::<K>()).map(Spec::of::<K>)
    }

    fn compare(&self, desired: &Spec, before: &Spec) -> Diff {
        crate::diff::compare(desired.own::<K>(), before.own::<K>(), &[])
    }

    fn is_only_noted(&self, diff: &Diff) -> bool {
        K::is_only_noted(diff)
    }

    fn takes_away(&self, before: &Spec, after: &Spec) -> bool {
        K::takes_away(before.own::<K>(), after.own::<K>())
    }

    fn lets_in(&self) -> bool {
        K::lets_in()
    }

    fn mail_impact(&self, change: &Transition<'_>) -> Impact {
        K::mail_impact(&Transition {
            id: change.id,
            seen: change.seen.map(State::own::<K>),
            was: change.was.map(Spec::own::<K>),
            becomes: change.becomes.map(Spec::own::<K>),
            restores: change.restores.map(Before::own::<K>),
        })
    }

    fn readiness(&self, desired: &Spec, actual: &State) -> Readiness {
        K::readiness(desired.own::<K>(), actual.own::<K>())
    }

    fn calls(&self, verb: Verb, desired: &Spec, seen: Option<&State>, diff: &Diff) -> Vec<Calls> {
        K::calls(verb, desired.own::<K>(), seen.map(State::own::<K>), diff)
    }

    fn permissions(&self, desired: &Spec) -> Vec<Permission> {
        K::permissions(desired.own::<K>())
    }

    fn stages(&self, desired: &Spec) -> Vec<Spec> {
        let stages = K::stages(desired.own::<K>());
        stages.into_iter().map(Spec::of::<K>).collect()
    }

    fn released(&self, spec: &Spec) -> Option<Spec> {
        K::released(spec.own::<K>()).map(Spec::of::<K>)
    }

    fn answers(&self, spec: &Spec, host: &str) -> bool {
        K::answers(spec.own::<K>(), host)
    }

    fn conflict(&self, desired: &Spec, actual: &State, owned: Option<&Spec>) -> Option<Finding> {
        let owned = owned.map(Spec::own::<K>);
        K::conflict(desired.own::<K>(), actual.own::<K>(), owned)
    }

    fn blocker(&self, desired: &Spec, actual: Option<&State>) -> Option<Finding> {
        K::blocker(desired.own::<K>(), actual.map(State::own::<K>))
    }

    fn displaced(&self, desired: &Spec, actual: &State, owned: Option<&Spec>) -> Option<Before> {
        let owned = owned.map(Spec::own::<K>);
        K::displaced(desired.own::<K>(), actual.own::<K>(), owned).map(Before::of::<K>)
    }

    fn found(&self, actual: &State) -> Option<Before> {
        K::found(actual.own::<K>()).map(Before::of::<K>)
    }

    fn is_as_before(&self, spec: &Spec, before: &Before, actual: &State) -> bool {
        K::is_as_before(spec.own::<K>(), before.own::<K>(), actual.own::<K>())
    }

    fn kept_back(&self, spec: &Spec, before: &Before, actual: &State) -> Option<String> {
        K::kept_back(spec.own::<K>(), before.own::<K>(), actual.own::<K>())
    }

    fn project<'s>(&self, state: &'s State) -> Option<&'s str> {
        K::project(state.own::<K>())
    }

    fn stack<'s>(&self, state: &'s State) -> Option<&'s str> {
        K::stack(state.own::<K>())
    }

    fn led_to(&self, state: &State) -> Option<(String, Vec<String>)> {
        K::led_to(state.own::<K>())
    }

    fn lets_go(&self, spec: &Spec, state: &State) -> Vec<String> {
        K::lets_go(spec.own::<K>(), state.own::<K>())
    }

    fn removal(&self, owned: &Spec, actual: &State, ours: &dyn Fn(&str) -> bool) -> Removal {
        K::removal(owned.own::<K>(), actual.own::<K>(), ours)
    }

    fn parts(&self, spec: &Spec) -> Vec<String> {
        K::parts(spec.own::<K>())
    }

    fn container(&self, spec: &Spec) -> Option<Container> {
        K::container(spec.own::<K>())
    }

    fn claims(&self, spec: &Spec) -> Vec<String> {
        K::claims(spec.own::<K>())
    }

    fn without(&self, spec: &Spec, claimed: &dyn Fn(&str) -> bool) -> Option<Spec> {
        K::without(spec.own::<K>(), claimed).map(Spec::of::<K>)
    }

    fn zone(&self, spec: &Spec, physical: Option<&PhysicalId>) -> Option<ZoneRef> {
        K::zone(spec.own::<K>(), physical)
    }

    fn trail(&self, spec: &Spec, physical: Option<&PhysicalId>) -> Option<Trail> {
        K::trail(spec.own::<K>(), physical)
    }

    fn ttl(&self, spec: &Spec) -> u32 {
        K::ttl(spec.own::<K>())
    }

    fn why_other(
        &self,
        desired: &Spec,
        owned: &Spec,
        physical: Option<&PhysicalId>,
    ) -> Option<&'static str> {
        K::why_other(desired.own::<K>(), owned.own::<K>(), physical)
    }

    fn named_by<'s>(&self, spec: &'s Spec) -> Option<&'s OutputRef> {
        K::named_by(spec.own::<K>())
    }

    fn is_findable(&self, spec: &Spec) -> bool {
        K::is_findable(spec.own::<K>())
    }

    fn batch(&self, spec: &Spec) -> Option<String> {
        K::batch(spec.own::<K>())
    }

    fn poll(&self) -> Duration {
        K::poll()
    }

    fn batch_calls(&self) -> Vec<Calls> {
        K::batch_calls()
    }

    fn polls(&self, verb: Verb) -> Polls {
        K::polls(verb)
    }

    fn expected(&self) -> Duration {
        K::expected()
    }

    fn still(&self, state: &State, before: &State) -> State {
        State::of::<K>(K::still(state.own::<K>().clone(), before.own::<K>()))
    }

    fn stale(&self) -> Duration {
        K::stale()
    }

    fn is_seen_after_deletion(&self) -> bool {
        K::is_seen_after_deletion()
    }
}
