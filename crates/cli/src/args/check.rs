//! `deploy check`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Global;

/// `deploy check`.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The domain; may be repeated
    #[arg(value_name = "DOMAIN", required = true)]
    pub(crate) domains: Vec<String>,
    /// Ask the mail hosts for STARTTLS; many networks do not let port 25 out
    #[arg(long)]
    pub(crate) smtp: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t = CheckFormat::Text, conflicts_with = "json")]
    pub(crate) format: CheckFormat,
    /// With --sandbox: the manifest whose sandbox is read [default: as for other commands]
    #[arg(long, value_name = "MANIFEST")]
    pub(crate) sandbox_of: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) global: Global,
}

/// How the state of a domain is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// For a comment or a ticket
    Markdown,
    /// One page in one file
    Html,
}
