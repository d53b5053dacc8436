//! The errors of S3: codes, statuses and sentences as AWS words them.

use std::borrow::Cow;

use crate::bodies::{LARGEST, Refused};

/// An error of S3, before it is written as XML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The HTTP status.
    pub status: u16,
    /// AWS's code: `NoSuchBucket`.
    pub code: Cow<'static, str>,
    /// AWS's sentence.
    pub message: Cow<'static, str>,
    /// Further elements of the XML, in order: `BucketName`, `Key`, `Region`, …
    pub details: Vec<(&'static str, String)>,
    /// Headers that the answer carries besides the usual ones.
    pub headers: Vec<(&'static str, String)>,
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Incomplete => Self::new(
                400,
                "IncompleteBody",
                "The request body terminated unexpectedly",
            ),
            Refused::NoLength => Self::new(
                411,
                "MissingContentLength",
                "You must provide the Content-Length HTTP header.",
            ),
            Refused::TooLarge(size) => entity_too_large(size, LARGEST),
            Refused::NotWritten => internal(),
        }
    }
}

impl Error {
    /// An error with nothing but its status, code and sentence.
    pub fn new(
        status: u16,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            code: code.into(),
            message: message.into(),
            details: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// Adds an element to the XML.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.details.push((name, value.into()));
        self
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

pub(super) fn access_denied() -> Error {
    Error::new(403, "AccessDenied", "Access Denied")
}

pub(super) fn no_such_bucket(bucket: &str) -> Error {
    Error::new(404, "NoSuchBucket", "The specified bucket does not exist")
        .with("BucketName", bucket)
}

pub(super) fn no_such_key(key: &str) -> Error {
    Error::new(404, "NoSuchKey", "The specified key does not exist.").with("Key", key)
}

pub(super) fn no_such_version(key: &str, version: &str) -> Error {
    Error::new(
        404,
        "NoSuchVersion",
        "The specified version does not exist.",
    )
    .with("Key", key)
    .with("VersionId", version)
}

pub(super) fn invalid_argument(
    message: impl Into<Cow<'static, str>>,
    name: &str,
    value: impl Into<String>,
) -> Error {
    Error::new(400, "InvalidArgument", message)
        .with("ArgumentName", name)
        .with("ArgumentValue", value)
}

pub(super) fn invalid_request(message: impl Into<Cow<'static, str>>) -> Error {
    Error::new(400, "InvalidRequest", message)
}

pub(super) fn internal() -> Error {
    Error::new(
        500,
        "InternalError",
        "We encountered an internal error. Please try again.",
    )
}

pub(super) fn entity_too_large(size: u64, most: u64) -> Error {
    Error::new(
        400,
        "EntityTooLarge",
        "Your proposed upload exceeds the maximum allowed size",
    )
    .with("ProposedSize", size.to_string())
    .with("MaxSizeAllowed", most.to_string())
}

pub(super) fn malformed_xml() -> Error {
    Error::new(
        400,
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published schema",
    )
}

pub(super) fn malformed_policy(message: impl Into<Cow<'static, str>>) -> Error {
    Error::new(400, "MalformedPolicy", message)
}

pub(super) fn precondition_failed(condition: &str) -> Error {
    Error::new(
        412,
        "PreconditionFailed",
        "At least one of the pre-conditions you specified did not hold",
    )
    .with("Condition", condition)
}

pub(super) fn not_implemented() -> Error {
    Error::new(
        501,
        "NotImplemented",
        "A header you provided implies functionality that is not implemented",
    )
}

pub(super) fn method_not_allowed() -> Error {
    Error::new(
        405,
        "MethodNotAllowed",
        "The specified method is not allowed against this resource.",
    )
}

/// The sentence of an error that the protocol library found, which gives the code alone.
pub(super) fn sentence(code: &str) -> &'static str {
    match code {
        "MalformedXML" => {
            "The XML you provided was not well-formed or did not validate against our published schema"
        }
        "MissingRequestBodyError" => "Request Body is empty",
        "InvalidURI" => "Couldn't parse the specified URI.",
        "KeyTooLongError" => "Your key is too long",
        "NotImplemented" => "A header you provided implies functionality that is not implemented",
        "MethodNotAllowed" => "The specified method is not allowed against this resource.",
        "InvalidRange" => "The requested range is not satisfiable",
        _ => "The request is not valid.",
    }
}
