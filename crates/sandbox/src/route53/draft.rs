//! A change batch as it arrives, and what is wrong with each record set by itself.

use serde::Deserialize;

use crate::dns_text::name::DnsName;
use crate::route53::error::Error;
use crate::route53::rdata;
use crate::route53::record_set::{Alias, Content, RecordSet, Routing, SetKey};

/// The record types that Route 53 knows, as its messages list them.
pub(crate) const TYPES: [&str; 17] = [
    "SOA", "A", "TXT", "NS", "CNAME", "MX", "NAPTR", "PTR", "SRV", "SPF", "AAAA", "CAA", "DS",
    "TLSA", "SSHFP", "SVCB", "HTTPS",
];

/// How many values a record set may have.
const VALUES_MAX: usize = 400;

/// The input of `ChangeResourceRecordSets`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChangeBatch {
    /// Free text.
    pub comment: Option<String>,
    /// At least one.
    #[serde(default)]
    pub changes: Changes,
}

/// The list element.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Changes {
    /// Its members.
    #[serde(rename = "Change", default)]
    pub members: Vec<Change>,
}

/// A change as it was read.
#[derive(Clone, Debug)]
pub(crate) struct Edit {
    pub(crate) action: Action,
    pub(crate) set: RecordSet,
}

/// One change.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Change {
    /// `CREATE`, `DELETE` or `UPSERT`.
    pub action: String,
    /// The set.
    pub resource_record_set: Draft,
}

/// The action of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Create,
    Delete,
    Upsert,
}

