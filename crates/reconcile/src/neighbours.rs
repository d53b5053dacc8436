//! Other projects that keep their ledgers in the same place and have the same domains.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::check::{About, Check, CheckOutcome};
use model::{Ledger, Resource, ResourceId, rules};
use plan::Neighbour;
use standards::dns::Name;
use standards::{Finding, Severity};

use crate::ledger_place::LedgerPlace;
use crate::{Error, Project};

/// Other projects of the same domains, and what stands in the way of knowing what they hold.
#[derive(Default)]
pub(crate) struct Neighbourhood {
    pub(crate) neighbours: Vec<Neighbour>,
    /// The ledgers that could not be read: project, document, and why.
    unread: Vec<(String, String, String)>,
    /// Why the projects themselves could not be listed.
    unlisted: Option<String>,
}

impl Neighbourhood {
    /// The findings of a plan: what could not be read may hold what the plan is about.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        let unlisted = self.unlisted.iter().map(|why| {
            let text = format!("whether another project has the same domains is not known: {why}");
            unseen(text).weighing(Severity::Warn)
        });
        let unread = self.unread.iter().map(|(project, document, why)| {
            let text = format!(
                "the project `{project}` has {document} on record, and its ledger could not be read: {why}"
            );
            unseen(text)
        });
        unlisted.chain(unread).collect()
    }

    /// The checks of a doctor about these domains. Two projects can share a domain where neither has a
    /// resource of the other; a plan tells that.
    pub(crate) fn checks(&self, domains: &[Name]) -> Vec<Check> {
        let held = self.neighbours.iter().flat_map(|one| {
            let text = format!("the project `{}` has it on record as well", one.project);
            let finding = Finding::new(rules::PLAN_15, text).weighing(Severity::Warn);
            let documents = one.ledger.domains.keys();
            documents.map(move |document| (document, CheckOutcome::Finding(finding.clone())))
        });
        let unread = self.unread.iter().map(|(project, document, why)| {
            let why = format!("the ledger of the project `{project}` could not be read: {why}");
            (document, skipped(why))
        });
        let found = held.chain(unread).filter_map(|(document, outcome)| {
            let mut domains = domains.iter();
            let name = domains.find(|name| name.as_str() == document)?;
            Some(check(About::Domain(name.clone()), outcome))
        });
        let unlisted = self.unlisted.iter();
        let unlisted = unlisted.map(|why| check(About::Machine, skipped(why.clone())));
        unlisted.chain(found).collect()
    }
}

/// The fix of a ledger that could not be read: nobody knows then whether PLAN-15 is kept.
const UNSEEN: &str =
    "let the role read the ledgers in this place (`deploy iam` prints the policy), and try again";

fn unseen(text: String) -> Finding {
    Finding {
        fix: UNSEEN.to_owned(),
        ..Finding::new(rules::PLAN_15, text)
    }
}

fn skipped(why: String) -> CheckOutcome {
    let fix = Some(UNSEEN.to_owned());
    CheckOutcome::Skipped { why, fix }
}

fn check(about: About, outcome: CheckOutcome) -> Check {
    Check {
        about,
        rule: rules::PLAN_15.id.into(),
        what: "other projects beside the ledger".to_owned(),
        seen: None,
        outcome,
    }
}

impl Project {
    /// The other projects that have on record what a run begins to hold or gives up. Where it does neither,
    /// nobody is asked.
    pub(crate) async fn neighbourhood(
        &self,
        desired: &[Arc<Resource>],
        ledger: &Ledger,
    ) -> Result<Neighbourhood, Error> {
        let documents = changing(desired, ledger);
        if documents.is_empty() {
            return Ok(Neighbourhood::default());
        }
        self.neighbours_of(&documents).await
    }

    /// The other projects that have some of these documents.
    pub(crate) async fn neighbours_of(
        &self,
        documents: &BTreeSet<String>,
    ) -> Result<Neighbourhood, Error> {
        // In sandboxes each project is in a world of its own, but for one that several share: its buckets.
        if self.sandbox.is_some() && matches!(self.ledger_place, LedgerPlace::Folder(_)) {
            return Ok(Neighbourhood::default());
        }
        let store = self.store(&self.ledger_place).await?;
        let kinds = self.engine.kinds();
        let mut neighbourhood = Neighbourhood::default();
        match ledger::neighbours(store.as_ref(), kinds, documents).await {
            Err(error) => neighbourhood.unlisted = Some(error.to_string()),
            Ok(found) => {
                for one in found {
                    let project = one.project;
                    for (document, error) in one.unread {
                        let unread = (project.clone(), document, error.to_string());
                        neighbourhood.unread.push(unread);
                    }
                    let ledger = one.ledger;
                    neighbourhood.neighbours.push(Neighbour { project, ledger });
                }
            }
        }
        Ok(neighbourhood)
    }
}

/// The documents of resources that are desired and not on record, or on record and no longer desired.
fn changing(desired: &[Arc<Resource>], ledger: &Ledger) -> BTreeSet<String> {
    let wanted: BTreeSet<&ResourceId> = desired.iter().map(|resource| &resource.id).collect();
    let begun = wanted.iter().copied();
    let begun = begun.filter(|id| ledger.entry(id).is_none());
    let given_up = ledger.entries().map(|entry| &entry.id);
    let given_up = given_up.filter(|id| !wanted.contains(id));
    let retired = ledger.retired().map(|entry| &entry.id);
    let all = begun.chain(given_up).chain(retired);
    all.map(|id| id.document().into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ledger that is there and can't be read may hold everything. That none could be listed says nothing.
    #[test]
    fn what_could_not_be_read_is_not_nothing() {
        let neighbourhood = Neighbourhood {
            neighbours: Vec::new(),
            unread: vec![("shop".into(), "example.com".into(), "AccessDenied".into())],
            unlisted: Some("no answer".into()),
        };
        let findings = neighbourhood.findings();
        let weights: Vec<Severity> = findings.iter().map(|one| one.severity).collect();
        assert_eq!(weights, [Severity::Warn, Severity::Error]);
        assert!(findings.iter().all(|one| one.fix == UNSEEN));
        let domains = ["example.com", "example.net"].map(|name| name.parse().expect("a name"));
        let checks = neighbourhood.checks(&domains);
        let abouts: Vec<&About> = checks.iter().map(|one| &one.about).collect();
        assert_eq!(
            abouts,
            [&About::Machine, &About::Domain(domains[0].clone())]
        );
        let is_skipped = |one: &Check| matches!(one.outcome, CheckOutcome::Skipped { .. });
        assert!(checks.iter().all(is_skipped));
    }
}
