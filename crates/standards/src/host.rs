//! Host names inside records: letters, digits and hyphens, in A-label form.

/// `text` in lower case, if it is a host name as it must stand inside a record:
/// no trailing dot, no underscore, no U-label, no IP address.
pub(crate) fn parse(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err("the host name is empty".to_owned());
    }
    if text.len() > 253 {
        return Err(format!(
            "the host name has {} characters, and 253 are the most",
            text.len()
        ));
    }
    if text.ends_with('.') {
        return Err("the host name ends in a dot".to_owned());
    }
    if !text.is_ascii() {
        return Err("the host name is not in A-label form (`xn--…`)".to_owned());
    }
    if let Some(label) = text.split('.').find(|label| !is_label(label)) {
        return Err(format!(
            "{} is not a label: 1 to 63 letters, digits and inner hyphens",
            crate::quote::quote(label)
        ));
    }
    if text
        .rsplit('.')
        .next()
        .is_some_and(|label| label.bytes().all(|b| b.is_ascii_digit()))
    {
        return Err("an IP address is not a host name".to_owned());
    }
    Ok(text.to_ascii_lowercase())
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}
