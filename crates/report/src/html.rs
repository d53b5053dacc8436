//! Text from outside within HTML, and the style of a page.

use crate::escape;

/// The style of a page: light and dark by the reader's own setting, and plain on paper.
pub(crate) const STYLE: &str = include_str!("page.css");

/// Text that is no markup, in content and in quoted attributes.
pub(crate) fn text(text: &str) -> String {
    let mut safe = String::new();
    for character in escape(text).chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            character => safe.push(character),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_ends_no_attribute() {
        assert_eq!(text("\"><a'&"), "&quot;&gt;&lt;a&#39;&amp;");
    }
}
