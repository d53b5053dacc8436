//! The tags of a certificate.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::{State, error};
use crate::call::place;
use crate::service::ServiceError;

const TAGS_LIMIT: usize = 50;

/// One tag as it is sent; a tag to be removed may come without its value.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Tag {
    key: String,
    #[serde(default)]
    value: Option<String>,
}

/// `held` with `tags` set in it.
pub(super) fn added(
    held: &IndexMap<String, String>,
    tags: Vec<Tag>,
) -> Result<IndexMap<String, String>, ServiceError> {
    let mut all = held.clone();
    for tag in tags {
        let value = tag.value.unwrap_or_default();
        check(&tag.key, &value)?;
        all.insert(tag.key, value);
    }
    if all.len() > TAGS_LIMIT {
        return Err(error::too_many_tags());
    }
    Ok(all)
}

/// Removes tags by key, or by key and value where a value is given.
pub(super) fn remove(held: &mut IndexMap<String, String>, tags: &[Tag]) {
    for tag in tags {
        let matches = match &tag.value {
            Some(value) => held.get(&tag.key) == Some(value),
            None => true,
        };
        if matches {
            held.shift_remove(&tag.key);
        }
    }
}

pub(super) fn shown(held: &IndexMap<String, String>) -> Vec<Tag> {
    held.iter()
        .map(|(key, value)| Tag {
            key: key.clone(),
            value: Some(value.clone()),
        })
        .collect()
}

impl State {
    /// The certificates of an account and region that have tags, as (ARN, tags).
    pub fn tagged(&self, account: &str, region: &str) -> Vec<(String, BTreeMap<String, String>)> {
        self.list(&place(account, region))
            .into_iter()
            .filter(|certificate| !certificate.tags.is_empty())
            .map(|certificate| {
                let tags = certificate
                    .tags
                    .iter()
                    .map(|(key, value)| (key.clone(), value.clone()));
                (certificate.arn.clone(), tags.collect())
            })
            .collect()
    }
}

fn check(key: &str, value: &str) -> Result<(), ServiceError> {
    let allowed = |c: char| c.is_alphanumeric() || c.is_whitespace() || "_.:/=+-@".contains(c);
    if key.is_empty() || key.chars().count() > 128 || !key.chars().all(allowed) {
        return Err(error::tag(&format!("The tag key '{key}' is not valid.")));
    }
    if value.chars().count() > 256 || !value.chars().all(allowed) {
        return Err(error::tag(&format!(
            "The value of the tag '{key}' is not valid."
        )));
    }
    if key.to_ascii_lowercase().starts_with("aws:") {
        return Err(error::tag(
            "aws: prefixed tag key names are not allowed for external use.",
        ));
    }
    Ok(())
}
