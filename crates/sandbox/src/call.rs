//! One call of an AWS API, after its signature was checked.

use bytes::Bytes;
use jiff::Timestamp;

/// What goes back on the wire.
pub type Reply = http::Response<Bytes>;

/// The caller gets no answer: the connection fell silent, whether or not the call took effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no answer within the time limit")]
pub struct NoAnswer;

/// A request to one service, and who makes it.
#[derive(Debug)]
pub struct Call {
    /// The account that the credentials act in: twelve digits. Empty for a stranger without
    /// credentials, whom only S3 lets in.
    pub account: String,
    /// The ARN of who signed: `arn:aws:sts::111111111111:assumed-role/mail-deploy/session`.
    pub principal: String,
    /// The region of the signature's credential scope.
    pub region: String,
    /// The service of the signature's credential scope: `s3`, `route53`, `acm`, `cloudfront`, `ses`, `sts`, `iam`, `tagging`.
    pub service: String,
    /// Method, path, query and headers as they came. There is always a `host` header.
    pub request: http::request::Parts,
    /// The body as it came: S3's may be aws-chunked.
    pub body: Bytes,
    /// When it is handled.
    pub now: Timestamp,
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
