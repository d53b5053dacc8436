//! The manifest: YAML in, types and findings out, every finding with its file, line and column.
//!
//! [`load`] reads a manifest, what it includes and the files it names, through [`Files`]: this
//! crate never opens one. [`lint`] says what the manifest would do to mail, and
//! [`lint_online`] what it would do beside what is published. Both report every
//! finding and not the first. [`schema()`] is the JSON Schema for editors, made from the same types.
//!
//! ```
//! use manifest::{MemoryFiles, load};
//!
//! let files = MemoryFiles::default().with(
//!     "deploy.yaml",
//!     "project: anycompany\ndomains:\n  example.com: { dns: manual, dmrac: { p: none } }\n",
//! );
//! let (_, findings) = load("deploy.yaml", &files);
//! assert_eq!(findings[0].reason, "unknown key `dmrac`");
//! assert_eq!(findings[0].fix, "did you mean `dmarc`?");
//! ```
//!
//! | module | its part |
//! |---|---|
//! | `yaml` | text to a tree in which everything has its position |
//! | `read` | the tree to types, going on after each fault; `block!` states each key once |
//! | `values` | the values that are one piece of text, each with its parser |
//! | `manifest`, `domain`, `mail`, `ses`, `uploads`, `notify` | the blocks |
//! | `load` | includes, defaults, and all of the above together |
//! | `check` | whether the manifest can be carried out |
//! | `records`, `composed` | the records that blocks ask for, and which value each part of one is |
//! | `lint` | what these do to mail |
//! | `fix` | the edits that need no decision, made in the files |
//! | `draft` | a manifest from what a domain publishes today |

mod acceptance;
mod check;
mod composed;
mod domain;
pub mod draft;
mod files;
mod fix;
mod in_common;
mod lint;
mod load;
mod mail;
mod manifest;
mod notify;
mod path;
mod places;
mod position;
mod read;
mod records;
pub mod regions;
mod report;
mod schema;
mod ses;
mod uploads;
mod values;
mod yaml;

pub use acceptance::{Acceptance, Accepted};
pub use domain::{Avatar, Bimi, Dns, Domain, Hosting, Route53};
pub use files::{File, FileError, Files, MemoryFiles, SecretFile, glob_matches};
pub use fix::fix;
pub use lint::{ServedPolicies, accept, lint, lint_drawn, lint_online, merge_findings};
pub use load::load;
pub use mail::{
    Alignment, Dmarc, DmarcPolicy, MtaSts, MtaStsMode, Psd, Spf, SpfAll, TlsRpt, YesNo,
};
pub use manifest::{Account, Ledger, Manifest, Parked, Quota, ReportAuthorization, S3Ledger};
pub use notify::{Pagerduty, Receiver, SecretSource, Topic};
pub use position::{Located, Position, Source};
pub use records::MtaStsFault;
pub use schema::schema;
pub use ses::{
    ByoDkim, ConfigurationSet, DeterministicDkim, Dimension, DimensionSource, Dkim, EasyDkim,
    EventDestination, EventTarget, EventType, Firehose, Instance, KeyBeside, KeyLength,
    OnMxFailure, SuppressionReason, TlsPolicy,
};
pub use uploads::{LogoFile, MarkCertificateFile, PolicyFile, PrivateKeyFile};
pub use values::{
    Arn, BucketName, DimensionText, ExternalId, FailureOptions, FolderPath, HostName, KeyArn,
    LocalPart, OthersValue, Pattern, Period, ProfileName, ProjectName, QuotaName, RawRecord,
    Reason, ReceiverName, Region, RoleName, RuleId, SecretPath, Selector, SesName, SessionName,
    Shared, SpfArgument, TagKey, TagValue, TopicArn, VariableName,
};
