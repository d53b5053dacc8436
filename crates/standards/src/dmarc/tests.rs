//! Tables and properties of the DMARC rules for one record.

mod discovery;
mod evaluate;
mod external_reports;

use proptest::prelude::*;

use super::{
    Alignment, Dmarc, FailureOption, Percent, Policy, Psd, ReportTarget, Sender, SizeLimit,
    Subject, check_record_owner, is_aligned_by_psl, organizational_domain_by_psl, record_owner,
};
use crate::Severity;
use crate::dns::Txt;
use crate::test_support::{has_error, name, rules, summary};

fn check(text: &str, canonical: Option<&str>, findings: &[&str]) {
    let (record, found) = Dmarc::parse(text);
    let printed = record.map(|record| record.to_string());
    assert_eq!(printed.as_deref(), canonical, "{text:?}");
    assert_eq!(summary(text, &found), findings, "{text:?}");
}

const BASE: &str = "v=DMARC1; p=reject; rua=mailto:a@example.com";

/// `tags` after a good record: what of them is kept, and the findings.
fn check_tags(tags: &str, findings: &[&str]) -> Dmarc {
    let text = format!("{BASE}; {tags}");
    let (record, found) = Dmarc::parse(&text);
    assert_eq!(summary(&text, &found), findings, "{tags:?}");
    record.expect("a record")
}

fn record(text: &str) -> Dmarc {
    Dmarc::parse(text).0.unwrap_or_else(|| panic!("{text}"))
}

#[test]
fn records_that_are_good() {
    check(BASE, Some(BASE), &[]);
    check(
        "v = DMARC1 ;p= reject;rua =mailto:a@example.com ; ",
        Some(BASE),
        &[],
    );
    let full = "v=DMARC1; p=quarantine; sp=reject; np=reject; adkim=s; aspf=s; t=y; psd=n; rua=mailto:a@example.com,mailto:b@example.net";
    check(full, Some(full), &[]);
    check(
        &format!("{BASE}; adkim=r; aspf=r; t=n; psd=u"),
        Some(BASE),
        &[],
    );
}

#[test]
fn dmarc_01_owner() {
    let domain = name("example.com");
    assert_eq!(
        check_record_owner(&record_owner(&domain).expect("a name"), &domain),
        None
    );
    let finding = check_record_owner(&name("dmarc.example.com"), &domain);
    assert_eq!(finding.expect("a finding").rule, "DMARC-01");
}

#[test]
fn dmarc_02_version() {
    check("", None, &["DMARC-02 error \"\""]);
    check("p=reject", None, &["DMARC-02 error \"p=reject\""]);
    check("v=dmarc1; p=reject", None, &["DMARC-02 error \"v=dmarc1\""]);
    check("p=reject; v=DMARC1", None, &["DMARC-02 error \"p=reject\""]);
    check("V=DMARC1; p=reject", None, &["DMARC-02 error \"V=DMARC1\""]);
}

#[test]
fn dmarc_03_one_record() {
    let owner = name("_dmarc.example.com");
    let values = [Txt::from(BASE), Txt::from("v=spf1 -all")];
    assert_eq!(
        Dmarc::among(&owner, &values),
        (Some(record(BASE)), Vec::new())
    );
    let (read, findings) = Dmarc::among(&owner, &[Txt::from(BASE), Txt::from("v=DMARC1; p=none")]);
    assert_eq!(read, None);
    assert_eq!(rules(&findings), ["DMARC-03"]);
}

#[test]
fn dmarc_33_steps() {
    let (none, testing) = (
        record("v=DMARC1; p=none"),
        record("v=DMARC1; p=reject; t=y"),
    );
    let (quarantine, reject) = (
        record("v=DMARC1; p=quarantine"),
        record("v=DMARC1; p=reject"),
    );
    assert_eq!(reject.check_step(None).expect("a finding").rule, "DMARC-33");
    assert_eq!(
        reject.check_step(Some(&none)).expect("a finding").rule,
        "DMARC-33"
    );
    assert_eq!(reject.check_step(Some(&quarantine)), None);
    assert_eq!(reject.check_step(Some(&testing)), None);
    assert_eq!(testing.check_step(None), None);
    assert_eq!(quarantine.check_step(None), None);
}

