//! `deploy destroy`: winds down and removes everything of ours, then observes and says what is left.

use std::collections::BTreeSet;
use std::path::Path;

use ledger::Journal;
use model::Verb;
use model::rules;
use reconcile::{
    Conclusion, ExistingResource, ExistingResources, Planned, Project, ThereBefore, Wish,
};
use report::escape;

use crate::args::{self, Global};
use crate::commands::apply::{agreed, carry_out};
use crate::commands::notify::{Telling, tell as tell_people};
use crate::commands::plan::{is_blind, show_in};
use crate::existing::{line, listed};
use crate::exit::{Exit, Failure};
use crate::open;
use crate::outcome::grace_period;
use crate::printer::Printer;
use crate::progress::while_reading;
use crate::run_document::{Results, RunDocument};
use crate::turn;

/// The rule of winding down.
const WIND_DOWN: &str = rules::STS_O04.id;

pub(crate) async fn run(
    global: &Global,
    args: &args::Destroy,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let project = open::project(global, &args.selection, printer)?;
    let telling = Telling::begin(&project, "destroy", "deploy destroy", args.notifying);
    let mut results = Results::of(RunDocument::of_destroy());
    let limit = args.changing.lock_timeout;
    let ended = turn::take(&project, limit, printer, async |journal| {
        Box::pin(remove(&project, args, journal, &mut results, printer)).await
    });
    let ended = ended.await;
    results.document.print(printer);
    tell_people(&project, &telling, ended, results.news, printer).await
}

/// Plans, asks, carries out and observes what is left.
async fn remove(
    project: &Project,
    args: &args::Destroy,
    journal: Journal,
    results: &mut Results,
    printer: &Printer,
) -> Result<Exit, Failure> {
    if project.is_unrecorded(&journal.ledger()) {
        return Ok(refuse_unrecorded(project, &mut results.document, printer)
            .await?
            .into());
    }
    let mut changing = args.changing.clone();
    let accepted = changing.accept_risk.iter().any(|rule| rule == WIND_DOWN);
    let wish = if args.now || accepted {
        Wish::NothingNow
    } else {
        Wish::Nothing
    };
    if args.now && !accepted {
        changing.accept_risk.push(WIND_DOWN.to_owned());
    }
    let planned = while_reading(project, printer, project.plan(journal.ledger(), wish)).await?;
    if is_blind(&planned, printer) {
        return Ok(Exit::Failed);
    }
    show_in(&mut results.document, &planned, project, printer);
    if planned.is_refused_despite(&changing.accepted()) {
        results.news.add_refusal("destroy", &planned.plan.findings);
        return Ok(Exit::Refused);
    }
    let name = project.manifest.project.as_str();
    let losing = losing(&planned);
    check_number(&losing, args)?;
    let question = format!(
        "This destroys {}. Type the project's name, `{name}`, to go on:",
        named(&losing)
    );
    let changes = planned.plan.changes();
    if changes > 0 && !agreed(changes, changing.yes, printer, (&question, name))? {
        return Ok(Exit::Refused);
    }
    let report = carry_out(project, &planned, &journal, &changing, printer).await?;
    results.carried_out(&planned.plan, &report);
    let ledger = journal.ledger();
    journal.close().await?;
    let again = while_reading(project, printer, project.plan(ledger.clone(), wish)).await?;
    let before = ThereBefore::of(&planned.plan);
    let existing = project.existing(&ledger, &before).await?;
    let conclusion = Conclusion::of_destroy(Conclusion::of_report(&report), &existing);
    results.document.left(&existing, &line);
    tell(conclusion, &existing, &again, &project.file, printer);
    Ok(conclusion.into())
}

/// The domains that something is deleted of. Resources that domains share are of none of them.
fn losing(planned: &Planned) -> BTreeSet<&str> {
    let actions = planned.plan.actions.iter();
    let deleting =
        actions.filter(|action| action.verb() == Verb::Delete && !action.resource.is_shared());
    deleting
        .map(|action| action.resource.domain.as_str())
        .collect()
}

/// So many domains can be destroyed with `--yes` alone.
const UNCOUNTED_MAX: usize = 3;

