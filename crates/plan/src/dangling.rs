//! Nothing may lead to what is deleted, whoever made it.

use std::collections::BTreeSet;

use model::rules;
use model::{Action, Lead, Step};
use standards::Finding;

use crate::planner::Planner;

impl Planner<'_> {
    /// Refuses to delete what a record leads to that this plan does not change. CloudFront gives the
    /// name of a host to whoever next makes a distribution for it, so a record that is left behind
    /// lets somebody else answer for the host (CloudFront Developer Guide, "Prevent subdomain
    /// takeovers").
    pub(crate) fn refuse_dangling(&mut self) {
        // The common case: a fleet need not be searched for claims.
        if self.inputs.leads.is_empty() {
            return;
        }
        let changed = changed(&self.actions);
        for action in &mut self.actions {
            let Step::Delete(unwanted) = &action.step else {
                continue;
            };
            let seen = self.inputs.actual.of(&unwanted.entry.target());
            let state = seen.and_then(|seen| seen.state());
            let Some((target, _)) = state.and_then(|state| state.kind().led_to(state)) else {
                continue;
            };
            let left: Vec<&Lead> = self
                .inputs
                .leads
                .iter()
                .filter(|lead| model::authority::same(&lead.target, &target))
                .filter(|lead| !changed.contains(&record_set(&lead.name, lead.rtype.as_str())))
                .collect();
            if left.is_empty() {
                continue;
            }
            self.findings.push(finding(action, &left));
            action.reason = "a record still leads to it".into();
            // A refused action makes no call, and must not count in the estimate.
            action.calls = Vec::new();
            action.step = Step::RefuseRemoval(unwanted.clone());
        }
    }
}

/// A record set as the claims of its values begin.
fn record_set(name: &str, rtype: &str) -> String {
    format!("{name} {rtype}")
}

/// The record sets that the plan changes or removes.
fn changed(actions: &[Action]) -> BTreeSet<String> {
    let changing = actions.iter().filter(|action| action.changes());
    let claims = changing.flat_map(|action| action.spec().kind().claims(action.spec()));
    let set = |claim: String| {
        // A claim of DNS begins with the name and the type of its set (`kinds::record`).
        let mut words = claim.split(' ');
        Some(record_set(words.next()?, words.next()?))
    };
    claims.filter_map(set).collect()
}

fn finding(action: &Action, left: &[&Lead]) -> Finding {
    let records: Vec<String> = left
        .iter()
        .map(|lead| format!("`{}` {} leads to {}", lead.name, lead.rtype, lead.target))
        .collect();
    Finding::new(rules::PLAN_14, records.join("; ")).in_place(model::place::of_resource(
        &action.resource,
        action.location.as_ref(),
    ))
}
