//! Observes the world and makes a plan.

use std::collections::BTreeSet;
use std::sync::Arc;

use blueprint::GracePeriod;
use model::rules;
use model::{Action, Authority, Ledger, OutputRef, Plan, Readiness, Resource, ResourceId, State};
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
    /// The hosted zones that domains have left, and what the world is told about their names.
    pub authority: Authority,
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
        self.is_refused_despite(&BTreeSet::new())
    }

    /// Whether a finding forbids to carry it out although the operator accepts the risks of these
    /// rules. Only a risk can be accepted: nothing else becomes possible by it.
    pub fn is_refused_despite(&self, accepted: &BTreeSet<String>) -> bool {
        let is_accepted = |finding: &Finding| {
            let risk = rules::RISKS.iter().find(|rule| finding.is_of(rule));
            risk.is_some_and(|rule| accepted.contains(rule.id))
        };
        let errors = self.plan.findings.iter();
        let mut errors = errors.filter(|finding| finding.severity == Severity::Error);
        errors.any(|finding| !is_accepted(finding))
    }
}

/// The desired resources, and what else is known before anything is observed.
struct Desired {
    resources: Vec<Arc<Resource>>,
    grace_periods: Vec<GracePeriod>,
    pending: BTreeSet<String>,
    findings: Vec<Finding>,
}

/// Keeps a resource for a grace period. What domains share may be desired already.
fn stay(resources: &mut Vec<Arc<Resource>>, resource: &Arc<Resource>) {
    let mut known = resources.iter_mut();
    match known.find(|known| known.id == resource.id) {
        Some(known) => {
            let holders = resource.holders.iter().cloned();
            Arc::make_mut(known).holders.extend(holders);
        }
        None => resources.push(Arc::clone(resource)),
    }
}

/// Lets a run about some domains see what they are to share with others.
fn share(desired: &[Arc<Resource>], beyond: &mut Ledger, ledger: &mut Ledger) {
    for resource in desired.iter().filter(|resource| resource.id.is_shared()) {
        let document = resource.id.document();
        if let Some(held) = beyond.domains.remove(document.as_ref()) {
            ledger.domains.insert(document.into_owned(), held);
        }
    }
}

impl Project {
    /// Observes the world and makes a plan.
    pub async fn plan(&self, mut ledger: Ledger, wish: Wish) -> Planned {
        ledger.rename_accounts(&accounts::ids(&self.manifest));
        self.engine.forget_listings().await;
        self.engine.resume(&ledger).await;
        let mut beyond = self.scope.beyond(ledger.clone());
        let mut ledger = self.scope.within(ledger);
        let desired = self.desired_for(wish, &ledger, &beyond).await;
        share(&desired.resources, &mut beyond, &mut ledger);
        let mut queries = plan::queries(&desired.resources, &ledger);
        if self.refresh {
            for query in &mut queries {
                query.recorded = None;
            }
        }
        let observed = self.engine.observe(&queries).await;
        let ledger = plan::settle(ledger, &observed.actual);
        let authority = self
            .authority(&desired.resources, &ledger, &observed.actual)
            .await;
        let leads = self
            .leads(&desired.resources, &ledger, &observed.actual)
            .await;
        let mut plan = plan::plan(Inputs {
            project: self.manifest.project.as_str(),
            desired: &desired.resources,
            ledger: &ledger,
            beyond: &beyond,
            actual: &observed.actual,
            authority: &authority,
            leads: &leads,
            is_about: &|domain| self.scope.has(domain),
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
            authority,
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
            resources.retain(|resource| resource.id.is_shared() || !stays.contains(&resource.id));
            for resource in &grace.resources {
                stay(&mut resources, resource);
            }
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
