//! The tags of a distribution.

use indexmap::IndexMap;

use super::error;
use super::owned::Owned;
use super::schema::complete;
use super::shapes::{TAG_KEYS, TAGS};
use super::state::State;
use super::xml::Element;
use crate::service::ServiceError;

const TAGS_LIMIT: usize = 50;

/// The tags of a `Tags` document.
pub(super) fn read(tags: &Element) -> Result<IndexMap<String, String>, ServiceError> {
    let tags = complete(tags, &TAGS)?;
    let mut all = IndexMap::new();
    for tag in tags.child("Items").map_or(&[][..], |items| &items.children) {
        let (key, value) = (tag.text_at("Key"), tag.text_at("Value"));
        check(key, value)?;
        if all.insert(key.to_owned(), value.to_owned()).is_some() {
            return Err(error::tagging(
                "The same tag key was specified more than once.",
            ));
        }
    }
    check_count(&all)?;
    Ok(all)
}

fn check(key: &str, value: &str) -> Result<(), ServiceError> {
    let allowed = |c: char| c.is_alphanumeric() || c.is_whitespace() || "_.:/=+-@".contains(c);
    let key_is_good = (1..=128).contains(&key.chars().count())
        && key.chars().all(allowed)
        && !key.to_ascii_lowercase().starts_with("aws:");
    if key_is_good && value.chars().count() <= 256 && value.chars().all(allowed) {
        Ok(())
    } else {
        Err(error::tagging("The tagging specified is not valid."))
    }
}

fn check_count(tags: &IndexMap<String, String>) -> Result<(), ServiceError> {
    if tags.len() <= TAGS_LIMIT {
        return Ok(());
    }
    Err(error::tagging("The resource can have up to 50 tags."))
}

impl State {
    /// The tags of the distribution of this ARN, which must be the account's own.
    pub(super) fn tags_mut(
        &mut self,
        account: &str,
        arn: &str,
    ) -> Result<&mut IndexMap<String, String>, ServiceError> {
        let Some(rest) = arn.strip_prefix("arn:aws:cloudfront::") else {
            return Err(error::argument("The resource ARN is not valid."));
        };
        if rest.split(':').next() != Some(account) {
            return Err(error::error(403, "AccessDenied", "Access denied."));
        }
        let id = rest.rsplit('/').next().unwrap_or_default();
        self.distribution_mut(Owned { account, id })
            .ok()
            .filter(|distribution| distribution.arn == arn)
            .map(|distribution| &mut distribution.tags)
            .ok_or_else(|| {
                error::error(
                    404,
                    "NoSuchResource",
                    "The specified resource does not exist.",
                )
            })
    }

    /// The distributions of an account that have tags, as (ARN, tags). CloudFront is global: they
    /// are found in us-east-1.
    pub fn tagged(
        &self,
        account: &str,
        region: &str,
    ) -> Vec<(String, std::collections::BTreeMap<String, String>)> {
        if region != "us-east-1" {
            return Vec::new();
        }
        self.list(account)
            .into_iter()
            .filter(|distribution| !distribution.tags.is_empty())
            .map(|distribution| {
                let tags = distribution
                    .tags
                    .iter()
                    .map(|(key, value)| (key.clone(), value.clone()));
                (distribution.arn.clone(), tags.collect())
            })
            .collect()
    }
}

/// Sets the tags of a `Tags` document.
pub(super) fn set(held: &mut IndexMap<String, String>, tags: &Element) -> Result<(), ServiceError> {
    let mut all = held.clone();
    all.extend(read(tags)?);
    check_count(&all)?;
    *held = all;
    Ok(())
}

/// Removes the tags of a `TagKeys` document.
pub(super) fn unset(
    held: &mut IndexMap<String, String>,
    keys: &Element,
) -> Result<(), ServiceError> {
    let keys = complete(keys, &TAG_KEYS)?;
    for key in keys.child("Items").map_or(&[][..], |items| &items.children) {
        held.shift_remove(&key.text);
    }
    Ok(())
}

/// The tags as a `Tags` document.
pub(super) fn print(held: &IndexMap<String, String>) -> Element {
    let tag = |(key, value): (&String, &String)| {
        Element::node(
            "Tag",
            vec![Element::leaf("Key", key), Element::leaf("Value", value)],
        )
    };
    Element::node(
        "Tags",
        vec![Element::node("Items", held.iter().map(tag).collect())],
    )
}
