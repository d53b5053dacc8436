//! Every format that ever was is read, and nothing else is.

use std::collections::BTreeMap;

use kinds::pure;
use model::{DomainLedger, Status};
use serde_json::{Value, json};

use super::format_3::{read_line, read_snapshot};
use super::{Added, Document, Stamped, Unreadable, format_2, read};
use crate::event::fold;

/// A snapshot that a program of format 1 wrote after a whole apply of `deploy/example.yaml`.
const SNAPSHOT_1: &str = include_str!("fixtures/format_1.json");
/// The journal of the same apply, killed in its middle.
const JOURNAL_1: &str = include_str!("fixtures/format_1.jsonl");
/// A snapshot that a program of format 2 wrote after a whole apply of `deploy/example.yaml`.
const SNAPSHOT_2: &str = include_str!("fixtures/format_2.json");
/// The journal of the same apply, killed in its middle.
const JOURNAL_2: &str = include_str!("fixtures/format_2.jsonl");
/// The snapshots that a program of format 3 wrote after a whole apply of `deploy/example.yaml`: of the
/// domain, and of what domains share.
const SNAPSHOTS_3: [&str; 2] = [
    include_str!("fixtures/format_3.json"),
    include_str!("fixtures/format_3_shared.json"),
];
/// The journal of the same apply, killed in its middle.
const JOURNAL_3: &str = include_str!("fixtures/format_3.jsonl");
/// The documents that a program of format 4 wrote after a whole apply of `deploy/example.yaml`: of the
/// domain, and of what domains share.
const DOCUMENTS_4: [&str; 2] = [
    include_str!("fixtures/format_4.jsonl"),
    include_str!("fixtures/format_4_shared.jsonl"),
];
/// The document of the same apply, killed in its middle.
const KILLED_4: &str = include_str!("fixtures/format_4_killed.jsonl");
/// A spec and a state of each kind, as the first program of format 1 wrote them.
const KINDS_1: &str = include_str!("fixtures/format_1_kinds.json");

fn folded(journal: &str) -> DomainLedger {
    let mut ledger = DomainLedger::default();
    for line in journal.lines() {
        let line = read_line(line.as_bytes(), &pure()).expect("a line of an older format");
        fold(&mut ledger, &line);
    }
    ledger
}

/// A way to change a stored value, with every result that it has.
type Change<'a> = &'a dyn Fn(&Value) -> Vec<Value>;

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
fn format_2_is_read_whole_and_nothing_of_it_has_holders() {
    let (ledger, number) = read_snapshot(SNAPSHOT_2.as_bytes(), &pure()).expect("format 2");
    let before: Value = serde_json::from_str(SNAPSHOT_2).expect("JSON");
    assert_eq!(before["number"], number);
    let entries = before["ledger"]["entries"].as_array().expect("entries");
    assert_eq!(ledger.entries.len(), entries.len());
    for old in entries {
        let id = old["id"].as_str().expect("an id").parse().expect("an id");
        let entry = &ledger.entries[&id];
        assert_eq!(entry.spec.to_json(), old["spec"], "{id}");
        assert_eq!(json!(entry.origin), old["origin"], "{id}");
        assert!(entry.holders.is_empty(), "{id}");
    }
    assert!(ledger.unread.is_empty());
    let journal = folded(JOURNAL_2);
    let is_open = |entry: &&std::sync::Arc<model::Entry>| entry.is_open();
    let open = journal.entries.values().filter(is_open).count();
    assert!(open > 0 && open < journal.entries.len(), "{open}");
}

