//! Rust files, with and without their comments and literals.

use std::path::Path;

use super::prose;
use crate::command::Failure;
use crate::project::Project;

/// A Rust file.
pub(super) struct Source {
    /// From the root of the project.
    pub(super) path: String,
    /// Its text.
    pub(super) text: String,
    /// Its text with comments and the insides of literals blanked out, line by line the same.
    pub(super) code: String,
}

/// Every Rust file of the members, in the order of their paths.
pub(super) fn read_all(project: &Project) -> Result<Vec<Source>, Failure> {
    let mut sources = Vec::new();
    for member in &project.members {
        collect(&project.root, Path::new(&member.folder), &mut sources)
            .map_err(|error| Failure(format!("cannot read {}: {error}", member.folder)))?;
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(sources)
}

fn collect(root: &Path, folder: &Path, sources: &mut Vec<Source>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            // A folder with a manifest of its own is no member: the fuzz targets.
            if entry.file_name() != "target" && !root.join(&path).join("Cargo.toml").exists() {
                collect(root, &path, sources)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(root.join(&path))?;
            sources.push(Source::new(&path.to_string_lossy(), &text));
        }
    }
    Ok(())
}

impl Source {
    /// A file with this path from the root.
    pub(super) fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            code: code_of(text),
            text: text.to_owned(),
        }
    }

    /// Whether all of it is for tests.
    pub(super) fn is_test(&self) -> bool {
        let inside = ["/tests/", "/benches/", "/examples/"]
            .iter()
            .any(|folder| self.path.contains(folder));
        let named = self.path.ends_with("/tests.rs")
            || self.path.ends_with("_tests.rs")
            || self.path.ends_with("/test_support.rs");
        inside || named || self.path.starts_with("tests/")
    }

    /// The lines of code outside tests, numbered from 1.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let until = if self.is_test() {
            0
        } else {
            self.tests_begin()
        };
        self.code
            .lines()
            .enumerate()
            .take(until)
            .map(|(at, line)| (at + 1, line))
    }

    /// The text outside tests.
    pub(super) fn outside_tests(&self) -> &str {
        let lines = self.text.split_inclusive('\n').take(self.tests_begin());
        &self.text[..lines.map(str::len).sum()]
    }

    /// All lines of code, numbered from 1.
    pub(super) fn all_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code
            .lines()
            .enumerate()
            .map(|(at, line)| (at + 1, line))
    }

    /// The text with code and literals blanked.
    pub(super) fn comments(&self) -> String {
        let lines = self.text.lines().zip(self.code.lines());
        let comments = lines.map(|(text, code)| {
            // The comment is the last of what `code` has blanked.
            let end = code.trim_end().chars().count();
            let rest: String = text.chars().skip(end).collect();
            let begins = rest.find("//").unwrap_or(rest.len());
            rest[begins..].to_owned()
        });
        comments.collect::<Vec<_>>().join("\n")
    }

    /// The text with all code blanked: the comments, and the literals that are more than one word.
    pub(super) fn prose(&self) -> String {
        let pairs = self.text.chars().zip(self.code.chars());
        let prose: String = pairs
            .map(|(text, code)| {
                if text == code && text != '\n' {
                    ' '
                } else {
                    text
                }
            })
            .collect();
        let lines = prose.lines().map(|line| {
            let line = prose::without_spans(line);
            without_names(&line)
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The number of lines before a test module that stands in this file.
    fn tests_begin(&self) -> usize {
        let lines: Vec<&str> = self.code.lines().collect();
        let begins = |pair: &[&str]| {
            pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod ") && pair[1].ends_with('{')
        };
        lines.windows(2).position(begins).unwrap_or(lines.len())
    }
}

/// A line of prose without literals that are one word: the keys of documents and the names of things.
fn without_names(line: &str) -> String {
    if line.trim_start().starts_with("//") {
        return line.to_owned();
    }
    let is_name = |part: &str| {
        part.chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
    };
    let parts = line
        .split('"')
        .enumerate()
        .filter(|(at, part)| *at == 0 || !is_name(part))
        .map(|(_, part)| part);
    parts.collect::<Vec<_>>().join("\"")
}

/// Blanks comments and the insides of string and character literals.
pub(super) fn code_of(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = skipped(rest);
        if length == 0 {
            code.push(first);
            rest = &rest[first.len_utf8()..];
            // An identifier that ends in `r` or `b` does not begin a literal.
            if first.is_alphanumeric() || first == '_' {
                let word = rest.len()
                    - rest
                        .trim_start_matches(|c: char| c.is_alphanumeric() || c == '_')
                        .len();
                code.push_str(&rest[..word]);
                rest = &rest[word..];
            }
            continue;
        }
        let blank = |c: char| if c == '\n' { '\n' } else { ' ' };
        code.extend(rest[..length].chars().map(blank));
        rest = &rest[length..];
    }
    code
}

/// The values of the string literals.
pub(super) fn literals(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = skipped(rest).max(first.len_utf8());
        let literal = &rest[..length];
        if let Some(hashes) = raw_string(literal) {
            let open = literal.find('"').map_or(0, |at| at + 1);
            let close = literal.len().saturating_sub(hashes + 1);
            found.extend(literal.get(open..close).map(str::to_owned));
        } else if let Some(inside) = literal.strip_prefix('"') {
            found.push(unescaped(inside.strip_suffix('"').unwrap_or(inside)));
        }
        rest = &rest[length..];
    }
    found
}

