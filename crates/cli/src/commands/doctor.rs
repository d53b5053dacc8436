//! `deploy doctor`: what can be known to fail before anything is tried. It changes nothing.

use model::Check;

use crate::args::{Global, Selection};
use crate::exit::{Exit, Failure};
use crate::open;
use crate::printer::Printer;

pub(crate) async fn run(
    global: &Global,
    selection: &Selection,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let project = open::project(global, selection, printer)?;
    let checks = reconcile::examine(&project).await?;
    if printer.json {
        printer.value(&report::doctor_json(&checks));
    } else {
        printer.data(&report::doctor_text(
            &checks,
            project.clock.now(),
            &printer.palette(),
        ));
    }
    Ok(if checks.iter().any(Check::is_failure) {
        Exit::Changes
    } else {
        Exit::Done
    })
}
