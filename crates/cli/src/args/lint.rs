//! `deploy lint`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// `deploy lint`.
#[derive(Debug, Args)]
pub(crate) struct Lint {
    /// The manifest; or a logo, a mark certificate, an MTA-STS policy or a record in a file; `-` is
    /// standard input [default: `DEPLOY_MANIFEST`, or else the nearest deploy.yaml or deploy.yml, here or
    /// in a folder above]
    #[arg(value_name = "MANIFEST|FILE")]
    pub(crate) file: Option<PathBuf>,
    /// Check this TXT value; may be repeated; `-` takes one a line from standard input
    #[arg(long = "record", value_name = "TXT", conflicts_with = "file")]
    pub(crate) records: Vec<String>,
    /// The kind of the file or the records, where their name and beginning do not say it
    #[arg(long, value_enum, value_name = "KIND")]
    pub(crate) kind: Option<LintKind>,
    /// Make the fixes that need no decision, show them, and write them back: to the manifest with
    /// its includes and policies, the policy, the logo or the file of records; records of the
    /// command line are printed
    #[arg(long, conflicts_with = "online")]
    pub(crate) fix: bool,
    /// Also check the manifest against what is published and what its accounts have; nothing is
    /// changed. With --sandbox, against the sandbox
    #[arg(long, conflicts_with = "records")]
    pub(crate) online: bool,
    /// How to print findings
    #[arg(long, value_enum, default_value_t = FindingFormat::Text, conflicts_with = "json")]
    pub(crate) format: FindingFormat,
}

/// The kinds of files and records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LintKind {
    /// An SPF record
    Spf,
    /// A DKIM key record
    Dkim,
    /// A DMARC record
    Dmarc,
    /// An MTA-STS record
    MtaStsRecord,
    /// A TLS reporting record
    TlsRpt,
    /// A BIMI record
    Bimi,
    /// An MTA-STS policy file
    MtaStsPolicy,
    /// A logo
    Logo,
    /// A mark certificate with its chain
    MarkCertificate,
}

impl From<LintKind> for standards::checker::Kind {
    fn from(kind: LintKind) -> Self {
        match kind {
            LintKind::Spf => Self::Spf,
            LintKind::Dkim => Self::DkimKey,
            LintKind::Dmarc => Self::Dmarc,
            LintKind::MtaStsRecord => Self::MtaStsRecord,
            LintKind::TlsRpt => Self::TlsRpt,
            LintKind::Bimi => Self::Bimi,
            LintKind::MtaStsPolicy => Self::MtaStsPolicy,
            LintKind::Logo => Self::Logo,
            LintKind::MarkCertificate => Self::MarkCertificate,
        }
    }
}

/// How findings are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FindingFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// SARIF 2.1.0
    Sarif,
    /// GitHub workflow annotations
    Github,
    /// JUnit XML
    Junit,
}
