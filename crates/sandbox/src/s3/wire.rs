//! From the request as it came to the protocol library, and back.
//!
//! The library gets a request that is easy to read: the bucket in the path, the body out of its
//! chunks, no signature. What it does not know (regions, owners, policies, checksums, AWS's
//! sentences and headers) is done here, before and after.

use std::collections::BTreeMap;
use std::mem;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures::FutureExt;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use http_body_util::BodyExt;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use s3s::service::S3ServiceBuilder;
use s3s::validation::NameValidation;

use super::access::{self, Caller};
use super::address::Address;
use super::answer::{Answer, error_reply, library_error, reply};
use super::content::Content;
use super::error::{self, Error};
use super::face::Face;
use super::operations::{self, Operation, Scope};
use super::signed::{check_signature_version, take_signed_parameters, text};
use super::state::State;
use super::work::Work;
use super::{checksum, names};
use crate::bodies::{self, Body, LARGEST, Trailers};
use crate::call::{Call, Reply, Streamed};
use crate::sts;

/// Parses where a call goes and which operation it asks for.
pub(super) fn route(call: &Call) -> Result<(Address, &'static Operation), Error> {
    let address = Address::parse(&call.request)?;
    let copies = call.request.headers.contains_key("x-amz-copy-source");
    let method = &call.request.method;
    let operation = operations::find(method, address.scope(), &address.query, copies)?;
    Ok((address, operation))
}

/// Carries a call out.
pub(super) fn handle(
    state: &mut State,
    accounts: &sts::State,
    call: &Call,
    operation: &'static Operation,
) -> Reply {
    match prepare(state, call, operation) {
        Ok((mut work, request)) => {
            if operation.name == "PutBucketPolicy" {
                work.accounts.clone_from(&accounts.accounts);
            }
            let answer = dispatch(state, work, request);
            reply(call, operation, answer)
        }
        Err(error) => error_reply(call, &error),
    }
}

