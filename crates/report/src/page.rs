//! A page of text: the one place where text from outside meets our own line breaks and colours.

use anstyle::Style;

use crate::fold::fold;
use crate::put::put;
use crate::{Palette, escape};

/// How far below a label its text begins, where it does not fit beside it.
const BELOW: usize = 4;

/// Text in one style. It is escaped when it is put on a page.
pub(crate) struct Part<'a>(pub(crate) Style, pub(crate) &'a str);

/// Lines of text. Whatever is put on it, a line holds no control character but those of our styles.
pub(crate) struct Page<'a> {
    pub(crate) palette: &'a Palette,
    text: String,
}

impl<'a> Page<'a> {
    pub(crate) fn new(palette: &'a Palette) -> Self {
        Self {
            palette,
            text: String::new(),
        }
    }

    /// An empty line, unless the page is empty or has one there already.
    pub(crate) fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// One line of several parts.
    pub(crate) fn line(&mut self, indent: usize, parts: &[Part<'_>]) {
        self.indent(indent);
        for Part(style, text) in parts {
            self.paint(*style, &escape(text));
        }
        self.text.push('\n');
    }

    /// `label` and then `text`, which continues below its own beginning where a line is full; below the
    /// label where that leaves it little room.
    pub(crate) fn folded(&mut self, indent: usize, label: &Part<'_>, text: &Part<'_>) {
        let name = escape(label.1);
        let text_escaped = escape(text.1);
        let width = self.palette.width;
        let beside = indent + name.chars().count();
        let fits = beside + text_escaped.chars().count() <= width;
        let below = !fits && beside > width / 2;
        let hang = if below { indent + BELOW } else { beside };
        let lines = fold(&text_escaped, width.saturating_sub(hang));
        self.indent(indent);
        self.paint(label.0, if below { name.trim_end() } else { &name });
        for (at, line) in lines.iter().enumerate() {
            if at > 0 || below {
                self.text.push('\n');
                self.indent(hang);
            }
            self.paint(text.0, line);
        }
        self.text.push('\n');
    }

    /// `label` and then items, as many on a line as fit, `between` them. An item that is longer than
    /// a line is folded; below the label where that leaves it little room.
    pub(crate) fn packed(
        &mut self,
        indent: usize,
        label: &Part<'_>,
        between: &str,
        items: Vec<Vec<Part<'_>>>,
    ) {
        let name = escape(label.1);
        let length = |item: &Vec<Part<'_>>| -> usize {
            item.iter().map(|part| escape(part.1).chars().count()).sum()
        };
        let longest = items.iter().map(length).max().unwrap_or_default();
        let beside = indent + name.chars().count();
        let below = beside > self.palette.width / 2 && beside + longest > self.palette.width;
        let start = if below { indent + BELOW } else { beside };
        let mut used = 0;
        for item in items {
            let parts: Vec<(Style, String)> = item
                .into_iter()
                .map(|Part(style, text)| (style, escape(text)))
                .collect();
            let width: usize = parts.iter().map(|(_, text)| text.chars().count()).sum();
            if used == 0 {
                self.indent(indent);
                self.paint(label.0, if below { name.trim_end() } else { &name });
                if below {
                    self.text.push('\n');
                    self.indent(start);
                }
                used = start;
            } else if used + between.len() + width > self.palette.width {
                self.text.push('\n');
                self.indent(start);
                used = start;
            } else {
                self.text.push_str(between);
                used += between.len();
            }
            used += self.run(&parts, used);
        }
        if used > 0 {
            self.text.push('\n');
        }
    }

    /// Parts after each other from column `start`, the last of them folded, from `start` again where
    /// little room is left beside the others. Gives back how far it went from there.
    fn run(&mut self, parts: &[(Style, String)], start: usize) -> usize {
        let mut column = start;
        for (at, (style, text)) in parts.iter().enumerate() {
            let width = self.palette.width;
            if at > 0 && column > width / 2 && column + text.chars().count() > width {
                self.text.push('\n');
                self.indent(start);
                column = start;
            }
            let lines = if at + 1 == parts.len() {
                fold(text, self.palette.width.saturating_sub(column))
            } else {
                vec![text.clone()]
            };
            for (number, line) in lines.iter().enumerate() {
                if number > 0 {
                    self.text.push('\n');
                    self.indent(column);
                }
                self.paint(*style, line);
            }
            match lines.as_slice() {
                [only] => column += only.chars().count(),
                // Nothing goes beside folded text.
                _ => return self.palette.width - start,
            }
        }
        column - start
    }

    /// As much of `text` as fits on the line after a sign and `what`: what is well is worth one line.
    pub(crate) fn rest_of_line(&self, text: &str, what: &str) -> String {
        const BEFORE: usize = 2 + 4 + 2;
        let room = self
            .palette
            .width
            .saturating_sub(BEFORE + escape(what).chars().count());
        let text = escape(text);
        if text.is_empty() || room < 2 {
            return String::new();
        }
        if text.chars().count() <= room {
            return format!("  {text}");
        }
        let cut: String = text.chars().take(room - 1).collect();
        format!("  {cut}…")
    }

    pub(crate) fn finish(self) -> String {
        self.text
    }

    fn indent(&mut self, columns: usize) {
        self.text.extend(std::iter::repeat_n(' ', columns));
    }

    /// Text that is escaped already.
    fn paint(&mut self, style: Style, text: &str) {
        if style.is_plain() || text.is_empty() {
            self.text.push_str(text);
        } else {
            put!(self.text, "{style}{text}{style:#}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(label: &str, parts: &[&str]) -> String {
        let palette = Palette::plain().in_columns(60);
        let mut page = Page::new(&palette);
        let style = Style::new();
        let item = parts.iter().map(|text| Part(style, text)).collect();
        page.packed(2, &Part(style, label), "  ", vec![item]);
        page.finish()
    }

    /// A column of single characters tells nobody what changes.
    #[test]
    fn text_with_little_room_beside_what_stands_before_it_begins_below() {
        let long = "arn:aws:acm:us-east-1:222222222222:certificate/5f6fa41e";
        let after_a_label = packed("~ cloudfront_distribution assets  ", &["name: ", long]);
        let after_a_value = packed("~ ACM  ", &[long, " → ", "(known after apply)"]);
        for text in [after_a_label, after_a_value] {
            assert!(text.lines().count() <= 4, "{text}");
        }
    }

    #[test]
    fn short_text_stays_beside_its_label() {
        assert_eq!(
            packed("~ TTL  ", &["60", " → ", "3600"]),
            "  ~ TTL  60 → 3600\n"
        );
    }
}
