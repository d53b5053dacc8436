//! `deploy destroy`.

use clap::Args;

use super::{Changing, Notifying, RunFormat, Selection};

/// `deploy destroy`.
#[derive(Debug, Args)]
pub(crate) struct Destroy {
    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) changing: Changing,
    /// Do not wind MTA-STS down: accepts the risk STS-O04, that senders who hold an enforced policy
    /// refuse to deliver until it expires
    #[arg(long)]
    pub(crate) now: bool,
    /// With --yes: the number of domains that are to be destroyed, where it is more than three
    #[arg(long, value_name = "N")]
    pub(crate) domains: Option<usize>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = RunFormat::Text, conflicts_with = "json")]
    pub(crate) format: RunFormat,
    #[command(flatten)]
    pub(crate) notifying: Notifying,
}
