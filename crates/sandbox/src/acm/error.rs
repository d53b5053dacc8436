//! ACM's errors, in its words. All are answered with status 400.

use crate::service::ServiceError;

fn error(code: &str, message: impl Into<String>) -> ServiceError {
    ServiceError::new(400, code, message)
}

pub(super) fn not_found(arn: &str) -> ServiceError {
    error(
        "ResourceNotFoundException",
        format!("Could not find certificate {arn}."),
    )
}

pub(super) fn in_use(arn: &str, account: &str) -> ServiceError {
    error(
        "ResourceInUseException",
        format!("Certificate {arn} in account {account} is in use."),
    )
}

pub(super) fn not_issued_yet(arn: &str) -> ServiceError {
    error(
        "RequestInProgressException",
        format!("Certificate {arn} is not yet issued."),
    )
}

pub(super) fn wrong_state(message: &str) -> ServiceError {
    error("InvalidStateException", message)
}

pub(super) fn limit(message: impl Into<String>) -> ServiceError {
    error("LimitExceededException", message)
}

pub(super) fn domain_validation(message: impl Into<String>) -> ServiceError {
    error("InvalidDomainValidationOptionsException", message)
}

pub(super) fn arguments(message: &str) -> ServiceError {
    error("InvalidArgsException", message)
}

pub(super) fn parameter(message: &str) -> ServiceError {
    error("InvalidParameterException", message)
}

pub(super) fn tag(message: &str) -> ServiceError {
    error("InvalidTagException", message)
}

pub(super) fn too_many_tags() -> ServiceError {
    error(
        "TooManyTagsException",
        "The request contains too many tags. Try the request again with fewer tags.",
    )
}

pub(super) fn serialization(message: impl Into<String>) -> ServiceError {
    error("SerializationException", message)
}

pub(super) fn unknown_operation() -> ServiceError {
    error("UnknownOperationException", "")
}

/// The sentence of the service's front end about a value that breaks its model.
pub(super) fn constraint(value: &str, member: &str, constraint: &str) -> ServiceError {
    error(
        "ValidationException",
        format!(
            "1 validation error detected: Value '{value}' at '{member}' failed to satisfy \
             constraint: {constraint}"
        ),
    )
}

pub(super) fn missing(member: &str) -> ServiceError {
    error(
        "ValidationException",
        format!(
            "1 validation error detected: Value null at '{member}' failed to satisfy \
             constraint: Member must not be null"
        ),
    )
}
