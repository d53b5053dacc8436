//! The shapes of CloudFront's documents, version 2020-05-31, with the values that AWS fills in.

use super::schema::{
    Field, Shape,
    Shape::{Bool, Number, OneOf, Text},
    default, filled, optional, required,
};

const QUANTITY: Field = default("Quantity", Number, "0");

macro_rules! list_of {
    ($member:literal, $shape:expr) => {
        list_of!($member, $shape,)
    };
    ($member:literal, $shape:expr, $($more:expr),*) => {
        Shape::Struct(&[$($more,)* QUANTITY, optional("Items", Shape::List($member, &$shape))])
    };
}

const ALLOWED_PROTOCOLS: Shape = OneOf(&["allow-all", "https-only", "redirect-to-https"]);
const EVENT: Shape = OneOf(&[
    "viewer-request",
    "viewer-response",
    "origin-request",
    "origin-response",
]);

const CUSTOM_HEADER: Shape =
    Shape::Struct(&[required("HeaderName", Text), required("HeaderValue", Text)]);

const CUSTOM_ORIGIN: Shape = Shape::Struct(&[
    required("HTTPPort", Number),
    required("HTTPSPort", Number),
    required(
        "OriginProtocolPolicy",
        OneOf(&["http-only", "match-viewer", "https-only"]),
    ),
    optional("OriginSslProtocols", list_of!("SslProtocol", Text)),
    default("OriginReadTimeout", Number, "30"),
    default("OriginKeepaliveTimeout", Number, "5"),
    optional("IpAddressType", OneOf(&["ipv4", "ipv6", "dualstack"])),
    optional(
        "OriginMtlsConfig",
        Shape::Struct(&[required("ClientCertificateArn", Text)]),
    ),
]);

const ORIGIN: Shape = Shape::Struct(&[
    required("Id", Text),
    required("DomainName", Text),
    default("OriginPath", Text, ""),
    filled(
        "CustomHeaders",
        list_of!("OriginCustomHeader", CUSTOM_HEADER),
    ),
    optional(
        "S3OriginConfig",
        Shape::Struct(&[
            required("OriginAccessIdentity", Text),
            default("OriginReadTimeout", Number, "30"),
        ]),
    ),
    optional("CustomOriginConfig", CUSTOM_ORIGIN),
    optional(
        "VpcOriginConfig",
        Shape::Struct(&[
            required("VpcOriginId", Text),
            optional("OwnerAccountId", Text),
            default("OriginReadTimeout", Number, "30"),
            default("OriginKeepaliveTimeout", Number, "5"),
        ]),
    ),
    default("ConnectionAttempts", Number, "3"),
    default("ConnectionTimeout", Number, "10"),
    optional("ResponseCompletionTimeout", Number),
    filled(
        "OriginShield",
        Shape::Struct(&[
            default("Enabled", Bool, "false"),
            optional("OriginShieldRegion", Text),
        ]),
    ),
    default("OriginAccessControlId", Text, ""),
]);

const ORIGIN_GROUP: Shape = Shape::Struct(&[
    required("Id", Text),
    required(
        "FailoverCriteria",
        Shape::Struct(&[required("StatusCodes", list_of!("StatusCode", Number))]),
    ),
    required(
        "Members",
        list_of!(
            "OriginGroupMember",
            Shape::Struct(&[required("OriginId", Text)])
        ),
    ),
    optional(
        "SelectionCriteria",
        OneOf(&["default", "media-quality-based"]),
    ),
]);

const METHODS: Shape = list_of!("Method", Text);

const FORWARDED_VALUES: Shape = Shape::Struct(&[
    required("QueryString", Bool),
    required(
        "Cookies",
        Shape::Struct(&[
            required("Forward", OneOf(&["none", "whitelist", "all"])),
            optional("WhitelistedNames", list_of!("Name", Text)),
        ]),
    ),
    filled("Headers", list_of!("Name", Text)),
    filled("QueryStringCacheKeys", list_of!("Name", Text)),
]);

const LAMBDA: Shape = Shape::Struct(&[
    required("LambdaFunctionARN", Text),
    required("EventType", EVENT),
    default("IncludeBody", Bool, "false"),
]);

const FUNCTION: Shape =
    Shape::Struct(&[required("FunctionARN", Text), required("EventType", EVENT)]);

const TRUSTED_SIGNERS: Shape =
    list_of!("AwsAccountNumber", Text, default("Enabled", Bool, "false"));
