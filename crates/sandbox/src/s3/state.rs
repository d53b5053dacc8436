//! The state of S3: buckets, their settings, and every version of their objects.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use s3s::dto::BucketLifecycleConfiguration;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::{self, Error};
use crate::bodies::{Algorithm, Body, Checksum};
use crate::hex::hex;

/// The buckets of every account: their names are global.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct State {
    /// By name.
    pub buckets: BTreeMap<String, Bucket>,
    /// Services and the KMS keys whose policies let them decrypt: `cloudfront.amazonaws.com arn:…`.
    #[serde(rename = "~key_users", default)]
    pub key_users: BTreeSet<String>,
    /// Whether a call that sets a bucket's tags has to name AWS's own as they are. Since September 2018 some
    /// were answered so (cloud-custodian issue 2834, terraform-provider-aws issue 7323).
    #[serde(rename = "~system_tags_required", default)]
    pub system_tags_required: bool,
    /// How many ids have been given out, so that no two are the same.
    #[serde(rename = "~ids", default)]
    pub(super) ids: u64,
}

/// A bucket, its settings and what it holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Bucket {
    /// The account that it belongs to.
    pub owner: String,
    /// Its region.
    pub region: String,
    /// The `LocationConstraint` that it was created with, where that is not its region: `EU`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// When it was created.
    pub created: Timestamp,
    /// `None` until versioning is enabled for the first time.
    pub versioning: Option<Versioning>,
    /// `None` once the ownership controls are deleted, which means `ObjectWriter`.
    pub ownership: Option<Ownership>,
    /// `None` once the block is deleted, which blocks nothing.
    pub public_access_block: Option<PublicAccessBlock>,
    /// The default encryption of new objects.
    pub encryption: Encryption,
    /// The bucket policy, in the form in which S3 gives it back.
    pub policy: Option<String>,
    /// The lifecycle rules.
    pub lifecycle: Option<Lifecycle>,
    /// The destination of access logs.
    pub logging: Option<Logging>,
    /// The bucket's tags; `None` where there is no tag set.
    pub tags: Option<BTreeMap<String, String>>,
    /// Grants beyond the owner's own full control.
    pub grants: Vec<Grant>,
    /// The versions of each key, oldest first: the last is the current one.
    pub objects: BTreeMap<String, Vec<Version>>,
    /// When keys were written or deleted in the last minute.
    #[serde(rename = "~changes", default)]
    pub(super) changes: BTreeMap<String, Timestamp>,
    /// Uploads in parts that are not complete, by upload id.
    pub uploads: BTreeMap<String, Upload>,
}

/// Whether new versions are kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Versioning {
    /// Every write makes a version.
    Enabled,
    /// Writes replace the version `null`; the others stay.
    Suspended,
}

/// The ownership of objects, and with it whether ACLs count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ownership {
    /// ACLs are off.
    BucketOwnerEnforced,
    /// The bucket's owner owns what is written with `bucket-owner-full-control`.
    BucketOwnerPreferred,
    /// The writer of an object owns it.
    ObjectWriter,
}

/// The four switches of S3 Block Public Access, at the bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "AWS has these four independent switches"
)]
pub struct PublicAccessBlock {
    /// Refuses new public ACLs.
    pub block_public_acls: bool,
    /// Ignores public ACLs.
    pub ignore_public_acls: bool,
    /// Refuses public policies.
    pub block_public_policy: bool,
    /// Keeps other accounts and anonymous callers out even where a policy is public.
    pub restrict_public_buckets: bool,
}

/// How objects are encrypted at rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Encryption {
    /// `AES256`, `aws:kms` or `aws:kms:dsse`.
    pub algorithm: String,
    /// The KMS key.
    pub key: Option<String>,
    /// Whether a bucket key saves calls to KMS.
    pub bucket_key: bool,
}

/// Lifecycle rules, and the size below which objects are not moved.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Lifecycle {
    /// The rules as AWS shapes them.
    pub configuration: BucketLifecycleConfiguration,
    /// `all_storage_classes_128K` or `varies_by_storage_class`.
    pub minimum_size: String,
}

