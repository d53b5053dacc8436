//! Discord: an embed, as a webhook takes it (docs.discord.com, "Webhook resource", "Embed limits"): 256
//! characters of a title, 4,096 of a description, 6,000 in all embeds.

use serde_json::{Value, json};

use super::plain;
use super::{Message, Tone};

/// The most characters of a description.
const DESCRIPTION_MAX: usize = 4096;

/// The message for a webhook.
pub fn discord(message: &Message<'_>) -> Value {
    let color = match message.tone() {
        Tone::Bad => 0xc0_39_2b,
        Tone::Note => 0x7f_8c_8d,
        Tone::Good => 0x27_ae_60,
    };
    let mut lines: Vec<String> = plain::lines(message)
        .iter()
        .map(|line| escaped(line))
        .collect();
    lines.extend(
        message
            .next()
            .map(|next| format!("Next: {}", escaped(&next))),
    );
    let mut embed = json!({
        "title": escaped(&message.title()),
        "description": joined(&lines),
        "color": color,
        "timestamp": message.at.to_string(),
    });
    if let Some(page) = message.page() {
        embed["url"] = page.into();
    }
    // Nobody is called by what stands in a DNS record.
    json!({ "allowed_mentions": { "parse": [] }, "embeds": [embed] })
}

/// As many of the lines as fit.
fn joined(lines: &[String]) -> String {
    let mut text = String::new();
    for line in lines {
        let length = text.chars().count() + line.chars().count() + 1;
        if length > DESCRIPTION_MAX {
            break;
        }
        text.push_str(line);
        text.push('\n');
    }
    text
}

/// Markdown has an escape for each of its signs. A URL is a link without any; the sign between its
/// scheme and its host is what makes it one.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if "\\`*_~|<>[]()#-:@".contains(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}
