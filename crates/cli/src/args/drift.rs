//! `deploy drift`.

use clap::Args;
use model::FailOn;

use super::{Changing, Notifying, Out, ResultFormat, Selection};

/// `deploy drift`.
#[derive(Debug, Args)]
pub(crate) struct Drift {
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// Which foreseen events exit with 3: `error`, those that have come; `warn`, all that are told; or
    /// those that come within so many days
    #[arg(long, value_name = "error|warn|DAYS", default_value_t = FailOn::default())]
    pub(crate) fail_on: FailOn,
    /// Read everything anew, which is done once a week without it
    #[arg(long)]
    pub(crate) refresh: bool,
    /// Put back what moved, as it was last applied, after a question; never what changed in the
    /// manifest since
    #[arg(long)]
    pub(crate) repair: bool,
    /// Take what is there into the ledger as the new record, after a question, with the values that
    /// `ignore` leaves out of drift; nothing at AWS is changed
    #[arg(long, conflicts_with = "repair")]
    pub(crate) accept: bool,
    #[command(flatten)]
    pub(crate) changing: Changing,
    /// How to print it
    #[arg(long, value_enum, default_value_t = ResultFormat::Text, conflicts_with = "json")]
    pub(crate) format: ResultFormat,
    #[command(flatten)]
    pub(crate) out: Out,
    #[command(flatten)]
    pub(crate) notifying: Notifying,
}
