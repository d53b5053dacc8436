//! The parameters of a request as an event has them: one document, whatever the protocol.

use quick_xml::Reader;
use quick_xml::events::Event as Token;
use serde_json::{Map, Value, json};

use crate::call::Call;

/// The most bytes of a body that are kept: CloudTrail cuts larger ones too.
const BODY_MAX: usize = 100_000;

/// The parameters of a call.
pub(crate) fn of(call: &Call) -> Value {
    let mut parameters = match body(call) {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    for (name, value) in in_path(call).into_iter().chain(in_query(call)) {
        parameters.insert(name.to_owned(), value.into());
    }
    Value::Object(parameters)
}

fn body(call: &Call) -> Value {
    if call.body.len() > BODY_MAX {
        return Value::Null;
    }
    let text = std::str::from_utf8(&call.body).unwrap_or_default();
    match text.trim_start().chars().next() {
        Some('{') => serde_json::from_str(text).map_or(Value::Null, lower),
        // A bucket's policy is a document of its own.
        Some('<') => xml(text),
        Some(_) => form(text),
        None => Value::Null,
    }
}

/// The labels in a path, under the names that events give them.
fn in_path(call: &Call) -> Vec<(&'static str, String)> {
    let path = call.request.uri.path();
    let segments: Vec<&str> = path.split('/').filter(|one| !one.is_empty()).collect();
    match (call.service.as_str(), segments.as_slice()) {
        ("s3", _) => {
            let bucket = crate::s3::bucket_named(call);
            bucket
                .map(|name| ("bucketName", name))
                .into_iter()
                .collect()
        }
        ("route53", [_, "hostedzone", id, "rrset", ..]) => vec![("hostedZoneId", decoded(id))],
        ("route53", [_, "tags", kind, id]) => {
            vec![("resourceType", decoded(kind)), ("resourceId", decoded(id))]
        }
        ("route53" | "cloudfront", [_, _, id, ..]) => vec![("id", decoded(id))],
        ("ses", ["v2", "email", "identities", name, ..]) => vec![("emailIdentity", decoded(name))],
        ("ses", ["v2", "email", "configuration-sets", name, ..]) => {
            vec![("configurationSetName", decoded(name))]
        }
        _ => Vec::new(),
    }
}

/// The resource in a query, as requests that tag name it.
fn in_query(call: &Call) -> Option<(&'static str, String)> {
    let query = call.request.uri.query().unwrap_or_default();
    let mut fields = query.split('&').filter_map(|pair| pair.split_once('='));
    fields.find_map(|(name, value)| match name {
        "Resource" => Some(("resource", decoded(value))),
        "ResourceArn" => Some(("resourceArn", decoded(value))),
        _ => None,
    })
}

fn decoded(text: &str) -> String {
    let text = percent_encoding::percent_decode_str(text);
    text.decode_utf8_lossy().into_owned()
}

/// The text in the place of a secret.
const HIDDEN: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// Whether a field has a secret, as the key of a brought DKIM key pair.
fn is_secret(name: &str) -> bool {
    name.ends_with("PrivateKey")
}

/// A document with the names of its fields as events write them.
fn lower(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(name, value)| {
                let value = if is_secret(&name) {
                    HIDDEN.into()
                } else {
                    lower(value)
                };
                (camel(&name), value)
            });
            fields.collect()
        }
        Value::Array(items) => items.into_iter().map(lower).collect(),
        other => other,
    }
}

fn camel(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

fn form(text: &str) -> Value {
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    let told = pairs.filter(|(name, _)| !["Action", "Version"].contains(name));
    told.map(|(name, value)| (camel(name), Value::from(decoded(&value.replace('+', " ")))))
        .collect()
}

/// An element that is read: its name, its children and its text.
#[derive(Default)]
struct Element {
    name: String,
    children: Vec<(String, Value)>,
    text: String,
}

impl Element {
    /// The value of it: a list where it has items only, of one name.
    fn value(self) -> Value {
        let Some((first, _)) = self.children.first() else {
            return Value::from(self.text);
        };
        let is_of_one_name = self.children.iter().all(|(name, _)| name == first);
        // One child can be the only item of a list, or the only field that a request has.
        let is_list = self.children.len() > 1
            || self.name == "items"
            || self.name.starts_with(first.as_str());
        if is_of_one_name && is_list {
            return self.children.into_iter().map(|(_, value)| value).collect();
        }
        self.children.into_iter().collect()
    }
}

fn xml(text: &str) -> Value {
    let mut reader = Reader::from_str(text);
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event() {
            Ok(Token::Start(start)) => open.push(Element {
                name: camel(&String::from_utf8_lossy(start.local_name().as_ref())),
                ..Element::default()
            }),
            Ok(Token::Text(content)) => {
                if let (Some(element), Ok(content)) = (open.last_mut(), content.decode()) {
                    element.text.push_str(content.trim());
                }
            }
            Ok(Token::End(_)) => {
                let Some(element) = open.pop() else { break };
                let name = element.name.clone();
                let Some(parent) = open.last_mut() else { break };
                parent.children.push((name, element.value()));
            }
            Ok(Token::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    // The outermost element is the request itself.
    let request = open
        .into_iter()
        .next()
        .and_then(|root| root.children.into_iter().next());
    request.map_or(json!({}), |(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the Route 53 Developer Guide shows it, "Route 53 entries in CloudTrail logs".
    #[test]
    fn a_change_of_records_is_a_list() {
        let text = "<ChangeResourceRecordSetsRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\">\
            <ChangeBatch><Changes><Change><Action>UPSERT</Action><ResourceRecordSet>\
            <Name>a.example.com.</Name><Type>TXT</Type><TTL>60</TTL><ResourceRecords><ResourceRecord>\
            <Value>\"v=spf1 -all\"</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></Change>\
            </Changes></ChangeBatch></ChangeResourceRecordSetsRequest>";
        let set = json!({
            "name": "a.example.com.", "type": "TXT", "tTL": "60",
            "resourceRecords": [{ "value": "\"v=spf1 -all\"" }],
        });
        let change = json!({ "action": "UPSERT", "resourceRecordSet": set });
        assert_eq!(xml(text), json!({ "changeBatch": { "changes": [change] } }));
    }

    /// CloudFront's lists are in `Items`, whatever these are called.
    #[test]
    fn items_are_a_list() {
        let text = "<DistributionConfig><Aliases><Quantity>1</Quantity><Items><CNAME>a</CNAME></Items>\
            </Aliases><Comment>c</Comment></DistributionConfig>";
        let aliases = json!({ "quantity": "1", "items": ["a"] });
        assert_eq!(xml(text), json!({ "aliases": aliases, "comment": "c" }));
        let text =
            "<Tagging><TagSet><Tag><Key>a</Key></Tag><Tag><Key>b</Key></Tag></TagSet></Tagging>";
        assert_eq!(
            xml(text),
            json!({ "tagSet": [{ "key": "a" }, { "key": "b" }] })
        );
    }

    #[test]
    fn json_and_forms_become_documents() {
        let document = json!({ "CertificateArn": "arn", "Tags": [{ "Key": "a" }] });
        assert_eq!(
            lower(document),
            json!({ "certificateArn": "arn", "tags": [{ "key": "a" }] })
        );
        let secret = json!({ "DomainSigningPrivateKey": "MII" });
        assert_eq!(lower(secret), json!({ "domainSigningPrivateKey": HIDDEN }));
        let text = "Action=DeleteIdentity&Version=2010-12-01&Identity=example.com";
        assert_eq!(form(text), json!({ "identity": "example.com" }));
    }
}
