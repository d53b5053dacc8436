//! Tables and properties of the MTA-STS rules.

use proptest::prelude::*;

use super::{
    MaxAge, Mode, MtaStsPolicy, MtaStsRecord, MxPattern, PolicyId, check_added_hosts,
    check_mail_subdomains, check_mx, check_record_owner, check_removed_hosts, check_step,
    record_owner, steps, wind_down,
};
use crate::dns::{Name, Txt};
use crate::strictness::Strictness;
use crate::test_support::{has_error, name, rules, summary};

fn check_record(text: &str, canonical: Option<&str>, findings: &[&str]) {
    let (record, found) = MtaStsRecord::parse(text);
    let printed = record.map(|record| record.to_string());
    assert_eq!(printed.as_deref(), canonical, "{text:?}");
    assert_eq!(summary(text, &found), findings, "{text:?}");
}

#[test]
fn records_that_are_good() {
    for text in [
        "v=STSv1; id=2026a;",
        "v=STSv1;id=2026a",
        "v=STSv1; id=2026a ; ",
    ] {
        check_record(text, Some("v=STSv1; id=2026a;"), &[]);
    }
}

#[test]
fn r02_version() {
    check_record("", None, &["STS-R02 error \"\""]);
    check_record("v=STSv1", None, &["STS-R02 error \"v=STSv1\""]);
    check_record("v=stsv1; id=1", None, &["STS-R02 error \"v=stsv1\""]);
    check_record("v = STSv1; id=1", None, &["STS-R02 error \"v = STSv1\""]);
    check_record(" v=STSv1; id=1", None, &["STS-R02 error \" \""]);
    check_record(
        "v=STSv1 ; id=1",
        Some("v=STSv1; id=1;"),
        &["STS-R02 warn \" \""],
    );
    check_record("id=1; v=STSv1", None, &["STS-R02 error \"id=1\""]);
}

#[test]
fn r03_id() {
    check_record("v=STSv1;", None, &["STS-R03 error \"\""]);
    check_record("v=STSv1; id=;", None, &["STS-R03 error \"\""]);
    check_record(
        "v=STSv1; id=2026-01-01;",
        None,
        &["STS-R03 error \"2026-01-01\""],
    );
    let long = "x".repeat(33);
    check_record(
        &format!("v=STSv1; id={long};"),
        None,
        &[&format!("STS-R03 error {long:?}")],
    );
    check_record(
        "v=STSv1; id=1; id=2;",
        Some("v=STSv1; id=1;"),
        &["STS-R03 error \"id=2\""],
    );
}

#[test]
fn r04_fields_and_r05_extensions() {
    check_record(
        "v=STSv1; id=1;; ",
        Some("v=STSv1; id=1;"),
        &["STS-R04 error \"\""],
    );
    check_record(
        "v=STSv1; id=1; word",
        Some("v=STSv1; id=1;"),
        &["STS-R04 error \"word\""],
    );
    check_record("v=STSv1; id = 1", None, &["STS-R04 error \" = \""]);
    check_record(
        "v=STSv1; id=1; a=b=c",
        Some("v=STSv1; id=1;"),
        &["STS-R04 error \"a=b=c\""],
    );
    check_record(
        "v=STSv1; id=1; -a=b",
        Some("v=STSv1; id=1;"),
        &["STS-R04 error \"-a=b\""],
    );
    check_record(
        "v=STSv1; id=1 ",
        Some("v=STSv1; id=1;"),
        &["STS-R04 warn \" \""],
    );
    check_record(
        "v=STSv1; id=1; x.y_z-0=~;",
        Some("v=STSv1; id=1; x.y_z-0=~;"),
        &["STS-R05 warn \"x.y_z-0\""],
    );
    let (record, _) = MtaStsRecord::parse("v=STSv1; id=1; x=y;");
    assert_eq!(rules(&record.expect("a record").lint()), ["STS-R05"]);
}

