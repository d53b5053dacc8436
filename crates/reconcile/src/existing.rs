//! Resources that exist although the ledger does not have them: after a destroy, or where the ledger
//! was lost.

use std::collections::BTreeSet;

use kinds::record_of;
use model::{Action, Entry, Ledger, Location, Origin, PhysicalId, Plan, ResourceId, Spec, Step};
use standards::Finding;

use crate::{Error, Project, Wish};

/// A resource that exists, and that the ledger does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExistingResource {
    /// The name that the manifest leads to.
    pub resource: ResourceId,
    /// Its account and region; nothing for what a person publishes.
    pub location: Option<Location>,
    /// The record, for a record: name, type and values.
    pub record: Option<String>,
}

impl ExistingResource {
    fn of(resource: &ResourceId, location: Option<&Location>, spec: &Spec) -> Self {
        Self {
            resource: resource.clone(),
            location: location.cloned(),
            record: record_of(spec).map(|record| {
                let name = record.name.to_string();
                let values = record.describe_values().join(", ");
                format!("{name} {} {values}", record.rtype)
            }),
        }
    }

    /// The resource of an entry.
    pub(crate) fn of_entry(entry: &Entry) -> Self {
        Self::of(&entry.id, entry.location.as_ref(), &entry.spec)
    }
}

/// Everything that exists under a name that the manifest leads to, by whose it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExistingResources {
    /// How many resources the ledger still has.
    pub recorded: usize,
    /// The resources with our tags, and those that exist only through one of them.
    pub ours: Vec<ExistingResource>,
    /// The records that are exactly as the manifest asks, and carry nothing that tells whose they are.
    pub unknown: Vec<ExistingResource>,
    /// The resources with a name that we derive and without our tags.
    pub foreign: Vec<ExistingResource>,
    /// The failures to observe.
    pub unseen: Vec<Finding>,
}

impl Project {
    /// Whether the ledger has no document of any domain that the run is about. A domain that was
    /// destroyed has one, without resources.
    pub fn is_unrecorded(&self, ledger: &Ledger) -> bool {
        self.in_scope(ledger.clone()).domains.is_empty()
    }

    /// Finds everything that exists, by observing each resource that the manifest leads to. What the
    /// ledger has is counted, and `there_before` names what is known to be somebody else's.
    ///
    /// # Errors
    /// An account can't be entered.
    pub async fn existing(
        &self,
        ledger: &Ledger,
        there_before: &ThereBefore,
    ) -> Result<ExistingResources, Error> {
        let recorded = self.in_scope(ledger.clone());
        let planned = self.plan(ledger.clone(), Wish::All).await?;
        let mut existing = ExistingResources {
            recorded: recorded.entries().count() + recorded.retired().count(),
            unseen: planned
                .plan
                .findings
                .iter()
                .filter(|finding| is_unseen(finding))
                .cloned()
                .collect(),
            ..ExistingResources::default()
        };
        for action in &planned.plan.actions {
            if ledger.entry(&action.resource).is_none() && !there_before.has(action) {
                existing.add(action);
            }
        }
        Ok(existing)
    }
}

/// PLAN-03 and PLAN-04: nobody could enter the account, or it did not answer.
pub(crate) fn is_unseen(finding: &Finding) -> bool {
    use model::rules::{PLAN_03, PLAN_04};
    finding.is_of(PLAN_03) || finding.is_of(PLAN_04)
}

/// The resources that were there before us, by our name and by AWS's: in a hosted zone that others made again,
/// another thing stands under our name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ThereBefore(BTreeSet<(ResourceId, PhysicalId)>);

impl ThereBefore {
    /// The resources that the plan of a destroy leaves because they were there before.
    pub fn of(plan: &Plan) -> Self {
        let actions = plan.actions.iter();
        let removals = actions.filter(|action| action.unwanted().is_some());
        let adopted = removals
            .filter_map(|action| action.entry())
            .filter(|entry| entry.origin == Origin::Adopted);
        let named = adopted.filter_map(|entry| Some((entry.id.clone(), entry.physical()?.clone())));
        Self(named.collect())
    }

    fn has(&self, action: &Action) -> bool {
        let physical = action.physical().cloned();
        physical.is_some_and(|physical| self.0.contains(&(action.resource.clone(), physical)))
    }
}

impl ExistingResources {
    fn add(&mut self, action: &Action) {
        let kind = action.spec().kind();
        let location = action.location.as_ref();
        let existing = || ExistingResource::of(&action.resource, location, action.spec());
        let is_dns = kind.zone(action.spec(), None).is_some();
        match &action.step {
            // Of DNS, only a value that is as the manifest asks is ours: what stands in its place is
            // somebody else's, which `adopt` would take over.
            Step::Adopt(wanted, _) if is_dns && !kind.is_only_noted(&wanted.diff) => {}
            Step::Adopt(wanted, _) if wanted.origin == Origin::Created => {
                self.ours.push(existing());
            }
            // It carries our tags, and is of no use as it is.
            Step::Replace(wanted) if wanted.retires => self.ours.push(existing()),
            // A hosted zone that was found, or a certificate that is named, is nobody's claim.
            Step::Adopt(wanted, _) if is_dns && !kind.claims(&wanted.spec).is_empty() => {
                self.unknown.push(existing());
            }
            Step::RefuseChange(_, Some(_)) => self.foreign.push(existing()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;
    use kinds::{S3Bucket, s3_bucket};
    use model::{Impact, Kind, Status, Unwanted};

    use super::*;

    /// The removal of what was there before, by AWS's name. Its kind does not matter.
    fn forgotten(name: &str) -> Action {
        let spec = Spec::of::<S3Bucket>(s3_bucket::Spec::default());
        let entry = Arc::new(Entry {
            id: ResourceId::new(S3Bucket::NAME, "example.com", "mx"),
            location: None,
            status: Status::Settled(name.into()),
            spec: spec.clone(),
            state: None,
            origin: Origin::Adopted,
            before: None,
            serves_policy: None,
            dependencies: Vec::new(),
            impact: Impact::none(),
            holders: BTreeSet::new(),
            changed: Timestamp::UNIX_EPOCH,
        });
        let step = Step::Forget(Unwanted::of(&entry, spec));
        Action::new(&entry.id, None, step, "was there before us, and stays")
    }

    /// Others made the hosted zone again, and the ledger that is back knows the former one.
    #[test]
    fn a_record_in_another_zone_was_not_there_before() {
        let plan = Plan {
            version: Plan::VERSION,
            project: "project".to_owned(),
            actions: vec![forgotten("Z1/example.com/MX")],
            findings: Vec::new(),
        };
        let before = ThereBefore::of(&plan);
        assert!(before.has(&forgotten("Z1/example.com/MX")));
        assert!(!before.has(&forgotten("Z2/example.com/MX")));
    }
}
