//! Which operation a method and a path mean.

use crate::call::Call;
use crate::query::pairs;

/// The version of the API, which begins every path.
const VERSION: &str = "2020-05-31";

/// A method, a path with `*` for an id, a marker in the query, and the operation.
type Route = (&'static str, &'static str, &'static str, &'static str);

const ROUTES: &[Route] = &[
    (
        "POST",
        "distribution",
        "WithTags",
        "CreateDistributionWithTags",
    ),
    ("POST", "distribution", "", "CreateDistribution"),
    ("GET", "distribution", "", "ListDistributions"),
    ("GET", "distribution/*", "", "GetDistribution"),
    ("DELETE", "distribution/*", "", "DeleteDistribution"),
    ("GET", "distribution/*/config", "", "GetDistributionConfig"),
    ("PUT", "distribution/*/config", "", "UpdateDistribution"),
    (
        "PUT",
        "distribution/*/associate-alias",
        "",
        "AssociateAlias",
    ),
    (
        "POST",
        "distribution/*/invalidation",
        "",
        "CreateInvalidation",
    ),
    (
        "GET",
        "distribution/*/invalidation",
        "",
        "ListInvalidations",
    ),
    (
        "GET",
        "distribution/*/invalidation/*",
        "",
        "GetInvalidation",
    ),
    ("GET", "conflicting-alias", "", "ListConflictingAliases"),
    (
        "GET",
        "distributionsByCachePolicyId/*",
        "",
        "ListDistributionsByCachePolicyId",
    ),
    (
        "GET",
        "distributionsByOriginRequestPolicyId/*",
        "",
        "ListDistributionsByOriginRequestPolicyId",
    ),
    (
        "GET",
        "distributionsByResponseHeadersPolicyId/*",
        "",
        "ListDistributionsByResponseHeadersPolicyId",
    ),
    (
        "GET",
        "distributionsByWebACLId/*",
        "",
        "ListDistributionsByWebACLId",
    ),
    (
        "POST",
        "origin-access-control",
        "",
        "CreateOriginAccessControl",
    ),
    (
        "GET",
        "origin-access-control",
        "",
        "ListOriginAccessControls",
    ),
    (
        "GET",
        "origin-access-control/*",
        "",
        "GetOriginAccessControl",
    ),
    (
        "DELETE",
        "origin-access-control/*",
        "",
        "DeleteOriginAccessControl",
    ),
    (
        "GET",
        "origin-access-control/*/config",
        "",
        "GetOriginAccessControlConfig",
    ),
    (
        "PUT",
        "origin-access-control/*/config",
        "",
        "UpdateOriginAccessControl",
    ),
    ("GET", "tagging", "", "ListTagsForResource"),
    ("POST", "tagging", "Operation=Tag", "TagResource"),
    ("POST", "tagging", "Operation=Untag", "UntagResource"),
];

/// The meaning of a path and query.
#[derive(Debug, Default)]
pub(super) struct Asked {
    ids: Vec<String>,
    query: Vec<(String, String)>,
    if_match: Option<String>,
}

impl Asked {
    pub(super) fn of(call: &Call) -> Self {
        let segments = segments(call);
        Self {
            ids: segments
                .iter()
                .skip(1)
                .step_by(2)
                .map(|id| (*id).to_owned())
                .collect(),
            query: pairs(call.request.uri.query().unwrap_or_default()).collect(),
            if_match: call
                .request
                .headers
                .get("if-match")
                .and_then(|value| value.to_str().ok())
                .map(ToOwned::to_owned),
        }
    }

    /// The first id in the path.
    pub(super) fn id(&self) -> &str {
        self.ids.first().map_or("", String::as_str)
    }

    /// The second id in the path.
    pub(super) fn second_id(&self) -> &str {
        self.ids.get(1).map_or("", String::as_str)
    }

    /// A value of the query.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The `If-Match` header.
    pub(super) fn if_match(&self) -> Option<&str> {
        self.if_match.as_deref()
    }
}

/// The path after the version, in pieces.
fn segments(call: &Call) -> Vec<&str> {
    let path = call.request.uri.path().trim_matches('/');
    let rest = path.strip_prefix(VERSION).unwrap_or_default();
    rest.split('/')
        .filter(|segment| !segment.is_empty())
        .collect()
}

/// The operation that a call means.
pub(super) fn operation(call: &Call) -> Option<&'static str> {
    let segments = segments(call);
    let query = call.request.uri.query().unwrap_or_default();
    let marked = |marker: &str| {
        marker.is_empty()
            || query
                .split('&')
                .any(|pair| pair.trim_end_matches('=') == marker)
    };
    let fits = |pattern: &str| {
        let pattern: Vec<&str> = pattern.split('/').collect();
        pattern.len() == segments.len()
            && pattern
                .iter()
                .zip(&segments)
                .all(|(wanted, sent)| *wanted == "*" || wanted == sent)
    };
    ROUTES
        .iter()
        .find(|(method, pattern, marker, _)| {
            call.request.method == *method && fits(pattern) && marked(marker)
        })
        .map(|(_, _, _, operation)| *operation)
}
