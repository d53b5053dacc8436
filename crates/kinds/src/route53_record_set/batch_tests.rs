//! One zone, many owners: what a batch does, as tables.

use model::Field;
use standards::Protocol;
use standards::dns::RecordType;

use super::*;
use crate::record::Sharing;

fn record(name: &str, rtype: &str, values: &[&str], sharing: Sharing) -> Record {
    Record {
        name: name.into(),
        rtype: rtype.parse().expect("a type"),
        ttl: 300,
        values: values.iter().map(|value| Field::from(*value)).collect(),
        alias: None,
        sharing,
    }
}

fn set(name: &str, rtype: &str, ttl: u32, values: &[&str]) -> LiveSet {
    LiveSet {
        name: name.to_owned(),
        rtype: rtype.parse().expect("a type"),
        ttl: Some(ttl),
        values: values
            .iter()
            .map(|value| crate::record::LiveValue::ours(rtype.parse().expect("a type"), value))
            .collect(),
        alias: None,
        evaluates_health: false,
        routing: None,
    }
}

fn zone(sets: &[LiveSet]) -> Sets {
    sets.iter().map(|set| (set.key(), set.clone())).collect()
}

fn put(wanted: Record) -> BatchPart {
    BatchPart {
        wanted: Some(wanted),
        owned: None,
        before: Vec::new(),
        adopt: false,
        open: false,
    }
}

fn remove(owned: Record) -> BatchPart {
    BatchPart {
        wanted: None,
        owned: Some(owned),
        before: Vec::new(),
        adopt: false,
        open: false,
    }
}

#[test]
fn two_instances_join_the_set_of_somebody_else_in_one_change() {
    let live = zone(&[set("_amazonses.example.com", "TXT", 60, &["stranger"])]);
    let token = |value| record("_amazonses.example.com", "TXT", &[value], Sharing::Many);
    let (changes, _) = changes(&live, &[put(token("a")), put(token("b"))]);
    assert_eq!(
        changes,
        [
            SetChange::Delete(set("_amazonses.example.com", "TXT", 60, &["stranger"])),
            SetChange::Create(set(
                "_amazonses.example.com",
                "TXT",
                60,
                &["stranger", "a", "b"]
            )),
        ]
    );
}

#[test]
fn leaving_keeps_the_others_where_they_were() {
    let live = zone(&[set(
        "_amazonses.example.com",
        "TXT",
        60,
        &["a", "stranger", "b"],
    )]);
    let (changes, _) = changes(
        &live,
        &[remove(record(
            "_amazonses.example.com",
            "TXT",
            &["a"],
            Sharing::Many,
        ))],
    );
    assert_eq!(
        changes[1],
        SetChange::Create(set("_amazonses.example.com", "TXT", 60, &["stranger", "b"]))
    );
}

#[test]
fn the_last_value_takes_the_set_with_it() {
    let live = zone(&[set("x.example.com", "CNAME", 300, &["y.example.net"])]);
    let (changes, _) = changes(
        &live,
        &[remove(record(
            "x.example.com",
            "CNAME",
            &["y.example.net"],
            Sharing::Whole,
        ))],
    );
    assert_eq!(
        changes,
        [SetChange::Delete(set(
            "x.example.com",
            "CNAME",
            300,
            &["y.example.net"]
        ))]
    );
}

#[test]
fn two_certificates_ask_for_one_record_once() {
    let cname = record(
        "_v.example.com",
        "CNAME",
        &["_w.acm-validations.aws"],
        Sharing::Whole,
    );
    let (changes, _) = changes(&Sets::new(), &[put(cname.clone()), put(cname)]);
    assert_eq!(
        changes,
        [SetChange::Create(set(
            "_v.example.com",
            "CNAME",
            300,
            &["_w.acm-validations.aws"]
        ))]
    );
}

