//! Rules that the tree does not keep yet, and how it comes to keep them.
//!
//! A rule that forbids what stands in the tree a thousand times would either stay off until
//! everything is rewritten, or keep every change red. So the number that each part of the project
//! breaks it today is written down in [`BASELINE`], and may only fall: a change that adds to it
//! fails, and one that removes some is told to lower the number. A rule whose numbers are all gone
//! moves to the strict ones in `mod.rs`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Workspace, read};
use crate::command::Failure;

const BASELINE: &str = "xtask/src/tidy/baseline.txt";

const HEADER: &str = "\
# How often each part of the project breaks a rule that is younger than its code.
# A number may only fall: `cargo xtask tidy` fails when one rises, and `cargo xtask tidy --lower`
# writes what has fallen. `cargo xtask tidy --list RULE [PART]` shows each place.
";

/// More places than this are not listed, but counted.
const LISTED_MAX: usize = 20;

/// By rule and part of the project.
type Counts = BTreeMap<(String, String), usize>;

/// A rule: its name in the baseline, and its check.
pub(super) type Rule = (&'static str, super::Check);

/// Fails for each number that has risen, and notes those that have fallen.
pub(super) fn hold(workspace: &Workspace, rules: &[Rule]) -> Result<Vec<String>, Failure> {
    let allowed = parse(&read(workspace.project, BASELINE)?)?;
    let mut risen = Vec::new();
    let mut fallen = false;
    for rule in rules {
        let found = by_part(workspace, rule)?;
        for (part, problems) in &found {
            let most = allowed.get(&key(rule.0, part)).copied().unwrap_or_default();
            if problems.len() > most {
                risen.extend(listed(rule.0, part, problems, most));
            }
        }
        fallen |= allowed.iter().any(|((name, part), most)| {
            name == rule.0 && found.get(part).map_or(0, Vec::len) < *most
        });
    }
    if fallen {
        eprintln!("note: numbers of {BASELINE} have fallen: run `cargo xtask tidy --lower`");
    }
    Ok(risen)
}

/// Writes the numbers that have fallen. None is raised.
pub(super) fn lower(workspace: &Workspace, rules: &[Rule]) -> Result<(), Failure> {
    let allowed = parse(&read(workspace.project, BASELINE)?)?;
    let mut lowered = Counts::new();
    for rule in rules {
        let found = by_part(workspace, rule)?;
        for ((name, part), most) in allowed.iter().filter(|((name, _), _)| name == rule.0) {
            let now = found.get(part).map_or(0, Vec::len).min(*most);
            if now > 0 {
                lowered.insert(key(name, part), now);
            }
        }
    }
    let path = workspace.project.root.join(BASELINE);
    std::fs::write(path, print(&lowered))
        .map_err(|error| Failure(format!("cannot write {BASELINE}: {error}")))
}

/// Prints every place that breaks the rule, in one part of the project or in all.
pub(super) fn list(
    workspace: &Workspace,
    rules: &[Rule],
    name: &str,
    part: Option<&str>,
) -> Result<(), Failure> {
    let Some(rule) = rules.iter().find(|(rule, _)| *rule == name) else {
        let names: Vec<&str> = rules.iter().map(|(rule, _)| *rule).collect();
        return Err(Failure(format!("the rules are {}", names.join(", "))));
    };
    for (found, problems) in by_part(workspace, rule)? {
        if part.is_none_or(|part| part == found) {
            println!("{found}: {}", problems.len());
            for problem in problems {
                println!("  {problem}");
            }
        }
    }
    Ok(())
}

fn key(rule: &str, part: &str) -> (String, String) {
    (rule.to_owned(), part.to_owned())
}

fn by_part(
    workspace: &Workspace,
    (_, check): &Rule,
) -> Result<BTreeMap<String, Vec<String>>, Failure> {
    let mut parts = BTreeMap::<String, Vec<String>>::new();
    for problem in check(workspace)? {
        parts.entry(part_of(&problem)).or_default().push(problem);
    }
    Ok(parts)
}

/// The crate or top folder of a problem that begins with a path: `crates/plan`, `docs`, `README.md`.
fn part_of(problem: &str) -> String {
    let path = problem.split(':').next().unwrap_or_default();
    let mut folders = path.split('/');
    let first = folders.next().unwrap_or_default();
    match folders.next() {
        Some(second) if first == "crates" => format!("{first}/{second}"),
        _ => first.to_owned(),
    }
}

fn listed(rule: &str, part: &str, problems: &[String], most: usize) -> Vec<String> {
    let count = problems.len();
    let mut lines = vec![format!("{part}: `{rule}` {count} times, allowed {most}")];
    if count > LISTED_MAX {
        lines.push(format!("  see `cargo xtask tidy --list {rule} {part}`"));
    } else {
        lines.extend(problems.iter().map(|problem| format!("  {problem}")));
    }
    lines
}

fn parse(text: &str) -> Result<Counts, Failure> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let fault = || Failure(format!("{BASELINE}: `{line}` is not RULE PART NUMBER"));
            let [rule, part, count] = words[..] else {
                return Err(fault());
            };
            let count = count.parse().map_err(|_| fault())?;
            Ok((key(rule, part), count))
        })
        .collect()
}

