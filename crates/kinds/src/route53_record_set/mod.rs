//! A record in a Route 53 hosted zone, owned per value.
//!
//! ```yaml
//! dns: { route53: { account: dns } }
//! ```
//!
//! Several resources, and people who know nothing of us, can have values in one record set. Values
//! that are not ours are kept, in their place. All changes to a zone that can go at one time go in
//! one atomic batch; what is replaced is deleted and created in the same batch, which also refuses
//! when somebody else was faster.
//!
//! Quirks of Route 53:
//!
//! - It returns names in lower case with every octet but letters, digits, `-` and `_` as a backslash
//!   and three octal digits: `*` comes back as `\052`.
//! - TXT values are strings of at most 255 octets, quoted; it keeps them as they were written, and a
//!   DELETE has to repeat them to the letter, the TTL and an alias's health evaluation included.
//! - A batch is all or nothing, has 1,000 record elements and 32,000 characters at most, and counts
//!   UPSERT twice. Changes of one name never go in two batches.
//! - Sets with a routing policy share name and type, told apart by their identifiers. They are never
//!   changed here, and neither is a delegation, whatever the manifest says.
//! - What is written below a delegation is taken, and never answered.
//! - A change is answered by all name servers when `GetChange` says INSYNC, a minute later at most.

#[cfg(feature = "aws")]
mod apex;
#[cfg(feature = "aws")]
mod aws;
#[cfg(feature = "aws")]
mod sync;

pub mod batch;
mod permissions;

#[cfg(feature = "aws")]
pub(crate) use apex::{apex, is_listed};
#[cfg(feature = "aws")]
pub use sync::{forget_list, resume};

use std::time::Duration;

use model::{
    Calls, Diff, Field, Impact, Kind, Location, OutputRef, Permission, PhysicalId, Polls,
    Readiness, Removal, Trail, Transition, Verb, ZoneRef,
};
use serde::{Deserialize, Serialize};
use standards::Finding;

use crate::record::{LiveSet, Record, Sets, State};
use crate::record_impact;
use crate::{acm_certificate, ses_identity};

/// The kind.
#[derive(Clone, Copy, Debug, Default)]
pub struct Route53RecordSet;

/// The desired properties.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The hosted zone's id.
    pub zone: Field<String>,
    /// The hosted zone's name.
    pub zone_name: String,
    /// The record.
    pub record: Record,
}

/// The name of a record, or, while AWS has not given it, the one below which it will be.
fn place(record: &Record) -> Option<String> {
    match &record.name {
        Field::Known(name) => Some(name.clone()),
        Field::Output(output) => {
            ses_identity::below(output).or_else(|| acm_certificate::below(output))
        }
    }
}

/// The sets that were seen at a record's name.
fn sets_of(actual: &State) -> Sets {
    let sets = actual.set.iter().chain(&actual.in_the_way);
    sets.map(|set| (set.key(), set.clone())).collect()
}

/// The events of CloudTrail that change one.
const EVENTS: &[&str] = &["ChangeResourceRecordSets"];

/// The time to live of the answers to an alias of CloudFront, which no record can set (Route 53 Developer
/// Guide, "Choosing between alias and non-alias records").
const ALIAS_TTL: u32 = 60;

impl Kind for Route53RecordSet {
    const NAME: &'static str = "route53_record_set";
    type Spec = Spec;
    type State = State;
    type Before = Vec<LiveSet>;

    fn diff(desired: &Spec, actual: &State, owned: Option<&Spec>) -> Diff {
        desired.record.diff(actual, owned.map(|spec| &spec.record))
    }

    fn fields(spec: &mut Spec) -> Vec<&mut Field<String>> {
        let mut fields = vec![&mut spec.zone];
        fields.extend(spec.record.fields());
        fields
    }

    fn drift(
        asked: &Spec,
        recorded: Option<&State>,
        actual: &State,
        ours: &dyn Fn(&str) -> bool,
    ) -> Diff {
        asked.record.drift(recorded, actual, ours)
    }

    fn accepted(recorded: &Spec, actual: &State) -> Option<Spec> {
        Some(Spec {
            record: recorded.record.accepted(actual)?,
            ..recorded.clone()
        })
    }

    fn mail_impact(change: &Transition<'_, Spec, State, Vec<LiveSet>>) -> Impact {
        record_impact::mail_impact(&Transition {
            id: change.id,
            seen: change.seen,
            was: change.was.map(|spec| &spec.record),
            becomes: change.becomes.map(|spec| &spec.record),
            restores: change.restores,
        })
    }

    fn describe_ready(desired: &Spec, _location: Option<&Location>) -> String {
        format!(
            "Route 53 answers {} {}",
            desired.record.rtype, desired.record.name
        )
    }

