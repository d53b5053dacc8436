//! Commands that need no manifest: `explain`, `rules`, `schema`, `completions`.

use model::rules;

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
