//! `deploy drift`: what moved without us; for schedules.

use reconcile::Conclusion;

use crate::args::{Drift, Global};
use crate::exit::{Exit, Failure};
use crate::open;
use crate::printer::Printer;

pub(crate) async fn run(global: &Global, args: &Drift, printer: &Printer) -> Result<Exit, Failure> {
    let project = open::project(global, &args.selection, printer)?;
    open::tell_others(&project, printer).await?;
    let drifted = reconcile::drift(&project).await?;
    let shown = report::Drifted {
        drifts: &drifted.drifts,
        live: &drifted.live,
        owned: drifted.owned,
        foreseen: &drifted.foreseen,
        unasked: &drifted.unasked,
        fail_on: args.fail_on,
        now: project.clock.now(),
    };
    let conclusion = Conclusion::of_drift(&drifted, args.fail_on, shown.now);
    if printer.json {
        printer.value(&report::drift_json(&shown));
    } else if conclusion != Conclusion::Unrecorded {
        printer.data(&report::drift_text(&shown, &printer.palette()));
    }
    if conclusion == Conclusion::Unrecorded {
        printer.note(UNRECORDED);
    }
    for reason in &drifted.unasked {
        printer.note(&report::escape(&format!(
            "{reason}; whether AWS has stopped its sending is not known"
        )));
    }
    if !drifted.findings.is_empty() {
        printer.note(&report::findings_text(
            &drifted.findings,
            &printer.note_palette(),
        ));
    } else if drifted.awaited > 0 {
        printer.note(&format!(
            "{} records are still to be published: `deploy records --missing` lists them.",
            drifted.awaited
        ));
    }
    Ok(conclusion.into())
}

/// The message where there is nothing to compare with.
const UNRECORDED: &str = "The ledger holds no resource, so there is nothing to compare with. If this \
    project was applied, its ledger is not here: run drift beside it.";
