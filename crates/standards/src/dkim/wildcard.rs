//! A wildcard that answers for selectors nobody has made (DKIM-18).

use super::{DkimKey, PublicKey};
use crate::dns::{Name, NoAnswer, Resolver};
use crate::rules;
use crate::{Finding, Place};

/// A selector that no domain has.
const UNUSED: &str = "deploy-asks-for-a-selector-that-nobody-has._domainkey";

/// DKIM-18: `domain` has no answer for a selector that does not exist, unless the answer
/// is that the key is revoked, as domains that send no mail publish for all selectors.
pub async fn check_wildcard(
    resolver: &impl Resolver,
    domain: &Name,
) -> Result<Option<Finding>, NoAnswer> {
    // A name too long for a selector has no keys at all.
    let Ok(owner) = domain.child(UNUSED) else {
        return Ok(None);
    };
    let values = resolver.txt(&owner).await?;
    let is_revoked = |text: &str| {
        DkimKey::parse(text)
            .0
            .is_some_and(|key| key.key == PublicKey::Revoked)
    };
    let strange = values.iter().any(|value| !is_revoked(&value.text()));
    Ok(strange.then(|| {
        let reason = format!("a wildcard answers for every selector of {domain}");
        Finding::new(rules::DKIM_18, reason).in_place(Place::Live(owner.to_string()))
    }))
}
