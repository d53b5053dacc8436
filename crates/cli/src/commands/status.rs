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
    let ledger = open::ledger(&project, printer).await?;
    let to_do = project.to_do(&ledger).await;
    let ledger = project.in_scope(ledger);
    let now = project.clock.now();
    if printer.json {
        printer.value(&report::status_json(&ledger, &to_do, now));
    } else {
        printer.data(&report::status_text(
            &ledger,
            &to_do,
            now,
            printer.detail,
            &printer.palette(),
        ));
    }
    Ok(Exit::Done)
}