#[test]
fn dns_02_and_03_hold_here_too() {
    check_record(
        "v=STSv1; id=1;\u{a0}",
        Some("v=STSv1; id=1;"),
        &["DNS-02 error \"\\u{a0}\""],
    );
    check_record(
        "\"v=STSv1; id=1;\"",
        None,
        &["DNS-03 error \"\\\"v=STSv1; id=1;\\\"\""],
    );
}

#[test]
fn r01_owner() {
    let domain = name("example.com");
    let owner = record_owner(&domain).expect("a name");
    assert_eq!(owner.to_string(), "_mta-sts.example.com");
    assert_eq!(check_record_owner(&owner, &domain), None);
    for wrong in ["mta-sts.example.com", "_mta-sts.www.example.com"] {
        let finding = check_record_owner(&name(wrong), &domain).expect("a finding");
        assert_eq!(finding.rule, "STS-R01");
    }
}

#[test]
fn r10_subdomains() {
    let parent = name("example.com");
    let domains = [
        name("example.com"),
        name("lists.example.com"),
        name("example.net"),
    ];
    let findings = check_mail_subdomains(&domains, |domain| *domain == parent);
    assert_eq!(
        summary("", &findings),
        ["STS-R10 error at lists.example.com"]
    );
    let findings = check_mail_subdomains(&domains, |_| true);
    assert_eq!(findings, []);
}

fn check_policy(text: &str, is_read: bool, findings: &[&str]) {
    let (policy, found) = MtaStsPolicy::parse(text.as_bytes());
    assert_eq!(summary(text, &found), findings, "{text:?}");
    assert_eq!(policy.is_some(), is_read, "{text:?}");
}

const GOOD: &str = "version: STSv1\r\nmode: enforce\r\nmx: mx1.example.com\r\nmx: *.example.net\r\nmax_age: 604800\r\n";

#[test]
fn policies_that_are_good() {
    check_policy(GOOD, true, &[]);
    check_policy(GOOD.trim_end(), true, &[]);
    check_policy("version:STSv1\r\nmode:  none\r\nmax_age:0\r\n", true, &[]);
    let (policy, _) = MtaStsPolicy::parse(GOOD.as_bytes());
    assert_eq!(policy.expect("a policy").to_string(), GOOD);
}

#[test]
fn p01_line_ends() {
    check_policy(&GOOD.replace('\r', ""), true, &["STS-P01 info \"\\n\""]);
    check_policy(
        "version: STSv1\rmode: none\r\nmode: none\r\nmax_age: 1\r\n",
        false,
        &["STS-P01 error \"\\r\""],
    );
}

#[test]
fn p02_version() {
    check_policy(
        "mode: none\r\nmax_age: 1\r\n",
        false,
        &["STS-P02 error \"\""],
    );
    check_policy(
        "version: stsv1\r\nmode: none\r\nmax_age: 1\r\n",
        false,
        &["STS-P02 error \"stsv1\""],
    );
    check_policy(
        "mode: none\r\nversion: STSv1\r\nmax_age: 1\r\n",
        true,
        &["STS-P02 warn \"STSv1\""],
    );
    check_policy(
        "Version: STSv1\r\nmode: none\r\nmax_age: 1\r\n",
        false,
        &["STS-P02 warn \"Version\"", "STS-P02 error \"\""],
    );
}

#[test]
fn p03_mode() {
    check_policy(
        "version: STSv1\r\nmax_age: 1\r\n",
        false,
        &["STS-P03 error \"\""],
    );
    check_policy(
        "version: STSv1\r\nmode: Enforce\r\nmax_age: 1\r\n",
        false,
        &["STS-P03 error \"Enforce\""],
    );
}

#[test]
fn p04_max_age() {
    check_policy(
        "version: STSv1\r\nmode: none\r\n",
        false,
        &["STS-P04 error \"\""],
    );
    for wrong in ["", "-1", "1d", "12345678901"] {
        let text = format!("version: STSv1\r\nmode: none\r\nmax_age: {wrong}\r\n");
        check_policy(&text, false, &[&format!("STS-P04 error {wrong:?}")]);
    }
    let text = "version: STSv1\r\nmode: none\r\nmax_age: 31557601\r\n";
    check_policy(text, true, &["STS-P04 error \"31557601\""]);
    check_policy(
        "version: STSv1\r\nmode: none\r\nmax_age: 31557600\r\n",
        true,
        &[],
    );
}