fn print(counts: &Counts) -> String {
    let mut text = HEADER.to_owned();
    for ((rule, part), count) in counts {
        let _ = writeln!(text, "{rule:<12} {part:<18} {count}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{HEADER, hold, lower, parse, part_of, print};
    use crate::tidy::tests::workspace;

    const RULES: &[super::Rule] = &[("colour", |workspace| {
        let lines = |source: &super::super::source::Source| {
            let path = &source.path;
            let found = source.all_lines().filter(|(_, line)| line.contains("grey"));
            found
                .map(|(at, _)| format!("{path}:{at}: `grey`"))
                .collect::<Vec<_>>()
        };
        Ok(workspace.sources.iter().flat_map(lines).collect())
    })];

    #[track_caller]
    fn check(baseline: &str, code: &str, problems: &[&str], lowered: &str) {
        let (folder, project) = workspace(&[
            (super::BASELINE, &format!("{HEADER}{baseline}")),
            ("crates/a/src/lib.rs", code),
        ]);
        let read = project.workspace();
        assert_eq!(hold(&read, RULES).expect("the rule runs"), problems);
        lower(&read, RULES).expect("the baseline can be written");
        let text = std::fs::read_to_string(folder.path().join(super::BASELINE));
        let text = text.expect("the baseline is there");
        assert_eq!(text.strip_prefix(HEADER), Some(lowered));
    }

    #[test]
    fn a_number_may_fall_and_not_rise() {
        let one = "colour       crates/a           1\n";
        check(one, "fn grey() {}\n", &[], one);
        check(one, "fn red() {}\n", &[], "");
        check("", "fn red() {}\n", &[], "");
        check(
            one,
            "fn grey() {}\nfn greyed() {}\n",
            &[
                "crates/a: `colour` 2 times, allowed 1",
                "  crates/a/src/lib.rs:1: `grey`",
                "  crates/a/src/lib.rs:2: `grey`",
            ],
            one,
        );
    }

    #[test]
    fn a_baseline_is_read_as_it_is_written() {
        let text = format!(
            "{HEADER}fix          crates/a           1\nfix          docs               20\n"
        );
        let counts = parse(&text).expect("it has the right form");
        assert_eq!(print(&counts), text);
        assert!(parse("fix crates/a many").is_err());
    }

    #[test]
    fn a_part_is_a_crate_or_a_top_folder() {
        assert_eq!(part_of("crates/plan/src/lib.rs:1: a"), "crates/plan");
        assert_eq!(part_of("docs/guide/lint.md:1: a"), "docs");
        assert_eq!(part_of("README.md:1: a"), "README.md");
    }
}
