//! Tags and metadata, and those by which we know our own.

use std::collections::BTreeMap;

use model::{Ownership, ResourceId};

/// Tags of one resource, by key.
pub type Tags = BTreeMap<String, String>;

/// Names the manifest's project.
pub const PROJECT: &str = "deploy:project";
/// Names our id of the resource.
pub const RESOURCE: &str = "deploy:resource";

/// The metadata of our files in S3: the SHA-256 of the bytes, so that an observation costs no download.
#[cfg(feature = "aws")]
pub(crate) const FILE_HASH: &str = "deploy-sha256";

/// The manifest's tags and ours.
#[must_use]
pub fn tags(project: &str, resource: &ResourceId, more: &Tags) -> Tags {
    let mut tags = more.clone();
    tags.insert(PROJECT.to_owned(), project.to_owned());
    // Tag values allow letters, digits, spaces and `_ . : / = + - @`; an id has nothing else.
    tags.insert(RESOURCE.to_owned(), resource.to_string());
    tags
}

/// Names the CloudFormation stack that a resource belongs to, or belonged to: it stays on what a stack has
/// let go (CloudFormation User Guide, "Resource tags").
const STACK: &str = "aws:cloudformation:stack-name";

/// The tags that people set, and the stack's. AWS keeps more of its own beside them, which say nothing to us.
pub fn visible(tags: impl IntoIterator<Item = (String, String)>) -> Tags {
    tags.into_iter()
        .filter(|(key, _)| !is_of_aws(key) || key == STACK)
        .collect()
}

/// Whether a tag is AWS's own, which nobody else can set or remove.
pub(crate) fn is_of_aws(key: &str) -> bool {
    key.starts_with("aws:")
}

/// The CloudFormation stack whose tags these are.
pub fn stack(tags: &Tags) -> Option<&str> {
    tags.get(STACK).map(String::as_str)
}

/// The project whose tags these are.
pub fn project(tags: &Tags) -> Option<&str> {
    tags.get(PROJECT).map(String::as_str)
}

/// The tags of a resource that this program compares: those that it is to carry, and those that it
/// was given by us. Any other is somebody else's, for cost allocation or a tag policy, and neither
/// drift nor ours to remove.
pub fn ours(desired: &Tags, actual: &Tags, owned: Option<&Tags>) -> Tags {
    let is_ours =
        |key: &str| desired.contains_key(key) || owned.is_some_and(|owned| owned.contains_key(key));
    let ours = actual.iter().filter(|(key, _)| is_ours(key));
    ours.map(|(key, value)| (key.clone(), value.clone()))
        .collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> Tags {
        let pairs = pairs.iter();
        pairs
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn of_the_tags_that_aws_sets_only_the_stack_is_seen() {
        let all = of(&[
            ("team", "web"),
            ("aws:cloudformation:stack-id", "arn:aws:cloudformation:…"),
            ("aws:cloudformation:stack-name", "mail"),
        ]);
        let seen = visible(all);
        assert_eq!(seen.len(), 2);
        assert_eq!(stack(&seen), Some("mail"));
        // AWS's own tags can't be set or removed, so they are never compared.
        assert_eq!(ours(&of(&[]), &seen, None), of(&[]));
    }

    #[test]
    fn r_21_tags_of_others_are_not_compared_and_tags_that_we_gave_are() {
        let desired = of(&[("team", "mail")]);
        let actual = of(&[("team", "web"), ("CostCenter", "42"), ("old", "1")]);
        let owned = of(&[("team", "mail"), ("old", "1")]);
        assert_eq!(ours(&desired, &actual, None), of(&[("team", "web")]));
        assert_eq!(
            ours(&desired, &actual, Some(&owned)),
            of(&[("team", "web"), ("old", "1")])
        );
    }
}
