//! JSON values as people read them.

use base64::Engine as _;
use kinds::{S3BucketPolicy, S3Object};
use model::{Spec, field};
use serde_json::{Value, json};

use crate::fold::elide;

/// The text for a value that another resource will give.
const KNOWN_AFTER_APPLY: &str = "(known after apply)";
/// The text for a value that is not there.
const NONE: &str = "(none)";
/// A longer value is shown by its beginning and its length. A TXT value of 2048-bit DKIM has 410.
const VALUE_CHARACTERS_MAX: usize = 600;

/// As much of a hash as tells two of them apart.
const DIGEST_CHARACTERS: usize = 12;

/// The value of `field`, on one line.
pub(crate) fn shown(field: &str, value: &Value) -> String {
    if let Some(content) = content(field, value) {
        return content.describe();
    }
    let text = plain(value);
    if is_digest(field, &text) {
        return format!("{}…", &text[..DIGEST_CHARACTERS]);
    }
    elide(&text, VALUE_CHARACTERS_MAX)
}

fn is_digest(field: &str, text: &str) -> bool {
    field.ends_with("sha256") && text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

fn plain(value: &Value) -> String {
    if field::reference(value).is_some() {
        return KNOWN_AFTER_APPLY.to_owned();
    }
    match value {
        Value::Null => NONE.to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) if text.is_empty() => "(empty)".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => NONE.to_owned(),
        Value::Array(items) if items.iter().all(is_scalar) => {
            items.iter().map(plain).collect::<Vec<_>>().join(", ")
        }
        Value::Object(map) if map.is_empty() => NONE.to_owned(),
        other => without_references(other).to_string(),
    }
}

/// Whether a list of such values reads well without brackets.
fn is_scalar(value: &Value) -> bool {
    field::reference(value).is_some() || !(value.is_array() || value.is_object())
}

/// `value` with every reference said in words.
fn without_references(value: &Value) -> Value {
    if field::reference(value).is_some() {
        return Value::from(KNOWN_AFTER_APPLY);
    }
    match value {
        Value::Array(items) => items.iter().map(without_references).collect(),
        Value::Object(map) => {
            let fields = map.iter();
            let fields = fields.map(|(key, value)| (key.clone(), without_references(value)));
            Value::Object(fields.collect())
        }
        other => other.clone(),
    }
}

/// The bytes of a file, which specs hold in base64 in a field called `content`.
pub(crate) struct Content(Vec<u8>);

/// The content that `field` holds, when it does.
pub(crate) fn content(field: &str, value: &Value) -> Option<Content> {
    if field.rsplit('.').next() != Some("content") {
        return None;
    }
    let bytes = base64::engine::general_purpose::STANDARD.decode(value.as_str()?);
    bytes.ok().map(Content)
}

/// A spec as it is shown. A bucket policy is what AWS will read, not what it is made from.
pub(crate) fn printed(spec: &Spec) -> Value {
    match spec.get::<S3BucketPolicy>() {
        Some(policy) => json!({"bucket": policy.bucket, "document": policy.document()}),
        None => spec.to_json(),
    }
}

/// The file that a spec uploads, if it does.
pub(crate) fn file(spec: &Spec) -> Option<Content> {
    let spec = spec.get::<S3Object>()?;
    Some(Content(spec.bytes()))
}

impl Content {
    /// How long it is.
    pub(crate) fn describe(&self) -> String {
        match self.0.len() {
            1 => "1 byte".to_owned(),
            length => format!("{} bytes", crate::words::grouped(length)),
        }
    }

    /// Its SHA-256, as the states of files have it.
    pub(crate) fn sha256(&self) -> String {
        model::plan::sha256(&self.0)
    }

    /// Its lines, when it is a short text: an MTA-STS policy is worth reading in the plan.
    pub(crate) fn lines(&self) -> Option<Vec<&str>> {
        let text = std::str::from_utf8(&self.0).ok()?;
        let lines: Vec<&str> = text.lines().collect();
        let is_short = lines.len() <= 16 && lines.iter().all(|line| line.len() <= 80);
        is_short.then_some(lines)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_read_as_people_write_them() {
        let check = |value: Value, expect: &str| assert_eq!(shown("field", &value), expect);
        check(json!(null), "(none)");
        check(json!(""), "(empty)");
        check(json!("v=spf1 -all"), "v=spf1 -all");
        check(
            json!(["a", {"$output": "k/d/n#/x"}]),
            "a, (known after apply)",
        );
        check(
            json!({"a": [1, {"$output": "k/d/n#/x"}]}),
            r#"{"a":[1,"(known after apply)"]}"#,
        );
        check(json!([]), "(none)");
        check(json!(true), "yes");
    }

    #[test]
    fn hashes_are_short() {
        let digest = "0123456789abcdef".repeat(4);
        assert_eq!(shown("sha256", &json!(digest)), "0123456789ab…");
    }

    #[test]
    fn content_is_counted() {
        let content = base64::engine::general_purpose::STANDARD.encode("x".repeat(2345));
        assert_eq!(shown("content", &json!(content)), "2,345 bytes");
        assert_eq!(shown("content", &json!("not base64!")), "not base64!");
    }
}
