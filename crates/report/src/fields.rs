//! The fields of a spec that a person wants to see.

use kinds::record::canonical;
use model::field;
use serde_json::{Map, Value};
use standards::dns::RecordType;

use crate::value::shown;

/// Names that AWS keeps for us: derived, and of no use to a reader. JSON output has them.
const LEFT_OUT: [&str; 2] = ["token", "caller_reference"];

/// One thing to show of a spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// A field, flattened: `logging.bucket`.
    Field {
        /// Its path.
        name: String,
        /// The value.
        value: String,
    },
    /// Something that deserves its own line: a value of a DNS record, a statement of a policy.
    Line {
        /// `_dmarc.example.com 300 TXT `
        label: String,
        /// `v=DMARC1; p=none`
        text: String,
    },
    /// A line of a short text file.
    Text(String),
}

/// The fields of `spec` that say something, in its order.
pub(crate) fn main(spec: &Value) -> Vec<Shown> {
    // A record says all of it: its zone is the domain, under which it is shown.
    if let Some(record) = spec.get("record").and_then(Value::as_object) {
        return self::record(record);
    }
    let mut fields = Vec::new();
    walk("", spec, &mut fields);
    fields
}

/// A DNS record inside a spec, by its name and type: `_dmarc.example.com TXT`.
pub(crate) fn record_name(spec: &Value) -> Option<String> {
    let record = spec.get("record")?.as_object()?;
    let rtype = record.get("rtype")?.as_str()?;
    Some(format!("{} {rtype}", shown("name", record.get("name")?)))
}

fn walk(path: &str, value: &Value, fields: &mut Vec<Shown>) {
    let name = path.rsplit('.').next().unwrap_or(path);
    if LEFT_OUT.contains(&name) || is_nothing(value) {
        return;
    }
    let field = |value: String| Shown::Field {
        name: path.to_owned(),
        value,
    };
    let map = match value {
        Value::Object(map) if field::reference(value).is_none() => map,
        _ => {
            fields.push(field(shown(name, value)));
            if let Some(content) = crate::value::content(name, value) {
                let lines = content.lines().unwrap_or_default();
                fields.extend(lines.into_iter().map(|line| Shown::Text(line.to_owned())));
            }
            return;
        }
    };
    if name == "tags" {
        let keys: Vec<&str> = map.keys().map(String::as_str).collect();
        fields.push(field(keys.join(", ")));
    } else if let Some(Value::Array(statements)) = map.get("Statement") {
        fields.extend(statements.iter().map(statement));
    } else {
        for (key, value) in map {
            let path = if path.is_empty() {
                key.clone()
            } else {
                format!("{path}.{key}")
            };
            walk(&path, value, fields);
        }
    }
}

/// The values of a record, as a zone file would have them.
fn record(record: &Map<String, Value>) -> Vec<Shown> {
    let part = |key: &str| {
        record
            .get(key)
            .map(|value| shown(key, value))
            .unwrap_or_default()
    };
    let (name, rtype) = (part("name"), part("rtype"));
    if let Some(target) = record.get("alias").and_then(|alias| alias.get("target")) {
        return vec![Shown::Line {
            label: format!("{name} {rtype} alias to "),
            text: shown("target", target),
        }];
    }
    // In the spelling that is compared: host names without their final dot.
    let known_type: Option<RecordType> = rtype.parse().ok();
    let spelled = |value: &Value| {
        let text = shown("value", value);
        known_type.map_or(text.clone(), |rtype| canonical(rtype, &text))
    };
    let values = record.get("values").and_then(Value::as_array);
    let lines = values.into_iter().flatten().map(|value| Shown::Line {
        label: format!("{name} {} {rtype} ", part("ttl")),
        text: spelled(value),
    });
    lines.collect()
}

/// A statement of a policy document: `Deny s3:* to * where aws:SecureTransport is false`.
fn statement(statement: &Value) -> Shown {
    let part = |key: &str| {
        statement
            .get(key)
            .map(|value| named(value).join(", "))
            .unwrap_or_default()
    };
    let conditions = statement.get("Condition").and_then(Value::as_object);
    let conditions: Vec<String> = conditions
        .into_iter()
        .flat_map(Map::values)
        .filter_map(Value::as_object)
        .flatten()
        .map(|(key, value)| format!("{key} is {}", named(value).join(" or ")))
        .collect();
    let mut text = format!("{} to {}", part("Action"), part("Principal"));
    if !conditions.is_empty() {
        text.push_str(" where ");
        text.push_str(&conditions.join(" and "));
    }
    Shown::Line {
        label: format!("{} ", part("Effect")),
        text,
    }
}

/// The names in a part of a statement: a string, a list, or `{"Service": …}`.
fn named(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(named).collect(),
        Value::Object(map) if field::reference(value).is_none() => {
            map.values().flat_map(named).collect()
        }
        other => vec![shown("name", other)],
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(spec: &Value, expect: &[&str]) {
        let seen: Vec<String> = main(spec)
            .into_iter()
            .map(|shown| match shown {
                Shown::Field { name, value } => format!("{name}: {value}"),
                Shown::Line { label, text } => format!("{label}{text}"),
                Shown::Text(text) => format!("| {text}"),
            })
            .collect();
        assert_eq!(seen, expect);
    }

    #[test]
    fn what_says_nothing_is_skipped_and_tags_are_named() {
        check(
            &json!({
                "name": "bucket", "token": "abc", "access_log": {"bucket": "logs", "prefix": ""},
                "expire_days": null, "tags": {"a": "1", "b": "2"},
            }),
            &["name: bucket", "access_log.bucket: logs", "tags: a, b"],
        );
    }

    #[test]
    fn policies_read_as_sentences() {
        check(
            &json!({"bucket": "b", "document": {"Version": "2012-10-17", "Statement": [
                {"Sid": "a", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "r",
                 "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
                {"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"},
                 "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "r",
                 "Condition": {"StringEquals": {"AWS:SourceArn": {"$output": "k/d/n#/arn"}}}},
            ]}}),
            &[
                "bucket: b",
                "Deny s3:* to * where aws:SecureTransport is false",
                "Allow s3:GetObject, s3:ListBucket to cloudfront.amazonaws.com \
                 where AWS:SourceArn is (known after apply)",
            ],
        );
    }

    #[test]
    fn records_read_as_in_a_zone_file() {
        let record = json!({"zone": {"$output": "z/d/n#/id"}, "record": {
            "name": "_amazonses.example.com", "rtype": "TXT", "ttl": 300, "alias": null,
            "values": ["one", {"$output": "t/d/n#/token"}], "sharing": "many",
        }});
        check(
            &record,
            &[
                "_amazonses.example.com 300 TXT one",
                "_amazonses.example.com 300 TXT (known after apply)",
            ],
        );
        assert_eq!(
            record_name(&record).as_deref(),
            Some("_amazonses.example.com TXT")
        );
        let alias = json!({"record": {
            "name": "mta-sts.example.com", "rtype": "AAAA", "ttl": 300, "values": [],
            "alias": {"target": "d1.cloudfront.net", "zone": "Z2"}, "sharing": "whole",
        }});
        check(
            &alias,
            &["mta-sts.example.com AAAA alias to d1.cloudfront.net"],
        );
    }
}
