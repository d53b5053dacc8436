//! `notify`: who is told of a run, and in which form.
//!
//! A webhook's URL is a secret: whoever has it can write there. So it never stands in a manifest,
//! which names the variable of the environment or the file that has it.

use std::sync::Arc;

use model::{AccountName, rules};
use schemars::{Schema, SchemaGenerator};

use crate::position::{Located, Position};
use crate::read::{Read, Reader, block, choice};
use crate::values::{SecretPath, TopicArn, VariableName};
use crate::yaml::{Content, Node};

choice! {
    /// One receiver of notifications.
    pub enum Receiver {
        /// A channel of Slack, by the URL of an incoming webhook.
        Slack(SecretSource) = "slack",
        /// A channel of Microsoft Teams, by the URL of a workflow that takes adaptive cards.
        Teams(SecretSource) = "teams",
        /// A space of Google Chat, by the URL of its webhook.
        GoogleChat(SecretSource) = "google_chat",
        /// A channel of Discord, by the URL of its webhook.
        Discord(SecretSource) = "discord",
        /// A service of PagerDuty, by the integration key of its Events API v2: an incident is
        /// triggered, and resolved when it is over.
        Pagerduty(Pagerduty) = "pagerduty",
        /// Any other system, by a URL that takes CloudEvents as JSON.
        Cloudevents(SecretSource) = "cloudevents",
        /// A topic of Amazon SNS.
        Sns(Topic) = "sns",
    }
}

block! {
    /// A service of PagerDuty.
    pub struct Pagerduty {
        /// The integration key.
        pub key: SecretSource,
        /// The URL of the Events API, where it is not `https://events.pagerduty.com/v2/enqueue`.
        pub url: Option<SecretSource>,
    }
}

block! {
    /// A topic of Amazon SNS.
    pub struct Topic {
        /// The account whose role publishes.
        pub account: Located<AccountName>,
        /// The ARN of the topic, which is a standard one.
        pub topic: Located<TopicArn>,
    }
}

/// The place of a secret, which is not in the manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// A variable of the environment.
    Variable(VariableName),
    /// A file, beside the manifest or by its whole path.
    File(SecretPath),
}

impl std::fmt::Display for SecretSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Variable(name) => write!(f, "the variable {name}"),
            Self::File(path) => write!(f, "the file {path}"),
        }
    }
}

impl SecretSource {
    const KEYS: [&str; 2] = ["env", "file"];
}

impl Read for SecretSource {
    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        // The secret itself, perhaps: neither the text nor its line is shown.
        if matches!(node.content, Content::Scalar(_)) {
            let hidden = Position {
                source: Arc::new(node.position.source.without_text()),
                ..node.position.clone()
            };
            reader.report.add(
                rules::MAN_04,
                &hidden,
                "expected `{ env: … }` or `{ file: … }`, found a text, which is not shown: it may be \
                 a secret",
                "put the secret into a variable of the environment, and name that: `{ env: NAME }`",
            );
            return None;
        }
        let (key, value) = reader.choice(node, &Self::KEYS)?;
        if key == "env" {
            VariableName::read(&value, reader).map(Self::Variable)
        } else {
            SecretPath::read(&value, reader).map(Self::File)
        }
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<Self>()
    }
}

impl schemars::JsonSchema for SecretSource {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "SecretSource".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let option = |key: &str, description: &str, schema: Schema| {
            serde_json::json!({
                "type": "object",
                "description": description,
                "properties": { key: schema },
                "required": [key],
                "additionalProperties": false,
            })
        };
        let variable = VariableName::schema(generator);
        let file = SecretPath::schema(generator);
        schemars::json_schema!({
            "description": "The place of a secret, which is not in the manifest.",
            "oneOf": [
                option("env", "A variable of the environment.", variable),
                option("file", "A file, beside the manifest or by its whole path.", file),
            ],
        })
    }
}

impl Receiver {
    /// The name of its form in the manifest.
    pub fn form(&self) -> &'static str {
        match self {
            Self::Slack(_) => "slack",
            Self::Teams(_) => "teams",
            Self::GoogleChat(_) => "google_chat",
            Self::Discord(_) => "discord",
            Self::Pagerduty(_) => "pagerduty",
            Self::Cloudevents(_) => "cloudevents",
            Self::Sns(_) => "sns",
        }
    }

    /// The secrets that it takes.
    pub fn secrets(&self) -> Vec<&SecretSource> {
        match self {
            Self::Slack(url)
            | Self::Teams(url)
            | Self::GoogleChat(url)
            | Self::Discord(url)
            | Self::Cloudevents(url) => vec![url],
            Self::Pagerduty(service) => std::iter::once(&service.key).chain(&service.url).collect(),
            Self::Sns(_) => Vec::new(),
        }
    }

    /// The topic that it is, if it is one.
    pub fn topic(&self) -> Option<&Topic> {
        match self {
            Self::Sns(topic) => Some(topic),
            _ => None,
        }
    }
}
