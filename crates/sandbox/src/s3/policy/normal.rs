//! The form in which S3 gives policies back: without white space, accounts as the ARNs of their
//! roots, and the values of conditions as text.

use serde_json::Value;

use super::parse::is_account;
use crate::conditions::text;

/// The document as it is given back.
pub(in crate::s3) fn normal(document: &str) -> String {
    let Ok(mut value) = serde_json::from_str::<Value>(document) else {
        return document.to_owned();
    };
    match value.get_mut("Statement") {
        Some(Value::Array(statements)) => statements.iter_mut().for_each(statement),
        Some(one) => statement(one),
        None => {}
    }
    value.to_string()
}

fn statement(statement: &mut Value) {
    for name in ["Principal", "NotPrincipal"] {
        let principals = statement
            .get_mut(name)
            .and_then(|kinds| kinds.get_mut("AWS"));
        if let Some(principals) = principals {
            each(principals, &|value| match value.as_str() {
                Some(id) if is_account(id) => Value::from(format!("arn:aws:iam::{id}:root")),
                _ => value.clone(),
            });
        }
    }
    let operators = statement
        .get_mut("Condition")
        .and_then(Value::as_object_mut);
    for keys in operators.into_iter().flat_map(|map| map.values_mut()) {
        let values = keys.as_object_mut().into_iter();
        for values in values.flat_map(|map| map.values_mut()) {
            each(values, &|value| Value::from(text(value)));
        }
    }
}

/// Changes a value, or every value of a list.
fn each(value: &mut Value, change: &impl Fn(&Value) -> Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| *item = change(item)),
        one => *one = change(one),
    }
}
