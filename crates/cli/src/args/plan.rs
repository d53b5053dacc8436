//! `deploy plan`.

use std::path::PathBuf;

use clap::Args;

use super::{PlanFormat, Selection};

/// `deploy plan`.
#[derive(Debug, Args)]
pub(crate) struct Plan {
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// Save the plan, for `deploy apply FILE`
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Overwrite what is there, also when it is not a saved plan
    #[arg(long, requires = "output")]
    pub(crate) force: bool,
    /// Read everything anew, also what wide reads confirm to be as the ledger has it
    #[arg(long)]
    pub(crate) refresh: bool,
    /// Exit with 3 when something would change
    #[arg(long)]
    pub(crate) exit_code: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t = PlanFormat::Text, conflicts_with = "json")]
    pub(crate) format: PlanFormat,
}
