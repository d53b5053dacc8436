//! `deploy plan`: what would change, why, and what it can do to mail.

use std::path::Path;

use model::Plan;
use reconcile::{Planned, Project, SavedPlan, Wish};

use crate::args::{self, Global, PlanFormat};
use crate::commands::sandbox::introduce;
use crate::exit::{Exit, Failure};
use crate::files::read_text;
use crate::open;
use crate::outcome::grace_period;
use crate::printer::Printer;
use crate::progress::while_reading;
use crate::run_document::RunDocument;

pub(crate) async fn run(
    global: &Global,
    args: &args::Plan,
    printer: &Printer,
) -> Result<Exit, Failure> {
    if let Some(path) = &args.output {
        refuse_to_overwrite(path, args.force)?;
    }
    let mut project = open::project(global, &args.selection, printer)?;
    project.refresh = args.refresh;
    introduce(project.presumed.as_ref(), printer);
    let ledger = open::ledger(&project, printer).await?;
    let planned = while_reading(&project, printer, project.plan(ledger, Wish::All)).await?;
    if is_blind(&planned, printer) {
        return Ok(Exit::Failed);
    }
    match args.format {
        PlanFormat::Markdown => {
            printer.data(&report::plan_markdown(&planned.plan, &planned.estimate));
        }
        PlanFormat::Text | PlanFormat::Json => show(&planned, &project, printer),
    }
    if let Some(path) = &args.output {
        save(path, args, &project, &planned.plan)?;
        printer.note(&format!(
            "Saved. `deploy apply {}` carries out exactly this plan, or nothing.",
            path.display()
        ));
    }
    if planned.is_refused() {
        return Ok(Exit::Refused);
    }
    let pending = !planned.plan.is_empty();
    Ok(if args.exit_code && pending {
        Exit::Changes
    } else {
        Exit::Done
    })
}

/// Whether something could not be observed; then it is said once for each cause, and there is no plan:
/// what was not seen may be there.
pub(crate) fn is_blind(planned: &Planned, printer: &Printer) -> bool {
    let unseen = planned.unseen();
    let mut causes = Vec::new();
    for ((cause, fix), count) in &unseen {
        let others = match count - 1 {
            0 => String::new(),
            1 => " (and 1 resource more)".to_owned(),
            more => format!(" (and {more} resources more)"),
        };
        let fix = fix.map_or_else(String::new, |fix| format!("; {fix}"));
        causes.push(format!("{cause}{others} (PLAN-04){fix}"));
    }
    if !causes.is_empty() {
        let next = "Nothing was planned and nothing was changed. Next: `deploy doctor`, which names what \
                    is missing";
        printer.note(&report::failure_text(
            &causes,
            next,
            &printer.note_palette(),
        ));
    }
    !unseen.is_empty()
}

/// Shows a plan on standard output, and lint's warnings before it on standard error.
fn show(planned: &Planned, project: &Project, printer: &Printer) {
    if printer.json {
        return printer.value(&report::plan_json(&planned.plan, &planned.estimate));
    }
    let palette = printer.palette();
    printer.data(&report::plan_text(
        &planned.plan,
        &planned.estimate,
        &palette,
        printer.detail,
    ));
    for one in &planned.grace_periods {
        printer.note(&grace_period(one));
    }
    let hints = match project.findings.len() {
        _ if planned.plan.is_empty() => return,
        0 => return,
        1 => "1 finding of the manifest, which is no error".to_owned(),
        hints => format!("{hints} findings of the manifest, none of them an error"),
    };
    printer.note(&format!("{hints}: `deploy lint` shows them."));
}

/// Shows a plan that is about to be carried out: to programs in the document of the run.
pub(crate) fn show_in(
    document: &mut RunDocument,
    planned: &Planned,
    project: &Project,
    printer: &Printer,
) {
    document.planned(planned);
    if !printer.json {
        show(planned, project, printer);
    }
}

/// Refuses to overwrite what is not a saved plan: `-o` beside the name of a manifest is soon written.
fn refuse_to_overwrite(path: &Path, force: bool) -> Result<(), Failure> {
    let refused = || {
        Failure::Usage(format!(
            "{} is there and is not a saved plan: `--force` overwrites it, `-o` takes another name",
            path.display()
        ))
    };
    match path.metadata() {
        _ if force => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        // What is no regular file, such as a pipe, would not end.
        Ok(data) if data.is_file() => match read_text(path, "the file") {
            Ok(text) if SavedPlan::is_one(&text) => Ok(()),
            _ => Err(refused()),
        },
        _ => Err(refused()),
    }
}

fn save(path: &Path, args: &args::Plan, project: &Project, plan: &Plan) -> Result<(), Failure> {
    let failed = |error| {
        Failure::outside(
            &format!("could not save the plan to {}", path.display()),
            error,
        )
    };
    // It may have come to be there while the plan was made.
    refuse_to_overwrite(path, args.force)?;
    let manifest = project.file.canonicalize().map_err(failed)?;
    let subset = args.selection.which.subset();
    let saved = SavedPlan::new(manifest, subset, &project.manifest, plan);
    #[expect(clippy::disallowed_methods, reason = "the operator names the file")]
    std::fs::write(path, saved.text()?).map_err(failed)
}
