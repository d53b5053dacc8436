//! Answers.

use std::collections::BTreeMap;

use bytes::Bytes;
use jiff::Timestamp;

use crate::call::{Call, Reply};
use crate::dns_text::name::DnsName;
use crate::query::Xml;
use crate::route53::draft::TYPES;
use crate::route53::error::Error;
use crate::route53::record_set::{Content, RecordSet, Routing, SetKey};
use crate::route53::state::{ChangeInfo, State};
use crate::route53::wire::read::Page;
use crate::route53::zone::Zone;

const NAMESPACE: &str = "https://route53.amazonaws.com/doc/2013-04-01/";
/// The largest page of zones.
const ZONES_PAGE: usize = 100;
/// The largest page of record sets.
const SETS_PAGE: usize = 300;

fn reply(call: &Call, status: u16, root: &str, inside: impl FnOnce(&mut Xml)) -> Reply {
    let mut xml = Xml::default();
    inside(&mut xml);
    let body = format!(
        "<?xml version=\"1.0\"?>\n<{root} xmlns=\"{NAMESPACE}\">{}</{root}>",
        xml.into_text()
    );
    let mut reply = Reply::new(Bytes::from(body));
    *reply.status_mut() = http::StatusCode::from_u16(status).unwrap_or(http::StatusCode::OK);
    let headers = reply.headers_mut();
    headers.insert("content-type", http::HeaderValue::from_static("text/xml"));
    if let Ok(id) = call.request_id.parse() {
        headers.insert("x-amzn-requestid", id);
    }
    reply
}

pub(super) fn error(call: &Call, status: u16, code: &str, message: &str) -> Reply {
    reply(call, status, "ErrorResponse", |xml| {
        xml.element("Error", |xml| {
            xml.text("Type", if status < 500 { "Sender" } else { "Receiver" });
            xml.text("Code", code);
            xml.text("Message", message);
        });
        xml.text("RequestId", &call.request_id);
    })
}

pub(super) fn created_zone(call: &Call, zone: &Zone, change: &ChangeInfo) -> Reply {
    let mut reply = reply(call, 201, "CreateHostedZoneResponse", |xml| {
        print_zone(xml, zone, call.now);
        print_change(xml, change, call.now);
        print_servers(xml, zone);
        print_vpc(xml, zone);
    });
    let location = format!(
        "https://route53.amazonaws.com/2013-04-01/hostedzone/{}",
        zone.id
    );
    if let Ok(location) = location.parse() {
        reply.headers_mut().insert("location", location);
    }
    reply
}

pub(super) fn zone(call: &Call, zone: &Zone) -> Reply {
    reply(call, 200, "GetHostedZoneResponse", |xml| {
        print_zone(xml, zone, call.now);
        if zone.vpc.is_none() {
            print_servers(xml, zone);
        } else {
            xml.element("VPCs", |xml| print_vpc(xml, zone));
        }
    })
}

pub(super) fn updated_zone(call: &Call, zone: &Zone) -> Reply {
    reply(call, 200, "UpdateHostedZoneCommentResponse", |xml| {
        print_zone(xml, zone, call.now);
    })
}

pub(super) fn zone_count(call: &Call, count: usize) -> Reply {
    reply(call, 200, "GetHostedZoneCountResponse", |xml| {
        xml.text("HostedZoneCount", &count.to_string());
    })
}

