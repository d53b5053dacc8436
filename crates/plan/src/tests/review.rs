//! A plan as text for a review: each action with its reason, and below it what changes, what that
//! does to mail and what it waits for.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use model::{Action, Level, MailImpact, Plan, Step};
use standards::Place;

/// One action a line, in order, and after them the findings.
pub(super) fn review(plan: &Plan) -> String {
    let mut text = String::new();
    for action in &plan.actions {
        let _ = writeln!(text, "{} {}", title(action), action.reason);
        for line in details(action) {
            let _ = writeln!(text, "     {line}");
        }
    }
    for finding in &plan.findings {
        let place = match &finding.place {
            Place::Named { name, .. } | Place::Live(name) => name.as_str(),
            _ => "",
        };
        let _ = writeln!(text, "{} {place}: {}", finding.rule, finding.reason);
    }
    text
}

fn title(action: &Action) -> String {
    let step = match &action.step {
        Step::Create(_) => "create",
        Step::Replace(_) => "replace",
        Step::Update(..) => "update",
        Step::Advance(_) => "advance",
        Step::Adopt(..) => "adopt",
        Step::Keep(..) => "keep",
        Step::RefuseChange(..) => "refuse",
        Step::Release(..) => "release",
        Step::Delete(_) => "delete",
        Step::GoAlong(_) => "go along",
        Step::Forget(_) => "forget",
        Step::RefuseRemoval(_) => "refuse removal of",
    };
    let location = action.location.as_ref();
    let location = location.map_or_else(
        || "by hand".to_owned(),
        |location| format!("{} {}", location.account, location.region),
    );
    format!("{:>2} {step} {} ({location}):", action.id, action.resource)
}

fn details(action: &Action) -> Vec<String> {
    let mut lines = Vec::new();
    for change in &action.diff().changes {
        let (from, to) = (change.from.as_json(), change.to.as_json());
        lines.push(format!("{}: {from} → {to}", change.field));
    }
    if action.impact.mail != MailImpact::None {
        lines.push(format!("{}: {}", action.impact.mail, action.impact.reason));
    }
    // Edges of one level and reason stand in one line.
    let mut edges: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    for edge in &action.after {
        let level = match edge.level {
            Level::Done => "done",
            Level::Ready => "ready",
        };
        let group = edges.entry((level, &edge.reason)).or_default();
        group.push(edge.action.to_string());
    }
    let edges = edges.into_iter().map(|((level, reason), actions)| {
        format!("after {} {level}: {reason}", actions.join(", "))
    });
    lines.extend(edges);
    let preconditions = action.preconditions().iter();
    lines.extend(preconditions.map(|one| format!("if {}: {}", one.rule, one.reason)));
    lines
}
