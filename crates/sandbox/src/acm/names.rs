//! The names that ACM takes, and the ids that it makes up.

use sha2::{Digest, Sha256};

use super::error;
use crate::service::ServiceError;

/// ACM's own pattern, quoted in its refusals.
const DOMAIN_PATTERN: &str =
    r"(\*\.)?(((?!-)[A-Za-z0-9-]{0,62}[A-Za-z0-9])\.)+((?!-)[A-Za-z0-9-]{1,62}[A-Za-z0-9])";
const ARN_PATTERN: &str = r"arn:[\w+=/,.@-]+:acm:[\w+=/,.@-]*:[0-9]+:[\w+=,.@-]+(/[\w+=,.@-]+)*";
const TOKEN_PATTERN: &str = r"\w+";

/// The common name of an X.509 certificate ends at 64 octets (RFC 5280, ub-common-name).
const COMMON_NAME_LIMIT: usize = 64;

/// The name of a certificate, in lower case.
pub(super) fn domain_name(name: &str) -> Result<String, ServiceError> {
    if !is_domain(name) {
        let rule = format!("Member must satisfy regular expression pattern: {DOMAIN_PATTERN}");
        return Err(error::constraint(name, "domainName", &rule));
    }
    if name.len() > COMMON_NAME_LIMIT {
        return Err(error::domain_validation(
            "The first domain name can be no longer than 64 characters.",
        ));
    }
    Ok(name.to_ascii_lowercase())
}

/// The further names of a certificate, in lower case.
pub(super) fn alternative_names(names: &[String]) -> Result<Vec<String>, ServiceError> {
    if names.iter().any(|name| !is_domain(name)) {
        let rule = format!(
            "Member must satisfy constraint: [Member must have length less than or equal to 253, \
             Member must have length greater than or equal to 1, \
             Member must satisfy regular expression pattern: {DOMAIN_PATTERN}]"
        );
        let value = format!("[{}]", names.join(", "));
        return Err(error::constraint(&value, "subjectAlternativeNames", &rule));
    }
    Ok(names.iter().map(|name| name.to_ascii_lowercase()).collect())
}

fn is_domain(name: &str) -> bool {
    let rest = name.strip_prefix("*.").unwrap_or(name);
    let labels: Vec<&str> = rest.split('.').collect();
    let last_is_long = labels.last().is_some_and(|label| label.len() >= 2);
    name.len() <= 253 && labels.len() >= 2 && last_is_long && labels.into_iter().all(is_label)
}

fn is_label(label: &str) -> bool {
    let ends = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    label.len() <= 63
        && ends(label.chars().next())
        && ends(label.chars().last())
        && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

/// Checks that `arn` has the form of an ACM ARN.
pub(super) fn check_arn(arn: &str) -> Result<(), ServiceError> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let well_formed = matches!(parts.as_slice(), ["arn", partition, "acm", _, account, resource]
        if !partition.is_empty()
            && !account.is_empty()
            && account.chars().all(|c| c.is_ascii_digit())
            && !resource.is_empty()
            && resource.chars().all(|c| c.is_alphanumeric() || "_+=,.@-/".contains(c)));
    if well_formed && (20..=2048).contains(&arn.len()) {
        return Ok(());
    }
    let rule = format!("Member must satisfy regular expression pattern: {ARN_PATTERN}");
    Err(error::constraint(arn, "certificateArn", &rule))
}

/// Checks an idempotency token.
pub(super) fn check_token(token: &str) -> Result<(), ServiceError> {
    let rule = if token.is_empty() {
        "Member must have length greater than or equal to 1".to_owned()
    } else if token.chars().count() > 32 {
        "Member must have length less than or equal to 32".to_owned()
    } else if token.chars().any(|c| !c.is_alphanumeric() && c != '_') {
        format!("Member must satisfy regular expression pattern: {TOKEN_PATTERN}")
    } else {
        return Ok(());
    };
    Err(error::constraint(token, "idempotencyToken", &rule))
}

/// Bytes that depend on `parts` alone: the sandbox's only source of ids.
pub(super) fn derive(parts: &[&str]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    hasher.finalize().into()
}

/// The first `octets` of `bytes` in hexadecimal.
pub(super) fn hex(bytes: &[u8], octets: usize) -> String {
    crate::hex::hex(&bytes[..octets])
}

/// A UUID made of the first sixteen bytes.
pub(super) fn uuid(bytes: &[u8]) -> String {
    let digits = hex(bytes, 16);
    let groups = [0..8, 8..12, 12..16, 16..20, 20..32];
    groups.map(|group| digits[group].to_owned()).join("-")
}

/// Ten lower-case letters, as in the host that a validation record points to.
pub(super) fn letters(bytes: &[u8]) -> String {
    bytes
        .iter()
        .take(10)
        .map(|byte| char::from(b'a' + byte % 26))
        .collect()
}
