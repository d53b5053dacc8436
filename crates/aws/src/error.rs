//! What an error of the SDK means for its caller.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use model::{ErrorClass, KindError};

/// AWS's error code, when it answered with one.
pub fn code<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> Option<&str> {
    error
        .as_service_error()
        .and_then(ProvideErrorMetadata::code)
}

/// Whether AWS answered with one of these codes.
pub fn is_code<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>, codes: &[&str]) -> bool {
    code(error).is_some_and(|code| codes.contains(&code))
}

/// The SDK's error as ours, with AWS's code, message and request id.
pub fn error<E>(operation: &str, error: &SdkError<E, HttpResponse>) -> KindError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let status = error
        .raw_response()
        .map(|response| response.status().as_u16());
    let code = code(error).map(str::to_owned);
    let message = error
        .as_service_error()
        .and_then(ProvideErrorMetadata::message)
        .map(str::to_owned)
        // An answer to HEAD has no body, and says by its status what it says.
        .or_else(|| {
            Some(format!(
                "AWS answers {} to it",
                status.filter(|_| error.as_service_error().is_some())?
            ))
        })
        .unwrap_or_else(|| chain(error));
    KindError {
        class: class(error, code.as_deref(), status),
        operation: operation.to_owned(),
        code,
        message,
        request_id: request_id(error),
    }
}

/// The whole chain of causes in one line: the SDK's outermost message says nothing.
fn chain(error: &dyn std::error::Error) -> String {
    let mut texts = vec![error.to_string()];
    let mut source = error.source();
    while let Some(cause) = source {
        texts.push(cause.to_string());
        source = cause.source();
    }
    texts.join(": ")
}

fn request_id<E>(error: &SdkError<E, HttpResponse>) -> Option<String> {
    let headers = error.raw_response()?.headers();
    ["x-amzn-requestid", "x-amz-request-id"]
        .iter()
        .find_map(|name| headers.get(*name))
        .map(str::to_owned)
}

fn class<E, R>(error: &SdkError<E, R>, code: Option<&str>, status: Option<u16>) -> ErrorClass {
    match error {
        SdkError::ConstructionFailure(_) => return ErrorClass::Invalid,
        // The request may have reached AWS, and its answer never us.
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => {
            return ErrorClass::Ambiguous;
        }
        _ => {}
    }
    if let Some(class) = code.and_then(class_of_code) {
        return class;
    }
    match status {
        Some(403 | 401) => ErrorClass::Denied,
        Some(409 | 412) => ErrorClass::Conflict,
        Some(429) => ErrorClass::Throttled,
        // A 2xx that can't be read says that it was done, and not what.
        Some(200..300 | 500..) => ErrorClass::Ambiguous,
        _ => ErrorClass::Invalid,
    }
}

fn class_of_code(code: &str) -> Option<ErrorClass> {
    Some(match code {
        "Throttling"
        | "ThrottlingException"
        | "TooManyRequestsException"
        | "SlowDown"
        | "RequestLimitExceeded"
        | "ThrottledException" => ErrorClass::Throttled,
        "AccessDenied"
        | "AccessDeniedException"
        | "UnauthorizedOperation"
        | "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "SignatureDoesNotMatch"
        | "ExpiredToken"
        | "ExpiredTokenException"
        | "InvalidAccessKeyId"
        | "NotAuthorized" => ErrorClass::Denied,
        // In use, or still changing: it will work when that has passed.
        "ResourceInUseException"
        | "DistributionNotDisabled"
        | "OriginAccessControlInUse"
        | "HostedZoneNotEmpty"
        | "PriorRequestNotComplete"
        | "OperationAborted"
        | "ConcurrentModificationException"
        | "BucketNotEmpty"
        | "ConditionalRequestConflict"
        | "RequestInProgressException" => ErrorClass::NotYet,
        "BucketAlreadyExists"
        | "BucketAlreadyOwnedByYou"
        | "CNAMEAlreadyExists"
        | "AlreadyExistsException"
        | "InvalidChangeBatch"
        | "PreconditionFailed"
        | "InvalidIfMatchVersion"
        | "DistributionAlreadyExists"
        | "OriginAccessControlAlreadyExists"
        | "HostedZoneAlreadyExists"
        | "ConflictingDomainExists" => ErrorClass::Conflict,
        "InternalError" | "InternalFailure" | "ServiceUnavailable" | "RequestTimeout" => {
            ErrorClass::Ambiguous
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_say_what_the_caller_may_do() {
        for (code, class) in [
            ("PriorRequestNotComplete", Some(ErrorClass::NotYet)),
            ("Throttling", Some(ErrorClass::Throttled)),
            ("CNAMEAlreadyExists", Some(ErrorClass::Conflict)),
            ("NoSuchBucket", None),
        ] {
            assert_eq!(class_of_code(code), class, "{code}");
        }
    }
}