/// The destination of a bucket's access logs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logging {
    /// The bucket that receives them.
    pub bucket: String,
    /// The prefix of their keys.
    pub prefix: String,
    /// `None` for simple keys; `EventTime` or `DeliveryTime` for keys by date.
    pub partition: Option<String>,
}

/// One grant of an ACL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// A canonical user id, or the URI of a group.
    pub grantee: String,
    /// `READ`, `WRITE`, `READ_ACP`, `WRITE_ACP` or `FULL_CONTROL`.
    pub permission: String,
}

/// A version of an object, or the marker of its deletion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Version {
    /// `null` where the bucket was not versioned at the time.
    pub id: String,
    /// When it was written.
    pub modified: Timestamp,
    /// `None` for a delete marker.
    pub object: Option<Object>,
}

/// An object's bytes and everything that comes back with them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Object {
    /// The bytes.
    pub body: Body,
    /// Without its quotes.
    pub etag: String,
    /// `content-type`, `cache-control` and the other headers that are stored, in lower case.
    pub headers: BTreeMap<String, String>,
    /// User metadata, without `x-amz-meta-`.
    pub metadata: BTreeMap<String, String>,
    /// The checksum that the client sent, or the CRC-64 that S3 computed.
    pub checksum: Option<Checksum>,
    /// Set for objects that came in parts: the checksum is one of the parts' checksums.
    pub composite: bool,
    /// How it is encrypted at rest.
    pub encryption: Option<Encryption>,
    /// `STANDARD` unless it was put otherwise.
    pub storage_class: String,
    /// The object's tags.
    pub tags: BTreeMap<String, String>,
    /// The sizes of its parts, if it came in parts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<u64>,
}

impl Object {
    /// Whether it is in an archive, and has to be restored before it can be read.
    pub fn is_archived(&self) -> bool {
        ["GLACIER", "DEEP_ARCHIVE"].contains(&self.storage_class.as_str())
    }

    /// The media type; S3 gives `binary/octet-stream` to objects that were put without one.
    pub fn content_type(&self) -> &str {
        let found = self.headers.get("content-type");
        found.map_or("binary/octet-stream", String::as_str)
    }
}

/// An upload in parts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Upload {
    /// Its future key.
    pub key: String,
    /// When it was begun.
    pub begun: Timestamp,
    /// The object to be, without its bytes.
    pub object: Object,
    /// The checksum algorithm that was asked for.
    pub algorithm: Option<Algorithm>,
    /// Whether its key was written or deleted since it was begun.
    #[serde(default)]
    pub overtaken: bool,
    /// By part number.
    pub parts: BTreeMap<i32, UploadPart>,
}

/// One part of an upload.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UploadPart {
    /// The bytes.
    pub body: Body,
    /// Without its quotes.
    pub etag: String,
    /// The checksum that the client sent with it.
    pub checksum: Option<Checksum>,
    /// When it came.
    pub modified: Timestamp,
}

impl State {
    /// The bucket of this name.
    pub fn bucket(&self, name: &str) -> Result<&Bucket, Error> {
        let found = self.buckets.get(name);
        found.ok_or_else(|| error::no_such_bucket(name))
    }

    pub(super) fn bucket_mut(&mut self, name: &str) -> Result<&mut Bucket, Error> {
        let found = self.buckets.get_mut(name);
        found.ok_or_else(|| error::no_such_bucket(name))
    }