/// Checks what S3 checks before it reads the operation itself, and makes the request that the
/// library is to read.
fn prepare(
    state: &State,
    call: &Call,
    operation: &'static Operation,
) -> Result<(Work, Request<s3s::Body>), Error> {
    let (address, _) = route(call)?;
    check_signature_version(state, call, &address)?;
    check_endpoint(call, &address)?;
    let mut headers = call.request.headers.clone();
    take_signed_parameters(&mut headers, &address);
    let caller = caller(call, &headers);
    let (content, trailers) = content(&headers, call)?;
    for (name, value) in trailers {
        let name = HeaderName::try_from(name).ok();
        if let (Some(name), Ok(value)) = (name, HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
    match operation.name {
        "ListBuckets" => {}
        "CreateBucket" if caller.account.is_empty() => return Err(error::access_denied()),
        "CreateBucket" => names::check(&address.bucket)?,
        _ => {
            access::check(state, &caller, &address, operation, call.now)?;
        }
    }
    // A completion's checksum is that of the object, not that of its body.
    let sent = match operation.name {
        "CompleteMultipartUpload" => None,
        _ => checksum::verify(&headers, &content)?,
    };
    if needs_checksum(operation.name) && !checksum::is_present(&headers) {
        return Err(error::invalid_request(
            "Missing required header for this request: Content-MD5 OR x-amz-checksum-*",
        ));
    }
    let (body, tags) = split_tags(operation.name, content.document())?;
    let expires = text(&headers, "expires").map(str::to_owned);
    plain_headers(&mut headers, body.len());
    let request = request(call, &address, headers, body)?;
    let work = Work {
        state: State::default(),
        accounts: BTreeMap::new(),
        caller,
        now: call.now,
        arrived: call.arrived,
        content,
        checksum: sent,
        bucket: address.bucket,
        expires,
        tags,
        reads_bytes: operation.name == "GetObject",
        answer: None,
        headers: Vec::new(),
        failure: None,
    };
    Ok((work, request))
}

/// The body of a call out of its chunks, and the headers that came after it.
fn content(headers: &HeaderMap, call: &Call) -> Result<(Content, Trailers), Error> {
    if let Some(arrived) = &call.arrived_body {
        let trailers = arrived.trailers.clone();
        return Ok((Content::Filed(arrived.clone()), trailers));
    }
    let (body, trailers) = bodies::decode(headers, &call.body)?;
    Ok((Content::Held(body), trailers))
}

/// Checks whether an upload would be let in, before its body is read.
pub(super) fn check_upload(state: &State, call: &Call) -> Result<(), Error> {
    let (address, operation) = route(call)?;
    check_signature_version(state, call, &address)?;
    check_endpoint(call, &address)?;
    let mut headers = call.request.headers.clone();
    take_signed_parameters(&mut headers, &address);
    let caller = caller(call, &headers);
    access::check(state, &caller, &address, operation, call.now)?;
    let length = text(&headers, "content-length").and_then(|length| length.parse().ok());
    match length {
        Some(length) if length > LARGEST => Err(error::entity_too_large(length, LARGEST)),
        _ => Ok(()),
    }
}

/// A signature is for one region, and the endpoint has to be in it.
fn check_endpoint(call: &Call, address: &Address) -> Result<(), Error> {
    let Some(region) = &address.endpoint_region else {
        return Ok(());
    };
    // A signature of version 2 is for every region.
    if call.account.is_empty() || call.region.is_empty() || *region == call.region {
        return Ok(());
    }
    let wrong = &call.region;
    let error = if address.query("X-Amz-Credential").is_some() {
        Error::new(
            400,
            "AuthorizationQueryParametersError",
            format!(
                "Error parsing the X-Amz-Credential parameter; the region '{wrong}' is wrong; expecting '{region}'"
            ),
        )
    } else {
        Error::new(
            400,
            "AuthorizationHeaderMalformed",
            format!(
                "The authorization header is malformed; the region '{wrong}' is wrong; expecting '{region}'"
            ),
        )
    };
    Err(error.with("Region", &**region))
}

/// Headers that policies can speak of, and the condition keys that they are.
const CONDITION_KEYS: &[(&str, &str)] = &[
    ("if-match", "s3:if-match"),
    ("if-none-match", "s3:if-none-match"),
    ("referer", "aws:referer"),
    ("user-agent", "aws:useragent"),
    ("x-amz-acl", "s3:x-amz-acl"),
    ("x-amz-content-sha256", "s3:x-amz-content-sha256"),
    (
        "x-amz-server-side-encryption",
        "s3:x-amz-server-side-encryption",
    ),
    ("x-amz-storage-class", "s3:x-amz-storage-class"),
];

fn caller(call: &Call, headers: &HeaderMap) -> Caller {
    let context = CONDITION_KEYS.iter().filter_map(|(header, key)| {
        let value = text(headers, header)?;
        Some(((*key).to_owned(), value.to_owned()))
    });
    Caller {
        account: call.account.clone(),
        principal: call.principal.clone(),
        region: call.region.clone(),
        expected_owner: text(headers, "x-amz-expected-bucket-owner").map(str::to_owned),
        context: context.collect(),
    }
}

/// Operations whose bodies S3 refuses to take unchecked.
fn needs_checksum(operation: &str) -> bool {
    [
        "DeleteObjects",
        "PutBucketLifecycleConfiguration",
        "PutBucketTagging",
        "PutObjectTagging",
    ]
    .contains(&operation)
}

/// Takes the `Tags` out of a bucket's configuration, which the library would skip.
fn split_tags(operation: &str, body: Bytes) -> Result<(Bytes, Vec<(String, String)>), Error> {
    if operation != "CreateBucket" {
        return Ok((body, Vec::new()));
    }
    let text = String::from_utf8_lossy(&body);
    let Some((before, rest)) = text.split_once("<Tags>") else {
        return Ok((body, Vec::new()));
    };
    let Some((tags, after)) = rest.split_once("</Tags>") else {
        return Ok((body, Vec::new()));
    };
    let tagging = format!("<Tagging><TagSet>{tags}</TagSet></Tagging>");
    let mut reader = s3s::xml::Deserializer::new(tagging.as_bytes());
    let parsed = <s3s::dto::Tagging as s3s::xml::Deserialize>::deserialize(&mut reader);
    let parsed = parsed.map_err(|_| error::malformed_xml())?;
    let pairs = super::settings::pairs(parsed.tag_set)?;
    Ok((Bytes::from(format!("{before}{after}")), pairs))
}

/// Whether a range is one that S3 serves: one range, from its start to its end. It ignores all others
/// (RFC 9110, section 14.2).
fn is_single_range(range: &str) -> bool {
    let Some((start, end)) = range
        .strip_prefix("bytes=")
        .and_then(|range| range.split_once('-'))
    else {
        return false;
    };
    match (start.parse::<u64>(), end.parse::<u64>()) {
        (Ok(start), Ok(end)) => start <= end,
        (Ok(_), Err(_)) => end.is_empty(),
        (Err(_), Ok(_)) => start.is_empty(),
        (Err(_), Err(_)) => false,
    }
}

/// Removes what was there for the signature and for the chunks alone, and what S3 ignores.
fn plain_headers(headers: &mut HeaderMap, length: usize) {
    if text(headers, "range").is_some_and(|range| !is_single_range(range)) {
        headers.remove("range");
    }
    // A `+` in a copy source is a space, as in a form.
    let source = text(headers, "x-amz-copy-source").map(|source| source.replace('+', "%20"));
    if let Some(Ok(source)) = source.map(HeaderValue::try_from) {
        headers.insert("x-amz-copy-source", source);
    }
    for name in [
        "authorization",
        "expires",
        "transfer-encoding",
        "x-amz-content-sha256",
        "x-amz-date",
        "x-amz-decoded-content-length",
        "x-amz-security-token",
        "x-amz-trailer",
    ] {
        headers.remove(name);
    }
    let encoding = text(headers, "content-encoding").map(|encoding| {
        let parts = encoding.split(',').map(str::trim);
        let kept = parts.filter(|part| !part.eq_ignore_ascii_case("aws-chunked"));
        kept.collect::<Vec<_>>().join(",")
    });
    match encoding.map(HeaderValue::try_from) {
        Some(Ok(kept)) if !kept.is_empty() => {
            headers.insert("content-encoding", kept);
        }
        _ => {
            headers.remove("content-encoding");
        }
    }
    headers.insert("content-length", HeaderValue::from(length));
}

/// The parameters of a presigned URL of version 2.
const OLD_PARAMETERS: [&str; 3] = ["AWSAccessKeyId", "Signature", "Expires"];

/// All that a path may not hold as it is.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

fn request(
    call: &Call,
    address: &Address,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Request<s3s::Body>, Error> {
    let mut target = String::from("/");
    if address.scope() != Scope::Account {
        target.extend(utf8_percent_encode(&address.bucket, PATH));
    }
    if address.scope() == Scope::Object {
        target.push('/');
        target.extend(utf8_percent_encode(&address.key, PATH));
    }
    let mut separator = '?';
    for (name, value) in &address.query {
        // A presigned request was checked before it came here.
        if name.starts_with("X-Amz-") || OLD_PARAMETERS.contains(&&**name) {
            continue;
        }
        target.push(separator);
        target.extend(utf8_percent_encode(name, NON_ALPHANUMERIC));
        target.push('=');
        target.extend(utf8_percent_encode(value, NON_ALPHANUMERIC));
        separator = '&';
    }
    let mut request = Request::new(s3s::Body::from(body));
    *request.method_mut() = call.request.method.clone();
    *request.headers_mut() = headers;
    *request.uri_mut() = target
        .parse()
        .map_err(|_| Error::new(400, "InvalidURI", "Couldn't parse the specified URI."))?;
    Ok(request)
}

/// The bucket's name was checked before.
struct AnyName;

impl NameValidation for AnyName {
    fn validate_bucket_name(&self, _name: &str) -> bool {
        true
    }
}

/// Lends the state to the library for one call. Nothing in it waits, so its future is done at
/// the first poll.
fn dispatch(
    state: &mut State,
    mut work: Work,
    request: Request<s3s::Body>,
) -> Result<Answer, Error> {
    work.state = mem::take(state);
    let work = Arc::new(Mutex::new(work));
    let mut builder = S3ServiceBuilder::new(Face(Arc::clone(&work)));
    builder.set_validation(AnyName);
    let answer = builder.build().call(request).now_or_never();
    let mut work = work.lock().unwrap_or_else(PoisonError::into_inner);
    *state = mem::take(&mut work.state);
    if let Some(error) = work.failure.take() {
        return Err(error);
    }
    let unfinished = || {
        Error::new(
            500,
            "InternalError",
            "We encountered an internal error. Please try again.",
        )
    };
    let answer = answer.and_then(Result::ok).ok_or_else(unfinished)?;
    let (parts, body) = answer.into_parts();
    let body = body.collect().now_or_never().and_then(Result::ok);
    let body = body.ok_or_else(unfinished)?.to_bytes();
    if parts.status.is_client_error() || parts.status.is_server_error() {
        return Err(library_error(parts.status, &body));
    }
    let headers = mem::take(&mut work.headers);
    let mut reply = Response::from_parts(parts, body);
    if let Some((body, range)) = work.answer.take() {
        fill(&mut reply, &body, range);
    }
    Ok((reply, headers))
}

/// Puts the bytes of an object into an answer: at once where they are in memory, else when the answer
/// is sent.
fn fill(reply: &mut Reply, body: &Body, range: Range<u64>) {
    if !body.is_filed() {
        *reply.body_mut() = body.bytes().slice(range_in_memory(range));
        return;
    }
    let length = HeaderValue::from(range.end - range.start);
    reply.headers_mut().insert("content-length", length);
    let streamed = Streamed::new(body.clone(), range);
    reply.extensions_mut().insert(streamed);
}

fn range_in_memory(range: Range<u64>) -> Range<usize> {
    let index = |position: u64| usize::try_from(position).expect("bytes in memory have an index");
    index(range.start)..index(range.end)
}
