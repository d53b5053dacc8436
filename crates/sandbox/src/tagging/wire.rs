//! AWS JSON 1.1, as the tagging API speaks it.

use serde_json::{Value, json};

use super::question::{Question, Tagged};
use crate::call::Call;
use crate::json;
use crate::service::ServiceError;

/// Reads `GetResources`.
pub(super) fn read(call: &Call) -> Result<Question, ServiceError> {
    let invalid = |message: &str| ServiceError::new(400, "InvalidParameterException", message);
    let document = json::document(call)?;
    let by_name = document["ResourceARNList"].is_array();
    let size = match document["ResourcesPerPage"].as_u64() {
        // What is asked for by name comes in one page (API reference, `ResourceARNList`).
        None if by_name => usize::MAX,
        None => 50,
        Some(size @ 1..=100) => usize::try_from(size).unwrap_or(100),
        Some(_) => return Err(invalid("ResourcesPerPage must be between 1 and 100.")),
    };
    let texts = |value: &Value| -> Vec<String> {
        value
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    };
    let arns = texts(&document["ResourceARNList"]);
    let types = texts(&document["ResourceTypeFilters"]);
    let filters = document["TagFilters"].as_array().into_iter().flatten();
    let filters: Vec<_> = filters
        .map(|filter| {
            (
                filter["Key"].as_str().unwrap_or_default().to_owned(),
                texts(&filter["Values"]),
            )
        })
        .collect();
    if filters.len() > 50 {
        return Err(invalid("A request can have at most 50 tag filters."));
    }
    let token = document["PaginationToken"].as_str().map(str::to_owned);
    let narrowed = !types.is_empty() || !filters.is_empty();
    let paged = token.is_some() || !document["ResourcesPerPage"].is_null();
    if !arns.is_empty() && (narrowed || paged) {
        return Err(invalid(
            "ResourceARNList cannot be combined with other filters or with pagination.",
        ));
    }
    if arns.len() > 100 {
        return Err(invalid("ResourceARNList has more than 100 names."));
    }
    Ok(Question {
        filters,
        types,
        arns,
        size,
        token,
    })
}

/// Prints a page of resources.
pub(super) fn print<'a>(page: impl Iterator<Item = &'a Tagged>, next: Option<String>) -> Value {
    let mapping = |(arn, tags): &Tagged| {
        let tags: Vec<Value> = tags
            .iter()
            .map(|(key, value)| json!({ "Key": key, "Value": value }))
            .collect();
        json!({ "ResourceARN": arn, "Tags": tags })
    };
    json!({
        "PaginationToken": next.unwrap_or_default(),
        "ResourceTagMappingList": page.map(mapping).collect::<Vec<_>>(),
    })
}
