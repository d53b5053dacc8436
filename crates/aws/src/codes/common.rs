//! Codes that all services share.

use super::Meaning::{Ambiguous, Denied, Throttled};
use super::{LATER, Row, not_yet, row};

const COMMON: &str = "AWS General Reference, common errors";
const THROTTLING: &str = "AWS SDKs and Tools Reference Guide, retry behavior: throttling errors";

pub(super) const ROWS: &[Row] = &[
    row("Throttling", Throttled, THROTTLING),
    row("ThrottlingException", Throttled, THROTTLING),
    row("ThrottledException", Throttled, THROTTLING),
    row("TooManyRequestsException", Throttled, THROTTLING),
    row("RequestLimitExceeded", Throttled, THROTTLING),
    row("RequestThrottled", Throttled, THROTTLING),
    row("RequestThrottledException", Throttled, THROTTLING),
    row("BandwidthLimitExceeded", Throttled, THROTTLING),
    row("SlowDown", Throttled, THROTTLING),
    row("AccessDenied", Denied, COMMON),
    row("AccessDeniedException", Denied, COMMON),
    row("UnauthorizedOperation", Denied, COMMON),
    row("NotAuthorized", Denied, COMMON),
    row("InvalidAccessKeyId", Denied, COMMON),
    row("SignatureDoesNotMatch", Denied, COMMON),
    row(
        "RequestTimeTooSkewed",
        Denied,
        "S3 API reference, error responses",
    )
    .hint("set this machine's clock"),
    // The account was entered before, so that its keys are known to AWS: it is the region that
    // does not know them.
    row("InvalidClientTokenId", Denied, "aws-sdk-ruby issue 2850").hint(REGION_OFF),
    row("UnrecognizedClientException", Denied, "aws-cli issue 8413").hint(REGION_OFF),
    // The credentials were renewed and the call repeated before anybody sees these; so what
    // they were renewed from has ended too.
    row("ExpiredToken", not_yet(60), COMMON).hint(ENDED),
    row("ExpiredTokenException", not_yet(60), COMMON).hint(ENDED),
    row("RequestExpired", not_yet(60), COMMON).hint(ENDED),
    row("InternalError", Ambiguous, COMMON),
    row("InternalFailure", Ambiguous, COMMON),
    row("InternalServerError", Ambiguous, COMMON),
    row(
        "InternalServiceErrorException",
        Ambiguous,
        "SES API v2, common errors",
    ),
    row("ServiceUnavailable", Ambiguous, COMMON),
    row("ServiceUnavailableException", Ambiguous, COMMON),
    row(
        "RequestTimeout",
        Ambiguous,
        "S3 API reference, error responses",
    ),
    row("RequestTimeoutException", Ambiguous, THROTTLING),
    // A new account's services are switched on one after the other.
    row("OptInRequired", LATER, "aws-deployment-framework issue 283").hint(NOT_READY),
    row(
        "SubscriptionRequiredException",
        LATER,
        "aws-deployment-framework issue 283",
    )
    .hint(NOT_READY),
    row("NotSignedUp", LATER, "S3 API reference, error responses").hint(NOT_READY),
];

const REGION_OFF: &str = "the region is not enabled in this account, or its keys are wrong: enable \
    it under AWS Account, AWS Regions";
const ENDED: &str = "the credentials' session has ended and could not be renewed: log in again";
const NOT_READY: &str = "the account is not ready for this service yet";
