//! `deploy apply`: plan, confirm, carry out, look again.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use engine::{Options, Stop};
use ledger::{Event, Journal};
use model::{Ledger, Plan};
use report::escape;

use crate::args::{self, Changing, Global, Selection};
use crate::commands::plan::{Saved, show};
use crate::commands::sandbox::introduce;
use crate::commands::verify;
use crate::exit::{Exit, Failure};
use crate::interrupt;
use crate::outcome;
use crate::printer::Printer;
use crate::progress::Show;
use crate::project::{Planned, Project, Wish};

pub(crate) async fn run(
    global: &Global,
    args: args::Apply,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let saved = read_saved(&args.file)?;
    let selection = match &saved {
        Some(_) if !args.targets.is_empty() => {
            let why = "--target: a saved plan is carried out as it is; plan again with --target";
            return Err(Failure::Usage(why.to_owned()));
        }
        Some(saved) => Selection {
            manifest: saved.manifest.clone(),
            targets: saved.targets.clone(),
        },
        None => Selection {
            manifest: args.file,
            targets: args.targets,
        },
    };
    let project = Project::open(global, &selection)?;
    introduce(project.presumed.as_ref(), printer);
    let journal = project.journal().await?;
    let planned = project.plan(journal.ledger().await, Wish::All).await;
    if let Some(saved) = &saved
        && saved.plan.digest() != planned.plan.digest()
    {
        printer.note(&moved(&saved.plan, &planned.plan));
        return Ok(Exit::Refused);
    }
    show(&planned, &project, printer);
    if planned.is_refused() {
        return Ok(Exit::Refused);
    }
    if !planned.plan.is_empty()
        && !agreed(
            &args.changing,
            printer,
            "Type `yes` to apply this plan:",
            "yes",
        )?
    {
        return Ok(Exit::Refused);
    }
    let exit = carry_out(&project, &planned, &journal, &args.changing, printer).await?;
    let exit = settle(exit, &project, &journal, !args.no_verify, printer).await;
    finish(journal, project, exit, printer).await
}

/// A saved plan, when the file is one.
fn read_saved(path: &Path) -> Result<Option<Saved>, Failure> {
    #[expect(clippy::disallowed_methods, reason = "the operator names the file")]
    let Ok(text) = std::fs::read_to_string(path) else {
        return Ok(None);
    };
    if !text.trim_start().starts_with('{') || !text.contains("\"deploy_plan\"") {
        return Ok(None);
    }
    let saved: Saved = serde_json::from_str(&text).map_err(|error| {
        Failure::outside(
            &format!("could not read the saved plan {}", path.display()),
            error,
        )
    })?;
    if saved.deploy_plan != Plan::VERSION || saved.digest != saved.plan.digest() {
        return Err(Failure::Usage(format!(
            "{} is not a plan as this version saved it: plan again",
            path.display()
        )));
    }
    Ok(Some(saved))
}

/// PLAN-05: what is different now.
fn moved(saved: &Plan, now: &Plan) -> String {
    let describe = |plan: &Plan| -> BTreeSet<String> {
        let changing = plan.actions.iter().filter(|action| action.changes());
        changing
            .map(|action| format!("{} {}", report::verb(action), action.resource))
            .collect()
    };
    let (before, after) = (describe(saved), describe(now));
    let mut text =
        "Refused (PLAN-05): the world or the manifest is not as it was when the plan was saved.\n"
            .to_owned();
    some_of(&mut text, "no longer", &before, &after);
    some_of(&mut text, "new", &after, &before);
    text.push_str("Nothing was changed. Plan again, and look at what moved.");
    text
}

/// How many lines show what moved; a fleet would fill screens.
const MOVED_MAX: usize = 10;

/// The lines that only `these` have.
fn some_of(text: &mut String, what: &str, these: &BTreeSet<String>, others: &BTreeSet<String>) {
    let only: Vec<&String> = these.difference(others).collect();
    for line in only.iter().take(MOVED_MAX) {
        let _ = writeln!(text, "  {what}: {}", escape(line));
    }
    if let Some(rest) = only.len().checked_sub(MOVED_MAX).filter(|rest| *rest > 0) {
        let _ = writeln!(text, "  {what}: and {rest} more");
    }
}

