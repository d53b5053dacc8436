//! The title and the descriptions of a logo: SVG-04, SVG-05 and SVG-06.

use crate::rules::{self, Rule};

/// The most characters of a title (SVG-05).
const MOST_CHARACTERS: usize = 64;
/// How much text is kept while looking; more than any title or description needs.
const MOST_KEPT: usize = 1024;

/// Titles that a drawing program or a converter wrote, not a person.
const PLACEHOLDERS: &[&str] = &["untitled", "title", "no title", "svg"];

/// The titles and descriptions so far.
#[derive(Debug, Default)]
pub(super) struct Titles {
    count: usize,
    title: Option<String>,
    /// The text of the title or description that is open.
    text: String,
}

/// A rule and the reason it is broken.
type Fault = (&'static Rule, String);

impl Titles {
    /// A title starts. Says what is wrong with where it stands.
    pub(super) fn open(&mut self, in_root: bool, position: usize) -> Option<&'static str> {
        self.count += 1;
        self.text.clear();
        match (in_root, position) {
            (false, _) => Some("a title that is not directly inside the root element"),
            (true, 1) => None,
            (true, _) if self.count > 1 => Some("a second title"),
            (true, _) => Some("the title is not the first element inside the root"),
        }
    }

    /// Takes in text, wherever it stands.
    pub(super) fn text(&mut self, text: &str) {
        if self.text.len() < MOST_KEPT {
            self.text.extend(text.chars().take(MOST_KEPT));
        }
    }

    /// An element of this name ends. Says what is wrong with its text.
    pub(super) fn close(&mut self, element: &str) -> Option<Fault> {
        let text = std::mem::take(&mut self.text);
        let text = text.trim();
        match element {
            "title" => {
                self.title.get_or_insert_with(|| text.to_owned());
                check_title(text)
            }
            "desc" if text.is_empty() => {
                Some((rules::SVG_06, "the description is empty".to_owned()))
            }
            _ => None,
        }
    }

    /// How many titles there were, wherever they stand.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The first title, unless it is empty.
    pub(super) fn into_title(self) -> Option<String> {
        self.title.filter(|title| !title.is_empty())
    }
}

fn check_title(title: &str) -> Option<Fault> {
    if title.is_empty() {
        return Some((rules::SVG_04, "the title is empty".to_owned()));
    }
    let length = title.chars().count();
    if length > MOST_CHARACTERS {
        return Some((
            rules::SVG_05,
            format!("the title has {length} characters, more than {MOST_CHARACTERS}"),
        ));
    }
    let plain: String = title
        .to_ascii_lowercase()
        .chars()
        .map(|c| if matches!(c, '-' | '_') { ' ' } else { c })
        .collect();
    let generated = PLACEHOLDERS.contains(&plain.as_str()) || plain.starts_with("bimi svg tiny");
    generated.then(|| {
        let title = crate::quote::quote(title);
        (
            rules::SVG_05,
            format!("the title {title} is a placeholder, not the name of a brand"),
        )
    })
}
