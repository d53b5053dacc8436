//! Slack: blocks, as an incoming webhook takes them (docs.slack.dev, "Incoming webhooks", "Blocks"):
//! at most 50 blocks, 3,000 characters in a section, 150 in a header.

use serde_json::{Value, json};

use super::{Message, and_more};

/// The message for an incoming webhook.
pub fn slack(message: &Message<'_>) -> Value {
    let title = message.title();
    let mut blocks = vec![json!({
        "type": "header",
        "text": { "type": "plain_text", "text": title, "emoji": false },
    })];
    let (worst, more) = message.worst();
    for line in &worst {
        let quoted = quoted(&format!("{}\n{}", line.subject, line.text));
        blocks.push(section(&format!("*{}*\n{quoted}", line.weight())));
    }
    blocks.extend(and_more(more).map(|more| section(&more)));
    let (over, more) = message.ended();
    if !over.is_empty() {
        let mut text = format!("*over*\n{}", quoted(&over.join("\n")));
        text.extend(and_more(more));
        blocks.push(section(&text));
    }
    if let Some(done) = message.done() {
        blocks.push(section(&format!("*done*\n{}", quoted(&done))));
    }
    let next = message
        .next()
        .map(|next| format!("Next: {}", quoted(&next)));
    let page = message
        .page()
        .map(|page| format!("<{}|The run>", escaped(page)));
    let last: Vec<String> = next.into_iter().chain(page).collect();
    if !last.is_empty() {
        blocks.push(section(&last.join("\n")));
    }
    json!({ "text": escaped(&title), "blocks": blocks })
}

fn section(text: &str) -> Value {
    // Without `verbatim` Slack makes links of whatever looks like a host or a channel.
    json!({ "type": "section", "text": { "type": "mrkdwn", "text": text, "verbatim": true } })
}

/// Slack's control characters are these three ("Formatting text for app surfaces").
fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;")
}

/// A block in which nothing is formatted.
fn quoted(text: &str) -> String {
    format!("```{}```", escaped(&text.replace('`', "'")))
}
