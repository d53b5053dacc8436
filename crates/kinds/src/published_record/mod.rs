//! A record that a person publishes, where the domain's DNS is not in Route 53.
//!
//! ```yaml
//! dns: manual
//! ```
//!
//! It is observed by asking public DNS and never written. `deploy records` prints what to publish.

#[cfg(feature = "aws")]
mod aws;

use std::time::Duration;

use model::{
    Calls, Diff, Field, Impact, Kind, Location, Nothing, OutputRef, Permission, PhysicalId,
    Readiness, Transition, Verb, ZoneRef,
};
use serde::{Deserialize, Serialize};

use crate::record::{Record, State};
use crate::record_impact;

/// The kind.
#[derive(Clone, Copy, Debug, Default)]
pub struct PublishedRecord;

/// The desired properties.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The record.
    pub record: Record,
}

impl Kind for PublishedRecord {
    const NAME: &'static str = "published_record";
    type Spec = Spec;
    type State = State;
    type Before = Nothing;

    fn diff(desired: &Spec, actual: &State, owned: Option<&Spec>) -> Diff {
        let mut found = desired.record.diff(actual, owned.map(|spec| &spec.record));
        // A resolver shows the remaining time to live, not the TTL.
        found.changes.retain(|change| change.field != "ttl");
        found
    }

    fn fields(spec: &mut Spec) -> Vec<&mut Field<String>> {
        spec.record.fields()
    }

    fn is_findable(spec: &Spec) -> bool {
        spec.record.name.known().is_some()
    }

    fn drift(
        asked: &Spec,
        recorded: Option<&State>,
        actual: &State,
        ours: &dyn Fn(&str) -> bool,
    ) -> Diff {
        let mut found = asked.record.drift(recorded, actual, ours);
        found.changes.retain(|change| change.field != "ttl");
        found
    }

    fn accepted(recorded: &Spec, actual: &State) -> Option<Spec> {
        let record = Record {
            // A resolver shows the remaining time to live, not the TTL.
            ttl: recorded.record.ttl,
            ..recorded.record.accepted(actual)?
        };
        Some(Spec { record })
    }

    fn mail_impact(change: &Transition<'_, Spec, State, Nothing>) -> Impact {
        record_impact::mail_impact(&Transition {
            id: change.id,
            seen: change.seen,
            was: change.was.map(|spec| &spec.record),
            becomes: change.becomes.map(|spec| &spec.record),
            restores: None,
        })
    }

    fn describe_ready(desired: &Spec, _location: Option<&Location>) -> String {
        format!(
            "{} {} is published",
            desired.record.rtype, desired.record.name
        )
    }

    fn readiness(desired: &Spec, actual: &State) -> Readiness {
        if Self::diff(desired, actual, None).is_empty() {
            Readiness::Ready
        } else {
            let name = &desired.record.name;
            Readiness::Waiting(format!(
                "somebody to publish {} {name} (see `deploy records`)",
                desired.record.rtype
            ))
        }
    }

    fn calls(_verb: Verb, _desired: &Spec, _seen: Option<&State>, _diff: &Diff) -> Vec<Calls> {
        Vec::new()
    }

    fn permissions(_desired: &Spec) -> Vec<Permission> {
        Vec::new()
    }

    fn claims(spec: &Spec) -> Vec<String> {
        spec.record.claims()
    }

    fn without(spec: &Spec, claimed: &dyn Fn(&str) -> bool) -> Option<Spec> {
        Some(Spec {
            record: spec.record.without(claimed)?,
        })
    }

    fn zone(_spec: &Spec, _physical: Option<&PhysicalId>) -> Option<ZoneRef> {
        Some(ZoneRef::ByHand)
    }

    fn ttl(spec: &Spec) -> u32 {
        spec.record.ttl
    }

    fn why_other(
        desired: &Spec,
        owned: &Spec,
        _physical: Option<&PhysicalId>,
    ) -> Option<&'static str> {
        desired.record.why_other(&owned.record)
    }

    fn named_by(spec: &Spec) -> Option<&OutputRef> {
        spec.record.named_by()
    }

    fn poll() -> Duration {
        Duration::from_secs(30)
    }
}
