//! References of comments and documents lead somewhere.

use std::collections::BTreeSet;

use super::{Workspace, read};
use crate::command::Failure;
use crate::names;

/// Documents that the program was specified with, and that are not in this repository. A comment
/// gives the reason itself, or a public source.
const ABSENT: &[&str] = &["DESIGN", "QUOTAS", "SEED"];

/// Names in prose that are files of this repository by their ending.
const ENDINGS: &[&str] = &[".md", ".rs"];

/// Files that name files of other projects (the sources of records, a library that was compared),
/// and this one, whose tests name files that do not exist.
const ELSEWHERE: &[&str] = &[
    "crates/standards/tests/real_records_policies.rs",
    "docs/decisions/0002-spf-evaluation.md",
    "xtask/src/tidy/references.rs",
];

/// Paths that only users have: ledgers, and the logos that `deploy init` fetches.
const OF_USERS: &[&str] = &[".deploy/", "assets/example.com"];

/// Every reference to a file that does not exist.
pub(super) fn exist(workspace: &Workspace) -> Result<Vec<String>, Failure> {
    let tree = Tree::of(workspace);
    let mut problems = Vec::new();
    let is_ours = |path: &str| !ELSEWHERE.contains(&path);
    for source in workspace
        .sources
        .iter()
        .filter(|source| is_ours(&source.path))
    {
        problems.extend(tree.broken(&source.path, &source.comments(), false));
        // The messages of the program are prose too.
        problems.extend(absent(&source.path, &source.prose()));
    }
    for path in workspace.documents().filter(|path| is_ours(path)) {
        let text = read(workspace.project, path)?;
        problems.extend(tree.broken(path, &text, true));
        problems.extend(absent(path, &text));
    }
    Ok(problems)
}

struct Tree<'a> {
    files: BTreeSet<&'a str>,
    /// The folders at the top, with a slash behind each.
    tops: BTreeSet<&'a str>,
}

impl<'a> Tree<'a> {
    fn of(workspace: &'a Workspace) -> Self {
        let files: BTreeSet<&str> = workspace.files.iter().map(String::as_str).collect();
        let tops = files
            .iter()
            .filter_map(|path| path.find('/').map(|at| &path[..=at]))
            .collect();
        Self { files, tops }
    }

    /// The references in a file's comments, or in a document, that lead nowhere.
    fn broken(&self, from: &str, text: &str, document: bool) -> Vec<String> {
        let mut problems = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let mut links = BTreeSet::new();
            if document {
                links.extend(linked(line));
            }
            let missing = paths(line)
                .filter(|name| self.is_reference(name))
                .chain(links)
                .filter(|name| !self.has(from, name));
            let missing: BTreeSet<&str> = missing.collect();
            problems.extend(
                missing
                    .into_iter()
                    .map(|name| format!("{from}:{}: `{name}` is not in the repository", at + 1)),
            );
        }
        problems
    }

    /// Whether a word names a file of this repository: by its ending, or by its first folder.
    fn is_reference(&self, word: &str) -> bool {
        let ends = ENDINGS.iter().any(|ending| {
            word.strip_suffix(ending)
                .is_some_and(|name| !name.is_empty() && !name.ends_with('/'))
        });
        let inside = self
            .tops
            .iter()
            .any(|top| word.starts_with(top) && word.len() > top.len());
        let of_users = OF_USERS.iter().any(|path| word.contains(path));
        let pattern = word.contains(['*', '<', '{', '…']) || word.split('/').any(is_placeholder);
        (ends || inside) && !pattern && !of_users
    }

    /// Whether there is a file or folder of this name, seen from the root, from the folder of
    /// `from` or of its crate, or anywhere as the last part of a path.
    fn has(&self, from: &str, name: &str) -> bool {
        let name = name.trim_end_matches('/');
        let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
        let relative = resolved(folder, name);
        let of_crate = from
            .split('/')
            .take(2)
            .chain([name])
            .collect::<Vec<_>>()
            .join("/");
        let behind = format!("/{name}");
        self.files.iter().any(|file| {
            let is = |path: &str| {
                file.strip_prefix(path).is_some_and(|rest| {
                    rest.is_empty() || rest.starts_with('/') || record(name, rest)
                })
            };
            is(name) || is(&relative) || is(&of_crate) || file.ends_with(&behind)
        })
    }
}

/// Each line that names one of the documents of [`ABSENT`].
fn absent(from: &str, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let found = ABSENT.iter().filter(|name| {
            let mut words = names::words(line);
            words.any(|word| word == **name)
        });
        problems.extend(
            found.map(|name| format!("{from}:{}: `{name}` is not in the repository", at + 1)),
        );
    }
    problems
}

/// Decision records are named by their number: `docs/decisions/0001` of `0001-yaml.md`.
fn record(name: &str, rest: &str) -> bool {
    name.starts_with("docs/decisions/") && rest.starts_with('-')
}

/// `NAME` in `crates/NAME/src`.
fn is_placeholder(part: &str) -> bool {
    !part.is_empty() && part.chars().all(|c| c.is_ascii_uppercase())
}

/// The words of a line that could be paths.
fn paths(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !(c.is_alphanumeric() || "_-./*<>{}…:".contains(c)))
        .filter(|word| !word.contains("://"))
        .map(|word| word.split(':').next().unwrap_or_default())
        .map(|word| word.trim_end_matches(['.', '>']).trim_start_matches('<'))
}

/// The relative targets of a line's links, without their anchors.
fn linked(line: &str) -> impl Iterator<Item = &str> {
    let targets = line
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    targets
        .map(|target| target.split('#').next().unwrap_or_default())
        .filter(|target| !target.is_empty() && !target.contains(':'))
}

/// `../a` seen from `b/c` → `b/a`.
fn resolved(folder: &str, name: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in name.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::exist;
    use crate::tidy::tests::workspace;

    #[track_caller]
    fn check(path: &str, text: &str, broken: &[&str]) {
        let (_folder, project) = workspace(&[
            ("crates/a/src/lib.rs", "//! A crate.\n"),
            ("crates/a/src/b/mod.rs", "//! A module.\n"),
            ("docs/output.md", "# Output\n"),
            ("docs/guide/other.md", "# Other\n"),
            (path, text),
        ]);
        let problems = exist(&project.workspace()).expect("all files can be read");
        let expect: Vec<String> = broken
            .iter()
            .map(|name| format!("{path}:1: `{name}` is not in the repository"))
            .collect();
        assert_eq!(problems, expect);
    }

    #[test]
    fn comments_name_files_that_exist() {
        check(
            "crates/a/src/c.rs",
            "// See docs/output.md and `b/mod.rs`, lib.rs.",
            &[],
        );
        check(
            "crates/a/src/c.rs",
            "// See docs/errors.md (QUOTAS).",
            &["docs/errors.md", "QUOTAS"],
        );
        check(
            "crates/a/src/c.rs",
            "// See https://example.com/readme.md",
            &[],
        );
        check("crates/a/src/c.rs", "f(\"docs/no.md\")", &[]);
    }

    #[test]
    fn documents_link_files_that_exist() {
        check(
            "docs/guide/a.md",
            "[a](../output.md#a) [b](other.md) [c](https://c.example)",
            &[],
        );
        check(
            "docs/guide/a.md",
            "[a](output.txt) crates/*/src/NAME.rs",
            &["output.txt"],
        );
        check(
            "README.md",
            "See `crates/a/src` and `crates/b/src`.",
            &["crates/b/src"],
        );
    }
}
