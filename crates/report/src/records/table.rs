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
    let mut zone = None;
    for set in &prepared.sets {
        if zone != Some(&set.zone) {
            zone = Some(&set.zone);
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
    let known = prepared.sets.iter().map(|set| set.values.len()).sum();
    let unknown = match prepared.unknown.len() {
        0 => String::new(),
        count => format!(
            ", and {} not known yet: apply asks AWS for them",
            words::grouped(count)
        ),
    };
    let text = format!("{} to publish{unknown}.", words::counted(known, "value"));
    page.line(0, &[Part(palette.strong, &text)]);
    page.finish()
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
