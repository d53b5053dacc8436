//! SES's searches for a domain and for its keys, of which some begin only when SES is told how to sign.

use super::{Dkim, State};

/// SES's word for a search that it gave up.
const FAILED: &str = "FAILED";
/// SES's word for keys that it does not search for.
const NOT_STARTED: &str = "NOT_STARTED";

/// A search that does not go on by itself, with SES's word for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Search {
    /// The search for the DKIM records.
    ForKeys(&'static str),
    /// The search for the domain itself. The two can end at different times.
    ForDomain(&'static str),
}

/// The search that begins when SES is told how to sign. It gives up after 72 hours (SES-23). A replica can't be told
/// again (SES-08).
pub(super) fn to_begin(dkim: &Dkim, seen: &State) -> Option<Search> {
    match dkim {
        Dkim::Deterministic { .. } => None,
        _ if seen.dkim_status == FAILED => Some(Search::ForKeys(FAILED)),
        Dkim::Easy { .. } if has_no_keys(seen) => Some(Search::ForKeys(NOT_STARTED)),
        _ if seen.verification == FAILED => Some(Search::ForDomain(FAILED)),
        Dkim::Easy { .. } | Dkim::Byo { .. } => None,
    }
}

/// Whether SES has made no keys: a request for a domain token makes the identity too, where others have deleted it,
/// and nothing but that (SES API v1, `VerifyDomainIdentity`).
fn has_no_keys(seen: &State) -> bool {
    seen.tokens.is_empty() && seen.dkim_status == NOT_STARTED
}
