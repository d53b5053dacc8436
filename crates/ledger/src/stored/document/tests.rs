//! Documents that were cut, changed, or written by other programs.

use kinds::pure;

use super::*;
use crate::Event;

fn accepted(rule: &str) -> Added {
    Added::Happened(Event::Accepted {
        rule: rule.to_owned(),
    })
}

/// A document with a header, a claim and two events.
fn example() -> Vec<u8> {
    let mut document = Document::default();
    let mut bytes = document.header("example.com");
    for (number, added) in [Added::Claimed, accepted("STS-O04"), accepted("für")]
        .into_iter()
        .enumerate()
    {
        let line = Stamped {
            number: document.number + 1,
            fence: 1,
            run: "a-run".to_owned(),
            at: Timestamp::UNIX_EPOCH,
            added,
        };
        bytes.extend(line.text());
        document
            .add(line)
            .unwrap_or_else(|error| panic!("{number}: {error:?}"));
    }
    bytes
}

fn rules(document: &Document) -> Vec<&str> {
    let accepted = document.ledger.accepted.iter();
    accepted.map(|(rule, _)| rule.as_str()).collect()
}

#[test]
fn what_is_written_is_read_back() {
    let bytes = example();
    let document = read(&bytes, &pure()).expect("a document");
    assert_eq!(rules(&document), ["STS-O04", "für"]);
    assert_eq!((document.number, document.fence), (3, 1));
    assert_eq!(document.claim.as_deref(), Some("a-run"));
    assert_eq!(document.whole, bytes.len());
    let header = document.header("example.com");
    let again = read(&header, &pure()).expect("a document");
    assert_eq!(again.ledger, document.ledger);
    assert_eq!((again.number, again.fence), (3, 1));
}

/// M1, M2, M4: wherever the last line is cut, also inside a character, the lines before it are whole,
/// and the cut is known to the byte.
#[test]
fn m1_a_last_line_is_whole_or_not_there_wherever_it_is_cut() {
    let bytes = example();
    let last = bytes[..bytes.len() - 1]
        .iter()
        .rposition(|octet| *octet == b'\n')
        .expect("a line before");
    for length in last + 1..bytes.len() - 1 {
        let document = read(&bytes[..length], &pure()).expect("a document");
        assert_eq!(rules(&document), ["STS-O04"], "{length}");
        assert_eq!(document.whole, last + 1, "{length}");
    }
    // A whole line that lost its newline only.
    let document = read(&bytes[..bytes.len() - 1], &pure()).expect("a document");
    assert_eq!(rules(&document), ["STS-O04", "für"]);
}

#[test]
fn a_broken_line_in_the_middle_is_an_error_with_its_number() {
    let text = String::from_utf8(example()).expect("text");
    let broken = text.replace("STS-O04", "STS-O05");
    let (line, error) = read(broken.as_bytes(), &pure()).expect_err("refuses");
    assert_eq!(line, 3);
    assert!(matches!(error, Unreadable::Malformed(_)), "{error:?}");
    let gone: String = text
        .split_inclusive('\n')
        .enumerate()
        .filter(|(index, _)| *index != 2)
        .map(|(_, line)| line)
        .collect();
    let (line, error) = read(gone.as_bytes(), &pure()).expect_err("refuses");
    assert_eq!(line, 3);
    let Unreadable::Malformed(reason) = error else {
        panic!("{error:?}");
    };
    assert!(reason.contains("does not follow"), "{reason}");
}

/// M3: a newer program's document is refused, whatever else it has.
#[test]
fn m3_the_format_is_read_before_the_rest() {
    let newer = format!(
        "{{\"format\":{},\"in\":\"another way\"}}\nwhat is this\n",
        FORMAT + 1
    );
    let error = crate::stored::read(newer.as_bytes(), None, &pure()).expect_err("refuses");
    assert_eq!(error, (1, Unreadable::Newer(FORMAT + 1)));
}

#[test]
fn two_contents_never_end_in_the_same_bytes() {
    let document = read(&example(), &pure()).expect("a document");
    let later = Document {
        number: 4,
        ..document.clone()
    };
    let (one, other) = (document.header("example.com"), later.header("example.com"));
    assert_eq!(one.len(), other.len());
    assert_ne!(one[one.len() - 64..], other[other.len() - 64..]);
}
