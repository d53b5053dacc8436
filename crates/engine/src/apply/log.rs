//! The log of actions: a span around the calls of each, so that a line about a call tells which
//! action made it, and an event when an action is over.

use model::{ActionId, Plan};
use tracing::Span;

use super::ActionOutcome;

/// The span of one action. Resource ids hold names of the manifest, which are checked on the way in.
pub(super) fn action(plan: &Plan, id: ActionId) -> Span {
    let action = &plan.actions[id];
    tracing::info_span!(
        target: "deploy::engine",
        "action",
        resource = %action.resource,
        verb = ?action.verb(),
    )
}

/// The span of the actions that go out in one call.
pub(super) fn batch(key: &str, actions: usize) -> Span {
    tracing::info_span!(target: "deploy::engine", "batch", key, actions)
}

/// Says how an action ended, if it was to change anything.
pub(super) fn ended(plan: &Plan, id: ActionId, outcome: &ActionOutcome) {
    let action = &plan.actions[id];
    if !action.changes() {
        return;
    }
    let resource = &action.resource;
    let verb = action.verb();
    match outcome {
        ActionOutcome::Failed(_) | ActionOutcome::Broken(_) | ActionOutcome::Refused(..) => {
            // `Debug` escapes the control characters of AWS's messages.
            tracing::warn!(target: "deploy::engine", %resource, ?verb, ?outcome, "action failed");
        }
        _ => tracing::info!(target: "deploy::engine", %resource, ?verb, ?outcome, "action over"),
    }
}
