//! Code names most rules by their constants. Where a rule stands as text (examples, tables of other
//! crates), this check makes sure that it exists.

use std::collections::BTreeSet;

use super::Workspace;

/// The folders whose files declare rules, with `rules!`.
const REGISTRIES: &[&str] = &["crates/standards/src/rules/", "crates/model/src/rules/"];

/// Every literal in the form of a rule's id is the id of a rule.
pub(super) fn known(workspace: &Workspace) -> Vec<String> {
    let registry = workspace.sources.iter().filter(|source| {
        let declares = |folder: &&str| source.path.starts_with(*folder);
        REGISTRIES.iter().any(declares)
    });
    let rules: BTreeSet<&str> = registry
        .filter(|source| !source.is_test())
        .flat_map(|source| {
            source
                .text
                .lines()
                .filter(|line| declares_rule(line))
                .flat_map(ids)
        })
        .collect();
    let mut problems = Vec::new();
    for source in workspace.sources.iter().filter(|source| !source.is_test()) {
        let numbers: BTreeSet<usize> = source.lines().map(|(at, _)| at).collect();
        for (at, line) in source.text.lines().enumerate().filter(|(at, line)| {
            numbers.contains(&(at + 1)) && !line.trim_start().starts_with("//")
        }) {
            let unknown = ids(line).filter(|id| !rules.contains(id));
            problems.extend(
                unknown.map(|id| format!("{}:{}: no rule has the id `{id}`", source.path, at + 1)),
            );
        }
    }
    problems
}

/// Whether a line opens a rule: `    SPF_09 "SPF-09" Error …`.
fn declares_rule(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let constant = words.next().map(|word| word.replace('_', "-"));
    let literal = words.next().map(|word| word.trim_matches('"'));
    constant.as_deref() == literal && literal.is_some_and(is_id)
}

/// Whole literals like `STS-P13`.
fn ids(line: &str) -> impl Iterator<Item = &str> {
    line.split('"')
        .skip(1)
        .step_by(2)
        .filter(|literal| is_id(literal))
}

fn is_id(literal: &str) -> bool {
    let Some((section, number)) = literal.split_once('-') else {
        return false;
    };
    let number = number
        .strip_prefix(|c: char| c.is_ascii_uppercase())
        .unwrap_or(number);
    (2..=5).contains(&section.len())
        && section.bytes().all(|byte| byte.is_ascii_uppercase())
        && number.len() == 2
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::ids;

    #[test]
    fn ids_are_whole_literals() {
        let found: Vec<&str> = ids(r#"a("STS-P13", "SPF-09 and", "UTF-8", "MAN-01")"#).collect();
        assert_eq!(found, ["STS-P13", "MAN-01"]);
    }
}
