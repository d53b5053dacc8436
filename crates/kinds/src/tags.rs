//! Tags, and the two by which we know our own.

use std::collections::BTreeMap;

use model::{Ownership, ResourceId};

/// Tags of one resource, by key.
pub type Tags = BTreeMap<String, String>;

/// Names the manifest's project.
pub const PROJECT: &str = "deploy:project";
/// Names our id of the resource.
pub const RESOURCE: &str = "deploy:resource";

/// The manifest's tags and ours.
#[must_use]
pub fn tags(project: &str, resource: &ResourceId, more: &Tags) -> Tags {
    let mut tags = more.clone();
    tags.insert(PROJECT.to_owned(), project.to_owned());
    // Tag values allow letters, digits, spaces and `_ . : / = + - @`; an id has nothing else.
    tags.insert(RESOURCE.to_owned(), resource.to_string());
    tags
}

/// The tags that people set. AWS keeps its own beside them, `aws:cloudformation:stack-name` for
/// one, which nobody else can set or remove.
pub fn visible(tags: impl IntoIterator<Item = (String, String)>) -> Tags {
    tags.into_iter()
        .filter(|(key, _)| !key.starts_with("aws:"))
        .collect()
}

/// The project whose tags these are.
pub fn project(tags: &Tags) -> Option<&str> {
    tags.get(PROJECT).map(String::as_str)
}

/// Whose a resource is, by the tags it carries and those it should carry.
pub fn ownership(desired: &Tags, actual: &Tags) -> Ownership {
    let same = |key| desired.contains_key(key) && desired.get(key) == actual.get(key);
    if same(PROJECT) && same(RESOURCE) {
        Ownership::Ours
    } else {
        Ownership::Foreign
    }
}
