//! `deploy graph`: the plan's graph, as Mermaid or DOT.

use crate::args::{self, Global, GraphFormat};
use crate::exit::{Exit, Failure};
use crate::printer::Printer;
use crate::project::{Project, Wish};

pub(crate) async fn run(
    global: &Global,
    args: &args::Graph,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let project = Project::open(global, &args.selection)?;
    let planned = project.plan(project.ledger().await?, Wish::All).await;
    printer.data(&match args.format {
        GraphFormat::Mermaid => report::graph_mermaid(&planned.plan),
        GraphFormat::Dot => report::graph_dot(&planned.plan),
    });
    Ok(if planned.is_refused() {
        Exit::Refused
    } else {
        Exit::Done
    })
}
