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