/// The limit of this type. The account has nothing of what the sandbox does not make (Route 53
/// Developer Guide, "Quotas", has the defaults).
pub(super) fn account_limit(
    call: &Call,
    rtype: &str,
    zones_max: usize,
    zones: usize,
) -> Result<Reply, Error> {
    let (value, count) = match rtype {
        "MAX_HOSTED_ZONES_BY_OWNER" => (zones_max, zones),
        "MAX_HEALTH_CHECKS_BY_OWNER" => (200, 0),
        "MAX_REUSABLE_DELEGATION_SETS_BY_OWNER" => (100, 0),
        "MAX_TRAFFIC_POLICIES_BY_OWNER" => (50, 0),
        "MAX_TRAFFIC_POLICY_INSTANCES_BY_OWNER" => (5, 0),
        _ => {
            let message = format!("{rtype} is not a type of account limit");
            return Err(Error::InvalidInput(message));
        }
    };
    Ok(reply(call, 200, "GetAccountLimitResponse", |xml| {
        xml.element("Limit", |xml| {
            xml.text("Type", rtype);
            xml.text("Value", &value.to_string());
        });
        xml.text("Count", &count.to_string());
    }))
}

pub(super) fn change(call: &Call, operation: &str, change: &ChangeInfo) -> Reply {
    reply(call, 200, &format!("{operation}Response"), |xml| {
        print_change(xml, change, call.now);
    })
}

pub(super) fn dnssec(call: &Call, zone: &Zone) -> Reply {
    reply(call, 200, "GetDNSSECResponse", |xml| {
        let status = if zone.signed {
            "SIGNING"
        } else {
            "NOT_SIGNING"
        };
        xml.element("Status", |xml| xml.text("ServeSignature", status));
        xml.element("KeySigningKeys", |xml| {
            if zone.signed {
                xml.element("member", |xml| {
                    xml.text("Name", "key");
                    xml.text("Flag", "257");
                    xml.text("Status", "ACTIVE");
                });
            }
        });
    })
}

/// Zones in the order of their ids; the marker is the id that the next page begins with.
pub(super) fn zones(call: &Call, state: &State, page: Page) -> Result<Reply, Error> {
    if let Some(id) = page.delegation_set_id {
        return Err(Error::NoSuchDelegationSet(id));
    }
    let max = page.max_items.unwrap_or(ZONES_PAGE).min(ZONES_PAGE);
    let marker = page.marker.unwrap_or_default();
    let private_only = page.zone_type.as_deref() == Some("PrivateHostedZone");
    let mut zones = state
        .zones_of(&call.account)
        .filter(|zone| zone.id >= marker && (!private_only || zone.vpc.is_some()));
    let shown: Vec<&Zone> = zones.by_ref().take(max).collect();
    let next = zones.next();
    Ok(reply(call, 200, "ListHostedZonesResponse", |xml| {
        print_zones(xml, &shown, call.now);
        if !marker.is_empty() {
            xml.text("Marker", &marker);
        }
        xml.text("IsTruncated", bool_text(next.is_some()));
        if let Some(next) = next {
            xml.text("NextMarker", &next.id);
        }
        xml.text("MaxItems", &max.to_string());
    }))
}

/// Zones in the order of their names, labels from the right; zones of one name by id.
pub(super) fn zones_by_name(call: &Call, state: &State, page: &Page) -> Result<Reply, Error> {
    let max = page.max_items.unwrap_or(ZONES_PAGE).min(ZONES_PAGE);
    let start = match (&page.dns_name, &page.zone_id) {
        (Some(name), id) => {
            let parsed = DnsName::parse(name).map_err(|_| {
                Error::InvalidDomainName(format!("The domain name {name} is not valid."))
            })?;
            Some((parsed, id.clone().unwrap_or_default()))
        }
        (None, Some(_)) => {
            return Err(Error::InvalidInput(
                "A hosted zone id can only be given with a DNS name.".to_owned(),
            ));
        }
        (None, None) => None,
    };
    let mut zones: Vec<&Zone> = state.zones_of(&call.account).collect();
    zones.sort_by_key(|zone| (&zone.name, &zone.id));
    let mut zones = zones.into_iter().filter(|zone| match &start {
        Some((name, id)) => (&zone.name, &zone.id) >= (name, id),
        None => true,
    });
    let shown: Vec<&Zone> = zones.by_ref().take(max).collect();
    let next = zones.next();
    Ok(reply(call, 200, "ListHostedZonesByNameResponse", |xml| {
        print_zones(xml, &shown, call.now);
        if let Some((name, _)) = &start {
            xml.text("DNSName", &name.to_string());
        }
        if let Some(id) = &page.zone_id {
            xml.text("HostedZoneId", id);
        }
        xml.text("IsTruncated", bool_text(next.is_some()));
        if let Some(next) = next {
            xml.text("NextDNSName", &next.name.to_string());
            xml.text("NextHostedZoneId", &next.id);
        }
        xml.text("MaxItems", &max.to_string());
    }))
}

