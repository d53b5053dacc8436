//! The refusals of Route 53, in its own words.

/// A refusal. `Display` is AWS's sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The zone is not there.
    #[error("No hosted zone found with ID: {0}")]
    NoSuchHostedZone(String),
    /// The zone is another account's.
    #[error("User: {0} is not authorized to access this resource")]
    AccessDenied(String),
    /// The change is not there.
    #[error("Could not find resource with ID: {0}")]
    NoSuchChange(String),
    /// Health checks are never there.
    #[error("A health check with id {0} does not exist.")]
    NoSuchHealthCheck(String),
    /// Reusable delegation sets are never there.
    #[error("A delegation set with id {0} does not exist.")]
    NoSuchDelegationSet(String),
    /// One message for each thing that is wrong with the batch.
    #[error("[{}]", .0.join(", "))]
    InvalidChangeBatch(Vec<String>),
    /// The request is wrong in itself.
    #[error("{0}")]
    InvalidInput(String),
    /// The body is not the document that the operation takes.
    #[error("{0}")]
    MalformedInput(String),
    /// The name of a zone is not a name.
    #[error("{0}")]
    InvalidDomainName(String),
    /// An earlier change of the zone is still being processed.
    #[error("The request was rejected because Route 53 was still processing a prior request.")]
    PriorRequestNotComplete,
    /// The caller reference was used.
    #[error("A hosted zone has already been created with the specified caller reference.")]
    HostedZoneAlreadyExists,
    /// A private zone of the name is there for the VPC.
    #[error("A conflicting domain is already associated with the given VPC or Delegation Set.")]
    ConflictingDomainExists,
    /// There are records besides NS and SOA. The two spaces are AWS's.
    #[error(
        "The specified hosted zone contains non-required resource record sets  and so cannot be deleted."
    )]
    HostedZoneNotEmpty,
    /// There is a key that signs the zone (Developer Guide, deleting a public hosted zone).
    #[error("The specified hosted zone contains DNSSEC Key Signing Keys and so cannot be deleted.")]
    HostedZoneSigned,
    /// Accelerated recovery is being switched (go-to-k/cdkd issue 1467).
    #[error("HostedZone {0} is marked disabled for mutation")]
    Locked(String),
    /// The account has as many zones as it may.
    #[error("Limits Exceeded: MAX_HOSTED_ZONES_BY_OWNER - Cannot create more hosted zones")]
    TooManyHostedZones,
}

impl Error {
    /// A batch with one thing wrong.
    pub(crate) fn batch(message: impl Into<String>) -> Self {
        Self::InvalidChangeBatch(vec![message.into()])
    }

    /// AWS's code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSuchHostedZone(_) => "NoSuchHostedZone",
            Self::AccessDenied(_) => "AccessDenied",
            Self::NoSuchChange(_) => "NoSuchChange",
            Self::NoSuchHealthCheck(_) => "NoSuchHealthCheck",
            Self::NoSuchDelegationSet(_) => "NoSuchDelegationSet",
            Self::InvalidChangeBatch(_) => "InvalidChangeBatch",
            Self::InvalidInput(_) | Self::Locked(_) => "InvalidInput",
            Self::MalformedInput(_) => "MalformedInput",
            Self::InvalidDomainName(_) => "InvalidDomainName",
            Self::PriorRequestNotComplete => "PriorRequestNotComplete",
            Self::HostedZoneAlreadyExists => "HostedZoneAlreadyExists",
            Self::ConflictingDomainExists => "ConflictingDomainExists",
            Self::HostedZoneNotEmpty | Self::HostedZoneSigned => "HostedZoneNotEmpty",
            Self::TooManyHostedZones => "TooManyHostedZones",
        }
    }

    /// The HTTP status that AWS sends it with.
    pub fn status(&self) -> u16 {
        match self {
            Self::NoSuchHostedZone(_) | Self::NoSuchChange(_) | Self::NoSuchHealthCheck(_) => 404,
            Self::AccessDenied(_) => 403,
            Self::HostedZoneAlreadyExists => 409,
            _ => 400,
        }
    }
}
