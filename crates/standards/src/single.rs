//! The one record of a kind among the TXT values at a name.

use crate::dns::{Name, Txt};
use crate::rules::Rule;
use crate::{Finding, Place};

/// The value at `owner` that `is_ours`; several count as none and are a finding of `rule`.
pub(crate) fn among<'a>(
    owner: &Name,
    values: &'a [Txt],
    is_ours: impl Fn(&str) -> bool,
    rule: &'static Rule,
) -> (Option<&'a Txt>, Option<Finding>) {
    let mut ours = values.iter().filter(|value| is_ours(&value.text()));
    match (ours.next(), ours.count()) {
        (Some(_), more @ 1..) => {
            let reason = format!(
                "{owner} has {} such records, and receivers take none of them",
                more + 1
            );
            let place = Place::Live(owner.to_string());
            (None, Some(Finding::new(rule, reason).in_place(place)))
        }
        (one, _) => (one, None),
    }
}

/// The value of [`among`], read by `parse`.
pub(crate) fn read<T>(
    owner: &Name,
    values: &[Txt],
    is_ours: impl Fn(&str) -> bool,
    rule: &'static Rule,
    parse: impl FnOnce(&str) -> (Option<T>, Vec<Finding>),
) -> (Option<T>, Vec<Finding>) {
    let (value, several) = among(owner, values, &is_ours, rule);
    let mut findings = Vec::from_iter(several);
    if value.is_none() && findings.is_empty() {
        // A record that only its indentation makes nobody's: the domain's owner takes it for
        // one, and has to hear why receivers do not.
        let mut texts = values.iter().map(Txt::text);
        if let Some(overlooked) = texts.find(|text| is_ours(text.trim_start())) {
            findings = parse(&overlooked).1;
        }
        return (None, findings);
    }
    let record = value.and_then(|value| {
        let (record, more) = parse(&value.text());
        findings.extend(more);
        record
    });
    (record, findings)
}