pub(super) fn record_sets(call: &Call, zone: &Zone, page: &Page) -> Result<Reply, Error> {
    let start = start_of(page)?;
    let max = page.max_items.unwrap_or(SETS_PAGE).min(SETS_PAGE);
    let mut sets = zone.records.from(start.as_ref());
    let shown: Vec<&RecordSet> = sets.by_ref().take(max).collect();
    let next = sets.next();
    Ok(reply(call, 200, "ListResourceRecordSetsResponse", |xml| {
        xml.element("ResourceRecordSets", |xml| {
            for set in shown {
                xml.element("ResourceRecordSet", |xml| print_set(xml, set));
            }
        });
        xml.text("IsTruncated", bool_text(next.is_some()));
        if let Some(RecordSet { key, .. }) = next {
            xml.text("NextRecordName", &key.name.to_string());
            xml.text("NextRecordType", &key.rtype);
            if let Some(identifier) = &key.identifier {
                xml.text("NextRecordIdentifier", identifier);
            }
        }
        xml.text("MaxItems", &max.to_string());
    }))
}

/// The start of a list of record sets: a type needs a name, an identifier needs a type.
fn start_of(page: &Page) -> Result<Option<SetKey>, Error> {
    let invalid = || Error::InvalidInput("The input is not valid".to_owned());
    let Some(name) = &page.name else {
        return if page.rtype.is_some() || page.identifier.is_some() {
            Err(invalid())
        } else {
            Ok(None)
        };
    };
    let rtype = page.rtype.clone().unwrap_or_default();
    let known = rtype.is_empty() || TYPES.contains(&rtype.as_str());
    if !known || (rtype.is_empty() && page.identifier.is_some()) {
        return Err(invalid());
    }
    Ok(Some(SetKey {
        name: DnsName::parse(name).map_err(|problem| {
            Error::InvalidInput(format!(
                "FATAL problem: {problem} encountered with '{name}'"
            ))
        })?,
        rtype,
        identifier: page.identifier.clone(),
    }))
}

pub(super) fn tags(call: &Call, id: &str, tags: &BTreeMap<String, String>) -> Reply {
    reply(call, 200, "ListTagsForResourceResponse", |xml| {
        xml.element("ResourceTagSet", |xml| print_tags(xml, id, tags));
    })
}

pub(super) fn tags_of_many(call: &Call, sets: &[(&str, &BTreeMap<String, String>)]) -> Reply {
    reply(call, 200, "ListTagsForResourcesResponse", |xml| {
        xml.element("ResourceTagSets", |xml| {
            for (id, tags) in sets {
                xml.element("ResourceTagSet", |xml| print_tags(xml, id, tags));
            }
        });
    })
}

pub(super) fn tags_changed(call: &Call) -> Reply {
    reply(call, 200, "ChangeTagsForResourceResponse", |_| {})
}

fn print_tags(xml: &mut Xml, id: &str, tags: &BTreeMap<String, String>) {
    xml.text("ResourceType", "hostedzone");
    xml.text("ResourceId", id);
    xml.element("Tags", |xml| {
        for (key, value) in tags {
            xml.element("Tag", |xml| {
                xml.text("Key", key);
                xml.text("Value", value);
            });
        }
    });
}

