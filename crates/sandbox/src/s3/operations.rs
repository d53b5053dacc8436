//! Which operation a request asks for, and which action of IAM it needs.

use http::Method;

use super::error::{self, Error};

/// The scope that a request's path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    Account,
    Bucket,
    Object,
}

/// One operation, how it is recognised, and what it needs.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) method: Method,
    pub(super) scope: Scope,
    /// The query parameter that tells it from others on the same path; empty for the plain request.
    pub(super) query: &'static str,
    /// AWS's name.
    pub(super) name: &'static str,
    /// The action that a policy speaks of.
    pub(super) action: &'static str,
}

const fn on(
    scope: Scope,
    method: Method,
    query: &'static str,
    name: &'static str,
    action: &'static str,
) -> Operation {
    Operation {
        method,
        scope,
        query,
        name,
        action,
    }
}

use Scope::{Account, Bucket, Object};

/// Every operation there is here. The first that fits is the one, so plain requests come last.
#[rustfmt::skip]
static OPERATIONS: &[Operation] = &[
    on(Account, Method::GET, "", "ListBuckets", "s3:ListAllMyBuckets"),

    on(Bucket, Method::HEAD, "", "HeadBucket", "s3:ListBucket"),
    on(Bucket, Method::GET, "accelerate", "GetBucketAccelerateConfiguration", "s3:GetAccelerateConfiguration"),
    on(Bucket, Method::GET, "acl", "GetBucketAcl", "s3:GetBucketAcl"),
    on(Bucket, Method::PUT, "acl", "PutBucketAcl", "s3:PutBucketAcl"),
    on(Bucket, Method::GET, "cors", "GetBucketCors", "s3:GetBucketCORS"),
    on(Bucket, Method::GET, "encryption", "GetBucketEncryption", "s3:GetEncryptionConfiguration"),
    on(Bucket, Method::PUT, "encryption", "PutBucketEncryption", "s3:PutEncryptionConfiguration"),
    on(Bucket, Method::DELETE, "encryption", "DeleteBucketEncryption", "s3:PutEncryptionConfiguration"),
    on(Bucket, Method::GET, "lifecycle", "GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration"),
    on(Bucket, Method::PUT, "lifecycle", "PutBucketLifecycleConfiguration", "s3:PutLifecycleConfiguration"),
    on(Bucket, Method::DELETE, "lifecycle", "DeleteBucketLifecycle", "s3:PutLifecycleConfiguration"),
    on(Bucket, Method::GET, "location", "GetBucketLocation", "s3:GetBucketLocation"),
    on(Bucket, Method::GET, "logging", "GetBucketLogging", "s3:GetBucketLogging"),
    on(Bucket, Method::PUT, "logging", "PutBucketLogging", "s3:PutBucketLogging"),
    on(Bucket, Method::GET, "notification", "GetBucketNotificationConfiguration", "s3:GetBucketNotification"),
    on(Bucket, Method::GET, "object-lock", "GetObjectLockConfiguration", "s3:GetBucketObjectLockConfiguration"),
    on(Bucket, Method::GET, "ownershipControls", "GetBucketOwnershipControls", "s3:GetBucketOwnershipControls"),
    on(Bucket, Method::PUT, "ownershipControls", "PutBucketOwnershipControls", "s3:PutBucketOwnershipControls"),
    on(Bucket, Method::DELETE, "ownershipControls", "DeleteBucketOwnershipControls", "s3:PutBucketOwnershipControls"),
    on(Bucket, Method::GET, "policyStatus", "GetBucketPolicyStatus", "s3:GetBucketPolicyStatus"),
    on(Bucket, Method::GET, "policy", "GetBucketPolicy", "s3:GetBucketPolicy"),
    on(Bucket, Method::PUT, "policy", "PutBucketPolicy", "s3:PutBucketPolicy"),
    on(Bucket, Method::DELETE, "policy", "DeleteBucketPolicy", "s3:DeleteBucketPolicy"),
    on(Bucket, Method::GET, "publicAccessBlock", "GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock"),
    on(Bucket, Method::PUT, "publicAccessBlock", "PutPublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
    on(Bucket, Method::DELETE, "publicAccessBlock", "DeletePublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
    on(Bucket, Method::GET, "replication", "GetBucketReplication", "s3:GetReplicationConfiguration"),
    on(Bucket, Method::GET, "requestPayment", "GetBucketRequestPayment", "s3:GetBucketRequestPayment"),
    on(Bucket, Method::GET, "tagging", "GetBucketTagging", "s3:GetBucketTagging"),
    on(Bucket, Method::PUT, "tagging", "PutBucketTagging", "s3:PutBucketTagging"),
    on(Bucket, Method::DELETE, "tagging", "DeleteBucketTagging", "s3:PutBucketTagging"),
    on(Bucket, Method::GET, "uploads", "ListMultipartUploads", "s3:ListBucketMultipartUploads"),
    on(Bucket, Method::GET, "versioning", "GetBucketVersioning", "s3:GetBucketVersioning"),
    on(Bucket, Method::PUT, "versioning", "PutBucketVersioning", "s3:PutBucketVersioning"),
    on(Bucket, Method::GET, "versions", "ListObjectVersions", "s3:ListBucketVersions"),
    on(Bucket, Method::GET, "website", "GetBucketWebsite", "s3:GetBucketWebsite"),
    on(Bucket, Method::POST, "delete", "DeleteObjects", "s3:DeleteObject"),
    on(Bucket, Method::GET, "list-type", "ListObjectsV2", "s3:ListBucket"),
    on(Bucket, Method::GET, "", "ListObjects", "s3:ListBucket"),
    on(Bucket, Method::PUT, "", "CreateBucket", "s3:CreateBucket"),
    on(Bucket, Method::DELETE, "", "DeleteBucket", "s3:DeleteBucket"),

    on(Object, Method::HEAD, "", "HeadObject", "s3:GetObject"),
    on(Object, Method::GET, "tagging", "GetObjectTagging", "s3:GetObjectTagging"),
    on(Object, Method::PUT, "tagging", "PutObjectTagging", "s3:PutObjectTagging"),
    on(Object, Method::DELETE, "tagging", "DeleteObjectTagging", "s3:DeleteObjectTagging"),
    on(Object, Method::GET, "acl", "GetObjectAcl", "s3:GetObjectAcl"),
    on(Object, Method::PUT, "acl", "PutObjectAcl", "s3:PutObjectAcl"),
    on(Object, Method::GET, "attributes", "GetObjectAttributes", "s3:GetObject"),
    on(Object, Method::POST, "uploads", "CreateMultipartUpload", "s3:PutObject"),
    on(Object, Method::POST, "uploadId", "CompleteMultipartUpload", "s3:PutObject"),
    on(Object, Method::PUT, "uploadId", "UploadPart", "s3:PutObject"),
    on(Object, Method::GET, "uploadId", "ListParts", "s3:ListMultipartUploadParts"),
    on(Object, Method::DELETE, "uploadId", "AbortMultipartUpload", "s3:AbortMultipartUpload"),
    on(Object, Method::GET, "", "GetObject", "s3:GetObject"),
    on(Object, Method::PUT, "", "PutObject", "s3:PutObject"),
    on(Object, Method::DELETE, "", "DeleteObject", "s3:DeleteObject"),
];

/// Query parameters that make another operation of a request. One that no operation above takes
/// is an operation of AWS that the sandbox does not have, never the plain one on the same path.
const SUBRESOURCES: &[&str] = &[
    "abac",
    "accelerate",
    "acl",
    "analytics",
    "attributes",
    "cors",
    "delete",
    "encryption",
    "intelligent-tiering",
    "inventory",
    "legal-hold",
    "lifecycle",
    "location",
    "logging",
    "metadataConfiguration",
    "metadataTable",
    "metrics",
    "notification",
    "object-lock",
    "ownershipControls",
    "policy",
    "policyStatus",
    "publicAccessBlock",
    "renameObject",
    "replication",
    "requestPayment",
    "restore",
    "retention",
    "select",
    "session",
    "tagging",
    "torrent",
    "uploadId",
    "uploads",
    "versioning",
    "versions",
    "website",
];

/// Finds the operation that a request asks for.
pub(super) fn find(
    method: &Method,
    scope: Scope,
    query: &[(String, String)],
    copies: bool,
) -> Result<&'static Operation, Error> {
    let has = |name: &str| query.iter().any(|(key, _)| key == name);
    let found = OPERATIONS.iter().find(|operation| {
        operation.method == *method
            && operation.scope == scope
            && (operation.query.is_empty() || has(operation.query))
    });
    let has_subresource = SUBRESOURCES.iter().any(|name| has(name));
    let Some(operation) = found else {
        return Err(if has_subresource {
            error::not_implemented()
        } else {
            error::method_not_allowed()
        });
    };
    if operation.query.is_empty() && has_subresource {
        return Err(error::not_implemented());
    }
    if !copies {
        return Ok(operation);
    }
    match operation.name {
        "PutObject" => Ok(&COPY_OBJECT),
        _ => Err(error::not_implemented()),
    }
}

/// A `PutObject` with a source instead of a body.
static COPY_OBJECT: Operation = on(Object, Method::PUT, "", "CopyObject", "s3:PutObject");

/// Finds an operation by AWS's name.
pub(super) fn by_name(name: &str) -> Option<&'static Operation> {
    OPERATIONS
        .iter()
        .chain([&COPY_OBJECT])
        .find(|operation| operation.name == name)
}
