//! Names and values of DNS, MX and TLSA.

use standards::Finding;
use standards::dns::name::lint_owner;
use standards::dns::txt::{lint_policy, lint_presentation};
use standards::dns::{Mx, Presentation, mx};
use standards::receivers::check_bulk_sender;
use standards::rules;

use crate::{cases, name};

fn owner(text: &str) -> Vec<Finding> {
    lint_owner(text, &name("example.com")).1
}

fn presented(text: &str) -> Vec<Finding> {
    lint_presentation(text, Presentation::Route53).1
}

/// The MX set of a domain that sends, or has an MTA-STS policy, or neither.
fn set(records: &[&str], sends: bool, has_sts_policy: bool) -> Vec<Finding> {
    let records: Vec<Mx> = records
        .iter()
        .map(|mx| mx.parse().expect("an MX"))
        .collect();
    let domain = name("example.com");
    let used = mx::MxUse {
        domain: &domain,
        sends,
        has_sts_policy,
    };
    mx::lint_set(&records, &used)
}

cases! {
    "DNS-01": fails(presented(&format!("\"{}\"", "a".repeat(256)))),
        passes(presented(&format!("\"{}\" \"a\"", "a".repeat(255))));
    "DNS-02": fails(lint_policy("v=spf1\u{a0}-all")), passes(lint_policy("v=spf1 -all"));
    "DNS-03": fails(lint_policy(r"v=DMARC1\; p=none")), passes(lint_policy("v=DMARC1; p=none"));
    "DNS-05": fails(owner(&format!("{}.example.com", "a".repeat(64)))),
        passes(owner(&format!("{}.example.com", "a".repeat(63))));
    "DNS-10": fails(owner("_dmarc.example.com.example.com")), passes(owner("_dmarc.example.com."));
    "DNS-11": fails(lint_policy(&"a".repeat(4000))), passes(lint_policy(&"a".repeat(3900)));

    "MX-01": fails(set(&["0 .", "10 mx.example.com"], false, false)), passes(set(&["0 ."], false, false));
    "MX-02": fails(set(&["0 ."], true, false)), passes(set(&["10 mx.example.com"], true, false));
    "MX-03": fails(mx::lint_entry("10 192.0.2.1").1), passes(mx::lint_entry("10 mx.example.com").1);
    "MX-04": fails(set(&["0 ."], false, true)), passes(set(&["10 mx.example.com"], false, true));
    "DANE-02": fails(mx::lint_tlsa(&name("inbound-smtp.us-east-1.amazonaws.com"), &[name("example.com")])),
        passes(mx::lint_tlsa(&name("mx.example.com"), &[name("example.com")]));

    "RCV-02": fails(check_bulk_sender(&[Finding::new(rules::SPF_04, "a typing error")])),
        passes(check_bulk_sender(&[Finding::new(rules::SPF_20, "?all")]));
}
