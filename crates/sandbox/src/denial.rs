//! Refusals that come before the service is asked: its codes and statuses, by protocol.

use crate::auth::{Claim, Denied};
use crate::call::{Call, Reply};
use crate::service::ServiceError;

/// How a service words what is common to all of AWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    /// S3 has words of its own.
    S3,
    /// STS, IAM, SES v1, Route 53 and CloudFront: XML.
    Xml,
    /// SES v2: REST with JSON.
    RestJson,
    /// ACM and the tagging API: JSON with a target header, and 400 for everything.
    Json,
}

fn family(call: &Call) -> Family {
    match call.service.as_str() {
        "s3" => Family::S3,
        "acm" | "tagging" | "servicequotas" => Family::Json,
        "ses" if is_ses_v2(call) => Family::RestJson,
        _ => Family::Xml,
    }
}

/// SES v2 has paths; v1 posts forms to the root.
pub(crate) fn is_ses_v2(call: &Call) -> bool {
    call.request.uri.path().starts_with("/v2/")
}

/// Notes to whom a request is addressed: by its signature, or, where it has none, by what it looks like.
pub(crate) fn address(call: &mut Call, claim: Option<&Result<Claim, Denied>>) {
    if let Some(Ok(claim)) = claim {
        call.region.clone_from(&claim.region);
        call.service.clone_from(&claim.service);
        return;
    }
    let host = call
        .request
        .headers
        .get("host")
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let label = host.split('.').next().unwrap_or_default();
    let known = ["sts", "iam", "route53", "acm", "cloudfront", "tagging"];
    call.service = match known.iter().find(|name| **name == label) {
        Some(name) => (*name).to_owned(),
        None if label == "email" => "ses".to_owned(),
        None => "s3".to_owned(),
    };
}

/// The answer to an unsigned request.
pub(crate) fn unsigned(call: &Call) -> ServiceError {
    let message = "Request is missing Authentication Token";
    match family(call) {
        Family::Json => ServiceError::new(400, "MissingAuthenticationTokenException", message),
        Family::RestJson => ServiceError::new(403, "MissingAuthenticationTokenException", message),
        Family::Xml | Family::S3 => ServiceError::new(403, "MissingAuthenticationToken", message),
    }
}

/// The answer to a signature that is not accepted.
pub(crate) fn of(call: &Call, denied: Denied) -> ServiceError {
    let family = family(call);
    if family == Family::S3 {
        return s3(denied);
    }
    let (xml, json, message) = match denied {
        Denied::UnknownKey | Denied::WrongToken => (
            "InvalidClientTokenId",
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
        ),
        Denied::Expired => (
            "ExpiredToken",
            "ExpiredTokenException",
            "The security token included in the request is expired",
        ),
        Denied::WrongSignature | Denied::WrongHash => (
            "SignatureDoesNotMatch",
            "InvalidSignatureException",
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access \
             Key and signing method. Consult the service documentation for details.",
        ),
        Denied::Skewed | Denied::PresignedExpired => (
            "SignatureDoesNotMatch",
            "InvalidSignatureException",
            "Signature expired: the request's time is more than 15 min from now",
        ),
        Denied::Malformed => (
            "IncompleteSignature",
            "IncompleteSignatureException",
            "Authorization header requires 'Credential', 'Signature' and 'SignedHeaders' parameters.",
        ),
    };
    match family {
        Family::Xml | Family::S3 => ServiceError::new(403, xml, message),
        Family::RestJson => ServiceError::new(403, json, message),
        Family::Json => ServiceError::new(400, json, message),
    }
}

fn s3(denied: Denied) -> ServiceError {
    let (status, code, message) = match denied {
        Denied::UnknownKey => (
            403,
            "InvalidAccessKeyId",
            "The AWS Access Key Id you provided does not exist in our records.",
        ),
        Denied::WrongToken => (
            400,
            "InvalidToken",
            "The provided token is malformed or otherwise invalid.",
        ),
        Denied::Expired => (400, "ExpiredToken", "The provided token has expired."),
        Denied::WrongSignature => (
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. Check your key and signing \
             method.",
        ),
        Denied::WrongHash => (
            400,
            "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
        ),
        Denied::Skewed => (
            403,
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
        ),
        Denied::PresignedExpired => (403, "AccessDenied", "Request has expired"),
        Denied::Malformed => (
            400,
            "AuthorizationHeaderMalformed",
            "The authorization header that you provided is not valid.",
        ),
    };
    ServiceError::new(status, code, message)
}

/// The answer to a caller whose role is not allowed `action`.
pub(crate) fn unauthorized(call: &Call, action: &str) -> ServiceError {
    let message = format!(
        "User: {} is not authorized to perform: {action} because no identity-based policy allows the {action} action",
        call.principal
    );
    match family(call) {
        Family::Json => ServiceError::new(400, "AccessDeniedException", message),
        Family::RestJson => ServiceError::new(403, "AccessDeniedException", message),
        Family::Xml | Family::S3 => ServiceError::new(403, "AccessDenied", message),
    }
}

/// The service's own throttling error.
pub(crate) fn throttled(call: &Call) -> ServiceError {
    match call.service.as_str() {
        "s3" => ServiceError::new(503, "SlowDown", "Please reduce your request rate."),
        "acm" => ServiceError::new(400, "ThrottlingException", "Rate exceeded"),
        "tagging" => ServiceError::new(400, "ThrottledException", "Rate exceeded"),
        "ses" if is_ses_v2(call) => {
            ServiceError::new(429, "TooManyRequestsException", "Rate exceeded")
        }
        _ => ServiceError::new(400, "Throttling", "Rate exceeded"),
    }
}

/// The error of an AWS that is broken.
pub(crate) fn internal(call: &Call) -> ServiceError {
    let message = "We encountered an internal error. Please try again.";
    match family(call) {
        Family::S3 => ServiceError::new(500, "InternalError", message),
        Family::RestJson => ServiceError::new(500, "InternalServiceErrorException", message),
        Family::Xml | Family::Json => ServiceError::new(500, "InternalFailure", message),
    }
}

/// The answer to a request for a service that the sandbox does not have.
pub(crate) fn no_such_service(call: &Call) -> Reply {
    let message = format!(
        "the sandbox has no service named {}; it has sts, iam, s3, route53, acm, cloudfront, ses and tagging",
        call.service
    );
    let body =
        serde_json::json!({ "__type": "UnknownServiceException", "message": message }).to_string();
    let mut reply = Reply::new(body.into());
    *reply.status_mut() = http::StatusCode::NOT_IMPLEMENTED;
    reply
}
