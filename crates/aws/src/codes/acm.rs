//! ACM's codes (ACM API reference, unless a row says otherwise).

use super::Meaning::{Full, Gone, Invalid};
use super::{LATER, Row, not_yet, row};

const ACM: &str = "ACM API reference";

pub(super) const ROWS: &[Row] = &[
    // Lists show certificates for a while that are deleted (ACM API reference, DeleteCertificate).
    row("ResourceNotFoundException", Gone, ACM),
    row("InvalidArnException", Gone, ACM),
    // A distribution that let the certificate go is waited for before this; CloudFront tells ACM later.
    row("ResourceInUseException", LATER, ACM),
    row("RequestInProgressException", LATER, ACM),
    row("ConflictException", not_yet(60), ACM).of(&[
        "RequestCertificate",
        "AddTagsToCertificate",
        "RemoveTagsFromCertificate",
        "DeleteCertificate",
    ]),
    row("InvalidDomainValidationOptionsException", Invalid, ACM),
    // ACM counts the certificates of a year, deleted ones too.
    row("LimitExceededException", Full, "aws-cdk issue 13651")
        .of(&["RequestCertificate"])
        .hint(
            "raise \"ACM certificates\" and \"ACM certificates created in last 365 days\" of AWS \
         Certificate Manager in Service Quotas; deleting does not help against the second",
        ),
    row("TooManyTagsException", Full, ACM),
];
