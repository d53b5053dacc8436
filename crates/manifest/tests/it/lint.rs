//! The findings of lint about a domain: their rules, severities and places.

use insta::assert_snapshot;
use jiff::Timestamp;
use manifest::{MemoryFiles, lint, load};
use standards::Severity::{self, Error, Info, Warn};

use crate::support::render;

const LOGO: &str = include_str!("../../../../tests/broken-manifests/files/logo.svg");

/// A manifest up to what `example.com` has beside its DNS.
const HEAD: &str = "project: test\naccounts:\n  a: { id: \"111111111111\" }\n  b: { id: \"222222222222\" }\ndomains:\n  example.com:\n    dns: manual\n";

/// The findings of lint for `example.com` with this block.
fn findings(block: &str) -> Vec<standards::Finding> {
    let text = format!("{HEAD}{block}");
    let files = MemoryFiles::default()
        .with("deploy/m.yaml", text)
        .with("deploy/logo.svg", LOGO)
        .with(
            "deploy/broken.svg",
            "<svg xmlns=\"http://www.w3.org/2000/svg\">\n  <script/>\n</svg>\n",
        )
        .with(
            "deploy/policy.txt",
            "version: STSv1\r\nmode: testing\r\nmx: *.*.example.com\r\nmax_age: 604800\r\n",
        )
        .with("deploy/none.pem", "not a certificate\n");
    let (manifest, findings) = load("deploy/m.yaml", &files);
    let errors: Vec<_> = findings
        .into_iter()
        .filter(|finding| finding.severity == Error)
        .collect();
    assert!(errors.is_empty(), "{block}\n{}", render(&errors));
    let now: Timestamp = "2026-11-24T00:00:00Z".parse().expect("a timestamp");
    lint(&manifest.expect("a manifest without errors"), now)
}

/// Checks which rules a block breaks.
#[track_caller]
fn check(block: &str, expect: &[(&str, Severity)]) {
    let findings = findings(block);
    let mut found: Vec<(&str, Severity)> = findings
        .iter()
        .map(|finding| (&*finding.rule, finding.severity))
        .collect();
    let mut expect = expect.to_vec();
    found.sort_unstable();
    expect.sort_unstable();
    assert_eq!(found, expect, "{block}\n{}", render(&findings));
}

#[test]
fn a_quiet_domain_breaks_nothing() {
    check(
        "    dmarc: { p: reject, rua: [\"mailto:d@example.com\"] }\n    spf: { all: fail, ip4: [192.0.2.0/24] }\n    accept: { SPF-21: \"lists sign\" }\n",
        &[("SPF-21", Info)],
    );
    check(
        "    mx: [10 mx1.example.com]\n    tls_rpt: { rua: [\"mailto:t@example.com\"] }\n    hosting: { account: a, region: us-east-1 }\n    mta_sts: { mode: enforce, max_age: 14d }\n",
        &[],
    );
}

#[test]
fn mx() {
    check("    mx: [0 ., 10 mx1.example.com]\n", &[("MX-01", Error)]);
    check(
        "    mx: [0 .]\n    dmarc: { p: none, np: reject, rua: [\"mailto:d@example.com\"] }\n    ses: [{ account: a, region: us-east-1, mail_from: m }]\n",
        &[("MX-02", Error)],
    );
    check(
        "    mx: [10 inbound-smtp.us-west-1.amazonaws.com]\n",
        &[("MX-05", Warn)],
    );
    check("    mx: [10 inbound-smtp.us-west-2.amazonaws.com]\n", &[]);
}

