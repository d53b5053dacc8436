//! The log of calls: an event for each attempt, so that a failing apply can be followed to the request
//! id that AWS's support and CloudTrail know.
//!
//! An event holds names, numbers and AWS's own message. It holds no header and no body: a signed
//! request in a log file would be a credential for some minutes.

use std::time::Duration;

use aws_smithy_runtime_api::client::interceptors::context::FinalizerInterceptorContextRef;
use aws_smithy_runtime_api::http::Headers;
// Named for its features alone: see the workspace's Cargo.toml.
use model::AccountId;
use tracing_core as _;

use crate::quotas::Operation;
use crate::words::chain;

/// The headers in which AWS's services send the id of a request: the JSON and REST protocols, S3,
/// and CloudFront's and Route 53's older spelling.
const REQUEST_ID: [&str; 3] = ["x-amzn-requestid", "x-amz-request-id", "x-amzn-request-id"];

/// One attempt of one call.
pub(crate) struct Attempted<'a> {
    pub(crate) account: &'a AccountId,
    pub(crate) region: &'a str,
    pub(crate) operation: &'a Operation,
    /// Counted from 1.
    pub(crate) number: u32,
    /// How long the call has waited for quotas so far.
    pub(crate) waited: Duration,
}

/// Writes the event.
pub(crate) fn attempt(attempted: &Attempted<'_>, context: &FinalizerInterceptorContextRef<'_>) {
    let answer = context.response();
    let failure = context.output_or_error().and_then(Result::err);
    let causes = failure.map(|error| {
        let causes: Vec<String> = chain(error).map(ToString::to_string).collect();
        causes.join(": ")
    });
    tracing::debug!(
        target: "deploy::aws",
        account = attempted.account.as_str(),
        region = attempted.region,
        service = attempted.operation.service,
        operation = attempted.operation.name,
        attempt = attempted.number,
        waited_ms = u64::try_from(attempted.waited.as_millis()).unwrap_or(u64::MAX),
        status = answer.map(|answer| answer.status().as_u16()),
        request_id = answer.and_then(|answer| request_id(answer.headers())),
        // `Debug` escapes the control characters of a text that is not ours.
        error = causes.as_ref().map(tracing::field::debug),
        "call"
    );
}

fn request_id(headers: &Headers) -> Option<&str> {
    REQUEST_ID.iter().find_map(|name| headers.get(name))
}