#[test]
fn what_was_taken_over_is_put_back() {
    let spf = Sharing::OneOf {
        protocol: Protocol::Spf,
    };
    let before = set(
        "example.com",
        "TXT",
        60,
        &["site=1", "v=spf1 include:old.example ~all"],
    );
    let ours = record("example.com", "TXT", &["v=spf1 -all"], spf);
    let part = BatchPart {
        adopt: true,
        ..put(ours.clone())
    };
    let (forward, taken) = changes(&zone(std::slice::from_ref(&before)), &[part]);
    assert_eq!(taken, [vec![before.clone()]]);
    let Some(SetChange::Create(after)) = forward.last() else {
        panic!("a set is created")
    };
    let means: Vec<&str> = after
        .values
        .iter()
        .map(|value| value.means.as_str())
        .collect();
    assert_eq!(means, ["site=1", "v=spf1 -all"]);

    let undo = BatchPart {
        before: taken[0].clone(),
        ..remove(ours)
    };
    let (back, _) = changes(&zone(std::slice::from_ref(after)), &[undo]);
    assert_eq!(back.last(), Some(&SetChange::Create(before)));
}

#[test]
fn a_cname_makes_room_for_an_alias_and_comes_back() {
    let before = set("mta-sts.example.com", "CNAME", 60, &["old.example.net"]);
    let mut ours = record("mta-sts.example.com", "A", &[], Sharing::Whole);
    ours.alias = Some(Alias {
        target: "d1.cloudfront.net".into(),
        zone: "Z2FDTNDATAQYW2".to_owned(),
    });
    let part = BatchPart {
        adopt: true,
        ..put(ours.clone())
    };
    let (forward, taken) = changes(&zone(std::slice::from_ref(&before)), &[part]);
    assert_eq!(forward[0], SetChange::Delete(before.clone()));
    let Some(SetChange::Create(after)) = forward.last() else {
        panic!("a set is created")
    };
    let undo = BatchPart {
        before: taken[0].clone(),
        ..remove(ours)
    };
    let (back, _) = changes(&zone(std::slice::from_ref(after)), &[undo]);
    assert_eq!(back.last(), Some(&SetChange::Create(before)));
}

#[test]
fn a_new_value_replaces_the_old_one_in_one_batch() {
    let sharing = Sharing::OneOf {
        protocol: Protocol::MtaSts,
    };
    let old = record(
        "_mta-sts.example.com",
        "TXT",
        &["v=STSv1; id=1"],
        sharing.clone(),
    );
    let new = record("_mta-sts.example.com", "TXT", &["v=STSv1; id=2"], sharing);
    let live = zone(&[set("_mta-sts.example.com", "TXT", 300, &["v=STSv1; id=1"])]);
    let part = BatchPart {
        owned: Some(old),
        ..put(new)
    };
    let (changes, _) = changes(&live, &[part]);
    assert_eq!(changes.len(), 2);
}

#[test]
fn a_foreign_value_goes_back_to_the_letter() {
    let written = "\"a long\" \"value \\303\\244\"";
    let mut there = set("example.com", "TXT", 60, &[]);
    there
        .values
        .push(crate::record::LiveValue::read(RecordType::Txt, written));
    let ours = record("example.com", "TXT", &["ours"], Sharing::Many);
    let (changes, _) = changes(&zone(&[there]), &[put(ours)]);
    let Some(SetChange::Create(after)) = changes.last() else {
        panic!("a set is created")
    };
    assert_eq!(after.values[0].written, written);
}

#[test]
fn what_its_owner_removed_meanwhile_is_not_brought_back() {
    let spf = Sharing::OneOf {
        protocol: Protocol::Spf,
    };
    let before = set("example.com", "TXT", 60, &["site=1", "v=spf1 ~all"]);
    let after = set("example.com", "TXT", 60, &["v=spf1 -all", "site=2"]);
    let undo = BatchPart {
        before: vec![before],
        ..remove(record("example.com", "TXT", &["v=spf1 -all"], spf))
    };
    let (back, _) = changes(&zone(&[after]), &[undo]);
    let restored = set("example.com", "TXT", 60, &["v=spf1 ~all", "site=2"]);
    assert_eq!(back.last(), Some(&SetChange::Create(restored)));
}

