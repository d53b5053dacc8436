//! Selectors, and the local parts of mail addresses that act as selectors (BIMI §4.4, §4.5).

use std::fmt;
use std::str::FromStr;

/// The labels before `._bimi.` in a record's name: labels of letters, digits and inner hyphens,
/// in lower case. The default is `default`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Selector(String);

/// The text is no selector.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{} is not a selector: labels of 1 to 63 letters, digits and inner hyphens",
    crate::quote::quote(text)
)]
pub struct SelectorError {
    text: String,
}

impl Selector {
    /// The selector as it stands in a name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The selector that a receiver derives from the local part of an address, if it is one.
    ///
    /// ```
    /// use standards::bimi::Selector;
    ///
    /// let selector = |local| Selector::of_local_part(local).map(|s| s.to_string());
    /// assert_eq!(selector("News_Letter.eu+march").as_deref(), Some("news-letter-eu"));
    /// assert_eq!(selector("jos\u{e9}"), None);
    /// ```
    pub fn of_local_part(local: &str) -> Option<Self> {
        let without_tag = local.split('+').next().unwrap_or_default();
        let mut name = String::new();
        for character in without_tag.chars() {
            match character {
                '_' | '.' | '-' if name.is_empty() || name.ends_with('-') => {}
                '_' | '.' | '-' => name.push('-'),
                _ => name.push(character.to_ascii_lowercase()),
            }
        }
        let name = name.trim_end_matches('-');
        is_label(name).then(|| Self(name.to_owned()))
    }
}

impl Default for Selector {
    fn default() -> Self {
        Self("default".to_owned())
    }
}

impl FromStr for Selector {
    type Err = SelectorError;

    fn from_str(text: &str) -> Result<Self, SelectorError> {
        if text.len() <= 253 && text.split('.').all(is_label) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(SelectorError {
                text: text.to_owned(),
            })
        }
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Selector> for String {
    fn from(selector: Selector) -> Self {
        selector.0
    }
}

/// One prefix of `lps=`: 1 to 63 letters, digits and hyphens, in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalPartPrefix(String);

/// The text is no prefix of a local part.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{} is not a prefix: 1 to 63 letters, digits and hyphens",
    crate::quote::quote(text)
)]
pub struct LocalPartPrefixError {
    text: String,
}

impl LocalPartPrefix {
    /// The prefix.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether mail from a local part with this selector is looked up under it.
    pub fn matches(&self, selector: &Selector) -> bool {
        selector.as_str().starts_with(&self.0)
    }
}

impl FromStr for LocalPartPrefix {
    type Err = LocalPartPrefixError;

    fn from_str(text: &str) -> Result<Self, LocalPartPrefixError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if (1..=63).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(LocalPartPrefixError {
                text: text.to_owned(),
            })
        }
    }
}

impl fmt::Display for LocalPartPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<LocalPartPrefix> for String {
    fn from(prefix: LocalPartPrefix) -> Self {
        prefix.0
    }
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}