#[test]
fn p05_short_enforcement() {
    let text = |mode: &str, max_age: u32| {
        format!("version: STSv1\r\nmode: {mode}\r\nmx: a.example\r\nmax_age: {max_age}\r\n")
    };
    check_policy(&text("enforce", 604_800), true, &[]);
    check_policy(
        &text("enforce", 604_799),
        true,
        &["STS-P05 warn \"604799\""],
    );
    check_policy(&text("enforce", 86_399), true, &["STS-P05 error \"86399\""]);
    check_policy(&text("testing", 60), true, &[]);
}

#[test]
fn p07_and_p08_mx() {
    check_policy(
        "version: STSv1\r\nmode: testing\r\nmax_age: 1\r\n",
        false,
        &["STS-P07 error \"\""],
    );
    let text = |mx: &str| {
        format!("version: STSv1\r\nmode: testing\r\nmx: a.example\r\nmx: {mx}\r\nmax_age: 1\r\n")
    };
    for good in ["*.example.com", "MX.Example.com", "xn--bcher-kva.example"] {
        check_policy(&text(good), true, &[]);
    }
    for wrong in [
        "*",
        "*.*.example.com",
        "mx*.example.com",
        "a.*.example.com",
        "mx.example.com.",
        "mx.example.com:25",
        "192.0.2.1",
        "[192.0.2.1]",
        "bücher.example",
        "a.example, b.example",
        "",
        ".example.com",
        "_a.example",
    ] {
        check_policy(&text(wrong), true, &[&format!("STS-P08 error {wrong:?}")]);
    }
}

#[test]
fn p09_p10_p11_lines() {
    check_policy(
        "version: STSv1\r\n mode: none\r\nmax_age : 1\r\n",
        true,
        &["STS-P09 error \" mode\"", "STS-P09 error \"max_age \""],
    );
    check_policy(
        "version: STSv1\r\nmode: none\r\nmode: enforce\r\nmax_age: 1\r\n",
        true,
        &["STS-P10 error \"mode: enforce\""],
    );
    check_policy(
        "version: STSv1\r\nmode: none\r\nmax_age: 1\r\nx: 1\r\nx: 2\r\n",
        true,
        &["STS-P10 error \"x: 2\""],
    );
    check_policy(
        "\u{feff}version: STSv1\r\nmode: none \r\nword\r\n\r\na b: c\r\nmax_age: 1\r\n",
        true,
        &[
            "STS-P11 error \"\\u{feff}\"",
            "STS-P11 error \"word\"",
            "STS-P11 warn \"\"",
            "STS-P11 error \"a b: c\"",
        ],
    );
    check_policy(
        "version: STSv1\r\nmode: none\r\nmax_age: 1\r\nx-y: ä b\r\n",
        true,
        &[],
    );
    let (policy, findings) =
        MtaStsPolicy::parse(b"version: STSv1\r\nmode: none\r\nx: \xff\r\nmax_age: 1\r\n");
    assert!(policy.is_some());
    assert_eq!(rules(&findings), ["STS-P11"]);
}

#[test]
fn p12_size() {
    let mut text = GOOD.to_owned();
    while text.len() <= 64 * 1024 {
        text.push_str("mx: mx.example.org\r\n");
    }
    let (policy, findings) = MtaStsPolicy::parse(text.as_bytes());
    assert_eq!(rules(&findings), ["STS-P12"]);
    assert_eq!(rules(&policy.expect("a policy").lint()), ["STS-P12"]);
}

#[test]
fn p15_shared_suffixes() {
    for (pattern, is_shared) in [
        ("*.co.uk", true),
        ("*.github.io", true),
        ("*.com", true),
        ("*.example.com", false),
        ("*.mail.protection.outlook.com", false),
        ("github.io", false),
    ] {
        let text = format!("version: STSv1\r\nmode: testing\r\nmx: {pattern}\r\nmax_age: 1\r\n");
        let expect = format!("STS-P15 warn {pattern:?}");
        let expect: Vec<&str> = is_shared.then_some(&*expect).into_iter().collect();
        check_policy(&text, true, &expect);
    }
}