#[test]
fn what_was_there_before_stays_away_while_something_else_is_there() {
    let before = set("x.example.com", "CNAME", 60, &["old.example.net"]);
    let ours = record("x.example.com", "A", &["192.0.2.1"], Sharing::Whole);
    let live = zone(&[
        set("x.example.com", "A", 300, &["192.0.2.1"]),
        set("x.example.com", "TXT", 300, &["newcomer"]),
    ]);
    let undo = BatchPart {
        before: vec![before],
        ..remove(ours)
    };
    let (changes, _) = changes(&live, &[undo]);
    let gone = set("x.example.com", "A", 300, &["192.0.2.1"]);
    assert_eq!(changes, [SetChange::Delete(gone)]);
}

#[test]
fn a_value_that_one_part_gives_up_and_another_asks_for_stays() {
    let token = || record("_amazonses.example.com", "TXT", &["a"], Sharing::Many);
    let live = zone(&[set("_amazonses.example.com", "TXT", 300, &["a"])]);
    for parts in [
        [put(token()), remove(token())],
        [remove(token()), put(token())],
    ] {
        assert_eq!(changes(&live, &parts).0, []);
    }
}

#[test]
fn changes_of_one_name_stay_in_one_batch() {
    let names: Vec<String> = (0..700).map(|n| format!("r{n}.example.com")).collect();
    let of = |value| {
        names
            .iter()
            .map(move |name| set(name, "TXT", 300, &[value]))
    };
    let mut all: Vec<SetChange> = of("old").map(SetChange::Delete).collect();
    all.extend(of("new").map(SetChange::Create));
    let cut = batches(all);
    assert_eq!(cut.iter().map(Vec::len).collect::<Vec<_>>(), [1000, 400]);
    for batch in &cut {
        let (deletes, creates): (Vec<_>, Vec<_>) = batch
            .iter()
            .partition(|change| matches!(change, SetChange::Delete(_)));
        let names = |side: &[&SetChange]| -> Vec<String> {
            side.iter()
                .map(|change| change.set().name.clone())
                .collect()
        };
        assert_eq!(names(&deletes), names(&creates));
        assert!(matches!(batch[0], SetChange::Delete(_)));
    }
}

#[test]
fn characters_are_counted_as_well() {
    let long = "x".repeat(20_000);
    let creates = ["a.example.com", "b.example.com"]
        .map(|name| SetChange::Create(set(name, "TXT", 300, &[&long])));
    assert_eq!(batches(creates.to_vec()).len(), 2);
}

#[test]
fn a_zone_s_own_servers_are_never_moved() {
    let live = zone(&[set("example.com", "NS", 300, &["ns.example.net"])]);
    let cname = record("example.com", "CNAME", &["y.example.net"], Sharing::Whole);
    let part = BatchPart {
        adopt: true,
        ..put(cname)
    };
    assert!(immovable(&live, &part).is_some());
    let (changes, taken) = changes(&live, &[part]);
    assert!(taken[0].is_empty());
    assert!(
        !changes
            .iter()
            .any(|change| matches!(change, SetChange::Delete(_)))
    );
}

#[test]
fn our_value_changed_by_hand_is_taken_back() {
    let spf = Sharing::OneOf {
        protocol: Protocol::Spf,
    };
    let ours = record("example.com", "TXT", &["v=spf1 -all"], spf);
    let live = zone(&[set("example.com", "TXT", 300, &["site=1", "v=spf1 ~all"])]);
    for adopt in [false, true] {
        let part = BatchPart {
            owned: Some(ours.clone()),
            adopt,
            ..put(ours.clone())
        };
        let (changes, taken) = changes(&live, &[part]);
        let back = set("example.com", "TXT", 300, &["site=1", "v=spf1 -all"]);
        assert_eq!(changes.last(), Some(&SetChange::Create(back)));
        assert!(taken[0].is_empty(), "nothing of somebody else's");
    }
}