    /// A new id of 32 characters, the same in every run that does the same.
    pub(super) fn new_id(&mut self, purpose: &str) -> String {
        use base64::Engine;
        self.ids += 1;
        let digest = Sha256::digest(format!("s3/{purpose}/{}", self.ids));
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&digest[..24])
    }

    /// Says in which folder the files of large objects are.
    pub(crate) fn attach(&mut self, folder: &std::path::Path) {
        for bucket in self.buckets.values_mut() {
            let versions = bucket.objects.values_mut().flatten();
            let objects = versions.filter_map(|version| version.object.as_mut());
            let parts = bucket.uploads.values_mut();
            let parts = parts.flat_map(|upload| upload.parts.values_mut());
            let bodies = objects.map(|object| &mut object.body);
            for body in bodies.chain(parts.map(|part| &mut part.body)) {
                body.attach(folder);
            }
        }
    }

    /// The names of the files that hold the bytes of objects and of parts.
    pub(crate) fn files(&self) -> std::collections::BTreeSet<&str> {
        let buckets = self.buckets.values();
        let bodies = buckets.flat_map(|bucket| {
            let versions = bucket.objects.values().flatten();
            let objects = versions.filter_map(|version| version.object.as_ref());
            let parts = bucket.uploads.values();
            let parts = parts.flat_map(|upload| upload.parts.values());
            let parts = parts.map(|part| &part.body);
            objects.map(|object| &object.body).chain(parts)
        });
        bodies.flat_map(Body::files).collect()
    }

    /// Whether CloudFront's standard logs (the legacy kind) can be delivered to `bucket`: they
    /// are granted by ACL, so the bucket must have ACLs.
    pub fn allows_log_delivery(&self, bucket: &str) -> bool {
        let found = self.buckets.get(bucket);
        found.is_some_and(|bucket| !bucket.enforces_owner())
    }

    /// The buckets of an account in a region that have tags, as (ARN, tags).
    pub fn tagged(&self, account: &str, region: &str) -> Vec<(String, BTreeMap<String, String>)> {
        self.buckets
            .iter()
            .filter(|(_, bucket)| bucket.owner == account && bucket.region == region)
            .filter_map(|(name, bucket)| Some((arn(name), bucket.tags.clone()?)))
            .collect()
    }
}

impl Bucket {
    /// A bucket as S3 makes them now: encrypted with its own keys, without ACLs, closed to
    /// the public.
    pub fn new(owner: &str, region: &str, created: Timestamp) -> Self {
        Self {
            owner: owner.to_owned(),
            region: region.to_owned(),
            location: None,
            created,
            versioning: None,
            ownership: Some(Ownership::BucketOwnerEnforced),
            public_access_block: Some(PublicAccessBlock {
                block_public_acls: true,
                ignore_public_acls: true,
                block_public_policy: true,
                restrict_public_buckets: true,
            }),
            encryption: Encryption::default(),
            policy: None,
            lifecycle: None,
            logging: None,
            tags: None,
            grants: Vec::new(),
            objects: BTreeMap::new(),
            changes: BTreeMap::new(),
            uploads: BTreeMap::new(),
        }
    }

    /// Whether ACLs are off.
    pub fn enforces_owner(&self) -> bool {
        self.ownership == Some(Ownership::BucketOwnerEnforced)
    }

    /// The current version of `key`, unless it is deleted.
    pub fn current(&self, key: &str) -> Option<(&Version, &Object)> {
        let version = self.objects.get(key)?.last()?;
        Some((version, version.object.as_ref()?))
    }
}

impl Default for Encryption {
    /// SSE-S3, which every bucket has had since 2023.
    fn default() -> Self {
        Self {
            algorithm: "AES256".to_owned(),
            key: None,
            bucket_key: false,
        }
    }
}

impl Ownership {
    const ALL: [Self; 3] = [
        Self::BucketOwnerEnforced,
        Self::BucketOwnerPreferred,
        Self::ObjectWriter,
    ];

    /// AWS's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::BucketOwnerEnforced => "BucketOwnerEnforced",
            Self::BucketOwnerPreferred => "BucketOwnerPreferred",
            Self::ObjectWriter => "ObjectWriter",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|ownership| ownership.name() == name)
    }
}

/// The ARN of a bucket.
pub fn arn(bucket: &str) -> String {
    format!("arn:aws:s3:::{bucket}")
}

/// The canonical user id of an account: 64 hexadecimal digits.
pub fn canonical_id(account: &str) -> String {
    hex(&Sha256::digest(format!("canonical user {account}")))
}
