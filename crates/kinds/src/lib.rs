//! The kinds of resources, one folder each, and their registry.
//!
//! Without the feature `aws` this crate is pure: it has what can be asked for (`Spec`), what can be
//! seen (`State`) and how the two compare. With it, each folder's `aws.rs` looks and changes.
//! Adding a kind is a folder here and a line in [`pure`] and in `registry`.

pub mod acm_certificate;
mod calls;
pub mod cloudfront_distribution;
pub mod cloudfront_origin_access_control;
#[cfg(feature = "aws")]
mod context;
#[cfg(feature = "aws")]
pub mod held;
#[cfg(feature = "aws")]
pub mod owned;
pub mod published_record;
pub mod record;
mod record_impact;
#[cfg(feature = "aws")]
mod reference;
#[cfg(feature = "aws")]
mod registry;
pub mod route53_hosted_zone;
pub mod route53_record_set;
pub mod s3_bucket;
pub mod s3_bucket_policy;
pub mod s3_object;
#[cfg(feature = "aws")]
mod sdk;
pub mod ses_account;
pub mod ses_configuration_set;
pub mod ses_domain_token;
pub mod ses_identity;
pub mod ses_mail_from;
#[cfg(feature = "aws")]
mod ses_v1;
pub mod tags;
mod wildcard;
#[cfg(feature = "aws")]
mod zones;

use model::{AnyKind, Kind, KindSet, Spec, State, any_kind};

pub use acm_certificate::AcmCertificate;
pub use cloudfront_distribution::CloudfrontDistribution;
pub use cloudfront_origin_access_control::CloudfrontOriginAccessControl;
#[cfg(feature = "aws")]
pub use context::{Context, Secrets, Shared};
pub use published_record::PublishedRecord;
pub use record_impact::Purpose;
#[cfg(feature = "aws")]
pub use registry::{Actor, Actors, Changed, actors, registry};
pub use route53_hosted_zone::Route53HostedZone;
pub use route53_record_set::Route53RecordSet;
#[cfg(feature = "aws")]
pub use route53_record_set::{forget_list, resume};
pub use s3_bucket::S3Bucket;
pub use s3_bucket_policy::S3BucketPolicy;
pub use s3_object::S3Object;
pub use ses_configuration_set::SesConfigurationSet;
pub use ses_domain_token::SesDomainToken;
pub use ses_identity::SesIdentity;
pub use ses_mail_from::SesMailFrom;

fn pair<K: Kind>() -> (&'static str, &'static dyn AnyKind) {
    (K::NAME, any_kind::of::<K>())
}

/// The pure half of every kind.
pub fn pure() -> KindSet {
    KindSet::from([
        pair::<AcmCertificate>(),
        pair::<CloudfrontDistribution>(),
        pair::<CloudfrontOriginAccessControl>(),
        pair::<PublishedRecord>(),
        pair::<Route53HostedZone>(),
        pair::<Route53RecordSet>(),
        pair::<S3Bucket>(),
        pair::<S3BucketPolicy>(),
        pair::<S3Object>(),
        pair::<SesConfigurationSet>(),
        pair::<SesDomainToken>(),
        pair::<SesIdentity>(),
        pair::<SesMailFrom>(),
    ])
}

/// The record that a spec asks for, whoever publishes it: what the world should see of the resource.
pub fn record_of(spec: &Spec) -> Option<&record::Record> {
    let in_zone = spec.get::<Route53RecordSet>().map(|spec| &spec.record);
    in_zone.or_else(|| spec.get::<PublishedRecord>().map(|spec| &spec.record))
}

/// The observed properties of such a record.
pub fn record_state(state: &State) -> Option<&record::State> {
    let in_zone = state.get::<Route53RecordSet>();
    in_zone.or_else(|| state.get::<PublishedRecord>())
}
