//! CloudFront's codes (CloudFront API reference, unless a row says otherwise).

use std::time::Duration;

use super::Meaning::{Conflict, Exists, Full, Gone};
use super::{LATER, Row, not_yet, row};

const CLOUDFRONT: &str = "CloudFront API reference";
const TERRAFORM: &str = "terraform-provider-aws, internal/service/cloudfront/distribution.go";

pub(super) const ROWS: &[Row] = &[
    row("NoSuchDistribution", Gone, CLOUDFRONT),
    row("NoSuchResource", Gone, CLOUDFRONT),
    row("NoSuchOriginAccessControl", Gone, CLOUDFRONT),
    // A distribution that names an access control which another edge of the API has just made.
    row("NoSuchOriginAccessControl", not_yet(60), TERRAFORM).of(&[
        "CreateDistribution",
        "CreateDistributionWithTags",
        "UpdateDistribution",
    ]),
    row("DistributionAlreadyExists", Exists, CLOUDFRONT),
    row("OriginAccessControlAlreadyExists", Exists, CLOUDFRONT),
    // ACM says ISSUED before CloudFront sees the certificate.
    row("InvalidViewerCertificate", not_yet(120), TERRAFORM),
    row("IllegalUpdate", not_yet(120), TERRAFORM),
    // That one lasts as long as the policy is attached.
    row("IllegalUpdate", Conflict, STAGING)
        .saying("ontinuous deployment")
        .hint("detach the distribution's continuous deployment policy"),
    row("IllegalUpdate", Conflict, STAGING).saying("staging distribution"),
    row("PreconditionFailed", Conflict, CLOUDFRONT),
    row("InvalidIfMatchVersion", Conflict, CLOUDFRONT),
    // Not the ETag's 412: reading again does not help.
    row("PreconditionFailed", Conflict, PRICING)
        .saying("pricing plan")
        .hint("cancel the distribution's pricing plan; it ends with the month"),
    // Who let the name go knows that waiting helps; nobody else does.
    row(
        "CNAMEAlreadyExists",
        Conflict,
        "CloudFront Developer Guide, moving an alternate domain name; amplify-hosting issue 4094",
    )
    .after_release(Duration::from_mins(10)),
    row("DistributionNotDisabled", LATER, CLOUDFRONT),
    row("OriginAccessControlInUse", LATER, CLOUDFRONT),
    row("TooManyInvalidationsInProgress", LATER, CLOUDFRONT),
    row("TooManyDistributions", Full, CLOUDFRONT)
        .hint("raise \"Web distributions per AWS account\" of Amazon CloudFront in Service Quotas (us-east-1)"),
    row("TooManyDistributionCNAMEs", Full, CLOUDFRONT)
        .hint("raise \"Alternate domain names per distribution\" of Amazon CloudFront in Service Quotas (us-east-1)"),
    row("TooManyOriginAccessControls", Full, CLOUDFRONT)
        .hint("raise \"Origin access controls per AWS account\" of Amazon CloudFront in Service Quotas (us-east-1)"),
    row("TooManyDistributionsAssociatedToOriginAccessControl", Full, CLOUDFRONT)
        .hint("CloudFront lets 100 distributions share an origin access control"),
];

const STAGING: &str = "aws-cli issue 10446; terraform-provider-aws issue 28920";
const PRICING: &str = "aws-nuke issue 1024; cloud-custodian pull request 10477";
