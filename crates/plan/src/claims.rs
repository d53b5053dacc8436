//! Parts that several of our resources share, so that each goes only with its last holder.

use std::collections::BTreeSet;

use model::any_kind::ShapeError;
use model::{AnyKind, Entry, Location, Origin};
use serde_json::Value;

use crate::Inputs;

/// The shared parts that we made.
pub(crate) fn made(inputs: Inputs<'_>) -> BTreeSet<String> {
    let entries = inputs.ledger.entries().chain(inputs.beyond.entries());
    claims(
        inputs,
        entries.filter(|entry| entry.origin == Origin::Created),
    )
}

/// A shared part, in the account that it is in: the same name elsewhere is another part.
pub(crate) fn claim_at(location: Option<&Location>, claim: &str) -> String {
    let account = location
        .map(|location| location.account_id.as_str())
        .unwrap_or_default();
    format!("{account} {claim}")
}

/// The shared parts that a spec holds.
pub(crate) fn held_claims(
    kind: &dyn AnyKind,
    location: Option<&Location>,
    spec: &Value,
) -> Result<Vec<String>, ShapeError> {
    Ok(kind
        .claims(spec)?
        .iter()
        .map(|claim| claim_at(location, claim))
        .collect())
}

/// The shared parts that these entries hold.
pub(crate) fn claims<'a>(
    inputs: Inputs<'_>,
    entries: impl Iterator<Item = &'a Entry>,
) -> BTreeSet<String> {
    let claims = |entry: &Entry| {
        let kind = inputs.kinds.get(entry.id.kind.as_str());
        kind.and_then(|kind| held_claims(kind.as_ref(), entry.location.as_ref(), &entry.spec).ok())
            .unwrap_or_default()
    };
    entries.flat_map(claims).collect()
}
