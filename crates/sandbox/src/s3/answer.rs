//! From the protocol library's answer to that of AWS: its headers, its documents, its errors.

use std::fmt::Write;

use bytes::Bytes;
use http::{HeaderValue, Method, Response, StatusCode};

use super::error::{self, Error};
use super::operations::Operation;
use super::state::arn;
use crate::bodies;
use crate::call::{Call, Reply};

/// The library's answer to a call, and the headers to add to it.
pub(super) type Answer = (Reply, Vec<(&'static str, String)>);

/// The answer of a call, with what AWS adds to it.
pub(super) fn reply(call: &Call, operation: &Operation, answer: Result<Answer, Error>) -> Reply {
    let (mut reply, headers) = match answer {
        Ok(answer) => answer,
        Err(error) => return error_reply(call, &error),
    };
    if operation.name == "PutBucketTagging" {
        // AWS's model says 200; AWS says 204.
        *reply.status_mut() = StatusCode::NO_CONTENT;
    }
    if let Some(body) = rewritten(operation, reply.body()) {
        *reply.body_mut() = body;
    }
    identify(&mut reply, call);
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::try_from(value) {
            reply.headers_mut().insert(name, value);
        }
    }
    reply
}

/// Documents that AWS writes otherwise than the library does.
fn rewritten(operation: &Operation, body: &Bytes) -> Option<Bytes> {
    let text = std::str::from_utf8(body).ok()?;
    match operation.name {
        // The `ETag` comes first, and without its quotes.
        "GetObjectAttributes" => {
            let (before, rest) = text.split_once("<ETag>")?;
            let (etag, after) = rest.split_once("</ETag>")?;
            let etag = etag.replace("&quot;", "").replace('"', "");
            let root = before.find("<GetObjectAttributes")?;
            let start = root + before[root..].find('>')? + 1;
            let (head, fields) = before.split_at(start);
            Some(format!("{head}<ETag>{etag}</ETag>{fields}{after}").into())
        }
        // The library's bucket has no ARN.
        "ListBuckets" => {
            let mut parts = text.split("<Bucket>");
            let mut text = parts.next()?.to_owned();
            for bucket in parts {
                let (_, name) = bucket.split_once("<Name>")?;
                let (name, _) = name.split_once("</Name>")?;
                let _ = write!(text, "<Bucket><BucketArn>{}</BucketArn>{bucket}", arn(name));
            }
            Some(text.into())
        }
        _ => None,
    }
}

/// An error that the library found by itself while it read the request.
pub(super) fn library_error(status: StatusCode, body: &Bytes) -> Error {
    let text = String::from_utf8_lossy(body);
    let element = |name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        let (value, _) = rest.split_once(&format!("</{name}>"))?;
        quick_xml::escape::unescape(value)
            .ok()
            .map(std::borrow::Cow::into_owned)
    };
    let code = element("Code").unwrap_or_else(|| "InvalidRequest".to_owned());
    let message = match code.as_str() {
        // AWS has one sentence for each of these.
        "MalformedXML" | "NotImplemented" => None,
        _ => element("Message"),
    };
    let message = message.unwrap_or_else(|| error::sentence(&code).to_owned());
    Error::new(status.as_u16(), code, message)
}

/// Adds what every answer carries.
fn identify(reply: &mut Reply, call: &Call) {
    let headers = reply.headers_mut();
    let request_id = HeaderValue::try_from(&call.request_id);
    let host_id = HeaderValue::try_from(host_id(call));
    if let (Ok(request_id), Ok(host_id)) = (request_id, host_id) {
        headers.insert("x-amz-request-id", request_id);
        headers.insert("x-amz-id-2", host_id);
    }
    headers.insert("server", HeaderValue::from_static("AmazonS3"));
}

fn host_id(call: &Call) -> String {
    bodies::Checksum::of(bodies::Algorithm::Sha256, call.request_id.as_bytes()).value
}

/// Writes an error as S3 does. Answers to `HEAD` and those that carry no body have the status
/// and the headers alone.
pub(super) fn error_reply(call: &Call, error: &Error) -> Reply {
    let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::BAD_REQUEST);
    let bodiless = call.request.method == Method::HEAD || status == StatusCode::NOT_MODIFIED;
    let body = if bodiless {
        Bytes::new()
    } else {
        Bytes::from(xml(call, error))
    };
    let mut reply = Response::new(body);
    *reply.status_mut() = status;
    if !bodiless {
        let xml = HeaderValue::from_static("application/xml");
        reply.headers_mut().insert("content-type", xml);
    }
    for (name, value) in &error.headers {
        if let Ok(value) = HeaderValue::try_from(value) {
            reply.headers_mut().insert(*name, value);
        }
    }
    identify(&mut reply, call);
    reply
}

fn xml(call: &Call, error: &Error) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>");
    let host_id = host_id(call);
    let details = error.details.iter();
    let details = details.map(|(name, value)| (*name, value.as_str()));
    let elements = [("Code", &*error.code), ("Message", &*error.message)]
        .into_iter()
        .chain(details)
        .chain([("RequestId", &*call.request_id), ("HostId", &*host_id)]);
    for (name, value) in elements {
        let value = quick_xml::escape::escape(value);
        // Writing to a string cannot fail.
        let _ = write!(text, "<{name}>{value}</{name}>");
    }
    text.push_str("</Error>");
    text
}
