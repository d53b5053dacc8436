//! Certification authority authorization (RFC 8659), as Amazon's authority reads it.

use jiff::Timestamp;

use crate::acm::Environment;
use crate::dns::Lookup;

/// The names that Amazon answers to in a CAA record.
const AMAZON: [&str; 4] = [
    "amazon.com",
    "amazontrust.com",
    "awstrust.com",
    "amazonaws.com",
];

/// Whether the CAA records that hold for `name` let Amazon issue for it.
pub(super) fn permits(world: &dyn Environment, name: &str, at: Timestamp) -> bool {
    let wildcard = name.starts_with("*.");
    let mut domain = Some(name.strip_prefix("*.").unwrap_or(name));
    while let Some(asked) = domain {
        let records = records(world, asked, at);
        if !records.is_empty() {
            return allowed(&records, wildcard);
        }
        domain = asked.split_once('.').map(|(_, parent)| parent);
    }
    true
}

struct Caa {
    critical: bool,
    tag: String,
    value: String,
}

fn records(world: &dyn Environment, domain: &str, at: Timestamp) -> Vec<Caa> {
    match world.resolve(domain, "CAA", at) {
        Lookup::Found { records, .. } => records
            .iter()
            .filter_map(|record| parse(&record.value))
            .collect(),
        _ => Vec::new(),
    }
}

fn parse(presented: &str) -> Option<Caa> {
    let mut fields = presented.splitn(3, ' ');
    let flags: u8 = fields.next()?.parse().ok()?;
    let tag = fields.next()?.to_ascii_lowercase();
    let value = fields.next()?.trim().trim_matches('"').to_owned();
    Some(Caa {
        critical: flags & 0x80 != 0,
        tag,
        value,
    })
}

/// Section 4.3: `issuewild` alone counts for a wildcard where there is one.
fn allowed(records: &[Caa], wildcard: bool) -> bool {
    let known = [
        "issue",
        "issuewild",
        "iodef",
        "contactemail",
        "contactphone",
        "issuemail",
        "issuevmc",
    ];
    if records
        .iter()
        .any(|caa| caa.critical && !known.contains(&caa.tag.as_str()))
    {
        return false;
    }
    let tag = if wildcard && records.iter().any(|caa| caa.tag == "issuewild") {
        "issuewild"
    } else {
        "issue"
    };
    let mut issuers = records.iter().filter(|caa| caa.tag == tag).peekable();
    issuers.peek().is_none() || issuers.any(|caa| is_amazon(&caa.value))
}

fn is_amazon(value: &str) -> bool {
    let issuer = value.split(';').next().unwrap_or_default().trim();
    AMAZON.iter().any(|name| issuer.eq_ignore_ascii_case(name))
}
