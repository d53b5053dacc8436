//! Route 53 on the wire: REST with XML, version 2013-04-01.

mod read;
mod write;

use http::Method;

use crate::call::{Call, Reply};
use crate::conditions::Context;
use crate::delays::Delays;
use crate::quotas::Charge;
use crate::route53::state::{Caller, State};
use crate::route53::{busy, error::Error};
use crate::service::{Service, ServiceError};

/// The service on the wire.
pub struct Route53;

impl Service for Route53 {
    fn operation(&self, call: &Call) -> Result<&'static str, Reply> {
        let path = segments(call);
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let method = &call.request.method;
        let (get, post) = (method == Method::GET, method == Method::POST);
        let operation = match path.as_slice() {
            ["hostedzone"] if get => "ListHostedZones",
            ["hostedzone"] if post => "CreateHostedZone",
            ["hostedzone", _] if get => "GetHostedZone",
            ["hostedzone", _] if post => "UpdateHostedZoneComment",
            ["hostedzone", _] if method == Method::DELETE => "DeleteHostedZone",
            ["hostedzone", _, "rrset"] if get => "ListResourceRecordSets",
            ["hostedzone", _, "rrset"] if post => "ChangeResourceRecordSets",
            ["hostedzone", _, "dnssec"] if get => "GetDNSSEC",
            ["hostedzonesbyname"] if get => "ListHostedZonesByName",
            ["hostedzonecount"] if get => "GetHostedZoneCount",
            ["accountlimit", _] if get => "GetAccountLimit",
            ["change", _] if get => "GetChange",
            ["tags", _] if post => "ListTagsForResources",
            ["tags", _, _] if get => "ListTagsForResource",
            ["tags", _, _] if post => "ChangeTagsForResource",
            _ => {
                let error = ServiceError::new(404, "UnknownOperationException", "");
                return Err(self.error(call, &error));
            }
        };
        Ok(operation)
    }

    fn charges(&self, call: &Call, operation: &'static str) -> Vec<Charge> {
        let mut charges = vec![Charge::one("route53.requests")];
        match operation {
            "CreateHostedZone" => {
                charges.extend([
                    Charge::one("route53.create_hosted_zone"),
                    Charge::new("route53.record_changes", 2.0),
                ]);
            }
            "DeleteHostedZone" => {
                charges.extend([
                    Charge::one("route53.delete_hosted_zone"),
                    Charge::new("route53.record_changes", 2.0),
                ]);
            }
            "ChangeResourceRecordSets" => {
                charges.push(Charge::new("route53.record_changes", changes_cost(call)));
            }
            _ => {}
        }
        charges
    }

    fn error(&self, call: &Call, error: &ServiceError) -> Reply {
        write::error(call, error.status, &error.code, &error.message)
    }
}

/// Carries a call out.
pub(crate) fn handle(
    state: &mut State,
    delays: &Delays,
    call: &Call,
    operation: &'static str,
) -> Reply {
    let caller = caller(delays, call);
    answer(state, &caller, call, operation).unwrap_or_else(|error| {
        write::error(call, error.status(), error.code(), &error.to_string())
    })
}

/// One for each CREATE and DELETE, two for each UPSERT.
fn changes_cost(call: &Call) -> f64 {
    let batch = read::change_batch(&call.body);
    let cost: usize = batch
        .map(|batch| {
            batch
                .changes
                .members
                .iter()
                .map(crate::route53::draft::Change::weight)
                .sum()
        })
        .unwrap_or_default();
    f64::from(u32::try_from(cost).unwrap_or(u32::MAX))
}

fn caller<'a>(delays: &Delays, call: &'a Call) -> Caller<'a> {
    Caller {
        account: &call.account,
        principal: &call.principal,
        now: call.now,
        insync: delays.route53_insync,
        busy: busy(delays),
    }
}