const TRUSTED_KEY_GROUPS: Shape = list_of!("KeyGroup", Text, default("Enabled", Bool, "false"));

/// The fields of a cache behavior after the path pattern. What stands in for a cache policy is
/// filled in by `checks`, because it depends on there being none.
macro_rules! behavior {
    ($($first:expr),*) => {
        Shape::Struct(&[
            $($first,)*
            required("TargetOriginId", Text),
            filled("TrustedSigners", TRUSTED_SIGNERS),
            filled("TrustedKeyGroups", TRUSTED_KEY_GROUPS),
            required("ViewerProtocolPolicy", ALLOWED_PROTOCOLS),
            optional(
                "AllowedMethods",
                Shape::Struct(&[
                    QUANTITY,
                    optional("Items", Shape::List("Method", &Text)),
                    optional("CachedMethods", METHODS),
                ]),
            ),
            default("SmoothStreaming", Bool, "false"),
            default("Compress", Bool, "false"),
            filled("LambdaFunctionAssociations", list_of!("LambdaFunctionAssociation", LAMBDA)),
            filled("FunctionAssociations", list_of!("FunctionAssociation", FUNCTION)),
            default("FieldLevelEncryptionId", Text, ""),
            optional("RealtimeLogConfigArn", Text),
            optional("CachePolicyId", Text),
            optional("OriginRequestPolicyId", Text),
            optional("ResponseHeadersPolicyId", Text),
            filled("GrpcConfig", Shape::Struct(&[default("Enabled", Bool, "false")])),
            optional("ForwardedValues", FORWARDED_VALUES),
            optional("MinTTL", Number),
            optional("DefaultTTL", Number),
            optional("MaxTTL", Number),
        ])
    };
}

const DEFAULT_BEHAVIOR: Shape = behavior!();
const BEHAVIOR: Shape = behavior!(required("PathPattern", Text));

const ERROR_RESPONSE: Shape = Shape::Struct(&[
    required("ErrorCode", Number),
    default("ResponsePagePath", Text, ""),
    default("ResponseCode", Text, ""),
    default("ErrorCachingMinTTL", Number, "10"),
]);

/// The protocol versions that `MinimumProtocolVersion` may name.
pub const SECURITY_POLICIES: &[&str] = &[
    "SSLv3",
    "TLSv1",
    "TLSv1_2016",
    "TLSv1.1_2016",
    "TLSv1.2_2018",
    "TLSv1.2_2019",
    "TLSv1.2_2021",
    "TLSv1.2_2025",
    "TLSv1.3_2025",
];

const VIEWER_CERTIFICATE: Shape = Shape::Struct(&[
    optional("CloudFrontDefaultCertificate", Bool),
    optional("IAMCertificateId", Text),
    optional("ACMCertificateArn", Text),
    optional("SSLSupportMethod", OneOf(&["sni-only", "vip", "static-ip"])),
    optional("MinimumProtocolVersion", OneOf(SECURITY_POLICIES)),
    optional("Certificate", Text),
    optional("CertificateSource", OneOf(&["cloudfront", "iam", "acm"])),
]);

const RESTRICTIONS: Shape = Shape::Struct(&[filled(
    "GeoRestriction",
    list_of!(
        "Location",
        Text,
        default(
            "RestrictionType",
            OneOf(&["blacklist", "whitelist", "none"]),
            "none"
        )
    ),
)]);

const LOGGING: Shape = Shape::Struct(&[
    default("Enabled", Bool, "false"),
    default("IncludeCookies", Bool, "false"),
    default("Bucket", Text, ""),
    default("Prefix", Text, ""),
]);

const PARAMETER: Shape = Shape::Struct(&[
    required("Name", Text),
    required(
        "Definition",
        Shape::Struct(&[optional(
            "StringSchema",
            Shape::Struct(&[
                optional("Comment", Text),
                optional("DefaultValue", Text),
                required("Required", Bool),
            ]),
        )]),
    ),
]);

const TENANTS: Shape = Shape::Struct(&[optional(
    "ParameterDefinitions",
    Shape::List("member", &PARAMETER),
)]);

const VIEWER_MTLS: Shape = Shape::Struct(&[
    optional("Mode", OneOf(&["required", "optional", "passthrough"])),
    optional(
        "TrustStoreConfig",
        Shape::Struct(&[
            required("TrustStoreId", Text),
            optional("AdvertiseTrustStoreCaNames", Bool),
            optional("IgnoreCertificateExpiry", Bool),
        ]),
    ),
]);

