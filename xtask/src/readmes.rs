//! `cargo xtask readmes`: the README of each crate, made from the `//!` of its root.
//!
//! The documentation of a crate is written once, where rustdoc tests its examples. The README shows
//! it to people who browse the repository.

use crate::command::Failure;
use crate::generated::Generated;
use crate::project::{Member, Project};

/// The README of every crate.
pub(crate) fn all(project: &Project) -> Result<Vec<Generated>, Failure> {
    let mut readmes = Vec::new();
    for member in &project.members {
        let root = root(project, member)?;
        // The sandbox works the other way round: rustdoc includes its README.
        if !root.text.contains("include_str!(\"../README.md\")") {
            readmes.push(Generated {
                path: format!("{}/README.md", member.folder),
                text: readme(member, &root),
            });
        }
    }
    Ok(readmes)
}

/// The root file of a crate.
struct Root {
    name: &'static str,
    text: String,
}

fn root(project: &Project, member: &Member) -> Result<Root, Failure> {
    for name in ["src/lib.rs", "src/main.rs"] {
        let path = project.root.join(&member.folder).join(name);
        if let Ok(text) = std::fs::read_to_string(path) {
            return Ok(Root { name, text });
        }
    }
    Err(Failure(format!("{} has no root file", member.folder)))
}

fn readme(member: &Member, Root { name, text }: &Root) -> String {
    let up = "../".repeat(member.folder.split('/').count());
    format!(
        "# {}\n\n{}\n---\n\nMade from [`{name}`]({name}) by `cargo xtask readmes`. \
         [ARCHITECTURE.md]({up}ARCHITECTURE.md) shows where this crate stands among the others.\n",
        member.name,
        documentation(text)
    )
}

/// The `//!` lines as Markdown: headings one level down, links to items as code.
fn documentation(text: &str) -> String {
    let lines = text
        .lines()
        .take_while(|line| line.starts_with("//!"))
        .map(|line| line.trim_start_matches("//!"))
        .map(|line| line.strip_prefix(' ').unwrap_or(line));
    let mut markdown = String::new();
    let mut fenced = false;
    for line in lines {
        let is_fence = line.starts_with("```");
        let opens = is_fence && !fenced;
        fenced ^= is_fence;
        match line {
            // Rustdoc hides these lines of an example.
            _ if fenced && (line == "#" || line.starts_with("# ")) => continue,
            "```" if opens => markdown.push_str("```rust"),
            _ if fenced || is_fence => markdown.push_str(line),
            _ if line.starts_with('#') => {
                markdown.push('#');
                markdown.push_str(line);
            }
            _ => markdown.push_str(&without_item_links(line)),
        }
        markdown.push('\n');
    }
    markdown
}

/// ``[`Item`]`` and ``[`Item`](path::Item)`` → `` `Item` ``; links to files and pages stay.
fn without_item_links(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some(at) = rest.find("[`") {
        let Some(end) = rest[at..].find("`]").map(|end| at + end) else {
            break;
        };
        text.push_str(&rest[..at]);
        let behind = &rest[end + 2..];
        let target = behind
            .strip_prefix('(')
            .and_then(|behind| behind.split_once(')'));
        match target {
            Some((target, _)) if target.contains(['/', '#']) => {
                text.push_str(&rest[at..end + 2]);
                rest = behind;
            }
            other => {
                text.push_str(&rest[at + 1..=end]);
                rest = other.map_or(behind, |(_, after)| after);
            }
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::{documentation, without_item_links};

    #[test]
    fn documentation_is_markdown_that_stands_alone() {
        let text = "//! A [`Plan`](model::Plan).\n//!\n//! # Use\n//!\n//! ```\n//! # hidden();\n//! f();\n//! ```\n\nmod a;\n";
        let expect = "A `Plan`.\n\n## Use\n\n```rust\nf();\n```\n";
        assert_eq!(documentation(text), expect);
    }

    #[test]
    fn links_to_items_are_code_and_others_stay() {
        assert_eq!(without_item_links("[`a`] [b](c.md)"), "`a` [b](c.md)");
        assert_eq!(without_item_links("[`a`](../a.md)"), "[`a`](../a.md)");
        assert_eq!(without_item_links("[`a"), "[`a");
    }
}