#[test]
fn patterns_match_as_section_4_1_says() {
    for (pattern, host, expect) in [
        ("mx.example.com", "mx.example.com", true),
        ("mx.example.com", "MX.Example.COM.", true),
        ("mx.example.com", "a.mx.example.com", false),
        ("*.example.com", "a.example.com", true),
        ("*.example.com", "example.com", false),
        ("*.example.com", "a.b.example.com", false),
        ("*.example.com", ".", false),
    ] {
        let pattern: MxPattern = pattern.parse().expect("a pattern");
        assert_eq!(pattern.matches(&name(host)), expect, "{pattern} {host}");
    }
}

fn policy(mode: Mode, max_age: MaxAge, mx: &[&str]) -> MtaStsPolicy {
    let patterns = mx.iter().map(|mx| mx.parse().expect("a pattern")).collect();
    MtaStsPolicy::new(mode, max_age, patterns).expect("a policy")
}

#[test]
fn p13_p14_r11_against_the_mx() {
    let hosts = |hosts: &[&str]| -> Vec<Name> { hosts.iter().map(|host| name(host)).collect() };
    let both = hosts(&["mx1.example.com", "mx2.example.net"]);
    let check = |mode, mx: &[&str], hosts: &[Name], expect: &[&str]| {
        let findings = check_mx(&policy(mode, MaxAge::WEEK, mx), hosts);
        assert_eq!(summary("", &findings), expect, "{mx:?}");
    };
    check(
        Mode::Enforce,
        &["mx1.example.com", "*.example.net"],
        &both,
        &[],
    );
    check(
        Mode::Enforce,
        &["mx1.example.com"],
        &both,
        &["STS-P13 error at mx2.example.net"],
    );
    check(
        Mode::Testing,
        &["mx1.example.com"],
        &both,
        &["STS-P13 warn at mx2.example.net"],
    );
    check(
        Mode::Enforce,
        &["*.example.com", "*.example.net", "old.example"],
        &both,
        &["STS-P14 warn"],
    );
    check(Mode::Enforce, &["a.example"], &[], &["STS-R11 error"]);
    check(
        Mode::Testing,
        &["a.example"],
        &hosts(&["."]),
        &["STS-R11 error"],
    );
    check(Mode::None, &[], &[], &[]);
}

#[test]
fn steps_up_and_down() {
    let testing = policy(Mode::Testing, MaxAge::WEEK, &["a.example"]);
    let enforce = policy(Mode::Enforce, MaxAge::WEEK, &["a.example"]);
    let long = policy(Mode::Enforce, MaxAge::LONGEST, &["a.example"]);
    let check = |before: Option<&MtaStsPolicy>, after, has_tls_rpt, expect: &[&str]| {
        assert_eq!(rules(&check_step(before, after, has_tls_rpt)), expect);
    };
    check(None, &testing, true, &[]);
    check(None, &testing, false, &["STS-O07"]);
    check(None, &enforce, true, &["STS-O08"]);
    check(Some(&wind_down()), &enforce, true, &["STS-O08"]);
    check(Some(&testing), &enforce, true, &[]);
    check(Some(&testing), &long, true, &["STS-P06"]);
    check(Some(&enforce), &long, true, &[]);
    check(Some(&enforce), &wind_down(), false, &[]);
    assert_eq!(
        wind_down().to_string(),
        "version: STSv1\r\nmode: none\r\nmax_age: 86400\r\n"
    );
}

#[test]
fn a_wildcard_has_its_hosts_in_it() {
    let host = policy(Mode::Enforce, MaxAge::WEEK, &["a.example.net"]);
    let all = policy(Mode::Enforce, MaxAge::WEEK, &["*.example.net"]);
    let strictness = |from, to| -> Vec<Strictness> {
        let steps = steps(Some(from), Some(to));
        steps.iter().map(|step| step.strictness).collect()
    };
    assert_eq!(strictness(&host, &all), [Strictness::Same]);
    assert_eq!(strictness(&all, &host), [Strictness::Stricter]);
}