#[test]
fn mta_sts() {
    let with = |block: &str| {
        format!(
            "    hosting: {{ account: a, region: us-east-1 }}\n    tls_rpt: {{ rua: [\"mailto:t@example.com\"] }}\n{block}"
        )
    };
    check(
        &with("    mx: [0 .]\n    mta_sts: { mode: testing }\n"),
        &[("STS-R11", Error)],
    );
    check(
        &with("    mx: [0 .]\n    mta_sts: { mode: testing, mx: [mx.example.com] }\n"),
        &[("STS-R11", Error), ("MX-04", Warn)],
    );
    check(
        &with(
            "    mx: [10 mx1.example.com]\n    mta_sts: { mode: enforce, mx: [mx2.example.com] }\n",
        ),
        &[("STS-P13", Error), ("STS-P14", Warn)],
    );
    check(
        &with("    mx: [10 mx1.example.com]\n    mta_sts: { mode: enforce, max_age: 1d }\n"),
        &[("STS-P05", Warn)],
    );
    check(
        "    hosting: { account: a, region: us-east-1 }\n    mx: [10 mx1.example.com]\n    mta_sts: { mode: testing }\n",
        &[("RPT-12", Warn)],
    );
    assert_snapshot!(render(&findings(&with("    mta_sts: { policy: policy.txt }\n"))), @r#"
    error[STS-P08]: "*.*.example.com" is not an mx pattern: a `*` may stand only for the whole first
                    label, as in `*.example.com`
     --> deploy/policy.txt:3:5
      |
    3 | mx: *.*.example.com
      |     ^
      = write the host's name, in A-labels

    error[STS-P07]: the policy has no mx pattern, so senders ignore it
     --> deploy/policy.txt:5:1
      = add an `mx:` line for each mail host
    "#);
}

#[test]
fn a_subdomain_that_receives_wants_a_policy_of_its_own() {
    check(
        "    hosting: { account: a, region: us-east-1 }\n    tls_rpt: { rua: [\"mailto:t@example.com\"] }\n    mta_sts: { mode: testing, mx: [mx1.example.com] }\n  news.example.com:\n    dns: manual\n    mx: [10 mx1.example.com]\n",
        &[("STS-R10", Error)],
    );
}

#[test]
fn a_subdomain_that_sends_wants_a_record_of_its_own() {
    let with = |spf: &str| {
        format!(
            "    spf: {{ all: fail }}\n  news.example.com:\n    dns: manual\n    dmarc: {{ p: none, rua: [\"mailto:d@example.com\"] }}\n    ses: [{{ account: a, region: us-east-1, mail_from: m }}]\n{spf}"
        )
    };
    check(&with(""), &[("SPF-27", Warn)]);
    check(&with("    spf: { all: fail }\n"), &[]);
}

#[test]
fn dmarc() {
    check("    dmarc: { p: none }\n", &[("DMARC-20", Warn)]);
    check(
        "    dmarc: { p: reject, sp: none, rua: [\"mailto:d@example.com\"] }\n",
        &[("DMARC-08", Warn)],
    );
    check(
        "    dmarc: { p: reject, adkim: s, aspf: s, rua: [\"mailto:d@example.com\"] }\n    ses: [{ account: a, region: us-east-1, mail_from: m }]\n",
        &[("DMARC-32", Error), ("RCV-02", Warn), ("SES-18", Error)],
    );
}

#[test]
fn reports_to_another_domain_of_ours_are_planned() {
    check(
        "    dmarc: { p: none, np: reject, rua: [\"mailto:d@example.net\"] }\n  example.net:\n    dns: manual\n",
        &[],
    );
}

#[test]
fn spf() {
    check("    spf: { ip4: [192.0.2.0/33] }\n", &[("SPF-06", Error)]);
    check(
        "    spf: { include: [amazonses.com], all: pass }\n",
        &[("SPF-19", Error)],
    );
    check(
        "    spf: { mx: [\"@\", \"@/24\"], a: [host.example.com] }\n",
        &[],
    );
    let hosts: Vec<String> = (0..11)
        .map(|number| format!("h{number}.example.net"))
        .collect();
    let eleven = format!("    spf: {{ include: [{}] }}\n", hosts.join(", "));
    check(&eleven, &[("SPF-09", Error)]);
    let ten = format!("    spf: {{ include: [{}] }}\n", hosts[..10].join(", "));
    check(&ten, &[("SPF-10", Warn)]);
    let eight = format!("    spf: {{ include: [{}] }}\n", hosts[..8].join(", "));
    check(&eight, &[]);
    check(
        "    spf: { include: [example.com] }\n",
        &[("SPF-15", Error)],
    );
    check("    spf: { redirect: Example.com }\n", &[("SPF-15", Error)]);
    check(
        "    spf: { record: \"v=spf1 include:%{d2} ~all\" }\n",
        &[("SPF-15", Error)],
    );
    assert_snapshot!(render(&findings("    spf: { record: \"v=spf1 include:amazonses.com ipv4:192.0.2.1 ~all\" }\n")), @r#"
    error[SPF-05]: no mechanism is called "ipv4": did you mean ip4?
     --> deploy/m.yaml:8:50
      |
    8 |     spf: { record: "v=spf1 include:amazonses.com ipv4:192.0.2.1 ~all" }
      |                                                  ^
      = write `ip4`
    "#);
}

#[test]
fn bimi() {
    let with = |block: &str| {
        format!(
            "    hosting: {{ account: a, region: us-east-1 }}\n    dmarc: {{ p: reject, rua: [\"mailto:d@example.com\"] }}\n    bimi: {block}\n"
        )
    };
    let without_certificate = [("RCV-05", Warn), ("RCV-06", Warn), ("RCV-07", Info)];
    check(&with("{ decline: true }"), &[]);
    check(&with("{ logo: logo.svg }"), &without_certificate);
    check(
        &with("{ logo: logo.svg, certificate: none.pem }"),
        &[("VMC-01", Error)],
    );
    let weak = "    hosting: { account: a, region: us-east-1 }\n    dmarc: { p: none, np: reject, rua: [\"mailto:d@example.com\"] }\n    bimi: { logo: logo.svg }\n";
    check(
        weak,
        &[&without_certificate[..], &[("BIMI-X01", Error)]].concat(),
    );
}

#[test]
fn faults_of_files_are_shown_in_the_files() {
    let block = "    hosting: { account: a, region: us-east-1 }\n    dmarc: { p: reject, rua: [\"mailto:d@example.com\"] }\n    bimi: { logo: broken.svg, certificate: none.pem }\n";
    assert_snapshot!(render(&findings(block)), @r#"
    error[SVG-02]: the root element has no version
     --> deploy/broken.svg:1:1
      |
    1 | <svg xmlns="http://www.w3.org/2000/svg">
      | ^
      = add `version="1.2"` to the root element

    error[SVG-03]: the root element has no baseProfile
     --> deploy/broken.svg:1:1
      |
    1 | <svg xmlns="http://www.w3.org/2000/svg">
      | ^
      = add `baseProfile="tiny-ps"` to the root element

    error[SVG-19]: the root element has no viewBox
     --> deploy/broken.svg:1:1
      |
    1 | <svg xmlns="http://www.w3.org/2000/svg">
      | ^
      = add for example `viewBox="0 0 512 512"`

    warn[SVG-21]: the root element does not have both width and height
     --> deploy/broken.svg:1:1
      |
    1 | <svg xmlns="http://www.w3.org/2000/svg">
      | ^
      = set both to the same number of pixels, 96 or more

    error[SVG-04]: the logo has no title
     --> deploy/broken.svg:1:1
      |
    1 | <svg xmlns="http://www.w3.org/2000/svg">
      | ^
      = put `<title>NAME</title>`, with the name of the brand, after the opening tag

    warn[SVG-22]: no opaque shape covers the whole canvas
     --> deploy/broken.svg:1:1
      |
    1 | <svg xmlns="http://www.w3.org/2000/svg">
      | ^
      = start with a filled `rect` of the size of `viewBox`

    warn[SVG-23]: the logo is drawn in one colour
     --> deploy/broken.svg:1:1
      |
    1 | <svg xmlns="http://www.w3.org/2000/svg">
      | ^
      = give the mark and its background different fills

    error[SVG-09]: <script> runs, animates, embeds or links
     --> deploy/broken.svg:2:3
      |
    2 |   <script/>
      |   ^
      = remove the element

    error[VMC-01]: there is no certificate in the file
     --> deploy/none.pem:1:1
      |
    1 | not a certificate
      | ^
      = put the mark certificate there, and after it those that lead to its root
    "#);
}

#[test]
fn invented_names_are_refused_where_no_author_is_below() {
    let open = "    dmarc: { p: none, rua: [\"mailto:d@example.com\"] }\n    ses: [{ account: a, region: us-east-1, mail_from: m }]\n";
    check(open, &[("DMARC-08", Info)]);
    // Somebody may write from a domain below.
    check(
        &format!("{open}  news.example.com:\n    dns: manual\n"),
        &[],
    );
}

#[test]
fn ses() {
    let with = |instances: &str| {
        format!(
            "    dmarc: {{ p: none, np: reject, rua: [\"mailto:d@example.com\"] }}\n    ses:\n{instances}"
        )
    };
    check(
        "    ses: [{ account: a, region: us-east-1, mail_from: m }]\n",
        &[("RCV-01", Warn)],
    );
    check(
        &with("      - { account: a, region: us-east-1 }\n"),
        &[("SES-19", Warn)],
    );
    check(
        &with(
            "      - { account: a, region: us-east-1, mail_from: m, on_mx_failure: reject, domain_token: true }\n",
        ),
        &[("SES-17", Warn), ("SES-22", Info)],
    );
    check(
        &with(
            "      - { account: a, region: us-east-1, mail_from: m, dkim: { easy: { key_length: 1024 } } }\n",
        ),
        &[("SES-38", Warn)],
    );
    check(
        &with(
            "      - { account: a, region: us-east-1, mail_from: m, configuration_set: { name: c, tls: require } }\n",
        ),
        &[("SES-31", Warn)],
    );
    check(
        &with(
            "      - { account: a, region: us-east-1, mail_from: m }\n      - { account: b, region: us-east-1, mail_from: m }\n",
        ),
        &[("SES-16", Info)],
    );
    check(
        &with(
            "      - { account: a, region: us-east-1, mail_from: m }\n    spf: { include: [amazonses.com] }\n",
        ),
        &[("SES-20", Warn)],
    );
}

#[test]
fn complaints_are_heard() {
    let with = |more: &str| {
        format!(
            "    dmarc: {{ p: none, np: reject, rua: [\"mailto:d@example.com\"] }}\n    ses: [{{ account: a, region: us-east-1, mail_from: m, feedback: false{more} }}]\n"
        )
    };
    let set = |types: &str| {
        format!(
            ", configuration_set: {{ name: c, events: [{{ name: e, types: [{types}], sns: \"arn:aws:sns:us-east-1:111111111111:t\" }}] }}"
        )
    };
    check(&with(""), &[("RCV-03", Warn)]);
    check(&with(&set("bounce")), &[("RCV-03", Warn)]);
    check(&with(&set("bounce, complaint")), &[]);
}

#[test]
fn what_is_accepted_is_info_and_keeps_its_reason() {
    let findings = findings(
        "    dmarc: { p: none }\n    accept: { DMARC-20: \"reports are read elsewhere\" }\n",
    );
    assert_snapshot!(render(&findings), @"
    info[DMARC-20]: the record has no rua, so no reports are sent (accepted: reports are read elsewhere)
     --> deploy/m.yaml:8:12
      |
    8 |     dmarc: { p: none }
      |            ^
      = add `rua=mailto:…`
    ");
}

#[test]
fn people_write_to_lists() {
    let with = |people: &str| {
        format!("    dmarc: {{ p: reject, rua: [\"mailto:d@example.com\"] }}\n{people}")
    };
    check(&with(""), &[]);
    check(&with("    people: true\n"), &[("DMARC-31", Warn)]);
}

#[test]
fn bulk_mail_waits_for_what_providers_ask() {
    check(
        "    dmarc: { p: none, np: reject, rua: [\"mailto:d@example.com\"] }\n    spf: { all: pass }\n    ses: [{ account: a, region: us-east-1, mail_from: m }]\n",
        &[("RCV-02", Warn), ("SPF-19", Error)],
    );
}

#[test]
fn an_acceptance_ends_after_its_last_day() {
    let check = |accept: &str, now: &str, expect: (Severity, &str)| {
        let text = format!("{HEAD}    dmarc: {{ p: none }}\n    accept: {{ {accept} }}\n");
        let files = MemoryFiles::default().with("deploy/m.yaml", text);
        let (manifest, faults) = load("deploy/m.yaml", &files);
        let manifest = manifest.unwrap_or_else(|| panic!("{}", render(&faults)));
        let findings = lint(&manifest, now.parse().expect("a time"));
        let finding = findings.iter().find(|one| one.rule == "DMARC-20");
        let finding = finding.expect("the finding");
        assert_eq!(
            (finding.severity, &*finding.reason),
            expect,
            "{accept} at {now}"
        );
    };
    let until = "DMARC-20: { reason: new mailbox, until: 2027-03-01 }";
    let reason = "the record has no rua, so no reports are sent";
    let accepted = format!("{reason} (accepted until 2027-03-01: new mailbox)");
    check(until, "2026-11-24T00:00:00Z", (Severity::Info, &accepted));
    check(until, "2027-03-01T23:59:59Z", (Severity::Info, &accepted));
    let back = format!("{reason} (was accepted until 2027-03-01)");
    check(until, "2027-03-02T00:00:00Z", (Severity::Warn, &back));
    let always = format!("{reason} (accepted: new mailbox)");
    let plain = "DMARC-20: { reason: new mailbox }";
    check(plain, "2040-01-01T00:00:00Z", (Severity::Info, &always));
}