/// `DistributionConfig`.
pub const DISTRIBUTION_CONFIG: Shape = Shape::Struct(&[
    required("CallerReference", Text),
    filled("Aliases", list_of!("CNAME", Text)),
    default("DefaultRootObject", Text, ""),
    required("Origins", list_of!("Origin", ORIGIN)),
    filled("OriginGroups", list_of!("OriginGroup", ORIGIN_GROUP)),
    required("DefaultCacheBehavior", DEFAULT_BEHAVIOR),
    filled("CacheBehaviors", list_of!("CacheBehavior", BEHAVIOR)),
    filled(
        "CustomErrorResponses",
        list_of!("CustomErrorResponse", ERROR_RESPONSE),
    ),
    required("Comment", Text),
    filled("Logging", LOGGING),
    default(
        "PriceClass",
        OneOf(&["PriceClass_100", "PriceClass_200", "PriceClass_All", "None"]),
        "PriceClass_All",
    ),
    required("Enabled", Bool),
    filled("ViewerCertificate", VIEWER_CERTIFICATE),
    filled("Restrictions", RESTRICTIONS),
    default("WebACLId", Text, ""),
    default(
        "HttpVersion",
        OneOf(&["http1.1", "http2", "http3", "http2and3"]),
        "http2",
    ),
    default("IsIPV6Enabled", Bool, "true"),
    default("ContinuousDeploymentPolicyId", Text, ""),
    default("Staging", Bool, "false"),
    optional("AnycastIpListId", Text),
    optional("TenantConfig", TENANTS),
    optional("ConnectionMode", OneOf(&["direct", "tenant-only"])),
    optional("ViewerMtlsConfig", VIEWER_MTLS),
    optional(
        "ConnectionFunctionAssociation",
        Shape::Struct(&[required("Id", Text)]),
    ),
    optional(
        "CacheTagConfig",
        Shape::Struct(&[required("HeaderName", Text)]),
    ),
]);

/// `OriginAccessControlConfig`.
pub const ORIGIN_ACCESS_CONTROL_CONFIG: Shape = Shape::Struct(&[
    required("Name", Text),
    default("Description", Text, ""),
    required("SigningProtocol", OneOf(&["sigv4", "sigv4a"])),
    required(
        "SigningBehavior",
        OneOf(&["never", "always", "no-override", "always-amz-auth"]),
    ),
    required(
        "OriginAccessControlOriginType",
        OneOf(&["s3", "mediastore", "mediapackagev2", "lambda"]),
    ),
]);

/// `InvalidationBatch`.
pub const INVALIDATION_BATCH: Shape = Shape::Struct(&[
    required("Paths", list_of!("Path", Text)),
    required("CallerReference", Text),
]);

/// `Tags`.
pub const TAGS: Shape = Shape::Struct(&[optional(
    "Items",
    Shape::List(
        "Tag",
        &Shape::Struct(&[required("Key", Text), default("Value", Text, "")]),
    ),
)]);

/// `TagKeys`.
pub const TAG_KEYS: Shape = Shape::Struct(&[optional("Items", Shape::List("Key", &Text))]);

/// `DistributionConfigWithTags`; its configuration is completed by itself.
pub const WITH_TAGS: &str = "DistributionConfigWithTags";

/// The fields that an update must send although a create need not, by the Developer Guide's table of required
/// fields: an update is not merged with what is there.
pub mod for_updates {
    /// In `DistributionConfig`.
    pub const CONFIG: &[&str] = &[
        "Aliases",
        "DefaultRootObject",
        "CacheBehaviors",
        "CustomErrorResponses",
        "Logging",
        "PriceClass",
        "ViewerCertificate",
        "Restrictions",
        "WebACLId",
        "HttpVersion",
    ];
    /// In each `Origin`.
    pub const ORIGIN: &[&str] = &["OriginPath", "CustomHeaders"];
    /// In each cache behavior.
    pub const BEHAVIOR: &[&str] = &[
        "AllowedMethods",
        "SmoothStreaming",
        "Compress",
        "LambdaFunctionAssociations",
        "FieldLevelEncryptionId",
    ];
    /// In each `CustomOriginConfig`.
    pub const CUSTOM_ORIGIN: &[&str] = &[
        "OriginSslProtocols",
        "OriginReadTimeout",
        "OriginKeepaliveTimeout",
    ];
}