/// Without a person who reads the question, whoever wrote the command says how many domains it is about.
fn check_number(losing: &BTreeSet<&str>, args: &args::Destroy) -> Result<(), Failure> {
    let count = losing.len();
    let why = match args.domains {
        // The same command again, after it is done, destroys nothing.
        _ if count == 0 => return Ok(()),
        Some(expected) if expected != count => {
            format!("--domains {expected}: this would destroy {}", named(losing))
        }
        None if args.changing.yes && count > UNCOUNTED_MAX => format!(
            "this would destroy {}: with --yes, say so with --domains {count}",
            named(losing)
        ),
        _ => return Ok(()),
    };
    Err(Failure::Usage(why))
}

/// `2 domains (a.example, b.example)`; all of them, because this is read once and for all.
fn named(domains: &BTreeSet<&str>) -> String {
    let names: Vec<&str> = domains.iter().copied().collect();
    let plural = if names.len() == 1 { "" } else { "s" };
    format!("{} domain{plural} ({})", names.len(), names.join(", "))
}

/// Tells what is left, and why.
fn tell(
    conclusion: Conclusion,
    existing: &ExistingResources,
    again: &Planned,
    manifest: &Path,
    printer: &Printer,
) {
    for one in &again.grace_periods {
        printer.note(&grace_period(one));
    }
    let actions = again.plan.actions.iter();
    for action in actions.filter(|action| action.verb() == Verb::Delete) {
        let id = escape(&action.resource.to_string());
        printer.note(&format!("left: {id}; run destroy again"));
    }
    for one in &existing.ours {
        printer.note(&format!(
            "left: {}, which is ours and not in the ledger; `deploy adopt --ledger` records it again",
            line(one)
        ));
    }
    let title = "Left, origin unknown. The ledger does not say who made these:";
    some(printer, title, &existing.unknown);
    if let Some(first) = existing.unknown.first() {
        let manifest = manifest.display().to_string();
        let id = &first.resource;
        let claim = format!("deploy adopt --ledger --claim {id} {manifest}");
        printer.note(&format!(
            "To make one ours, name the id in parentheses. For the first of them: `{}`",
            escape(&claim)
        ));
    }
    let title = "Left, without our tags, under names that the manifest leads to:";
    some(printer, title, &existing.foreign);
    if !existing.unseen.is_empty() {
        printer.note("Something could not be observed, so nobody knows what is left:");
        let palette = printer.note_palette();
        printer.note(&report::findings_text(&existing.unseen, &palette));
    }
    match conclusion {
        Conclusion::NothingLeft => printer.note("Observed again: nothing of ours is left."),
        Conclusion::OriginUnknown => {
            printer.note("Observed again: nothing that is known to be ours is left.");
        }
        _ if existing.recorded > 0 && again.grace_periods.is_empty() => {
            let count = existing.recorded;
            printer.note(&format!("{count} resources are still in the ledger."));
        }
        _ => {}
    }
}

/// Refuses to destroy without a record of what is ours, and says what is there.
async fn refuse_unrecorded(
    project: &Project,
    document: &mut RunDocument,
    printer: &Printer,
) -> Result<Conclusion, Failure> {
    let existing = project
        .existing(&model::Ledger::default(), &ThereBefore::default())
        .await?;
    document.left(&existing, &line);
    printer.note(
        "Refused: the ledger has nothing of these domains, so nobody knows what is ours. \
         Nothing was changed.",
    );
    some(
        printer,
        "Carries our tags, or exists through what does:",
        &existing.ours,
    );
    some(
        printer,
        "Is as the manifest asks, origin unknown:",
        &existing.unknown,
    );
    some(
        printer,
        "Has a name that the manifest leads to:",
        &existing.foreign,
    );
    if !existing.unseen.is_empty() {
        let palette = printer.note_palette();
        printer.note(&report::findings_text(&existing.unseen, &palette));
    }
    if [&existing.ours, &existing.unknown, &existing.foreign]
        .iter()
        .all(|list| list.is_empty())
    {
        printer.note("Nothing was found under the names that the manifest leads to.");
    } else {
        printer.note(
            "If the ledger is elsewhere, run destroy beside it. If it is lost, rebuild it with \
             `deploy adopt --ledger`, which shows what it would write before it writes.",
        );
    }
    Ok(Conclusion::Refused)
}

fn some(printer: &Printer, title: &str, list: &[ExistingResource]) {
    if !list.is_empty() {
        printer.note(listed(title, list).trim_end());
    }
}
