//! The calls: counts for people, and a log for tests.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::call::{Call, Reply};
use crate::cloudtrail::parameters;

/// How many calls the log holds at most. A server that runs for months keeps its counts for ever,
/// and the calls of the last while.
const LOG_MAX: usize = 100_000;

/// The calls of one world.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Stats {
    /// How many, by account, service, operation and result.
    pub counts: BTreeMap<String, ByService>,
    /// Each, in the order in which they were handled. Not saved; the older half is forgotten when
    /// there are 100,000.
    #[serde(skip)]
    pub log: Vec<Logged>,
}

/// Counts by service, operation and result.
pub type ByService = BTreeMap<String, BTreeMap<String, BTreeMap<String, u64>>>;

/// One call that was handled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logged {
    /// When it arrived.
    pub at: Timestamp,
    /// The account that the credentials act in.
    pub account: String,
    /// The region of the signature.
    pub region: String,
    /// The service: `route53`.
    pub service: String,
    /// The operation: `ChangeResourceRecordSets`; empty when the service knows none such.
    pub operation: String,
    /// Whether the operation is one that changes something.
    pub changing: bool,
    /// Whether it took effect: it was carried out, and not refused.
    pub took_effect: bool,
    /// `ok`, AWS's error code, or `no answer`.
    pub result: String,
    /// A fingerprint of its body: the same for two calls that say the same.
    #[serde(default)]
    pub fingerprint: u64,
    /// Its host and path, which is where S3 has the names of buckets and objects.
    #[serde(default)]
    pub url: String,
    /// The parameters of a call that changes something, as an event of CloudTrail has them.
    #[serde(skip)]
    pub parameters: Value,
}

impl Logged {
    /// A call with its answer, before anybody knows whether it took effect.
    pub(crate) fn of(call: &Call, operation: &str, changing: bool, reply: &Reply) -> Self {
        Self {
            at: call.now,
            account: call.account.clone(),
            region: call.region.clone(),
            service: call.service.clone(),
            operation: operation.to_owned(),
            changing,
            took_effect: false,
            result: result_of(reply),
            fingerprint: fingerprint(call),
            url: url(call),
            parameters: if changing {
                parameters::of(call)
            } else {
                Value::Null
            },
        }
    }
}

/// Not a cryptographic one: it tells calls of a test apart.
fn fingerprint(call: &Call) -> u64 {
    let mut hasher = DefaultHasher::new();
    call.body.hash(&mut hasher);
    hasher.finish()
}

/// The host and the path that a call went to.
fn url(call: &Call) -> String {
    let host = call.request.headers.get(http::header::HOST);
    let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
    format!("{host}{}", call.request.uri.path())
}

impl Stats {
    pub(crate) fn record(&mut self, logged: Logged) {
        let by_service = self.counts.entry(logged.account.clone()).or_default();
        let by_operation = by_service.entry(logged.service.clone()).or_default();
        let by_result = by_operation.entry(logged.operation.clone()).or_default();
        *by_result.entry(logged.result.clone()).or_default() += 1;
        if self.log.len() >= LOG_MAX {
            self.log.drain(..LOG_MAX / 2);
        }
        self.log.push(logged);
    }

    /// How many calls there were.
    pub fn total(&self) -> u64 {
        self.iter().map(|(_, count)| count).sum()
    }

    /// How many calls of this operation there were, whatever came of them.
    pub fn calls(&self, service: &str, operation: &str) -> u64 {
        self.iter()
            .filter(|([_, of, called, _], _)| *of == service && *called == operation)
            .map(|(_, count)| count)
            .sum()
    }

    /// Every count, with its account, service, operation and result.
    pub fn iter(&self) -> impl Iterator<Item = ([&str; 4], u64)> {
        self.counts.iter().flat_map(|(account, services)| {
            services.iter().flat_map(move |(service, operations)| {
                operations.iter().flat_map(move |(operation, results)| {
                    results.iter().map(move |(result, count)| {
                        (
                            [
                                account.as_str(),
                                service.as_str(),
                                operation.as_str(),
                                result.as_str(),
                            ],
                            *count,
                        )
                    })
                })
            })
        })
    }

    /// The calls that were to change something a user owns: STS's sessions are nothing of the kind.
    pub fn changes(&self) -> impl Iterator<Item = &Logged> {
        self.log
            .iter()
            .filter(|logged| logged.changing && logged.service != "sts")
    }
}

/// `ok`, or the error code in an answer, wherever its protocol puts it.
pub(crate) fn result_of(reply: &Reply) -> String {
    if reply.status().as_u16() < 400 {
        return "ok".to_owned();
    }
    if let Some(code) = reply
        .headers()
        .get("x-amzn-errortype")
        .and_then(|value| value.to_str().ok())
    {
        return short(code);
    }
    let body = String::from_utf8_lossy(reply.body());
    let xml = || body.split_once("<Code>")?.1.split_once("</Code>");
    if let Some((code, _)) = xml() {
        return code.to_owned();
    }
    let json: serde_json::Value = serde_json::from_str(&body).unwrap_or_default();
    let code = ["__type", "code"]
        .iter()
        .find_map(|field| json.get(field)?.as_str());
    code.map_or_else(|| reply.status().as_str().to_owned(), short)
}

/// `com.amazonaws.acm#ThrottlingException:http://…` without what is around the name.
fn short(code: &str) -> String {
    let code = code.rsplit_once('#').map_or(code, |(_, name)| name);
    code.split_once(':')
        .map_or(code, |(name, _)| name)
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: u16, body: &'static str, expect: &str) {
        let mut reply = Reply::new(body.into());
        *reply.status_mut() = http::StatusCode::from_u16(status).expect("a status");
        assert_eq!(result_of(&reply), expect);
    }

    #[test]
    fn an_error_code_is_found_in_every_protocol() {
        check(200, "<Code>no error</Code>", "ok");
        check(
            403,
            "<Error><Code>AccessDenied</Code></Error>",
            "AccessDenied",
        );
        check(
            400,
            r#"{"__type":"com.amazonaws.acm#ThrottlingException"}"#,
            "ThrottlingException",
        );
        check(404, "", "404");
    }

    #[test]
    fn a_long_log_forgets_its_older_half_and_counts_on() {
        let mut stats = Stats::default();
        let calls = u64::try_from(LOG_MAX).expect("a count") + 1;
        for second in 0..calls {
            stats.record(Logged {
                at: Timestamp::from_second(i64::try_from(second).expect("a time")).expect("a time"),
                account: "111111111111".to_owned(),
                region: "us-east-1".to_owned(),
                service: "sts".to_owned(),
                operation: "GetCallerIdentity".to_owned(),
                changing: false,
                took_effect: true,
                result: "ok".to_owned(),
                fingerprint: 0,
                url: String::new(),
                parameters: Value::Null,
            });
        }
        assert_eq!(stats.log.len(), LOG_MAX / 2 + 1);
        assert_eq!(stats.log[0].at.as_second(), 50_000);
        assert_eq!(stats.total(), calls);
    }
}
