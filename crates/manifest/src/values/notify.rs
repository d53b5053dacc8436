//! The values of `notify:`: receivers, and the places of their secrets.

use std::fmt;

use super::{arn, check, is_word};
use crate::read::Text;

text_value! {
    /// The name of a receiver of notifications in the manifest.
    pub struct ReceiverName {
        what: "a receiver's name",
        pattern: Some("^[A-Za-z0-9_-]{1,64}$"),
        examples: &["mail-team"],
        parse: |text| check(text, 1..=64, "a receiver's name", "letters, digits, `-` and `_`", is_word)
    }
}

text_value! {
    /// The name of a variable of the environment.
    pub struct VariableName {
        what: "a variable's name",
        pattern: Some("^[A-Za-z_][A-Za-z0-9_]{0,127}$"),
        examples: &["DEPLOY_SLACK_URL"],
        parse: |text| {
            let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let name = check(text, 1..=128, "a variable's name", "letters, digits and `_`", is_part)?;
            if name.starts_with(|c: char| c.is_ascii_digit()) {
                return Err("a variable's name does not begin with a digit".to_owned());
            }
            Ok(name)
        }
    }
}

text_value! {
    /// The path of a file that holds a secret: whole, or from the manifest's folder.
    pub struct SecretPath {
        what: "a path",
        pattern: None,
        examples: &["/run/secrets/slack-url"],
        parse: |text| check(text, 1..=1024, "a path", "printable characters", |c| !c.is_control())
    }
}

text_value! {
    /// The ARN of a standard topic of SNS.
    pub struct TopicArn {
        what: "the ARN of a topic",
        pattern: Some(r"^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$"),
        examples: &["arn:aws:sns:eu-west-1:222222222222:mail"],
        parse: topic
    }
}

impl TopicArn {
    /// The region that the topic is in.
    pub fn region(&self) -> &str {
        self.0.split(':').nth(3).unwrap_or_default()
    }
}

/// The ARN of a topic (SNS API reference, `CreateTopic`). One that keeps the order of its messages
/// delivers to queues alone, and wants a group with each message.
fn topic(text: &str) -> Result<String, String> {
    let arn = arn(text, Some("sns"))?;
    let mut parts = arn.split(':').skip(3);
    let (region, account, name) = (parts.next(), parts.next(), parts.next());
    let is_account = |id: &str| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit());
    let is_name = |name: &str| (1..=256).contains(&name.len()) && name.chars().all(is_word);
    match name {
        Some(name) if name.strip_suffix(".fifo").is_some() => {
            Err("a FIFO topic reaches queues and no people".to_owned())
        }
        Some(name)
            if parts.next().is_none()
                && region.is_some_and(|region| !region.is_empty())
                && account.is_some_and(is_account)
                && is_name(name) =>
        {
            Ok(arn)
        }
        _ => Err("a topic's ARN is `arn:aws:sns:REGION:ACCOUNT:NAME`".to_owned()),
    }
}
