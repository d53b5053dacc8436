//! PagerDuty: an event of version 2 (developer.pagerduty.com, "Events API v2"): 1,024 characters of a
//! summary, 255 of a `dedup_key`, 512 KB in all. Whoever sends it adds the routing key.

use serde_json::{Value, json};

use super::plain;
use super::{Message, cut};
use model::MailImpact;
use standards::Severity;

/// The most bytes of a key. All of it is ASCII.
const KEY_MAX: usize = 255;

/// The key of the one incident that a project has about a command.
pub fn dedup_key(project: &str, command: &str) -> String {
    cut(&format!("deploy/{project}/{command}"), KEY_MAX)
}

/// The event that begins an incident, or tells more of it.
pub fn pagerduty_trigger(message: &Message<'_>) -> Value {
    let mut event = json!({
        "event_action": "trigger",
        "dedup_key": dedup_key(message.project, message.command),
        "client": "deploy",
        "payload": {
            "summary": message.title(),
            "source": message.project,
            "severity": severity(message),
            "timestamp": message.at.to_string(),
            "component": message.command,
            "group": message.project,
            "custom_details": {
                "lines": plain::lines(message),
                "next": message.next(),
            },
        },
    });
    if let Some(page) = message.page() {
        event["links"] = json!([{ "href": page, "text": "The run" }]);
    }
    event
}

/// The event that ends the incident.
pub fn pagerduty_resolve(project: &str, command: &str) -> Value {
    json!({ "event_action": "resolve", "dedup_key": dedup_key(project, command) })
}

/// A fault that stops mail wakes somebody up; one that can wait until the morning does not.
fn severity(message: &Message<'_>) -> &'static str {
    let errors = message
        .lines
        .iter()
        .filter(|line| line.severity == Severity::Error);
    match errors.map(|line| line.mail).max() {
        Some(MailImpact::Receiving | MailImpact::Sending) => "critical",
        Some(_) => "error",
        None => "warning",
    }
}