#[test]
fn dmarc_04_and_05_policy() {
    check("v=DMARC1; p=rejct", None, &["DMARC-04 error \"rejct\""]);
    check("v=DMARC1; p=", None, &["DMARC-04 error \"\""]);
    // With a place for reports, receivers still send them and enforce nothing.
    check(
        "v=DMARC1; p=rejct; sp=reject; rua=mailto:a@example.com",
        Some("v=DMARC1; p=none; rua=mailto:a@example.com"),
        &["DMARC-04 error \"rejct\""],
    );
    check(
        "v=DMARC1; rua=mailto:a@example.com",
        Some("v=DMARC1; p=none; rua=mailto:a@example.com"),
        &["DMARC-04 warn \"\""],
    );
    check(
        "v=DMARC1; p=Reject; rua=mailto:a@example.com",
        Some(BASE),
        &["DMARC-04 warn \"Reject\""],
    );
    check(
        "v=DMARC1; rua=mailto:a@example.com; p=reject",
        Some(BASE),
        &["DMARC-05 warn \"p=reject\""],
    );
}

#[test]
fn dmarc_06_and_08_subdomains() {
    for tag in ["sp", "np"] {
        let text = format!("{BASE}; {tag}=all");
        let printed = "v=DMARC1; p=none; rua=mailto:a@example.com";
        check(&text, Some(printed), &["DMARC-06 error \"all\""]);
        check(
            &format!("v=DMARC1; p=reject; {tag}=all"),
            None,
            &["DMARC-06 error \"all\""],
        );
        check_tags(&format!("{tag}=reject"), &[]);
        let weaker = format!("{tag}=none");
        check_tags(&weaker, &[&format!("DMARC-08 warn {weaker:?}")]);
    }
}

