//! A world in memory, and the actor that observes and changes it. One call of a run can go wrong.
//!
//! The actor asserts at each change what must hold whatever goes wrong: the intent is on record, what
//! the resource depends on is there, and what is removed is no longer depended on.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use clock::Clock;
use jiff::Timestamp;
use kinds::{Actor, Context};
use model::kind::BatchItem;
use model::{
    Before, Dependency, Diff, ErrorClass, Field, KindError, KindSet, Level, Observation, Ownership,
    PhysicalId, ResourceId, Target, Undo, any_kind,
};
use tokio::sync::{Notify, watch};

use super::kind::{Changed, Spec, StandIn, State};
use super::process::Process;
use super::store::Memory;

/// How long a call takes when nothing is wrong.
const CALL: Duration = Duration::from_secs(1);

/// The fault of one call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fault {
    /// It is refused, and has no effect.
    Refused(ErrorClass),
    /// It has its effect, and the answer is lost.
    AnswerLost,
    /// The request arrives twice.
    Repeated,
    /// It takes this long.
    Slow(Duration),
    /// The run is killed when the call had its effect, before it is told.
    Killed,
    /// The operator asks to stop while it is under way.
    Stopped,
}

/// One call.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Call {
    pub(super) operation: &'static str,
    pub(super) resources: Vec<String>,
}

/// One resource that exists.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Thing {
    text: String,
    inputs: Vec<Field<String>>,
    ready_at: Timestamp,
    /// How often it was made: a creation that is repeated finds the first.
    made: usize,
}

#[derive(Default)]
struct Things {
    present: BTreeMap<ResourceId, Thing>,
    dependencies: BTreeMap<ResourceId, Vec<Dependency>>,
    calls: Vec<Call>,
    /// Which calls go wrong, by their number from 1.
    faults: BTreeMap<usize, Fault>,
    stop: Option<watch::Sender<bool>>,
    /// Whether the intents of those calls alone are checked that go wrong. To read the ledger before
    /// each call of each row of the table would take minutes.
    is_table: bool,
}

/// The world, with the ledger of those who change it.
#[derive(Clone)]
pub(super) struct World {
    things: Arc<Mutex<Things>>,
    store: Memory,
    clock: Clock,
    /// Told when a run is to be killed.
    pub(super) killed: Arc<Notify>,
    /// The process that makes the calls, where it is one of several.
    process: Option<Process>,
}

impl World {
    pub(super) fn new(store: Memory, clock: Clock) -> Self {
        Self {
            things: Arc::default(),
            store,
            clock,
            killed: Arc::default(),
            process: None,
        }
    }

    /// The same world, as one of several processes reaches it.
    pub(super) fn within(&self, process: &Process) -> Self {
        Self {
            process: Some(process.clone()),
            ..self.clone()
        }
    }

    /// Waits as long as the process is paused, and then asks AWS for something as each change does:
    /// what guards the session can forbid it.
    async fn enter(&self, context: &Context) -> Result<(), KindError> {
        let Some(process) = &self.process else {
            return Ok(());
        };
        process.turn().await;
        let asked = context.session()?.ses().get_account().send().await;
        asked
            .map(drop)
            .map_err(|error| aws::error("GetAccount", &error))
    }

    fn things(&self) -> MutexGuard<'_, Things> {
        self.things.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds the dependencies of resources, to which each change is held.
    pub(super) fn depends(
        &self,
        dependencies: impl Iterator<Item = (ResourceId, Vec<Dependency>)>,
    ) {
        self.things().dependencies.extend(dependencies);
    }

    /// Begins with counting calls, of which these go wrong.
    pub(super) fn begin(&self, faults: &[(usize, Fault)], stop: watch::Sender<bool>) {
        let mut things = self.things();
        things.calls.clear();
        things.faults = faults.iter().copied().collect();
        things.stop = Some(stop);
    }

    /// The calls of the last run.
    pub(super) fn calls(&self) -> Vec<Call> {
        self.things().calls.clone()
    }

