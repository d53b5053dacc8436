//! Evaluation by cases: each says what a receiver concludes, section by section of
//! RFC 7208. The community's whole test suite for the RFC is another author's work and is
//! not kept here.

use super::{Evaluation, Outcome, Problem, Session, check_helo, check_mail_from};
use crate::spf::zone::{Zone, now};
use Outcome::{Fail, Neutral, None as NoRecord, Pass, PermError, SoftFail, TempError};

const CLIENT: &str = "192.0.2.1";

fn evaluate(zone: &str, client: &str, sender: &str) -> Evaluation {
    let client = client.parse().expect("an address");
    let session = Session::new(client, "helo.example.net", sender)
        .with_receiver("mx.receiver.example")
        .at(1_700_000_000);
    now(check_mail_from(&Zone::new(zone), &session))
}

/// The outcome of mail from `user@example.com` by `client`, with `record` at example.com.
fn check_from(client: &str, record: &str, zone: &str, expect: Outcome) {
    let zone = format!("example.com TXT {record}\n{zone}");
    let evaluation = evaluate(&zone, client, "user@example.com");
    assert_eq!(
        evaluation.outcome, expect,
        "{record}: {:?}",
        evaluation.problem
    );
}

fn check(record: &str, zone: &str, expect: Outcome) {
    check_from(CLIENT, record, zone, expect);
}

#[test]
fn what_is_no_domain_has_no_record() {
    let long = "a".repeat(64);
    for domain in [
        "localhost",
        "[192.0.2.1]",
        "a..example",
        &format!("{long}.example"),
        "",
    ] {
        let evaluation = evaluate("", CLIENT, &format!("user@{domain}"));
        assert_eq!(evaluation.outcome, NoRecord, "{domain}");
    }
    assert_eq!(evaluate("", CLIENT, "user@example.com").outcome, NoRecord);
}

#[test]
fn records_are_selected_by_their_version() {
    let outcome = |zone: &str| evaluate(zone, CLIENT, "user@example.com").outcome;
    assert_eq!(
        outcome("example.com TXT v=spf1 -all\nexample.com TXT token"),
        Fail
    );
    assert_eq!(outcome("example.com TXT v=spf10 -all"), NoRecord);
    assert_eq!(
        outcome("example.com TXT v=spf1 -all\nexample.com TXT V=SPF1 ~all"),
        PermError
    );
    assert_eq!(outcome("example.com TXT v=spf1"), Neutral);
    assert_eq!(outcome("example.com TXT !"), TempError);
}

#[test]
fn one_mistake_anywhere_is_a_permanent_error() {
    check("v=spf1 ip4:192.0.2.1 moo", "", PermError);
    check(
        "v=spf1 ip4:192.0.2.1 exp=a.example exp=b.example",
        "",
        PermError,
    );
    check("v=spf1 ip4:192.0.2.1 a:caf\u{e9}.example", "", PermError);
}

#[test]
fn qualifiers_decide() {
    check("v=spf1 ip4:192.0.2.0/24 -all", "", Pass);
    check("v=spf1 ?ip4:192.0.2.0/24 -all", "", Neutral);
    check("v=spf1 ~all", "", SoftFail);
    check("v=spf1 -ip4:192.0.2.1 all", "", Fail);
    check("v=spf1 ip4:198.51.100.0/24", "", Neutral);
}

#[test]
fn an_ipv4_client_in_ipv6_clothes_is_an_ipv4_client() {
    check_from("::ffff:192.0.2.1", "v=spf1 ip4:192.0.2.1 -all", "", Pass);
    check_from("::ffff:192.0.2.1", "v=spf1 ip6:::/0 -all", "", Fail);
    check_from("2001:db8::1", "v=spf1 ip6:2001:db8::/32 -all", "", Pass);
}

