//! How far AWS's clock is from ours, from the `Date` that every answer carries.
//!
//! AWS refuses signatures that are more than five minutes off. The SDK corrects itself after the
//! first refusal, so that nobody notices before something else refuses a time that is wrong.

use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};

/// The time of AWS, by its last answer, compared with ours.
#[derive(Clone, Debug, Default)]
pub(crate) struct Skew(Arc<Mutex<Option<SignedDuration>>>);

impl Skew {
    /// How far AWS's clock is ahead of ours, when it has answered.
    pub(crate) fn seen(&self) -> Option<SignedDuration> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Compares an answer's `Date` with the middle of the time that it took.
    pub(crate) fn note(&self, response: &HttpResponse, sent: Timestamp, received: Timestamp) {
        let date = response.headers().get("date");
        let Some(said) = date.and_then(parse) else {
            return;
        };
        let middle = sent + received.duration_since(sent) / 2;
        let skew = said.duration_since(middle);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(skew);
    }
}

/// A `Date` of HTTP (RFC 9110 §5.6.7), which is one of mail.
fn parse(date: &str) -> Option<Timestamp> {
    static PARSER: DateTimeParser = DateTimeParser::new();
    PARSER.parse_timestamp(date).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_of_http_is_read() {
        let seen = parse("Tue, 24 Nov 2026 12:00:00 GMT").expect("a date");
        assert_eq!(seen.to_string(), "2026-11-24T12:00:00Z");
        assert_eq!(parse("noon"), None);
    }
}