#[test]
fn an_alias_changed_by_hand_is_taken_back_and_otherwise_left() {
    let mut ours = record("mta-sts.example.com", "A", &[], Sharing::Whole);
    ours.alias = Some(Alias {
        target: "d1.cloudfront.net".into(),
        zone: "Z2FDTNDATAQYW2".to_owned(),
    });
    let mut there = set("mta-sts.example.com", "A", 60, &[]);
    there.ttl = None;
    there.alias = Some(("d9.cloudfront.net".to_owned(), "Z2FDTNDATAQYW2".to_owned()));
    let live = zone(&[there]);
    let part = BatchPart {
        owned: Some(ours.clone()),
        ..put(ours.clone())
    };
    let (forward, _) = changes(&live, &[part]);
    let Some(SetChange::Create(after)) = forward.last() else {
        panic!("a set is created")
    };
    let alias = after.alias.as_ref().map(|(target, _)| target.as_str());
    assert_eq!(alias, Some("d1.cloudfront.net"));
    assert_eq!(changes(&live, &[remove(ours)]).0, [], "theirs stays");
}

#[test]
fn a_cname_that_made_room_for_two_comes_back_with_the_last_of_them() {
    let before = set("mta-sts.example.com", "CNAME", 60, &["old.example.net"]);
    let alias = |rtype: &str| {
        let mut record = record("mta-sts.example.com", rtype, &[], Sharing::Whole);
        record.alias = Some(Alias {
            target: "d1.cloudfront.net".into(),
            zone: "Z2FDTNDATAQYW2".to_owned(),
        });
        record
    };
    let adopting = |rtype| BatchPart {
        adopt: true,
        ..put(alias(rtype))
    };
    let live = zone(std::slice::from_ref(&before));
    let (forward, taken) = changes(&live, &[adopting("A"), adopting("AAAA")]);
    assert_eq!(taken, [vec![before.clone()], vec![before.clone()]]);
    let mut live: Sets = forward
        .iter()
        .filter(|change| matches!(change, SetChange::Create(_)))
        .map(|change| (change.key(), change.set().clone()))
        .collect();
    for (rtype, taken) in ["A", "AAAA"].into_iter().zip(taken) {
        let undo = BatchPart {
            before: taken,
            ..remove(alias(rtype))
        };
        for change in changes(&live, &[undo]).0 {
            match &change {
                SetChange::Delete(_) => live.remove(&change.key()),
                SetChange::Create(set) => live.insert(change.key(), set.clone()),
            };
        }
    }
    assert_eq!(live, zone(&[before]));
}

#[test]
fn what_a_run_that_died_may_have_written_is_written_again() {
    let ours = record("x.example.com", "TXT", &["a"], Sharing::Many);
    let there = set("x.example.com", "TXT", 60, &["stranger", "a"]);
    let part = BatchPart {
        open: true,
        owned: Some(ours.clone()),
        ..put(ours)
    };
    let (changes, _) = changes(&zone(std::slice::from_ref(&there)), &[part]);
    assert_eq!(
        changes,
        [SetChange::Delete(there.clone()), SetChange::Create(there)]
    );
}

