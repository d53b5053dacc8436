//! Finding the record of a message's author (BIMI §7.2).

use super::record::record_owner;
use super::{Bimi, Selector};
use crate::Finding;
use crate::dmarc::discovery::walk;
use crate::dns::{Name, NoAnswer, Resolver};

/// The name at which a receiver finds the record of an author's domain, and the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discovery {
    /// The name whose record decides: of the author's domain, or of its organizational domain.
    pub owner: Name,
    /// The record, if receivers can read it.
    pub record: Option<Bimi>,
    /// The faults of the record; BIMI-R12 where there are several.
    pub findings: Vec<Finding>,
}

/// The record of `author` at `selector`, as a receiver finds it: that of the domain itself, or
/// where there is none, that of its organizational domain at the same selector. Nothing where
/// neither has one.
///
/// ```
/// use standards::bimi::{Selector, discover};
/// use standards::dns::MemoryResolver;
///
/// let dns = MemoryResolver::parse(
///     r#"_dmarc.example.com.        TXT "v=DMARC1; p=reject"
///        default._bimi.example.com. TXT "v=BIMI1; l=https://example.com/logo.svg""#,
/// )?;
/// let author = "news.example.com".parse()?;
/// # futures::executor::block_on(async {
/// let found = discover(&dns, &author, &Selector::default()).await?;
/// assert_eq!(found.expect("a record").owner.as_str(), "default._bimi.example.com");
/// # Ok::<(), standards::dns::NoAnswer>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub async fn discover(
    resolver: &impl Resolver,
    author: &Name,
    selector: &Selector,
) -> Result<Option<Discovery>, NoAnswer> {
    if let Some(found) = at(resolver, author, selector).await? {
        return Ok(Some(found));
    }
    let organization = walk(resolver, author).await?.organizational_domain();
    if organization == *author {
        return Ok(None);
    }
    at(resolver, &organization, selector).await
}

/// The record at the selector of `domain`; nothing where none of the values there is one.
async fn at(
    resolver: &impl Resolver,
    domain: &Name,
    selector: &Selector,
) -> Result<Option<Discovery>, NoAnswer> {
    // A name too long to hold the selector as well can have no record.
    let Ok(owner) = record_owner(selector, domain) else {
        return Ok(None);
    };
    let values = resolver.txt(&owner).await?;
    if !values.iter().any(Bimi::is_record) {
        return Ok(None);
    }
    let (record, findings) = Bimi::among(&owner, &values);
    Ok(Some(Discovery {
        owner,
        record,
        findings,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::MemoryResolver;
    use crate::test_support::{block_on, name, rules};

    const ZONE: &str = r#"
        _dmarc.example.com.            TXT "v=DMARC1; p=reject"
        default._bimi.example.com.     TXT "v=BIMI1; l=https://example.com/a.svg"
        march._bimi.example.com.       TXT "v=BIMI1; l=https://example.com/march.svg"
        default._bimi.no.example.com.  TXT "v=BIMI1; l=; a=;"
        default._bimi.bad.example.com. TXT "v=BIMI1; l=http://example.com/a.svg"
        default._bimi.two.example.com. TXT "v=BIMI1; l=; a=;"
        default._bimi.two.example.com. TXT "v=BIMI1; l=https://example.com/a.svg"
        default._bimi.alien.example.com. TXT "v=spf1 -all"
    "#;

    /// The name of the record for `author` at `selector`, and whether it can be read.
    fn check(author: &str, selector: &str, expect: Option<(&str, bool, &[&str])>) {
        let dns = MemoryResolver::parse(ZONE).expect("a zone");
        let selector = selector.parse().expect("a selector");
        let found = block_on(discover(&dns, &name(author), &selector)).expect("an answer");
        let found = found.as_ref().map(|found| {
            let is_read = found.record.is_some();
            (found.owner.as_str(), is_read, rules(&found.findings))
        });
        let expect = expect.map(|(owner, is_read, rules)| (owner, is_read, rules.to_vec()));
        assert_eq!(found, expect, "{author}");
    }

    #[test]
    fn records_are_found_at_the_domain_and_its_organization() {
        let organization = Some(("default._bimi.example.com", true, &[][..]));
        check("example.com", "default", organization);
        check("a.b.example.com", "default", organization);
        check("alien.example.com", "default", organization);
        let march = Some(("march._bimi.example.com", true, &[][..]));
        check("a.example.com", "march", march);
        check("a.example.com", "april", None);
        check("example.net", "default", None);
    }

    #[test]
    fn nobody_climbs_past_a_record() {
        check(
            "no.example.com",
            "default",
            Some(("default._bimi.no.example.com", true, &[])),
        );
        let bad = ("default._bimi.bad.example.com", false, &["BIMI-R03"][..]);
        check("bad.example.com", "default", Some(bad));
        let two = ("default._bimi.two.example.com", false, &["BIMI-R12"][..]);
        check("two.example.com", "default", Some(two));
    }

    #[test]
    fn a_failure_is_not_an_absence() {
        let dns = MemoryResolver::parse(ZONE).expect("a zone");
        let dns = dns.with_failure(name("default._bimi.a.example.com"), "SERVFAIL");
        let found = block_on(discover(&dns, &name("a.example.com"), &Selector::default()));
        assert!(found.is_err());
    }
}
