//! Looks at everything that a plan is about, level by level, so that references resolve.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use aws::SessionError;
use futures::stream::{self, StreamExt};
use kinds::Context;
use model::rules;
use model::{ErrorClass, KindError, Ledger, Observation, OutputRef, ResourceId, State, Target};
use plan::{Actual, Query};
use standards::{Finding, Place};

use crate::Engine;

/// How many looks are under way at once. The quota scheduler says how fast they go.
const LOOKS_AT_ONCE: usize = 64;

/// Route 53 says 60 seconds (Developer Guide, "Checking the status of your changes"); this is ample.
const SYNC_MAX: Duration = Duration::from_hours(1);

/// What was seen, and what kept from seeing.
#[derive(Debug, Default)]
pub struct Observed {
    /// What was seen.
    pub actual: Actual,
    /// Accounts that could not be entered: nothing may be planned on them.
    pub findings: Vec<Finding>,
}

impl Engine {
    /// Observes everything in `queries`, in which a query comes after those that it refers to.
    pub async fn observe(&self, queries: &[Query]) -> Observed {
        let mut observed = Observed::default();
        let mut states: BTreeMap<ResourceId, State> = BTreeMap::new();
        for level in levels(queries) {
            let targets: Vec<(Target, Option<Target>)> = level
                .into_iter()
                .map(|query| (query.target.clone(), known_target(query, &states)))
                .collect();
            let seen: Vec<_> = stream::iter(&targets)
                .map(|(_, target)| self.observe_or_absent(target.as_ref()))
                .buffered(LOOKS_AT_ONCE)
                .collect()
                .await;
            for ((target, _), seen) in targets.into_iter().zip(seen) {
                let seen = seen.unwrap_or_else(|error| {
                    observed.refuse(&error);
                    Observation::Unknown(error.to_string())
                });
                if let Some(state) = seen.state() {
                    states
                        .entry(target.id.clone())
                        .or_insert_with(|| state.clone());
                }
                observed.actual.insert(target, seen);
            }
        }
        observed
    }

    async fn observe_or_absent(
        &self,
        target: Option<&Target>,
    ) -> Result<Observation, SessionError> {
        match target {
            Some(target) => self.observe_one(target).await,
            // It needs a value of something that does not exist, so it does not exist either.
            None => Ok(Observation::Absent),
        }
    }

    /// Observes one resource. AWS's refusal to show it is an observation too: unknown, with its words.
    pub async fn observe_one(&self, target: &Target) -> Result<Observation, SessionError> {
        let context = self.context(target.location.as_ref()).await?;
        Ok(self.observe_through(&context, target).await)
    }

    /// The same, asked again and again until something is ready: other requests go first.
    pub(crate) async fn poll(&self, target: &Target) -> Result<Observation, SessionError> {
        let mut context = self.context(target.location.as_ref()).await?;
        context.session = context.session.map(|session| Arc::new(session.polling()));
        Ok(self.observe_through(&context, target).await)
    }

    async fn observe_through(&self, context: &Context, target: &Target) -> Observation {
        let Some(actor) = self.actors.get(target.id.kind.as_str()) else {
            return Observation::Unknown(format!("this program has no kind `{}`", target.id.kind));
        };
        match actor.observe(context, target).await {
            Ok(observation) => observation,
            Err(error) => Observation::Unknown(words(&error)),
        }
    }

    /// Takes up the waiting of an earlier run that ended before its records were answered by all name
    /// servers. What was written longer ago is answered, and is not asked for.
    pub async fn resume(&self, ledger: &Ledger) {
        let since = self.clock.now() - SYNC_MAX;
        self.zones.resume(ledger, since).await;
    }

    /// Lets the next looks list their zones anew.
    pub async fn forget_listings(&self) {
        self.zones.forget().await;
    }
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
    fn refuse(&mut self, error: &SessionError) {
        let (rule, account) = match error {
            SessionError::WrongAccount { account, .. } => (rules::PLAN_03, account),
            SessionError::UnknownAccount(account)
            | SessionError::Renumbered { account, .. }
            | SessionError::Unavailable { account, .. }
            | SessionError::Credentials { account, .. } => (rules::PLAN_04, account),
        };
        let mut finding = Finding::new(rule, error.to_string()).in_place(Place::Resource {
            id: format!("account {account}"),
            account: None,
        });
        // Only the ledger can name an account that the manifest lacks.
        if matches!(
            error,
            SessionError::UnknownAccount(_) | SessionError::Renumbered { .. }
        ) {
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
fn known_target(query: &Query, states: &BTreeMap<ResourceId, State>) -> Option<Target> {
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
        depth.entry(&query.target.id).or_insert(level);
        if levels.len() <= level {
            levels.resize_with(level + 1, Vec::new);
        }
        levels[level].push(query);
    }
    levels
}
