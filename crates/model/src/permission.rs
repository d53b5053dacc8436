//! The permissions of a role: IAM actions, the resources they act on, and what narrows them.

use crate::{Location, ResourceId};

/// Actions that are allowed together on the same resources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// IAM's names: `s3:PutObject`.
    pub actions: &'static [&'static str],
    /// An ARN with `{partition}`, `{region}`, `{account}` and `{name}` to fill in; or `*`.
    pub on: &'static str,
    /// The value of `{name}`.
    pub name: Named,
    /// The conditions on a request, by the service's condition keys.
    pub only: Vec<Only>,
}

/// The name in the ARN of a permission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// AWS gives it.
    ByAws,
    /// The spec knows it.
    Is(String),
    /// It is the name of another resource, which may be known.
    As(ResourceId),
}

/// A condition on a request: it has these values of a key and no others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Only {
    /// `route53:ChangeResourceRecordSetsRecordTypes`. The Service Authorization Reference lists the keys
    /// of each action.
    pub key: &'static str,
    /// Whether a request can have several values of the key, or none.
    pub many: bool,
    /// The values, with `*` for any characters.
    pub values: Vec<String>,
}

impl Only {
    /// A request has one of these values.
    pub fn one_of(key: &'static str, values: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            key,
            many: false,
            values: values.into_iter().map(Into::into).collect(),
        }
    }

    /// Each value of a request is one of these.
    pub fn all_of(key: &'static str, values: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            many: true,
            ..Self::one_of(key, values)
        }
    }
}

impl Permission {
    /// Actions that no resource limits.
    pub const fn anywhere(actions: &'static [&'static str]) -> Self {
        Self::on(actions, "*")
    }

    /// Actions on resources whose names AWS gives.
    pub const fn on(actions: &'static [&'static str], on: &'static str) -> Self {
        Self {
            actions,
            on,
            name: Named::ByAws,
            only: Vec::new(),
        }
    }

    /// Actions on the resource that a spec names.
    pub fn named(actions: &'static [&'static str], on: &'static str, name: &str) -> Self {
        Self {
            name: Named::Is(name.to_owned()),
            ..Self::on(actions, on)
        }
    }

    /// The same, for requests that are so only.
    #[must_use]
    pub fn only(mut self, only: Only) -> Self {
        self.only.push(only);
        self
    }

    /// The ARN that it is on, for a resource in `location`. `known` gives the names of resources.
    pub fn arn(
        &self,
        partition: &str,
        location: &Location,
        known: impl Fn(&ResourceId) -> Option<String>,
    ) -> String {
        let name = match &self.name {
            Named::ByAws => None,
            Named::Is(name) => Some(name.clone()),
            Named::As(resource) => known(resource),
        };
        self.on
            .replace("{partition}", partition)
            .replace("{region}", location.region.as_str())
            .replace("{account}", location.account_id.as_str())
            .replace("{name}", name.as_deref().unwrap_or("*"))
    }
}