    /// The operations of the last run, in the order of their calls.
    pub(super) fn operations(&self) -> Vec<&'static str> {
        self.calls().iter().map(|call| call.operation).collect()
    }

    /// The resources that exist, without their times.
    pub(super) fn present(&self) -> BTreeMap<ResourceId, Thing> {
        let mut present = self.things().present.clone();
        for thing in present.values_mut() {
            thing.ready_at = Timestamp::UNIX_EPOCH;
        }
        present
    }

    /// Lets exist what existed in another world.
    pub(super) fn restore(&self, present: &BTreeMap<ResourceId, Thing>) {
        self.things().present.clone_from(present);
    }

    /// Whether a resource exists and is ready.
    pub(super) fn is_ready(&self, id: &ResourceId) -> bool {
        let things = self.things();
        let thing = things.present.get(id);
        thing.is_some_and(|thing| thing.ready_at <= self.clock.now())
    }

    /// Makes a call with `effect`, and lets happen what goes wrong with it.
    async fn call<T>(
        &self,
        operation: &'static str,
        resources: &[&ResourceId],
        effect: impl Fn(&mut Things, Timestamp) -> Result<T, KindError>,
    ) -> Result<T, KindError> {
        let fault = {
            let mut things = self.things();
            let resources = resources.iter().map(ToString::to_string).collect();
            things.calls.push(Call {
                operation,
                resources,
            });
            let number = things.calls.len();
            things.faults.remove(&number)
        };
        self.clock
            .sleep(match fault {
                Some(Fault::Slow(duration)) => duration,
                _ => CALL,
            })
            .await;
        let error = |class| Err(KindError::new(class, operation, "the test says so"));
        if let Some(Fault::Refused(class)) = fault {
            return error(class);
        }
        let done = effect(&mut self.things(), self.clock.now());
        match fault {
            Some(Fault::AnswerLost) => error(ErrorClass::Ambiguous),
            Some(Fault::Repeated) => effect(&mut self.things(), self.clock.now()),
            Some(Fault::Killed) => {
                self.killed.notify_one();
                std::future::pending().await
            }
            Some(Fault::Stopped) => {
                let stop = self.things().stop.take().expect("one stop in a run");
                stop.send_replace(true);
                // The sender has to live, or nobody could ask to stop any more.
                self.things().stop = Some(stop);
                done
            }
            _ => done,
        }
    }

    async fn seen(&self, target: &Target) -> Result<Observation, KindError> {
        let id = &target.id;
        self.call("observe", &[id], |things, now| {
            let Some(thing) = things.present.get(id) else {
                return Ok(Observation::Absent);
            };
            Ok(Observation::Present {
                physical: physical(id),
                state: model::State::of::<StandIn>(State {
                    name: physical(id).as_str().to_owned(),
                    text: thing.text.clone(),
                    inputs: thing.inputs.clone(),
                    is_ready: thing.ready_at <= now,
                }),
                ownership: Ownership::Ours,
            })
        })
        .await
    }

    /// Checks the intents of those calls alone that go wrong.
    pub(super) fn play_table(&self) {
        self.things().is_table = true;
    }

    fn checks_intents(&self) -> bool {
        let things = self.things();
        let number = things.calls.len() + 1;
        !things.is_table || things.faults.contains_key(&number)
    }

    /// An intent is on record before its call, for whoever comes after a crash.
    async fn expect_intent(&self, target: &Target) {
        if !self.checks_intents() {
            return;
        }
        let ledger = self.store.ledger(self.clock).await;
        let entry = ledger.entry(&target.id);
        let entry = entry.unwrap_or_else(|| panic!("{} is not on record", target.id));
        assert!(entry.is_open(), "{} has no open intent", target.id);
        assert_eq!(entry.intended(), &target.spec, "{}", target.id);
    }
}

/// The name that the world has for a resource.
pub(super) fn physical(id: &ResourceId) -> PhysicalId {
    format!("the {}", id.name).into()
}

/// The kind of these tests, under the name of every kind.
pub(super) fn kind_set() -> KindSet {
    let names = kinds::pure().into_keys();
    names
        .map(|name| (name, any_kind::of::<StandIn>()))
        .collect()
}

