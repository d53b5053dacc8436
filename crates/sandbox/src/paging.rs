//! Pages of names in their order.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A page of `names` (sorted) after the one that `token` ends, and the token of the next page. `None`
/// when the token is none that was given out for `list`.
pub(crate) fn page<'a>(
    names: impl Iterator<Item = &'a str>,
    list: &str,
    size: usize,
    token: Option<&str>,
) -> Option<(Vec<&'a str>, Option<String>)> {
    let after = match token {
        None | Some("") => None,
        Some(token) => {
            let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
            Some(text.strip_prefix(list)?.strip_prefix(' ')?.to_owned())
        }
    };
    let mut rest = names.skip_while(|name| after.as_deref().is_some_and(|after| *name <= after));
    let page: Vec<&str> = rest.by_ref().take(size).collect();
    let more = rest.next().is_some();
    let next = page
        .last()
        .filter(|_| more)
        .map(|last| URL_SAFE_NO_PAD.encode(format!("{list} {last}")));
    Some((page, next))
}
