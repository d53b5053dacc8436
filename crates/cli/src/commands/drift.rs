//! `deploy drift`: what moved without us; for schedules.

use ledger::Journal;
use notify::Item;
use reconcile::{Conclusion, Drifted, Project, Wish};

use crate::args::{Drift, Global, ResultFormat};
use crate::commands::apply::{agreed, carry_out};
use crate::commands::notify::{Telling, tell};
use crate::commands::plan::{is_blind, show_in};
use crate::exit::{Exit, Failure};
use crate::files::write_results;
use crate::open;
use crate::printer::Printer;
use crate::progress::while_reading;
use crate::run_document::{Results, RunDocument};
use crate::turn;

pub(crate) async fn run(global: &Global, args: &Drift, printer: &Printer) -> Result<Exit, Failure> {
    if writes(args) && !matches!(args.format, ResultFormat::Text | ResultFormat::Json) {
        return Err(Failure::Usage(
            "`--repair` and `--accept` print what they ask about too, as text or as JSON: `--out FILE` \
             writes the comparison in other forms"
                .to_owned(),
        ));
    }
    let mut project = open::project(global, &args.selection, printer)?;
    // What is put back or goes on record is read by itself.
    project.refresh = args.refresh || writes(args);
    let telling = Telling::begin(&project, "drift", "deploy plan", args.notifying);
    let mut results = Results::of(if args.accept {
        RunDocument::of_acceptance()
    } else {
        RunDocument::of_repair()
    });
    let ended = if writes(args) {
        let limit = args.changing.lock_timeout;
        let ended = turn::take(&project, limit, printer, async |journal| {
            if args.accept {
                return Box::pin(accept(&project, args, journal, &mut results, printer)).await;
            }
            Box::pin(repair(&project, args, journal, &mut results, printer)).await
        });
        let ended = ended.await;
        results.document.print(printer);
        ended
    } else {
        Box::pin(compare(&project, args, &mut results, printer)).await
    };
    tell(&project, &telling, ended, results.news, printer).await
}

/// Whether it changes AWS or the ledger.
fn writes(args: &Drift) -> bool {
    args.repair || args.accept
}

/// Takes what is there into the ledger as the new record, and compares again.
async fn accept(
    project: &Project,
    args: &Drift,
    journal: Journal,
    results: &mut Results,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let ledger = journal.ledger();
    if project.is_unrecorded(&ledger) {
        printer.note(UNRECORDED);
        return Ok(Exit::Failed);
    }
    let acceptance = while_reading(project, printer, project.acceptance(&ledger)).await?;
    results.document.asked_to_accept(&acceptance);
    if !printer.json {
        let palette = printer.palette();
        printer.data(&report::acceptance_text(
            &acceptance,
            printer.detail,
            &palette,
        ));
    }
    let question = ("Type `yes` to write this to the ledger:", "yes");
    let count = acceptance.accepted.len();
    if count > 0 {
        if !agreed(count, args.changing.yes, printer, question)? {
            return Ok(Exit::Refused);
        }
        reconcile::record_accepted(&journal, &acceptance).await?;
        results.document.accepted();
        printer.note(
            "It is on record as it is now. Nothing at AWS was changed; where the manifest asks for something \
             else, `deploy plan` shows it.",
        );
    }
    journal.close().await?;
    Box::pin(compare(project, args, results, printer)).await
}

/// Puts back what moved, as it was last applied, and compares again.
async fn repair(
    project: &Project,
    args: &Drift,
    journal: Journal,
    results: &mut Results,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let changing = &args.changing;
    if project.is_unrecorded(&journal.ledger()) {
        printer.note(UNRECORDED);
        return Ok(Exit::Failed);
    }
    let plan = project.plan(journal.ledger(), Wish::Recorded);
    let planned = while_reading(project, printer, plan).await?;
    if is_blind(&planned, printer) {
        return Ok(Exit::Failed);
    }
    show_in(&mut results.document, &planned, project, printer);
    if planned.is_refused_despite(&changing.accepted()) {
        results.news.add_refusal("drift", &planned.plan.findings);
        return Ok(Exit::Refused);
    }
    let question = ("Type `yes` to put this back:", "yes");
    let changes = planned.plan.changes();
    if changes > 0 && !agreed(changes, changing.yes, printer, question)? {
        return Ok(Exit::Refused);
    }
    let report = carry_out(project, &planned, &journal, changing, printer).await?;
    results.carried_out(&planned.plan, &report);
    journal.close().await?;
    if Conclusion::of_report(&report) != Conclusion::Done {
        return Ok(Conclusion::of_report(&report).into());
    }
    Box::pin(compare(project, args, results, printer)).await
}

async fn compare(
    project: &Project,
    args: &Drift,
    results: &mut Results,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let ledger = open::ledger(project, printer).await?;
    let drifting = Box::pin(reconcile::drift(project, ledger));
    let drifted = while_reading(project, printer, drifting).await?;
    let shown = report::Drifted {
        drifts: &drifted.drifts,
        live: &drifted.live,
        owned: drifted.owned,
        unapplied: &drifted.unapplied,
        foreseen: &drifted.foreseen,
        unasked: &drifted.unasked,
        fail_on: args.fail_on,
        last_read_anew: drifted.last_read_anew,
        unrecorded: drifted.unrecorded.as_deref(),
        now: project.clock.now(),
    };
    results.news.items = reconcile::drift_items(&drifted, args.fail_on, shown.now);
    let conclusion = Conclusion::of_drift(&drifted, args.fail_on, shown.now);
    let form = |format| match format {
        ResultFormat::Text => report::drift_text(&shown, printer.detail, &printer.palette()),
        ResultFormat::Json => report::json_text(&report::drift_json(&shown)),
        ResultFormat::Markdown => report::drift_markdown(&shown),
        ResultFormat::Junit => report::drift_junit(&shown),
        ResultFormat::Html => report::drift_html(&shown),
    };
    let format = args.format.or_json(printer.json);
    // To people the same is said on standard error.
    if writes(args) && format == ResultFormat::Json {
        results.document.drifted(report::drift_json(&shown));
    } else if format != ResultFormat::Text || conclusion != Conclusion::Unrecorded {
        printer.data(&form(format));
    }
    write_results(&args.out, &form)?;
    if conclusion == Conclusion::Unrecorded {
        printer.note(UNRECORDED);
        results.news.items.push(Item::failure("drift", UNRECORDED));
    }
    note(&drifted, printer);
    Ok(conclusion.into())
}

/// Says what could not be observed, and what a person has still to publish.
fn note(drifted: &Drifted, printer: &Printer) {
    for reason in &drifted.unasked {
        printer.note(&report::escape(reason));
    }
    if let Some(why) = &drifted.unrecorded {
        printer.note(&format!(
            "what this run read could not be recorded: the next one may not see a drift that only a full \
             reading shows, unless it has `--refresh`: {}",
            report::escape(why)
        ));
    }
    if !drifted.findings.is_empty() {
        printer.note(&report::findings_text(
            &drifted.findings,
            &printer.note_palette(),
        ));
    } else if drifted.awaited > 0 {
        printer.note(&format!(
            "{} records are still to be published: `deploy records --missing` lists them.",
            drifted.awaited
        ));
    }
}

/// The message where there is nothing to compare with.
const UNRECORDED: &str = "Nothing is recorded here: the ledger has none of these domains, so there is \
    nothing to compare with. If they were applied, run drift where their ledger is; if that is lost, \
    `deploy adopt --ledger` rebuilds it. If they were not, `deploy apply` is the first step.";
