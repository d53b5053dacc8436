//! The command line of `deploy notify`, and of the commands that tell people.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Global;

/// `deploy notify`.
#[derive(Debug, Subcommand)]
pub(crate) enum Notify {
    /// Send a message that says that it is a test
    #[command(after_help = "Example:\n  deploy notify test mail-team deploy/team.yaml")]
    Test(NotifyTest),
}

/// `deploy notify test`.
#[derive(Debug, Args)]
pub(crate) struct NotifyTest {
    /// Whom, as the manifest names them under `notify`
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// The manifest [default: `DEPLOY_MANIFEST`, or else the nearest deploy.yaml or deploy.yml, here or in
    /// a folder above]
    #[arg(value_name = "MANIFEST")]
    pub(crate) manifest: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) global: Global,
}

/// How strictly people are told.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Notifying {
    /// Exit with 1 when somebody whom the manifest's `notify` names could not be told
    #[arg(long)]
    pub(crate) notify_required: bool,
}
