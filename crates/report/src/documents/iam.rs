//! The policies of roles.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{Content, Document};

/// The policies that `deploy iam` prints.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct IamDocument {
    /// The accounts, by their names in the manifest. Where the former manifest had another account of
    /// a name, that one's number follows: `web (111111111111)`.
    accounts: IndexMap<String, AccountPolicy>,
}

/// The policy of a role.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AccountPolicy {
    /// The number of the account.
    pub account_id: String,
    /// The ARN of the role; null where none is assumed.
    pub role: Option<String>,
    /// The policy document, as IAM takes it.
    pub policy: Value,
    /// The trust policy of the role; null where nobody was named who may assume it.
    pub trust: Option<Value>,
}

impl Content for IamDocument {
    const FORMAT: &'static str = "deploy.iam";
    const VERSION: u32 = 1;
}

/// These policies.
pub fn iam_json(accounts: IndexMap<String, AccountPolicy>) -> Document<IamDocument> {
    Document::new(IamDocument { accounts })
}
