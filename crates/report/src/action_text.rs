//! One action of a plan with `--full`, or one resource that moved, for a terminal: its title and its
//! fields. A plan without the option is in `brief`.

use model::{Action, Change, Diff, Location, MailImpact, ResourceId, Spec, Verb};
use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use crate::fields::{self, Shown};
use crate::page::{Page, Part};
use crate::value::{self, Content};
use crate::words;

/// The indentation of the fields of an action.
const FIELD_INDENT: usize = 6;
/// Longer labels push their line's other columns to the right.
const LABEL_COLUMNS_MAX: usize = 56;

/// The widths that line up the titles of one domain.
pub(crate) struct Columns {
    label: usize,
    place: usize,
}

impl Columns {
    pub(crate) fn of<'a>(
        resources: impl Iterator<Item = (&'a ResourceId, Option<&'a Location>)>,
    ) -> Self {
        let mut columns = Self { label: 0, place: 0 };
        for (id, location) in resources {
            let label = words::within_domain(id).chars().count();
            columns.label = columns.label.max(label.min(LABEL_COLUMNS_MAX));
            columns.place = columns.place.max(words::place(location).chars().count());
        }
        columns
    }

    /// `s3_bucket logs      web us-east-1  `
    pub(crate) fn cells(&self, id: &ResourceId, location: Option<&Location>) -> (String, String) {
        let label = words::within_domain(id);
        let place = words::place(location);
        (
            format!("{label:<0$}", self.label),
            format!("{place:<0$}", self.place),
        )
    }
}

/// The line with the sign. A reason that doesn't fit goes below.
pub(crate) fn title(page: &mut Page<'_>, action: &Action, columns: &Columns, reason: Option<&str>) {
    let palette = *page.palette;
    let style = palette.verb(action.verb());
    let (label, place) = columns.cells(&action.resource, action.location.as_ref());
    let width = 4 + label.chars().count() + 2 + place.trim_end().chars().count();
    // On a narrow terminal the columns don't line up.
    let label = if width > palette.width {
        label.trim_end()
    } else {
        &label
    };
    let width = 4 + label.chars().count() + 2 + place.chars().count();
    let fits = |reason: &&str| width + 2 + reason.chars().count() <= palette.width;
    let beside = reason.filter(fits).unwrap_or_default();
    let place = if beside.is_empty() {
        place.trim_end()
    } else {
        &place
    };
    page.line(
        2,
        &[
            Part(style, words::sign(action.verb())),
            Part(palette.strong, &format!(" {label}")),
            Part(palette.faint, &format!("  {place}")),
            Part(style, if beside.is_empty() { "" } else { "  " }),
            Part(style, beside),
        ],
    );
    if let Some(reason) = reason.filter(|reason| !fits(reason)) {
        page.folded(
            FIELD_INDENT,
            &Part(palette.faint, "reason: "),
            &Part(style, reason),
        );
    }
}

/// The details of an action: its changes, its effect on mail, and its conditions.
/// `before` is the spec of the step before, for a later step of one resource.
pub(crate) fn details(page: &mut Page<'_>, action: &Action, before: Option<&Spec>) {
    let palette = *page.palette;
    match (action.verb(), before) {
        (Verb::Create, None) => spec(page, &value::printed(action.spec())),
        (Verb::Delete | Verb::Forget, _) => removed(page, action),
        (_, Some(before)) if action.diff().is_empty() => {
            diff(page, &before.kind().compare(action.spec(), before));
        }
        _ => changes(page, action),
    }
    if action.impact.mail != MailImpact::None {
        let style = palette.impact(action.impact.mail, action.impact.direction);
        let text = words::impact(&action.impact);
        page.folded(
            FIELD_INDENT,
            &Part(style, "mail impact: "),
            &Part(style, &text),
        );
    }
    for precondition in action.preconditions() {
        let text = words::precondition(precondition);
        let label = Part(palette.notice, "waits until ");
        page.folded(FIELD_INDENT, &label, &Part(palette.notice, &text));
    }
}

/// The fields of something new, as many on a line as fit.
fn spec(page: &mut Page<'_>, spec: &Value) {
    let palette = *page.palette;
    let plain = anstyle::Style::new();
    let shown = fields::main(spec);
    let fields: Vec<(String, &str)> = shown
        .iter()
        .filter_map(|shown| match shown {
            Shown::Field { name, value } => {
                Some((format!("{}: ", words::field(name)), value.as_str()))
            }
            Shown::Line { .. } | Shown::Text(_) => None,
        })
        .collect();
    let items = fields
        .iter()
        .map(|(name, value)| vec![Part(palette.faint, name), Part(plain, value)])
        .collect();
    page.packed(FIELD_INDENT, &Part(plain, ""), "  ", items);
    for shown in &shown {
        match shown {
            Shown::Field { .. } => {}
            Shown::Line { label, text } => {
                page.folded(
                    FIELD_INDENT,
                    &Part(palette.faint, label),
                    &Part(plain, text),
                );
            }
            Shown::Text(text) => {
                page.line(
                    FIELD_INDENT,
                    &[Part(palette.faint, "| "), Part(plain, text)],
                );
            }
        }
    }
}

