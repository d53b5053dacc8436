//! The receivers, and the request that carries a message there.

use std::borrow::Cow;

use report::Message;
use serde_json::Value;

use crate::deliver::Request;
use crate::run::Run;
use crate::secret::Secret;
use crate::topic::Topic;

/// The URL at which PagerDuty takes events ("Events API v2").
const PAGERDUTY: &str = "https://events.pagerduty.com/v2/enqueue";

/// One who is told.
#[derive(Clone, Debug)]
pub struct Receiver {
    /// Its name in the manifest.
    pub name: String,
    /// Its address, or why that is not known.
    pub address: Result<Address, String>,
}

/// The address of a receiver, and the form of its messages.
#[derive(Clone, Debug)]
pub enum Address {
    /// An incoming webhook of Slack.
    Slack(Secret),
    /// A workflow of Teams.
    Teams(Secret),
    /// A webhook of a space of Google Chat.
    GoogleChat(Secret),
    /// A webhook of Discord.
    Discord(Secret),
    /// A service of PagerDuty.
    Pagerduty {
        /// The integration key.
        key: Secret,
        /// The URL, where it is not PagerDuty's own.
        url: Option<Secret>,
    },
    /// A system that takes CloudEvents.
    Cloudevents(Secret),
    /// A topic of SNS.
    Topic(Topic),
}

/// The next state of an incident of PagerDuty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Incident {
    Open,
    Over,
}

impl Receiver {
    /// The part of a run that it is told: nobody is woken up by a note, or by a change that went well.
    pub(crate) fn hears<'a>(&self, run: &'a Run) -> Cow<'a, Run> {
        if !self.is_incident() {
            return Cow::Borrowed(run);
        }
        let mut heard = run.clone();
        heard.items.retain(|item| !item.is_note());
        heard.done = None;
        Cow::Owned(heard)
    }

    /// Whether it has incidents, which last as long as something is wrong.
    pub(crate) fn is_incident(&self) -> bool {
        let address = self.address.as_ref();
        address.is_ok_and(|address| matches!(address, Address::Pagerduty { .. }))
    }
}

impl Address {
    /// The service's name, for people.
    pub(crate) fn service(&self) -> &'static str {
        match self {
            Self::Slack(_) => "Slack",
            Self::Teams(_) => "Teams",
            Self::GoogleChat(_) => "Google Chat",
            Self::Discord(_) => "Discord",
            Self::Pagerduty { .. } => "PagerDuty",
            Self::Cloudevents(_) => "the receiver of CloudEvents",
            Self::Topic(_) => "SNS",
        }
    }

    /// The request that carries a message; nothing for a topic, which is no web server. `id` names the
    /// message.
    pub(crate) fn request(
        &self,
        message: &Message<'_>,
        id: &str,
        incident: Incident,
    ) -> Option<Request> {
        let json = "application/json";
        let (url, media_type, body) = match self {
            Self::Slack(url) => (url.clone(), json, report::slack(message)),
            Self::Teams(url) => (url.clone(), json, report::teams(message)),
            Self::GoogleChat(url) => (url.clone(), json, report::google_chat(message)),
            Self::Discord(url) => (url.clone(), json, report::discord(message)),
            Self::Pagerduty { key, url } => {
                let mut event = match incident {
                    Incident::Open => report::pagerduty_trigger(message),
                    Incident::Over => report::pagerduty_resolve(message.project, message.command),
                };
                event["routing_key"] = key.reveal().into();
                let url = url.clone().unwrap_or_else(|| Secret::new(PAGERDUTY));
                (url, json, event)
            }
            Self::Cloudevents(url) => {
                let media_type = "application/cloudevents+json; charset=utf-8";
                (url.clone(), media_type, report::cloudevents(message, id))
            }
            Self::Topic(_) => return None,
        };
        Some(Request {
            secrets: self.secrets().into_iter().cloned().collect(),
            url,
            media_type,
            body: Value::to_string(&body),
        })
    }

    fn secrets(&self) -> Vec<&Secret> {
        match self {
            Self::Slack(url)
            | Self::Teams(url)
            | Self::GoogleChat(url)
            | Self::Discord(url)
            | Self::Cloudevents(url) => vec![url],
            Self::Pagerduty { key, url } => std::iter::once(key).chain(url).collect(),
            Self::Topic(_) => Vec::new(),
        }
    }
}
