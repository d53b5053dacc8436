//! Every rule says what decides it, or why nothing does yet; and what it names is there, so
//! that the registry cannot claim what is not so.

#![expect(
    clippy::disallowed_methods,
    reason = "this test reads the sources of the project"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// The source of a module, such as `standards::dmarc`: a file, and all files of its folder.
fn source_of(module: &[&str]) -> String {
    let [krate, modules @ ..] = module else {
        return String::new();
    };
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut path = crates.join(krate).join("src");
    path.extend(modules);
    let mut text = fs::read_to_string(path.with_extension("rs")).unwrap_or_default();
    let mut waiting = vec![path];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path: PathBuf = entry.path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                text += &fs::read_to_string(path).expect("a source file can be read");
            }
        }
    }
    text
}

/// Whether `source` has a function, a constant or a type of this name.
fn has_item(source: &str, item: &str) -> bool {
    ["fn", "const", "struct", "enum", "trait"]
        .iter()
        .any(|word| {
            let start = format!("{word} {item}");
            source.match_indices(&start).any(|(at, _)| {
                let next = source[at + start.len()..].chars().next();
                next.is_some_and(|next| !next.is_alphanumeric() && next != '_')
            })
        })
}

/// The fault of a claim that `decider` decides `rule`, if it has one.
fn fault(rule: &str, decider: &str) -> Option<String> {
    let (path, id) = match decider.split_once(" (as ") {
        Some((path, other)) => (path, other.trim_end_matches(')')),
        None => (decider, rule),
    };
    let parts: Vec<&str> = path.split("::").collect();
    let source = source_of(&parts);
    if !source.is_empty() {
        // A module is large: that it knows the rule shows in its code or its comments.
        let constant = id.replace('-', "_");
        let is_named = source.contains(id) || source.contains(&constant);
        return (!is_named).then(|| format!("{rule}: {path} does not name {id}"));
    }
    let (item, module) = parts.split_last()?;
    (!has_item(&source_of(module), item)).then(|| format!("{rule}: there is no {path}"))
}

#[test]
fn every_rule_is_decided_by_what_is_there_or_says_why_not() {
    let faults: Vec<String> = model::rules::all()
        .filter_map(|rule| match (rule.decided_by, rule.undecided) {
            (Some(decider), None) => fault(rule.id, decider),
            (None, Some(why)) => {
                (why.len() < 20).then(|| format!("{}: why does nothing decide it?", rule.id))
            }
            (Some(_), Some(_)) => Some(format!("{}: is it decided or not?", rule.id)),
            (None, None) => Some(format!("{}: it is not said what decides it", rule.id)),
        })
        .collect();
    assert_eq!(faults, [""; 0]);
}

#[test]
fn only_rules_without_a_look_up_are_kept_by_what_is_made() {
    use model::rules::Phase;

    for rule in model::rules::all().filter(|rule| rule.is_kept) {
        assert_eq!(rule.phases, [Phase::Lint], "{}", rule.id);
        let by = rule.decided_by.unwrap_or_default();
        assert!(by.starts_with("standards::"), "{} by {by}", rule.id);
    }
}

#[test]
fn what_is_not_there_is_noticed() {
    assert_eq!(fault("SPF-01", "standards::spf"), None);
    assert_eq!(fault("SES-24", "aws::quotas::LIMITS"), None);
    assert_eq!(fault("RCV-08", "standards::dkim (as DKIM-07)"), None);
    assert!(fault("SPF-01", "standards::dkim").is_some());
    assert!(fault("SPF-01", "standards::spf::no_such_function").is_some());
    assert!(fault("SPF-01", "no_such_crate").is_some());
}
