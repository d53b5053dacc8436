//! Commands that need no manifest: `explain`, `rules`, `schema`, `completions`, `man`.

use std::path::Path;

use clap::CommandFactory as _;
use model::rules;

use crate::args::Cli;
use crate::completion::registration;
use crate::exit::{Exit, Failure};
use crate::printer::Printer;

pub(crate) fn explain(id: &str, printer: &Printer) -> Result<Exit, Failure> {
    let id = id.to_ascii_uppercase();
    let rule = rules::find(&id).ok_or_else(|| {
        Failure::Usage(format!(
            "there is no rule `{}`; `deploy rules` lists them",
            report::escape(&id)
        ))
    })?;
    if printer.json {
        printer.value(&report::rules_json([rule]));
    } else {
        printer.data(&report::rule_text(rule, &printer.palette()));
    }
    Ok(Exit::Done)
}

pub(crate) fn rules(printer: &Printer) -> Exit {
    if printer.json {
        printer.value(&report::rules_json(rules::all()));
    } else {
        printer.data(&report::rules_text(rules::all(), &printer.palette()));
    }
    Exit::Done
}

pub(crate) fn schema(printer: &Printer) -> Exit {
    printer.value(&manifest::schema());
    Exit::Done
}

pub(crate) fn completions(shell: clap_complete::Shell, printer: &Printer) -> Result<Exit, Failure> {
    printer.data(&registration(shell)?);
    Ok(Exit::Done)
}

/// Writes a page for the program and one for each of its commands.
pub(crate) fn man(folder: &Path, printer: &Printer) -> Result<Exit, Failure> {
    let failed = |error| Failure::outside(&format!("could not write {}", folder.display()), error);
    std::fs::create_dir_all(folder).map_err(failed)?;
    clap_mangen::generate_to(Cli::command(), folder).map_err(failed)?;
    printer.note(&format!("Wrote the manual pages to {}.", folder.display()));
    Ok(Exit::Done)
}
