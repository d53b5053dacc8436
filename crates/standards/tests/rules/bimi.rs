//! BIMI: the record and its place.

use standards::Finding;
use standards::bimi::record::{check_copies, check_record_owner};
use standards::bimi::{Bimi, Selector};

use crate::{cases, name};

const GOOD: &str = "v=BIMI1; l=https://example.com/a.svg; a=https://example.com/a.pem";

fn parse(text: &str) -> Vec<Finding> {
    Bimi::parse(text).1
}

/// A good record with these tags after it.
fn with(tags: &str) -> Vec<Finding> {
    parse(&format!("{GOOD}; {tags}"))
}

fn record(text: &str) -> Bimi {
    Bimi::parse(text).0.unwrap_or_else(|| panic!("{text}"))
}

fn owner(owner: &str) -> Option<Finding> {
    check_record_owner(&name(owner), &name("example.com"))
}

/// A record with a selector for the local part `news`, of which these are published.
fn published(selectors: &[&str]) -> Vec<Finding> {
    let selectors: Vec<Selector> = selectors
        .iter()
        .map(|selector| selector.parse().expect("a selector"))
        .collect();
    record(&format!("{GOOD}; lps=news")).check_local_parts(&selectors)
}

/// Records of two domains.
fn of_two(one: &str, other: &str) -> Vec<Finding> {
    let (one, other) = (record(one), record(other));
    check_copies([(&name("a.example"), &one), (&name("b.example"), &other)])
}

cases! {
    "BIMI-R01": fails(owner("default.bimi.example.com")), passes(owner("default._bimi.example.com"));
    "BIMI-R02": fails(parse("v=bimi1; l=https://example.com/a.svg")), passes(parse(GOOD));
    "BIMI-R03": fails(parse("v=BIMI1; l=http://example.com/a.svg")), passes(parse(GOOD));
    "BIMI-R04": fails(parse("v=BIMI1; l=https://example.com/a.svg; a=https://192.0.2.1/a.pem")), passes(parse(GOOD));
    "BIMI-R05": fails(parse("v=BIMI1; l=https://example.com/a,b.svg")),
        passes(parse("v=BIMI1; l=https://example.com/a%2Cb.svg"));
    "BIMI-R06": fails(parse("v=BIMI1; l=https://example.com/a.png")), passes(parse(GOOD));
    "BIMI-R07": fails(with("avp=logo")), passes(with("avp=personal"));
    "BIMI-R08": fails(with("lps=a_b")), passes(with("lps=a-b"));
    "BIMI-R09": fails(published(&["default"])), passes(published(&["default", "news"]));
    "BIMI-R10": fails(parse("v=BIMI1; l=;")), passes(parse("v=BIMI1; l=; a=;"));
    "BIMI-R11": fails(parse("v=BIMI1; l=; a=https://example.com/a.pem")), passes(parse("v=BIMI1; l=; a=;"));
    "BIMI-R13": fails(with("z=1")), passes(parse(GOOD));
    "BIMI-R14": fails(of_two(GOOD, GOOD)), passes(of_two(GOOD, "v=BIMI1; l=https://example.com/b.svg"));
    "BIMI-R15": fails(with("s=brand")), passes(with("avp=brand"));
    "BIMI-X13": fails(owner("_bimi.example.com")), passes(owner("default._bimi.example.com"));
}
