//! Whether a record stands at the one name that receivers ask for.

use crate::Finding;
use crate::dns::Name;
use crate::rules::Rule;

/// A finding of `rule` when a record of `domain` is not at `labels` under it.
pub(crate) fn check(
    rule: &'static Rule,
    labels: &str,
    owner: &Name,
    domain: &Name,
) -> Option<Finding> {
    let reason = match domain.child(labels) {
        Ok(expected) if expected == *owner => return None,
        Ok(expected) => format!("the record stands at {owner}, and receivers ask for {expected}"),
        Err(error) => error.to_string(),
    };
    Some(Finding::new(rule, reason))
}
