//! SARIF against the shape that its schema asks for (OASIS `sarif-schema-2.1.0.json`): for the
//! objects that are written here, their properties, which of them are required, and what values
//! they take. The schema allows no other property in any of them.

use model::rules;
use proptest::prelude::*;
use report::findings_sarif;
use serde_json::Value;
use standards::{Finding, Place, Severity};

/// A part of the schema.
enum Shape {
    Text,
    /// A URI reference, percent-encoded.
    Uri,
    /// An integer that is not less.
    Number(i64),
    OneOf(&'static [&'static str]),
    List(&'static Shape),
    /// Properties; those with `true` are required.
    Object(&'static [(&'static str, bool, &'static Shape)]),
}

use Shape::{List, Number, Object, OneOf, Text, Uri};

const LEVEL: Shape = OneOf(&["none", "note", "warning", "error"]);
const MESSAGE: Shape = Object(&[("text", true, &Text)]);
const REGION: Shape = Object(&[
    ("startLine", false, &Number(1)),
    ("startColumn", false, &Number(1)),
    ("snippet", false, &MESSAGE),
]);
const PHYSICAL: Shape = Object(&[
    ("artifactLocation", true, &Object(&[("uri", false, &Uri)])),
    ("region", false, &REGION),
]);
const LOCATION: Shape = Object(&[
    ("physicalLocation", false, &PHYSICAL),
    (
        "logicalLocations",
        false,
        &List(&Object(&[("fullyQualifiedName", false, &Text)])),
    ),
]);
const RESULT: Shape = Object(&[
    ("ruleId", false, &Text),
    ("ruleIndex", false, &Number(-1)),
    ("level", false, &LEVEL),
    ("message", true, &MESSAGE),
    ("locations", false, &List(&LOCATION)),
]);
const RULE: Shape = Object(&[
    ("id", true, &Text),
    ("shortDescription", false, &MESSAGE),
    ("fullDescription", false, &MESSAGE),
    ("help", false, &MESSAGE),
    (
        "defaultConfiguration",
        false,
        &Object(&[("level", false, &LEVEL)]),
    ),
]);
const DRIVER: Shape = Object(&[
    ("name", true, &Text),
    ("version", false, &Text),
    ("rules", false, &List(&RULE)),
]);
const RUN: Shape = Object(&[
    ("tool", true, &Object(&[("driver", true, &DRIVER)])),
    (
        "columnKind",
        false,
        &OneOf(&["utf16CodeUnits", "unicodeCodePoints"]),
    ),
    ("results", false, &List(&RESULT)),
]);
const LOG: Shape = Object(&[
    ("$schema", false, &Uri),
    ("version", true, &OneOf(&["2.1.0"])),
    ("runs", true, &List(&RUN)),
]);

/// Expects `value`, which stands at `at`, to have this shape.
fn check(value: &Value, shape: &Shape, at: &str) {
    match shape {
        Text => assert!(value.is_string(), "{at}: {value}"),
        Uri => {
            let text = value.as_str().unwrap_or_else(|| panic!("{at}: {value}"));
            let is_uri = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/%:#?".contains(&byte);
            assert!(
                !text.is_empty() && text.bytes().all(is_uri),
                "{at}: {value}"
            );
        }
        Number(least) => assert!(value.as_i64() >= Some(*least), "{at}: {value}"),
        OneOf(words) => {
            let word = value.as_str().unwrap_or_default();
            assert!(words.contains(&word), "{at}: {value}");
        }
        List(of) => {
            let items = value.as_array().unwrap_or_else(|| panic!("{at}: {value}"));
            for (number, item) in items.iter().enumerate() {
                check(item, of, &format!("{at}/{number}"));
            }
        }
        Object(properties) => {
            let object = value.as_object().unwrap_or_else(|| panic!("{at}: {value}"));
            for (key, value) in object {
                let known = properties.iter().find(|(name, ..)| name == key);
                let (.., shape) = known.unwrap_or_else(|| panic!("{at} has no property {key}"));
                check(value, shape, &format!("{at}/{key}"));
            }
            for (name, required, _) in *properties {
                assert!(!required || object.contains_key(*name), "{at} wants {name}");
            }
        }
    }
}

/// The results name rules of the log by their index.
fn check_indexes(log: &Value) {
    let rules = log.pointer("/runs/0/tool/driver/rules");
    let results = log.pointer("/runs/0/results").and_then(Value::as_array);
    for result in results.into_iter().flatten() {
        let index = result["ruleIndex"]
            .as_u64()
            .and_then(|index| usize::try_from(index).ok());
        let rule = index.and_then(|index| rules?.get(index));
        assert_eq!(rule.map(|rule| &rule["id"]), Some(&result["ruleId"]));
    }
}

fn places() -> impl Strategy<Value = Place> {
    let file = ("\\PC{1,20}", 1..9_usize, 1..9_usize, any::<String>()).prop_map(
        |(path, line, column, text)| Place::File {
            path,
            line,
            column,
            text,
        },
    );
    prop_oneof![
        Just(Place::Whole),
        file,
        any::<String>().prop_map(Place::Live),
        any::<String>().prop_map(|name| Place::Named { name, within: None }),
    ]
}

#[test]
fn every_rule_can_be_logged() {
    let findings: Vec<Finding> = rules::all()
        .map(|rule| Finding::new(rule, "reason").weighing(Severity::Info))
        .collect();
    let log = findings_sarif(&findings, "1.0.0");
    check(&log, &LOG, "");
    check_indexes(&log);
    check(&findings_sarif(&[], "1.0.0"), &LOG, "");
}

proptest! {
    #[test]
    fn any_finding_can_be_logged(
        found in prop::collection::vec(
            (prop::sample::select(vec![rules::SPF_01, rules::MAN_02, rules::LIVE_01]), any::<String>(), places()),
            0..6,
        ),
    ) {
        let findings: Vec<Finding> = found
            .into_iter()
            .map(|(rule, reason, place)| Finding::new(rule, reason).in_place(place))
            .collect();
        let log = findings_sarif(&findings, "1.0.0");
        check(&log, &LOG, "");
        check_indexes(&log);
    }
}
