//! The value of `kms_key`.

use std::fmt;

use super::arn;
use crate::read::Text;

text_value! {
    /// The ARN of a KMS key. An IAM policy cannot name a key by its alias.
    pub struct KeyArn {
        what: "the ARN of a key",
        pattern: Some("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$"),
        examples: &["arn:aws:kms:eu-west-1:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab"],
        parse: key
    }
}

impl KeyArn {
    /// The region that the key is in.
    pub fn region(&self) -> &str {
        self.as_str().split(':').nth(3).unwrap_or_default()
    }
}

/// Reads the ARN of a key (KMS Developer Guide, "Key identifiers").
fn key(text: &str) -> Result<String, String> {
    let arn = arn(text, Some("kms"))?;
    let mut parts = arn.split(':').skip(3);
    let (region, account, name) = (parts.next(), parts.next(), parts.next());
    let is_account = |id: &str| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit());
    let is_id =
        |id: &str| !id.is_empty() && id.bytes().all(|b| b == b'-' || b.is_ascii_alphanumeric());
    let id = name.and_then(|name| name.strip_prefix("key/"));
    let is_right = parts.next().is_none()
        && region.is_some_and(|region| !region.is_empty())
        && account.is_some_and(is_account)
        && id.is_some_and(is_id);
    if is_right {
        return Ok(arn);
    }
    Err(
        "the ARN of a key is `arn:aws:kms:REGION:ACCOUNT:key/ID`; an alias cannot replace it"
            .to_owned(),
    )
}
