//! One file a command. What they do is in the libraries; here is what they take and print.

pub(crate) mod apply;
pub(crate) mod destroy;
pub(crate) mod doctor;
pub(crate) mod drift;
pub(crate) mod graph;
pub(crate) mod iam;
pub(crate) mod init;
pub(crate) mod lint;
pub(crate) mod offline;
pub(crate) mod plan;
pub(crate) mod records;
pub(crate) mod sandbox;
pub(crate) mod status;
pub(crate) mod verify;

use crate::args::{Cli, Command};
use crate::exit::{Exit, Failure};
use crate::printer::Printer;

/// Runs a command.
pub(crate) async fn run(cli: Cli, printer: &Printer) -> Result<Exit, Failure> {
    let global = &cli.global;
    match cli.command {
        Command::Init(args) => init::run(global, &args, printer).await,
        Command::Lint(args) => lint::run(global, &args, printer).await,
        Command::Plan(args) => plan::run(global, &args, printer).await,
        Command::Apply(args) => apply::run(global, args, printer).await,
        Command::Destroy(args) => destroy::run(global, &args, printer).await,
        Command::Drift(selection) => drift::run(global, &selection, printer).await,
        Command::Verify(args) => verify::run(global, &args, printer).await,
        Command::Records(args) => records::run(global, &args, printer).await,
        Command::Status(selection) => status::run(global, &selection, printer).await,
        Command::Doctor(selection) => Box::pin(doctor::run(global, &selection, printer)).await,
        Command::Iam(selection) => iam::run(&selection, printer),
        Command::Graph(args) => graph::run(global, &args, printer).await,
        Command::Explain { rule } => offline::explain(&rule, printer),
        Command::Rules => Ok(offline::rules(printer)),
        Command::Schema => Ok(offline::schema(printer)),
        Command::Completions { shell } => Ok(offline::completions(shell, printer)),
        Command::Sandbox(command) => sandbox::run(global, command, printer).await,
    }
}
