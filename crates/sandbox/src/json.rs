//! AWS JSON 1.1, as the tagging API and Service Quotas speak it: the operation is in a header.

use serde_json::{Value, json};

use crate::call::{Call, Reply};
use crate::service::ServiceError;

/// The operation that a call names, in the version of a service: `ServiceQuotasV20190624.`
pub(crate) fn operation<'a>(call: &'a Call, version: &str) -> Option<&'a str> {
    let target = call.request.headers.get("x-amz-target")?.to_str().ok()?;
    target.strip_prefix(version)
}

/// The document that a call sends.
pub(crate) fn document(call: &Call) -> Result<Value, ServiceError> {
    let message = "The document is not valid JSON.";
    let error = || ServiceError::new(400, "SerializationException", message);
    serde_json::from_slice(&call.body).map_err(|_| error())
}

/// An error in the protocol's shape.
pub(crate) fn error(call: &Call, error: &ServiceError) -> Reply {
    reply(
        call,
        error.status,
        &json!({ "__type": error.code, "Message": error.message }),
    )
}

/// An answer.
pub(crate) fn reply(call: &Call, status: u16, document: &Value) -> Reply {
    let mut reply = Reply::new(document.to_string().into());
    *reply.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    let headers = reply.headers_mut();
    headers.insert(
        "content-type",
        http::HeaderValue::from_static("application/x-amz-json-1.1"),
    );
    if let Ok(id) = http::HeaderValue::from_str(&call.request_id) {
        headers.insert("x-amzn-requestid", id);
    }
    reply
}