/// The decoded segments of the path behind the version.
/// The condition keys of a change of records (Route 53 developer guide, "Using IAM policy conditions for
/// fine-grained access control").
pub(crate) fn condition_keys(call: &Call) -> Context {
    let Ok(batch) = read::change_batch(&call.body) else {
        return Context::new();
    };
    let mut context = Context::new();
    for change in &batch.changes.members {
        for (name, value) in change.condition_values() {
            let key = format!("route53:changeresourcerecordsets{name}");
            context.entry(key).or_default().push(value);
        }
    }
    context
}

fn segments(call: &Call) -> Vec<String> {
    let path = call.request.uri.path();
    let path = path.strip_prefix("/2013-04-01/").unwrap_or_default();
    path.trim_end_matches('/')
        .split('/')
        .map(|segment| {
            percent_encoding::percent_decode_str(segment)
                .decode_utf8_lossy()
                .into_owned()
        })
        .collect()
}

fn answer(
    state: &mut State,
    caller: &Caller<'_>,
    call: &Call,
    operation: &'static str,
) -> Result<Reply, Error> {
    let path = segments(call);
    let id = path.get(1).map_or("", String::as_str);
    match operation {
        "CreateHostedZone" => {
            let new = read::new_zone(&call.body)?;
            let (zone, change) = state.create_zone(caller, new)?;
            Ok(write::created_zone(call, zone, &change))
        }
        "GetHostedZone" => Ok(write::zone(call, state.zone(caller, id)?)),
        "ListHostedZones" => read::page(call).and_then(|page| write::zones(call, state, page)),
        "ListHostedZonesByName" => {
            read::page(call).and_then(|page| write::zones_by_name(call, state, &page))
        }
        "GetHostedZoneCount" => Ok(write::zone_count(
            call,
            state.zones_of(caller.account).count(),
        )),
        "GetAccountLimit" => {
            let held = state.zones_of(caller.account).count();
            write::account_limit(call, id, state.zones_max(), held)
        }
        "DeleteHostedZone" => Ok(write::change(
            call,
            operation,
            &state.delete_zone(caller, id)?,
        )),
        "UpdateHostedZoneComment" => {
            let comment = read::comment(&call.body)?;
            let zone = state.zone_mut(caller, id)?;
            zone.comment = comment;
            Ok(write::updated_zone(call, zone))
        }
        "ChangeResourceRecordSets" => {
            let zone_exists = state.zone(caller, id).map(|_| ());
            let batch = zone_exists.and_then(|()| read::change_batch(&call.body))?;
            Ok(write::change(
                call,
                operation,
                &state.change(caller, id, batch)?,
            ))
        }
        "ListResourceRecordSets" => {
            let zone = state.zone(caller, id)?;
            read::page(call).and_then(|page| write::record_sets(call, zone, &page))
        }
        "GetChange" => Ok(write::change(
            call,
            operation,
            state.get_change(caller, id)?,
        )),
        "GetDNSSEC" => state.zone(caller, id).map(|zone| write::dnssec(call, zone)),
        _ => tags(state, caller, call, operation, &path),
    }
}

fn tags(
    state: &mut State,
    caller: &Caller<'_>,
    call: &Call,
    operation: &'static str,
    path: &[String],
) -> Result<Reply, Error> {
    let rtype = path.get(1).map_or("", String::as_str);
    let id = path.get(2).map_or("", String::as_str);
    if operation == "ListTagsForResources" {
        let ids = read::resource_ids(&call.body)?;
        let sets = ids.iter().map(|id| {
            read::zone_resource(rtype, id)?;
            Ok((id.as_str(), state.tags(caller, id)?))
        });
        return Ok(write::tags_of_many(
            call,
            &sets.collect::<Result<Vec<_>, Error>>()?,
        ));
    }
    read::zone_resource(rtype, id)?;
    if operation == "ListTagsForResource" {
        return Ok(write::tags(call, id, state.tags(caller, id)?));
    }
    let (add, remove) = read::tag_changes(&call.body)?;
    state.change_tags(caller, id, add, &remove)?;
    Ok(write::tags_changed(call))
}
