//! The Resource Groups Tagging API: what carries which tags, over all services.
//!
//! What it does not emulate is a table in the README of the crate.

mod question;
mod wire;

use std::collections::BTreeMap;

use serde_json::Value;

use question::Question;
pub(crate) use question::Tagged;

use crate::call::{Call, Reply};
use crate::json;
use crate::quotas::Charge;
use crate::service::{Service, ServiceError};

/// The service on the wire.
pub struct Tagging;

impl Service for Tagging {
    fn operation(&self, call: &Call) -> Result<&'static str, Reply> {
        match json::operation(call, "ResourceGroupsTaggingAPI_20170126.") {
            Some("GetResources") => Ok("GetResources"),
            _ => Err(self.error(
                call,
                &ServiceError::new(400, "UnknownOperationException", ""),
            )),
        }
    }

    fn charges(&self, _call: &Call, _operation: &'static str) -> Vec<Charge> {
        vec![Charge::one("tagging.requests")]
    }

    fn error(&self, call: &Call, error: &ServiceError) -> Reply {
        json::error(call, error)
    }
}

/// Carries a call out.
pub(crate) fn handle(all: &[Tagged], call: &Call) -> Reply {
    match wire::read(call).and_then(|question| get_resources(all, call, &question)) {
        Ok(document) => json::reply(call, 200, &document),
        Err(error) => Tagging.error(call, &error),
    }
}

fn get_resources(all: &[Tagged], call: &Call, question: &Question) -> Result<Value, ServiceError> {
    let found: BTreeMap<&String, &Tagged> = all
        .iter()
        .filter(|tagged| question.asks_for(tagged))
        .map(|tagged| (&tagged.0, tagged))
        .collect();
    let scope = format!("resource {}", call.place());
    let names = found.keys().map(|arn| arn.as_str());
    let Some((page, next)) =
        crate::paging::page(names, &scope, question.size, question.token.as_deref())
    else {
        return Err(ServiceError::new(
            400,
            "PaginationTokenExpiredException",
            "The pagination token is not valid.",
        ));
    };
    let page = page.iter().map(|arn| found[&(*arn).to_owned()]);
    Ok(wire::print(page, next))
}
