//! `cargo xtask tidy --figures`: what each crate is made of, in numbers.
//!
//! The numbers judge nothing. They show the direction that the code takes: a copy often means that a
//! value has two owners where a reference would do, and a crate without comments explains none of
//! its decisions. Tests and assertions are printed so that a change can show that it lost none.

use super::Workspace;
use super::source::Source;

/// Calls that copy a value.
const COPIES: &[&str] = &[".clone()", ".cloned()", ".to_owned()", ".to_vec()"];

/// The numbers of one crate.
#[derive(Default)]
struct Figures {
    /// Lines outside tests, comments and blank lines included.
    lines: usize,
    /// Calls of [`COPIES`] outside tests.
    copies: usize,
    /// Lines outside tests that are a `//` comment, or end in one, and are no documentation.
    comments: usize,
    /// Functions that a test runner calls.
    tests: usize,
    /// Assertion macros, wherever they stand.
    assertions: usize,
}

/// Prints one row for each crate, and their sum.
pub(super) fn print(workspace: &Workspace) {
    println!(
        "{:<12} {:>7} {:>13} {:>15} {:>6} {:>11}",
        "crate", "lines", "copies/1,000", "comments/1,000", "tests", "assertions"
    );
    let mut total = Figures::default();
    for member in &workspace.project.members {
        let figures = Figures::of(workspace.of_crate(&member.folder));
        println!("{}", figures.row(&member.name));
        total.add(&figures);
    }
    println!("{}", total.row("total"));
}

impl Figures {
    fn of<'a>(sources: impl Iterator<Item = &'a Source>) -> Self {
        let mut sum = Self::default();
        for source in sources {
            sum.add(&Self::of_file(source));
        }
        sum
    }

    fn of_file(source: &Source) -> Self {
        let outside_tests = source.lines().count();
        let comments = source.comments();
        let comments = comments
            .lines()
            .take(outside_tests)
            .filter(|line| is_comment(line))
            .count();
        let copies = source.lines().map(|(_, line)| count(line, COPIES)).sum();
        let all = || source.all_lines().map(|(_, line)| line);
        Self {
            lines: outside_tests,
            copies,
            comments,
            tests: all().filter(|line| is_test_attribute(line)).count(),
            assertions: all().map(assertions).sum(),
        }
    }

    fn add(&mut self, other: &Self) {
        self.lines += other.lines;
        self.copies += other.copies;
        self.comments += other.comments;
        self.tests += other.tests;
        self.assertions += other.assertions;
    }

    fn row(&self, name: &str) -> String {
        format!(
            "{name:<12} {:>7} {:>13} {:>15} {:>6} {:>11}",
            self.lines,
            per_thousand(self.copies, self.lines),
            per_thousand(self.comments, self.lines),
            self.tests,
            self.assertions
        )
    }
}

/// One digit after the point, or a dash where there are no lines.
fn per_thousand(count: usize, lines: usize) -> String {
    match (count * 10_000 + lines / 2).checked_div(lines) {
        Some(tenths) => format!("{}.{}", tenths / 10, tenths % 10),
        None => "-".to_owned(),
    }
}

fn count(line: &str, words: &[&str]) -> usize {
    words.iter().map(|word| line.matches(word).count()).sum()
}

/// Whether it is a comment that is not documentation.
fn is_comment(line: &str) -> bool {
    line.starts_with("//") && !line.starts_with("///") && !line.starts_with("//!")
}

fn is_test_attribute(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("#[test]") || line.starts_with("#[tokio::test")
}

/// The macros of `std`, insta and proptest: `assert!`, `assert_eq!`, `assert_snapshot!`, `prop_assert!`.
fn assertions(line: &str) -> usize {
    line.match_indices("assert")
        .filter(|(at, _)| {
            let rest = line[at + "assert".len()..]
                .trim_start_matches(|c: char| c.is_ascii_lowercase() || c == '_');
            rest.starts_with('!')
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::{Figures, assertions, per_thousand};
    use crate::tidy::source::Source;

    #[test]
    fn a_file_is_counted_without_its_tests() {
        let text = "//! Docs.\n// Why.\nfn f() {\n    g(\"// no\".to_owned()); // why\n    g(\"//\")\n}\n\n\
                    #[cfg(test)]\nmod tests {\n    // A comment.\n    #[test]\n    fn f() {\n        \
                    assert_eq!(a.clone(), b);\n    }\n}\n";
        let figures = Figures::of_file(&Source::new("src/lib.rs", text));
        assert_eq!(
            (figures.lines, figures.copies, figures.comments),
            (7, 1, 2),
            "outside the tests"
        );
        assert_eq!((figures.tests, figures.assertions), (1, 1));
    }

    #[test]
    fn assertions_are_macros() {
        assert_eq!(assertions("assert!(a); insta::assert_snapshot!(b)"), 2);
        assert_eq!(assertions("prop_assert_eq!(a, b)"), 1);
        assert_eq!(assertions("fn asserted() { debug_assert(a) }"), 0);
    }

    #[test]
    fn rates_are_rounded() {
        assert_eq!(per_thousand(41, 1000), "41.0");
        assert_eq!(per_thousand(1, 3), "333.3");
        assert_eq!(per_thousand(0, 0), "-");
    }
}
