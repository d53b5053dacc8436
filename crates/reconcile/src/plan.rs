//! Observes the world and makes a plan.

use std::collections::BTreeSet;
use std::sync::Arc;

use blueprint::GracePeriod;
use model::{Action, Ledger, OutputRef, Plan, Readiness, Resource, ResourceId, State};
use plan::{Actual, Estimate, Inputs};
use standards::{Finding, Severity};

use crate::{Project, accounts};

/// Which of the manifest's resources a run is to bring about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// All of them.
    All,
    /// None; what enforced policies depend on stays for its grace period.
    Nothing,
    /// None, at once.
    NothingNow,
}

/// A plan, and what it was made from.
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// What was observed.
    pub actual: Actual,
    /// How many calls the plan makes, and how long they last.
    pub estimate: Estimate,
    /// What stays for its grace period.
    pub grace_periods: Vec<GracePeriod>,
    /// Every resource that is desired.
    pub desired: Vec<Arc<Resource>>,
    /// Domains of the manifest that the run is not about, and that are still to be applied.
    pub pending: BTreeSet<String>,
}

impl Planned {
    /// The observed state of a resource.
    pub fn state(&self, id: &ResourceId) -> Option<&State> {
        let mut seen = self.actual.iter().filter(|(target, _)| target.id == *id);
        seen.find_map(|(_, seen)| seen.state())
    }

    /// An output of a resource, once it is there.
    pub fn output(&self, reference: &OutputRef) -> Option<String> {
        self.state(&reference.resource)?.output(&reference.output)
    }

    /// Whether a finding forbids to carry it out.
    pub fn is_refused(&self) -> bool {
        let mut findings = self.plan.findings.iter();
        findings.any(|finding| finding.severity == Severity::Error)
    }
}

/// The desired resources, and what else is known before anything is observed.
struct Desired {
    resources: Vec<Arc<Resource>>,
    grace_periods: Vec<GracePeriod>,
    pending: BTreeSet<String>,
    findings: Vec<Finding>,
}

impl Project {
    /// Observes the world and makes a plan.
    pub async fn plan(&self, mut ledger: Ledger, wish: Wish) -> Planned {
        ledger.rename_accounts(&accounts::ids(&self.manifest));
        self.engine.forget_listings().await;
        self.engine.resume(&ledger).await;
        let beyond = self.scope.beyond(ledger.clone());
        let ledger = self.scope.within(ledger);
        let desired = self.desired_for(wish, &ledger, &beyond).await;
        let mut queries = plan::queries(&desired.resources, &ledger);
        if self.refresh {
            for query in &mut queries {
                query.recorded = None;
            }
        }
        let observed = self.engine.observe(&queries).await;
        let ledger = plan::settle(ledger, &observed.actual);
        let mut plan = plan::plan(Inputs {
            project: self.manifest.project.as_str(),
            desired: &desired.resources,
            ledger: &ledger,
            beyond: &beyond,
            actual: &observed.actual,
        });
        let mut findings = desired.findings;
        // An account that can't be entered is one finding, not one for each of its resources.
        if observed.findings.is_empty() {
            findings.append(&mut plan.findings);
        }
        findings.extend(observed.findings);
        plan.findings = findings;
        Planned {
            estimate: plan::estimate(&plan, &accounts::rates(&self.manifest)),
            plan,
            actual: observed.actual,
            grace_periods: desired.grace_periods,
            desired: desired.resources,
            pending: desired.pending,
        }
    }

    async fn desired_for(&self, wish: Wish, ledger: &Ledger, beyond: &Ledger) -> Desired {
        let (mut resources, findings, pending) = match wish {
            Wish::All => {
                let (resources, findings) = self.desired().await;
                (resources, findings, self.pending(beyond).await)
            }
            Wish::Nothing | Wish::NothingNow => Default::default(),
        };
        let grace_periods = match wish {
            Wish::All | Wish::Nothing => {
                blueprint::grace_periods(ledger, &resources, self.clock.now())
            }
            Wish::NothingNow => Vec::new(),
        };
        for grace in &grace_periods {
            // What still serves the policy stays as it is, whatever else is asked of it.
            let stays: BTreeSet<_> = grace.resources.iter().map(|one| &one.id).collect();
            resources.retain(|resource| !stays.contains(&resource.id));
            resources.extend(grace.resources.iter().cloned());
        }
        Desired {
            resources,
            grace_periods,
            pending,
            findings,
        }
    }

    /// Whether public DNS was seen to answer a record as planned. Only what was seen in this run
    /// counts: the ledger knows how the record was when it was begun with.
    pub fn is_published(&self, planned: &Planned, action: &Action) -> bool {
        let kind = action.spec().kind();
        let is_ready = |state| kind.readiness(action.spec(), state) == Readiness::Ready;
        !action.changes() && planned.state(&action.resource).is_some_and(is_ready)
    }
}
