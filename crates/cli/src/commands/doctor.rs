//! `deploy doctor`: what can be known to fail before anything is tried. It changes nothing.

use model::exam::Exam;

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
    let exams = reconcile::examine(&project).await?;
    if printer.json {
        printer.value(&report::doctor_json(&exams));
    } else {
        printer.data(&report::doctor_text(&exams, &printer.palette()));
    }
    Ok(if exams.iter().any(Exam::is_ill) {
        Exit::Changes
    } else {
        Exit::Done
    })
}
