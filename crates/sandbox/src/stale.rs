//! Reads that answer as before the last change, for as long as the weather has it.
//!
//! The answer is the one that the read had just before the change. It is part of the record of the
//! callers and not of the world: a new process reads what is there.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use jiff::Timestamp;

use crate::call::{Call, Reply};
use crate::s3;
use crate::weather::Behaviour;

/// Answers from before a change, by what they are answers to.
#[derive(Debug, Default)]
pub(crate) struct Stale(BTreeMap<String, Old>);

#[derive(Debug)]
struct Old {
    until: Timestamp,
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

/// The read of what a call is about to change.
pub(crate) struct Read {
    pub(crate) behaviour: Behaviour,
    /// The resource, for the draw.
    pub(crate) resource: String,
    pub(crate) operation: &'static str,
    pub(crate) call: Call,
}

impl Read {
    /// The read that shows what `operation` changes, where the weather has a say in it.
    pub(crate) fn of(call: &Call, operation: &str) -> Option<Self> {
        let (behaviour, read) = match operation {
            "PutBucketPolicy" | "DeleteBucketPolicy" => {
                (Behaviour::StaleSettings, "GetBucketPolicy")
            }
            "PutBucketVersioning" => (Behaviour::StaleSettings, "GetBucketVersioning"),
            "PutBucketLogging" => (Behaviour::StaleSettings, "GetBucketLogging"),
            "PutBucketLifecycleConfiguration" | "DeleteBucketLifecycle" => {
                (Behaviour::StaleSettings, "GetBucketLifecycleConfiguration")
            }
            "UpdateDistribution" => (Behaviour::StaleDistribution, "GetDistribution"),
            _ => return None,
        };
        let uri = call.request.uri.to_string();
        // The configuration of a distribution is updated one level below it.
        let uri = uri.strip_suffix("/config").unwrap_or(&uri);
        let mut request = http::Request::builder().method(Method::GET).uri(uri);
        if let Some(host) = call.request.headers.get("host") {
            request = request.header("host", host);
        }
        let (request, ()) = request.body(()).ok()?.into_parts();
        let call = Call {
            account: call.account.clone(),
            principal: call.principal.clone(),
            region: call.region.clone(),
            service: call.service.clone(),
            request,
            body: Bytes::new(),
            arrived_body: None,
            now: call.now,
            arrived: call.arrived,
            caller_now: call.caller_now,
            request_id: call.request_id.clone(),
        };
        Some(Self {
            behaviour,
            resource: key(&call, read)?,
            operation: read,
            call,
        })
    }
}

/// The key of an answer: the read, the account and the resource.
fn key(call: &Call, read: &str) -> Option<String> {
    let resource = match call.service.as_str() {
        "s3" => s3::bucket_named(call)?,
        "cloudfront" => call.request.uri.path().split('/').nth(3)?.to_owned(),
        _ => return None,
    };
    Some(format!("{read} {} {resource}", call.account))
}

impl Stale {
    /// The old answer to a read, while it lasts.
    pub(crate) fn answer(&self, call: &Call, operation: &str) -> Option<Reply> {
        let old = self.0.get(&key(call, operation)?)?;
        if old.until <= call.now {
            return None;
        }
        let mut reply = Reply::new(old.body.clone());
        *reply.status_mut() = old.status;
        *reply.headers_mut() = old.headers.clone();
        Some(reply)
    }

    /// Forgets the answers about a resource that is deleted: one made anew has none of them.
    pub(crate) fn forget(&mut self, call: &Call) {
        if let Some(end) = key(call, "") {
            self.0.retain(|held, _| !held.ends_with(&end));
        }
    }

    /// Keeps the answer that a read had before a change, until then.
    pub(crate) fn keep(&mut self, read: &Read, reply: Reply, until: Timestamp) {
        self.0.retain(|_, old| old.until > read.call.now);
        let (parts, body) = reply.into_parts();
        let old = Old {
            until,
            status: parts.status,
            headers: parts.headers,
            body,
        };
        self.0.insert(read.resource.clone(), old);
    }
}
