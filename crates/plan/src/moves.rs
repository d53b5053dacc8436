//! DNS moves by itself: while it does, what its records lead to stays.

use std::collections::{BTreeMap, BTreeSet};

use model::{Action, Entry, Location, MailImpact, ResourceId, Step, Unwanted, rules};
use standards::{Finding, Place as FindingPlace};

use crate::claims::Place;
use crate::planner::Planner;

impl Planner<'_> {
    /// Refuses to let the DNS of a domain move together with what its records lead to, where that has a
    /// successor. The old zone is read until the delegation has moved, and its records know only the
    /// predecessor; the successor becomes ready only when the new zone is read, and the predecessor has
    /// no records there.
    pub(crate) fn refuse_moves_together(&mut self) {
        let succeeded = succeeded(&self.actions);
        if succeeded.is_empty() {
            return;
        }
        let mut together: BTreeMap<&str, BTreeSet<&ResourceId>> = BTreeMap::new();
        for action in &self.actions {
            let Step::Delete(unwanted) = &action.step else {
                continue;
            };
            let domain = action.resource.domain.as_str();
            if !self
                .zones
                .have_left(domain, &Place::of_entry(&unwanted.entry))
            {
                continue;
            }
            let leads_to = unwanted.entry.dependencies.iter();
            let leads_to = leads_to.map(|dependency| &dependency.resource);
            let moving = leads_to.filter(|id| succeeded.contains(id));
            together.entry(domain).or_default().extend(moving);
        }
        let findings = together
            .into_iter()
            .filter(|(_, moving)| !moving.is_empty());
        let findings: Vec<Finding> = findings.map(finding).collect();
        self.findings.extend(findings);
    }
}

fn finding((domain, moving): (&str, BTreeSet<&ResourceId>)) -> Finding {
    let moving: Vec<String> = moving.iter().map(ToString::to_string).collect();
    let text = format!(
        "the DNS of {domain} moves, and in the same plan a successor takes the place of {}, which its \
         records lead to",
        moving.join(", ")
    );
    Finding::new(rules::PLAN_25, text).in_place(FindingPlace::Live(domain.to_owned()))
}

/// The resources that mail passes through and that go in this plan, while one of their kind takes over for
/// the domain.
fn succeeded(actions: &[Action]) -> BTreeSet<&ResourceId> {
    let comes = |action: &&Action| {
        matches!(
            action.step,
            Step::Create(_) | Step::Replace(_) | Step::Advance(_)
        )
    };
    let coming: Vec<&Action> = actions.iter().filter(comes).collect();
    let has_successor = |gone: &&Action| coming.iter().any(|one| succeeds(one, gone));
    // The zone and its records are what moves.
    let is_of_dns = |entry: &Entry| entry.spec.kind().zone(&entry.spec, None).is_some();
    let goes = |action: &&Action| match &action.step {
        Step::Delete(Unwanted { entry, .. }) => {
            entry.impact.mail >= MailImpact::Sending && !is_of_dns(entry)
        }
        _ => false,
    };
    let going = actions.iter().filter(goes);
    let going = going.filter(has_successor);
    going.map(|action| &action.resource).collect()
}

/// Whether one action brings what takes over for what another takes away. What is replaced where it is keeps
/// its records: ACM validates the next certificate of a name by the record of the former one, and what
/// serves the name changes over in its own time.
fn succeeds(coming: &Action, going: &Action) -> bool {
    let (one, other) = (&coming.resource, &going.resource);
    let is_replaced =
        one == other && Location::is_same(coming.location.as_ref(), going.location.as_ref());
    (&one.domain, &one.kind) == (&other.domain, &other.kind) && !is_replaced
}
