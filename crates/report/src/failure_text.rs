//! Failures that end a run: each cause on a line of its own, and last the next command.

use crate::Palette;
use crate::page::{Page, Part};

/// The causes why a run ended, the first one first, and last what was not done and the next command.
///
/// ```text
/// error: cannot enter web: there is no profile `nowhere` …
/// Nothing was planned and nothing was changed. Next: `deploy doctor`
/// ```
pub fn failure_text(causes: &[String], next: &str, palette: &Palette) -> String {
    let mut page = Page::new(palette);
    for cause in causes {
        let label = Part(palette.bad, "error: ");
        page.folded(0, &label, &Part(palette.strong, cause));
    }
    page.folded(0, &Part(palette.strong, ""), &Part(palette.strong, next));
    page.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_folded_and_what_comes_from_outside_is_escaped() {
        let long = format!("cannot enter web: {}", ["a word"; 20].join(" "));
        let causes = ["cannot enter dns: no\u{1b}[31m".to_owned(), long];
        insta::assert_snapshot!(failure_text(&causes, "Next: `deploy doctor`", &Palette::plain()), @r"
        error: cannot enter dns: no\u{1b}[31m
        error: cannot enter web: a word a word a word a word a word a word a word a word a word a word a
               word a word a word a word a word a word a word a word a word a word
        Next: `deploy doctor`
        ");
    }
}
