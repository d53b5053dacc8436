//! YAML to manifest, every finding with its file, line and column.

mod check;
mod domain;
mod files;
mod load;

mod mail;
mod manifest;
mod path;
mod position;
mod read;
pub mod regions;
mod report;
mod schema;
mod ses;
mod uploads;
mod values;
mod yaml;

pub use domain::{Avatar, Bimi, Dns, Domain, Hosting, Route53};
pub use files::{File, FileError, Files, MemoryFiles, SecretFile, glob_matches};
pub use load::load;
pub use mail::{
    Alignment, Dmarc, DmarcPolicy, MtaSts, MtaStsMode, Psd, Spf, SpfAll, TlsRpt, YesNo,
};
pub use manifest::{Account, Ledger, Manifest, Parked, Quota, S3Ledger};
pub use position::{Located, Position, Source};
pub use schema::schema;
pub use ses::{
    ByoDkim, ConfigurationSet, DeterministicDkim, Dimension, DimensionSource, Dkim, EasyDkim,
    EventDestination, EventTarget, EventType, Firehose, Instance, KeyLength, OnMxFailure,
    SuppressionReason, TlsPolicy,
};
pub use uploads::{LogoFile, MarkCertificateFile, PolicyFile, PrivateKeyFile};
pub use values::{
    AccountId, AccountName, Arn, BucketName, DimensionText, ExternalId, FailureOptions, FolderPath,
    HostName, LocalPart, Pattern, Period, ProfileName, ProjectName, QuotaName, RawRecord, Reason,
    Region, RoleName, RuleId, Selector, SesName, SessionName, SpfArgument, TagKey, TagValue,
};
