//! Desired resources as text for a review: each with its location, and below it what must come
//! before it and why.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use model::{Level, Resource, Undo};

/// One resource a line, in the order of expansion, with its dependencies and preconditions.
pub(super) fn review(resources: &[Arc<Resource>]) -> String {
    let mut text = String::new();
    for resource in resources {
        let _ = writeln!(text, "{}", title(resource));
        for line in conditions(resource) {
            let _ = writeln!(text, "    {line}");
        }
    }
    text
}

/// The resources alone, without their dependencies: what a domain consists of.
pub(super) fn titles<'a>(resources: impl IntoIterator<Item = &'a Arc<Resource>>) -> String {
    let mut text = String::new();
    for resource in resources {
        let _ = writeln!(text, "{}", title(resource));
    }
    text
}

/// The difference between two sets of desired resources: those that come (`+`) or go (`-`), and of those
/// that stay each field and each condition.
pub(super) fn difference(before: &[Arc<Resource>], after: &[Arc<Resource>]) -> String {
    let find = |resources: &[Arc<Resource>], one: &Resource| {
        let found = resources.iter().find(|resource| resource.id == one.id);
        found.cloned()
    };
    let mut text = String::new();
    for old in before {
        match find(after, old) {
            None => writeln!(text, "- {}", title(old)),
            Some(new) => write!(text, "{}", changes(old, &new)),
        }
        .expect("a string takes every text");
    }
    for new in after.iter().filter(|new| find(before, new).is_none()) {
        let _ = writeln!(text, "+ {}", title(new));
    }
    text
}

/// The fields and conditions of one resource that differ, below its title; nothing if none does.
fn changes(old: &Resource, new: &Resource) -> String {
    let mut lines = Vec::new();
    if title(old) != title(new) {
        lines.push(format!("now {}", title(new)));
    }
    for change in new.spec.kind().compare(&new.spec, &old.spec).changes {
        let (from, to) = (change.from.as_json(), change.to.as_json());
        lines.push(format!("{}: {from} → {to}", change.field));
    }
    let (before, after) = (conditions(old), conditions(new));
    let gone = before.iter().filter(|line| !after.contains(line));
    lines.extend(gone.map(|line| format!("- {line}")));
    let come = after.iter().filter(|line| !before.contains(line));
    lines.extend(come.map(|line| format!("+ {line}")));
    if lines.is_empty() {
        return String::new();
    }
    let mut text = format!("~ {}\n", title(old));
    for line in lines {
        let _ = writeln!(text, "    {line}");
    }
    text
}

fn title(resource: &Resource) -> String {
    let mut text = resource.id.to_string();
    match &resource.location {
        Some(location) => {
            let _ = write!(text, " in {} {}", location.account, location.region);
        }
        None => text.push_str(" by hand"),
    }
    if resource.wait {
        text.push_str(", waited for");
    }
    text
}

/// Dependencies with one reason stand in one line. Those of the spec's references alone are left
/// out: the spec says them.
fn conditions(resource: &Resource) -> Vec<String> {
    let mut groups: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for dependency in &resource.dependencies {
        let how = match (dependency.level, dependency.undo) {
            (Level::Done, Undo::Reverse) => "done",
            (Level::Ready, Undo::Reverse) => "ready",
            (Level::Done, Undo::SameOrder) => "done, and undone first",
            (Level::Ready, Undo::SameOrder) => "ready, and undone first",
        };
        let group = groups.entry((how, &dependency.reason)).or_default();
        group.push(&dependency.resource.name);
    }
    let dependencies = groups
        .into_iter()
        .map(|((how, reason), names)| format!("after {} {how}: {reason}", names.join(", ")));
    let preconditions = resource.preconditions.iter();
    let preconditions = preconditions.map(|one| format!("if {}: {}", one.rule, one.reason));
    dependencies.chain(preconditions).collect()
}
