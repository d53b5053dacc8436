//! Caller references: Route 53 and CloudFront take each of them once and for good, whatever became of
//! what it made (Route 53 API reference, `CreateHostedZone`; CloudFront API reference,
//! `DistributionConfig`). So a resource has a chain of them, each derived from the one before: this run
//! and every later one agree on the next, without chance or time in it.

use std::time::Duration;

/// How many references of one resource are tried.
const CHAIN_MAX: usize = 100;

/// How long what a spent reference made may take to show before it counts as gone, and how often to
/// look.
pub(crate) const YOUNG: Duration = Duration::from_secs(30);
pub(crate) const YOUNG_POLL: Duration = Duration::from_secs(3);

/// The references of a resource, the first one first.
pub(crate) fn chain(first: &str) -> impl Iterator<Item = String> {
    let next = |spent: &String| {
        let text = model::plan::sha256(format!("after {spent}").as_bytes());
        Some(text[..32].to_owned())
    };
    std::iter::successors(Some(first.to_owned()), next).take(CHAIN_MAX)
}

/// Whether `reference` is one of the chain that begins with `first`.
pub(crate) fn is_of(first: &str, reference: &str) -> bool {
    chain(first).any(|one| one == reference)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r_11_the_next_reference_derives_from_the_spent_one() {
        let all: Vec<String> = chain("0123").take(3).collect();
        assert_eq!(all[0], "0123");
        assert_ne!(all[1], all[2]);
        assert_eq!(all[1].len(), 32);
        assert!(is_of("0123", &all[2]));
        assert!(!is_of("0123", "of somebody else"));
        let later: Vec<String> = chain(&all[1]).take(2).collect();
        assert_eq!(later, all[1..]);
    }
}
