//! SNS, as far as a program publishes to it: standard topics, and the messages that went to them.
//!
//! What it does not emulate is a table in the README of the crate.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::call::{Call, Reply};
use crate::query::{Dialect, Form};
use crate::quotas::Charge;
use crate::service::{Service, ServiceError};

const DIALECT: Dialect = Dialect {
    namespace: "http://sns.amazonaws.com/doc/2010-03-31/",
};

/// The most bytes of a message, with its subject (SNS API reference, `Publish`).
const MESSAGE_MAX: usize = 262_144;
/// The most characters of a subject.
const SUBJECT_MAX: usize = 100;

/// Topics and what was published to them, by ARN.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// The topics that there are.
    topics: BTreeMap<String, Topic>,
}

/// A topic.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Topic {
    /// The messages to its subscribers, the oldest first.
    #[serde(rename = "~published")]
    pub published: Vec<Published>,
}

/// A message that went to the subscribers of a topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// When.
    pub at: Timestamp,
    /// Its subject, if it has one.
    pub subject: Option<String>,
    /// Its text.
    pub message: String,
}

impl State {
    /// Makes a topic, if it is not there.
    pub fn add_topic(&mut self, arn: &str) {
        self.topics.entry(arn.to_owned()).or_default();
    }

    /// The messages that were published to a topic.
    pub fn published(&self, arn: &str) -> &[Published] {
        let topic = self.topics.get(arn);
        topic.map_or(&[], |topic| &topic.published)
    }
}

/// The service on the wire.
pub struct Sns;

impl Service for Sns {
    fn operation(&self, call: &Call) -> Result<&'static str, Reply> {
        match Form::of(call).get("Action").unwrap_or_default() {
            "Publish" => Ok("Publish"),
            unknown => {
                let message = format!("Could not find operation {unknown} for version 2010-03-31");
                Err(self.error(call, &ServiceError::new(400, "InvalidAction", message)))
            }
        }
    }

    fn charges(&self, _call: &Call, _operation: &'static str) -> Vec<Charge> {
        vec![Charge::one("sns.publish")]
    }

    fn error(&self, call: &Call, error: &ServiceError) -> Reply {
        DIALECT.error(call, error)
    }
}

/// Carries a call out.
pub(crate) fn handle(state: &mut State, call: &Call) -> Reply {
    match publish(state, call) {
        Ok(id) => DIALECT.reply(call, "Publish", |xml| xml.text("MessageId", &id)),
        Err(error) => Sns.error(call, &error),
    }
}

fn publish(state: &mut State, call: &Call) -> Result<String, ServiceError> {
    let form = Form::of(call);
    let invalid = |what: &str| {
        let message = format!("Invalid parameter: {what}");
        ServiceError::new(400, "InvalidParameter", message)
    };
    let arn = form.get("TopicArn").unwrap_or_default();
    let parts: Vec<&str> = arn.split(':').collect();
    let ["arn", _, "sns", region, account, name] = parts[..] else {
        return Err(invalid("TopicArn Reason: no value for required parameter"));
    };
    // A topic is asked for at the endpoint of its own region.
    if region != call.region {
        return Err(invalid("TopicArn"));
    }
    let message = form.get("Message").unwrap_or_default();
    if message.is_empty() {
        return Err(invalid("Empty message"));
    }
    let subject = form.get("Subject");
    if let Some(subject) = subject
        && !is_subject(subject)
    {
        return Err(invalid("Subject"));
    }
    if message.len() + subject.map_or(0, str::len) > MESSAGE_MAX {
        return Err(invalid("Message too long"));
    }
    // The policy that a topic has at first lets its owner publish and nobody else.
    if account != call.account {
        let message = format!(
            "User: {} is not authorized to perform: SNS:Publish on resource: {arn}",
            call.principal
        );
        return Err(ServiceError::new(403, "AuthorizationError", message));
    }
    let topic = state.topics.get_mut(arn).filter(|_| !name.is_empty());
    let topic = topic.ok_or_else(|| ServiceError::new(404, "NotFound", "Topic does not exist"))?;
    topic.published.push(Published {
        at: call.now,
        subject: subject.map(str::to_owned),
        message: message.to_owned(),
    });
    Ok(call.request_id.clone())
}

/// ASCII that begins with a letter, a digit or a sign, without control characters, and less than 100
/// characters (SNS API reference, `Publish`).
fn is_subject(text: &str) -> bool {
    let is_printable = |byte: u8| (b' '..=b'~').contains(&byte);
    let begins = text.bytes().next().is_some_and(|first| first != b' ');
    begins && text.len() <= SUBJECT_MAX && text.bytes().all(is_printable)
}