/// Whether the operator agrees. Without a terminal only `--yes` does.
pub(crate) fn agreed(
    changing: &Changing,
    printer: &Printer,
    question: &str,
    answer: &str,
) -> Result<bool, Failure> {
    if changing.yes {
        return Ok(true);
    }
    match printer.confirm(question, answer) {
        Some(true) => Ok(true),
        Some(false) => {
            printer.note("Nothing was changed.");
            Ok(false)
        }
        None => Err(Failure::Usage(
            "there is no terminal to ask at: nothing was changed; --yes applies without asking"
                .to_owned(),
        )),
    }
}

/// Carries a plan out and tells how it went.
pub(crate) async fn carry_out(
    project: &Project,
    planned: &Planned,
    journal: &Journal,
    changing: &Changing,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let plan = &planned.plan;
    let accepted: BTreeSet<String> = changing.accept_risk.iter().cloned().collect();
    if let Some(unknown) = accepted
        .iter()
        .find(|rule| standards::rules::find(rule).is_none())
    {
        return Err(Failure::Usage(format!(
            "--accept-risk {unknown}: there is no such rule; `deploy rules` lists them"
        )));
    }
    record_risks(plan, journal, &accepted).await?;
    let options = Options {
        wait: changing.wait,
        accepted,
    };
    let (wish, stop) = Stop::channel();
    let interrupts = interrupt::listen(wish);
    let show = Show::new(plan, printer, project.clock);
    let report = project
        .engine
        .apply(plan, &planned.actual, journal, (&options, &show, &stop))
        .await;
    interrupts.abort();
    let report = report?;
    if stop.is_wished() {
        printer.note("Stopped by you. Nothing is lost: run apply again to go on.");
    }
    if printer.json {
        printer.value(&outcome::json(plan, &report));
    } else if !plan.is_empty() || !report.is_complete() {
        printer.note(&outcome::text(
            plan,
            &report,
            project
                .sandbox
                .as_ref()
                .map(|sandbox| sandbox.clock().speed()),
        ));
    }
    Ok(outcome::exit(&report))
}

async fn record_risks(
    plan: &Plan,
    journal: &Journal,
    accepted: &BTreeSet<String>,
) -> Result<(), Failure> {
    let domains: BTreeSet<&str> = plan
        .actions
        .iter()
        .filter(|action| action.changes())
        .map(|action| action.resource.domain.as_str())
        .collect();
    for domain in domains {
        for rule in accepted {
            journal
                .record(domain, Event::Accepted { rule: rule.clone() })
                .await?;
        }
    }
    Ok(())
}

/// Looks again and plans again: after a complete apply the plan must be empty. Then looks from
/// outside.
async fn settle(
    exit: Exit,
    project: &Project,
    journal: &Journal,
    verifies: bool,
    printer: &Printer,
) -> Exit {
    if exit != Exit::Done {
        return exit;
    }
    let again = project.plan(journal.ledger().await, Wish::All).await;
    if !again.plan.is_empty() || again.is_refused() {
        printer.note("Looked again: something is not as the manifest asks yet. Apply again.");
        printer.note(&report::plan_text(
            &again.plan,
            &again.estimate,
            &printer.note_palette(),
        ));
        return Exit::Incomplete;
    }
    if !printer.json {
        printer.note("Looked again: everything is as the manifest asks.");
    }
    if !verifies {
        return Exit::Done;
    }
    let eyes = (project.engine.outside(), verify::Closely::default());
    let checks = verify::look(project, &again, eyes, printer).await;
    if !printer.json {
        printer.note(&report::checks_text(
            &checks,
            false,
            project.clock.now(),
            &printer.note_palette(),
        ));
    }
    verify::exit(&checks)
}

/// What an enforced policy still needs, for people.
pub(crate) fn lingers(one: &blueprint::Lingering) -> String {
    let until = one.until.map_or_else(
        || "the last sender has forgotten the enforced one".to_owned(),
        |until| {
            format!(
                "{}, when the last sender has forgotten the enforced one",
                report::moment(until)
            )
        },
    );
    format!(
        "{}: the MTA-STS policy is served with `mode: none` until {until}. Run this again after that.",
        escape(&one.domain)
    )
}

/// Closes the ledger. What lingers makes the run incomplete.
pub(crate) async fn finish(
    journal: Journal,
    project: Project,
    exit: Exit,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let ledger: Ledger = project.in_scope(journal.ledger().await);
    journal.close().await?;
    let now = project.clock.now();
    let lingering = blueprint::linger(&ledger, &project.asked().await, now);
    for one in &lingering {
        printer.note(&lingers(one));
    }
    Ok(if exit == Exit::Done && !lingering.is_empty() {
        Exit::Incomplete
    } else {
        exit
    })
}
