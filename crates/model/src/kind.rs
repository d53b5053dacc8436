//! A kind of resource, as the rest of the program knows it: three traits, so that the type says
//! what its holder may do.

mod at_aws;

use std::fmt::Debug;
use std::time::Duration;

pub use at_aws::{BatchItem, CallResult, Called, Mutate, Observe, Update};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use standards::Finding;

use crate::{
    Before, Calls, Container, Diff, Field, Impact, Location, OutputRef, Permission, PhysicalId,
    Polls, Readiness, Removal, ResourceId, Spec, State, Trail, Verb, ZoneRef,
};

/// A resource to observe or to change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target<S = Spec> {
    /// Our name for it.
    pub id: ResourceId,
    /// Its location.
    #[serde(rename = "home")]
    pub location: Option<Location>,
    /// The spec that is, or was, desired.
    pub spec: S,
    /// AWS's name, when the ledger knows it.
    pub physical: Option<PhysicalId>,
}

impl<S> Target<S> {
    /// A text that tells this target from every other in one run.
    pub fn key(&self) -> String {
        let location = self.location.as_ref().map(ToString::to_string);
        let location = location.unwrap_or_default();
        let physical = self.physical.as_ref().map(PhysicalId::as_str);
        let physical = physical.unwrap_or_default();
        format!("{}@{location}#{physical}", self.id)
    }

    /// The same target with `spec` in the place of its own, and its own.
    pub fn replace<T>(self, spec: T) -> (Target<T>, S) {
        let Self {
            id,
            location,
            spec: replaced,
            physical,
        } = self;
        let target = Target {
            id,
            location,
            spec,
            physical,
        };
        (target, replaced)
    }

    /// The same target with its spec turned into another type.
    pub fn with<T>(&self, spec: T) -> Target<T> {
        Target {
            id: self.id.clone(),
            location: self.location.clone(),
            spec,
            physical: self.physical.clone(),
        }
    }
}

/// A type of a kind's own: plain data that is stored, compared and printed.
pub trait Own:
    Serialize + DeserializeOwned + Clone + PartialEq + Debug + Send + Sync + 'static
{
}

impl<T: Serialize + DeserializeOwned + Clone + PartialEq + Debug + Send + Sync + 'static> Own
    for T
{
}

/// The former values of a kind that has none: the type has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Nothing {}

