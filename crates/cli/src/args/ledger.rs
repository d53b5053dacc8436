//! The command line of `deploy ledger`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::Global;

/// `deploy ledger`.
#[derive(Debug, Subcommand)]
pub(crate) enum Ledger {
    /// Make the bucket that the manifest names for the ledger
    #[command(after_help = "Example:\n  deploy ledger create deploy/team.yaml --sandbox")]
    Create(LedgerOf),
    /// Take a domain away from a run that is dead
    #[command(
        after_help = "Example:\n  deploy ledger unlock example.com --run 20261128T084500000000Z-4711-0 deploy/team.yaml"
    )]
    Unlock(Unlock),
    /// Move the ledger between the folder beside the manifest and the bucket that the manifest names
    #[command(after_help = "Example:\n  deploy ledger move --to s3 deploy/team.yaml")]
    Move(Move),
}

/// Whose ledger.
#[derive(Debug, Args)]
pub(crate) struct LedgerOf {
    /// The manifest [default: `DEPLOY_MANIFEST`, or else the nearest deploy.yaml or deploy.yml, here or in
    /// a folder above]
    #[arg(value_name = "MANIFEST")]
    pub(crate) manifest: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) global: Global,
}

/// `deploy ledger unlock`.
#[derive(Debug, Args)]
pub(crate) struct Unlock {
    /// The domain, or `shared/KIND-NAME`
    #[arg(value_name = "DOMAIN")]
    pub(crate) document: String,
    /// The run that holds it, as the message of the run that was refused names it
    #[arg(long, value_name = "ID")]
    pub(crate) run: String,
    #[command(flatten)]
    pub(crate) of: LedgerOf,
}

/// `deploy ledger move`.
#[derive(Debug, Args)]
pub(crate) struct Move {
    /// To which place
    #[arg(long, value_enum)]
    pub(crate) to: Destination,
    #[command(flatten)]
    pub(crate) of: LedgerOf,
}

/// The place to which a ledger moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Destination {
    /// The bucket
    S3,
    /// The folder
    Folder,
}

impl Ledger {
    /// The environment that it runs in.
    pub(super) fn global(&self) -> &Global {
        match self {
            Self::Create(of) | Self::Unlock(Unlock { of, .. }) | Self::Move(Move { of, .. }) => {
                &of.global
            }
        }
    }
}
