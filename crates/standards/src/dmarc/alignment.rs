//! Organizational domains by the public suffix list, and alignment by them.
//!
//! Receivers that keep to RFC 9989 find the organizational domain by the tree walk of
//! [`discovery`](super::discovery); this is the answer that needs no network, and the one
//! that receivers of RFC 7489's time give.

use super::Alignment;
use crate::dns::Name;

/// The organizational domain of `domain` by the public suffix list: the suffix and one
/// label more. A public suffix itself has none.
pub fn organizational_domain_by_psl(domain: &Name) -> Option<Name> {
    let organizational = psl::domain_str(domain.as_str())?;
    Some(domain.last_labels(organizational.split('.').count()))
}

/// Whether `authenticated` is aligned with the author's domain, offline.
pub fn is_aligned_by_psl(alignment: Alignment, author: &Name, authenticated: &Name) -> bool {
    if author == authenticated {
        return true;
    }
    match alignment {
        Alignment::Strict => false,
        Alignment::Relaxed => organizational_domain_by_psl(author)
            .is_some_and(|domain| organizational_domain_by_psl(authenticated) == Some(domain)),
    }
}
