//! `deploy report`.

use std::path::PathBuf;

use clap::Args;

use super::Selection;

/// `deploy report`.
#[derive(Debug, Args)]
pub(crate) struct Report {
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// The folder to write: `index.html`, and a page for each domain in `domains/`
    #[arg(long, short, value_name = "FOLDER")]
    pub(crate) output: PathBuf,
}
