//! The Resource Groups Tagging API: what carries which tags, over all services.
//!
//! What it does not emulate is a table in the README of the crate.

mod wire;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::call::{Call, Reply};
use crate::service::{Service, ServiceError};
use crate::world::World;

/// A resource: its ARN and its tags.
pub(crate) type Tagged = (String, BTreeMap<String, String>);

/// The service on the wire.
pub struct Tagging;

impl Service for Tagging {
    fn operation(&self, call: &Call) -> Result<&'static str, Reply> {
        match wire::target(call) {
            Some("GetResources") => Ok("GetResources"),
            _ => Err(self.error(
                call,
                &ServiceError::new(400, "UnknownOperationException", ""),
            )),
        }
    }

    fn handle(&self, world: &mut World, call: &Call, _operation: &'static str) -> Reply {
        match wire::read(call).and_then(|question| get_resources(world, call, &question)) {
            Ok(document) => wire::reply(call, 200, &document),
            Err(error) => self.error(call, &error),
        }
    }

    fn charges(&self, _call: &Call, _operation: &'static str) -> Vec<(&'static str, f64)> {
        vec![("tagging.requests", 1.0)]
    }

    fn error(&self, call: &Call, error: &ServiceError) -> Reply {
        wire::error(call, error)
    }
}

/// Which resources are asked for.
#[derive(Debug, Default)]
pub(crate) struct Question {
    /// Each must be carried: a key, and one of these values, or any.
    filters: Vec<(String, Vec<String>)>,
    /// `s3`, or `acm:certificate`; everything when empty.
    types: Vec<String>,
    /// By name; everything when empty.
    arns: Vec<String>,
    size: usize,
    token: Option<String>,
}

impl Question {
    fn asks_for(&self, (arn, tags): &Tagged) -> bool {
        let carries = |(key, values): &(String, Vec<String>)| {
            tags.get(key)
                .is_some_and(|value| values.is_empty() || values.contains(value))
        };
        let of_type = |wanted: &String| *wanted == type_of(arn) || *wanted == service_of(arn);
        self.filters.iter().all(carries)
            && (self.types.is_empty() || self.types.iter().any(of_type))
            && (self.arns.is_empty() || self.arns.contains(arn))
    }
}

fn get_resources(world: &World, call: &Call, question: &Question) -> Result<Value, ServiceError> {
    let all = world.tagged(&call.account, &call.region);
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

/// `s3` of `arn:aws:s3:::bucket`.
fn service_of(arn: &str) -> &str {
    arn.split(':').nth(2).unwrap_or_default()
}

/// `acm:certificate` of `arn:aws:acm:us-east-1:111111111111:certificate/…`; a bucket's ARN names no type.
fn type_of(arn: &str) -> String {
    let service = service_of(arn);
    let resource = arn.splitn(6, ':').nth(5).unwrap_or_default();
    match service {
        "s3" => "s3:bucket".to_owned(),
        _ => format!(
            "{service}:{}",
            resource.split('/').next().unwrap_or_default()
        ),
    }
}

impl World {
    /// Everything of an account that carries tags and is found in a region. What is global at AWS
    /// is found in us-east-1.
    pub(crate) fn tagged(&self, account: &str, region: &str) -> Vec<Tagged> {
        let mut all = self.ses.tagged(account, region);
        all.extend(self.s3.tagged(account, region));
        all.extend(self.cloudfront.tagged(account, region));
        all.extend(self.acm.tagged(account, region));
        if region == "us-east-1" {
            let zones = self.route53.zones_of(account).map(|zone| {
                (
                    format!("arn:aws:route53:::hostedzone/{}", zone.id),
                    zone.tags.clone(),
                )
            });
            all.extend(zones);
        }
        all.retain(|(_, tags)| !tags.is_empty());
        all
    }
}
