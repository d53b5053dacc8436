//! Amazon SNS: a subject and a text (SNS API reference, `Publish`): 100 ASCII characters of a subject
//! without line breaks, 262,144 bytes in all.

use super::Message;
use super::plain;

/// The subject and the text.
pub fn sns(message: &Message<'_>) -> (String, String) {
    let title = message.title();
    let mut lines = vec![title.clone(), String::new()];
    lines.extend(plain::lines(message));
    lines.extend(message.next().map(|next| format!("Next: {next}")));
    lines.extend(message.page().map(|page| format!("The run: {page}")));
    (title, lines.join("\n"))
}
