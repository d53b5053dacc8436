//! A plan in as few lines as it takes to agree to it: by what a mail person thinks of, DNS first, what
//! several domains have in common once.

mod item;
mod layout;

pub(crate) use item::Item;
pub(crate) use layout::sections;

use std::collections::BTreeMap;

use model::Plan;

use crate::page::{Page, Part};
use crate::palette::Palette;
use crate::topic::Topic;
use crate::{alike, words};

/// Items that the same domains have in common.
pub(crate) struct Section<'p> {
    /// The domains, in the plan's order.
    pub(crate) domains: Vec<&'p str>,
    /// The items that each of them has.
    pub(crate) items: Vec<Item>,
    /// How many actions that is, in all of them.
    pub(crate) changes: usize,
}

impl Section<'_> {
    /// `example.com`, or `200 domains: a.example, b.example, …` in so many columns.
    pub(crate) fn title(&self, columns: usize) -> String {
        alike::title(&self.domains, columns)
    }
}

/// How far the items of a section are from the margin.
pub(crate) const INDENT: usize = 2;

/// The changes of a plan, section by section.
pub(crate) fn show(page: &mut Page<'_>, plan: &Plan) {
    for section in sections(plan) {
        page.gap();
        heading(page, &section);
        items(page, &section.items);
    }
}

fn heading(page: &mut Page<'_>, section: &Section<'_>) {
    let changes = match section.domains.len() {
        1 => words::counted(section.changes, "change"),
        _ => String::new(),
    };
    alike::heading(page, &section.domains, &changes);
}

/// The items, below what a mail person calls them; one alone needs no heading.
pub(crate) fn items(page: &mut Page<'_>, items: &[Item]) {
    let mut topics: BTreeMap<Topic, Vec<&Item>> = BTreeMap::new();
    for item in items {
        topics.entry(item.topic).or_default().push(item);
    }
    let is_alone = items.len() == 1;
    for (topic, items) in topics {
        if !is_alone {
            page.line(INDENT, &[Part(page.palette.notice, topic.title())]);
        }
        for item in items {
            item.show(page, INDENT + 2);
        }
    }
}

/// The sections without colours, with the sign of a `diff` in the first column where something comes,
/// goes or changes.
pub(crate) fn as_diff(section: &Section<'_>) -> String {
    let palette = Palette::plain();
    let mut page = Page::new(&palette);
    items(&mut page, &section.items);
    let text = page.finish();
    let mut diff = String::with_capacity(text.len());
    for line in text.lines() {
        let at_item = line.strip_prefix("    ").unwrap_or(line);
        let mut characters = at_item.chars();
        match characters.next() {
            Some('+' | '-') => diff.push_str(at_item),
            // A `diff` has a sign of its own for what changes.
            Some('~' | '±') => {
                diff.push('!');
                diff.push_str(characters.as_str());
            }
            Some(_) if !at_item.starts_with(' ') && line.starts_with("  ") => {
                diff.push_str("  ");
                diff.push_str(line.trim_start());
            }
            _ => diff.push_str(line),
        }
        diff.push('\n');
    }
    diff
}