#[test]
fn a_looks_up_the_family_of_the_client() {
    let hosts = "example.com A 192.0.2.1\nmail.example.com AAAA 2001:db8::9";
    check("v=spf1 a -all", hosts, Pass);
    check("v=spf1 a:mail.example.com -all", hosts, Fail);
    check_from(
        "2001:db8::1",
        "v=spf1 a:mail.example.com//64 -all",
        hosts,
        Pass,
    );
    check_from(
        "2001:db8:0:1::1",
        "v=spf1 a:mail.example.com//64 -all",
        hosts,
        Fail,
    );
    check_from("192.0.2.9", "v=spf1 a/24//128 -all", hosts, Pass);
    check("v=spf1 a -all", "example.com A !", TempError);
    check("v=spf1 a:mail.example...com -all", "", Fail);
}

#[test]
fn mx_looks_up_the_mail_hosts() {
    let hosts = "example.com MX 10 a.example.com\nexample.com MX 20 b.example.com\n\
                 a.example.com A 198.51.100.1\nb.example.com A 192.0.2.1";
    check("v=spf1 mx -all", hosts, Pass);
    check_from("203.0.113.1", "v=spf1 mx -all", hosts, Fail);
    check("v=spf1 mx -all", "example.com MX 0 .", Fail);
    check("v=spf1 mx -all", "example.com MX !", TempError);

    let many = |count: usize| -> String {
        let host = |index: usize| {
            format!(
                "example.com MX {index} m{index}.example.com\nm{index}.example.com A 198.51.100.1\n"
            )
        };
        (0..count).map(host).collect::<Vec<_>>().concat()
    };
    check("v=spf1 mx -all", &many(10), Fail);
    check("v=spf1 mx -all", &many(11), PermError);
}

#[test]
fn ptr_trusts_only_names_that_lead_back() {
    let back = "[192.0.2.1] PTR mail.example.com\nmail.example.com A 192.0.2.1";
    check("v=spf1 ptr -all", back, Pass);
    check("v=spf1 ptr:example.org -all", back, Fail);
    check(
        "v=spf1 ptr -all",
        "[192.0.2.1] PTR mail.example.com\nmail.example.com A 192.0.2.2",
        Fail,
    );
    check("v=spf1 ptr -all", "[192.0.2.1] PTR !", Fail);
    check(
        "v=spf1 ptr -all",
        "[192.0.2.1] PTR mail.example.com\nmail.example.com A !",
        Fail,
    );
    let ten: Vec<String> = (0..10)
        .map(|index| {
            format!(
                "[192.0.2.1] PTR n{index}.example.org
"
            )
        })
        .collect();
    let ten = ten.concat();
    check("v=spf1 ptr -all", &format!("{ten}{back}"), Fail);
}

#[test]
fn exists_asks_for_ipv4_whatever_the_client() {
    let zone = "1.2.0.192.user.example.com A 127.0.0.2\nsome.example.com A 127.0.0.2";
    check("v=spf1 exists:%{ir}.%{l}.%{d} -all", zone, Pass);
    check_from("2001:db8::1", "v=spf1 exists:some.%{d} -all", zone, Pass);
    check("v=spf1 exists:other.%{d} -all", zone, Fail);
}

#[test]
fn include_takes_a_pass_and_nothing_else() {
    let with = |record: &str| format!("other.example TXT {record}");
    check(
        "v=spf1 include:other.example -all",
        &with("v=spf1 ip4:192.0.2.1 -all"),
        Pass,
    );
    check(
        "v=spf1 include:other.example ~all",
        &with("v=spf1 -all"),
        SoftFail,
    );
    check(
        "v=spf1 include:other.example ~all",
        &with("v=spf1 ?all"),
        SoftFail,
    );
    check(
        "v=spf1 ?include:other.example ~all",
        &with("v=spf1 +all"),
        Neutral,
    );
    check(
        "v=spf1 include:other.example -all",
        &with("v=spf1 moo"),
        PermError,
    );
    check("v=spf1 include:other.example -all", &with("!"), TempError);
    check("v=spf1 include:other.example -all", "", PermError);
    check("v=spf1 include:a...example -all", "", PermError);
}

