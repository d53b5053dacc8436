//! CloudFront's ids: made up, but always the same for the same thing.

use sha2::{Digest, Sha256};

const UPPER: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";

fn letters(parts: &[&str], alphabet: &[u8], length: usize) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    let digest = hasher.finalize();
    digest
        .iter()
        .take(length)
        .map(|byte| char::from(alphabet[usize::from(*byte) % alphabet.len()]))
        .collect()
}

/// The id of a distribution or an origin access control: `E` and thirteen more.
pub(super) fn resource(parts: &[&str]) -> String {
    format!("E{}", letters(parts, UPPER, 13))
}

/// The id of an invalidation: `I` and thirteen more.
pub(super) fn invalidation(parts: &[&str]) -> String {
    format!("I{}", letters(parts, UPPER, 13))
}

/// The version of a resource, which looks like an id.
pub(super) fn etag(id: &str, revision: u64) -> String {
    format!(
        "E{}",
        letters(&["etag", id, &revision.to_string()], UPPER, 13)
    )
}

/// `d111111abcdef8.cloudfront.net`
pub(super) fn domain_name(id: &str) -> String {
    format!("d{}.cloudfront.net", letters(&["domain", id], LOWER, 13))
}

/// Whether a text looks like a version at all.
pub(super) fn is_etag(text: &str) -> bool {
    text.starts_with('E') && text.len() > 1 && text.bytes().all(|byte| UPPER.contains(&byte))
}
