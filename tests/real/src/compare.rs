//! The differences between two recordings, by operation.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::recording::Recorded;

/// The answers of one operation, by how they ended.
type Answers = BTreeMap<String, Form>;

/// The form of the answers that ended alike.
#[derive(Debug, Default)]
struct Form {
    calls: usize,
    elements: BTreeSet<String>,
    headers: BTreeSet<String>,
}

/// The aspect of an answer in which two places differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aspect {
    /// An operation that one of the two lives did not need.
    Operation,
    /// A status, with the code of an error.
    Outcome,
    /// An element of an answer, or a word in it.
    Element,
    /// A header of an answer.
    Header,
}

/// A difference between the place of a life and the sandbox.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// The service and the operation: `route53 ListHostedZonesByName`.
    pub operation: String,
    /// The aspect of the answer.
    pub aspect: Aspect,
    /// Whether the place showed it, and the sandbox did not; otherwise it is the other way round.
    pub is_of_place: bool,
    /// The outcome, the element or the header. Of the last two, after the outcome.
    pub what: String,
}

/// The differences between the answers of a place and those of the sandbox, by operation. Answers that
/// ended alike are compared by their form.
pub fn differences(place: &[Recorded], sandbox: &[Recorded]) -> Vec<Difference> {
    let (place, sandbox) = (by_operation(place), by_operation(sandbox));
    let operations: BTreeSet<&String> = place.keys().chain(sandbox.keys()).collect();
    let mut found = Vec::new();
    for operation in operations {
        let mut add = |aspect, is_of_place, what: String| {
            found.push(Difference {
                operation: operation.clone(),
                aspect,
                is_of_place,
                what,
            });
        };
        match (place.get(operation), sandbox.get(operation)) {
            (Some(here), Some(there)) => compare(here, there, &mut add),
            (here, _) => add(Aspect::Operation, here.is_some(), String::new()),
        }
    }
    found
}

/// How often each operation was called: at the place, and in the sandbox.
pub fn calls(place: &[Recorded], sandbox: &[Recorded]) -> BTreeMap<String, (usize, usize)> {
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (operation, answers) in by_operation(place) {
        counts.entry(operation).or_default().0 = number(&answers);
    }
    for (operation, answers) in by_operation(sandbox) {
        counts.entry(operation).or_default().1 = number(&answers);
    }
    counts
}

fn number(answers: &Answers) -> usize {
    answers.values().map(|form| form.calls).sum()
}

fn by_operation(recorded: &[Recorded]) -> BTreeMap<String, Answers> {
    let mut all: BTreeMap<String, Answers> = BTreeMap::new();
    for one in recorded {
        let operation = format!("{} {}", one.service, one.operation);
        let answers = all.entry(operation).or_default();
        let form = answers.entry(one.outcome()).or_default();
        form.calls += 1;
        form.elements.extend(one.elements());
        form.headers.extend(one.headers.iter().cloned());
    }
    all
}

/// Compares the answers of one operation. `add` gets the aspect, whether it is the place's, and what it is.
fn compare(here: &Answers, there: &Answers, add: &mut dyn FnMut(Aspect, bool, String)) {
    let outcomes: BTreeSet<&String> = here.keys().chain(there.keys()).collect();
    for outcome in outcomes {
        let (Some(here), Some(there)) = (here.get(outcome), there.get(outcome)) else {
            add(Aspect::Outcome, here.contains_key(outcome), outcome.clone());
            continue;
        };
        for (aspect, here, there) in [
            (Aspect::Element, &here.elements, &there.elements),
            (Aspect::Header, &here.headers, &there.headers),
        ] {
            for what in here.symmetric_difference(there) {
                add(aspect, here.contains(what), format!("{outcome}: {what}"));
            }
        }
    }
}

/// The differences as text, by operation. `place` is the place's name.
pub fn text(differences: &[Difference], place: &str) -> String {
    let mut text = String::new();
    let mut last = "";
    for one in differences {
        if one.operation != last {
            writeln!(text, "\n{}", one.operation).ok();
            last = &one.operation;
        }
        let side = if one.is_of_place { place } else { "sandbox" };
        let what = match one.aspect {
            Aspect::Operation => "asked in this life only",
            Aspect::Outcome | Aspect::Element => &one.what,
            Aspect::Header => &format!("{} (header)", one.what),
        };
        writeln!(text, "  only {side}: {what}").ok();
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Aspect, Difference, differences, text};
    use crate::recording::Recorded;

    fn one(operation: &str, status: u16, answered: &str) -> Recorded {
        Recorded {
            service: "acm".to_owned(),
            operation: operation.to_owned(),
            request: "POST acm.us-east-1.amazonaws.com/".to_owned(),
            sent: String::new(),
            status,
            headers: BTreeSet::from(["content-type".to_owned()]),
            answered: answered.to_owned(),
        }
    }

    fn of(operation: &str, aspect: Aspect, is_of_place: bool, what: &str) -> Difference {
        Difference {
            operation: format!("acm {operation}"),
            aspect,
            is_of_place,
            what: what.to_owned(),
        }
    }

    #[test]
    fn identifiers_are_no_difference_and_forms_are() {
        let place = [
            one(
                "Describe",
                200,
                r#"{"Arn":"a:1","Status":"ISSUED","New":1}"#,
            ),
            one("Describe", 400, r#"{"__type":"ThrottlingException"}"#),
            one("Extra", 200, ""),
        ];
        let sandbox = [one("Describe", 200, r#"{"Arn":"a:2","Status":"PENDING"}"#)];
        let found = differences(&place, &sandbox);
        assert_eq!(
            found,
            [
                of("Describe", Aspect::Element, true, "200: New"),
                of("Describe", Aspect::Element, true, "200: Status = ISSUED"),
                of("Describe", Aspect::Element, false, "200: Status = PENDING"),
                of("Describe", Aspect::Outcome, true, "400 ThrottlingException"),
                of("Extra", Aspect::Operation, true, ""),
            ]
        );
        assert!(text(&found, "AWS").contains("only AWS: 400 ThrottlingException"));
        assert_eq!(differences(&place, &place), []);
    }
}
