//! Which attempts the SDK makes again, and how often.
//!
//! The SDK's own rules repeat whatever looks transient, changes too. Here a change whose outcome is
//! not known is made again only where doing it twice is doing it once; for all others it is the
//! caller who observes first.

use aws_smithy_runtime_api::client::interceptors::context::{
    Error, FinalizerInterceptorContextRef, InterceptorContext,
};
use aws_smithy_runtime_api::client::orchestrator::OrchestratorError;
use aws_smithy_runtime_api::client::retries::classifiers::{
    ClassifyRetry, RetryAction, RetryClassifierPriority,
};
use aws_smithy_types::retry::RetryConfig;

/// How often a call is tried where nobody says otherwise. The SDK's three are soon over when a
/// service has a bad minute, and the deadline of an operation ends long series anyway.
const ATTEMPTS: u32 = 8;

/// The SDK's own way to try again, so often as a profile says or by default. Its pauses are drawn from
/// zero to one second, doubled with each attempt, to twenty at most.
pub(crate) fn attempts(of_profile: Option<u32>) -> RetryConfig {
    RetryConfig::standard().with_max_attempts(of_profile.unwrap_or(ATTEMPTS))
}

/// The verdict on an attempt, as far as repeating it is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It succeeded, or AWS refused it: it had no effect.
    Refused,
    /// AWS refused it because another change is still in progress.
    Busy,
    /// AWS refused the credentials as expired.
    Expired,
    /// AWS refused it because a quota is full.
    Full,
    /// Nobody knows whether it had an effect.
    Unknown,
}

/// Codes of credentials whose session has ended: S3 and the query protocol, the JSON protocols, and
/// IAM's, in this order (AWS General Reference, "Common errors").
const EXPIRED: [&str; 3] = ["ExpiredToken", "ExpiredTokenException", "RequestExpired"];

/// Codes of a full quota. The SDK counts the first among the throttling errors and repeats it,
/// which only makes the message late: `aws_runtime::retries::classifiers::THROTTLING_ERRORS`.
const FULL: [&str; 2] = ["LimitExceededException", "LimitExceeded"];

pub(crate) fn verdict(context: &FinalizerInterceptorContextRef<'_>) -> Verdict {
    judge(context.inner())
}

fn judge(context: &InterceptorContext) -> Verdict {
    let Some(Err(error)) = context.output_or_error() else {
        return Verdict::Refused;
    };
    let status = context.response().map(|answer| answer.status().as_u16());
    let Some(refusal) = error.as_operation_error() else {
        let was_sent = match error.as_connector_error() {
            // A connection that was never made carried no request.
            Some(error) => !error.is_user() && !is_unconnected(error),
            // An answer of which a part is missing; everything else fails before sending: no credentials,
            // no endpoint.
            None => error.is_response_error() || error.is_timeout_error() || status.is_some(),
        };
        return if was_sent {
            Verdict::Unknown
        } else {
            Verdict::Refused
        };
    };
    match (code(refusal).as_deref(), status) {
        (Some(code), _) if EXPIRED.contains(&code) => Verdict::Expired,
        (Some(code), _) if FULL.contains(&code) => Verdict::Full,
        (Some("PriorRequestNotComplete"), _) => Verdict::Busy,
        (Some("SlowDown"), _) | (_, Some(429)) => Verdict::Refused,
        // An answer that says "done" and cannot be read, or that a load balancer gave.
        (_, Some(200..300 | 500 | 502..)) => Verdict::Unknown,
        _ => Verdict::Refused,
    }
}

/// Whether the error chain ends before there was a connection: no route, refused, no such host.
fn is_unconnected(error: &(dyn std::error::Error + 'static)) -> bool {
    use std::io::ErrorKind::{ConnectionRefused, HostUnreachable, NetworkUnreachable, NotFound};
    crate::words::chain(error).any(|cause| {
        let kind = cause
            .downcast_ref::<std::io::Error>()
            .map(std::io::Error::kind);
        kind.is_some_and(|kind| {
            [
                ConnectionRefused,
                HostUnreachable,
                NetworkUnreachable,
                NotFound,
            ]
            .contains(&kind)
        })
    })
}

/// The code of a refusal whose type the orchestrator has erased. The SDK's errors print it: modelled
/// ones as `Code` or `Code: message`, others as `unhandled error (Code)`.
pub(crate) fn code(refusal: &Error) -> Option<String> {
    let text = refusal.to_string();
    let code = match text.strip_prefix("unhandled error (") {
        Some(rest) => rest.split(')').next()?,
        None => text.split([':', ' ']).next()?,
    };
    let is_code = |code: &&str| code.chars().all(|letter| letter.is_ascii_alphanumeric());
    Some(code)
        .filter(is_code)
        .filter(|code| !code.is_empty() && *code != "unhandled")
        .map(str::to_owned)
}

/// Adds to the SDK's rules what they lack, and takes away what they have too much.
#[derive(Debug)]
pub(crate) struct Classifier;

impl ClassifyRetry for Classifier {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(Err(error)) = context.output_or_error() else {
            return RetryAction::NoActionIndicated;
        };
        match judge(context) {
            Verdict::Full => RetryAction::RetryForbidden,
            Verdict::Expired => RetryAction::transient_error(),
            _ if is_throttled_without_code(context, error) => RetryAction::throttling_error(),
            // The operation decides: `attempt` ends those that must not be sent twice.
            Verdict::Unknown => RetryAction::transient_error(),
            Verdict::Refused | Verdict::Busy => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "Deploy"
    }

    /// After the SDK's own, whose opinion it overrides.
    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

/// A 429 without a code comes from a proxy or a load balancer; the SDK takes it for a plain refusal.
fn is_throttled_without_code(
    context: &InterceptorContext,
    error: &OrchestratorError<Error>,
) -> bool {
    let status = context.response().map(|answer| answer.status().as_u16());
    status == Some(429) && error.as_operation_error().and_then(code).is_none()
}
