//! Domains as registries register them.

use psl::Type;

use super::Name;

/// Names that nobody registers (RFC 2606, section 2).
const RESERVED: [&str; 4] = ["test", "example", "invalid", "localhost"];

/// The domain around `name` that a registry registers: one label more than a suffix of the public suffix list.
/// None for a suffix itself, and none below a suffix that its owner gives names away under: what is
/// registered there is the owner's. Nor is there one below a reserved name.
///
/// ```
/// use standards::dns::{Name, registered_domain};
///
/// let registered = registered_domain(&Name::parse("mail.example.co.uk")?);
/// assert_eq!(registered, Some(Name::parse("example.co.uk")?));
/// # Ok::<(), standards::dns::NameError>(())
/// ```
pub fn registered_domain(name: &Name) -> Option<Name> {
    let suffix = psl::suffix(name.as_str().as_bytes())?;
    let top = name.as_str().rsplit('.').next();
    if suffix.typ() == Some(Type::Private) || top.is_some_and(|top| RESERVED.contains(&top)) {
        return None;
    }
    let domain = psl::domain_str(name.as_str())?;
    Some(name.last_labels(domain.split('.').count()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registered_domain_is_below_a_suffix_of_a_registry() {
        let check = |name: &str, expect: Option<&str>| {
            let name = Name::parse(name).expect("a name");
            let registered = registered_domain(&name).map(|name| name.to_string());
            assert_eq!(registered.as_deref(), expect, "{name}");
        };
        check("example.com", Some("example.com"));
        check("a.b.example.com", Some("example.com"));
        check("example.co.uk", Some("example.co.uk"));
        check("co.uk", None);
        check("com", None);
        check("somebody.github.io", None);
        check("github.io", None);
        check("mail.example", None);
        check("example.localhost", None);
    }
}
