//! Untrusted text made harmless for a terminal.

use serde::Serialize;

use crate::put::put;

/// The same text, with everything visible that could move a cursor, colour a terminal, hide or turn
/// text around. A line break is among it: the text stays on one line.
pub fn escape(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if is_hidden(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Whether a terminal would not show `character` as a mark of its own.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// `value` as indented JSON, ending with a line break. JSON itself lets characters above U+007E
/// stand as they are; those that a terminal would obey are written as `\u` escapes here.
pub fn json_text(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    let mut text = String::new();
    for character in format!("{value:#}").chars() {
        if is_hidden(character) && character != '\n' {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                put!(text, "\\u{unit:04x}");
            }
        } else {
            text.push(character);
        }
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    proptest! {
        #[test]
        fn nothing_that_a_terminal_obeys_is_left(text in any::<String>()) {
            prop_assert!(!escape(&text).chars().any(is_hidden));
        }

        #[test]
        fn escaped_json_reads_back_as_it_was(text in any::<String>()) {
            let value = json!({"text": text});
            let shown = json_text(&value);
            prop_assert!(!shown.replace('\n', "").chars().any(is_hidden));
            let back: Value = serde_json::from_str(&shown).expect("is JSON");
            prop_assert_eq!(back, value);
        }
    }

    #[test]
    fn plain_text_stays_as_it_is() {
        assert_eq!(
            escape("Grüße, 世界: \"v=STSv1; id=1\""),
            "Grüße, 世界: \"v=STSv1; id=1\""
        );
        assert_eq!(
            escape("a\u{1b}[31m\r\nb\u{9b}2J"),
            "a\\u{1b}[31m\\r\\nb\\u{9b}2J"
        );
    }
}
