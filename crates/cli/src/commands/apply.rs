//! `deploy apply`: plan, confirm, carry out, look again.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use engine::Stop;
use ledger::Journal;
use model::Plan;
use reconcile::{
    Closely, Conclusion, Moved, Planned, Project, SavedAction, SavedPlan, Settled, Subset, Wish,
};
use report::escape;
use standards::{Finding, Severity};

use crate::args::{self, Changing, Global, Selection, Which};
use crate::commands::notify::{Telling, tell};
use crate::commands::plan::{is_blind, show_in};
use crate::commands::sandbox::introduce;
use crate::commands::verify;
use crate::exit::{Exit, Failure};
use crate::interrupt;
use crate::manifest_file::find;
use crate::open;
use crate::outcome::{self, grace_period};
use crate::printer::Printer;
use crate::progress::{Show, while_reading};
use crate::run_document::{Results, RunDocument};
use crate::turn;

pub(crate) async fn run(
    global: &Global,
    args: args::Apply,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let file = find(args.file.as_deref(), printer)?;
    let saved = read_saved(&file)?;
    let selection = match &saved {
        Some(_) if args.canary.is_some() => {
            let why = "--canary: a saved plan is carried out as it is";
            return Err(Failure::Usage(why.to_owned()));
        }
        Some(_) if args.which.subset() != Subset::All => {
            let why = "a saved plan is carried out as it is: for other domains plan again, with \
                       --target or --shard";
            return Err(Failure::Usage(why.to_owned()));
        }
        Some(saved) => Selection {
            manifest: Some(saved.manifest.clone()),
            which: Which {
                targets: saved.targets.clone(),
                shard: saved.shard,
                at_once: saved.at_once,
            },
        },
        None => {
            let mut which = args.which;
            if let Some(count) = args.canary {
                which.targets = reconcile::canaries(&open::load(&file)?.manifest, count.get());
            }
            let manifest = Some(file);
            Selection { manifest, which }
        }
    };
    let mut project = open::project(global, &selection, printer)?;
    project.refresh = args.refresh;
    introduce(project.presumed.as_ref(), printer);
    let telling = Telling::begin(&project, "apply", "deploy apply", args.notifying);
    let mut results = Results::of(RunDocument::of_apply());
    let how = How {
        changing: &args.changing,
        verifies: !args.no_verify,
        saved: saved.as_ref(),
    };
    let limit = args.changing.lock_timeout;
    let ended = turn::take(&project, limit, printer, async |journal| {
        Box::pin(bring_about(&project, how, journal, &mut results, printer)).await
    });
    let ended = ended.await;
    results.document.print(printer);
    if args.canary.is_some() && ended.is_ok() {
        let names: Vec<&str> = selection.which.targets.iter().map(String::as_str).collect();
        printer.note(&format!(
            "This was for {} only. An apply without --canary goes on with the others.",
            names.join(", ")
        ));
    }
    tell(&project, &telling, ended, results.news, printer).await
}

/// The way in which an apply was asked for.
#[derive(Clone, Copy)]
struct How<'a> {
    changing: &'a Changing,
    /// Whether it ends with probes from outside.
    verifies: bool,
    /// The plan that it carries out, or refuses.
    saved: Option<&'a SavedPlan>,
}