/// The snapshot and the journal become one document, which keeps what they had.
#[test]
fn format_3_is_read_whole_and_written_as_one_document() {
    for snapshot in SNAPSHOTS_3 {
        let before: Value = serde_json::from_str(snapshot).expect("JSON");
        let document = read(b"", Some(snapshot.as_bytes()), &pure()).expect("format 3");
        assert_eq!(before["number"], document.number);
        let entries = before["ledger"]["entries"].as_array().expect("entries");
        assert_eq!(document.ledger.entries.len(), entries.len());
        for old in entries {
            let id = old["id"].as_str().expect("an id").parse().expect("an id");
            let entry = &document.ledger.entries[&id];
            assert_eq!(entry.spec.to_json(), old["spec"], "{id}");
            assert_eq!(json!(entry.holders), old["holders"], "{id}");
        }
        let again = read(&document.header("a"), None, &pure()).expect("format 4");
        assert_eq!(
            (again.ledger, again.number),
            (document.ledger, document.number)
        );
    }
    let journal = read(JOURNAL_3.as_bytes(), None, &pure()).expect("format 3");
    let open = journal
        .ledger
        .entries
        .values()
        .filter(|entry| entry.is_open());
    assert!(open.count() > 0);
}

#[test]
fn format_4_is_read_whole_and_no_object_of_it_has_a_version() {
    for text in DOCUMENTS_4 {
        let document = read(text.as_bytes(), None, &pure()).expect("format 4");
        assert!(!document.is_current);
        let entries = document.ledger.entries.values();
        let ids = entries.map(|entry| format!("\"id\":\"{}\"", entry.id));
        assert!(document.ledger.entries.len() > 30 || document.ledger.entries.len() == 1);
        for id in ids {
            assert!(text.contains(&id), "{id}");
        }
        let objects = document.ledger.entries.values();
        let states = objects.filter_map(|entry| entry.state.as_ref()?.get::<kinds::S3Object>());
        assert!(states.into_iter().all(|state| state.version.is_none()));
        let again = read(&document.header("a"), None, &pure()).expect("today's format");
        assert!(again.is_current);
        assert_eq!(
            (again.ledger, again.number, again.fence),
            (document.ledger, document.number, document.fence)
        );
    }
    let killed = read(KILLED_4.as_bytes(), None, &pure()).expect("format 4");
    let entries = killed.ledger.entries.values();
    assert!(entries.filter(|entry| entry.is_open()).count() > 0);
}

/// The spec and the state of each kind.
fn kinds_1() -> BTreeMap<String, (Value, Value)> {
    serde_json::from_str(KINDS_1).expect("a spec and a state of each kind")
}

/// Reads a line of format 1 with an entry of `kind`.
fn read_1(kind: &str, spec: &Value, state: &Value) -> Result<crate::Line, Unreadable> {
    let entry = json!({
        "id": format!("{kind}/example.com/one"),
        "home": null,
        "physical": "one",
        "spec": spec,
        "intended": null,
        "state": state,
        "origin": "created",
        "before": null,
        "serves_policy": null,
        "needs": [],
        "impact": {"mail": "none", "reason": ""},
        "open": false,
        "changed": "2026-11-24T12:00:00Z",
    });
    let event = json!({ "applied": {"entry": entry} });
    let at = "2026-11-24T12:00:00Z";
    let line = json!({"format": 1, "number": 1, "at": at, "event": event});
    read_line(line.to_string().as_bytes(), &pure())
}

/// `value` with each of its structures changed in turn, as deep as `shape` knows them.
fn each_changed(value: &Value, shape: &Value, change: &dyn Fn(&Value) -> Vec<Value>) -> Vec<Value> {
    let Some(shapes) = shape.as_object() else {
        return Vec::new();
    };
    if shapes.contains_key("kept") {
        return Vec::new();
    }
    if let Some(inner) = shapes.get("perhaps") {
        return each_changed(value, inner, change);
    }
    let mut found = Vec::new();
    if let Some(inner) = shapes.get("list of") {
        let items = value.as_array().into_iter().flatten().enumerate();
        for (position, item) in items {
            for other in each_changed(item, inner, change) {
                let mut changed = value.clone();
                changed[position] = other;
                found.push(changed);
            }
        }
        return found;
    }
    let Some(fields) = value.as_object() else {
        return Vec::new();
    };
    found.extend(change(value));
    for (name, field) in fields {
        let inner = shapes.get(name).unwrap_or(&Value::Null);
        for other in each_changed(field, inner, change) {
            let mut changed = value.clone();
            changed[name.as_str()] = other;
            found.push(changed);
        }
    }
    found
}

