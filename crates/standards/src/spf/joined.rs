//! SPF-03: two terms without a space between, of which the second one is `all`.

use std::ops::Range;

use super::parse::{Located, is_term, lets_all_send};
use crate::rules;
use crate::{Edit, Finding};

/// The fault of a term that names a domain whose end is `-all`: no top label ends so.
pub(super) fn lint(one: &Located, text: &str) -> Option<Finding> {
    one.term.domain()?;
    fault(&text[one.span.clone()], one.span.start)
}

/// The fault of `word`, which stands at byte `at`, where it is a term and an `all` behind it.
pub(super) fn fault(word: &str, at: usize) -> Option<Finding> {
    let split = word.len().checked_sub(4)?;
    let (term, all) = (word.get(..split)?, word.get(split..)?);
    let is_all = all.starts_with(['+', '-', '~', '?']) && all[1..].eq_ignore_ascii_case("all");
    let term = term.trim_end_matches([',', ';']);
    if !is_all || !is_term(term) {
        return None;
    }
    let gap: Range<usize> = at + term.len()..at + split;
    let finding = Finding::new(rules::SPF_03, format!("no space stands before `{all}`"))
        .fix(format!("write a space before `{all}`"))
        .at(at + split..at + word.len());
    Some(finding.with_meant(Edit::replace(gap, " "), !lets_all_send(all)))
}
