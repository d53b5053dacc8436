//! Every format that ever was is read, and nothing else is.

use kinds::pure;
use model::{DomainLedger, Status};
use serde_json::{Value, json};

use super::{FORMAT, Unreadable, read_line, read_snapshot, write_line, write_snapshot};
use crate::event::fold;

/// A snapshot that a program of format 1 wrote after a whole apply of `deploy/example.yaml`.
const SNAPSHOT_1: &str = include_str!("fixtures/format_1.json");
/// The journal of the same apply, killed in its middle.
const JOURNAL_1: &str = include_str!("fixtures/format_1.jsonl");

fn folded(journal: &str) -> DomainLedger {
    let mut ledger = DomainLedger::default();
    for line in journal.lines() {
        let line = read_line(line.as_bytes(), &pure()).expect("a line of format 1");
        fold(&mut ledger, &line);
    }
    ledger
}

#[test]
fn a_snapshot_of_format_1_is_read_whole() {
    let (ledger, number) = read_snapshot(SNAPSHOT_1.as_bytes(), &pure()).expect("format 1");
    let before: Value = serde_json::from_str(SNAPSHOT_1).expect("JSON");
    assert_eq!(before["number"], number);
    let entries = before["ledger"]["entries"].as_object().expect("entries");
    assert_eq!(ledger.entries.len(), entries.len());
    for entry in ledger.entries.values() {
        let old = &entries[&entry.id.to_string()];
        assert_eq!(
            entry.physical().map(|one| json!(one)),
            Some(old["physical"].clone())
        );
        assert!(!entry.is_open(), "{}", entry.id);
        // A field by another name or a lost value would show here.
        if entry.id.kind != "s3_bucket_policy" {
            assert_eq!(entry.spec.to_json(), old["spec"], "{}", entry.id);
        }
    }
    assert!(ledger.serving.is_some());
}

#[test]
fn the_policy_of_a_bucket_becomes_what_it_grants() {
    let (ledger, _) = read_snapshot(SNAPSHOT_1.as_bytes(), &pure()).expect("format 1");
    let before: Value = serde_json::from_str(SNAPSHOT_1).expect("JSON");
    let policies = ledger.entries.values();
    let policies = policies.filter(|entry| entry.id.kind == "s3_bucket_policy");
    let mut seen = 0;
    for entry in policies {
        let spec = entry.spec.get::<kinds::S3BucketPolicy>().expect("a policy");
        let old = &before["ledger"]["entries"][&entry.id.to_string()]["spec"]["document"];
        assert_eq!(&spec.document(), old, "{}", entry.id);
        seen += 1;
    }
    assert_eq!(seen, 2, "the assets and the logs");
}

#[test]
fn a_journal_of_format_1_keeps_its_open_intents() {
    let ledger = folded(JOURNAL_1);
    let open: Vec<String> = ledger
        .entries
        .values()
        .filter(|entry| entry.status == Status::Creating)
        .map(|entry| entry.id.to_string())
        .collect();
    let expected = [
        "ses_mail_from/example.com/marketing.us-east-1",
        "ses_mail_from/example.com/operations.eu-west-1",
    ];
    assert_eq!(open, expected);
}

#[test]
fn what_is_written_is_read_back() {
    let (ledger, number) = read_snapshot(SNAPSHOT_1.as_bytes(), &pure()).expect("format 1");
    let written = write_snapshot(&ledger, number);
    assert_eq!(
        read_snapshot(written.as_bytes(), &pure()),
        Ok((ledger, number))
    );
    for line in JOURNAL_1.lines() {
        let line = read_line(line.as_bytes(), &pure()).expect("a line of format 1");
        let written = write_line(&line);
        assert_eq!(read_line(written.as_bytes(), &pure()), Ok(line));
    }
}

/// The first line of a journal of today's format, changed.
fn changed(change: impl FnOnce(&mut Value)) -> Result<crate::Line, Unreadable> {
    let line = JOURNAL_1.lines().find(|line| line.contains("applied"));
    let line = read_line(line.expect("a result").as_bytes(), &pure()).expect("format 1");
    let mut json: Value = serde_json::from_str(&write_line(&line)).expect("JSON");
    change(&mut json);
    read_line(json.to_string().as_bytes(), &pure())
}

fn malformed(change: impl FnOnce(&mut Value)) -> String {
    match changed(change) {
        Err(Unreadable::Malformed(reason)) => reason,
        other => panic!("should be malformed: {other:?}"),
    }
}

#[test]
fn a_stored_spec_that_does_not_fit_its_kind_is_an_error() {
    let spec = "/event/applied/entry/spec";
    let missing = malformed(|line| {
        let spec = line.pointer_mut(spec).and_then(Value::as_object_mut);
        let spec = spec.expect("a spec");
        let first = spec.keys().next().expect("a field").clone();
        spec.remove(&first);
    });
    assert!(missing.contains("not a spec of a"), "{missing}");
    assert!(missing.contains("missing field"), "{missing}");
    let unknown =
        malformed(|line| line.pointer_mut(spec).expect("a spec")["of_tomorrow"] = 1.into());
    assert!(unknown.contains("unknown field `of_tomorrow`"), "{unknown}");
}

#[test]
fn an_unknown_kind_is_an_error_that_names_it() {
    let reason = malformed(|line| {
        line["event"]["applied"]["entry"]["id"] = "sqs_queue/example.com/main".into();
    });
    assert!(reason.contains("the kind `sqs_queue`"), "{reason}");
    assert!(reason.contains("use a newer deploy"), "{reason}");
}

#[test]
fn a_newer_format_is_known_before_anything_else_is_read() {
    let newer = json!({"format": FORMAT + 1, "how": "nobody knows"}).to_string();
    assert_eq!(
        read_line(newer.as_bytes(), &pure()),
        Err(Unreadable::Newer(FORMAT + 1))
    );
    let none = json!({"number": 1}).to_string();
    assert!(matches!(
        read_line(none.as_bytes(), &pure()),
        Err(Unreadable::Malformed(_))
    ));
}

#[test]
fn half_a_line_is_torn_even_inside_a_character() {
    let line = "{\"format\":2,\"event\":{\"refused\":{\"reason\":\"für";
    let whole = line.as_bytes();
    for length in 1..=whole.len() {
        let read = read_line(&whole[..length], &pure());
        assert!(
            matches!(read, Err(Unreadable::Torn(_))),
            "{length}: {read:?}"
        );
    }
}
