//! The Service Authorization Reference, as far as the sandbox has what it lists: the data is
//! `data/authorization.json`, which a conformance test compares with the whole.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// The part of the reference that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// The day on which the reference read so: `2026-09-26`.
    pub date: String,
    /// By name: `s3:PutObject`.
    pub actions: BTreeMap<String, Action>,
    /// The forms of ARNs by service and type: `s3:bucket`.
    pub resources: BTreeMap<String, String>,
}

/// An action, as the reference lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// `Read`, `List`, `Write`, `Tagging`, `Permissions management`, or two of them.
    pub level: String,
    /// The types of its resources. An action without one is allowed on `*`, or not at all.
    pub resources: Vec<String>,
    /// Its condition keys.
    pub conditions: Vec<String>,
}

/// The reference.
pub fn reference() -> &'static Reference {
    static KEPT: LazyLock<Reference> = LazyLock::new(|| {
        let text = include_str!("../../data/authorization.json");
        serde_json::from_str(text).expect("the file has the reference's shape")
    });
    &KEPT
}

impl Reference {
    /// Whether policies allow the action on `*` only.
    pub(crate) fn knows_no_resources(&self, action: &str) -> bool {
        let known = self.actions.get(action);
        known.is_some_and(|action| action.resources.is_empty())
    }

    /// The forms of ARNs that the action is allowed on, with `*` in place of what AWS gives.
    pub fn arns(&self, action: &str) -> Vec<String> {
        let service = action.split(':').next().unwrap_or_default();
        let types = self
            .actions
            .get(action)
            .into_iter()
            .flat_map(|one| &one.resources);
        types
            .filter_map(|name| self.resources.get(&format!("{service}:{name}")))
            .map(|form| starred(form))
            .collect()
    }
}

/// `arn:*:s3:::*` of `arn:${Partition}:s3:::${BucketName}`.
fn starred(form: &str) -> String {
    let mut parts = form.split("${");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let rest = part.split_once('}').map_or("", |(_, rest)| rest);
        text + "*" + rest
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_has_the_arns_of_its_types() {
        let reference = reference();
        let of_objects = reference.arns("s3:PutObject");
        assert!(
            of_objects.contains(&"arn:*:s3:::*/*".to_owned()),
            "{of_objects:?}"
        );
        assert_eq!(
            reference.arns("ses:GetEmailIdentity"),
            ["arn:*:ses:*:*:identity/*"]
        );
        assert!(reference.knows_no_resources("cloudfront:CreateDistribution"));
        assert!(!reference.knows_no_resources("cloudfront:UpdateDistribution"));
    }
}
