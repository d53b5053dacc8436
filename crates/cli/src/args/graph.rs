//! `deploy graph`.

use clap::Args;

use super::{GraphFormat, Selection};

/// `deploy graph`.
#[derive(Debug, Args)]
pub(crate) struct Graph {
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// How to print it
    #[arg(long, value_enum, default_value_t = GraphFormat::Mermaid, conflicts_with = "json")]
    pub(crate) format: GraphFormat,
}