/// Plans, asks, carries out and observes again.
async fn bring_about(
    project: &Project,
    how: How<'_>,
    journal: Journal,
    results: &mut Results,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let How {
        changing, saved, ..
    } = how;
    // Who observes from outside need not wait for AWS.
    let observing = async {
        tokio::join!(
            project.plan(journal.ledger(), Wish::All),
            reconcile::preflight(project)
        )
    };
    let (planned, seen) = while_reading(project, printer, observing).await;
    let mut planned = planned?;
    if is_blind(&planned, printer) {
        return Ok(Exit::Failed);
    }
    if let Some(saved) = saved
        && let Some(differs) = saved.moved(&project.manifest, &planned.plan)
    {
        printer.note(&moved(&differs));
        return Ok(Exit::Refused);
    }
    planned.accept(&changing.accept_risk);
    show_in(&mut results.document, &planned, project, printer);
    let accepted = changing.accepted();
    let seen = seen.concerning(project, &planned, &accepted).await;
    results.document.seen(&seen);
    let is_seen_wrong = warn(project, &seen, printer)?;
    if is_seen_wrong || planned.is_refused_despite(&accepted) {
        let findings = planned.plan.findings.iter().chain(&seen);
        results.news.add_refusal("apply", findings);
        return Ok(Exit::Refused);
    }
    let question = ("Type `yes` to apply this plan:", "yes");
    let changes = planned.plan.changes();
    if changes > 0 && !agreed(changes, changing.yes, printer, question)? {
        return Ok(Exit::Refused);
    }
    let report = carry_out(project, &planned, &journal, changing, printer).await?;
    results.carried_out(&planned.plan, &report);
    let conclusion = match Conclusion::of_report(&report) {
        Conclusion::Done => {
            let settled = settle(project, &journal, &planned.plan, how.verifies, printer).await?;
            if how.verifies && settled.is_in_sync() {
                probe(project, &settled.again, results, printer).await
            } else {
                Conclusion::of_apply(&settled)
            }
        }
        unfinished => unfinished,
    };
    finish(journal, project, conclusion, printer).await
}

/// Shows what speaks against a plan as far as it is seen from outside. Gives back whether that refuses
/// it.
fn warn(project: &Project, seen: &[Finding], printer: &Printer) -> Result<bool, Failure> {
    if seen.is_empty() {
        return Ok(false);
    }
    let seen = open::seen_from_here(&project.file, seen.to_vec())?;
    printer.note("\nSeen in public DNS, before anything is changed:\n");
    printer.note(&report::findings_text(&seen, &printer.note_palette()));
    let errors = seen.iter().filter(|one| one.severity == Severity::Error);
    let rules: BTreeSet<&str> = errors.map(|finding| &*finding.rule).collect();
    if rules.is_empty() {
        return Ok(false);
    }
    let accept: Vec<String> = rules
        .iter()
        .map(|id| format!("--accept-risk {id}"))
        .collect();
    printer.note(&format!(
        "Refused: nothing was changed. Fix it, or accept the risk with {}.",
        accept.join(" ")
    ));
    Ok(true)
}

/// A saved plan, when the file is one.
fn read_saved(path: &Path) -> Result<Option<SavedPlan>, Failure> {
    #[expect(clippy::disallowed_methods, reason = "the operator names the file")]
    let Ok(text) = std::fs::read_to_string(path) else {
        return Ok(None);
    };
    if !SavedPlan::is_one(&text) {
        return Ok(None);
    }
    let saved = SavedPlan::read(&text).map_err(|error| match error {
        reconcile::Error::Usage(why) => Failure::Usage(format!("{}: {why}", path.display())),
        other => other.into(),
    });
    saved.map(Some)
}

/// PLAN-05: what is different now.
fn moved(moved: &Moved) -> String {
    let mut text =
        "Refused (PLAN-05): the world or the manifest is not as it was when the plan was saved.\n"
            .to_owned();
    if moved.accounts {
        text.push_str("  an account has another id, role, profile or external id\n");
    }
    some_of(&mut text, "no longer", &moved.gone);
    some_of(&mut text, "new", &moved.new);
    text.push_str("Nothing was changed. Plan again, and look at what moved.");
    text
}

/// How many lines show what moved; a fleet would fill screens.
const MOVED_MAX: usize = 10;

fn some_of(text: &mut String, what: &str, actions: &[SavedAction]) {
    for action in actions.iter().take(MOVED_MAX) {
        let line = format!(
            "{} {}",
            report::verb(action.by_hand, action.verb),
            action.resource
        );
        let _ = writeln!(text, "  {what}: {}", escape(&line));
    }
    if let Some(rest) = actions
        .len()
        .checked_sub(MOVED_MAX)
        .filter(|rest| *rest > 0)
    {
        let _ = writeln!(text, "  {what}: and {rest} more");
    }
}

