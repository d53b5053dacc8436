//! The written form of an entry.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use model::{
    AnyKind, Dependency, Impact, KindSet, Location, Origin, PhysicalId, ResourceId, ServedPolicy,
    ShapeError,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Creating,
    Changing {
        physical: Option<PhysicalId>,
        to: Value,
    },
    Settled(PhysicalId),
    Closing(PhysicalId),
}

/// See [`model::Entry`].
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    id: ResourceId,
    location: Option<Location>,
    status: Status,
    spec: Value,
    state: Option<Value>,
    origin: Origin,
    holders: BTreeSet<String>,
    before: Option<Value>,
    serves_policy: Option<ServedPolicy>,
    dependencies: Vec<Dependency>,
    impact: Impact,
    changed: Timestamp,
}

impl Entry {
    pub(super) fn of(entry: &model::Entry) -> Self {
        let status = match &entry.status {
            model::Status::Creating => Status::Creating,
            model::Status::Changing { physical, to } => Status::Changing {
                physical: physical.clone(),
                to: to.to_json(),
            },
            model::Status::Settled(physical) => Status::Settled(physical.clone()),
            model::Status::Closing(physical) => Status::Closing(physical.clone()),
        };
        Self {
            id: entry.id.clone(),
            location: entry.location.clone(),
            status,
            spec: entry.spec.to_json(),
            state: entry.state.as_ref().map(model::State::to_json),
            origin: entry.origin,
            holders: entry.holders.clone(),
            before: entry.before.as_ref().map(model::Before::to_json),
            serves_policy: entry.serves_policy,
            dependencies: entry.dependencies.clone(),
            impact: entry.impact.clone(),
            changed: entry.changed,
        }
    }

    /// The entry in its kind's types, or what is wrong with it.
    pub(super) fn read(self, kinds: &KindSet) -> Result<Arc<model::Entry>, String> {
        let Some(kind) = kinds.get(self.id.kind.as_str()) else {
            return Err(format!(
                "`{}` is of the kind `{}`, which this program does not know: use a newer deploy",
                self.id, self.id.kind
            ));
        };
        let id = self.id.to_string();
        self.of_kind(*kind)
            .map(Arc::new)
            .map_err(|error| format!("`{id}` is {error}: {}", error.source))
    }

    fn of_kind(self, kind: &dyn AnyKind) -> Result<model::Entry, ShapeError> {
        let status = match self.status {
            Status::Creating => model::Status::Creating,
            Status::Changing { physical, to } => model::Status::Changing {
                physical,
                to: kind.read_spec(&to)?,
            },
            Status::Settled(physical) => model::Status::Settled(physical),
            Status::Closing(physical) => model::Status::Closing(physical),
        };
        let state = self.state.as_ref().map(|state| kind.read_state(state));
        let before = self.before.as_ref().map(|before| kind.read_before(before));
        Ok(model::Entry {
            id: self.id,
            location: self.location,
            status,
            spec: kind.read_spec(&self.spec)?,
            state: state.transpose()?,
            origin: self.origin,
            holders: self.holders,
            before: before.transpose()?,
            serves_policy: self.serves_policy,
            dependencies: self.dependencies,
            impact: self.impact,
            changed: self.changed,
        })
    }
}
