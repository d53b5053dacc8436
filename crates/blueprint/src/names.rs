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

/// How many octets the first name of a certificate may have (ACM User Guide).
pub(crate) const FIRST_NAME_MAX: usize = 64;

/// A distribution's comment, of at most 128 characters (CloudFront API reference,
/// `DistributionConfig`): it is for people, so that of a long name the beginning is enough.
pub(crate) fn comment(project: &str, domain: &str) -> String {
    let whole = format!("deploy {project} {domain}");
    whole.chars().take(128).collect()
}

/// A bucket's name: readable, at most 63 characters (S3 User Guide, "Bucket naming rules"), and the
/// account in its hash, so that a move to another account makes another bucket. `whose` is a domain, or what
/// stands for those that share it.
pub(crate) fn bucket(
    project: &str,
    account_id: &str,
    region: &str,
    whose: &str,
    purpose: &str,
) -> String {
    let hash = token(&[project, account_id, region, whose, purpose], 8);
    let readable: String = format!("{project}-{}", whose.replace(['.', '/'], "-"))
        .chars()
        .take(44)
        .collect();
    format!("{}-{purpose}-{hash}", readable.trim_end_matches('-'))
}
