//! The configuration of a distribution: its sender, and the parts that several rules read.

use jiff::Timestamp;

use super::xml::Element;

/// The sender of a configuration, and its distribution.
pub(super) struct Asker<'a> {
    pub(super) account: &'a str,
    /// None when the distribution is about to be made.
    pub(super) id: Option<&'a str>,
    pub(super) now: Timestamp,
}

/// The alternate domain names of a configuration.
pub(super) fn aliases(config: &Element) -> impl Iterator<Item = &str> {
    config
        .items("Aliases")
        .iter()
        .map(|alias| alias.text.as_str())
}

/// The default cache behavior and the others.
pub(super) fn behaviors(config: &Element) -> impl Iterator<Item = &Element> {
    config
        .child("DefaultCacheBehavior")
        .into_iter()
        .chain(config.items("CacheBehaviors"))
}

/// Whether `name` is one label under the wildcard `pattern`.
pub(super) fn under(pattern: &str, name: &str) -> bool {
    let (Some(parent), Some((label, rest))) = (pattern.strip_prefix("*."), name.split_once('.'))
    else {
        return false;
    };
    label != "*" && rest.eq_ignore_ascii_case(parent)
}