#[test]
fn redirect_takes_everything() {
    let with = |record: &str| format!("other.example TXT {record}");
    check("v=spf1 redirect=other.example", &with("v=spf1 -all"), Fail);
    check("v=spf1 redirect=other.example", &with("v=spf1 mx"), Neutral);
    check(
        "v=spf1 redirect=other.example ~all",
        &with("v=spf1 -all"),
        SoftFail,
    );
    check("v=spf1 redirect=other.example", "", PermError);
    check(
        "v=spf1 redirect=other.example",
        &with("v=spf1 moo"),
        PermError,
    );
    check("v=spf1 redirect=example.com", "", PermError);
}

#[test]
fn the_eleventh_lookup_is_one_too_many() {
    let exists = |count: usize| -> (String, String) {
        let terms: Vec<String> = (0..count).map(|i| format!("a:h{i}.example.com")).collect();
        let hosts: Vec<String> = (0..count)
            .map(|i| {
                format!(
                    "h{i}.example.com A 198.51.100.1
"
                )
            })
            .collect();
        (format!("v=spf1 {} -all", terms.join(" ")), hosts.concat())
    };
    let (record, hosts) = exists(10);
    check(&record, &hosts, Fail);
    let (record, hosts) = exists(11);
    check(&record, &hosts, PermError);
    let evaluation = evaluate(
        &format!("example.com TXT {record}\n{hosts}"),
        CLIENT,
        "user@example.com",
    );
    assert_eq!(
        (evaluation.lookups, evaluation.problem),
        (11, Some(Problem::Lookups))
    );
    check("v=spf1 include:example.com -all", "", PermError);
}

#[test]
fn the_third_void_lookup_is_one_too_many() {
    check("v=spf1 a:x.example a:y.example -all", "", Fail);
    check(
        "v=spf1 a:x.example a:y.example exists:z.example -all",
        "",
        PermError,
    );
    check("v=spf1 mx:x.example a:y.example ptr -all", "", PermError);
    let two = evaluate(
        "example.com TXT v=spf1 a mx -all",
        CLIENT,
        "user@example.com",
    );
    assert_eq!((two.lookups, two.void_lookups), (2, 2));
}

#[test]
fn a_match_ends_the_evaluation_before_later_costs() {
    let zone =
        "example.com TXT v=spf1 a ip4:192.0.2.1 a:x.example mx -all\nexample.com A 198.51.100.1";
    let evaluation = evaluate(zone, CLIENT, "user@example.com");
    assert_eq!((evaluation.outcome, evaluation.lookups), (Pass, 1));
}

#[test]
fn macros() {
    let explained = |client: &str, sender: &str, text: &str| {
        let zone = format!(
            "example.com TXT v=spf1 -all exp=why.example.com\nwhy.example.com TXT {text}\n\
             [192.0.2.1] PTR mail.example.com\nmail.example.com A 192.0.2.1"
        );
        evaluate(&zone, client, sender)
            .explanation
            .expect("an explanation")
    };
    let check = |text: &str, expect: &str| {
        assert_eq!(explained(CLIENT, "strong-bad@example.com", text), expect);
    };
    check(
        "%{s} %{o} %{d} %{l}",
        "strong-bad@example.com example.com example.com strong-bad",
    );
    check(
        "%{d1} %{dr} %{d2r} %{d9}",
        "com com.example com.example example.com",
    );
    check("%{l-} %{lr-} %{l1r-}", "strong.bad bad.strong strong");
    check(
        "%{i} %{ir} %{v} %{c}",
        "192.0.2.1 1.2.0.192 in-addr 192.0.2.1",
    );
    check(
        "%{h} %{r} %{t} %{p}",
        "helo.example.net mx.receiver.example 1700000000 mail.example.com",
    );
    check("%%%_%-%{S}", "% %20strong-bad%40example.com");
    assert_eq!(
        explained(CLIENT, "@example.com", "%{s}"),
        "postmaster@example.com"
    );
    assert_eq!(
        explained("2001:db8::cb01", "user@example.com", "%{ir}.%{v} %{c} %{p}"),
        "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6 2001:db8::cb01 unknown"
    );
}

