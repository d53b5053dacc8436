//! `deploy init`.

use std::path::PathBuf;

use clap::Args;
use model::AccountId;

/// `deploy init`.
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// The domain; several go into one manifest
    #[arg(value_name = "DOMAIN", required = true)]
    pub(crate) domains: Vec<String>,
    /// Write the manifest here, and the logo and the mark certificate that it names beside it;
    /// by default it is printed
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Overwrite what is there
    #[arg(long, requires = "output")]
    pub(crate) force: bool,
    /// The id of the account that everything is in; without it, lint names the line to complete
    #[arg(long, value_name = "ID")]
    pub(crate) account: Option<AccountId>,
    /// With --sandbox: the manifest whose sandbox is probed [default: as for other commands]
    #[arg(long, value_name = "MANIFEST")]
    pub(crate) sandbox_of: Option<PathBuf>,
}
