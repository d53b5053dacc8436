//! `deploy status`: what is owned, where, and what is pending.

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
    open::tell_others(&project, printer).await?;
    let ledger = project.in_scope(project.ledger().await?);
    let now = project.clock.now();
    if printer.json {
        printer.value(&report::status_json(&ledger, now));
    } else {
        printer.data(&report::status_text(&ledger, now, &printer.palette()));
    }
    Ok(Exit::Done)
}
