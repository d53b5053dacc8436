//! Observes everything that a plan is about, level by level, so that references resolve.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use aws::SessionError;
use futures::future::join_all;
use futures::stream::{self, StreamExt};
use jiff::Timestamp;
use kinds::Context;
use model::rules;
use model::{
    AccountName, ErrorClass, KindError, Ledger, Observation, OutputRef, ResourceId, State, Target,
};
use plan::{Actual, Query};
use standards::Finding;

use crate::Engine;

/// How many queries of one kind are under way at once. The quota scheduler says how fast they go. There are more
/// than a hundred, because the questions of a hundred resources can go out in one request.
const QUERIES_AT_ONCE: usize = 256;

/// Route 53 says 60 seconds (Developer Guide, "Checking the status of your changes"); this is ample.
const SYNC_MAX: Duration = Duration::from_hours(1);

/// The observations, and what could not be observed.
#[derive(Debug, Default)]
pub struct Observed {
    /// The observations.
    pub actual: Actual,
    /// Accounts that are not what the manifest and the ledger say: nothing may be planned on them.
    pub findings: Vec<Finding>,
    /// Accounts that could not be entered, each with its reason: nothing is known of them.
    pub closed: BTreeMap<AccountName, String>,
}

/// A query by its place among others, with its target where references let there be one.
type Asked<'a> = (usize, &'a Query, Option<&'a Target>);

