//! `deploy drift`: what moved without us; for schedules.

use std::collections::BTreeSet;

use futures::stream::{self, StreamExt};
use model::{Check, Ledger, ResourceId, Target};
use plan::{Actual, Drift, Inputs, Look};
use verify::Options;

use crate::args::{Global, Selection};
use crate::exit::{Exit, Failure};
use crate::expected;
use crate::printer::Printer;
use crate::project::Project;

pub(crate) async fn run(
    global: &Global,
    selection: &Selection,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let project = Project::open(global, selection)?;
    let ledger = project.in_scope(project.ledger().await?);
    let observed = project.engine.observe(&looks(&ledger)).await;
    let mut drifts = plan::drift(inputs(&project, &ledger, &observed.actual))
        .map_err(|error| Failure::outside("could not compare with the ledger", error))?;
    // What nobody has published yet did not move.
    let before = drifts.len();
    drifts.retain(|drift| {
        drift.location.is_some() || !expected::is_awaited(&project, ledger.entry(&drift.resource))
    });
    let awaited = before - drifts.len();
    let live = look(&project, &ledger, &observed.actual, &drifts).await?;
    let drifted = report::Drifted {
        drifts: &drifts,
        live: &live,
        owned: ledger.entries().count(),
        now: project.clock.now(),
    };
    if printer.json {
        printer.value(&report::drift_json(&drifted));
    } else {
        printer.data(&report::drift_text(&drifted, &printer.palette()));
    }
    if !observed.findings.is_empty() {
        printer.note(&report::findings_text(
            &observed.findings,
            &printer.note_palette(),
        ));
        return Ok(Exit::Failed);
    }
    if awaited > 0 {
        printer.note(&format!(
            "{awaited} records are still to be published: `deploy records --missing` lists them."
        ));
    }
    Ok(exit(&drifted, awaited))
}

/// What a stranger sees of what was left. Silence may be over in a minute, and a schedule must not
/// cry then: what nobody answers is asked once more.
async fn look(
    project: &Project,
    ledger: &Ledger,
    actual: &Actual,
    drifts: &[Drift],
) -> Result<Vec<Check>, Failure> {
    let moved: BTreeSet<&ResourceId> = drifts.iter().map(|drift| &drift.resource).collect();
    let mut left = expected::left(project, ledger, actual, &moved);
    left.retain(|domain| !domain.records.is_empty());
    let eyes = project.look_outside().await?;
    let options = Options::at(project.clock.now());
    let looks = stream::iter(&left).map(|domain| async {
        let seen = verify::drift(domain, eyes.outside(), &options).await;
        if seen.iter().any(is_unseen) {
            return verify::drift(domain, eyes.outside(), &options).await;
        }
        seen
    });
    let checks: Vec<Vec<Check>> = looks.buffered(options.at_once).collect().await;
    Ok(checks.concat())
}

/// LIVE-02: nobody answered.
fn is_unseen(check: &Check) -> bool {
    check
        .finding()
        .is_some_and(|finding| finding.rule == "LIVE-02")
}

fn exit(drifted: &report::Drifted<'_>, awaited: usize) -> Exit {
    let mut findings = drifted
        .live
        .iter()
        .filter(|check| check.finding().is_some());
    if drifted.is_in_sync() {
        return if awaited > 0 {
            Exit::Incomplete
        } else {
            Exit::Done
        };
    }
    // It could not look, which is another thing than that something moved.
    if drifted.drifts.is_empty() && findings.all(is_unseen) {
        return Exit::Failed;
    }
    Exit::Changes
}

/// Everything in the ledger, as it was left.
fn looks(ledger: &Ledger) -> Vec<Look> {
    let held = ledger.entries().map(|entry| Target {
        id: entry.id.clone(),
        location: entry.location.clone(),
        spec: entry.spec.clone(),
        physical: entry.physical.clone(),
    });
    held.map(|target| Look {
        target,
        fallback: None,
    })
    .collect()
}

fn inputs<'a>(project: &'a Project, ledger: &'a Ledger, actual: &'a Actual) -> Inputs<'a> {
    Inputs {
        project: project.manifest.project.as_str(),
        kinds: project.engine.kinds(),
        desired: &[],
        ledger,
        beyond: ledger,
        actual,
    }
}
