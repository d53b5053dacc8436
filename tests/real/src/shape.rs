//! The form of an answer, without what is different each time.

use std::collections::BTreeSet;

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

/// Headers that a connection or a load balancer adds, or that are different each time.
const INCIDENTAL: [&str; 9] = [
    "date",
    "server",
    "connection",
    "content-length",
    "transfer-encoding",
    "keep-alive",
    "via",
    "x-cache",
    "vary",
];

/// The elements of a body, as paths: `HostedZones/HostedZone/Name`. Those of a list are one. A word that
/// stands for itself, such as a status, is part of the path: `DomainStatus = SUCCESS`.
pub fn elements(body: &[u8]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    if let Ok(value) = serde_json::from_slice::<Value>(body) {
        walk(&value, "", &mut found);
    } else if body.trim_ascii_start().starts_with(b"<") {
        read_xml(body, &mut found);
    } else if !body.is_empty() {
        found.insert("(bytes)".to_owned());
    }
    found
}

/// The names of the headers of an answer that the service itself set.
pub fn headers(answer: &http::HeaderMap) -> BTreeSet<String> {
    let names = answer.keys().map(http::HeaderName::as_str);
    names
        .filter(|name| !INCIDENTAL.contains(name))
        .map(str::to_owned)
        .collect()
}

fn walk(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let separator = if path.is_empty() { "" } else { "/" };
                walk(member, &format!("{path}{separator}{name}"), found);
            }
        }
        Value::Array(members) => {
            found.insert(format!("{path}[]"));
            for member in members {
                walk(member, &format!("{path}[]"), found);
            }
        }
        Value::String(text) => add(path, text, found),
        Value::Null => {
            found.insert(format!("{path} = null"));
        }
        Value::Bool(_) | Value::Number(_) => {
            found.insert(path.to_owned());
        }
    }
}

fn read_xml(body: &[u8], found: &mut BTreeSet<String>) {
    let mut reader = Reader::from_reader(body);
    let mut open: Vec<String> = Vec::new();
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => {
                open.push(String::from_utf8_lossy(tag.local_name().as_ref()).into_owned());
                found.insert(open.join("/"));
            }
            Ok(Event::Empty(tag)) => {
                let name = String::from_utf8_lossy(tag.local_name().as_ref()).into_owned();
                let path: Vec<&str> = open.iter().map(String::as_str).chain([&*name]).collect();
                found.insert(path.join("/"));
            }
            Ok(Event::Text(text)) => {
                let text = String::from_utf8_lossy(&text).into_owned();
                if !open.is_empty() && !text.trim().is_empty() {
                    add(&open.join("/"), text.trim(), found);
                }
            }
            Ok(Event::End(_)) => drop(open.pop()),
            Ok(Event::Eof) => return,
            Ok(_) => {}
            Err(_) => {
                found.insert("(no XML)".to_owned());
                return;
            }
        }
    }
}

fn add(path: &str, text: &str, found: &mut BTreeSet<String>) {
    found.insert(path.to_owned());
    if is_word(text) && !is_prose(path) {
        found.insert(format!("{path} = {text}"));
    }
}

/// Whether a text is one of an enumeration, as AWS writes them: `Deployed`, `PENDING_VALIDATION`,
/// `origin-access-control` has a small letter first and is not one. Identifiers have digits.
fn is_word(text: &str) -> bool {
    let mut letters = text.chars();
    letters
        .next()
        .is_some_and(|first| first.is_ascii_uppercase())
        && letters.all(|letter| letter.is_ascii_alphabetic() || letter == '_')
        && text.len() > 2
}

/// Sentences and marks of pages, of which one word may be a whole.
fn is_prose(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    [
        "Message",
        "message",
        "RequestId",
        "HostId",
        "Marker",
        "NextMarker",
        "NextToken",
    ]
    .contains(&name)
}

#[cfg(test)]
mod tests {
    use super::elements;

    #[track_caller]
    fn check(body: &str, expect: &[&str]) {
        let found = elements(body.as_bytes());
        assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), expect);
    }

    #[test]
    fn json_is_its_members_and_its_words() {
        check(
            r#"{"A":{"Status":"SUCCESS","Id":"E1XYZ","On":true},"L":[{"N":1},{"M":null}]}"#,
            &[
                "A/Id",
                "A/On",
                "A/Status",
                "A/Status = SUCCESS",
                "L[]",
                "L[]/M = null",
                "L[]/N",
            ],
        );
    }

    #[test]
    fn xml_is_its_elements_and_its_words() {
        check(
            r#"<?xml version="1.0"?><R xmlns="x"><S>Deployed</S><I/><I><K>a-1</K></I></R>"#,
            &["R", "R/I", "R/I/K", "R/S", "R/S = Deployed"],
        );
    }

    #[test]
    fn what_is_neither_is_bytes() {
        check("", &[]);
        check("v=1", &["(bytes)"]);
        check("<a><b></a>", &["(no XML)", "a", "a/b"]);
    }
}
