//! Parts that several of our resources share, so that each goes only with its last claim.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::{Entry, Location, Origin, Spec};

use crate::Inputs;

/// The shared parts that we made.
pub(crate) fn made(inputs: Inputs<'_>) -> BTreeSet<String> {
    let entries = inputs.ledger.entries().chain(inputs.beyond.entries());
    claims(entries.filter(|entry| entry.origin == Origin::Created))
}

/// A shared part, in the account that it is in: the same name in another account is another part.
pub(crate) fn claim_at(location: Option<&Location>, claim: &str) -> String {
    let account = location
        .map(|location| location.account_id.as_str())
        .unwrap_or_default();
    format!("{account} {claim}")
}

/// The shared parts that a spec claims.
pub(crate) fn held_claims<'a>(
    location: Option<&'a Location>,
    spec: &Spec,
) -> impl Iterator<Item = String> + use<'a> {
    let claims = spec.kind().claims(spec).into_iter();
    claims.map(move |claim| claim_at(location, &claim))
}

/// The shared parts that these entries claim.
pub(crate) fn claims<'a>(entries: impl Iterator<Item = &'a Arc<Entry>>) -> BTreeSet<String> {
    entries
        .flat_map(|entry| held_claims(entry.location.as_ref(), &entry.spec))
        .collect()
}
