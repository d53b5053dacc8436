//! One YAML manifest in, working email-domain security on AWS out.

mod args;
mod commands;
mod exit;
mod expected;
mod files;
mod interrupt;
mod network;
mod printer;
mod progress;
mod project;
mod sandboxed;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Cli, Speed};
use crate::exit::{Failure, USAGE};
use crate::printer::{Printer, chain};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let printer = Printer {
        json: cli.global.json,
    };
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all();
    // With paused time, every wait costs nothing and is measured exactly.
    builder.start_paused(cli.global.sandbox && cli.global.speed == Some(Speed::Instant));
    let runtime = match builder.build() {
        Ok(runtime) => runtime,
        Err(error) => {
            printer.note(&format!("error: could not start: {error}"));
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(commands::run(cli, &printer)) {
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
