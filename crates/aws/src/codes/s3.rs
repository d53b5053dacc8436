//! S3's codes (S3 API reference, "Error responses", unless a row says otherwise).

use std::time::Duration;

use super::Meaning::{Conflict, Exists, Full, Gone};
use super::{LATER, Row, not_yet, row};

const S3: &str = "S3 API reference, error responses";
/// Terraform's provider retries each of these writes for two minutes after it made the bucket.
const YOUNG: &str = "terraform-provider-aws, internal/service/s3 (bucket_policy.go, \
    bucket_logging.go); its issues 12907, 33717, 10068";
const VERSIONING: &str = "S3 API reference, PutBucketVersioning";

/// Reads that mean the bucket as a whole: where it is gone, there is nothing else to say.
const WHOLE: &[&str] = &[
    "HeadBucket",
    "GetBucketVersioning",
    "GetBucketPolicy",
    "DeleteBucketPolicy",
    "DeleteBucket",
    "ListObjectVersions",
    "GetObject",
    "HeadObject",
    "DeleteObject",
    "DeleteObjects",
];

pub(super) const ROWS: &[Row] = &[
    // R-01. All other calls follow one that found the bucket or made it. Taking the answer for "no
    // tags" would make our own bucket somebody else's.
    row("NoSuchBucket", not_yet(120), YOUNG),
    row("NoSuchBucket", Gone, S3).of(WHOLE),
    row("MalformedPolicy", not_yet(120), YOUNG).of(&["PutBucketPolicy"]),
    // An answer to HEAD has no body: this is the SDK's name for its 404.
    row("NotFound", Gone, S3),
    row("NoSuchKey", Gone, S3),
    // For up to 15 minutes after versioning was first enabled, requests for objects that were
    // written since can answer this. A write never asks for a key that has to be there.
    row("NoSuchKey", not_yet(900), VERSIONING).of(&["PutObject"]),
    row("NoSuchBucketPolicy", Gone, S3),
    row("NoSuchTagSet", Gone, S3),
    row("NoSuchPublicAccessBlockConfiguration", Gone, S3),
    row("ServerSideEncryptionConfigurationNotFoundError", Gone, S3),
    row("OwnershipControlsNotFoundError", Gone, S3),
    row("NoSuchLifecycleConfiguration", Gone, S3),
    // The grant or policy that lets logs in was put a moment ago.
    row(
        "InvalidTargetBucketForLogging",
        not_yet(120),
        "field reports, not confirmed by AWS's documentation",
    )
    .of(&["PutBucketLogging"]),
    // A deleted name stays taken for up to an hour.
    row("OperationAborted", not_yet(3600), "aws-cli issue 2593")
        .of(&["CreateBucket"])
        .hint("the name is being deleted, which takes S3 up to an hour"),
    row("OperationAborted", not_yet(120), S3),
    row("BucketAlreadyExists", Conflict, "aws-cli issue 2593")
        .after_release(Duration::from_hours(1))
        .hint("the name belongs to another account, or was deleted within the hour: all of AWS shares the names of buckets, so wait, or choose another name for the project"),
    row("BucketAlreadyOwnedByYou", Exists, S3),
    // Log delivery fills a bucket again that was emptied.
    row("BucketNotEmpty", LATER, "aws-cdk issue 26874"),
    // What S3 could not delete just now, it can a moment later.
    row("InternalError", LATER, S3).of(&["DeleteObjects"]),
    row("ServiceUnavailable", LATER, S3).of(&["DeleteObjects"]),
    row("ConditionalRequestConflict", LATER, S3),
    //
    row("AuthorizationHeaderMalformed", Conflict, REGIONS).saying("expecting"),
    row("PermanentRedirect", Conflict, REGIONS),
    row("IllegalLocationConstraintException", Conflict, REGIONS),
    row(
        "TemporaryRedirect",
        not_yet(300),
        "aws-sdk-java-v2 pull request 4425",
    )
    .hint("S3 still redirects requests for a young bucket"),
    row("TooManyBuckets", Full, S3)
        .hint("raise \"General purpose buckets\" of Amazon S3 in Service Quotas"),
];

const REGIONS: &str = "terraform-provider-aws issue 14544; aws-sdk-java-v2 pull request 4425";
