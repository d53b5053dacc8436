//! Host names as they must stand inside records and URIs.

use crate::dns::Name;

/// The host named by `text`: in A-labels, without a final dot, and no IP address.
pub(crate) fn parse(text: &str) -> Result<Name, String> {
    if text.is_empty() {
        return Err("the host name is empty".to_owned());
    }
    if text.ends_with('.') {
        return Err("the host name ends in a dot".to_owned());
    }
    if !text.is_ascii() {
        return Err("the host name is not in A-labels (`xn--…`)".to_owned());
    }
    let name = Name::parse(text).map_err(|error| error.to_string())?;
    if !name.is_host() {
        return Err(
            "a host name has labels of letters, digits and inner hyphens, and is no IP address"
                .to_owned(),
        );
    }
    Ok(name)
}
