//! How a run ended: for people and for programs.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use engine::{ActionOutcome, Report};
use model::{ActionId, ErrorClass, KindError, Plan};
use report::{Outcome, OutcomeDetail, OutcomeWord, escape};

use crate::progress::seconds;

/// The result of an apply: what was done, and how everything else ended. `speed` is that of the sandbox.
pub(crate) fn text(plan: &Plan, report: &Report, speed: Option<f64>) -> String {
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
    let mut skipped: BTreeMap<ActionId, Vec<ActionId>> = BTreeMap::new();
    for (id, outcome) in report.unfinished() {
        match outcome {
            ActionOutcome::Skipped(cause) => skipped.entry(*cause).or_default().push(id),
            outcome => {
                let (what, why) = unfinished(&name(plan, id), outcome);
                line(&mut text, 2, &what);
                if let Some(why) = why {
                    line(&mut text, 6, &why);
                }
            }
        }
        if let ActionOutcome::Failed(error) = outcome {
            let location = plan.actions[id].location.as_ref();
            let place = location.map(|location| format!("in {location}: "));
            let place = place.unwrap_or_default();
            line(&mut text, 6, &format!("{place}{}", words(error)));
        }
    }
    for (cause, ids) in skipped {
        let because = format!("skipped, because of {}:", name(plan, cause));
        line(&mut text, 2, &because);
        for id in ids {
            line(&mut text, 6, &name(plan, id));
        }
    }
    text.push_str(next(report));
    text
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

/// Adds one line, whatever line breaks AWS's words have.
fn line(text: &mut String, indent: usize, line: &str) {
    let _ = writeln!(text, "{:indent$}{}", "", escape(line));
}

fn name(plan: &Plan, id: ActionId) -> String {
    let action = &plan.actions[id];
    format!(
        "{} {}",
        report::verb(action.location.is_none(), action.verb()),
        action.resource
    )
}

/// The end of an action that is not done, with its fix.
fn unfinished(name: &str, outcome: &ActionOutcome) -> (String, Option<String>) {
    match outcome {
        ActionOutcome::Done | ActionOutcome::Skipped(_) => (String::new(), None),
        ActionOutcome::Failed(_) => (format!("failed: {name}"), None),
        ActionOutcome::Broken(why) => (format!("failed: {name}"), Some(why.clone())),
        ActionOutcome::Refused(rule, seen) => {
            let why =
                format!("{seen} ({rule}); fix it, or accept the risk with --accept-risk {rule}");
            (format!("refused: {name}"), Some(why))
        }
        ActionOutcome::Waiting(what) => (format!("waiting: {name}"), Some(format!("for {what}"))),
        ActionOutcome::NotBegun => (format!("not begun: {name}"), None),
    }
}

/// AWS's words on a failure.
fn words(error: &KindError) -> String {
    let code = error.code.as_deref().map(|code| format!("{code}: "));
    let request = error
        .request_id
        .as_deref()
        .map(|id| format!(", request {id}"));
    format!(
        "{}{} ({}{})",
        code.unwrap_or_default(),
        error.message,
        error.operation,
        request.unwrap_or_default()
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
        ActionOutcome::Waiting(what) => (OutcomeWord::Waiting, Some(OutcomeDetail::Text(what))),
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
