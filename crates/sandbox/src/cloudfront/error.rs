//! CloudFront's errors, in its words.

use super::schema::Fault;
use super::xml::Malformed;
use crate::service::ServiceError;

/// The page that CloudFront's refusals of alternate domain names point to.
const ALIAS_HELP: &str = "For more details, see: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html#alternate-domain-names-requirements";

pub(super) fn error(status: u16, code: &str, message: impl Into<String>) -> ServiceError {
    ServiceError::new(status, code, message)
}

pub(super) fn argument(message: impl Into<String>) -> ServiceError {
    error(400, "InvalidArgument", message)
}

pub(super) fn no_distribution() -> ServiceError {
    error(
        404,
        "NoSuchDistribution",
        "The specified distribution does not exist.",
    )
}

pub(super) fn no_access_control() -> ServiceError {
    error(
        404,
        "NoSuchOriginAccessControl",
        "The specified origin access control does not exist.",
    )
}

pub(super) fn no_version() -> ServiceError {
    error(
        400,
        "InvalidIfMatchVersion",
        "The If-Match version is missing or not valid for the resource.",
    )
}

pub(crate) fn other_version() -> ServiceError {
    error(
        412,
        "PreconditionFailed",
        "The request failed because it didn't meet the preconditions in one or more request-header fields.",
    )
}

pub(super) fn illegal_update(message: impl Into<String>) -> ServiceError {
    error(400, "IllegalUpdate", message)
}

pub(super) fn viewer_certificate(message: impl Into<String>) -> ServiceError {
    error(400, "InvalidViewerCertificate", message)
}

pub(crate) fn certificate_unusable() -> ServiceError {
    viewer_certificate(
        "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a valid certificate chain.",
    )
}

pub(super) fn certificate_does_not_cover() -> ServiceError {
    viewer_certificate(format!(
        "The certificate that is attached to your distribution doesn't cover the alternate domain name (CNAME) that you're trying to add. {ALIAS_HELP}"
    ))
}

pub(super) fn certificate_dependency() -> ServiceError {
    viewer_certificate(format!(
        "To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a trusted certificate that validates your authorization to use the domain name. {ALIAS_HELP}"
    ))
}

/// The reference of a creation was sent before; the message names what it made then.
pub(super) fn reference_spent(first: &str) -> ServiceError {
    error(
        409,
        "DistributionAlreadyExists",
        format!(
            "The caller reference that you are using to create a distribution is associated with another distribution. Already exists: {first}"
        ),
    )
}

pub(super) fn alias_taken() -> ServiceError {
    error(
        409,
        "CNAMEAlreadyExists",
        "One or more of the CNAMEs you provided are already associated with a different resource.",
    )
}

pub(super) fn alias_points_elsewhere() -> ServiceError {
    error(
        409,
        "CNAMEAlreadyExists",
        "One or more aliases specified for the distribution includes an incorrectly configured DNS record that points to another CloudFront distribution. You must update the DNS record to correct the problem. For more information, see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html#alternate-domain-names-restrictions",
    )
}

pub(super) fn tagging(message: &str) -> ServiceError {
    error(400, "InvalidTagging", message)
}

pub(super) fn missing_body() -> ServiceError {
    error(
        400,
        "MissingBody",
        "This operation requires a body. Ensure that the body is present and the Content-Type header is set.",
    )
}

pub(super) fn unknown_operation() -> ServiceError {
    error(
        404,
        "UnknownOperationException",
        "The requested operation does not exist.",
    )
}

pub(super) fn malformed(message: impl std::fmt::Display) -> ServiceError {
    error(400, "MalformedInput", message.to_string())
}

impl From<Malformed> for ServiceError {
    fn from(malformed_document: Malformed) -> Self {
        malformed(malformed_document)
    }
}

impl From<Fault> for ServiceError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Missing(field) => malformed(format!(
                "1 validation error detected: Value null at '{field}' failed to satisfy constraint: Member must not be null"
            )),
            Fault::Unknown(field) => {
                malformed(format!("Unexpected list element or field: {field}"))
            }
            Fault::Value(field, value) => argument(format!(
                "The parameter {field} has a value that is not valid: {value}"
            )),
            Fault::NotOneOf(field, value, allowed) => {
                let member = format!("{}{}", field[..1].to_lowercase(), &field[1..]);
                let allowed = allowed.join(", ");
                error(
                    400,
                    "MalformedXML",
                    format!(
                        "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: Member must satisfy enum value set: [{allowed}]"
                    ),
                )
            }
            Fault::Quantity(field) => error(
                400,
                "InconsistentQuantities",
                format!("The value of Quantity and the size of Items do not match in {field}."),
            ),
        }
    }
}
