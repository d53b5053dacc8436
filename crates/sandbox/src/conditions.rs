//! The conditions of policies, on buckets and of roles: read, and held against a request.

use std::collections::BTreeMap;

use serde_json::Value;

/// The condition keys of a request, in lower case, each with its values.
pub(crate) type Context = BTreeMap<String, Vec<String>>;

/// One key of a condition, with the values that it is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Condition {
    /// In lower case: IAM compares the names of keys so.
    pub(crate) key: String,
    pub(crate) values: Vec<String>,
    operator: &'static str,
    over: Over,
    if_exists: bool,
}

/// How a condition is held against the values of a request, of which there can be several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Over {
    /// The request has one value.
    One,
    /// `ForAnyValue:`
    Any,
    /// `ForAllValues:`, which holds of no values.
    All,
}

const OPERATORS: &[&str] = &[
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "BinaryEquals",
    "Bool",
    "DateEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateNotEquals",
    "IpAddress",
    "NotIpAddress",
    "Null",
    "NumericEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericNotEquals",
    "StringEquals",
    "StringEqualsIgnoreCase",
    "StringLike",
    "StringNotEquals",
    "StringNotEqualsIgnoreCase",
    "StringNotLike",
];

/// Reads the block `Condition` of a statement.
///
/// # Errors
///
/// The reason in S3's words, where IAM would not take the block.
pub(crate) fn parse(value: &Value) -> Result<Vec<Condition>, String> {
    let invalid = || "Invalid Condition in policy".to_owned();
    let mut conditions = Vec::new();
    for (name, keys) in value.as_object().ok_or_else(invalid)? {
        let (over, bare) = match name.split_once(':') {
            Some(("ForAnyValue", bare)) => (Over::Any, bare),
            Some(("ForAllValues", bare)) => (Over::All, bare),
            _ => (Over::One, name.as_str()),
        };
        let plain = bare.strip_suffix("IfExists").unwrap_or(bare);
        let mut known = OPERATORS.iter();
        let Some(operator) = known.find(|known| known.eq_ignore_ascii_case(plain)) else {
            return Err(format!("Invalid Condition type : {name}"));
        };
        for (key, values) in keys.as_object().ok_or_else(invalid)? {
            if !key.contains(':') {
                return Err("Policy has an invalid condition key".to_owned());
            }
            let values = match values {
                Value::Array(values) => values.iter().map(text).collect(),
                value => vec![text(value)],
            };
            conditions.push(Condition {
                key: key.to_ascii_lowercase(),
                values,
                operator,
                over,
                if_exists: plain.len() < bare.len(),
            });
        }
    }
    Ok(conditions)
}

/// A value as the text that it is compared as.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

impl Condition {
    /// Whether it holds of a request that has these values of its key.
    pub(crate) fn holds(&self, actual: &[String]) -> bool {
        if self.operator == "Null" {
            return self.values.contains(&actual.is_empty().to_string());
        }
        let negated = self.is_negated();
        let fits = |actual: &String| {
            let mut values = self.values.iter();
            values.any(|value| self.compares(actual, value)) != negated
        };
        match (self.over, actual) {
            (Over::All, _) => actual.iter().all(fits),
            (Over::Any, _) => actual.iter().any(fits),
            (Over::One, []) => self.if_exists || negated,
            (Over::One, [one, ..]) => fits(one),
        }
    }

    /// Whether it holds only of requests that have the key.
    pub(crate) fn asks_for_presence(&self) -> bool {
        !self.is_negated() && self.operator != "Null" && !self.if_exists && self.over != Over::All
    }

    fn is_negated(&self) -> bool {
        self.operator.contains("Not")
    }

    /// Compares by the operator without its `Not`. Dates, addresses and binaries never hold:
    /// the sandbox has none of them in its requests.
    fn compares(&self, actual: &str, value: &str) -> bool {
        let number = || Some((actual.parse::<f64>().ok()?, value.parse::<f64>().ok()?));
        let ordered = |test: fn(&f64, &f64) -> bool| number().is_some_and(|(a, b)| test(&a, &b));
        match self.operator {
            "StringEquals" | "StringNotEquals" => actual == value,
            "StringEqualsIgnoreCase" | "StringNotEqualsIgnoreCase" | "Bool" => {
                actual.eq_ignore_ascii_case(value)
            }
            "StringLike" | "StringNotLike" | "ArnLike" | "ArnEquals" | "ArnNotLike"
            | "ArnNotEquals" => is_like(value, actual),
            "NumericEquals" | "NumericNotEquals" => ordered(f64::eq),
            "NumericLessThan" => ordered(f64::lt),
            "NumericLessThanEquals" => ordered(f64::le),
            "NumericGreaterThan" => ordered(f64::gt),
            "NumericGreaterThanEquals" => ordered(f64::ge),
            _ => false,
        }
    }
}

/// Matches `*` and `?`.
pub(crate) fn is_like(pattern: &str, text: &str) -> bool {
    let pattern = pattern.as_bytes();
    let text = text.as_bytes();
    let (mut at, mut from) = (0, 0);
    let mut star = None;
    while from < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, from));
                at += 1;
            }
            Some(byte) if *byte == b'?' || *byte == text[from] => {
                at += 1;
                from += 1;
            }
            _ => {
                let Some((star_at, star_from)) = star else {
                    return false;
                };
                at = star_at + 1;
                from = star_from + 1;
                star = Some((star_at, star_from + 1));
            }
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(condition: &str, actual: &[&str], expect: bool) {
        let value = serde_json::from_str(condition).expect("JSON");
        let conditions = parse(&value).expect("a condition");
        let actual: Vec<String> = actual.iter().map(|text| (*text).to_owned()).collect();
        let holds = conditions.iter().all(|one| one.holds(&actual));
        assert_eq!(holds, expect, "{condition} of {actual:?}");
    }

    #[test]
    fn several_values_are_held_against_each_or_any() {
        let all = r#"{"ForAllValues:StringLike":{"a:b":["*.example.com","example.com"]}}"#;
        check(all, &["_dmarc.example.com", "example.com"], true);
        check(all, &["_dmarc.example.com", "example.org"], false);
        check(all, &[], true);
        let any = r#"{"ForAnyValue:StringEquals":{"a:b":"MX"}}"#;
        check(any, &["TXT", "MX"], true);
        check(any, &["TXT"], false);
        check(any, &[], false);
        let none = r#"{"ForAllValues:StringNotEquals":{"a:b":"NS"}}"#;
        check(none, &["TXT", "MX"], true);
        check(none, &["TXT", "NS"], false);
    }

    #[test]
    fn a_key_that_a_request_does_not_have_fails_but_for_if_exists() {
        check(r#"{"StringEquals":{"a:b":"c"}}"#, &[], false);
        check(r#"{"StringEqualsIfExists":{"a:b":"c"}}"#, &[], true);
        check(r#"{"StringNotEquals":{"a:b":"c"}}"#, &[], true);
        check(r#"{"Null":{"a:b":"true"}}"#, &[], true);
        check(r#"{"Null":{"a:b":"true"}}"#, &["c"], false);
    }
}
