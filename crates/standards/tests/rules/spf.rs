//! SPF: the record on its own, and in its place.

use std::collections::BTreeSet;

use standards::Finding;
use standards::dns::RecordType;
use standards::spf::Spf;
use standards::spf::lint::{
    Surroundings, lint_explanation, lint_record_type, lint_senders, lint_surroundings, lint_values,
};

use crate::{cases, name, values};

/// A record on its own.
fn record(text: &str) -> Vec<Finding> {
    Spf::parse(text).1
}

/// A record in its place.
fn placed(text: &str, is_parked: bool, is_dmarc_enforced: bool, beside: &[&str]) -> Vec<Finding> {
    let record = Spf::parse(text).0.expect("a record");
    let (owner, beside) = (name("example.com"), values(beside));
    let around = Surroundings {
        owner: &owner,
        beside: &beside,
        is_parked,
        is_dmarc_enforced,
    };
    lint_surroundings(&record, &around)
}

/// The texts that `exp=` leads to.
fn explanation(texts: &[&str]) -> Option<Finding> {
    let record = Spf::parse("v=spf1 -all exp=why.example.com")
        .0
        .expect("a record");
    lint_explanation(
        record.explanation().expect("an explanation"),
        &values(texts),
    )
}

cases! {
    "SPF-01": fails(lint_record_type(RecordType::Spf)), passes(lint_record_type(RecordType::Txt));
    "SPF-03": fails(record("v=spf1 a\tmx -all")), passes(record("v=spf1 a mx -all"));
    "SPF-04": fails(record("v=spf1 all:x")), passes(record("v=spf1 -all"));
    "SPF-05": fails(record("v=spf1 ipv4:192.0.2.1 -all")), passes(record("v=spf1 ip4:192.0.2.1 -all"));
    "SPF-06": fails(record("v=spf1 ip4:192.0.2.0/33 -all")), passes(record("v=spf1 ip4:192.0.2.0/32 -all"));
    "SPF-07": fails(record("v=spf1 a/24/64 -all")), passes(record("v=spf1 a/24//64 -all"));
    "SPF-08": fails(record("v=spf1 include:localhost -all")), passes(record("v=spf1 include:a.example -all"));
    "SPF-09": fails(record("v=spf1 a:a.example a:b.example a:c.example a:d.example a:e.example a:f.example a:g.example a:h.example a:i.example a:j.example a:k.example -all")),
        passes(record("v=spf1 a:a.example a:b.example a:c.example a:d.example a:e.example a:f.example a:g.example a:h.example a:i.example a:j.example -all"));
    "SPF-10": fails(record("v=spf1 a:a.example a:b.example a:c.example a:d.example a:e.example a:f.example a:g.example a:h.example a:i.example -all")),
        passes(record("v=spf1 a:a.example a:b.example a:c.example a:d.example a:e.example a:f.example a:g.example a:h.example -all"));
    "SPF-15": fails(record("v=spf1 include:%{d} -all")), passes(record("v=spf1 include:%{d1}.example -all"));
    "SPF-16": fails(record("v=spf1 -all mx")), passes(record("v=spf1 mx -all"));
    "SPF-17": fails(record("v=spf1 redirect=a.example redirect=b.example")),
        passes(record("v=spf1 redirect=a.example exp=b.example"));
    "SPF-18": fails(record("v=spf1 mx")), passes(record("v=spf1 mx ~all"));
    "SPF-19": fails(record("v=spf1 +all")), passes(record("v=spf1 ip4:17.0.0.0/9 ~all"));
    "SPF-20": fails(record("v=spf1 mx ?all")), passes(record("v=spf1 mx ~all"));
    "SPF-21": fails(placed("v=spf1 mx -all", false, true, &[])), passes(placed("v=spf1 mx ~all", false, true, &[]));
    "SPF-22": fails(record("v=spf1 ptr -all")), passes(record("v=spf1 exists:%{i}.example.com -all"));
    "SPF-23": fails(record("v=spf1 exists:%{d0}.example.com -all")),
        passes(record("v=spf1 exists:%{d1}.example.com -all"));
    "SPF-24": fails(placed("v=spf1 ~all", false, false, &[&"a".repeat(400)])),
        passes(placed("v=spf1 ~all", false, false, &[&"a".repeat(300)]));
    "SPF-25": fails(record("v=spf1 include:a.example include:A.example -all")),
        passes(record("v=spf1 include:a.example include:b.example -all"));
    "SPF-26": fails(placed("v=spf1 mx -all", true, true, &[])), passes(placed("v=spf1 -all", true, true, &[]));
    "SPF-27": fails(lint_senders([&name("mail1.example.com")], &BTreeSet::from([name("example.com")]))),
        passes(lint_senders([&name("example.com")], &BTreeSet::from([name("example.com")])));
    "SPF-28": fails(explanation(&["one", "two"])), passes(explanation(&["%{i} may not send for %{d}"]));
    "SPF-29": fails(lint_values(&values(&["v=spf1 -all", "spf2.0/pra -all"]))),
        passes(lint_values(&values(&["v=spf1 -all", "spf"])));
}