#[test]
fn dmarc_07_11_12_at_a_domain() {
    let at = |tags: &str, domain: &str| {
        let findings = check_tags(tags, &[]).lint_at(&name(domain));
        findings
            .into_iter()
            .map(|finding| finding.rule.into_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(at("sp=reject; np=reject", "example.co.uk"), [""; 0]);
    assert_eq!(
        at("sp=reject; np=reject", "mail.example.co.uk"),
        ["DMARC-07", "DMARC-07"]
    );
    assert_eq!(at("", "mail.example.co.uk"), [""; 0]);
    assert_eq!(at("psd=y", "co.uk"), [""; 0]);
    assert_eq!(at("psd=y; sp=reject", "co.uk"), [""; 0]);
    assert_eq!(at("psd=y", "example.co.uk"), ["DMARC-11"]);
    assert_eq!(at("psd=n", "example.co.uk"), [""; 0]);
    assert_eq!(at("psd=n; sp=reject", "mail.example.co.uk"), ["DMARC-12"]);
}

#[test]
fn dmarc_09_10_11_letters() {
    for (tag, rule) in [
        ("adkim", "DMARC-09"),
        ("aspf", "DMARC-09"),
        ("t", "DMARC-10"),
        ("psd", "DMARC-11"),
    ] {
        for wrong in ["", "x", "strict", "yes", "\u{11f}"] {
            let text = format!("{BASE}; {tag}={wrong}");
            let (read, findings) = Dmarc::parse(&text);
            assert!(rules(&findings).contains(&rule), "{text}");
            assert_eq!(read, Some(record(BASE)), "{text}");
        }
    }
    assert_eq!(check_tags("adkim=s", &[]).dkim_alignment, Alignment::Strict);
    assert_eq!(
        check_tags("aspf=S", &["DMARC-09 warn \"S\""]).spf_alignment,
        Alignment::Strict
    );
    assert!(check_tags("t=y", &[]).testing);
    assert_eq!(check_tags("psd=y", &[]).psd, Psd::Yes);
}

#[test]
fn dmarc_13_and_14_history() {
    let old = check_tags(
        "pct=50; ri=3600; rf=afrf",
        &[
            "DMARC-13 warn \"pct=50\"",
            "DMARC-13 warn \"ri=3600\"",
            "DMARC-13 warn \"rf=afrf\"",
        ],
    );
    assert_eq!(old.percent, Percent::new(50));
    assert_eq!(old.report_interval, Some(3600));
    for wrong in [
        "pct=101",
        "pct=-1",
        "pct=+1",
        "pct=",
        "pct=all",
        "ri=4294967296",
        "ri=1d",
    ] {
        let value = wrong.split_once('=').expect("a tag").1;
        check_tags(wrong, &[&format!("DMARC-14 warn {value:?}")]);
    }
}

#[test]
fn dmarc_15_failure_options() {
    let options = |tags: &str, findings: &[&str]| {
        check_tags(
            &format!("ruf=mailto:a@example.com; {tags}"),
            &[findings, &["DMARC-35 warn \"ruf=mailto:a@example.com\""]].concat(),
        )
        .failure_options
        .into_iter()
        .collect::<Vec<_>>()
    };
    assert_eq!(options("fo=0", &[]), [FailureOption::All]);
    assert_eq!(
        options("fo=1 : d : s", &[]),
        [FailureOption::Any, FailureOption::Dkim, FailureOption::Spf]
    );
    assert_eq!(
        options("fo=0:1", &["DMARC-15 warn \"0:1\""]),
        [FailureOption::Any]
    );
    assert_eq!(
        options("fo=d:d", &["DMARC-15 error \"d\""]),
        [],
        "RFC 9989 §4.8: its default"
    );
    assert_eq!(options("fo=2", &["DMARC-15 error \"2\""]), []);
    assert_eq!(options("fo=", &["DMARC-15 error \"\""]), []);
    check_tags("fo=1", &["DMARC-15 warn \"fo=1\""]);
}

#[test]
fn dmarc_16_to_20_targets() {
    for (wrong, place) in [
        ("a@example.com", "a@example.com"),
        ("mailto:a b@example.com", " "),
        ("mailto:a@example.com!x", "!"),
        ("mailto:a@", "mailto:a@"),
        ("", ""),
    ] {
        let text = format!("v=DMARC1; p=none; rua=mailto:b@example.com,{wrong}");
        let kept = "v=DMARC1; p=none; rua=mailto:b@example.com";
        check(&text, Some(kept), &[&format!("DMARC-16 error {place:?}")]);
    }
    let sized = "v=DMARC1; p=none; rua=mailto:a@example.com!10m";
    check(sized, Some(sized), &["DMARC-17 warn \"!10m\""]);
    let https = "v=DMARC1; p=none; rua=https://example.com/x";
    check(
        https,
        Some(https),
        &["DMARC-18 warn \"rua=https://example.com/x\""],
    );
    let three = "v=DMARC1; p=none; rua=mailto:a@a.example,mailto:b@a.example,mailto:c@a.example";
    let (_, findings) = Dmarc::parse(three);
    assert_eq!(rules(&findings), ["DMARC-19"]);
    check(
        "v=DMARC1; p=none",
        Some("v=DMARC1; p=none"),
        &["DMARC-20 warn \"\""],
    );
}

#[test]
fn dmarc_26_lists() {
    check_tags("x=y", &["DMARC-26 warn \"x\""]);
    check_tags("SP=reject", &["DMARC-26 warn \"SP\""]);
    check_tags("word", &["DMARC-26 error \"word\""]);
    check(
        "v=DMARC1; p=none; p=reject",
        None,
        &["DMARC-26 error \"p=reject\"", "DMARC-20 warn \"\""],
    );
    check_tags("; ", &["DMARC-26 warn \"\""]);
}

#[test]
fn dmarc_29_30_32_senders() {
    let (author, sub, ses) = (
        name("example.com"),
        name("mail1.example.com"),
        name("amazonses.com"),
    );
    let signed = Sender {
        dkim_domain: Some(&author),
        mail_from: Some(&sub),
    };
    let spf_only = Sender {
        dkim_domain: Some(&ses),
        mail_from: Some(&sub),
    };
    let other = Sender {
        dkim_domain: Some(&ses),
        mail_from: Some(&ses),
    };
    let of_subdomain = Sender {
        dkim_domain: Some(&sub),
        mail_from: None,
    };
    let check = |text: &str, senders: &[Sender<'_>], expect: &[&str]| {
        assert_eq!(
            rules(&record(text).check_senders(&author, senders)),
            expect,
            "{text} {senders:?}"
        );
    };
    check("v=DMARC1; p=reject", &[signed], &[]);
    check("v=DMARC1; p=reject", &[spf_only], &["DMARC-30"]);
    check("v=DMARC1; p=quarantine", &[spf_only], &[]);
    check("v=DMARC1; p=reject", &[spf_only, signed], &[]);
    check("v=DMARC1; p=reject", &[other], &["DMARC-29"]);
    check("v=DMARC1; p=none; sp=quarantine", &[], &["DMARC-29"]);
    check("v=DMARC1; p=none", &[other], &[]);
    check("v=DMARC1; p=none; aspf=s", &[signed], &["DMARC-32"]);
    check("v=DMARC1; p=none; adkim=s", &[of_subdomain], &["DMARC-32"]);
    check("v=DMARC1; p=none; adkim=s", &[signed], &[]);
}

#[test]
fn dmarc_31_and_34_uses() {
    assert_eq!(
        record("v=DMARC1; p=reject")
            .check_use(true)
            .expect("a finding")
            .rule,
        "DMARC-31"
    );
    assert_eq!(record("v=DMARC1; p=reject").check_use(false), None);
    assert_eq!(record("v=DMARC1; p=quarantine").check_use(true), None);
    let parked = |text| {
        let findings = record(text).check_parked();
        assert!(findings.iter().all(|finding| finding.rule == "DMARC-34"));
        findings.len()
    };
    assert_eq!(parked("v=DMARC1; p=reject"), 0);
    assert_eq!(parked("v=DMARC1; p=reject; sp=none"), 2);
    assert_eq!(parked("v=DMARC1; p=reject; np=quarantine"), 1);
    assert_eq!(parked("v=DMARC1; p=reject; t=y"), 3);
}

#[test]
fn dmarc_35_failure_reports() {
    check_tags(
        "ruf=mailto:a@example.com",
        &["DMARC-35 warn \"ruf=mailto:a@example.com\""],
    );
    assert_eq!(
        rules(&record("v=DMARC1; p=none; ruf=mailto:a@example.com").lint()),
        ["DMARC-20", "DMARC-35"]
    );
}

#[test]
fn dns_02_and_03_hold_here_too() {
    check_tags("x=\u{201c}", &["DNS-02 error \"“\"", "DMARC-26 warn \"x\""]);
    let escaped = r"v=DMARC1\; p=reject";
    check(escaped, None, &[r#"DNS-03 error "\\;""#]);
}

#[test]
fn policies_fall_back_and_testing_lowers_them() {
    use Policy::{None, Quarantine, Reject};

    let check = |text: &str, expect: [Policy; 3]| {
        let record = record(text);
        let found = [Subject::Domain, Subject::Subdomain, Subject::Nonexistent]
            .map(|subject| record.effective_policy(subject));
        assert_eq!(found, expect, "{text}");
    };
    check("v=DMARC1; p=reject", [Reject, Reject, Reject]);
    check(
        "v=DMARC1; p=reject; sp=quarantine",
        [Reject, Quarantine, Quarantine],
    );
    check(
        "v=DMARC1; p=none; sp=quarantine; np=reject",
        [None, Quarantine, Reject],
    );
    check("v=DMARC1; p=none; np=reject", [None, None, Reject]);
    check(
        "v=DMARC1; p=reject; sp=quarantine; np=none; t=y",
        [Quarantine, None, None],
    );
}

#[test]
fn organizational_domains_by_the_list() {
    for (domain, expect) in [
        ("example.com", Some("example.com")),
        ("a.b.Example.CO.UK", Some("example.co.uk")),
        ("co.uk", None),
        ("com", None),
        ("x.github.io", Some("x.github.io")),
    ] {
        assert_eq!(
            organizational_domain_by_psl(&name(domain)),
            expect.map(name),
            "{domain}"
        );
    }
}

#[test]
fn alignment_offline() {
    for (author, other, strict, relaxed) in [
        ("example.com", "example.com", true, true),
        ("example.com", "mail.example.com", false, true),
        ("news.example.com", "mail.example.com", false, true),
        ("example.com", "example.net", false, false),
        ("a.co.uk", "b.co.uk", false, false),
        ("a.github.io", "b.github.io", false, false),
    ] {
        let (author, other) = (name(author), name(other));
        assert_eq!(
            is_aligned_by_psl(Alignment::Strict, &author, &other),
            strict,
            "{author} {other}"
        );
        assert_eq!(
            is_aligned_by_psl(Alignment::Relaxed, &author, &other),
            relaxed,
            "{author} {other}"
        );
    }
}

fn any_record() -> impl Strategy<Value = Dmarc> {
    let policy = || {
        prop_oneof![
            Just(Policy::None),
            Just(Policy::Quarantine),
            Just(Policy::Reject)
        ]
    };
    let alignment = || prop_oneof![Just(Alignment::Relaxed), Just(Alignment::Strict)];
    let psd = prop_oneof![Just(Psd::Unknown), Just(Psd::Yes), Just(Psd::No)];
    let options = prop_oneof![
        Just(FailureOption::Any),
        Just(FailureOption::Dkim),
        Just(FailureOption::Spf)
    ];
    let size = prop::option::of("[0-9]{1,9}[kmgt]?");
    let target = ("[a-z]{1,8}", size).prop_map(|(local, size)| ReportTarget {
        uri: format!("mailto:{local}@example.com")
            .parse()
            .expect("a URI"),
        size_limit: size.map(|size| size.parse::<SizeLimit>().expect("a size")),
    });
    let targets = prop::collection::vec(target, 0..4);
    (
        (
            policy(),
            prop::option::of(policy()),
            prop::option::of(policy()),
        ),
        (alignment(), alignment(), any::<bool>(), psd),
        prop::collection::btree_set(options, 0..3),
        (targets.clone(), targets),
        (prop::option::of(0..=100_u8), prop::option::of(any::<u32>())),
    )
        .prop_map(
            |(
                policies,
                (dkim_alignment, spf_alignment, testing, psd),
                failure_options,
                (rua, ruf),
                (percent, report_interval),
            )| Dmarc {
                policy: policies.0,
                subdomain_policy: policies.1,
                nonexistent_policy: policies.2,
                dkim_alignment,
                spf_alignment,
                testing,
                psd,
                failure_options,
                rua,
                ruf,
                percent: percent.and_then(Percent::new),
                report_interval,
            },
        )
}

proptest! {
    #[test]
    fn reading_undoes_printing(record in any_record()) {
        let (read, findings) = Dmarc::parse(&record.to_string());
        prop_assert!(!has_error(&findings), "{findings:?}");
        prop_assert_eq!(read, Some(record));
    }

    #[test]
    fn never_panics_and_printing_is_stable(
        text in "(v=DMARC1; ?)?((p|sp|np|adkim|aspf|t|psd|fo|rua|ruf|pct|rf|ri|x)?=?(none|reject|r|s|y|n|0|1|:|,|mailto:a@b\\.c|!|9|\\PC){0,3};? ?){0,8}"
    ) {
        let (record, findings) = Dmarc::parse(&text);
        prop_assert!(record.is_some() || has_error(&findings));
        if let Some(record) = record {
            prop_assert_eq!(Dmarc::parse(&record.to_string()).0, Some(record));
        }
    }
}

/// RFC 9989 recommends it where no author writes from a name below the domain.
#[test]
fn np_is_advised_where_nobody_writes_from_below() {
    let advice = |text: &str, domain: &str, has_authors_below: bool| {
        let record = Dmarc::parse(text).0.expect("a record");
        let domain = domain.parse().expect("a name");
        let finding = record.check_nonexistent(&domain, has_authors_below);
        finding.map(|one| (one.rule.into_owned(), one.severity, one.fix))
    };
    let advised = Some((
        "DMARC-08".to_owned(),
        Severity::Info,
        "write `np=reject`".to_owned(),
    ));
    let open = "v=DMARC1; p=quarantine";
    assert_eq!(advice(open, "example.com", false), advised);
    assert_eq!(
        advice("v=DMARC1; p=reject; sp=none", "example.com", false),
        advised
    );
    assert_eq!(advice(open, "example.com", true), None);
    assert_eq!(advice(open, "mail.example.com", false), None);
    for kept in ["v=DMARC1; p=reject", "v=DMARC1; p=none; np=reject"] {
        assert_eq!(advice(kept, "example.com", false), None, "{kept}");
    }
}
