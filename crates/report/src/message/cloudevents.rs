//! CloudEvents 1.0 in the structured mode of HTTP: every system that is none of the others
//! (cloudevents.io, "CloudEvents", "HTTP protocol binding").

use serde_json::{Value, json};

use super::Message;

/// The event. `id` names it among those of this project.
pub fn cloudevents(message: &Message<'_>, id: &str) -> Value {
    let (worst, more) = message.worst();
    let (over, _) = message.ended();
    let lines: Vec<Value> = worst
        .iter()
        .map(|line| {
            json!({
                "severity": line.severity,
                "mail_impact": line.mail,
                "subject": line.subject,
                "text": line.text,
            })
        })
        .collect();
    json!({
        "specversion": "1.0",
        "id": id,
        "source": format!("/deploy/{}", message.project),
        "type": format!("deploy.{}", message.command),
        "subject": message.project,
        "time": message.at.to_string(),
        "datacontenttype": "application/json",
        "data": {
            "title": message.title(),
            "lines": lines,
            "more": more,
            "over": over,
            "done": message.done(),
            "next": message.next(),
            "run": message.page(),
        },
    })
}
