//! How a run ended: for people and for programs.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use engine::{ActionOutcome, Report};
use model::{ActionId, ErrorClass, KindError, Plan};
use report::{Outcome, OutcomeDetail, OutcomeWord, Unfinished, escape};

use crate::printer::Printer;

/// The result of an apply: what was done, and how everything else ended. `speed` is that of the sandbox.
pub(crate) fn text(plan: &Plan, report: &Report, speed: Option<f64>, printer: &Printer) -> String {
    let changing = || plan.actions.iter().filter(|action| action.changes());
    let is_done = |id: ActionId| report.outcomes[id] == ActionOutcome::Done;
    let mut text = format!(
        "\n{} of {} changes done in {}",
        changing().filter(|action| is_done(action.id)).count(),
        changing().count(),
        seconds(report.elapsed.as_secs_f64())
    );
    if let Some(speed) = speed.filter(|speed| *speed > 1.0) {
        let _ = write!(
            text,
            " of AWS's time; the sandbox runs {speed} times as fast"
        );
    }
    text.push_str(".\n");
    text.push_str(&report::unfinished_text(
        &unfinished(plan, report),
        printer.detail,
        &printer.note_palette(),
    ));
    text.push_str(next(report));
    text
}

/// The changes that are not done, those last that something else kept from beginning.
fn unfinished<'p>(plan: &'p Plan, report: &Report) -> Vec<Unfinished<'p>> {
    let of = |id: ActionId, what, below| Unfinished {
        domain: &plan.actions[id].resource.domain,
        what,
        below,
        request: None,
    };
    let mut all = Vec::new();
    let mut skipped: BTreeMap<ActionId, Vec<String>> = BTreeMap::new();
    for (id, outcome) in report.unfinished() {
        let name = name(plan, id);
        all.push(match outcome {
            ActionOutcome::Done => continue,
            ActionOutcome::Skipped(cause) => {
                skipped.entry(*cause).or_default().push(name);
                continue;
            }
            ActionOutcome::Failed(error) => {
                let location = plan.actions[id].location.as_ref();
                let place = location.map(|location| format!("in {location}: "));
                let place = place.unwrap_or_default();
                Unfinished {
                    request: error.request_id.clone(),
                    ..of(
                        id,
                        format!("failed: {name}"),
                        vec![format!("{place}{}", words(error))],
                    )
                }
            }
            ActionOutcome::Broken(why) => of(id, format!("failed: {name}"), vec![why.clone()]),
            ActionOutcome::Refused(rule, seen) => {
                let why = format!(
                    "{seen} ({rule}); fix it, or accept the risk with --accept-risk {rule}"
                );
                of(id, format!("refused: {name}"), vec![why])
            }
            ActionOutcome::Waiting(what) | ActionOutcome::NotYet(what) => {
                of(id, format!("waiting: {name}"), vec![format!("for {what}")])
            }
            ActionOutcome::NotBegun => of(id, format!("not begun: {name}"), Vec::new()),
        });
    }
    let skipped = skipped.into_iter().map(|(cause, names)| {
        let what = format!("skipped, because of {}:", name(plan, cause));
        of(cause, what, names)
    });
    all.extend(skipped);
    all
}

/// The next step. What is not allowed now is not allowed the next time either.
fn next(report: &Report) -> &'static str {
    let mut outcomes = report.unfinished().map(|(_, outcome)| outcome);
    let is_denied = |outcome: &ActionOutcome| matches!(outcome, ActionOutcome::Failed(error) if error.class == ErrorClass::Denied);
    match (report.is_complete(), outcomes.any(is_denied)) {
        (true, _) => "",
        (false, true) => {
            "A role lacks a permission: `deploy doctor` names it, `deploy iam` prints the policy. Grant \
             it, then run this again: it goes on from here.\n"
        }
        (false, false) => "Run this again: it goes on from here.\n",
    }
}

fn name(plan: &Plan, id: ActionId) -> String {
    let action = &plan.actions[id];
    format!(
        "{} {}",
        report::verb(action.location.is_none(), action.verb()),
        action.resource
    )
}

/// The reason of an outcome that is a failure.
pub(crate) fn why(outcome: &ActionOutcome) -> Option<String> {
    match outcome {
        ActionOutcome::Failed(error) => Some(words(error)),
        ActionOutcome::Broken(why) => Some(why.clone()),
        ActionOutcome::Refused(rule, seen) => Some(format!("{seen} ({rule})")),
        _ => None,
    }
}

/// AWS's words on a failure.
fn words(error: &KindError) -> String {
    let code = error.code.as_deref().map(|code| format!("{code}: "));
    format!(
        "{}{} ({})",
        code.unwrap_or_default(),
        error.message,
        error.operation,
    )
}

/// The same for programs: an outcome an action.
pub(crate) fn json(plan: &Plan, report: &Report) -> Vec<Outcome> {
    let one = |(id, outcome): (usize, &ActionOutcome)| {
        let action = &plan.actions[id];
        let (outcome, detail) = ending(plan, outcome.clone());
        Outcome {
            verb: action.verb(),
            resource: action.resource.clone(),
            outcome,
            detail,
        }
    };
    report.outcomes.iter().enumerate().map(one).collect()
}

fn ending(plan: &Plan, outcome: ActionOutcome) -> (OutcomeWord, Option<OutcomeDetail>) {
    match outcome {
        ActionOutcome::Done => (OutcomeWord::Done, None),
        ActionOutcome::Failed(error) => (OutcomeWord::Failed, Some(OutcomeDetail::Call(error))),
        ActionOutcome::Broken(why) => (OutcomeWord::Failed, Some(OutcomeDetail::Text(why))),
        ActionOutcome::Refused(rule, seen) => {
            let detail = OutcomeDetail::Precondition { rule, seen };
            (OutcomeWord::Refused, Some(detail))
        }
        ActionOutcome::Waiting(what) | ActionOutcome::NotYet(what) => {
            (OutcomeWord::Waiting, Some(OutcomeDetail::Text(what)))
        }
        ActionOutcome::Skipped(cause) => {
            let cause = plan.actions[cause].resource.to_string();
            (OutcomeWord::Skipped, Some(OutcomeDetail::Text(cause)))
        }
        ActionOutcome::NotBegun => (OutcomeWord::NotBegun, None),
    }
}

/// The wait that an enforced policy still asks for, for people.
pub(crate) fn grace_period(one: &blueprint::GracePeriod) -> String {
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

/// Seconds for people.
pub(crate) fn seconds(seconds: f64) -> String {
    if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{} min {:02.0} s", (seconds / 60.0).floor(), seconds % 60.0)
    }
}
