//! Compares the world with the ledger: what moved without us.

use std::collections::BTreeSet;

use futures::stream::{self, StreamExt};
use model::rules;
use model::{Authority, Check, Foreseen, Ledger, ResourceId, Target};
use plan::{Actual, Drift, Inputs, Query};
use standards::Finding;
use verify::{Options, Verdict};

use crate::expected::{is_awaited, left};
use crate::foresight::foresee;
use crate::{Error, Project};

/// The world beside the ledger.
#[derive(Debug)]
pub struct Drifted {
    /// The resources that moved.
    pub drifts: Vec<Drift>,
    /// The checks of an external observer.
    pub live: Vec<Check>,
    /// How many resources were compared.
    pub owned: usize,
    /// How many records nobody has published yet.
    pub awaited: usize,
    /// The findings about what could not be observed at all.
    pub findings: Vec<Finding>,
    /// The events with a known date that are near, the next first.
    pub foreseen: Vec<Foreseen>,
    /// Why SES could not be asked whether an account may send: nothing is foreseen of it.
    pub unasked: Vec<String>,
}

impl Drifted {
    /// Whether nothing of ours moved. What resolvers still remember did not, and neither did what
    /// others added beside ours.
    pub fn is_in_sync(&self) -> bool {
        self.drifts.iter().all(Drift::is_note) && Verdict::of(&self.live) < Verdict::Faulty
    }

    /// Whether nothing was seen to move, and something could not be seen.
    pub(crate) fn is_unseen(&self) -> bool {
        let mut findings = self.live.iter().filter(|check| check.finding().is_some());
        self.drifts.iter().all(Drift::is_note) && findings.all(is_unseen)
    }
}

/// Observes every resource of the ledger, and probes what was left of them from outside.
pub async fn drift(project: &Project) -> Result<Drifted, Error> {
    let ledger = project.in_scope(project.ledger().await?);
    let observed = project.engine.observe(&queries(&ledger)).await;
    if !observed.closed.is_empty() {
        return Err(Error::Closed(observed.closed));
    }
    let authority = Authority::default();
    let mut drifts = plan::drift(inputs(project, &ledger, &observed.actual, &authority));
    // What nobody has published yet did not move.
    let before = drifts.len();
    drifts.retain(|drift| {
        drift.location.is_some() || !is_awaited(ledger.entry(&drift.resource).map(AsRef::as_ref))
    });
    let awaited = before - drifts.len();
    let (foreseen, unasked) = foresee(project, &ledger).await;
    Ok(Drifted {
        live: probe(project, &ledger, &observed.actual, &drifts).await?,
        drifts,
        owned: ledger.entries().count(),
        awaited,
        findings: observed.findings,
        foreseen,
        unasked,
    })
}

/// The view of an external observer of what was left. A silence may be over in a minute, and must
/// raise no alarm on a schedule: an unanswered question is asked once more.
async fn probe(
    project: &Project,
    ledger: &Ledger,
    actual: &Actual,
    drifts: &[Drift],
) -> Result<Vec<Check>, Error> {
    let moved = drifts.iter().filter(|drift| !drift.is_note());
    let moved: BTreeSet<&ResourceId> = moved.map(|drift| &drift.resource).collect();
    let mut left = left(ledger, actual, &moved);
    left.retain(|domain| !domain.records.is_empty());
    let probe = project.probe().await?;
    let options = Options::at(project.clock.now());
    let checks = stream::iter(&left).map(|domain| async {
        let seen = verify::drift(domain, probe.outside(), &options).await;
        if seen.iter().any(is_unseen) {
            return verify::drift(domain, probe.outside(), &options).await;
        }
        seen
    });
    let checks: Vec<Vec<Check>> = checks.buffered(options.at_once).collect().await;
    Ok(checks.concat())
}

/// LIVE-02: nobody answered.
fn is_unseen(check: &Check) -> bool {
    check
        .finding()
        .is_some_and(|finding| finding.is_of(rules::LIVE_02))
}

/// Everything in the ledger, as it was left.
fn queries(ledger: &Ledger) -> Vec<Query> {
    let held = ledger.entries().map(|entry| Target {
        id: entry.id.clone(),
        location: entry.location.clone(),
        spec: entry.spec.clone(),
        physical: entry.physical().cloned(),
    });
    held.map(|target| Query {
        target,
        fallback: None,
        // Drift reads everything anew: a record is what it compares with.
        recorded: None,
        leaves: false,
    })
    .collect()
}

fn inputs<'a>(
    project: &'a Project,
    ledger: &'a Ledger,
    actual: &'a Actual,
    authority: &'a Authority,
) -> Inputs<'a> {
    Inputs {
        project: project.manifest.project.as_str(),
        desired: &[],
        ledger,
        beyond: ledger,
        actual,
        authority,
        leads: &[],
        is_about: &|_| true,
    }
}
