//! For people who type records into a provider's form. Values are never broken: they are copied.

use super::prepare::{Prepared, Set};
use crate::page::{Page, Part};
use crate::{Palette, words};

/// Longer names push their line's other columns to the right.
const NAME_COLUMNS_MAX: usize = 44;

pub(super) fn print(prepared: &Prepared, relative: bool, palette: &Palette) -> String {
    let mut page = Page::new(palette);
    let name = |set: &Set| {
        if relative {
            set.relative().to_owned()
        } else {
            set.name.as_str().to_owned()
        }
    };
    let width = prepared
        .sets
        .iter()
        .map(|set| name(set).chars().count())
        .max();
    let width = width.unwrap_or(0).clamp(4, NAME_COLUMNS_MAX);
    let mut block = None;
    for set in &prepared.sets {
        if block.is_none_or(|(round, _)| round != set.round) && prepared.rounds.len() > 1 {
            page.gap();
            heading(&mut page, prepared.after(set).as_deref());
        }
        if block != Some((set.round, &set.zone)) {
            block = Some((set.round, &set.zone));
            page.gap();
            page.line(0, &[Part(palette.strong, set.zone.as_str())]);
            let title = format!("{:<width$}  TYPE      TTL  VALUE", "NAME");
            page.line(2, &[Part(palette.faint, &title)]);
        }
        for value in &set.values {
            row(
                &mut page,
                &format!("{:<width$}", name(set)),
                set,
                &value.text(),
            );
        }
    }
    page.gap();
    for label in &prepared.unknown {
        page.folded(
            0,
            &Part(palette.change, "not known yet: "),
            &Part(palette.change, label),
        );
    }
    for note in &prepared.notes {
        page.folded(
            0,
            &Part(palette.notice, "note: "),
            &Part(palette.notice, note),
        );
    }
    page.line(0, &[Part(palette.strong, &summary(prepared))]);
    page.finish()
}

/// How much is published when.
fn summary(prepared: &Prepared) -> String {
    let count = |is_now: bool| -> usize {
        let sets = prepared.sets.iter();
        let sets = sets.filter(|set| prepared.after(set).is_none() == is_now);
        sets.map(|set| set.values.len()).sum()
    };
    let later = match count(false) {
        0 => String::new(),
        later => format!(", {} later", words::grouped(later)),
    };
    let unknown = match prepared.unknown.len() {
        0 => String::new(),
        count => format!(
            ", and {} not known yet: apply asks AWS for them",
            words::grouped(count)
        ),
    };
    format!(
        "{} to publish now{later}{unknown}.",
        words::counted(count(true), "value")
    )
}

/// The line above the records of one round.
fn heading(page: &mut Page<'_>, after: Option<&str>) {
    let style = page.palette.change;
    match after {
        None => page.line(0, &[Part(style, "Publish now")]),
        Some(after) => page.folded(0, &Part(style, "Publish after "), &Part(style, after)),
    }
}

fn row(page: &mut Page<'_>, name: &str, set: &Set, value: &str) {
    let palette = *page.palette;
    let middle = format!("  {:<5}  {:>6}", set.rtype.name(), set.ttl);
    let start = 2 + name.chars().count() + middle.chars().count() + 2;
    let fits = start + value.chars().count() <= palette.width;
    let beside = if fits {
        format!("  {value}")
    } else {
        String::new()
    };
    page.line(
        2,
        &[
            Part(palette.strong, name),
            Part(palette.notice, &middle),
            Part(anstyle::Style::new(), &beside),
        ],
    );
    if !fits {
        page.line(6, &[Part(anstyle::Style::new(), value)]);
    }
}