/// A record that was there as the manifest asks, and whose time to live or value a later manifest
/// changed: the part that goes, the set as it is now, and the set that is left.
#[test]
fn what_was_taken_over_as_it_was_is_put_back() {
    let found = set("example.com", "MX", 300, &["10 mx.a.example"]);
    let cases: [(&str, u32, &str, LiveSet, LiveSet); 5] = [
        (
            "nothing",
            300,
            "10 mx.a.example",
            found.clone(),
            found.clone(),
        ),
        (
            "the time to live",
            3600,
            "10 mx.a.example",
            set("example.com", "MX", 3600, &["10 mx.a.example"]),
            found.clone(),
        ),
        (
            "the value",
            3600,
            "10 mx.b.example",
            set("example.com", "MX", 3600, &["10 mx.b.example"]),
            found.clone(),
        ),
        (
            "nothing, but others gave it a time to live since",
            3600,
            "10 mx.a.example",
            set("example.com", "MX", 120, &["10 mx.a.example"]),
            set("example.com", "MX", 120, &["10 mx.a.example"]),
        ),
        (
            "the value, and others gave it a time to live since",
            3600,
            "10 mx.b.example",
            set("example.com", "MX", 120, &["10 mx.b.example"]),
            set("example.com", "MX", 120, &["10 mx.a.example"]),
        ),
    ];
    for (what, ttl, value, now, left) in cases {
        let mut owned = record("example.com", "MX", &[value], Sharing::Whole);
        owned.ttl = ttl;
        let before = [found.clone()];
        let live = zone(std::slice::from_ref(&now));
        assert_eq!(is_as_before(&live, &owned, &before), now == left, "{what}");
        let part = BatchPart {
            before: before.to_vec(),
            ..remove(owned)
        };
        let (changes, _) = changes(&live, &[part]);
        let created = changes.iter().find_map(|change| match change {
            SetChange::Create(set) => Some(set.clone()),
            SetChange::Delete(_) => None,
        });
        assert_eq!(created, (now != left).then_some(left), "{what}");
    }
}

/// A record that was taken over as it was, and that others have since replaced or taken out, is theirs.
#[test]
fn what_was_taken_over_and_others_took_out_does_not_come_back() {
    let before = [set("example.com", "TXT", 60, &["site=1", "v=spf1 ~all"])];
    for values in [
        &["site=1", "v=spf1 include:a.example -all"][..],
        &["site=1"],
    ] {
        let live = zone(&[set("example.com", "TXT", 60, values)]);
        let spf = Sharing::OneOf {
            protocol: Protocol::Spf,
        };
        let owned = record("example.com", "TXT", &["v=spf1 ~all"], spf);
        assert!(is_as_before(&live, &owned, &before), "{values:?}");
        let part = BatchPart {
            before: before.to_vec(),
            ..remove(owned)
        };
        assert_eq!(changes(&live, &[part]).0, []);
    }
}

#[test]
fn a_set_that_is_gone_was_deleted_by_others_unless_ours_moves() {
    let of = |name| record(name, "TXT", &["x"], Sharing::Whole);
    let live = zone(&[set("a.example.com", "TXT", 60, &["x"])]);
    for (owned, wanted, expect) in [
        ("a.example.com", Some("a.example.com"), false),
        ("b.example.com", Some("b.example.com"), true),
        ("b.example.com", Some("a.example.com"), false),
        ("b.example.com", None, false),
    ] {
        let part = BatchPart {
            wanted: wanted.map(of),
            ..remove(of(owned))
        };
        assert_eq!(was_deleted(&live, &part), expect, "{owned} {wanted:?}");
    }
}

/// The distribution that it led to was deleted by others, say, and made again under another name.
#[test]
fn an_alias_of_ours_that_leads_elsewhere_now_is_nothing_that_was_there_before() {
    let to = |target: &str| {
        let mut record = record("mta-sts.example.com", "A", &[], Sharing::Whole);
        record.alias = Some(Alias {
            target: target.into(),
            zone: "Z2FDTNDATAQYW2".to_owned(),
        });
        record
    };
    let mut there = set("mta-sts.example.com", "A", 60, &[]);
    (there.ttl, there.alias) = (
        None,
        Some(("d1.cloudfront.net".to_owned(), "Z2FDTNDATAQYW2".to_owned())),
    );
    let live = zone(&[there.clone()]);
    let part = |owned: Option<Record>| BatchPart {
        adopt: true,
        owned,
        ..put(to("d2.cloudfront.net"))
    };
    let (_, taken) = changes(&live, &[part(Some(to("d1.cloudfront.net")))]);
    assert_eq!(taken, [[]; 1]);
    let (_, taken) = changes(&live, &[part(None)]);
    assert_eq!(taken, [vec![there]]);
}
