//! `deploy apply`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;

use super::{Changing, Notifying, RunFormat, Which};

/// `deploy apply`.
#[derive(Debug, Args)]
pub(crate) struct Apply {
    /// The manifest, or a plan that was saved with `deploy plan -o` [default: `DEPLOY_MANIFEST`, or
    /// else the nearest deploy.yaml or deploy.yml, here or in a folder above]
    #[arg(value_name = "MANIFEST|PLAN")]
    pub(crate) file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) which: Which,
    #[command(flatten)]
    pub(crate) changing: Changing,
    /// Read everything anew, also what wide reads confirm to be as the ledger has it
    #[arg(long)]
    pub(crate) refresh: bool,
    /// Do not probe the live domains at the end
    #[arg(long)]
    pub(crate) no_verify: bool,
    /// Apply to so many domains first, always the same of one manifest; an apply without it goes on
    #[arg(long, value_name = "N", conflicts_with_all = ["targets", "shard", "no_verify"])]
    pub(crate) canary: Option<NonZeroUsize>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = RunFormat::Text, conflicts_with = "json")]
    pub(crate) format: RunFormat,
    #[command(flatten)]
    pub(crate) notifying: Notifying,
}
