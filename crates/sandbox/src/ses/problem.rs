//! Why SES refuses something; v1 and v2 word it each in its own way.

use crate::service::ServiceError;

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// The identity is not there.
    NoIdentity(String),
    /// The identity is there already.
    IdentityExists(String),
    /// The configuration set is not there.
    NoSet(String),
    /// The configuration set is there already.
    SetExists(String),
    /// The event destination is not there: set, name.
    NoDestination(String, String),
    /// The event destination is there already: set, name.
    DestinationExists(String, String),
    /// The policy is not there.
    NoPolicy(String),
    /// The policy is there already.
    PolicyExists(String),
    /// The policy is not one.
    BadPolicy(String),
    /// The resource of the ARN is not there.
    NoResource(String),
    /// A value that is not allowed.
    Invalid(String),
    /// More than SES holds.
    Limit(String),
    /// Something of the kind is under way already.
    Conflict(String),
}

impl Problem {
    /// A value that is not allowed.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::Invalid(message.into())
    }

    /// In the words of SES v2.
    pub(crate) fn v2(self) -> ServiceError {
        let (status, code) = match self {
            Self::NoIdentity(_)
            | Self::NoSet(_)
            | Self::NoDestination(..)
            | Self::NoPolicy(_)
            | Self::NoResource(_) => (404, "NotFoundException"),
            Self::IdentityExists(_)
            | Self::SetExists(_)
            | Self::DestinationExists(..)
            | Self::PolicyExists(_) => (400, "AlreadyExistsException"),
            Self::BadPolicy(_) | Self::Invalid(_) => (400, "BadRequestException"),
            Self::Limit(_) => (400, "LimitExceededException"),
            Self::Conflict(_) => (409, "ConflictException"),
        };
        ServiceError::new(status, code, self.message())
    }

    /// In the words of SES v1.
    pub(crate) fn v1(self) -> ServiceError {
        let code = match self {
            Self::NoSet(_) => "ConfigurationSetDoesNotExist",
            Self::SetExists(_) => "ConfigurationSetAlreadyExists",
            Self::NoDestination(..) => "EventDestinationDoesNotExist",
            Self::DestinationExists(..) => "EventDestinationAlreadyExists",
            Self::IdentityExists(_) | Self::PolicyExists(_) => "AlreadyExists",
            Self::BadPolicy(_) => "InvalidPolicy",
            Self::Limit(_) => "LimitExceeded",
            Self::NoIdentity(_)
            | Self::NoPolicy(_)
            | Self::NoResource(_)
            | Self::Invalid(_)
            | Self::Conflict(_) => "InvalidParameterValue",
        };
        ServiceError::new(400, code, self.message())
    }

    fn message(self) -> String {
        match self {
            Self::NoIdentity(name) => format!("Email identity {name} does not exist."),
            Self::IdentityExists(name) => format!("Email identity {name} already exist."),
            Self::NoSet(name) => format!("Configuration set <{name}> does not exist."),
            Self::SetExists(name) => format!("Configuration set <{name}> already exists."),
            Self::NoDestination(set, name) => {
                format!(
                    "An event destination with name <{name}> does not exist for configuration set <{set}>."
                )
            }
            Self::DestinationExists(set, name) => {
                format!(
                    "An event destination with name <{name}> already exists for configuration set <{set}>."
                )
            }
            Self::NoPolicy(name) => format!("Policy {name} does not exist."),
            Self::PolicyExists(name) => format!("Policy {name} already exists."),
            Self::BadPolicy(message)
            | Self::NoResource(message)
            | Self::Invalid(message)
            | Self::Limit(message)
            | Self::Conflict(message) => message,
        }
    }
}
