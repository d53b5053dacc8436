//! Long text folded at spaces, so that it stays readable and whole on a narrow terminal.

use crate::Palette;

/// `text` in lines of at most `width` characters, broken at spaces where there are any. The spaces
/// at a break are left out; joined by spaces, the lines are the text again unless a word had to be
/// cut.
pub(crate) fn fold(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > width {
            lines.push(std::mem::take(&mut line));
            used = 0;
        } else if used > 0 {
            line.push(' ');
            used += 1;
        }
        for character in word.chars() {
            if used == width {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push(character);
            used += 1;
        }
    }
    lines.push(line);
    lines
}

/// `text` with no line wider than the palette says, where there are spaces to break at. A line goes on
/// below its own beginning. One with colours was laid out by whoever coloured it, and stays.
pub fn folded(text: &str, palette: &Palette) -> String {
    let mut shown = String::with_capacity(text.len());
    for (at, line) in text.split('\n').enumerate() {
        if at > 0 {
            shown.push('\n');
        }
        if line.contains('\u{1b}') || line.chars().count() <= palette.width {
            shown.push_str(line);
            continue;
        }
        let words = line.trim_start_matches(' ');
        let indent = &line[..line.len() - words.len()];
        let width = palette.width.saturating_sub(indent.len());
        let lines = fold(&with_whole_spans(words, width), width);
        let lines = lines
            .iter()
            .map(|line| format!("{indent}{}", line.replace(INSIDE, " ")));
        shown.push_str(&lines.collect::<Vec<_>>().join("\n"));
    }
    shown
}

/// A space at which no line is broken. It is in no text that was escaped.
const INSIDE: char = '\u{1}';

/// The text with [`INSIDE`] for the spaces of code spans, so that a command stays whole where a line has
/// room for it.
fn with_whole_spans(text: &str, width: usize) -> String {
    let parts = text.split('`').enumerate().map(|(at, part)| {
        if at % 2 == 1 && part.chars().count() + 2 <= width {
            part.replace(' ', &INSIDE.to_string())
        } else {
            part.to_owned()
        }
    });
    parts.collect::<Vec<_>>().join("`")
}

/// `text`, or its beginning and its length when it is longer than `characters_max`.
pub(crate) fn elide(text: &str, characters_max: usize) -> String {
    let count = text.chars().count();
    if count <= characters_max {
        return text.to_owned();
    }
    let start: String = text.chars().take(characters_max).collect();
    format!("{start}… ({count} characters)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_breaks_at_spaces_and_long_words_are_cut() {
        assert_eq!(fold("a bc def", 4), ["a bc", "def"]);
        assert_eq!(fold("abcdefgh i", 3), ["abc", "def", "gh", "i"]);
        assert_eq!(fold("", 5), [""]);
        assert_eq!(fold("short", 50), ["short"]);
    }

    #[test]
    fn a_text_is_folded_line_by_line() {
        let palette = Palette::plain().in_columns(60);
        let long = ["a word"; 10].join(" ");
        let lines = folded(&format!("short\n\n  {long}\n"), &palette);
        let expected = format!("short\n\n  {}\n  {}\n", &long[..57], &long[58..]);
        assert_eq!(lines, expected);
        let command = format!("{} `deploy ledger unlock`", &long[..48]);
        let lines = folded(&command, &palette);
        assert_eq!(lines, format!("{}\n`deploy ledger unlock`", &long[..48]));
        let coloured = format!("\u{1b}[1m{long}\u{1b}[0m");
        assert_eq!(folded(&coloured, &palette), coloured);
    }

    #[test]
    fn only_what_is_too_long_is_elided() {
        assert_eq!(elide("abc", 3), "abc");
        assert_eq!(elide("abcdef", 3), "abc… (6 characters)");
    }
}
