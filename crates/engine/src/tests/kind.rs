//! A kind that takes the place of every other: text, references, and the time until it is ready.

use std::time::Duration;

use model::{Calls, Diff, Field, Kind, Nothing, Permission, Readiness, Resource, Verb, diff, kind};
use serde::{Deserialize, Serialize};

pub(super) struct StandIn;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Spec {
    pub(super) text: String,
    pub(super) inputs: Vec<Field<String>>,
    pub(super) batch: Option<String>,
    /// How many seconds after a change it is ready.
    pub(super) ready_after: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct State {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) inputs: Vec<Field<String>>,
    pub(super) is_ready: bool,
}

impl Kind for StandIn {
    const NAME: &'static str = "stand_in";
    type Spec = Spec;
    type State = State;
    type Before = Nothing;

    fn fields(spec: &mut Spec) -> Vec<&mut Field<String>> {
        spec.inputs.iter_mut().collect()
    }

    fn output(state: &State, name: &str) -> Option<String> {
        Some(format!("{name} of {}", state.name))
    }

    fn diff(desired: &Spec, actual: &State, _owned: Option<&Spec>) -> Diff {
        diff::compare(
            &(&desired.text, &desired.inputs),
            &(&actual.text, &actual.inputs),
            &[],
        )
    }

    fn readiness(_desired: &Spec, actual: &State) -> Readiness {
        match actual.text.as_str() {
            BROKEN => Readiness::Failed("it is broken".to_owned()),
            _ if actual.is_ready => Readiness::Ready,
            _ => Readiness::Waiting("it to be ready".to_owned()),
        }
    }

    fn calls(_verb: Verb, _desired: &Spec, _seen: Option<&State>, _diff: &Diff) -> Vec<Calls> {
        Vec::new()
    }

    fn permissions(_desired: &Spec) -> Vec<Permission> {
        Vec::new()
    }

    fn batch(spec: &Spec) -> Option<String> {
        spec.batch.clone()
    }

    fn poll() -> Duration {
        Duration::from_secs(10)
    }
}

/// The text of a resource that never gets ready.
pub(super) const BROKEN: &str = "broken";

/// The resource with a spec of the kind of these tests: the same references, batch and place in the
/// order.
pub(super) fn stand_in(resource: &Resource) -> Resource {
    let spec = &resource.spec;
    let references = spec.references().iter().cloned();
    let stand_in = Spec {
        text: model::plan::digest(&spec.to_json()),
        inputs: references.map(Field::Output).collect(),
        batch: spec.kind().batch(spec),
        ready_after: u32::try_from(spec.kind().expected().as_secs()).expect("an hour at most"),
    };
    Resource {
        spec: model::Spec::of::<StandIn>(stand_in),
        ..resource.clone()
    }
}

/// The result of a change.
pub(super) type Changed = kind::CallResult<model::Before>;