impl Things {
    fn put(&mut self, target: &Target, now: Timestamp) -> Changed {
        self.expect_dependencies(&target.id, now);
        let spec = target.spec.get::<StandIn>();
        let Spec {
            text,
            inputs,
            ready_after,
            ..
        } = spec.expect("a resource of these tests");
        assert!(
            inputs.iter().all(|input| input.known().is_some()),
            "{} refers to what is not known",
            target.id
        );
        let known = self.present.get(&target.id);
        let is_same = known.is_some_and(|known| known.text == *text && known.inputs == *inputs);
        let thing = Thing {
            text: text.clone(),
            inputs: inputs.clone(),
            ready_at: match known {
                Some(known) if is_same => known.ready_at,
                _ => now + Duration::from_secs((*ready_after).into()),
            },
            made: known.map_or(1, |known| known.made),
        };
        self.present.insert(target.id.clone(), thing);
        physical(&target.id).into()
    }

    fn remove(&mut self, id: &ResourceId) {
        for (other, dependencies) in &self.dependencies {
            let mut on_it = dependencies.iter().filter(|one| one.resource == *id);
            if on_it.any(|one| one.undo == Undo::Reverse) {
                assert!(
                    !self.present.contains_key(other),
                    "{id} is removed before {other}, which depends on it"
                );
            }
        }
        self.present.remove(id);
    }

    fn expect_dependencies(&self, id: &ResourceId, now: Timestamp) {
        for dependency in self.dependencies.get(id).into_iter().flatten() {
            let thing = self.present.get(&dependency.resource);
            let thing = thing.unwrap_or_else(|| panic!("{id} before {}", dependency.resource));
            assert!(
                dependency.level == Level::Done || thing.ready_at <= now,
                "{id} before {} is ready",
                dependency.resource
            );
        }
    }
}

#[async_trait]
impl Actor for World {
    async fn observe(&self, _: &Context, target: &Target) -> Result<Observation, KindError> {
        self.seen(target).await
    }

    async fn confirm(
        &self,
        _: &Context,
        target: &Target,
        _: &model::State,
    ) -> Result<Observation, KindError> {
        self.seen(target).await
    }

    async fn status(
        &self,
        _: &Context,
        target: &Target,
        _: &model::State,
    ) -> Result<Observation, KindError> {
        self.seen(target).await
    }

    async fn observe_leaving(
        &self,
        _: &Context,
        target: &Target,
        _: Option<&model::State>,
    ) -> Result<Observation, KindError> {
        self.seen(target).await
    }

    async fn create(&self, context: &Context, target: &Target) -> Result<Changed, KindError> {
        self.enter(context).await?;
        self.expect_intent(target).await;
        self.call("create", &[&target.id], |things, now| {
            Ok(things.put(target, now))
        })
        .await
    }

    async fn update(
        &self,
        context: &Context,
        target: &Target,
        _: &Diff,
        _: Option<&model::Spec>,
    ) -> Result<Changed, KindError> {
        self.enter(context).await?;
        self.expect_intent(target).await;
        self.call("update", &[&target.id], |things, now| {
            Ok(things.put(target, now))
        })
        .await
    }

    async fn resume(&self, _: &Context, target: &Target) -> Result<(), KindError> {
        self.call("resume", &[&target.id], |_, _| Ok(())).await
    }

    async fn delete(&self, context: &Context, target: &Target) -> Result<(), KindError> {
        self.enter(context).await?;
        self.call("delete", &[&target.id], |things, _| {
            things.remove(&target.id);
            Ok(())
        })
        .await
    }

    /// All of a batch, or nothing: one resource that is refused refuses its siblings.
    async fn change(
        &self,
        context: &Context,
        items: &[BatchItem<model::Spec, Before>],
    ) -> Result<Vec<Changed>, KindError> {
        self.enter(context).await?;
        for item in items {
            if let Some(spec) = &item.target.spec {
                self.expect_intent(&item.target.with(spec.clone())).await;
            }
        }
        let ids: Vec<&ResourceId> = items.iter().map(|item| &item.target.id).collect();
        self.call("change", &ids, |things, now| {
            if ids.iter().any(|id| id.name == REFUSED) {
                let words = "a value that is not allowed";
                return Err(KindError::new(ErrorClass::Invalid, "change", words));
            }
            let changed = items.iter().map(|item| {
                if let Some(spec) = &item.target.spec {
                    return things.put(&item.target.with(spec.clone()), now);
                }
                things.remove(&item.target.id);
                physical(&item.target.id).into()
            });
            Ok(changed.collect())
        })
        .await
    }
}

/// The name of a resource that no batch takes.
pub(super) const REFUSED: &str = "refused";
