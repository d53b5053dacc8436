//! Variables of the environment.

/// A variable of the environment that is not empty.
pub(crate) fn variable(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "only cli reads the environment")]
    let text = std::env::var(name).ok()?;
    Some(text).filter(|text| !text.is_empty())
}