/// A record set as it arrives.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Draft {
    name: String,
    r#type: String,
    set_identifier: Option<String>,
    weight: Option<i64>,
    region: Option<String>,
    geo_location: Option<GeoLocation>,
    failover: Option<String>,
    multi_value_answer: Option<bool>,
    #[serde(rename = "TTL")]
    ttl: Option<i64>,
    resource_records: Option<ResourceRecords>,
    alias_target: Option<AliasTarget>,
    health_check_id: Option<String>,
    traffic_policy_instance_id: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct GeoLocation {
    #[serde(rename = "ContinentCode")]
    continent: Option<String>,
    #[serde(rename = "CountryCode")]
    country: Option<String>,
    #[serde(rename = "SubdivisionCode")]
    subdivision: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct ResourceRecords {
    resource_record: Vec<ResourceRecord>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct ResourceRecord {
    value: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct AliasTarget {
    hosted_zone_id: String,
    #[serde(rename = "DNSName")]
    dns_name: String,
    evaluate_target_health: bool,
}

/// A name as the condition keys have it: in lower case, without a dot at its end, and with an octal
/// number in place of each other character (the guide, "Normalization").
fn normalized(name: &str) -> String {
    let Ok(name) = DnsName::parse(name) else {
        return name.to_owned();
    };
    let spelled = |octet: u8| match octet.to_ascii_lowercase() {
        plain @ (b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_') => char::from(plain).to_string(),
        other => format!("\\{other:03o}"),
    };
    let labels = name.labels();
    let labels = labels.map(|label| label.iter().copied().map(spelled).collect::<String>());
    labels.collect::<Vec<_>>().join(".")
}

impl Change {
    /// Its values of the condition keys, by the end of the key's name in lower case.
    pub(crate) fn condition_values(&self) -> [(&'static str, String); 3] {
        [
            ("actions", self.action.clone()),
            ("recordtypes", self.resource_record_set.r#type.clone()),
            (
                "normalizedrecordnames",
                normalized(&self.resource_record_set.name),
            ),
        ]
    }

    /// How many values it has.
    pub(crate) fn value_count(&self) -> usize {
        self.values().count()
    }

    /// How many characters its values have.
    pub(crate) fn value_chars(&self) -> usize {
        self.values().map(|value| value.chars().count()).sum()
    }

    /// The factor in the limits and the quota: an UPSERT counts as a DELETE and a CREATE.
    pub(crate) fn weight(&self) -> usize {
        if self.action == "UPSERT" { 2 } else { 1 }
    }

    fn values(&self) -> impl Iterator<Item = &str> {
        let records = self.resource_record_set.resource_records.iter();
        records.flat_map(|list| {
            list.resource_record
                .iter()
                .map(|record| record.value.as_str())
        })
    }

    /// Its action and its set, or why there is none: the request is wrong (`InvalidInput`), or a
    /// list of things that are wrong with the set.
    pub(crate) fn read(&self) -> Result<Edit, Error> {
        let action = match self.action.as_str() {
            "CREATE" => Action::Create,
            "DELETE" => Action::Delete,
            "UPSERT" => Action::Upsert,
            other => return Err(not_in_enumeration(other, &["CREATE", "DELETE", "UPSERT"])),
        };
        let draft = &self.resource_record_set;
        if !TYPES.contains(&draft.r#type.as_str()) {
            return Err(not_in_enumeration(&draft.r#type, &TYPES));
        }
        if let Some(id) = &draft.health_check_id {
            return Err(Error::NoSuchHealthCheck(id.clone()));
        }
        self.check_content()?;
        let routing = self.routing()?;
        let name = DnsName::parse(&draft.name).map_err(|problem| {
            Error::batch(format!(
                "FATAL problem: {problem} encountered with '{}'",
                draft.name
            ))
        })?;
        let key = SetKey {
            name,
            rtype: draft.r#type.clone(),
            identifier: draft.set_identifier.clone(),
        };
        let content = self.content()?;
        Ok(Edit {
            action,
            set: RecordSet {
                key,
                routing,
                content,
            },
        })
    }

    /// How Route 53's messages name a change.
    fn place(&self) -> String {
        let draft = &self.resource_record_set;
        format!(
            "Change with [Action={}, Name={}, Type={}, SetIdentifier={}]",
            self.action,
            draft.name,
            draft.r#type,
            draft.set_identifier.as_deref().unwrap_or("null")
        )
    }

    fn check_content(&self) -> Result<(), Error> {
        let draft = &self.resource_record_set;
        let has_values = draft.resource_records.is_some();
        let found = match (&draft.alias_target, draft.ttl, has_values) {
            (Some(_), None, false) | (None, Some(_), true) => None,
            (Some(_), _, _) => Some("more than one"),
            (None, _, _) => Some("none"),
        };
        // A traffic policy instance would be the third way; there are none here.
        let found = found.or(draft
            .traffic_policy_instance_id
            .as_ref()
            .map(|_| "more than one"));
        if let Some(found) = found {
            return Err(Error::InvalidInput(format!(
                "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and \
                 ResourceRecords], or TrafficPolicyInstanceId], but found {found} in {}",
                self.place()
            )));
        }
        if has_values && self.value_count() == 0 {
            return Err(Error::InvalidInput(
                "Invalid XML ; cvc-complex-type.2.4.b: The content of element 'ResourceRecords' \
                 is not complete. One of \
                 '{\"https://route53.amazonaws.com/doc/2013-04-01/\":ResourceRecord}' is expected."
                    .to_owned(),
            ));
        }
        Ok(())
    }

    fn routing(&self) -> Result<Routing, Error> {
        let draft = &self.resource_record_set;
        let weighted = match draft.weight.map(u8::try_from) {
            Some(Err(_)) => return Err(out_of_range("Weight", 0, 255)),
            Some(Ok(weight)) => Some(Routing::Weighted(weight)),
            None => None,
        };
        let policies = [
            weighted,
            draft.region.clone().map(Routing::Latency),
            draft.failover.clone().map(Routing::Failover),
            draft.multi_value_answer.map(Routing::MultiValue),
            draft
                .geo_location
                .clone()
                .map(|place| Routing::Geolocation {
                    continent: place.continent,
                    country: place.country,
                    subdivision: place.subdivision,
                }),
        ];
        let mut policies = policies.into_iter().flatten();
        let found = match (policies.next(), policies.next(), &draft.set_identifier) {
            (None, _, None) => return Ok(Routing::Simple),
            (Some(policy), None, Some(_)) => return Ok(policy),
            (Some(_), _, None) => {
                return Err(Error::InvalidInput(format!(
                    "Invalid request: Missing field 'SetIdentifier' in {}",
                    self.place()
                )));
            }
            (None, _, Some(_)) => "none",
            (Some(_), Some(_), Some(_)) => "more than one",
        };
        Err(Error::InvalidInput(format!(
            "Invalid request: Expected exactly one of [Weight, Region, Failover, GeoLocation, or \
             MultiValueAnswer], but found {found} in {}",
            self.place()
        )))
    }

    fn content(&self) -> Result<Content, Error> {
        let draft = &self.resource_record_set;
        if let Some(target) = &draft.alias_target {
            let name = DnsName::parse(&target.dns_name).map_err(|problem| {
                Error::batch(format!(
                    "FATAL problem: {problem} encountered with '{}'",
                    target.dns_name
                ))
            })?;
            return Ok(Content::Alias(Alias {
                zone_id: target.hosted_zone_id.clone(),
                name,
                evaluate_target_health: target.evaluate_target_health,
            }));
        }
        let ttl = u32::try_from(draft.ttl.unwrap_or_default())
            .ok()
            .filter(|ttl| i32::try_from(*ttl).is_ok())
            .ok_or_else(|| out_of_range("TTL", 0, i32::MAX.into()))?;
        let values: Vec<String> = self.values().map(ToOwned::to_owned).collect();
        let mut messages: Vec<String> = values
            .iter()
            .filter_map(|value| rdata::check(&draft.r#type, value).err())
            .collect();
        messages.extend(duplicates(&values));
        if values.len() > VALUES_MAX {
            messages.push(format!(
                "Cannot have more than {VALUES_MAX} records in a RRSet."
            ));
        }
        if !messages.is_empty() {
            return Err(Error::InvalidChangeBatch(messages));
        }
        Ok(Content::Values { ttl, values })
    }
}

fn duplicates(values: &[String]) -> Vec<String> {
    let repeated = values
        .iter()
        .enumerate()
        .filter(|(index, value)| values[..*index].contains(value));
    repeated
        .map(|(_, value)| format!("Duplicate Resource Record: '{value}'"))
        .collect()
}

fn not_in_enumeration(value: &str, allowed: &[&str]) -> Error {
    Error::InvalidInput(format!(
        "Invalid XML ; cvc-enumeration-valid: Value '{value}' is not facet-valid with respect to \
         enumeration '[{}]'. It must be a value from the enumeration.",
        allowed.join(", ")
    ))
}

fn out_of_range(field: &str, min: i64, max: i64) -> Error {
    Error::InvalidInput(format!(
        "Invalid request: {field} must be between {min} and {max}"
    ))
}
