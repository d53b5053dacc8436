//! Whether mail for a domain can arrive.

use crate::dns::{Mx, Name, NoAnswer, Resolver};

/// Why `domain` receives no mail, if it does not.
pub(crate) async fn why_unreachable(
    resolver: &impl Resolver,
    domain: &Name,
) -> Result<Option<&'static str>, NoAnswer> {
    let hosts = resolver.mx(domain).await?;
    if !hosts.is_empty() {
        let is_null = hosts.iter().all(Mx::is_null);
        return Ok(is_null.then_some("has a null MX, which says that it receives no mail"));
    }
    // Without an MX, mail goes to the addresses of the domain itself (RFC 5321 §5.1).
    let has_address =
        !resolver.a(domain).await?.is_empty() || !resolver.aaaa(domain).await?.is_empty();
    Ok((!has_address).then_some("has neither an MX nor an address"))
}