/// `structure` without each of its fields in turn.
fn less(structure: &Value) -> Vec<Value> {
    let mut fields = structure.as_object().expect("a structure").clone();
    // Every program wrote a record with its type, and there is none to guess.
    let fixed = ["record", "rtype"].map(|name| fields.remove_entry(name));
    let fixed = fixed.into_iter().flatten();
    let fixed: serde_json::Map<String, Value> = fixed.collect();
    let with_fixed = |less: Value| {
        let mut less = less.as_object().expect("a structure").clone();
        less.extend(fixed.clone());
        Value::Object(less)
    };
    less_of(&fields).map(with_fixed).collect()
}

/// The structure without each of its fields in turn.
fn less_of(fields: &serde_json::Map<String, Value>) -> impl Iterator<Item = Value> {
    fields.keys().map(|name| {
        let mut fields = fields.clone();
        fields.remove(name);
        Value::Object(fields)
    })
}

#[test]
fn a_record_of_format_1_without_its_type_is_refused() {
    let (spec, state) = &kinds_1()["published_record"];
    let mut spec = spec.clone();
    let record = spec["record"].as_object_mut().expect("a record");
    record.remove("rtype").expect("its type");
    let refused = read_1("published_record", &spec, state).expect_err("no type");
    assert!(
        format!("{refused:?}").contains("unknown variant"),
        "{refused:?}"
    );
}

/// `structure` with a field that no program ever had.
fn more(structure: &Value) -> Vec<Value> {
    let mut structure = structure.clone();
    structure["field_of_tomorrow"] = json!({"any": ["thing"]});
    vec![structure]
}

#[test]
fn format_1_is_known_of_every_kind() {
    let recorded: Vec<String> = kinds_1().into_keys().collect();
    let kinds: Vec<&str> = pure().into_keys().collect();
    assert_eq!(recorded, kinds, "every kind has its row");
}

