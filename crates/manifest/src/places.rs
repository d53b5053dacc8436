//! The places of findings: at a block, or at the line and column of a file's bytes.

use standards::Finding;

use crate::files::File;
use crate::position::Position;

/// The findings at a block of the manifest.
pub(super) fn at(position: &Position, findings: impl IntoIterator<Item = Finding>) -> Vec<Finding> {
    findings
        .into_iter()
        .map(|finding| finding.in_place(position.place()))
        .collect()
}

/// A value of the manifest, by the name that findings give it.
pub(crate) type Named<'m> = (String, &'m Position);

/// The findings, each at the value that its reason names; those that name none at the block.
pub(crate) fn at_values(
    block: &Position,
    values: &[Named<'_>],
    findings: impl IntoIterator<Item = Finding>,
) -> Vec<Finding> {
    let place = |finding: Finding| {
        let position = named_in(&finding.reason, values).unwrap_or(block);
        finding.in_place(position.place())
    };
    findings.into_iter().map(place).collect()
}

/// The value that `reason` names: of a domain and one below it, the longer one.
fn named_in<'m>(reason: &str, values: &[Named<'m>]) -> Option<&'m Position> {
    let is_outside = |neighbour: Option<char>| {
        neighbour.is_none_or(|c| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
    };
    let is_named = |name: &str| {
        let mut places = reason.match_indices(name);
        places.any(|(at, _)| {
            let (before, after) = (&reason[..at], &reason[at + name.len()..]);
            is_outside(before.chars().next_back()) && is_outside(after.chars().next())
        })
    };
    let named = values
        .iter()
        .filter(|(name, _)| !name.is_empty() && is_named(name));
    named
        .max_by_key(|(name, _)| name.len())
        .map(|(_, position)| *position)
}

/// The findings of a file, each at the line and column of its bytes.
pub(super) fn in_file(file: &File, findings: impl IntoIterator<Item = Finding>) -> Vec<Finding> {
    findings
        .into_iter()
        .map(|finding| finding.in_file(&file.path, &file.bytes))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::position::Source;

    #[test]
    fn a_finding_stands_at_the_longest_value_that_it_names() {
        let source = Arc::new(Source::new("m.yaml", "a\nb\nc\n"));
        let position = |line: usize| Position {
            source: Arc::clone(&source),
            line,
            column: 1,
        };
        let (short, long, tag) = (position(1), position(2), position(3));
        let values = [
            ("example.com".to_owned(), &short),
            ("mx.example.com".to_owned(), &long),
            ("sp".to_owned(), &tag),
            (String::new(), &tag),
        ];
        let check = |reason: &str, line: Option<usize>| {
            let found = named_in(reason, &values);
            assert_eq!(found.map(|position| position.line), line, "{reason}");
        };
        check("reports go to example.com, which has no MX", Some(1));
        check(
            "mx.example.com has no address, and example.com is below it",
            Some(2),
        );
        check("receivers ignore sp there", Some(3));
        check("sp-1.test and www.example.com and wsp", None);
        check("nothing", None);
    }
}
