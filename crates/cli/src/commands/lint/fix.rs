//! `deploy lint --fix`: the edits that need no decision, shown and written.

use std::path::Path;

use clock::Clock;
use standards::checker::Kind;
use standards::{Edit, Finding, edit};

use super::STDIN;
use super::drawn::check_drawn_as;
use crate::exit::Failure;
use crate::files::replace_text;
use crate::open::{self, Change};
use crate::printer::Printer;

/// How often a file is fixed and read again: one edit can make room for another.
const ROUNDS: usize = 8;

/// Fixes the manifest at `path`, what it includes and the policy files that it names, at the
/// places of the findings, so that comments and layout stay.
pub(super) fn manifest(path: &Path, printer: &Printer) -> Result<(), Failure> {
    let changes = open::fix(path)?;
    if changes.is_empty() {
        show(&path.display().to_string(), "", "", printer);
    }
    for Change {
        name,
        file,
        old,
        new,
    } in changes
    {
        write(&file, &name, &old, &new, printer)?;
    }
    Ok(())
}

/// Fixes `old`, a policy or a logo, and returns it with the findings that are left. From standard
/// input it goes to standard output.
pub(super) fn file(
    path: &Path,
    kind: Kind,
    name: &str,
    old: &str,
    printer: &Printer,
) -> Result<(String, Vec<Finding>), Failure> {
    let now = Clock::real().now();
    let findings = |text: &str| {
        check_drawn_as(kind, name, text.as_bytes(), now)
            .map(|checked| checked.findings)
            .unwrap_or_default()
    };
    let (new, left) = to_the_end(old, findings(old), |text| Ok(findings(text)))?;
    if path == Path::new(STDIN) {
        printer.data(&new);
    } else {
        write(path, name, old, &new, printer)?;
    }
    Ok((new, left))
}

/// `text`, which has `findings`, after all sure fixes, and the findings that are left.
pub(super) fn to_the_end(
    text: &str,
    mut findings: Vec<Finding>,
    judge: impl Fn(&str) -> Result<Vec<Finding>, Failure>,
) -> Result<(String, Vec<Finding>), Failure> {
    let mut fixed = text.to_owned();
    for _ in 0..ROUNDS {
        let next = edit::apply(&fixed, edits(&findings));
        if next == fixed {
            break;
        }
        findings = judge(&next)?;
        fixed = next;
    }
    Ok((fixed, findings))
}

/// Fixes records in lines: in their file, or as data where they came by the command line.
pub(super) fn records(
    file: Option<&Path>,
    name: &str,
    old: &str,
    new: &str,
    printer: &Printer,
) -> Result<(), Failure> {
    if let Some(path) = file {
        return write(path, name, old, new, printer);
    }
    show(name, old, new, printer);
    printer.data(new);
    Ok(())
}

fn edits(findings: &[Finding]) -> impl Iterator<Item = &Edit> {
    findings.iter().filter_map(|finding| finding.edit.as_ref())
}

/// Shows the lines that change, and writes the file.
fn write(path: &Path, name: &str, old: &str, new: &str, printer: &Printer) -> Result<(), Failure> {
    show(name, old, new, printer);
    if old == new {
        return Ok(());
    }
    replace_text(path, new)
}

/// The lines that go and those that come, between what stays at both ends.
fn show(name: &str, old: &str, new: &str, printer: &Printer) {
    if old == new {
        return printer.note(&report::escape(&format!(
            "{name}: nothing to fix without a decision"
        )));
    }
    let (old, new): (Vec<&str>, Vec<&str>) = (old.split('\n').collect(), new.split('\n').collect());
    let same = |(one, other): &(&&str, &&str)| one == other;
    let head = old.iter().zip(&new).take_while(same).count();
    let longest = old.len().min(new.len()) - head;
    let ends = old.iter().rev().zip(new.iter().rev());
    let tail = ends.take_while(same).count().min(longest);
    printer.note(&report::escape(&format!("{name}: fixed")));
    let lines = |sign: char, lines: &[&str]| {
        for line in lines {
            printer.note(&report::escape(&format!("{sign} {}", line.trim_end())));
        }
    };
    lines('-', &old[head..old.len() - tail]);
    lines('+', &new[head..new.len() - tail]);
}
