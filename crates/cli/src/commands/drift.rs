//! `deploy drift`: what moved without us; for schedules.

use model::{Ledger, Target};
use plan::{Actual, Inputs, Look};

use crate::args::{Global, Selection};
use crate::exit::{Exit, Failure};
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
    let drifts = plan::drift(inputs(&project, &ledger, &observed.actual))
        .map_err(|error| Failure::outside("could not compare with the ledger", error))?;
    let owned = ledger.entries().count();
    if printer.json {
        printer.value(&report::drift_json(&drifts, owned));
    } else {
        printer.data(&report::drift_text(&drifts, owned, &printer.palette()));
    }
    if !observed.findings.is_empty() {
        printer.note(&report::findings_text(
            &observed.findings,
            &printer.note_palette(),
        ));
        return Ok(Exit::Failed);
    }
    Ok(if drifts.is_empty() {
        Exit::Done
    } else {
        Exit::Changes
    })
}

/// Everything in the ledger, as it was left.
fn looks(ledger: &Ledger) -> Vec<Look> {
    let held = ledger.entries().map(|entry| Target {
        id: entry.id.clone(),
        home: entry.home.clone(),
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