/// The removed resource: a record by its content, anything else by AWS's name for it.
fn removed(page: &mut Page<'_>, action: &Action) {
    let json = value::printed(action.spec());
    if fields::record_name(&json).is_some() {
        spec(page, &json);
    } else {
        physical(page, action);
    }
}

/// The differences; for a move to another account or region, the former place, and what is made there.
fn changes(page: &mut Page<'_>, action: &Action) {
    // The title says which resource; a person knows a record by its name and type.
    let json = value::printed(action.spec());
    if let Some(name) = fields::record_name(&json) {
        page.line(FIELD_INDENT, &[Part(page.palette.faint, &name)]);
    } else if action.verb() == Verb::Adopt {
        physical(page, action);
    }
    let before = action.entry().map(|entry| entry.location.as_ref());
    if let Some(before) = before.filter(|before| *before != action.location.as_ref()) {
        let (from, to) = (words::place(before), words::place(action.location.as_ref()));
        changed(page, "location", &from, &to);
        spec(page, &json);
    } else {
        diff(page, action.diff());
        rewritten(page, action);
    }
}

/// A short text that changes, line by line: an MTA-STS policy is worth reading before senders do.
fn rewritten(page: &mut Page<'_>, action: &Action) {
    let palette = *page.palette;
    let Some((old, new)) = rewrite(action) else {
        return;
    };
    let (Some(old), Some(new)) = (old.lines(), new.lines()) else {
        return;
    };
    for (tag, line) in lines(&old, &new) {
        let (sign, style) = match tag {
            ChangeTag::Delete => ("- ", palette.bad),
            ChangeTag::Insert => ("+ ", palette.good),
            ChangeTag::Equal => ("| ", anstyle::Style::new()),
        };
        page.line(FIELD_INDENT, &[Part(style, &format!("{sign}{line}"))]);
    }
}

/// The file that is there and the one that takes its place, where both are known.
pub(crate) fn rewrite(action: &Action) -> Option<(Content, Content)> {
    let old = value::file(&action.entry()?.spec)?;
    let new = value::file(action.spec())?;
    // What somebody else wrote over ours is known by its hash only.
    let seen = |change: &Change| change.field == "sha256" && *change.from.as_json() == old.sha256();
    action.diff().changes.iter().any(seen).then_some((old, new))
}

/// The lines of both, each with what becomes of it.
fn lines<'a>(old: &'a [&'a str], new: &'a [&'a str]) -> Vec<(ChangeTag, &'a str)> {
    let changes = TextDiff::from_slices(old, new);
    let changes = changes.iter_all_changes();
    changes
        .map(|change| (change.tag(), change.value()))
        .collect()
}

/// AWS's name for it.
fn physical(page: &mut Page<'_>, action: &Action) {
    if let Some(physical) = action.physical() {
        let label = Part(page.palette.faint, "name at AWS: ");
        let text = Part(anstyle::Style::new(), physical.as_str());
        page.folded(FIELD_INDENT, &label, &text);
    }
}

fn diff(page: &mut Page<'_>, diff: &Diff) {
    for change in &diff.changes {
        let from = value::shown(&change.field, change.from.as_json());
        let to = value::shown(&change.field, change.to.as_json());
        changed(page, &words::field(&change.field), &from, &to);
    }
}

/// `field: from → to`, on one line, or a line for each side where both don't fit.
pub(crate) fn changed(page: &mut Page<'_>, name: &str, from: &str, to: &str) {
    let palette = *page.palette;
    let label = format!("{name}: ");
    let width = |text: &str| crate::escape(text).chars().count();
    if FIELD_INDENT + width(&label) + width(from) + 3 + width(to) <= palette.width {
        page.line(
            FIELD_INDENT,
            &[
                Part(palette.faint, &label),
                Part(palette.bad, from),
                Part(palette.faint, " → "),
                Part(palette.good, to),
            ],
        );
        return;
    }
    page.folded(
        FIELD_INDENT,
        &Part(palette.faint, &label),
        &Part(palette.bad, from),
    );
    let arrow = format!("{:>1$} ", "→", width(&label) - 1);
    page.folded(
        FIELD_INDENT,
        &Part(palette.faint, &arrow),
        &Part(palette.good, to),
    );
}
