//! The policies that AWS manages. Their ids are the same in every account.

/// How long an edge keeps the answer of an origin, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ttl {
    /// The minimum, whatever the origin says.
    pub least: i64,
    /// The default, for an origin that says nothing.
    pub usual: i64,
    /// The maximum.
    pub most: i64,
}

const fn ttl(least: i64, usual: i64, most: i64) -> Ttl {
    Ttl { least, usual, most }
}

/// Cache policies: id, name, times.
pub const CACHE: &[(&str, &str, Ttl)] = &[
    (
        "658327ea-f89d-4fab-a63d-7e88639e58f6",
        "Managed-CachingOptimized",
        ttl(1, 86_400, 31_536_000),
    ),
    (
        "b2884449-e4de-46a7-ac36-70bc7f1ddd6d",
        "Managed-CachingOptimizedForUncompressedObjects",
        ttl(1, 86_400, 31_536_000),
    ),
    (
        "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
        "Managed-CachingDisabled",
        ttl(0, 0, 0),
    ),
    (
        "08627262-05a9-4f76-9ded-b50ca2e3a84f",
        "Managed-Elemental-MediaPackage",
        ttl(0, 86_400, 31_536_000),
    ),
    (
        "2e54312d-136d-493c-8eb9-b001f22f67d2",
        "Managed-Amplify",
        ttl(2, 2, 600),
    ),
    (
        "83da9c7e-98b4-4e11-a168-04f0df8e2c65",
        "UseOriginCacheControlHeaders",
        ttl(0, 0, 31_536_000),
    ),
    (
        "4cc15a8a-d715-48a4-82b8-cc0b614638fe",
        "UseOriginCacheControlHeaders-QueryStrings",
        ttl(0, 0, 31_536_000),
    ),
];

/// Origin request policies.
pub const ORIGIN_REQUEST: &[(&str, &str)] = &[
    ("216adef6-5c7f-47e4-b989-5492eafa07d3", "Managed-AllViewer"),
    (
        "b689b0a8-53d0-40ab-baf2-68738e2966ac",
        "Managed-AllViewerExceptHostHeader",
    ),
    (
        "33f36d7e-f396-46d9-90e0-52428a34d9dc",
        "Managed-AllViewerAndCloudFrontHeaders-2022-06",
    ),
    (
        "59781a5b-3903-41f3-afcb-af62929ccde1",
        "Managed-CORS-CustomOrigin",
    ),
    (
        "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf",
        "Managed-CORS-S3Origin",
    ),
    (
        "775133bc-15f2-49f9-abea-afb2e0bf67d2",
        "Managed-Elemental-MediaTailor-PersonalizedManifests",
    ),
    (
        "acba4595-bd28-49b8-b9fe-13317c0390fa",
        "Managed-UserAgentRefererHeaders",
    ),
    (
        "bf0718e1-ba1e-49d1-88b1-f726733018ae",
        "Managed-HostHeaderOnly",
    ),
];

/// The headers of the security policies among the response headers policies.
const SECURITY: Headers = &[
    ("strict-transport-security", "max-age=31536000"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "SAMEORIGIN"),
    ("x-xss-protection", "1; mode=block"),
    ("referrer-policy", "strict-origin-when-cross-origin"),
];

/// Header names and values.
type Headers = &'static [(&'static str, &'static str)];

/// Response headers policies, with what each adds to every answer. The headers of CORS, which only
/// answer a request with an `Origin`, are not among them.
pub const RESPONSE_HEADERS: &[(&str, &str, Headers)] = &[
    (
        "67f7725c-6f97-4210-82d7-5512b31e9d03",
        "Managed-SecurityHeadersPolicy",
        SECURITY,
    ),
    (
        "60669652-455b-4ae9-85a4-c4c02393f86c",
        "Managed-SimpleCORS",
        &[],
    ),
    (
        "5cc3b908-e619-4b99-88e5-2cf7f45965bd",
        "Managed-CORS-With-Preflight",
        &[],
    ),
    (
        "e61eb60c-9c35-4d20-a928-2b84e02af89c",
        "Managed-CORS-and-SecurityHeadersPolicy",
        SECURITY,
    ),
    (
        "eaab4381-ed33-4a86-88ca-d9558dc6cd63",
        "Managed-CORS-with-preflight-and-SecurityHeadersPolicy",
        SECURITY,
    ),
];

/// The times of a cache policy.
pub fn cache(id: &str) -> Option<Ttl> {
    CACHE
        .iter()
        .find(|(known, _, _)| *known == id)
        .map(|(_, _, ttl)| *ttl)
}

/// Whether there is an origin request policy of this id.
pub fn is_origin_request(id: &str) -> bool {
    ORIGIN_REQUEST.iter().any(|(known, _)| *known == id)
}

/// The headers that a response headers policy adds.
pub fn response_headers(id: &str) -> Option<Headers> {
    RESPONSE_HEADERS
        .iter()
        .find(|(known, _, _)| *known == id)
        .map(|(_, _, headers)| *headers)
}
