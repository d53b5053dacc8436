//! `deploy adopt`.

use std::time::Duration;

use clap::Args;

use super::{Selection, duration};

/// `deploy adopt`.
#[derive(Debug, Args)]
pub(crate) struct Adopt {
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// Rebuild the ledger: put on record again what is ours, by tags, listings and live values
    #[arg(long, required = true)]
    pub(crate) ledger: bool,
    /// Make this ours, whose origin is unknown, by the id that the command lists; may be repeated
    #[arg(long = "claim", value_name = "ID")]
    pub(crate) claims: Vec<String>,
    /// Do not ask
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// How long to wait for another run that holds what this one writes: 10m
    #[arg(long, default_value = "0s", value_parser = duration, value_name = "TIME")]
    pub(crate) lock_timeout: Duration,
}
