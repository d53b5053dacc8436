//! Tables for values that are shared, foreign, stale or in the way.

use super::*;
use standards::Protocol;

fn record(rtype: &str, values: &[&str], sharing: Sharing) -> Record {
    Record {
        name: "example.com".into(),
        rtype: rtype.parse().expect("a type"),
        ttl: 300,
        values: values.iter().map(|value| Field::from(*value)).collect(),
        alias: None,
        sharing,
    }
}

fn live(rtype: &str, ttl: u32, values: &[&str]) -> State {
    State {
        set: Some(LiveSet {
            name: "example.com".to_owned(),
            rtype: rtype.parse().expect("a type"),
            ttl: Some(ttl),
            values: values
                .iter()
                .map(|value| LiveValue::ours(rtype.parse().expect("a type"), value))
                .collect(),
            alias: None,
            evaluates_health: false,
            routing: None,
        }),
        in_the_way: Vec::new(),
        hidden_by: None,
        pending: None,
    }
}

fn spf() -> Sharing {
    Sharing::OneOf {
        protocol: Protocol::Spf,
    }
}

fn fields(diff: &Diff) -> Vec<&str> {
    diff.changes
        .iter()
        .map(|change| change.field.as_str())
        .collect()
}

#[test]
fn a_value_beside_others_is_in_sync_whatever_the_ttl() {
    let ours = record("TXT", &["v=spf1 -all"], spf());
    let actual = live("TXT", 60, &["site-verification=1", "v=spf1 -all"]);
    assert!(ours.diff(&actual, None).is_empty());
    assert!(ours.conflict(&actual, None).is_none());
}

#[test]
fn a_second_value_of_one_protocol_is_a_conflict_that_shows_both() {
    let ours = record("TXT", &["v=spf1 -all"], spf());
    let actual = live("TXT", 60, &["v=spf1 include:other.example ~all"]);
    let finding = ours.conflict(&actual, None).expect("a conflict");
    assert!(
        finding.reason.contains("include:other.example"),
        "{}",
        finding.reason
    );
    assert!(finding.reason.contains("v=spf1 -all"), "{}", finding.reason);
}

#[test]
fn what_we_asked_for_last_time_is_no_conflict_but_a_change() {
    let before = record("TXT", &["v=spf1 ~all"], spf());
    let now = record("TXT", &["v=spf1 -all"], spf());
    let actual = live("TXT", 300, &["v=spf1 ~all"]);
    assert!(now.conflict(&actual, Some(&before)).is_none());
    assert_eq!(fields(&now.diff(&actual, Some(&before))), ["values"]);
}

#[test]
fn case_and_final_dots_of_hosts_mean_nothing() {
    let ours = record("CNAME", &["Token.DKIM.amazonses.com."], Sharing::Whole);
    assert!(
        ours.diff(&live("CNAME", 300, &["token.dkim.amazonses.com"]), None)
            .is_empty()
    );
}

#[test]
fn a_value_that_was_deleted_by_somebody_is_missing() {
    let ours = record("TXT", &["token-a"], Sharing::Many);
    let actual = live("TXT", 300, &["token-b"]);
    assert_eq!(fields(&ours.diff(&actual, Some(&ours))), ["values"]);
    assert!(!ours.concerns(&actual));
}

#[test]
fn a_shared_value_goes_only_with_its_last_holder() {
    let ours = record("TXT", &["a", "b"], Sharing::Many);
    let rest = ours
        .without(&|claim| claim.ends_with(" a"))
        .expect("one is left");
    assert_eq!(rest.known_values(), ["b"]);
    assert_eq!(ours.without(&|_| true), None);
}

#[test]
fn the_ttl_is_ours_only_when_we_are_alone() {
    let ours = record("TXT", &["v=spf1 -all"], spf());
    assert_eq!(
        fields(&ours.diff(&live("TXT", 60, &["v=spf1 -all"]), None)),
        ["ttl"]
    );
}

#[test]
fn an_unknown_value_is_a_change_to_what_is_known_after_apply() {
    let identity = model::ResourceId::new("ses_identity", "example.com", "a");
    let mut ours = record("TXT", &[], Sharing::Many);
    ours.values = vec![Field::output(&identity, "/token")];
    assert_eq!(
        fields(&ours.diff(&live("TXT", 300, &["other"]), None)),
        ["values"]
    );
}

#[test]
fn our_value_changed_by_hand_is_drift_and_no_conflict() {
    let ours = record("TXT", &["v=spf1 -all"], spf());
    let actual = live("TXT", 300, &["site=1", "v=spf1 ~all"]);
    assert!(ours.conflict(&actual, Some(&ours)).is_none());
    assert_eq!(fields(&ours.diff(&actual, Some(&ours))), ["values"]);
    let recorded = live("TXT", 300, &["site=1", "v=spf1 -all"]);
    let drift = ours.drift(Some(&recorded), &actual, &|_| false);
    assert_eq!(fields(&drift), ["values"]);
    // Never written by us, it is somebody else's.
    assert!(ours.conflict(&actual, None).is_some());
}

#[test]
fn a_second_value_beside_ours_is_a_conflict() {
    let ours = record("TXT", &["v=spf1 -all"], spf());
    let actual = live("TXT", 300, &["v=spf1 -all", "v=spf1 ~all"]);
    assert!(ours.conflict(&actual, Some(&ours)).is_some());
    let mx = record("MX", &["10 a.example.net"], Sharing::Whole);
    let more = live("MX", 300, &["10 a.example.net", "20 b.example.net"]);
    assert!(mx.conflict(&more, Some(&mx)).is_some());
    let other = live("MX", 300, &["20 b.example.net"]);
    assert!(mx.conflict(&other, Some(&mx)).is_none());
}

#[test]
fn what_we_had_at_another_name_says_nothing_about_this_one() {
    let mut before = record("TXT", &["v=spf1 -all"], spf());
    before.name = "elsewhere.example.com".into();
    let ours = record("TXT", &["v=spf1 -all"], spf());
    let actual = live("TXT", 300, &["v=spf1 ~all"]);
    assert!(ours.conflict(&actual, Some(&before)).is_some());
}

/// Only the value that comes may look new.
#[test]
fn a_value_that_stays_is_spelled_alike_on_both_sides() {
    let wanted = record(
        "MX",
        &["10 A.example.net.", "20 b.example.net."],
        Sharing::Whole,
    );
    let diff = wanted.diff(&live("MX", 300, &["10 a.example.net"]), None);
    let sides = diff
        .changes
        .iter()
        .map(|change| (change.from.as_json(), change.to.as_json()));
    let sides: Vec<String> = sides.map(|(from, to)| format!("{from} {to}")).collect();
    let expect = r#"["10 a.example.net"] ["10 a.example.net","20 b.example.net"]"#;
    assert_eq!(sides, [expect]);
}