#[test]
fn every_kind_of_format_1_is_read_with_fewer_and_with_more_fields() {
    for (kind, (spec, state)) in kinds_1() {
        let shapes = &super::format_1::SHAPES[kind.as_str()];
        let check = |spec: &Value, state: &Value| {
            let line = read_1(&kind, spec, state);
            let line = line.unwrap_or_else(|error| panic!("{error:?}\n{spec}\n{state}"));
            // What was upgraded is written and read like everything else.
            assert_eq!(rewritten(&line), folded_alone(&line));
        };
        check(&spec, &state);
        check(&spec, &json!({}));
        let changes: [Change<'_>; 2] = [&less, &more];
        for change in changes {
            let specs = each_changed(&spec, &shapes["spec"], change);
            let states = each_changed(&state, &shapes["state"], change);
            assert!(!specs.is_empty() && !states.is_empty(), "{kind}");
            for spec in &specs {
                check(spec, &state);
            }
            for state in &states {
                check(&spec, state);
            }
        }
    }
}

/// A document of today's form with one line.
fn document_of(line: &crate::Line) -> Vec<u8> {
    let mut bytes = Document::default().header("example.com");
    let stamped = Stamped {
        number: 1,
        fence: 1,
        run: "a-run".to_owned(),
        at: line.at,
        added: Added::Happened(line.event.clone()),
    };
    bytes.extend(stamped.text());
    bytes
}

/// The ledger of a line that was written in today's form and read back.
fn rewritten(line: &crate::Line) -> DomainLedger {
    let read = read(&document_of(line), None, &pure());
    read.expect("a document").ledger
}

fn folded_alone(line: &crate::Line) -> DomainLedger {
    let mut ledger = DomainLedger::default();
    fold(&mut ledger, line);
    ledger
}

#[test]
fn a_snapshot_and_a_journal_of_format_1_become_a_document() {
    let (mut ledger, number) = read_snapshot(SNAPSHOT_1.as_bytes(), &pure()).expect("format 1");
    format_2::rename_shared(&mut ledger);
    let old = read(b"", Some(SNAPSHOT_1.as_bytes()), &pure()).expect("format 1");
    assert!(!old.is_current);
    assert_eq!((&old.ledger, old.number), (&ledger, number));
    let new = read(&old.header("example.com"), None, &pure()).expect("a document");
    assert!(new.is_current);
    assert_eq!((&new.ledger, new.number), (&ledger, number));
    let journal = read(JOURNAL_1.as_bytes(), None, &pure()).expect("format 1");
    let mut alone = folded(JOURNAL_1);
    format_2::rename_shared(&mut alone);
    assert_eq!(journal.ledger, alone);
    // A line that was being written when the run died.
    let torn = &JOURNAL_1.as_bytes()[..JOURNAL_1.len() - 40];
    let torn = read(torn, None, &pure()).expect("format 1");
    assert_eq!(torn.number, journal.number - 1);
}

/// The first result of a journal, changed after its upgrade.
fn changed(change: impl FnOnce(&mut Value)) -> Result<crate::Line, Unreadable> {
    let line = JOURNAL_1.lines().find(|line| line.contains("applied"));
    let line: Value = serde_json::from_str(line.expect("a result")).expect("JSON");
    let mut json = super::upgraded(line, 1)?;
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

/// Each version of `value` that lacks one field of one of its structures.
fn each_without(value: &Value) -> Vec<Value> {
    match value {
        Value::Object(fields) => {
            let inner = fields.iter().flat_map(|(name, inner)| {
                let put = |other| {
                    let mut fields = fields.clone();
                    fields.insert(name.clone(), other);
                    Value::Object(fields)
                };
                each_without(inner).into_iter().map(put).collect::<Vec<_>>()
            });
            less_of(fields).chain(inner).collect()
        }
        Value::Array(items) => {
            let inner = items.iter().enumerate().flat_map(|(at, item)| {
                let put = |other| {
                    let mut items = items.clone();
                    items[at] = other;
                    Value::Array(items)
                };
                each_without(item).into_iter().map(put).collect::<Vec<_>>()
            });
            inner.collect()
        }
        _ => Vec::new(),
    }
}

/// A field that may be null is missed like every other: a default would be a guess about what we own.
#[test]
fn a_field_that_is_missing_is_an_error_whatever_it_may_be() {
    let mut refused = 0;
    for (kind, (spec, state)) in kinds_1() {
        let line = read_1(&kind, &spec, &state).expect("format 1");
        let ledger = folded_alone(&line);
        let entry = ledger.entries.values().next().expect("an entry");
        let kind = entry.spec.kind();
        let spec = entry.spec.to_json();
        for less in each_without(&spec) {
            let is_map = kind
                .read_spec(&less)
                .is_ok_and(|read| read.to_json() == less);
            assert!(is_map || kind.read_spec(&less).is_err(), "{less}");
            refused += usize::from(!is_map);
        }
        let state = entry.state.as_ref().expect("a state").to_json();
        for less in each_without(&state) {
            let is_map = kind
                .read_state(&less)
                .is_ok_and(|read| read.to_json() == less);
            assert!(is_map || kind.read_state(&less).is_err(), "{less}");
            refused += usize::from(!is_map);
        }
    }
    assert!(refused > 100, "{refused}");
}

/// M5: an entry of a kind that this program does not know.
#[test]
fn an_unknown_kind_is_an_error_that_names_it() {
    let reason = malformed(|line| {
        line["event"]["applied"]["entry"]["id"] = "sqs_queue/example.com/main".into();
    });
    assert!(reason.contains("the kind `sqs_queue`"), "{reason}");
    assert!(reason.contains("use a newer deploy"), "{reason}");
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
