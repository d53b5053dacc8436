//! Nothing may lead to what is deleted, whoever made it.

use std::collections::BTreeSet;

use model::{Action, Lead, Step, Verb, ZoneRef};
use model::{authority, rules};
use standards::Finding;

use crate::Actual;
use crate::planner::Planner;

impl Planner<'_> {
    /// Refuses to delete what a record leads to that this plan does not change, and to let its name go. CloudFront gives the
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
            let Some((target, hosts)) = goes(action, self.inputs.actual) else {
                continue;
            };
            let is_led = |lead: &&Lead| match &hosts {
                // A distribution that stays answers for its other names.
                Some(hosts) => hosts.iter().any(|host| authority::same(host, &lead.name)),
                None => true,
            };
            let left: Vec<&Lead> = self
                .inputs
                .leads
                .iter()
                .filter(|lead| authority::same(&lead.target, &target))
                .filter(is_led)
                .filter(|lead| !is_changed(lead, &changed))
                .collect();
            let Some(step) = refused(&action.step).filter(|_| !left.is_empty()) else {
                continue;
            };
            self.findings.push(finding(action, &left));
            action.reason = "a record still leads to it".into();
            // A refused action makes no call, and must not count in the estimate.
            action.calls = Vec::new();
            action.step = step;
        }
    }
}

/// The name by which DNS leads to what an action deletes; or to what lets hosts go, with those.
fn goes(action: &Action, actual: &Actual) -> Option<(String, Option<Vec<String>>)> {
    let spec = match &action.step {
        Step::Delete(unwanted) => {
            let state = actual.of(&unwanted.entry.target())?.state()?;
            return Some((state.kind().led_to(state)?.0, None));
        }
        Step::Update(wanted, _) | Step::Adopt(wanted, _) => &wanted.spec,
        // What releases a name for its successor leads there as well: CloudFront goes by the name.
        _ => return None,
    };
    let state = actual.of_id(&action.resource)?.state()?;
    let hosts = spec.kind().lets_go(spec, state);
    let (target, _) = spec.kind().led_to(state).filter(|_| !hosts.is_empty())?;
    Some((target, Some(hosts)))
}

/// The step in the place of one that a record forbids.
fn refused(step: &Step) -> Option<Step> {
    match step {
        Step::Delete(unwanted) => Some(Step::RefuseRemoval(unwanted.clone())),
        Step::Update(wanted, physical) | Step::Adopt(wanted, physical) => {
            Some(Step::RefuseChange(wanted.clone(), Some(physical.clone())))
        }
        _ => None,
    }
}

/// Whether the plan changes the record set that leads. What public DNS answers can stand in any zone.
fn is_changed(lead: &Lead, changed: &BTreeSet<(Option<String>, String)>) -> bool {
    let set = record_set(&lead.name, lead.rtype.as_str());
    match &lead.zone {
        Some(_) => changed.contains(&(lead.zone.clone(), set)),
        None => changed.iter().any(|(_, one)| *one == set),
    }
}

/// A record set as the claims of its values begin.
fn record_set(name: &str, rtype: &str) -> String {
    format!("{name} {rtype}")
}

/// The record sets that the plan changes or removes, each with the hosted zone in which it stands.
fn changed(actions: &[Action]) -> BTreeSet<(Option<String>, String)> {
    // To forget touches the ledger alone.
    let changing = actions
        .iter()
        .filter(|action| action.changes() && action.verb() != Verb::Forget);
    // What a person publishes has no value yet where that is the name of a distribution to be made. On
    // record is what its set has now.
    let specs = changing.flat_map(|action| {
        let recorded = action.entry().map(|entry| &entry.spec);
        recorded.into_iter().chain([action.spec()])
    });
    let sets = specs.flat_map(|spec| {
        let zone = match spec.kind().zone(spec, None) {
            Some(ZoneRef::Hosted(zone)) => Some(zone),
            Some(ZoneRef::ByHand) | None => None,
        };
        let claims = spec.kind().claims(spec).into_iter();
        claims.filter_map(move |claim| {
            // A claim of DNS begins with the name and the type of its set (`kinds::record`).
            let mut words = claim.split(' ');
            Some((zone.clone(), record_set(words.next()?, words.next()?)))
        })
    });
    sets.collect()
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
