//! `deploy graph`: the plan's graph, as Mermaid, DOT or JSON.

use reconcile::Wish;

use crate::args::{self, Global, GraphFormat};
use crate::commands::plan::is_blind;
use crate::exit::{Exit, Failure};
use crate::open;
use crate::printer::Printer;
use crate::progress::while_reading;

pub(crate) async fn run(
    global: &Global,
    args: &args::Graph,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let project = open::project(global, &args.selection, printer)?;
    let ledger = project.ledger().await?;
    let planned = while_reading(&project, printer, project.plan(ledger, Wish::All)).await?;
    if is_blind(&planned, printer) {
        return Ok(Exit::Failed);
    }
    let plan = &planned.plan;
    if plan.is_empty() {
        printer.note("Nothing changes, so the graph is empty.");
    }
    let format = if printer.json {
        GraphFormat::Json
    } else {
        args.format
    };
    match format {
        GraphFormat::Json => printer.value(&report::graph_json(plan)),
        GraphFormat::Mermaid => {
            let text = report::graph_mermaid(plan);
            printer.data(&text);
            if let Some(note) = report::graph_too_large(plan, &text) {
                printer.note(&note);
            }
        }
        GraphFormat::Dot => printer.data(&report::graph_dot(plan)),
    }
    Ok(if planned.is_refused() {
        Exit::Refused
    } else {
        Exit::Done
    })
}
