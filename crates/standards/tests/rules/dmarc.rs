//! DMARC: the record, and what sends under it.

use standards::Finding;
use standards::dmarc::external_reports::check_authorization;
use standards::dmarc::{Dmarc, Sender, check_record_owner};

use crate::{cases, name, values};

fn parse(text: &str) -> Vec<Finding> {
    Dmarc::parse(text).1
}

/// A good record with these tags after it.
fn with(tags: &str) -> Vec<Finding> {
    parse(&format!(
        "v=DMARC1; p=reject; rua=mailto:a@example.com; {tags}"
    ))
}

fn record(tags: &str) -> Dmarc {
    let text = format!("v=DMARC1; {tags}");
    Dmarc::parse(&text).0.unwrap_or_else(|| panic!("{text}"))
}

fn at(domain: &str, tags: &str) -> Vec<Finding> {
    record(&format!("p=reject; {tags}")).lint_at(&name(domain))
}

/// The record of a domain that sends signed with `signer` and from its subdomain `mail1`.
fn sending(tags: &str, signer: &str) -> Vec<Finding> {
    let (signer, mail_from) = (name(signer), name("mail1.example.com"));
    let sender = Sender {
        dkim_domain: Some(&signer),
        mail_from: Some(&mail_from),
    };
    record(tags).check_senders(&name("example.com"), &[sender])
}

fn owner(owner: &str) -> Option<Finding> {
    check_record_owner(&name(owner), &name("example.com"))
}

/// Reports to another of our domains, whose agreement is planned or not.
fn to_ours(is_planned: bool) -> Vec<Finding> {
    record("p=none; rua=mailto:a@example.net").check_owned_hosts(
        &name("example.com"),
        |host| *host == name("example.net"),
        |_| is_planned,
    )
}

fn agreement(text: &str) -> Option<Finding> {
    check_authorization(&values(&[text]), &name("example.com"), &name("example.net"))
}

/// Reports from a name as long as names can be, to a host with a first label of so many octets.
fn to_long_name(label: usize) -> Vec<Finding> {
    let labels = [60, 60, 60].map(|octets| "a".repeat(octets)).join(".");
    let host = format!("{}.example.net", "b".repeat(label));
    record(&format!("p=none; rua=mailto:a@{host}")).check_owned_hosts(
        &name(&format!("{labels}.example")),
        |_| true,
        |_| true,
    )
}

cases! {
    "DMARC-01": fails(owner("dmarc.example.com")), passes(owner("_dmarc.example.com"));
    "DMARC-02": fails(parse("v=dmarc1; p=none")), passes(with(""));
    "DMARC-04": fails(parse("v=DMARC1; p=rejct")), passes(with(""));
    "DMARC-05": fails(parse("v=DMARC1; rua=mailto:a@example.com; p=reject")), passes(with(""));
    "DMARC-06": fails(with("sp=all")), passes(with("sp=reject"));
    "DMARC-07": fails(at("mail.example.co.uk", "sp=reject")), passes(at("example.co.uk", "sp=reject"));
    "DMARC-08": fails(with("np=none")), passes(with("np=reject"));
    "DMARC-09": fails(with("aspf=strict")), passes(with("aspf=s"));
    "DMARC-10": fails(with("t=yes")), passes(with("t=y"));
    "DMARC-11": fails(with("psd=yes")), passes(with("psd=n"));
    "DMARC-12": fails(at("mail.example.co.uk", "psd=n")), passes(at("example.co.uk", "psd=n"));
    "DMARC-13": fails(with("pct=100")), passes(with("t=n"));
    "DMARC-14": fails(with("pct=101")), passes(with("pct=100"));
    "DMARC-15": fails(with("ruf=mailto:a@example.com; fo=2")), passes(with("ruf=mailto:a@example.com; fo=1:d:s"));
    "DMARC-16": fails(parse("v=DMARC1; p=none; rua=a@example.com")),
        passes(parse("v=DMARC1; p=none; rua=mailto:a@example.com"));
    "DMARC-17": fails(parse("v=DMARC1; p=none; rua=mailto:a@example.com!10m")), passes(with(""));
    "DMARC-18": fails(parse("v=DMARC1; p=none; rua=https://example.com/x")), passes(with(""));
    "DMARC-19": fails(parse("v=DMARC1; p=none; rua=mailto:a@a.example,mailto:b@a.example,mailto:c@a.example")),
        passes(parse("v=DMARC1; p=none; rua=mailto:a@a.example,mailto:b@a.example"));
    "DMARC-20": fails(parse("v=DMARC1; p=none")), passes(with(""));
    "DMARC-23": fails(to_ours(false)), passes(to_ours(true));
    "DMARC-24": fails(agreement("v=DMARC1; rua=mailto:a@elsewhere.example")),
        passes(agreement("v=DMARC1; rua=mailto:b@example.net"));
    "DMARC-25": fails(to_long_name(60)), passes(to_long_name(1));
    "DMARC-26": fails(with("x=y")), passes(with(""));
    "DMARC-30": fails(sending("p=reject", "amazonses.com")), passes(sending("p=reject", "example.com"));
    "DMARC-31": fails(record("p=reject").check_use(true)), passes(record("p=quarantine").check_use(true));
    "DMARC-32": fails(sending("p=none; aspf=s", "example.com")), passes(sending("p=none; adkim=s", "example.com"));
    "DMARC-34": fails(record("p=reject; t=y").check_parked()), passes(record("p=reject").check_parked());
    "DMARC-35": fails(with("ruf=mailto:a@example.com")), passes(with(""));
}
