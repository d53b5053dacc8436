//! The rules for names of general purpose buckets.

use std::net::Ipv4Addr;

use super::error::Error;

/// Names that S3 keeps for itself.
const PREFIXES: [&str; 3] = ["xn--", "sthree-", "amzn-s3-demo-"];
const SUFFIXES: [&str; 5] = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

/// Checks the name of a bucket to be created.
pub(super) fn check(name: &str) -> Result<(), Error> {
    if is_valid(name) {
        Ok(())
    } else {
        Err(Error::new(
            400,
            "InvalidBucketName",
            "The specified bucket is not valid.",
        )
        .with("BucketName", name))
    }
}

fn is_valid(name: &str) -> bool {
    let letter_or_digit = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let edges = [name.bytes().next(), name.bytes().next_back()];
    (3..=63).contains(&name.len())
        && name
            .bytes()
            .all(|byte| letter_or_digit(byte) || byte == b'.' || byte == b'-')
        && edges.iter().all(|byte| byte.is_some_and(letter_or_digit))
        && !name.contains("..")
        && name.parse::<Ipv4Addr>().is_err()
        && !PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        && !SUFFIXES.iter().any(|suffix| name.ends_with(suffix))
}
