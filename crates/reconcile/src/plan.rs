//! Observes the world and makes a plan.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use blueprint::GracePeriod;
use model::rules;
use model::{
    Action, Authority, Entry, Ledger, OutputRef, Plan, Readiness, Resource, ResourceId, Round,
    Spec, State,
};
use plan::{Actual, Estimate, Inputs, Pending, Schedule};
use standards::dns::Name;
use standards::{Finding, Place, Severity};

use crate::elsewhere::await_others;
use crate::{Error, Project, accounts};

/// Which of the manifest's resources a run is to bring about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// All of them.
    All,
    /// None; what enforced policies depend on stays for its grace period.
    Nothing,
    /// None, at once.
    NothingNow,
    /// Those of the ledger, as they were last asked for: what moved since is put back, and what changed
    /// in the manifest since is left alone.
    Recorded,
}

/// A plan, and what it was made from.
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// The observations.
    pub actual: Actual,
    /// How many calls the plan makes, and how long they last.
    pub estimate: Estimate,
    /// The resources that stay for their grace period.
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
        self.actual.of_id(id)?.state()
    }

    /// An output of a resource, once it is there.
    pub fn output(&self, reference: &OutputRef) -> Option<String> {
        self.state(&reference.resource)?.output(&reference.output)
    }

    /// For each action, the round in which it can be carried out.
    pub(crate) fn rounds(&self) -> Vec<Round> {
        self.plan.rounds(|action| {
            let state = self.state(&action.resource);
            // Of what comes about in stages, the stage of this action counts.
            let ready = action.wanted().zip(state).map(|(wanted, state)| {
                let spec = &wanted.spec;
                spec.kind().readiness(&self.resolved(spec), state)
            });
            ready.is_none_or(|ready| ready == Readiness::Ready)
        })
    }

    /// `spec` with every output put in that was observed.
    pub(crate) fn resolved(&self, spec: &Spec) -> Spec {
        spec.resolved(&|reference| self.output(reference))
    }

    /// Takes the risk of the plan as a whole, where the operator accepts its rule by name. Those of
    /// single actions are accepted when they are carried out.
    pub fn accept(&mut self, accepted: &[String]) {
        let rule = rules::PLAN_16;
        if !accepted.iter().any(|id| id == rule.id) {
            return;
        }
        for finding in self
            .plan
            .findings
            .iter_mut()
            .filter(|finding| finding.is_of(rule))
        {
            finding.severity = Severity::Warn;
            "accepted by --accept-risk".clone_into(&mut finding.fix);
        }
    }

    /// The resources that could not be observed: how many, by why (the first words of AWS, without the
    /// number of the request) and by the fix where one is known that is not the rule's own.
    pub fn unseen(&self) -> BTreeMap<(&str, Option<&str>), usize> {
        let mut unseen = BTreeMap::new();
        let findings = self.plan.findings.iter();
        for finding in findings.filter(|finding| finding.is_of(rules::PLAN_04)) {
            let fix = Some(finding.fix.as_str()).filter(|fix| *fix != rules::PLAN_04.fix);
            let reason = finding.reason.as_str();
            let cause = reason
                .split_once(" (request ")
                .map_or(reason, |(cause, _)| cause);
            *unseen.entry((cause, fix)).or_default() += 1;
        }
        unseen
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

impl Desired {
    /// The resources that stay for a grace period.
    fn kept(&self) -> BTreeSet<ResourceId> {
        let resources = self.grace_periods.iter().flat_map(|one| &one.resources);
        resources.map(|resource| resource.id.clone()).collect()
    }
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

/// The resources of the ledger as they were last asked for. Where the manifest asks for the same, its
/// own resource stands, with its references: what is made again gets another name at AWS, and what
/// refers to it follows.
fn recorded(ledger: &Ledger, declared: &[Arc<Resource>]) -> Vec<Arc<Resource>> {
    let outputs = |reference: &OutputRef| ledger.output(reference);
    let resource = |entry: &Arc<Entry>| {
        let mut declared = declared.iter();
        let same = declared.find(|resource| {
            resource.id == entry.id
                && resource.location == entry.location
                && resource.spec.resolved(&outputs) == *entry.intended()
        });
        let resource = same.map_or_else(|| as_recorded(entry), |same| (**same).clone());
        // The run compares again when it is done: it has to see what it put back.
        Arc::new(Resource {
            wait: true,
            ..resource
        })
    };
    ledger.entries().map(resource).collect()
}

fn as_recorded(entry: &Entry) -> Resource {
    Resource {
        id: entry.id.clone(),
        location: entry.location.clone(),
        spec: entry.intended().clone(),
        impact: entry.impact.clone(),
        dependencies: entry.dependencies.clone(),
        preconditions: Vec::new(),
        wait: false,
        adopt: false,
        holders: entry.holders.clone(),
        through: None,
        serves_policy: entry.serves_policy,
        place: Place::default(),
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
    /// Where an account can't be entered there is no plan: what was not seen may be there.
    pub async fn plan(&self, mut ledger: Ledger, wish: Wish) -> Result<Planned, Error> {
        ledger.rename_accounts(&accounts::ids(&self.manifest));
        let domains = self.all_domains(&ledger);
        self.engine.forget_listings().await;
        self.engine.resume(&ledger).await;
        let mut beyond = self.scope.beyond(ledger.clone());
        let mut ledger = self.scope.within(ledger);
        let mut desired = self.desired_for(wish, &ledger, &beyond).await;
        share(&desired.resources, &mut beyond, &mut ledger);
        await_others(&mut desired.resources, &self.scope, &beyond);
        let mut queries = plan::queries(&desired.resources, &ledger);
        if self.refresh {
            for query in &mut queries {
                query.anew = true;
            }
        }
        let mut observed = self.engine.observe(&queries).await;
        if !observed.closed.is_empty() {
            return Err(Error::Closed(observed.closed));
        }
        let ledger = plan::settle(ledger, &mut observed.actual);
        let kept = desired.kept();
        let mut asked = desired.resources.clone();
        asked.retain(|resource| !kept.contains(&resource.id));
        let authority = self.authority(&asked, &ledger, &observed.actual).await;
        let leads = self
            .leads(&desired.resources, &ledger, &observed.actual)
            .await;
        let beside = self.neighbourhood(&desired.resources, &ledger).await?;
        let mut plan = plan::plan(Inputs {
            project: self.manifest.project.as_str(),
            desired: &desired.resources,
            kept: &kept,
            ledger: &ledger,
            beyond: &beyond,
            neighbours: &beside.neighbours,
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
        findings.extend(beside.findings());
        findings.extend(self.dangers(&plan, wish, domains));
        findings.extend(Box::pin(self.room(&plan)).await);
        plan.findings = findings;
        Ok(Planned {
            estimate: plan::estimate(&plan, &self.engine.rates()),
            plan,
            actual: observed.actual,
            grace_periods: desired.grace_periods,
            desired: desired.resources,
            pending: desired.pending,
            authority,
        })
    }

    /// The schedule by which a plan is carried out, to tell how long the rest of it lasts.
    pub fn schedule(&self, plan: &Plan) -> Schedule {
        Schedule::of(plan, &self.engine.rates())
    }

    /// The changes that an apply has still to make, from the manifest and the ledger: nothing is asked of AWS.
    pub async fn to_do(&self, ledger: &Ledger) -> Pending {
        let mut beyond = self.scope.beyond(ledger.clone());
        let mut ledger = self.scope.within(ledger.clone());
        let desired = self.desired_for(Wish::All, &ledger, &beyond).await;
        share(&desired.resources, &mut beyond, &mut ledger);
        plan::pending(&desired.resources, &ledger)
    }

    /// How many domains the project has, in its manifest or in its ledger, whichever the run is about.
    fn all_domains(&self, ledger: &Ledger) -> usize {
        let manifest = self
            .manifest
            .domains
            .keys()
            .chain(self.manifest.parked.keys());
        let owned = ledger
            .domains
            .iter()
            .filter(|(_, domain)| !domain.is_empty());
        let owned = owned.map(|(name, _)| name.as_str());
        let all: BTreeSet<&str> = manifest.map(Name::as_str).chain(owned).collect();
        all.len()
    }

    /// The findings that make a plan too dangerous to carry out without another word. `destroy` says itself how
    /// many domains it is about.
    fn dangers(&self, plan: &Plan, wish: Wish, domains: usize) -> Vec<Finding> {
        let is_protected = |name: &str| {
            let mut domains = self.manifest.domains.iter();
            domains.any(|(other, domain)| other.as_str() == name && *domain.protect)
        };
        let destroys = matches!(wish, Wish::Nothing | Wish::NothingNow);
        let mut findings = plan::protection(plan, &is_protected, destroys);
        if !destroys {
            findings.extend(plan::blast_radius(plan, domains));
        }
        findings
    }

    async fn desired_for(&self, wish: Wish, ledger: &Ledger, beyond: &Ledger) -> Desired {
        let (mut resources, findings, pending) = match wish {
            Wish::All => {
                let (resources, findings) = self.desired(ledger).await;
                (resources, findings, self.pending(beyond).await)
            }
            Wish::Recorded => {
                let (declared, _) = self.desired(ledger).await;
                (recorded(ledger, &declared), Vec::new(), BTreeSet::new())
            }
            Wish::Nothing | Wish::NothingNow => Default::default(),
        };
        let grace_periods = match wish {
            Wish::All | Wish::Nothing => {
                blueprint::grace_periods(ledger, &resources, self.clock.now())
            }
            Wish::NothingNow | Wish::Recorded => Vec::new(),
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
