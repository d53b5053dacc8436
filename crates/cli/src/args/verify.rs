//! `deploy verify`.

use clap::Args;

use super::{Notifying, Out, ResultFormat, Selection};

/// `deploy verify`.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// Show what is good as well
    #[arg(long)]
    pub(crate) all: bool,
    /// Ask the mail hosts for STARTTLS; many networks do not let port 25 out
    #[arg(long)]
    pub(crate) smtp: bool,
    /// Send an empty TLS report to https addresses of reports, in both forms
    #[arg(long)]
    pub(crate) reports: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t = ResultFormat::Text, conflicts_with = "json")]
    pub(crate) format: ResultFormat,
    #[command(flatten)]
    pub(crate) out: Out,
    #[command(flatten)]
    pub(crate) notifying: Notifying,
}
