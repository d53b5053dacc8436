//! Google Chat: a text, as a webhook of a space takes it (developers.google.com/workspace/chat, "Send
//! messages", "Format messages"): at most 32,000 bytes.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::Message;
use super::plain;

/// The message for a webhook.
pub fn google_chat(message: &Message<'_>) -> Value {
    let mut text = format!("*{}*", message.title());
    let lines = plain::lines(message);
    if !lines.is_empty() {
        let _ = write!(text, "\n{}", quoted(&lines.join("\n")));
    }
    if let Some(next) = message.next() {
        let _ = write!(text, "\nNext: {}", quoted(&next));
    }
    if let Some(page) = message.page() {
        let _ = write!(text, "\n<{page}|The run>");
    }
    json!({ "text": text })
}

/// A block in which nothing is formatted, and `<users/all>` calls nobody. It has no escapes, so that
/// the signs that could end it or begin a mention are replaced.
fn quoted(text: &str) -> String {
    let text = text.replace('`', "'").replace('<', "(");
    format!("```\n{}\n```", text.replace('>', ")"))
}
