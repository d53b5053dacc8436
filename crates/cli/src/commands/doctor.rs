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
    if !global.sandbox
        && let Some(proxy) = open::network(global)?.proxy()
    {
        printer.note(&format!(
            "AWS and the web are reached through the proxy {} (HTTPS_PROXY, ALL_PROXY; NO_PROXY names hosts \
             that are reached without it)",
            report::escape(&proxy)
        ));
    }
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
