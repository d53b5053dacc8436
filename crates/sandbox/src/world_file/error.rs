//! The faults of a world file, for the person who wrote it.

use crate::dns_text::name::NameProblem;
use crate::quotas;

/// A fault of a world file.
#[derive(Debug, thiserror::Error)]
pub enum WorldFileError {
    /// It is not YAML, or not of the form.
    #[error("{0}")]
    Unreadable(String),
    /// An account's id.
    #[error("`{0}` is not an account: twelve digits in quotes")]
    Account(String),
    /// A name that is none.
    #[error("`{name}` is not a domain name")]
    Name {
        /// The text in its place.
        name: String,
        /// Why it is none.
        source: NameProblem,
    },
    /// CloudFront would not have it.
    #[error("a distribution cannot be: {0}")]
    Distribution(String),
    /// A quota that is not in the table.
    #[error("there is no quota `{0}`; the quotas are {known}", known = quota_names())]
    Quota(String),
}

fn quota_names() -> String {
    let names: Vec<&str> = quotas::TABLE.iter().map(|quota| quota.name).collect();
    names.join(", ")
}

/// The place and the reason. Below them stands the line, which belongs into no error of one line.
pub(super) fn first_line(error: &serde_yaml::Error) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}
