//! SES v2 on the wire: REST with JSON.

mod account;
mod configuration_sets;
mod identities;

use std::collections::BTreeMap;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::problem::Problem;
use crate::call::{Call, Reply};
use crate::query;
use crate::service::ServiceError;
use crate::ses::Environment;
use crate::ses::caller::{Caller, spelled};

/// A request: its operation, what its path names, its query and its document.
pub(super) struct Request<'a> {
    pub(super) caller: Caller<'a>,
    /// The names in the path in place of `{…}`, in order, decoded.
    names: Vec<String>,
    query: Vec<(String, String)>,
    pub(super) body: Value,
}

/// An answer's document, or why there is none.
type Answer = Result<Value, Problem>;

type Handler = fn(&mut dyn Environment, &Request<'_>) -> Answer;

/// An operation: its method, its path under `/v2/email/`, its name and who answers it.
type Route = (&'static str, &'static str, &'static str, Handler);

/// Finds the operation of a call.
fn route(call: &Call) -> Option<(&'static Route, Vec<String>)> {
    let path = call
        .request
        .uri
        .path()
        .strip_prefix("/v2/email/")?
        .trim_end_matches('/');
    let parts: Vec<&str> = path.split('/').collect();
    let tables = [
        identities::ROUTES,
        configuration_sets::ROUTES,
        account::ROUTES,
    ];
    tables.into_iter().flatten().find_map(|route| {
        let pattern: Vec<&str> = route.1.split('/').collect();
        let fits = pattern.len() == parts.len()
            && route.0 == call.request.method.as_str()
            && pattern
                .iter()
                .zip(&parts)
                .all(|(pattern, part)| pattern == part || (*pattern == "{}" && !part.is_empty()));
        let decode = |part: &str| {
            percent_encoding::percent_decode_str(part)
                .decode_utf8_lossy()
                .into_owned()
        };
        let names = pattern
            .iter()
            .zip(&parts)
            .filter(|(pattern, _)| **pattern == "{}")
            .map(|(_, part)| decode(part));
        fits.then(|| (route, names.collect()))
    })
}

/// The name of a call's operation.
#[expect(clippy::result_large_err, reason = "the trait has it so")]
pub(super) fn operation(call: &Call) -> Result<&'static str, Reply> {
    let unknown = || {
        let message = format!(
            "Unable to determine service/operation name to be authorized for {}",
            call.request.uri.path()
        );
        error(
            call,
            &ServiceError::new(403, "AccessDeniedException", message),
        )
    };
    route(call).map(|(route, _)| route.2).ok_or_else(unknown)
}

/// The identities that a call is about; nothing when it may be about any.
pub(super) fn names(call: &Call) -> Option<Vec<String>> {
    let (route, names) = route(call)?;
    match route.2 {
        // A set's tracking domain must be a verified identity.
        "ListEmailIdentities" | "CreateConfigurationSet" | "PutConfigurationSetTrackingOptions" => {
            None
        }
        // An address shows its domain's DKIM.
        _ => {
            let name = names.first().map(|name| spelled(name));
            let domain = name.as_deref().and_then(|name| name.split_once('@'));
            let domain = domain.map(|(_, domain)| domain.to_owned());
            Some(name.into_iter().chain(domain).collect())
        }
    }
}

/// Carries a call out.
pub(super) fn handle(world: &mut dyn Environment, call: &Call) -> Reply {
    let Some((route, names)) = route(call) else {
        return error(
            call,
            &ServiceError::new(404, "NotFoundException", "no such path"),
        );
    };
    let body = if call.body.is_empty() {
        Ok(json!({}))
    } else {
        serde_json::from_slice(&call.body)
    };
    let Ok(body) = body else {
        return error(
            call,
            &ServiceError::new(
                400,
                "SerializationException",
                "The document is not valid JSON.",
            ),
        );
    };
    let request = Request {
        caller: Caller::of(call),
        names,
        query: query::pairs(call.request.uri.query().unwrap_or_default()).collect(),
        body,
    };
    match (route.3)(world, &request) {
        Ok(document) => reply(call, 200, &document),
        Err(problem) => error(call, &problem.v2()),
    }
}

/// An error in the protocol's shape.
pub(super) fn error(call: &Call, error: &ServiceError) -> Reply {
    let mut reply = reply(call, error.status, &json!({ "message": error.message }));
    if let Ok(code) = http::HeaderValue::from_str(&error.code) {
        reply.headers_mut().insert("x-amzn-errortype", code);
    }
    reply
}

fn reply(call: &Call, status: u16, document: &Value) -> Reply {
    let mut reply = Reply::new(Bytes::from(document.to_string()));
    *reply.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    let headers = reply.headers_mut();
    headers.insert(
        "content-type",
        http::HeaderValue::from_static("application/json"),
    );
    if let Ok(id) = http::HeaderValue::from_str(&call.request_id) {
        headers.insert("x-amzn-requestid", id);
    }
    reply
}

impl Request<'_> {
    /// The n-th name in the path.
    fn name(&self, number: usize) -> &str {
        self.names.get(number).map_or("", String::as_str)
    }

    /// A value of the query.
    fn query(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// A text of the document.
    fn text(&self, field: &str) -> Option<&str> {
        self.body[field].as_str()
    }

    /// A text that the document must have.
    fn required(&self, field: &str) -> Result<&str, Problem> {
        self.text(field).ok_or_else(|| {
            let member = format!("{}{}", field[..1].to_lowercase(), &field[1..]);
            Problem::Invalid(format!(
                "1 validation error detected: Value at '{member}' failed to satisfy constraint: Member must not be null"
            ))
        })
    }

    /// A yes or no of the document; no, where it has none.
    fn flag(&self, field: &str) -> bool {
        self.body[field].as_bool().unwrap_or(false)
    }

    /// The document's tags.
    fn tags(&self) -> Result<BTreeMap<String, String>, Problem> {
        let mut tags = BTreeMap::new();
        for tag in self.body["Tags"].as_array().into_iter().flatten() {
            let (Some(key), Some(value)) = (tag["Key"].as_str(), tag["Value"].as_str()) else {
                return Err(Problem::invalid("Tags must have a key and a value."));
            };
            if tags.insert(key.to_owned(), value.to_owned()).is_some() {
                return Err(Problem::Invalid(format!("Duplicate tag key <{key}>.")));
            }
        }
        super::tags::check_tags(&tags)?;
        Ok(tags)
    }
}

/// Tags as a document has them.
fn print_tags(tags: &BTreeMap<String, String>) -> Value {
    tags.iter()
        .map(|(key, value)| json!({ "Key": key, "Value": value }))
        .collect()
}

/// A time as a document has it: seconds since 1970.
fn print_time(time: Timestamp) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of our time fit")]
    let seconds = time.as_millisecond() as f64 / 1000.0;
    json!(seconds)
}
