//! Code names the rule of a finding by its id, as text. This check makes sure that the rule exists.

use std::collections::BTreeSet;

use super::Workspace;

const REGISTRY: &str = "crates/standards/src/rules/";

/// Every literal in the form of a rule's id is the id of a rule.
pub(super) fn known(workspace: &Workspace) -> Vec<String> {
    let registry = workspace
        .sources
        .iter()
        .filter(|source| source.path.starts_with(REGISTRY));
    let rules: BTreeSet<&str> = registry
        .filter(|source| !source.is_test())
        .flat_map(|source| {
            source
                .text
                .lines()
                .filter(|line| line.starts_with("    \""))
                .flat_map(ids)
        })
        .collect();
    let mut problems = Vec::new();
    for source in workspace.sources.iter().filter(|source| !source.is_test()) {
        let numbers: BTreeSet<usize> = source.lines().map(|(at, _)| at).collect();
        for (at, line) in source
            .text
            .lines()
            .enumerate()
            .filter(|(at, _)| numbers.contains(&(at + 1)))
        {
            let unknown = ids(line).filter(|id| !rules.contains(id));
            problems.extend(
                unknown.map(|id| format!("{}:{}: no rule has the id `{id}`", source.path, at + 1)),
            );
        }
    }
    problems
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