/// The knowledge of a resource before it is asked about.
#[derive(Clone, Copy)]
enum Known<'a> {
    Nothing,
    /// The ledger has this state of it.
    Recorded(&'a State),
    /// It was in this state a while ago, and what is asked is whether it is ready.
    Seen(&'a State),
    /// It is to go, and the ledger may have this state of it.
    Leaving(Option<&'a State>),
}

impl Engine {
    /// Observes everything in `queries`, in which a query comes after those that it refers to.
    pub async fn observe(&self, queries: &[Query]) -> Observed {
        self.reading.begin(queries.len());
        let mut observed = Observed::default();
        let mut states: BTreeMap<&ResourceId, State> = BTreeMap::new();
        let desired = queries.iter().filter(|query| !query.leaves);
        let desired: BTreeSet<&ResourceId> = desired.map(|query| &query.target.id).collect();
        for level in levels(queries) {
            let targets: Vec<(&Query, Option<Target>)> = level
                .into_iter()
                .map(|query| (query, known_target(query, &states)))
                .collect();
            let mut seen = self.observe_level(&targets).await;
            self.observe_missing_again(&targets, &mut seen).await;
            for ((query, _), seen) in targets.into_iter().zip(seen) {
                let target = &query.target;
                let seen = seen.unwrap_or_else(|error| {
                    let unknown = Observation::Unknown(error.to_string());
                    observed.refuse(error);
                    unknown
                });
                // What refers to the id of something that leaves means its successor, where it has one.
                let has_successor = query.leaves && desired.contains(&target.id);
                if let Some(state) = seen.state().filter(|_| !has_successor) {
                    states.insert(&target.id, state.clone());
                }
                if query.leaves {
                    observed.actual.insert_leaving(target.clone(), seen);
                } else {
                    observed.actual.insert(target.clone(), seen);
                }
            }
        }
        observed
    }

    /// Observes what does not refer to each other. Each kind goes by itself: one that AWS answers slowly
    /// then holds no other back, and questions that can go out together are asked at the same time.
    async fn observe_level(
        &self,
        targets: &[(&Query, Option<Target>)],
    ) -> Vec<Result<Observation, SessionError>> {
        let mut kinds: BTreeMap<&str, Vec<Asked<'_>>> = BTreeMap::new();
        for (at, (query, target)) in targets.iter().enumerate() {
            let kind = query.target.id.kind.as_str();
            let of_kind = kinds.entry(kind).or_default();
            of_kind.push((at, query, target.as_ref()));
        }
        let kinds = kinds.into_values().map(|of_kind| {
            stream::iter(of_kind)
                .map(|(at, query, target)| async move {
                    let asked = self.reading.ask(&query.target.id.kind);
                    let seen = self.observe_or_absent(query, target).await;
                    drop(asked);
                    (at, seen)
                })
                .buffered(QUERIES_AT_ONCE)
                .collect::<Vec<_>>()
        });
        let mut seen: Vec<_> = join_all(kinds).await.into_iter().flatten().collect();
        // Kinds end in any order, and the findings must come in one.
        seen.sort_by_key(|(at, _)| *at);
        seen.into_iter().map(|(_, seen)| seen).collect()
    }

    /// Asks once more about what is on record and was not found. AWS answers lists from a moment ago, and
    /// what is missing in one must not be forgotten while it is there.
    async fn observe_missing_again(
        &self,
        targets: &[(&Query, Option<Target>)],
        seen: &mut [Result<Observation, SessionError>],
    ) {
        let lost = targets
            .iter()
            .zip(seen)
            .filter_map(|((query, target), seen)| {
                let is_lost = query.recorded.is_some() && matches!(seen, Ok(Observation::Absent));
                let target = target.as_ref().filter(|_| is_lost)?;
                Some((*query, target, seen))
            });
        let lost: Vec<_> = lost.collect();
        for (_, target, _) in &lost {
            kinds::forget_list(&self.shared, target).await;
        }
        let now = self.clock.now();
        let asked = stream::iter(lost).map(|(query, target, seen)| async move {
            *seen = self.observe_since(now, query, target).await;
        });
        asked
            .buffer_unordered(QUERIES_AT_ONCE)
            .collect::<()>()
            .await;
    }

    async fn observe_or_absent(
        &self,
        query: &Query,
        target: Option<&Target>,
    ) -> Result<Observation, SessionError> {
        // Without it, it needs a value of something that does not exist, so it does not exist either.
        match target {
            Some(target) => self.observe_since(self.begun(), query, target).await,
            None => Ok(Observation::Absent),
        }
    }

    /// Observes by answers to requests that started at `not_before` or later.
    async fn observe_since(
        &self,
        not_before: Timestamp,
        query: &Query,
        target: &Target,
    ) -> Result<Observation, SessionError> {
        let context = self.context(target.location.as_ref(), not_before).await?;
        let recorded = query.recorded.as_ref();
        let known = match (query.leaves, recorded.filter(|_| !query.anew)) {
            (true, recorded) => Known::Leaving(recorded),
            (false, Some(recorded)) => Known::Recorded(recorded),
            (false, None) => Known::Nothing,
        };
        let mut observation = self.observe_through(&context, target, known).await;
        if let Some(recorded) = recorded
            && let Observation::Present {
                physical, state, ..
            } = &mut observation
            && target.physical.as_ref() == Some(physical)
        {
            *state = state.still(recorded);
        }
        Ok(observation)
    }

    /// Observes one resource as it is from now on. AWS's refusal to show it is an observation too:
    /// unknown, with its words.
    pub async fn observe_one(&self, target: &Target) -> Result<Observation, SessionError> {
        let now = self.clock.now();
        let context = self.context(target.location.as_ref(), now).await?;
        Ok(self.observe_through(&context, target, Known::Nothing).await)
    }

    /// How far a resource is that was `seen` before. It is asked again and again: other requests go
    /// first, and an answer of the last interval serves, so that one request serves all who wait.
    pub(crate) async fn ask_status(
        &self,
        target: &Target,
        seen: Option<&State>,
    ) -> Result<Observation, KindError> {
        let not_before = self.clock.now() - target.spec.kind().poll();
        let context = self.context(target.location.as_ref(), not_before).await;
        let mut context = context.map_err(|error| unopened(&error))?;
        context.session = context.session.map(|session| Arc::new(session.polling()));
        let known = seen.map_or(Known::Nothing, Known::Seen);
        self.ask(&context, target, known).await
    }

    /// Observes a resource that a run has just changed: only an answer that was asked for after it
    /// serves.
    pub(crate) async fn observe_changed(&self, target: &Target) -> Result<Observation, KindError> {
        let context = self.context(target.location.as_ref(), self.clock.now());
        let context = context.await.map_err(|error| unopened(&error))?;
        self.ask(&context, target, Known::Nothing).await
    }

    async fn observe_through(
        &self,
        context: &Context,
        target: &Target,
        known: Known<'_>,
    ) -> Observation {
        let observation = self.ask(context, target, known).await;
        // One resource that may not be read must not hide all others: the plan says which it is.
        observation.unwrap_or_else(|error| Observation::Unknown(words(&error)))
    }

    async fn ask(
        &self,
        context: &Context,
        target: &Target,
        known: Known<'_>,
    ) -> Result<Observation, KindError> {
        let Some(actor) = self.actors.get(target.id.kind.as_str()) else {
            let reason = format!("this program has no kind `{}`", target.id.kind);
            return Ok(Observation::Unknown(reason));
        };
        let answer = match known {
            Known::Nothing => actor.observe(context, target).await,
            Known::Recorded(state) => actor.confirm(context, target, state).await,
            Known::Seen(state) => actor.status(context, target, state).await,
            Known::Leaving(recorded) => actor.observe_leaving(context, target, recorded).await,
        };
        answer.map_err(|error| naming_permission(error, target))
    }

    /// Takes up the waiting of an earlier run that ended before its records were answered by all name
    /// servers. What was written longer ago is answered, and is not asked for.
    pub async fn resume(&self, ledger: &Ledger) {
        let since = self.clock.now() - SYNC_MAX;
        kinds::resume(&self.shared, ledger, since).await;
    }

    /// Begins with observing anew: what was read until now no longer serves.
    pub async fn forget_listings(&self) {
        *self.begun.lock().unwrap_or_else(PoisonError::into_inner) = self.clock.now();
        self.shared.forget().await;
    }
}

/// The error of a session that could not be opened in the middle of a run. It may be open again in a
/// moment.
fn unopened(error: &SessionError) -> KindError {
    KindError::new(ErrorClass::NotYet, "open a session", error.to_string())
}

/// Operations whose permission has another name (Service Authorization Reference, "Actions, resources,
/// and condition keys for Amazon S3").
const PERMISSIONS: &[(&str, &str)] = &[
    ("GetBucketEncryption", "GetEncryptionConfiguration"),
    (
        "GetBucketLifecycleConfiguration",
        "GetLifecycleConfiguration",
    ),
    ("GetPublicAccessBlock", "GetBucketPublicAccessBlock"),
    ("HeadBucket", "ListBucket"),
    ("HeadObject", "GetObject"),
    ("ListObjectsV2", "ListBucket"),
];

/// The same error, with the name of the permission that is missing: S3 says "Access Denied" and no
/// more.
pub(crate) fn naming_permission(mut error: KindError, target: &Target) -> KindError {
    if error.class != ErrorClass::Denied {
        return error;
    }
    let called = PERMISSIONS
        .iter()
        .find(|(operation, _)| *operation == error.operation);
    let called = called.map_or(error.operation.as_str(), |(_, permission)| permission);
    let permissions = target.spec.kind().permissions(&target.spec);
    let mut actions = permissions.iter().flat_map(|permission| permission.actions);
    let is_asked = |action: &&&str| {
        action
            .split_once(':')
            .is_some_and(|(_, name)| name == called)
    };
    if let Some(action) = actions.find(is_asked)
        && !error.message.contains(*action)
    {
        error.message = format!("{} (the role lacks `{action}`)", error.message);
    }
    error
}

/// AWS's words on an error, for people.
pub(crate) fn words(error: &KindError) -> String {
    let code = error
        .code
        .as_deref()
        .map(|code| format!(" {code}:"))
        .unwrap_or_default();
    let request = error
        .request_id
        .as_deref()
        .map(|id| format!(" (request {id})"))
        .unwrap_or_default();
    let class = if error.class == ErrorClass::Denied {
        " (not allowed)"
    } else {
        ""
    };
    format!(
        "{}:{code} {}{class}{request}",
        error.operation, error.message
    )
}

impl Observed {
    fn refuse(&mut self, error: SessionError) {
        let reason = error.to_string();
        // Only the ledger can name an account that the manifest lacks.
        let is_of_ledger = matches!(
            error,
            SessionError::UnknownAccount(_) | SessionError::Renumbered { .. }
        );
        let (rule, account) = match error {
            SessionError::WrongAccount { account, .. } => (rules::PLAN_03, account),
            SessionError::UnknownAccount(account) | SessionError::Renumbered { account, .. } => {
                (rules::PLAN_04, account)
            }
            SessionError::Unavailable { account, reason }
            | SessionError::Credentials { account, reason } => {
                // Every resource of the account has the same reason, which is told once.
                self.closed.insert(account, reason);
                return;
            }
        };
        let mut finding = Finding::new(rule, reason).in_place(model::place::of_account(account));
        if is_of_ledger {
            finding = finding.fix(
                "declare the old account too, under any name, until what the ledger has in it is removed",
            );
        }
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }
}

/// The target with its references resolved; by the ledger's spec where they can't be; nothing where
/// there is none.
fn known_target(query: &Query, states: &BTreeMap<&ResourceId, State>) -> Option<Target> {
    let outputs =
        |reference: &OutputRef| states.get(&reference.resource)?.output(&reference.output);
    let target = &query.target;
    let spec = target.spec.resolved(&outputs);
    let has_name = target.physical.is_some() && query.fallback.is_none();
    if spec.references().is_empty() || has_name {
        return Some(target.with(spec));
    }
    // A physical id finds most resources whatever the spec; the ledger's spec finds the others.
    match &query.fallback {
        Some(fallback) => Some(target.with(fallback.clone())),
        // Without a name and a spec of the ledger, some kinds can still be found: by tags, or by alias.
        None => spec.kind().is_findable(&spec).then(|| target.with(spec)),
    }
}

/// The queries in levels: each level refers only to earlier ones.
fn levels(queries: &[Query]) -> Vec<Vec<&Query>> {
    let mut depth: BTreeMap<&ResourceId, usize> = BTreeMap::new();
    let mut levels: Vec<Vec<&Query>> = Vec::new();
    for query in queries {
        let references = query.target.spec.references().iter();
        let level = references
            .filter_map(|reference| depth.get(&reference.resource))
            .map(|depth| depth + 1)
            .max()
            .unwrap_or(0);
        // The desired resource comes first; nothing refers to what a move left at the old place.
        depth.entry(&query.target.id).or_insert(level);
        if levels.len() <= level {
            levels.resize_with(level + 1, Vec::new);
        }
        levels[level].push(query);
    }
    levels
}
