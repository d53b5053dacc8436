//! Names that AWS keeps, derived from the project and the resource, so that a repeated creation
//! finds the first.

/// The first `length` hexadecimal digits of a hash over `parts`.
pub(crate) fn token(parts: &[&str], length: usize) -> String {
    let text = model::plan::sha256(
        parts
            .join(
                "
",
            )
            .as_bytes(),
    );
    text[..length].to_owned()
}

/// A bucket's name: readable, at most 63 characters (S3 User Guide, "Bucket naming rules"), and the
/// account in its hash, so that a move to another account makes another bucket.
pub(crate) fn bucket(
    project: &str,
    account_id: &str,
    region: &str,
    domain: &str,
    purpose: &str,
) -> String {
    let hash = token(&[project, account_id, region, domain, purpose], 8);
    let readable: String = format!("{project}-{}", domain.replace('.', "-"))
        .chars()
        .take(44)
        .collect();
    format!("{}-{purpose}-{hash}", readable.trim_end_matches('-'))
}
