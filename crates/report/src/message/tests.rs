//! Each form of a message, and the limits of its service.

use insta::assert_snapshot;
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::json_text;

fn line(severity: Severity, mail: MailImpact, subject: &str, text: &str) -> Line {
    Line {
        severity,
        mail,
        subject: subject.to_owned(),
        text: text.to_owned(),
    }
}

fn lines() -> Vec<Line> {
    vec![
        line(
            Severity::Error,
            MailImpact::Receiving,
            "example.com route53_record_set mx",
            "is gone",
        ),
        line(
            Severity::Warn,
            MailImpact::None,
            "example.com s3_bucket assets",
            "is not as we left it: <!channel> `*x*` @everyone [a](https://evil.example) \u{1b}[2J",
        ),
    ]
}

fn message<'a>(lines: &'a [Line], over: &'a [String]) -> Message<'a> {
    Message {
        project: "anycompany",
        command: "drift",
        lines,
        over,
        done: None,
        next: "deploy plan deploy.yaml",
        link: Some("https://ci.example/run/7?attempt=1&b=2"),
        at: "2026-11-28T06:00:00Z".parse().expect("a time"),
    }
}

fn shown(value: &Value) -> String {
    json_text(value)
}

#[test]
fn each_form_of_a_message() {
    let (lines, over) = (lines(), ["example.com route53_record_set spf".to_owned()]);
    let message = message(&lines, &over);
    assert_snapshot!("slack", shown(&slack(&message)));
    assert_snapshot!("teams", shown(&teams(&message)));
    assert_snapshot!("google_chat", shown(&google_chat(&message)));
    assert_snapshot!("discord", shown(&discord(&message)));
    assert_snapshot!("pagerduty", shown(&pagerduty_trigger(&message)));
    assert_snapshot!("cloudevents", shown(&cloudevents(&message, "1")));
    let (subject, text) = sns(&message);
    assert_snapshot!("sns", format!("{subject}\n---\n{text}"));
    let resolved = pagerduty_resolve("anycompany", "drift");
    assert_eq!(
        resolved["dedup_key"],
        pagerduty_trigger(&message)["dedup_key"]
    );
    assert_eq!(resolved["event_action"], "resolve");
}

#[test]
fn a_title_counts_and_says_what_is_over() {
    let title = |lines: &[Line], over: &[String]| message(lines, over).title();
    let over = ["a".to_owned()];
    assert_eq!(
        title(&lines(), &[]),
        "anycompany: deploy drift: 1 error, 1 warning"
    );
    assert_eq!(title(&[], &over), "anycompany: deploy drift: 1 over");
    assert_eq!(title(&[], &[]), "anycompany: deploy drift: done");
}

/// Nobody is woken up by a logo.
#[test]
fn an_incident_is_as_severe_as_what_it_does_to_mail() {
    let check = |severity, mail, expect: &str| {
        let lines = [line(severity, mail, "x", "y")];
        let event = pagerduty_trigger(&message(&lines, &[]));
        assert_eq!(event["payload"]["severity"], expect);
    };
    check(Severity::Error, MailImpact::Receiving, "critical");
    check(Severity::Error, MailImpact::Branding, "error");
    check(Severity::Warn, MailImpact::Receiving, "warning");
}

#[test]
fn a_page_that_could_break_out_of_a_form_is_left_out() {
    let check = |link: &str, is_shown: bool| {
        let message = Message {
            link: Some(link),
            ..message(&[], &[])
        };
        assert_eq!(message.page().is_some(), is_shown, "{link}");
    };
    check("https://ci.example/run/7", true);
    check("http://ci.example/run/7", false);
    check("https://ci.example/a|b>", false);
    check("javascript:alert(1)", false);
}

/// Any text from outside, also such that an escape makes longer.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[&<>`*_~|\\\\\"@#]{0,4000}",
        "\\PC{0,3000}",
        Just("\u{1f4e7}".repeat(5000)),
        Just("\u{1b}\u{7}".repeat(5000)),
        Just("```\n*x*".repeat(900)),
    ]
}

fn any_line() -> impl Strategy<Value = Line> {
    let severity = prop_oneof![
        Just(Severity::Info),
        Just(Severity::Warn),
        Just(Severity::Error)
    ];
    let mail = prop_oneof![Just(MailImpact::None), Just(MailImpact::Receiving)];
    (severity, mail, text(), text()).prop_map(|(severity, mail, subject, text)| Line {
        severity,
        mail,
        subject,
        text,
    })
}

/// The characters of a text as services count them.
fn length(value: &Value) -> usize {
    value.as_str().expect("a text").chars().count()
}

fn check_slack(value: &Value) {
    let blocks = value["blocks"].as_array().expect("blocks");
    assert!(blocks.len() <= 50);
    for block in blocks {
        let max = if block["type"] == "header" { 150 } else { 3000 };
        let text = &block["text"]["text"];
        assert!((1..=max).contains(&length(text)), "{block}");
        // What is not ours stands in a block in which nothing is formatted, and no sign of Slack's
        // own is left in it.
        let text = text.as_str().expect("a text");
        assert!(text.matches("```").count().is_multiple_of(2), "{text}");
        let ours = text.replace("<https://ci.example/run/7?attempt=1&amp;b=2|The run>", "");
        assert!(!ours.contains(['<', '>']), "{text}");
    }
}

fn check_discord(value: &Value) {
    let embed = &value["embeds"][0];
    let (title, description) = (length(&embed["title"]), length(&embed["description"]));
    assert!(title <= 256 && description <= 4096 && title + description <= 6000);
    assert_eq!(value["allowed_mentions"]["parse"], Value::Array(Vec::new()));
}

fn check_pagerduty(value: &Value) {
    assert!(length(&value["payload"]["summary"]) <= 1024);
    assert!(length(&value["dedup_key"]) <= 255);
    assert!(value.to_string().len() <= 512 * 1024);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// The limits are those of the services' documentation; the source stands with each form.
    #[test]
    fn every_form_keeps_its_service_s_limits(
        lines in prop::collection::vec(any_line(), 0..40),
        over in prop::collection::vec(text(), 0..40),
        done in prop::option::of(text()),
    ) {
        let message = Message { done: done.as_deref(), ..message(&lines, &over) };
        check_slack(&slack(&message));
        prop_assert!(teams(&message).to_string().len() <= 28 * 1024);
        prop_assert!(google_chat(&message).to_string().len() <= 32_000);
        check_discord(&discord(&message));
        check_pagerduty(&pagerduty_trigger(&message));
        prop_assert!(cloudevents(&message, "1").to_string().len() <= 64 * 1024);
        let (subject, text) = sns(&message);
        prop_assert!((1..=100).contains(&subject.len()));
        prop_assert!(subject.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
        prop_assert!((1..=262_144).contains(&text.len()));
        prop_assert!(text.chars().all(|c| !c.is_control() || c == '\n'));
    }
}
