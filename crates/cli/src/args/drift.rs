//! `deploy drift`.

use clap::Args;
use model::FailOn;

use super::Selection;

/// `deploy drift`.
#[derive(Debug, Args)]
pub(crate) struct Drift {
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// Which foreseen events exit with 3: `error`, those that have come; `warn`, all that are told; or
    /// those that come within so many days
    #[arg(long, value_name = "error|warn|DAYS", default_value_t = FailOn::default())]
    pub(crate) fail_on: FailOn,
}
