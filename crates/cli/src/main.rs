//! One YAML manifest in, working email-domain security on AWS out.

mod args;
mod commands;
mod completion;
mod existing;
mod exit;
mod files;
mod interrupt;
mod live;
mod log;
mod manifest_file;
mod open;
mod outcome;
mod printer;
mod progress;
mod run_document;
mod signals;
mod turn;
mod variables;

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::Parser;
use model::AccountName;
use reconcile::Speed;
use report::Detail;

use crate::args::Cli;
use crate::exit::{Failure, USAGE};
use crate::printer::{Printer, chain};

/// The seed of retry jitter under virtual time.
const SEED: u64 = 11;

fn main() -> ExitCode {
    completion::answer();
    let cli = Cli::parse();
    let detail = if cli.full {
        Detail::Full
    } else {
        Detail::Brief
    };
    anstream::ColorChoice::from(cli.color).write_global();
    let printer = Printer::new(cli.is_json(), detail, &cli.log);
    if let Err(failure) = cli.log.start() {
        return fail(&failure, &printer);
    }
    if let Err(error) = interrupt::listen() {
        printer.note(&format!("error: could not listen to signals: {error}"));
        return ExitCode::FAILURE;
    }
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all();
    let is_virtual = cli
        .global()
        .is_some_and(|global| global.sandbox && global.speed == Some(Speed::Instant));
    // With paused time, every wait costs nothing and is measured exactly.
    builder.start_paused(is_virtual);
    if is_virtual {
        // The SDK draws by lot how long it waits before it repeats a call. All of it runs in this
        // thread, whose lots are then the same on every run.
        fastrand::seed(SEED);
    }
    let runtime = match builder.build() {
        Ok(runtime) => runtime,
        Err(error) => {
            printer.note(&format!("error: could not start: {error}"));
            return ExitCode::FAILURE;
        }
    };
    let ended = runtime.block_on(commands::run(cli, &printer));
    if let Some(error) = printer.failure() {
        printer.note(&format!("error: could not write the result: {error}"));
        return ExitCode::FAILURE;
    }
    match ended {
        Ok(exit) => exit.into(),
        Err(failure) => fail(&failure, &printer),
    }
}

fn fail(failure: &Failure, printer: &Printer) -> ExitCode {
    match failure {
        Failure::Manifest(findings) => {
            if !findings.is_empty() {
                printer.note(&report::findings_text(findings, &printer.note_palette()));
            }
            ExitCode::from(USAGE)
        }
        Failure::Usage(text) => {
            printer.note(&format!("error: {}", report::escape(text)));
            ExitCode::from(USAGE)
        }
        Failure::Closed(accounts) => {
            printer.note(&closed(accounts, printer));
            ExitCode::FAILURE
        }
        Failure::Outside { what, source } => {
            printer.note(&format!(
                "error: {}: {}",
                report::escape(what),
                chain(source.as_ref())
            ));
            ExitCode::FAILURE
        }
    }
}

/// The accounts that could not be entered, a line for each reason, and the next command.
fn closed(accounts: &BTreeMap<AccountName, String>, printer: &Printer) -> String {
    let mut by_reason: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (account, reason) in accounts {
        by_reason.entry(reason).or_default().push(account.as_str());
    }
    let causes = by_reason.into_iter();
    let causes: Vec<String> = causes
        .map(|(reason, accounts)| format!("cannot enter {}: {reason}", accounts.join(", ")))
        .collect();
    let next = "Nothing was planned and nothing was changed. Next: `deploy doctor`";
    report::failure_text(&causes, next, &printer.note_palette())
}
