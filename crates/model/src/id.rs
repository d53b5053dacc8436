//! Names: ours are stable, AWS's are physical, and the two never compare.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// Text of one meaning, which does not mix with text of another.
macro_rules! text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
        )]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

text!(
    /// An account's name in the manifest: `marketing`.
    AccountName
);
text!(
    /// An AWS region: `eu-west-1`.
    Region
);
text!(
    /// AWS's name for a resource: an ARN, an id, a bucket's name.
    PhysicalId
);

/// An AWS account's number: twelve digits.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
pub struct AccountId(String);

/// A text that is no account's number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an account id has 12 digits, `{0}` has not")]
pub struct NoAccountId(pub String);

impl AccountId {
    /// The twelve digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AccountId {
    type Err = NoAccountId;

    fn from_str(text: &str) -> Result<Self, NoAccountId> {
        text.to_owned().try_into()
    }
}

impl TryFrom<String> for AccountId {
    type Error = NoAccountId;

    fn try_from(text: String) -> Result<Self, NoAccountId> {
        if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text))
        } else {
            Err(NoAccountId(text))
        }
    }
}

impl From<AccountId> for String {
    fn from(id: AccountId) -> Self {
        id.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The account and region a resource lives in. Global services live in `us-east-1`.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct Location {
    /// The account, as the manifest calls it.
    pub account: AccountName,
    /// The account's number, compared with the credentials' own before anything else.
    pub account_id: AccountId,
    /// The region.
    pub region: Region,
}

impl Location {
    /// Whether two resources live in one account and region, whatever the manifest calls it.
    pub fn is_same(one: Option<&Self>, other: Option<&Self>) -> bool {
        let place = |location: &Self| (location.account_id.clone(), location.region.clone());
        one.map(place) == other.map(place)
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}) {}", self.account, self.account_id, self.region)
    }
}

/// Our own, stable name of a resource: `ses_identity/example.com/marketing.us-east-1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceId {
    /// The kind's name.
    pub kind: String,
    /// The mail domain that it is for, or [`SHARED`].
    pub domain: String,
    /// Its name within the domain and kind. It has no `/`.
    pub name: String,
}

/// The domain part of the ids of resources that domains share. No domain has this name.
pub const SHARED: &str = "shared";

impl ResourceId {
    /// The id of the resource `name` of `kind` for `domain`.
    pub fn new(kind: &str, domain: &str, name: impl Into<String>) -> Self {
        Self {
            kind: kind.to_owned(),
            domain: domain.to_owned(),
            name: name.into(),
        }
    }

    /// Whether domains share it by design.
    pub fn is_shared(&self) -> bool {
        self.domain == SHARED
    }

    /// The document of the ledger that it stands in: its domain's, or one of its own where domains
    /// share it, so that runs about different domains meet only in what they share.
    pub fn document(&self) -> Cow<'_, str> {
        if self.is_shared() {
            Cow::Owned(format!("{SHARED}/{}-{}", self.kind, self.name))
        } else {
            Cow::Borrowed(&self.domain)
        }
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{}/{}/{}", self.kind, self.domain, self.name);
        f.pad(&text)
    }
}

impl JsonSchema for ResourceId {
    fn schema_name() -> Cow<'static, str> {
        "ResourceId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Our own, stable name of a resource: `kind/domain/name`.",
            "type": "string",
            "pattern": "^[^/]+/[^/]+/[^/]+$",
        })
    }
}

/// Text that is not `kind/domain/name`.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a resource id (kind/domain/name)")]
pub struct NotAResourceId(String);

impl FromStr for ResourceId {
    type Err = NotAResourceId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(3, '/');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(kind), Some(domain), Some(name)) if !name.is_empty() => {
                Ok(Self::new(kind, domain, name))
            }
            _ => Err(NotAResourceId(text.to_owned())),
        }
    }
}

impl Serialize for ResourceId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ResourceId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_id_is_twelve_digits_in_a_stored_form_too() {
        let read = |text: &str| serde_json::from_str::<AccountId>(&format!("{text:?}"));
        let id = read("111111111111").expect("an account id");
        assert_eq!(id.as_str().parse(), Ok(id));
        for text in ["", "11111111111", "1111-1111-1111", "11111111111\u{661}"] {
            let fault = read(text).expect_err("no account id").to_string();
            assert_eq!(fault, NoAccountId(text.to_owned()).to_string());
        }
    }
}