#[test]
fn o03_hosts_that_are_still_in_use() {
    let hosts = [name("a.example"), name("b.example")];
    let both = policy(Mode::Enforce, MaxAge::WEEK, &["a.example", "b.example"]);
    let one = policy(Mode::Enforce, MaxAge::WEEK, &["a.example"]);
    let testing = policy(Mode::Testing, MaxAge::WEEK, &["a.example"]);
    let check = |before, after, hosts: &[Name], expect: &[&str]| {
        assert_eq!(
            summary("", &check_removed_hosts(before, after, hosts)),
            expect
        );
    };
    check(&both, &one, &hosts, &["STS-O03 error at b.example"]);
    check(&both, &one, &hosts[..1], &[]);
    check(&both, &testing, &hosts, &[]);
    check(&one, &both, &hosts, &[]);
}

#[test]
fn o02_hosts_that_senders_do_not_know_yet() {
    let hosts = [name("a.example"), name("b.example")];
    let check = |published: MtaStsPolicy, expect: &[&str]| {
        let found = check_added_hosts(&published, &hosts);
        assert_eq!(summary("", &found), expect);
    };
    let one = ["a.example"];
    check(
        policy(Mode::Enforce, MaxAge::WEEK, &one),
        &["STS-O02 error at b.example"],
    );
    check(policy(Mode::Testing, MaxAge::WEEK, &one), &[]);
    check(
        policy(Mode::Enforce, MaxAge::WEEK, &["a.example", "b.example"]),
        &[],
    );
}

#[test]
fn r06_and_r07_one_record() {
    let owner = name("_mta-sts.example.com");
    let check = |texts: &[&str], id: Option<&str>, expect: &[&str]| {
        let values: Vec<Txt> = texts.iter().map(|text| Txt::from(*text)).collect();
        let (record, findings) = MtaStsRecord::among(&owner, &values);
        assert_eq!(
            record.map(|record| record.id.to_string()).as_deref(),
            id,
            "{texts:?}"
        );
        assert_eq!(rules(&findings), expect, "{texts:?}");
    };
    check(&[], None, &[]);
    check(&["v=STSv1; id=1"], Some("1"), &[]);
    check(&["v=STSv1; id=1", "v=STSv1 ; id=2"], None, &["STS-R06"]);
    check(&["v=STSv1; id=1", "v=spf1 -all"], Some("1"), &["STS-R07"]);
    check(&["v=STSv1; id=-"], None, &["STS-R03"]);
}

#[test]
fn max_age_reads_units() {
    for (text, seconds) in [
        ("604800", 604_800),
        ("30s", 30),
        ("90m", 5_400),
        ("36h", 129_600),
        ("7d", 604_800),
        (" 1 w ", 604_800),
        ("365d", 31_536_000),
    ] {
        assert_eq!(
            text.parse(),
            Ok(MaxAge::from_seconds(seconds).expect("a lifetime")),
            "{text}"
        );
    }
    for (text, message) in [
        (
            "",
            "\"\" is not a time: write a whole number of seconds, or one with s, m, h, d or w, like 7d",
        ),
        (
            "1y",
            "\"1y\" is not a time: write a whole number of seconds, or one with s, m, h, d or w, like 7d",
        ),
        (
            "d",
            "\"d\" is not a time: write a whole number of seconds, or one with s, m, h, d or w, like 7d",
        ),
        (
            "366d",
            "\"366d\" is longer than the 31557600 seconds (about a year) that RFC 8461 allows",
        ),
        (
            "99999999999999999999",
            "\"99999999999999999999\" is longer than the 31557600 seconds (about a year) that RFC 8461 allows",
        ),
    ] {
        assert_eq!(text.parse::<MaxAge>().expect_err(text).to_string(), message);
    }
}

