//! A walk of one resource from state to state.

use kinds::{Changed, Context};
use model::{
    Diff, ErrorClass, KindError, Location, Observation, Ownership, PhysicalId, Readiness,
    ResourceId, Spec, State, Target,
};
use serde::Serialize;

use super::stage::Stage;

/// How often a walk looks before it gives up.
const READS_MAX: usize = 500;

/// The fields that no record of somebody else's change can have: who may use a bucket, bytes of which only
/// the hash is seen, and a key that is never shown.
const UNSAID: [(&str, &str); 4] = [
    ("s3_bucket_policy", "document.Statement"),
    ("s3_object", "sha256"),
    ("ses_identity", "dkim_origin"),
    ("ses_identity", "selector"),
];

/// One resource on its way, and what the ledger would know of it.
pub(crate) struct Walk<'s> {
    pub(crate) stage: &'s Stage,
    location: Option<Location>,
    pub(crate) id: ResourceId,
    pub(crate) physical: Option<PhysicalId>,
    pub(crate) spec: Spec,
    owned: Option<Spec>,
    /// The state that the ledger would have: as of the last change of ours.
    recorded: Option<State>,
}

impl<'s> Walk<'s> {
    /// A walk that begins where nothing is.
    pub(crate) async fn new(
        stage: &'s Stage,
        id: &ResourceId,
        region: &str,
        spec: &impl Serialize,
    ) -> Self {
        let walk = Self::anywhere(stage, id, Some(Stage::location(region)), spec);
        assert_eq!(walk.observe().await, Observation::Absent, "{id}");
        walk
    }

    /// A walk that begins with whatever is there.
    pub(crate) fn anywhere(
        stage: &'s Stage,
        id: &ResourceId,
        location: Option<Location>,
        spec: &impl Serialize,
    ) -> Self {
        Self {
            stage,
            location,
            id: id.clone(),
            physical: None,
            spec: typed(id, spec),
            owned: None,
            recorded: None,
        }
    }

    pub(crate) async fn context(&self) -> Context {
        self.stage.context(self.location.as_ref()).await
    }

    fn target(&self) -> Target {
        Target {
            id: self.id.clone(),
            location: self.location.clone(),
            spec: self.spec.clone(),
            physical: self.physical.clone(),
        }
    }

