//! One call of an AWS API, after its signature was checked.

use std::ops::Range;

use bytes::Bytes;
use jiff::Timestamp;

use crate::bodies::{Arrived, Body, Chunks};

/// The answer to a call, as it goes on the wire.
pub type Reply = http::Response<Bytes>;

/// The place of a caller, and with it the clock by which requests are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// In this process: the SDK signs by the world's clock.
    Process,
    /// Behind a socket: other people's clients sign by the wall clock, however far the world's
    /// clock has run ahead of it.
    Socket,
}

/// The body of a request that was read.
#[derive(Debug)]
pub(crate) enum Incoming {
    Held(Bytes),
    Filed(Arrived),
}

/// Rides with an answer whose bytes are in files: whoever sends the answer reads them as it goes.
/// The answer's own body is empty then.
#[derive(Clone, Debug)]
pub struct Streamed {
    body: Body,
    range: Range<u64>,
}

impl Streamed {
    pub(crate) fn new(body: Body, range: Range<u64>) -> Self {
        Self { body, range }
    }

    /// The bytes, in chunks.
    pub(crate) fn chunks(&self) -> Chunks {
        self.body.range(self.range.clone())
    }
}

/// The bytes of an answer, in memory.
pub(crate) fn whole(reply: Reply) -> Reply {
    let Some(streamed) = reply.extensions().get::<Streamed>() else {
        return reply;
    };
    let mut bytes = Vec::new();
    for chunk in streamed.chunks() {
        bytes.extend_from_slice(&chunk.expect("the sandbox's files can be read"));
    }
    reply.map(|_| bytes.into())
}

/// The caller gets no answer: the connection fell silent, whether or not the call took effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no answer within the time limit")]
pub struct NoAnswer;

/// A request to one service, and who makes it.
#[derive(Debug)]
pub struct Call {
    /// The account that the credentials act in: twelve digits. Empty for a caller without
    /// credentials, whom only S3 lets in.
    pub account: String,
    /// The ARN of who signed: `arn:aws:sts::111111111111:assumed-role/mail-deploy/session`.
    pub principal: String,
    /// The region of the signature's credential scope.
    pub region: String,
    /// The service of the signature's credential scope: `s3`, `route53`, `acm`, `cloudfront`, `ses`, `sns`, `sts`, `iam`, `tagging`, `servicequotas`,
    /// `cloudtrail`.
    pub service: String,
    /// Method, path, query and headers as they came. There is always a `host` header.
    pub request: http::request::Parts,
    /// The body as it came: S3's may be aws-chunked. Empty where it is in a file.
    pub body: Bytes,
    /// The body of an upload that is too large to hold.
    pub(crate) arrived_body: Option<Arrived>,
    /// When it is handled.
    pub now: Timestamp,
    /// When it arrived, a call's latency before that.
    pub arrived: Timestamp,
    /// The same moment on the clock by which the caller signs. It is [`Self::now`] for a caller
    /// inside the process, and the wall clock's time for one who comes over a socket.
    pub caller_now: Timestamp,
    /// A request id, unique in this world, for the answer.
    pub request_id: String,
}

impl Call {
    /// The key of the caller's account and region in a regional service's state:
    /// `111111111111/eu-west-1`.
    pub fn place(&self) -> String {
        place(&self.account, &self.region)
    }
}

/// The key of an account and region in a regional service's state.
pub fn place(account: &str, region: &str) -> String {
    format!("{account}/{region}")
}