#[test]
fn policies_come_from_the_mx() {
    let hosts = [
        name("mx2.example.com."),
        name("MX1.example.com"),
        name("mx2.example.com"),
    ];
    let policy = MtaStsPolicy::from_mx(Mode::Testing, MaxAge::WEEK, &hosts).expect("a policy");
    assert_eq!(
        policy.to_string(),
        "version: STSv1\r\nmode: testing\r\nmx: mx2.example.com\r\nmx: mx1.example.com\r\nmax_age: 604800\r\n"
    );
    let error =
        MtaStsPolicy::from_mx(Mode::Enforce, MaxAge::WEEK, &[Name::ROOT]).expect_err("a null MX");
    assert_eq!(
        error.to_string(),
        "a policy in mode enforce names at least one MX host"
    );
    let error = MtaStsPolicy::from_mx(Mode::Enforce, MaxAge::WEEK, &[name("_mx.example.com")])
        .expect_err("no host");
    assert_eq!(
        error.to_string(),
        "the MX host _mx.example.com can't stand in a policy"
    );
}

#[test]
fn sts_r08_the_id_follows_the_bytes() {
    let week = policy(Mode::Testing, MaxAge::WEEK, &["a.example"]);
    let day = policy(Mode::Testing, MaxAge::DAY, &["a.example"]);
    assert_eq!(week.id(), PolicyId::of(week.to_string().as_bytes()));
    assert_ne!(week.id(), day.id());
    // The first half of the SHA-256 of nothing.
    assert_eq!(
        PolicyId::of(b"").as_str(),
        "e3b0c44298fc1c149afbf4c8996fb924"
    );
}

fn any_policy() -> impl Strategy<Value = MtaStsPolicy> {
    let mode = prop_oneof![Just(Mode::None), Just(Mode::Testing), Just(Mode::Enforce)];
    // Two hyphens in the third and fourth place would promise an A-label (RFC 5891 section 4.2.3.1).
    let label = "[a-z]([a-z0-9-]{0,10}[a-z0-9])?"
        .prop_filter("no reserved label", |label: &String| {
            label.get(2..4) != Some("--")
        });
    let host = prop::collection::vec(label, 1..4).prop_map(|labels| labels.join("."));
    let pattern = (any::<bool>(), host).prop_map(|(wildcard, host)| {
        let text = if wildcard { format!("*.{host}") } else { host };
        text.parse::<MxPattern>().expect("a pattern")
    });
    (
        mode,
        0..=31_557_600_u64,
        prop::collection::vec(pattern, 1..6),
    )
        .prop_map(|(mode, seconds, mx)| {
            let max_age = MaxAge::from_seconds(seconds).expect("within the limit");
            MtaStsPolicy::new(mode, max_age, mx).expect("a policy")
        })
}

proptest! {
    #[test]
    fn reading_undoes_printing(policy in any_policy()) {
        let text = policy.to_string();
        let (read, findings) = MtaStsPolicy::parse(text.as_bytes());
        prop_assert!(!findings.iter().any(|finding| finding.rule != "STS-P05" && finding.rule != "STS-P15"));
        prop_assert_eq!(read, Some(policy));
    }

    #[test]
    fn policies_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let (policy, findings) = MtaStsPolicy::parse(&bytes);
        prop_assert!(policy.is_some() || has_error(&findings));
    }

    #[test]
    fn hostile_policies_never_panic(text in "((version|mode|mx|max_age|x)[ :]{0,2}(STSv1|none|enforce|\\*|a\\.b|9|\\PC){0,4}[\r\n]{0,2}){0,8}") {
        let (policy, findings) = MtaStsPolicy::parse(text.as_bytes());
        prop_assert!(policy.is_some() || has_error(&findings));
        if let Some(policy) = policy {
            let printed = policy.to_string();
            let (again, _) = MtaStsPolicy::parse(printed.as_bytes());
            prop_assert_eq!(again.map(|policy| policy.to_string()), Some(printed));
        }
    }

    #[test]
    fn records_never_panic(text in "(v=STSv1|id=|[a-z]=|;| |\\PC){0,20}") {
        let (record, findings) = MtaStsRecord::parse(&text);
        prop_assert!(record.is_some() || has_error(&findings));
        if let Some(record) = record {
            prop_assert_eq!(MtaStsRecord::parse(&record.to_string()).0, Some(record));
        }
    }
}
