//! `deploy records`.

use clap::Args;
use report::RecordFormat;

use super::{Selection, values};

/// `deploy records`.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
pub(crate) struct Records {
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// How to print them
    #[arg(
        long,
        default_value = "text",
        value_name = "FORMAT",
        value_parser = values::record_format(),
        conflicts_with = "json"
    )]
    pub(crate) format: RecordFormat,
    /// Only those that public DNS does not answer yet
    #[arg(long)]
    pub(crate) missing: bool,
    /// For a provider that refuses underscores in TXT names
    #[arg(long)]
    pub(crate) no_underscore: bool,
    /// Write `amazonses:` before the tokens of SES
    #[arg(long)]
    pub(crate) amazonses_prefix: bool,
    /// For a provider that appends the domain to every name
    #[arg(long)]
    pub(crate) relative: bool,
    /// For a provider that takes one value for each TXT name
    #[arg(long)]
    pub(crate) one_value: bool,
}
