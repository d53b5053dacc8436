//! The calls of an update, from the fields that differ: most services have one for each property.

use model::diff::Change;
use model::{Calls, Diff, Polls, Verb};

/// Fields, and the operation that brings them about.
pub(crate) type Put<'a> = (&'a [&'a str], &'a str);

/// One call of a service for each of these whose fields a difference touches.
pub(crate) fn puts(service: &str, diff: &Diff, puts: &[Put<'_>]) -> Vec<Calls> {
    let is_touched = |(fields, _): &&Put<'_>| fields.iter().any(|field| diff.touches(field));
    let touched = puts.iter().filter(is_touched);
    touched
        .map(|(_, operation)| Calls::new(service, operation, 1))
        .collect()
}

/// The calls that bring the tags of a difference about: `set` where some are given, `removed` where some
/// go.
pub(crate) fn of_tags(service: &str, diff: &Diff, set: &str, removed: &str) -> Vec<Calls> {
    let is_of_tags = |change: &&Change| change.field == "tags" || change.field.starts_with("tags.");
    let changes: Vec<&Change> = diff.changes.iter().filter(is_of_tags).collect();
    let goes = |change: &Change| change.to.as_json().is_null();
    let operations = [
        changes.iter().any(|change| !goes(change)).then_some(set),
        changes.iter().any(|change| goes(change)).then_some(removed),
    ];
    let operations = operations.into_iter().flatten();
    operations
        .map(|operation| Calls::new(service, operation, 1))
        .collect()
}

/// The polls of what SES has, `together` for all of a region: what is deleted is gone at once.
pub(crate) fn polls_of_ses(verb: Verb, together: u32) -> Polls {
    match verb {
        Verb::Delete => Polls::default(),
        _ => Polls {
            service: "ses",
            each: 0,
            together,
        },
    }
}