    fn readiness(_desired: &Spec, actual: &State) -> Readiness {
        if actual.pending.is_none() {
            Readiness::Ready
        } else {
            Readiness::Waiting(
                "record sync (usually within a minute): Route 53 carries the change to its name servers".to_owned(),
            )
        }
    }

    /// The records of a batch share one call, which is counted for the batch.
    fn calls(_verb: Verb, _desired: &Spec, _seen: Option<&State>, _diff: &Diff) -> Vec<Calls> {
        Vec::new()
    }

    fn batch_calls() -> Vec<Calls> {
        vec![Calls::new("route53", "ChangeResourceRecordSets", 1)]
    }

    /// Nothing while AWS has not given its name, or that of its zone.
    fn trail(spec: &Spec, _physical: Option<&PhysicalId>) -> Option<Trail> {
        let about = [
            (&["hostedZoneId"][..], spec.zone.known()?.clone()),
            (&["name"][..], spec.record.name.known()?.clone()),
            (&["type"][..], spec.record.rtype.to_string()),
        ];
        Some(Trail::of("route53.amazonaws.com", EVENTS, about))
    }

    fn permissions(desired: &Spec) -> Vec<Permission> {
        permissions::of(desired)
    }

    fn conflict(desired: &Spec, actual: &State, owned: Option<&Spec>) -> Option<Finding> {
        desired
            .record
            .conflict(actual, owned.map(|spec| &spec.record))
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

    fn blocker(desired: &Spec, actual: Option<&State>) -> Option<Finding> {
        desired.record.blocker_at(&place(&desired.record)?, actual?)
    }

    fn removal(owned: &Spec, actual: &State, _ours: &dyn Fn(&str) -> bool) -> Removal {
        owned
            .record
            .removal_blocker(actual)
            .map_or(Removal::Free, Removal::Blocked)
    }

    fn displaced(desired: &Spec, actual: &State, owned: Option<&Spec>) -> Option<Vec<LiveSet>> {
        let (record, owned) = (&desired.record, owned.map(|spec| &spec.record));
        // What somebody made of our own values is not theirs to get back.
        let own = actual
            .set
            .iter()
            .filter(|set| !record.was_changed(set, owned));
        let sets = own
            .chain(&actual.in_the_way)
            .map(|set| (set.key(), set.clone()));
        let displaced = batch::displaced(&sets.collect(), record);
        (!displaced.is_empty()).then_some(displaced)
    }

    fn found(actual: &State) -> Option<Vec<LiveSet>> {
        actual.set.clone().map(|set| vec![set])
    }

    fn is_as_before(spec: &Spec, before: &Vec<LiveSet>, actual: &State) -> bool {
        batch::is_as_before(&sets_of(actual), &spec.record, before)
    }

    fn kept_back(spec: &Spec, before: &Vec<LiveSet>, actual: &State) -> Option<String> {
        let (lost, stands) = batch::kept_back(&sets_of(actual), &spec.record, before)?;
        Some(format!("`{lost}`, because `{stands}` stands there now"))
    }

    fn claims(spec: &Spec) -> Vec<String> {
        spec.record.claims()
    }

    fn without(spec: &Spec, claimed: &dyn Fn(&str) -> bool) -> Option<Spec> {
        Some(Spec {
            record: spec.record.without(claimed)?,
            ..spec.clone()
        })
    }

    fn zone(spec: &Spec, _physical: Option<&PhysicalId>) -> Option<ZoneRef> {
        let zone = spec.zone.known().unwrap_or(&spec.zone_name);
        Some(ZoneRef::Hosted(zone.clone()))
    }

    fn ttl(spec: &Spec) -> u32 {
        match spec.record.alias {
            Some(_) => ALIAS_TTL,
            None => spec.record.ttl,
        }
    }

    fn is_findable(spec: &Spec) -> bool {
        spec.zone.known().is_some() && place(&spec.record).is_some()
    }

    /// Values with another time to live were there before us as well, keep it, and stay when we go.
    fn is_only_noted(diff: &Diff) -> bool {
        diff.is_only("ttl")
    }

    fn batch(spec: &Spec) -> Option<String> {
        // Domains that share a zone share its batches; locations that differ have zones that differ.
        let zone = spec.zone.known().unwrap_or(&spec.zone_name);
        Some(format!("route53 zone {zone}"))
    }

    /// A batch is asked about once: by then it is in sync.
    fn polls(verb: Verb) -> Polls {
        match verb {
            Verb::Forget => Polls::default(),
            _ => Polls {
                service: "route53",
                each: 1,
                together: 0,
            },
        }
    }

    fn poll() -> Duration {
        Duration::from_secs(5)
    }

    /// A change is usually in sync within a minute (Route 53 API reference, `GetChange`).
    fn expected() -> Duration {
        Duration::from_secs(30)
    }

    fn is_seen_after_deletion() -> bool {
        true
    }
}
