//! The operation that a request to AWS asks for, also one that goes somewhere else.

use bytes::Bytes;
use jiff::Timestamp;

use crate::api::Api;
use crate::auth;
use crate::call::Call;

/// An operation of AWS, as it is asked for in a region.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Operation {
    /// The service of the signature: `route53`.
    pub service: String,
    /// AWS's name of it: `ListHostedZonesByName`.
    pub name: &'static str,
}

/// The operation that a signed request asks for; nothing where the sandbox does not know it.
pub fn operation(request: http::Request<Bytes>) -> Option<Operation> {
    let (request, body) = request.into_parts();
    let claim = auth::claim(&request)?.ok()?;
    // It is handled nowhere: only its own text counts.
    let call = Call {
        account: String::new(),
        principal: String::new(),
        region: claim.region,
        service: claim.service,
        request,
        body,
        arrived_body: None,
        now: Timestamp::UNIX_EPOCH,
        arrived: Timestamp::UNIX_EPOCH,
        caller_now: Timestamp::UNIX_EPOCH,
        request_id: String::new(),
    };
    let name = Api::of(&call)?.protocol().operation(&call).ok()?;
    Some(Operation {
        service: call.service,
        name,
    })
}
