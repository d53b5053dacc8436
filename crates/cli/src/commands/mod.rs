//! One file a command. What they do is in the libraries; here is what they take and print.

pub(crate) mod adopt;
pub(crate) mod apply;
pub(crate) mod check;
pub(crate) mod destroy;
pub(crate) mod doctor;
pub(crate) mod drift;
pub(crate) mod graph;
pub(crate) mod iam;
pub(crate) mod init;
pub(crate) mod ledger;
pub(crate) mod lint;
pub(crate) mod notify;
pub(crate) mod offline;
pub(crate) mod plan;
pub(crate) mod records;
pub(crate) mod report;
pub(crate) mod sandbox;
pub(crate) mod status;
pub(crate) mod verify;

use crate::args::{Cli, Command};
use crate::exit::{Exit, Failure};
use crate::printer::Printer;

/// Runs a command.
pub(crate) async fn run(cli: Cli, printer: &Printer) -> Result<Exit, Failure> {
    let global = &cli.global().unwrap_or_default();
    match cli.command {
        Command::Init(connected) => init::run(global, &connected.args, printer).await,
        Command::Check(check) => check::run(global, &check, printer).await,
        Command::Lint(connected) => lint::run(global, &connected.args, printer).await,
        Command::Plan(connected) => plan::run(global, &connected.args, printer).await,
        Command::Apply(connected) => Box::pin(apply::run(global, connected.args, printer)).await,
        Command::Destroy(connected) => {
            Box::pin(destroy::run(global, &connected.args, printer)).await
        }
        Command::Adopt(connected) => Box::pin(adopt::run(global, &connected.args, printer)).await,
        Command::Drift(connected) => Box::pin(drift::run(global, &connected.args, printer)).await,
        Command::Verify(connected) => Box::pin(verify::run(global, &connected.args, printer)).await,
        Command::Records(connected) => records::run(global, &connected.args, printer).await,
        Command::Report(connected) => Box::pin(report::run(global, &connected.args, printer)).await,
        Command::Status(connected) => status::run(global, &connected.args, printer).await,
        Command::Doctor(connected) => Box::pin(doctor::run(global, &connected.args, printer)).await,
        Command::Iam(args) => iam::run(&args, printer),
        Command::Graph(connected) => graph::run(global, &connected.args, printer).await,
        Command::Explain { rule } => offline::explain(&rule, printer),
        Command::Rules => Ok(offline::rules(printer)),
        Command::Schema => Ok(offline::schema(printer)),
        Command::Completions { shell } => offline::completions(shell, printer),
        Command::Man { folder } => offline::man(&folder, printer),
        Command::Ledger(command) => Box::pin(ledger::run(command, printer)).await,
        Command::Notify(command) => Box::pin(notify::run(command, printer)).await,
        Command::Sandbox(command) => sandbox::run(global, command, printer).await,
    }
}
