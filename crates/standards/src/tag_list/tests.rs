//! Tables and properties of the tag list syntax.

use proptest::prelude::*;

use super::{FaultKind, TagList};

fn check(text: &str, tags: &[(&str, &str)], faults: &[(FaultKind, std::ops::Range<usize>)]) {
    let list = TagList::parse(text);
    let found: Vec<_> = list.tags.iter().map(|tag| (tag.name, tag.value)).collect();
    assert_eq!(found, tags, "tags of {text:?}");
    let found: Vec<_> = list
        .faults
        .iter()
        .map(|fault| (fault.kind, fault.span.clone()))
        .collect();
    assert_eq!(found, faults, "faults of {text:?}");
}

#[test]
fn reads_well_formed_lists() {
    check("", &[], &[]);
    check("v=DKIM1", &[("v", "DKIM1")], &[]);
    check("v=DKIM1;", &[("v", "DKIM1")], &[]);
    check("v=DKIM1; p=", &[("v", "DKIM1"), ("p", "")], &[]);
    check(
        " v = DKIM1 ;\r\n\tp = ab\r\n cd= ; ",
        &[("v", "DKIM1"), ("p", "ab\r\n cd=")],
        &[],
    );
}

#[test]
fn lists_every_fault_with_its_place() {
    check(
        "a=1;;b=2",
        &[("a", "1"), ("b", "2")],
        &[(FaultKind::Empty, 4..4)],
    );
    check("a=1; word", &[("a", "1")], &[(FaultKind::NoEquals, 5..9)]);
    check("9a=1", &[("9a", "1")], &[(FaultKind::Name, 0..2)]);
    check("=1", &[("", "1")], &[(FaultKind::Name, 0..0)]);
    check(
        "a=1;a=2",
        &[("a", "1"), ("a", "2")],
        &[(FaultKind::Duplicate, 4..7)],
    );
}

#[test]
fn names_are_case_sensitive() {
    let list = TagList::parse("p=1;P=2");
    assert!(!list.has_duplicates());
    assert_eq!(list.value("P"), Some("2"));
    assert_eq!(list.unknown(&["p"]).count(), 1);
}

proptest! {
    #[test]
    fn never_panics_and_spans_are_true(text in any::<String>()) {
        let list = TagList::parse(&text);
        for tag in &list.tags {
            prop_assert_eq!(&text[tag.name_span.clone()], tag.name);
            prop_assert_eq!(&text[tag.value_span.clone()], tag.value);
            prop_assert!(text[tag.span.clone()].starts_with(tag.name));
        }
        for fault in &list.faults {
            prop_assert_eq!(&text[fault.span.clone()], fault.text);
        }
    }

    #[test]
    fn reads_what_was_joined(pairs in prop::collection::vec(("[a-z][a-z0-9_]{0,8}", "[!-:<-~]{0,12}"), 0..12)) {
        let text = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        let list = TagList::parse(&text);
        let read: Vec<_> = list.tags.iter().map(|tag| (tag.name.to_owned(), tag.value.to_owned())).collect();
        prop_assert_eq!(read, pairs);
    }
}
