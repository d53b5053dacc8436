//! Which resources a caller asks for.

use std::collections::BTreeMap;

/// A resource: its ARN and its tags.
pub(crate) type Tagged = (String, BTreeMap<String, String>);

/// Which resources are asked for.
#[derive(Debug, Default)]
pub(crate) struct Question {
    /// Each must be carried: a key, and one of these values, or any.
    pub(super) filters: Vec<(String, Vec<String>)>,
    /// `s3`, or `acm:certificate`; everything when empty.
    pub(super) types: Vec<String>,
    /// By name; everything when empty.
    pub(super) arns: Vec<String>,
    pub(super) size: usize,
    pub(super) token: Option<String>,
}

impl Question {
    pub(super) fn asks_for(&self, (arn, tags): &Tagged) -> bool {
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
