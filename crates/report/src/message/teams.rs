//! Microsoft Teams: an adaptive card in the envelope that the trigger of a workflow takes
//! (learn.microsoft.com, "Create incoming webhooks with Workflows"): about 28 KB in all.

use serde_json::{Value, json};

use super::plain;
use super::{Message, Tone};

/// The message for a workflow.
pub fn teams(message: &Message<'_>) -> Value {
    let color = match message.tone() {
        Tone::Bad => "attention",
        Tone::Note => "default",
        Tone::Good => "good",
    };
    let mut body = vec![text(&json!({
        "type": "TextRun",
        "text": message.title(),
        "weight": "bolder",
        "size": "large",
        "color": color,
    }))];
    let lines = plain::lines(message);
    body.extend(lines.iter().map(|line| text(&run(line))));
    if let Some(next) = message.next() {
        body.push(text(&run(&format!("Next: {next}"))));
    }
    let page = message.page();
    let open =
        page.map(|page| json!({ "type": "Action.OpenUrl", "title": "The run", "url": page }));
    let actions: Vec<Value> = open.into_iter().collect();
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "body": body,
                "actions": actions,
            },
        }],
    })
}

/// A `TextBlock` is Markdown; the runs of a `RichTextBlock` are not, so that nothing is to be escaped.
fn text(run: &Value) -> Value {
    json!({ "type": "RichTextBlock", "inlines": [run] })
}

fn run(text: &str) -> Value {
    json!({ "type": "TextRun", "text": text })
}
