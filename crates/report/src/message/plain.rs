//! The body of a message as plain lines, for the forms that have no other layout.

use super::{Message, and_more};

/// The faults, what is over and what was done, a line each.
pub(super) fn lines(message: &Message<'_>) -> Vec<String> {
    let (worst, more) = message.worst();
    let mut lines: Vec<String> = worst
        .iter()
        .map(|line| format!("{}: {}: {}", line.weight(), line.subject, line.text))
        .collect();
    lines.extend(and_more(more));
    let (over, more) = message.ended();
    lines.extend(over.iter().map(|subject| format!("over: {subject}")));
    lines.extend(and_more(more).map(|more| format!("over: {more}")));
    lines.extend(message.done().map(|done| format!("done: {done}")));
    lines
}
