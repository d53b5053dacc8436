//! Long text folded at spaces, so that it stays readable and whole on a narrow terminal.

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
    fn only_what_is_too_long_is_elided() {
        assert_eq!(elide("abc", 3), "abc");
        assert_eq!(elide("abcdef", 3), "abc… (6 characters)");
    }
}
