//! `deploy drift`: what moved without us; for schedules.

use reconcile::Drifted;

use crate::args::{Global, Selection};
use crate::exit::{Exit, Failure};
use crate::open;
use crate::printer::Printer;

pub(crate) async fn run(
    global: &Global,
    selection: &Selection,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let project = open::project(global, selection)?;
    let drifted = reconcile::drift(&project).await?;
    let shown = report::Drifted {
        drifts: &drifted.drifts,
        live: &drifted.live,
        owned: drifted.owned,
        now: project.clock.now(),
    };
    if printer.json {
        printer.value(&report::drift_json(&shown));
    } else {
        printer.data(&report::drift_text(&shown, &printer.palette()));
    }
    if !drifted.findings.is_empty() {
        printer.note(&report::findings_text(
            &drifted.findings,
            &printer.note_palette(),
        ));
        return Ok(Exit::Failed);
    }
    if drifted.awaited > 0 {
        printer.note(&format!(
            "{} records are still to be published: `deploy records --missing` lists them.",
            drifted.awaited
        ));
    }
    Ok(exit(&drifted))
}

fn exit(drifted: &Drifted) -> Exit {
    match drifted.is_in_sync() {
        true if drifted.awaited > 0 => Exit::Incomplete,
        true => Exit::Done,
        // It could not look, which is another thing than that something moved.
        false if drifted.is_unseen() => Exit::Failed,
        false => Exit::Changes,
    }
}
