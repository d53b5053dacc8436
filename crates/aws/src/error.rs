//! The SDK's errors as this program's.

use std::error::Error;
use std::fmt;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use model::{ErrorClass, KindError};

use crate::codes::{self, Meaning, Row};
use crate::guard::Withheld;
use crate::words;

/// AWS's error code, when it answered with one.
pub fn code<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> Option<&str> {
    error
        .as_service_error()
        .and_then(ProvideErrorMetadata::code)
}

/// The meaning of a refusal of `operation`, where the table of codes knows it.
pub fn meaning<E: ProvideErrorMetadata, R>(
    operation: &str,
    error: &SdkError<E, R>,
) -> Option<Meaning> {
    row(operation, error).map(|row| row.means)
}

fn row<E: ProvideErrorMetadata, R>(
    operation: &str,
    error: &SdkError<E, R>,
) -> Option<&'static Row> {
    let refusal = error.as_service_error()?;
    codes::find(
        operation,
        refusal.code()?,
        refusal.message().unwrap_or_default(),
    )
}

/// The SDK's error as ours, with AWS's code, message and request id.
pub fn error<E>(operation: &str, error: &SdkError<E, HttpResponse>) -> KindError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let status = error
        .raw_response()
        .map(|response| response.status().as_u16());
    let row = row(operation, error);
    let class = row.map_or_else(|| class(error, status), |row| row.means.class());
    KindError {
        class,
        operation: operation.to_owned(),
        code: code(error).map(str::to_owned),
        message: message(error, status, row),
        request_id: request_id(error),
        patience: row.and_then(|row| row.means.patience()),
        begun: false,
    }
}

/// The error of a caller who let the name go a moment ago that AWS says is taken: it will be free.
/// Any other error stays as it is.
pub fn after_release(error: KindError) -> KindError {
    let code = error.code.as_deref().unwrap_or_default();
    let row = codes::find(&error.operation, code, &error.message);
    match row.and_then(|row| row.after_release) {
        Some(limit) => KindError {
            class: ErrorClass::NotYet,
            patience: Some(limit),
            ..error
        },
        None => error,
    }
}

fn message<E>(error: &SdkError<E, HttpResponse>, status: Option<u16>, row: Option<&Row>) -> String
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let Some(refusal) = error.as_service_error() else {
        return words::of(error);
    };
    let region = bucket_region(error).map(|region| format!("the bucket exists in region {region}"));
    let said = refusal.message().map(str::to_owned).or(region);
    let said = said.unwrap_or_else(|| match status {
        Some(200..300) => "AWS did it, and its answer cannot be read".to_owned(),
        // An answer to HEAD has no body, and says by its status what it says.
        Some(status) => format!("AWS answers {status} to it"),
        None => words::of(error),
    });
    match row.and_then(|row| row.hint) {
        Some(hint) => format!("{said}; {hint}"),
        None => said,
    }
}

/// The region of a bucket that S3 says is in another one (S3 API reference, `HeadBucket`).
fn bucket_region<E>(error: &SdkError<E, HttpResponse>) -> Option<&str> {
    let answer = error.raw_response()?;
    let is_elsewhere = matches!(answer.status().as_u16(), 301 | 307 | 400);
    let region = answer.headers().get("x-amz-bucket-region");
    region.filter(|_| is_elsewhere)
}

fn request_id<E>(error: &SdkError<E, HttpResponse>) -> Option<String> {
    let headers = error.raw_response()?.headers();
    ["x-amzn-requestid", "x-amz-request-id"]
        .iter()
        .find_map(|name| headers.get(*name))
        .map(str::to_owned)
}

/// The class of an error whose code is in no row, or that has none.
fn class<E, R>(error: &SdkError<E, R>, status: Option<u16>) -> ErrorClass
where
    E: Error + 'static,
    R: fmt::Debug + 'static,
{
    // Another run has the document, and the request never left.
    if words::chain(error).any(<dyn Error>::is::<Withheld>) {
        return ErrorClass::Conflict;
    }
    match error {
        SdkError::ConstructionFailure(_) => return ErrorClass::Invalid,
        // The request may have reached AWS, and its answer never us.
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => {
            return ErrorClass::Ambiguous;
        }
        _ => {}
    }
    match status {
        Some(401 | 403) => ErrorClass::Denied,
        Some(409 | 412) => ErrorClass::Conflict,
        Some(429) => ErrorClass::Throttled,
        // A 2xx that cannot be read says that it was done, and not what.
        Some(200..300 | 500 | 502..) => ErrorClass::Ambiguous,
        _ => ErrorClass::Invalid,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_was_let_go_is_waited_for() {
        let taken = |code: &str| KindError {
            code: Some(code.to_owned()),
            ..KindError::new(ErrorClass::Conflict, "CreateBucket", "taken")
        };
        let waits = after_release(taken("BucketAlreadyExists"));
        assert_eq!(waits.class, ErrorClass::NotYet);
        assert_eq!(waits.patience.map(|limit| limit.as_secs()), Some(3600));
        assert_eq!(after_release(taken("AccessDenied")), taken("AccessDenied"));
    }
}