    pub(crate) fn kind(&self) -> &'static dyn model::AnyKind {
        self.spec.kind()
    }

    fn actor(&self) -> &'s dyn kinds::Actor {
        self.stage.actor(&self.id.kind)
    }

    /// Asks what it is, and, where it is there, how far it is.
    pub(crate) async fn observe(&self) -> Observation {
        let context = self.context().await;
        let seen = self.actor().observe(&context, &self.target()).await;
        let seen = seen.unwrap_or_else(|error| panic!("observe {}: {error:?}", self.id));
        let Some(state) = seen.state() else {
            return seen;
        };
        let context = self.context().await;
        let now = self.actor().status(&context, &self.target(), state).await;
        let now = now.unwrap_or_else(|error| panic!("status of {}: {error:?}", self.id));
        match (seen, now) {
            // Whose it is, only the first question asks.
            (
                Observation::Present {
                    physical,
                    ownership,
                    ..
                },
                Observation::Present { state, .. },
            ) => Observation::Present {
                physical,
                state,
                ownership,
            },
            (_, now) => now,
        }
    }

    /// The state, which must exist.
    pub(crate) async fn state(&self) -> (PhysicalId, State, Ownership) {
        match self.observe().await {
            Observation::Present {
                physical,
                state,
                ownership,
            } => (physical, state, ownership),
            other => panic!("{} should be there: {other:?}", self.id),
        }
    }

    /// The difference, seen from the spec.
    pub(crate) async fn diff(&self) -> Diff {
        let (_, state, _) = self.state().await;
        self.kind().diff(&self.spec, &state, self.owned.as_ref())
    }

    /// Waits until it is ready.
    pub(crate) async fn until_ready(&self) {
        for _ in 0..READS_MAX {
            let (_, state, _) = self.state().await;
            match self.kind().readiness(&self.spec, &state) {
                Readiness::Ready => return,
                Readiness::Waiting(_) => self.stage.wait(self.kind().poll().as_secs()).await,
                Readiness::Failed(why) => panic!("{} failed: {why}", self.id),
            }
        }
        panic!("{} never gets ready", self.id);
    }

    pub(crate) async fn try_create(&self) -> Result<Changed, KindError> {
        let context = self.context().await;
        self.actor().create(&context, &self.target()).await
    }

    /// Creates it, twice, and finds it ours and as asked for, by its name as by AWS's.
    pub(crate) async fn create(&mut self) {
        let first = self.try_create().await;
        let first = first.unwrap_or_else(|error| panic!("create {}: {error:?}", self.id));
        let again = self.try_create().await;
        let again = again.unwrap_or_else(|error| panic!("create {} again: {error:?}", self.id));
        assert_eq!(first.physical, again.physical, "{} was made twice", self.id);
        let (found, _, ownership) = self.state().await;
        assert_eq!(
            found, first.physical,
            "{} is found by what we know",
            self.id
        );
        assert_ne!(ownership, Ownership::Foreign, "{} is ours", self.id);
        self.physical = Some(first.physical);
        self.owned = Some(self.spec.clone());
        self.in_sync().await;
        self.record().await;
        self.is_seen_from_the_record(&Diff::default()).await;
    }

    /// The state goes on record.
    async fn record(&mut self) {
        self.recorded = Some(self.state().await.1);
    }

    /// The answer of the wide reads about the state on record; nothing where none is.
    async fn confirmed(&self) -> Option<Observation> {
        let recorded = self.recorded.as_ref()?;
        let context = self.context().await;
        let target = self.target();
        let seen = self.actor().confirm(&context, &target, recorded).await;
        Some(seen.unwrap_or_else(|error| panic!("confirm {}: {error:?}", self.id)))
    }

    /// The record leads to the same difference as a reading of everything anew.
    async fn is_seen_from_the_record(&self, diff: &Diff) {
        let Some(seen) = self.confirmed().await else {
            return;
        };
        let state = seen.state();
        let state = state.unwrap_or_else(|| panic!("{} is not confirmed: {seen:?}", self.id));
        let from_record = self.kind().diff(&self.spec, state, self.owned.as_ref());
        assert_eq!(from_record, *diff, "{} from its record", self.id);
    }

    /// Nothing differs.
    pub(crate) async fn in_sync(&self) {
        assert_eq!(self.diff().await, Diff::default(), "{} is in sync", self.id);
    }

    /// Asks for `spec` in place of what was asked for.
    pub(crate) fn ask(&mut self, spec: &impl Serialize) {
        self.spec = typed(&self.id, spec);
    }

    /// Asks for `spec` in place of what was asked for: exactly `fields` differ, and an update
    /// brings it there.
    pub(crate) async fn change(&mut self, spec: &impl Serialize, fields: &[&str]) {
        self.ask(spec);
        self.fix(fields).await;
    }

    /// Exactly `fields` differ, in place, and an update fixes them.
    pub(crate) async fn fix(&mut self, fields: &[&str]) {
        let diff = self.diff().await;
        assert_eq!(names(&diff), fields, "{}: {diff:#?}", self.id);
        assert!(!diff.replaces(), "{}: {diff:#?}", self.id);
        self.is_seen_from_the_record(&diff).await;
        self.update(&diff)
            .await
            .unwrap_or_else(|error| panic!("update {} of {fields:?}: {error:?}", self.id));
        self.is_accepted().await;
        // An update that is repeated does no harm.
        self.update(&diff)
            .await
            .unwrap_or_else(|error| panic!("update {} of {fields:?} again: {error:?}", self.id));
        self.owned = Some(self.spec.clone());
        self.in_sync().await;
        self.record().await;
        self.is_seen_from_the_record(&Diff::default()).await;
    }

    /// Checks that an operator could accept this change if somebody else had made it: the accepted spec leaves no
    /// drift, except in fields that no spec of the kind can express.
    async fn is_accepted(&self) {
        let Some(recorded) = &self.owned else { return };
        let (_, state, _) = self.state().await;
        let kind = self.kind();
        let accepted = kind.accepted(recorded, &state);
        let accepted = accepted.unwrap_or_else(|| panic!("{} is still there", self.id));
        let left = kind.drift(&accepted, Some(&state), &state, &|_| false);
        let left = names(&left);
        let is_unsaid = |field: &&str| UNSAID.contains(&(kind.name(), field));
        assert!(
            left.is_empty() || left.iter().any(is_unsaid),
            "{}: {left:?}",
            self.id
        );
    }

    pub(crate) async fn update(&self, diff: &Diff) -> Result<Changed, KindError> {
        let context = self.context().await;
        let actor = self.actor();
        actor
            .update(&context, &self.target(), diff, self.owned.as_ref())
            .await
    }

    /// Asks for `spec`, and goes back: exactly `fields` differ, and only a replacement helps.
    pub(crate) async fn replaces(&mut self, spec: &impl Serialize, fields: &[&str]) {
        let before = std::mem::replace(&mut self.spec, typed(&self.id, spec));
        let (_, state, _) = {
            let spec = std::mem::replace(&mut self.spec, before.clone());
            let seen = self.state().await;
            self.spec = spec;
            seen
        };
        let diff = self.kind().diff(&self.spec, &state, self.owned.as_ref());
        assert_eq!(names(&diff), fields, "{}: {diff:#?}", self.id);
        assert!(diff.replaces(), "{}: {diff:#?}", self.id);
        self.spec = before;
    }

    /// Asks what a deletion would take along, as a plan does.
    pub(crate) async fn leaving(&self) -> Observation {
        let context = self.context().await;
        let target = self.target();
        let seen = self.actor().observe_leaving(&context, &target, None).await;
        seen.expect("an answer")
    }

    pub(crate) async fn try_delete(&self) -> Result<(), KindError> {
        let context = self.context().await;
        self.actor().delete(&context, &self.target()).await
    }

    /// Deletes it, as often as it has to be asked, and once more when it is gone.
    pub(crate) async fn delete(&self) {
        for _ in 0..READS_MAX {
            match self.try_delete().await {
                Ok(()) => {
                    self.until_gone().await;
                    let again = self.try_delete().await;
                    return again.unwrap_or_else(|error| {
                        panic!("delete {}, which is gone: {error:?}", self.id)
                    });
                }
                Err(error) if error.class == ErrorClass::NotYet => {
                    self.stage.wait(self.kind().poll().as_secs()).await;
                }
                Err(error) => panic!("delete {}: {error:?}", self.id),
            }
        }
        panic!("{} never goes", self.id);
    }
}

impl Walk<'_> {
    /// Waits until external observers no longer see it either.
    async fn until_gone(&self) {
        for _ in 0..READS_MAX {
            if self.observe().await == Observation::Absent {
                let confirmed = self.confirmed().await;
                assert!(
                    confirmed.is_none_or(|seen| seen == Observation::Absent),
                    "{} is gone",
                    self.id
                );
                return;
            }
            self.stage.wait(self.kind().poll().as_secs()).await;
        }
        panic!("{} stays", self.id);
    }
}

/// The fields of a diff.
pub(crate) fn names(diff: &Diff) -> Vec<&str> {
    diff.changes
        .iter()
        .map(|change| change.field.as_str())
        .collect()
}

fn typed(id: &ResourceId, spec: &impl Serialize) -> Spec {
    let json = serde_json::to_value(spec).expect("a spec is JSON");
    let kind = kinds::pure()[id.kind.as_str()];
    kind.read_spec(&json).expect("a spec of its kind")
}