#[test]
fn the_explanation_is_that_of_the_record_that_refused() {
    let explained = |zone: &str| evaluate(zone, CLIENT, "user@example.com").explanation;
    let redirect = "example.com TXT v=spf1 redirect=b.example exp=a.example\n\
                    b.example TXT v=spf1 -all exp=why.%{d}\nwhy.b.example TXT no, says %{d}";
    assert_eq!(explained(redirect).as_deref(), Some("no, says b.example"));
    let include = "example.com TXT v=spf1 include:b.example -all\n\
                   b.example TXT v=spf1 -all exp=why.b.example\nwhy.b.example TXT no";
    assert_eq!(explained(include), None);
    let broken = |text: &str| format!("example.com TXT v=spf1 -all exp=why.example.com\n{text}");
    for text in [
        "why.example.com TXT !",
        "why.example.com TXT a\nwhy.example.com TXT b",
        "why.example.com TXT 100% no",
        "why.example.com TXT caf\u{e9}",
        "other.example TXT a",
    ] {
        assert_eq!(explained(&broken(text)), None, "{text}");
    }
}

#[test]
fn a_name_that_macros_made_too_long_loses_labels_on_the_left() {
    let sender = format!("{}@example.com", "a.".repeat(130) + "b");
    let tail = "a.".repeat(120) + "b.example.com";
    let zone = format!("example.com TXT v=spf1 exists:%{{l}}.%{{d}} -all\n{tail} A 127.0.0.2");
    assert_eq!(tail.len(), 253);
    assert_eq!(evaluate(&zone, CLIENT, &sender).outcome, Pass);
}

#[test]
fn a_bounce_is_judged_by_its_helo() {
    let zone =
        "helo.example.net TXT v=spf1 ip4:192.0.2.1 -all exp=why.example\nwhy.example TXT %{s}";
    assert_eq!(evaluate(zone, CLIENT, "").outcome, Pass);
    let refused = evaluate(zone, "198.51.100.1", "");
    assert_eq!(
        refused.explanation.as_deref(),
        Some("postmaster@helo.example.net")
    );
}

#[test]
fn the_terms_that_matched_are_told() {
    let zone = "example.com TXT v=spf1 ip4:198.51.100.0/24 redirect=b.example
        b.example TXT v=spf1 a include:c.example -all
        c.example TXT v=spf1 ~mx ip4:192.0.2.0/24";
    let told = |client: &str| evaluate(zone, client, "user@example.com").to_string();
    assert_eq!(
        told(CLIENT),
        "pass (include:c.example of b.example, ip4:192.0.2.0/24 of c.example)"
    );
    assert_eq!(told("203.0.113.1"), "fail (-all of b.example)");
    assert_eq!(
        told("198.51.100.1"),
        "pass (ip4:198.51.100.0/24 of example.com)"
    );
    let evaluation = evaluate(zone, CLIENT, "user@example.com");
    let positions: Vec<usize> = evaluation.matched.iter().map(|one| one.position).collect();
    assert_eq!(positions, [1, 1]);
    let json = serde_json::to_value(&evaluation).expect("JSON");
    assert_eq!(json["outcome"], "pass");
    assert_eq!(json["matched"][1]["domain"], "c.example");

    let broken = evaluate(
        "example.com TXT v=spf1 a -all\nexample.com A !",
        CLIENT,
        "a@example.com",
    );
    assert_eq!(
        broken.to_string(),
        "temperror (DNS gave no answer for example.com: SERVFAIL)"
    );
    assert_eq!(evaluate("", CLIENT, "a@example.com").to_string(), "none");
}

#[test]
fn helo_is_a_sender_of_its_own() {
    let zone = Zone::new(
        "helo.example.net TXT v=spf1 exists:%{l}.%{o}.ok.example -all
        postmaster.helo.example.net.ok.example A 127.0.0.1",
    );
    let session = Session::new(
        CLIENT.parse().expect("an address"),
        "helo.example.net",
        "u@x.example",
    );
    assert_eq!(now(check_helo(&zone, &session)).outcome, Pass);
    assert_eq!(now(check_mail_from(&zone, &session)).outcome, NoRecord);
}