/// Whether the operator agrees to so many changes, or did so before by `--yes`: without a terminal
/// nobody else can.
pub(crate) fn agreed(
    changes: usize,
    is_agreed: bool,
    printer: &Printer,
    (question, answer): (&str, &str),
) -> Result<bool, Failure> {
    if is_agreed {
        return Ok(true);
    }
    interrupt::while_asking(changes);
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
) -> Result<engine::Report, Failure> {
    let plan = &planned.plan;
    let options = engine::Options {
        wait: changing.wait,
        accepted: changing.accepted(),
    };
    let (wish, stop) = Stop::channel();
    let phase = interrupt::while_carrying_out(wish);
    let show = Show::new(plan, project.schedule(plan), printer, project.clock);
    let terms = engine::Terms {
        options: &options,
        watch: &show,
        stop: &stop,
    };
    let report = reconcile::carry_out(project, planned, journal, terms).await;
    drop((phase, show));
    let report = report?;
    if stop.is_wished() {
        printer.note("Stopped by you. Nothing is lost: the same command goes on.");
    }
    if !printer.json && (!plan.is_empty() || !report.is_complete()) {
        printer.note(&outcome::text(
            plan,
            &report,
            project
                .sandbox
                .as_ref()
                .map(|sandbox| sandbox.clock().speed()),
            printer,
        ));
    }
    Ok(report)
}

/// Observes and plans again: after a complete apply the plan must be empty.
async fn settle(
    project: &Project,
    journal: &Journal,
    plan: &Plan,
    verifies: bool,
    printer: &Printer,
) -> Result<Settled, Failure> {
    let settled = {
        // AWS's own delay, and not a fault: who watches has to know what is waited for.
        let tell = |pause: Duration, longest: Duration| {
            printer.note(&format!(
                "AWS can still show what was there before this run, for up to {} minutes; \
                 observing again in {} s",
                longest.as_secs() / 60,
                pause.as_secs()
            ));
        };
        while_reading(
            project,
            printer,
            reconcile::settle(project, journal, plan, &tell),
        )
        .await?
    };
    let again = &settled.again;
    if !settled.is_in_sync() {
        let moving: Vec<&str> = reconcile::moving(plan).into_iter().collect();
        printer.note(&match Conclusion::of_apply(&settled) {
            Conclusion::Failed => {
                "Observed again: something could not be observed, so nobody knows whether \
                 everything is as the manifest asks. The findings say why."
                    .to_owned()
            }
            _ if moving.is_empty() => {
                "Observed again: something is not as the manifest asks yet. Apply again.".to_owned()
            }
            _ => format!(
                "Observed again: the hosting of {} has moved. The wildcard that answered for its names \
                 meanwhile is still there: apply again, and it goes.",
                moving.join(", ")
            ),
        });
        printer.note(&report::plan_text(
            &again.plan,
            &again.estimate,
            &printer.note_palette(),
            printer.detail,
        ));
        return Ok(settled);
    }
    if verifies {
        // Before it is said: whoever reads it and stops is told what is open from here on.
        interrupt::while_verifying();
    }
    if !printer.json {
        printer.note("Observed again: everything is as the manifest asks.");
    }
    Ok(settled)
}

/// Probes from outside what was applied.
async fn probe(
    project: &Project,
    again: &Planned,
    results: &mut Results,
    printer: &Printer,
) -> Conclusion {
    let outside = project.outside();
    let checks = verify::probe_all(project, again, outside, Closely::default(), printer).await;
    results.document.checked(&checks);
    results.news.items.extend(reconcile::check_items(&checks));
    if !printer.json {
        printer.note(&report::checks_text(
            &checks,
            false,
            printer.detail,
            project.clock.now(),
            &printer.note_palette(),
        ));
    }
    Conclusion::of_checks(&checks)
}

/// Closes the ledger. A grace period makes the run incomplete.
async fn finish(
    journal: Journal,
    project: &Project,
    conclusion: Conclusion,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let grace_periods = reconcile::grace_periods(project, &journal).await;
    journal.close().await?;
    for one in &grace_periods {
        printer.note(&grace_period(one));
    }
    let exit = Exit::from(conclusion);
    Ok(if exit == Exit::Done && !grace_periods.is_empty() {
        Exit::Incomplete
    } else {
        exit
    })
}