fn print_zones(xml: &mut Xml, zones: &[&Zone], now: Timestamp) {
    xml.element("HostedZones", |xml| {
        for zone in zones {
            print_zone(xml, zone, now);
        }
    });
}

fn print_zone(xml: &mut Xml, zone: &Zone, now: Timestamp) {
    xml.element("HostedZone", |xml| {
        xml.text("Id", &format!("/hostedzone/{}", zone.id));
        xml.text("Name", &zone.name.to_string());
        xml.text("CallerReference", &zone.caller_reference);
        xml.element("Config", |xml| {
            if let Some(comment) = &zone.comment {
                xml.text("Comment", comment);
            }
            xml.text("PrivateZone", bool_text(zone.vpc.is_some()));
        });
        xml.text("ResourceRecordSetCount", &zone.records.len().to_string());
        if let Some(since) = zone.accelerated_recovery {
            let on = now >= since;
            xml.element("Features", |xml| {
                let status = if on { "ENABLED" } else { "ENABLING" };
                xml.text("AcceleratedRecoveryStatus", status);
            });
        }
    });
}

fn print_servers(xml: &mut Xml, zone: &Zone) {
    xml.element("DelegationSet", |xml| {
        xml.element("NameServers", |xml| {
            for server in &zone.name_servers {
                xml.text("NameServer", &server.plain());
            }
        });
    });
}

fn print_vpc(xml: &mut Xml, zone: &Zone) {
    if let Some(vpc) = &zone.vpc {
        xml.element("VPC", |xml| {
            xml.text("VPCRegion", &vpc.region);
            xml.text("VPCId", &vpc.id);
        });
    }
}

fn print_change(xml: &mut Xml, change: &ChangeInfo, now: Timestamp) {
    let insync = change.insync_at <= now;
    xml.element("ChangeInfo", |xml| {
        xml.text("Id", &format!("/change/{}", change.id));
        xml.text("Status", if insync { "INSYNC" } else { "PENDING" });
        let submitted = change.submitted_at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ");
        xml.text("SubmittedAt", &submitted.to_string());
        if let Some(comment) = &change.comment {
            xml.text("Comment", comment);
        }
    });
}

fn print_set(xml: &mut Xml, set: &RecordSet) {
    xml.text("Name", &set.key.name.to_string());
    xml.text("Type", &set.key.rtype);
    if let Some(identifier) = &set.key.identifier {
        xml.text("SetIdentifier", identifier);
    }
    print_routing(xml, &set.routing);
    match &set.content {
        Content::Values { ttl, values } => {
            xml.text("TTL", &ttl.to_string());
            xml.element("ResourceRecords", |xml| {
                for value in values {
                    xml.element("ResourceRecord", |xml| xml.text("Value", value));
                }
            });
        }
        Content::Alias(alias) => xml.element("AliasTarget", |xml| {
            xml.text("HostedZoneId", &alias.zone_id);
            xml.text("DNSName", &alias.name.to_string());
            xml.text(
                "EvaluateTargetHealth",
                bool_text(alias.evaluate_target_health),
            );
        }),
    }
}

fn print_routing(xml: &mut Xml, routing: &Routing) {
    match routing {
        Routing::Simple => {}
        Routing::Weighted(weight) => xml.text("Weight", &weight.to_string()),
        Routing::Latency(region) => xml.text("Region", region),
        Routing::Failover(role) => xml.text("Failover", role),
        Routing::MultiValue(answer) => xml.text("MultiValueAnswer", bool_text(*answer)),
        Routing::Geolocation {
            continent,
            country,
            subdivision,
        } => xml.element("GeoLocation", |xml| {
            let codes = [
                ("ContinentCode", continent),
                ("CountryCode", country),
                ("SubdivisionCode", subdivision),
            ];
            for (name, code) in codes {
                if let Some(code) = code {
                    xml.text(name, code);
                }
            }
        }),
    }
}

fn bool_text(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}
