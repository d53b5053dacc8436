//! One call of an AWS API, after its signature was checked.

use bytes::Bytes;
use jiff::Timestamp;

/// What goes back on the wire.
pub type Reply = http::Response<Bytes>;

/// A request to one service, and who makes it.
#[derive(Debug)]
pub struct Call {
    /// The account that the credentials act in: twelve digits.
    pub account: String,
    /// The ARN of who signed: `arn:aws:sts::111111111111:assumed-role/mail-deploy/session`.
    pub principal: String,
    /// The region of the signature's credential scope.
    pub region: String,
    /// The service of the signature's credential scope: `s3`, `route53`, `acm`, `cloudfront`, `ses`, `sts`, `tagging`.
    pub service: String,
    /// Method, path, query and headers as they came.
    pub request: http::request::Parts,
    /// The body, decoded from aws-chunked where it was (S3 alone looks at the raw request).
    pub body: Bytes,
    /// When it is handled.
    pub now: Timestamp,
    /// A request id, unique in this world, for the answer.
    pub request_id: String,
}