/// The pure half of a kind. The planner holds it.
pub trait Kind: Send + Sync + 'static {
    /// Its name: `ses_identity`.
    const NAME: &'static str;
    /// The desired properties.
    type Spec: Own;
    /// The observed properties.
    type State: Own;
    /// The values that an adoption replaces, so that a deletion can put them back; [`Nothing`] for
    /// kinds that have no former values.
    type Before: Own;

    /// The fields of a spec that may refer to outputs of other resources.
    fn fields(_spec: &mut Self::Spec) -> Vec<&mut Field<String>> {
        Vec::new()
    }

    /// The output `name` of a resource in this state, once there is one.
    fn output(_state: &Self::State, _name: &str) -> Option<String> {
        None
    }

    /// The output `name` in words, for messages that say what is waited for.
    fn describe_output(name: &str) -> String {
        format!("its {}", name.replace('_', " "))
    }

    /// The state of a resource that is ready, for messages that say what is waited for.
    fn describe_ready(_desired: &Self::Spec, _location: Option<&Location>) -> String {
        format!("the {} is ready", Self::NAME.replace('_', " "))
    }

    /// The fields in which `actual` is not as desired. `owned` is what the ledger says we asked
    /// for last time; kinds that share a resource with other owners need it.
    fn diff(desired: &Self::Spec, actual: &Self::State, owned: Option<&Self::Spec>) -> Diff;

    /// The drift: every field that changed without us since `recorded` was seen. `ours` tells the
    /// claims (see [`Kind::claims`]) that another resource of ours holds in the same place.
    fn drift(
        asked: &Self::Spec,
        _recorded: Option<&Self::State>,
        actual: &Self::State,
        _ours: &dyn Fn(&str) -> bool,
    ) -> Diff {
        Self::diff(asked, actual, Some(asked))
    }

    /// The spec that asks for what is there, where an operator accepts the drift from `recorded`; nothing
    /// where nothing of ours is left in it. What no spec of the kind can say, such as a bucket that is open to
    /// the public, stays as it was recorded, and stays drift.
    fn accepted(recorded: &Self::Spec, _actual: &Self::State) -> Option<Self::Spec> {
        Some(recorded.clone())
    }

    /// The mail impact of a change, from the change itself: which mail, in which direction, and why.
    fn mail_impact(_change: &Transition<'_, Self::Spec, Self::State, Self::Before>) -> Impact {
        Impact::none()
    }

    /// Whether what was seen is usable.
    fn readiness(desired: &Self::Spec, actual: &Self::State) -> Readiness;

    /// The API calls that an action makes, each as often as it makes it where nothing goes wrong: `diff`
    /// has the fields that it changes of what was `seen`.
    fn calls(
        verb: Verb,
        desired: &Self::Spec,
        seen: Option<&Self::State>,
        diff: &Diff,
    ) -> Vec<Calls>;

    /// The permissions that a role must have to observe it, to change it and to remove it. This is the
    /// only list: policies are printed from it, and `deploy doctor` asks IAM about it.
    fn permissions(desired: &Self::Spec) -> Vec<Permission>;

    /// The steps in which a new resource reaches its spec, each to be ready before the next;
    /// the last is the spec itself.
    fn stages(desired: &Self::Spec) -> Vec<Self::Spec> {
        vec![desired.clone()]
    }

    /// The spec without what only one resource in the world can hold. A resource that moves is made
    /// without it, what refers to it is switched, its predecessor releases it, and then the successor
    /// takes it.
    fn released(_spec: &Self::Spec) -> Option<Self::Spec> {
        None
    }

    /// Whether a resource with this spec answers for a host, by its name or by a wildcard.
    fn answers(_spec: &Self::Spec, _host: &str) -> bool {
        false
    }

    /// A value in `actual` that belongs to somebody else and excludes the desired one.
    fn conflict(
        _desired: &Self::Spec,
        _actual: &Self::State,
        _owned: Option<&Self::Spec>,
    ) -> Option<Finding> {
        None
    }

    /// The reason why it cannot be as desired whatever the manifest says, if there is one: a hosted
    /// zone that was to be found and is not there, a delegation that hides a record. `actual` is
    /// nothing when it is not there.
    fn blocker(_desired: &Self::Spec, _actual: Option<&Self::State>) -> Option<Finding> {
        None
    }

    /// Whether it may be deleted as it is. `ours` tells the parts of it (see [`Kind::parts`]) that
    /// another resource of ours keeps in it.
    fn removal(
        _owned: &Self::Spec,
        _actual: &Self::State,
        _ours: &dyn Fn(&str) -> bool,
    ) -> Removal {
        Removal::Free
    }

    /// The parts that it keeps inside another resource: `BUCKET/KEY`, or `BUCKET/PREFIX/` for everything below.
    fn parts(_spec: &Self::Spec) -> Vec<String> {
        Vec::new()
    }

    /// The resource that takes it along when it is deleted, if there is one.
    fn container(_spec: &Self::Spec) -> Option<Container> {
        None
    }

    /// The values of others that an adoption replaces, in the kind's own shape: they are recorded
    /// before the call, and put back on deletion.
    fn displaced(
        _desired: &Self::Spec,
        _actual: &Self::State,
        _owned: Option<&Self::Spec>,
    ) -> Option<Self::Before> {
        None
    }

    /// The whole of what was there before us, where it is as asked for and taken over as it is, in
    /// the kind's own shape: a later manifest may change it, and deletion puts it back then.
    fn found(_actual: &Self::State) -> Option<Self::Before> {
        None
    }

    /// Whether deletion would change nothing: what is there is what was there before us.
    fn is_as_before(_spec: &Self::Spec, _before: &Self::Before, _actual: &Self::State) -> bool {
        false
    }

    /// The former value that does not come back when the resource is deleted, and why: something has
    /// come since that excludes it.
    fn kept_back(
        _spec: &Self::Spec,
        _before: &Self::Before,
        _actual: &Self::State,
    ) -> Option<String> {
        None
    }

    /// The project whose tags it carries.
    fn project(_state: &Self::State) -> Option<&str> {
        None
    }

    /// The CloudFormation stack whose tags it carries.
    fn stack(_state: &Self::State) -> Option<&str> {
        None
    }

    /// The name that DNS leads to it by, and the hosts that it answers for.
    fn led_to(_state: &Self::State) -> Option<(String, Vec<String>)> {
        None
    }

    /// The hosts that it answers for, and with this spec no longer would.
    fn lets_go(_spec: &Self::Spec, _state: &Self::State) -> Vec<String> {
        Vec::new()
    }

    /// The things in the world that this spec holds and that another resource can hold as well,
    /// named independently of the resource: `example.com TXT v=spf1 -all`, whoever writes it. A
    /// thing goes with its last holder.
    fn claims(_spec: &Self::Spec) -> Vec<String> {
        Vec::new()
    }

    /// `spec` without the parts that others still claim; nothing when none is left.
    fn without(spec: &Self::Spec, claimed: &dyn Fn(&str) -> bool) -> Option<Self::Spec> {
        let claims = Self::claims(spec);
        let is_held = !claims.is_empty() && claims.iter().all(|claim| claimed(claim));
        (!is_held).then(|| spec.clone())
    }

    /// The zone through which the world reads it, for a part of DNS. `physical` is AWS's name for
    /// it, where that is known.
    fn zone(_spec: &Self::Spec, _physical: Option<&PhysicalId>) -> Option<ZoneRef> {
        None
    }

    /// How a change of it by anybody is known in CloudTrail; nothing where AWS records no event, as of
    /// S3's objects, whose changes are data events.
    fn trail(_spec: &Self::Spec, _physical: Option<&PhysicalId>) -> Option<Trail> {
        None
    }

    /// For how many seconds a resolver may keep what it holds.
    fn ttl(_spec: &Self::Spec) -> u32 {
        0
    }

    /// Why `desired` is another thing in the world than the one on record in the same account and
    /// region, if it is: another hosted zone by its id, a record of another name, an object of another
    /// key. Then the old one is removed by an action of its own.
    fn why_other(
        _desired: &Self::Spec,
        _owned: &Self::Spec,
        _physical: Option<&PhysicalId>,
    ) -> Option<&'static str> {
        None
    }

    /// The output that is its name, while AWS has not given that: the token of a DKIM record.
    fn named_by(_spec: &Self::Spec) -> Option<&OutputRef> {
        None
    }

    /// Actions of one key can go out in one call.
    fn batch(_spec: &Self::Spec) -> Option<String> {
        None
    }

    /// The API calls that a whole batch makes, whatever is in it.
    fn batch_calls() -> Vec<Calls> {
        Vec::new()
    }

    /// Whether enough of the spec is known to find the resource by it.
    fn is_findable(_spec: &Self::Spec) -> bool {
        true
    }

    /// Whether a resource that differs by `diff` alone counts as there already, so that finding it
    /// is an adoption and not a creation.
    fn is_only_noted(diff: &Diff) -> bool {
        diff.is_empty()
    }

    /// Whether an update from one spec to the other takes away what a resource that depends on it
    /// may still use, as a name that a distribution no longer answers. Such an update comes after
    /// the removal of those resources.
    fn takes_away(_before: &Self::Spec, _after: &Self::Spec) -> bool {
        false
    }

    /// Whether it lets in what its spec refers to, as the policy of a bucket does the distribution that reads
    /// from there. What is let in exists before it; but a change that sends it there comes after.
    fn lets_in() -> bool {
        false
    }

    /// How long to wait between two questions whether it is ready.
    fn poll() -> Duration {
        Duration::from_secs(5)
    }

    /// The requests of a run that waits until it is ready, or gone, after `verb`.
    fn polls(_verb: Verb) -> Polls {
        Polls::default()
    }

    /// How long after a change it can be ready at the earliest, so that it is not asked before.
    fn expected() -> Duration {
        Self::poll()
    }

    /// `state` with what AWS showed `before` of the very same resource and does not show for ever.
    fn still(state: Self::State, _before: &Self::State) -> Self::State {
        state
    }

    /// How long after a change a read can still show what was there before it.
    fn stale() -> Duration {
        Duration::ZERO
    }

    /// Whether others see it for a while after AWS has deleted it, so that what it points at has to
    /// stay until they don't.
    fn is_seen_after_deletion() -> bool {
        false
    }
}

/// A change of a resource, as its kind judges it.
#[derive(Clone, Copy, Debug)]
pub struct Transition<'a, S = Spec, T = State, B = Before> {
    /// Which resource.
    pub id: &'a ResourceId,
    /// The observed state; nothing where nothing is there.
    pub seen: Option<&'a T>,
    /// The spec before: the one on record, or that of the stage before this one.
    pub was: Option<&'a S>,
    /// The spec that is desired now; nothing where the resource goes.
    pub becomes: Option<&'a S>,
    /// The values that its removal puts back.
    pub restores: Option<&'a B>,
}
