//! `deploy iam`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Selection;

/// `deploy iam`.
#[derive(Debug, Args)]
pub(crate) struct Iam {
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// The use of the role: `apply` changes things, `plan` reads, `drift` reads on a schedule
    #[arg(long = "role", value_enum, default_value_t)]
    pub(crate) role: Role,
    /// The manifest as it was before: what it had and the new one lacks may be removed too
    #[arg(long, value_name = "OLD")]
    pub(crate) with: Option<PathBuf>,
    /// The ARN of a role or user that may assume the roles, or of an account's root; may be repeated
    #[arg(long = "trust", value_name = "ARN", value_parser = principal)]
    pub(crate) principals: Vec<String>,
    /// Workflows of GitHub that act by themselves in accounts for which the manifest has no role, by the
    /// subject of their tokens: `anycompany/mail:ref:refs/heads/main`, `…:environment:NAME`,
    /// `…:pull_request`; may be repeated
    #[arg(long = "github", value_name = "OWNER/REPO:SUBJECT")]
    pub(crate) workflows: Vec<reconcile::Workflows>,
    /// How to print the policies
    #[arg(long, value_enum, default_value_t, conflicts_with = "json")]
    pub(crate) format: IamFormat,
}

/// The ways to print policies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum IamFormat {
    /// One document with the policies of all accounts
    #[default]
    Json,
    /// A configuration in Terraform's JSON syntax: for a file NAME.tf.json
    Terraform,
    /// A template for all accounts
    Cloudformation,
}

/// An ARN that a trust policy can name.
fn principal(text: &str) -> Result<String, String> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    match parts.as_slice() {
        [
            "arn",
            "aws" | "aws-cn" | "aws-eusc" | "aws-us-gov",
            "iam",
            "",
            account,
            name,
        ] if account.parse::<model::AccountId>().is_ok() && is_principal(name) => {
            Ok(text.to_owned())
        }
        _ => Err("name a role, a user or an account's root: \
                  arn:aws:iam::111111111111:role/NAME, arn:aws:iam::111111111111:root"
            .to_owned()),
    }
}

/// The name of one principal: IAM takes no stars there.
fn is_principal(name: &str) -> bool {
    let starts = ["role/", "user/"];
    let mut named = starts.iter().filter_map(|start| name.strip_prefix(start));
    name == "root" || named.any(|rest| !rest.is_empty() && !rest.contains(['*', '?']))
}

/// The use of a role.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum Role {
    /// Apply, destroy, and everything that reads.
    #[default]
    Apply,
    /// Plan, status, doctor: it changes nothing.
    Plan,
    /// Drift on a schedule: it changes nothing but its note of what it told.
    Drift,
}

impl From<Role> for reconcile::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Apply => Self::Apply,
            Role::Plan => Self::Plan,
            Role::Drift => Self::Drift,
        }
    }
}

impl Role {
    /// The word for a use that is not apply's, which the manifest's own role is for.
    pub(crate) fn apart_from_apply(self) -> Option<&'static str> {
        match self {
            Self::Apply => None,
            Self::Plan => Some("plan"),
            Self::Drift => Some("drift"),
        }
    }
}
