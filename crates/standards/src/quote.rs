//! Untrusted text in a message: short, on one line, without control characters.

/// `text` in quotes, escaped, and cut after 60 characters.
pub(crate) fn quote(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        None => format!("\"{}\"", text.escape_debug()),
        Some((cut, _)) => format!("\"{}…\"", text[..cut].escape_debug()),
    }
}