/// The value between the quotes of a literal. What stands for a control character is a space.
fn unescaped(inside: &str) -> String {
    let mut value = String::new();
    let mut rest = inside;
    while let Some((before, after)) = rest.split_once('\\') {
        value.push_str(before);
        let escape = after.chars().next();
        rest = match escape {
            // The line goes on where the next one has something.
            Some('\n') => after.trim_start(),
            Some('u') => after.split_once('}').map_or("", |(_, rest)| rest),
            Some(escape) => {
                value.push(if escape.is_alphanumeric() {
                    ' '
                } else {
                    escape
                });
                &after[escape.len_utf8()..]
            }
            None => "",
        };
    }
    value + rest
}

/// The length of the comment or literal at the start of `rest`, or 0.
fn skipped(rest: &str) -> usize {
    let through = |from: usize, end: &str| {
        rest[from..]
            .find(end)
            .map_or(rest.len(), |at| from + at + end.len())
    };
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return through(2, "*/");
    }
    if let Some(hashes) = raw_string(rest) {
        let open = rest.find('"').map_or(0, |at| at + 1);
        return through(open, &format!("\"{}", "#".repeat(hashes)));
    }
    let start = usize::from(rest.starts_with("b\"") || rest.starts_with("b'"));
    match rest[start..].chars().next() {
        Some('"') => quoted(rest, start + 1, '"'),
        Some('\'') if is_character(&rest[start..]) => quoted(rest, start + 1, '\''),
        _ => 0,
    }
}

/// The number of `#` of a raw string that starts here.
fn raw_string(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    after[hashes..].starts_with('"').then_some(hashes)
}

/// A character, not a lifetime.
fn is_character(rest: &str) -> bool {
    let mut characters = rest.chars().skip(1);
    match characters.next() {
        Some('\\') => true,
        Some(_) => characters.next() == Some('\''),
        None => false,
    }
}

fn quoted(rest: &str, from: usize, quote: char) -> usize {
    let mut escaped = false;
    for (at, character) in rest[from..].char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == quote => return from + at + character.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::{Source, code_of, literals};

    #[track_caller]
    fn check(text: &str, expect: &str) {
        assert_eq!(code_of(text), expect);
    }

    #[test]
    fn comments_and_literals_are_blank() {
        check("a // b\nc", "a     \nc");
        check("a /* b\n*/ c", "a     \n   c");
        check(r#"f("x\"y", 1)"#, "f(      , 1)");
        check(r##"f(r#"x"y"#, 1)"##, "f(        , 1)");
        check(r"f('\'', b'x')", "f(    ,     )");
    }

    #[test]
    fn prose_is_comments_and_sentences() {
        let source = Source::new(
            "a.rs",
            "f(\"rule\", \"a rule\"); // Keeps `rule`.\n/// G.\ng();",
        );
        let words: Vec<String> = source
            .prose()
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(words, ["\" \"a rule\" // Keeps `.", "/// G.", ""]);
    }

    #[test]
    fn literals_have_their_values() {
        let text = "f(\"a \\\"b\\\" \\\n   c\", 'x', r#\"d \\n\"#); // \"e\"";
        assert_eq!(literals(text), ["a \"b\" c", "d \\n"]);
    }

    #[test]
    fn lifetimes_and_names_stay() {
        check("fn f<'a>(b: &'a str)", "fn f<'a>(b: &'a str)");
        check("br(ab, r)", "br(ab, r)");
    }
}
