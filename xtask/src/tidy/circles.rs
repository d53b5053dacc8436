//! Modules that depend on each other.
//!
//! Two modules that use each other cannot be understood, tested or moved one without the other. A
//! module and those inside it are one thing here: what is compared are siblings, so that a `use` of
//! something deep in one folder counts as a use of the folder.

use std::collections::{BTreeMap, BTreeSet};

use super::Workspace;
use super::source::Source;

/// Circles that are right: the crate, its modules, and why.
const ALLOWED: &[(&str, &[&str], &str)] = &[(
    "model",
    &["any_kind", "kind", "observation", "typed"],
    "a `Spec` carries the `AnyKind` that understands it, which is any `Kind` and takes `Spec`s: one \
     idea, whose parts are too long for one file",
)];

/// A list that grows stops being an exception.
const _: () = assert!(ALLOWED.len() <= 2);

/// The path of a module from its crate's root.
type Path = Vec<String>;

/// Every circle of siblings, by its members.
pub(super) fn none(workspace: &Workspace) -> Vec<String> {
    let mut problems = Vec::new();
    for member in &workspace.project.members {
        let folder = format!("{}/src/", member.folder);
        let sources: Vec<&Source> = workspace.of_crate(&member.folder).collect();
        let modules = Modules::of(&folder, &sources);
        for (parent, uses) in modules.between_siblings() {
            for circle in circles(&uses) {
                let allowed = ALLOWED
                    .iter()
                    .any(|(name, modules, _)| *name == member.name && circle == *modules);
                if allowed {
                    continue;
                }
                // One line a module, so that a circle that gets smaller counts for less.
                let parent = parent.join("/");
                let whole = circle.join(" ↔ ");
                problems.extend(
                    circle.iter().map(|module| {
                        format!("{folder}{parent}: {module} is in the circle {whole}")
                    }),
                );
            }
        }
    }
    problems
}

/// The modules of a crate.
struct Modules {
    /// The paths that each module names in its code.
    named: BTreeMap<Path, Vec<Path>>,
    /// The names that each module gives out for its children: `pub use inner::Type`.
    renamed: BTreeMap<Path, BTreeMap<String, Path>>,
}

impl Modules {
    fn of(folder: &str, sources: &[&Source]) -> Self {
        let mut modules = Self {
            named: BTreeMap::new(),
            renamed: BTreeMap::new(),
        };
        for source in sources.iter().filter(|source| !source.is_test()) {
            let Some(path) = module(folder, &source.path) else {
                continue;
            };
            let code: String = source.lines().flat_map(|(_, line)| [line, "\n"]).collect();
            let used = imports(&code);
            let mut renamed = BTreeMap::new();
            for used in &used {
                if let Some(name) = used.last() {
                    renamed.insert(name.to_owned(), used.clone());
                }
            }
            let mut named = used;
            named.extend(inline(&code));
            modules.named.insert(path.clone(), named);
            modules.renamed.insert(path, renamed);
        }
        modules
    }

    /// For each module, which of its children use which others.
    fn between_siblings(&self) -> BTreeMap<Path, BTreeMap<String, BTreeSet<String>>> {
        let mut siblings = BTreeMap::<Path, BTreeMap<String, BTreeSet<String>>>::new();
        for (from, named) in &self.named {
            for to in named.iter().filter_map(|path| self.resolve(from, path)) {
                let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
                if let (Some(user), Some(used)) = (from.get(common), to.get(common)) {
                    let uses = siblings.entry(from[..common].to_vec()).or_default();
                    uses.entry(user.clone()).or_default().insert(used.clone());
                }
            }
        }
        siblings
    }

    /// The module that a path leads to, through what modules give out of their children.
    fn resolve(&self, from: &Path, named: &[String]) -> Option<Path> {
        let mut at = Path::new();
        let mut rest = named;
        match named.first()?.as_str() {
            "crate" => rest = &named[1..],
            "super" | "self" => {
                at.clone_from(from);
                while let Some(first @ ("super" | "self")) = rest.first().map(String::as_str) {
                    if first == "super" {
                        at.pop();
                    }
                    rest = &rest[1..];
                }
            }
            // A child of the module, or another crate.
            child => {
                at.clone_from(from);
                at.push(child.to_owned());
                if !self.named.contains_key(&at) {
                    return None;
                }
                rest = &named[1..];
            }
        }
        while let Some((first, behind)) = rest.split_first() {
            let mut child = at.clone();
            child.push(first.clone());
            if self.named.contains_key(&child) {
                (at, rest) = (child, behind);
                continue;
            }
            let given = self.renamed.get(&at).and_then(|names| names.get(first));
            let leads = given
                .filter(|path| path.as_slice() != named)
                .and_then(|path| {
                    let inside = path
                        .first()
                        .is_some_and(|word| word != "crate" && word != "super");
                    inside.then(|| self.resolve(&at, path)).flatten()
                });
            return Some(leads.unwrap_or(at));
        }
        Some(at)
    }
}

/// The module of a file. A folder's own file is called `mod`, the root of a crate `lib` or `main`.
fn module(folder: &str, path: &str) -> Option<Path> {
    let inside = path.strip_prefix(folder)?.strip_suffix(".rs")?;
    let mut parts: Path = inside.split('/').map(ToOwned::to_owned).collect();
    if matches!(
        parts.last().map(String::as_str),
        Some("mod" | "lib" | "main")
    ) {
        parts.pop();
    }
    Some(parts)
}

/// The paths of all `use` declarations, each written out.
fn imports(code: &str) -> Vec<Path> {
    let mut paths = Vec::new();
    for (at, _) in code.match_indices("use ") {
        let begins = code[..at]
            .chars()
            .next_back()
            .is_none_or(|c| c.is_whitespace() || c == ')');
        let Some(end) = code[at..].find(';') else {
            continue;
        };
        if begins {
            expand(&[], &code[at + 4..at + end], &mut paths);
        }
    }
    paths
}

/// `a::{b, c::D as E}` → `a::b`, `a::c::D`.
fn expand(before: &[String], tree: &str, paths: &mut Vec<Path>) {
    let tree = tree.trim();
    let (head, group) = match tree.find('{') {
        Some(at) => (&tree[..at], Some(&tree[at + 1..])),
        None => (tree.split(" as ").next().unwrap_or_default(), None),
    };
    let mut path = before.to_vec();
    let words = head.split("::").map(str::trim);
    path.extend(
        words
            .filter(|word| !word.is_empty() && *word != "*")
            .map(ToOwned::to_owned),
    );
    let Some(group) = group.and_then(|group| group.rfind('}').map(|end| &group[..end])) else {
        paths.push(path);
        return;
    };
    let mut depth = 0;
    let each = group.split(|c| {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        c == ',' && depth == 0
    });
    for part in each.filter(|part| !part.trim().is_empty()) {
        expand(&path, part, paths);
    }
}

/// Paths that begin with `crate::` or `super::`, wherever they stand.
fn inline(code: &str) -> Vec<Path> {
    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    code.split(|c| !is_path(c))
        .filter(|word| word.starts_with("crate::") || word.starts_with("super::"))
        .map(|word| {
            let parts = word.split("::").filter(|part| !part.is_empty());
            parts.map(ToOwned::to_owned).collect()
        })
        .collect()
}

/// The groups whose members reach each other.
fn circles(uses: &BTreeMap<String, BTreeSet<String>>) -> Vec<Vec<String>> {
    let reached: BTreeMap<&String, BTreeSet<&String>> =
        uses.keys().map(|from| (from, reach(uses, from))).collect();
    let mut circles = BTreeSet::new();
    for (from, all) in &reached {
        let back = |to: &&&String| reached.get(**to).is_some_and(|all| all.contains(from));
        let circle: Vec<String> = all.iter().filter(back).map(|to| (*to).clone()).collect();
        if circle.len() > 1 {
            circles.insert(circle);
        }
    }
    circles.into_iter().collect()
}

/// Every module that `from` uses, directly or through others.
fn reach<'a>(
    uses: &'a BTreeMap<String, BTreeSet<String>>,
    from: &'a String,
) -> BTreeSet<&'a String> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from];
    while let Some(module) = open.pop() {
        for used in uses.get(module).into_iter().flatten() {
            if reached.insert(used) {
                open.push(used);
            }
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::none;
    use crate::tidy::tests::workspace;

    #[track_caller]
    fn check(files: &[(&str, &str)], expect: &[&str]) {
        let (_folder, project) = workspace(files);
        assert_eq!(none(&project.workspace()), expect);
    }

    #[test]
    fn siblings_that_use_each_other_are_a_circle() {
        check(
            &[
                ("crates/a/src/lib.rs", "mod b; mod c; mod d;"),
                ("crates/a/src/b.rs", "use crate::c::{self, C};"),
                (
                    "crates/a/src/c.rs",
                    "use std::fmt;\nfn f() { super::d::g() }",
                ),
                ("crates/a/src/d/mod.rs", "mod e;"),
                (
                    "crates/a/src/d/e.rs",
                    "use super::super::{b::B, c as other};",
                ),
            ],
            &[
                "crates/a/src/: b is in the circle b ↔ c ↔ d",
                "crates/a/src/: c is in the circle b ↔ c ↔ d",
                "crates/a/src/: d is in the circle b ↔ c ↔ d",
            ],
        );
    }

    #[test]
    fn a_name_given_out_by_the_parent_leads_to_the_module_that_has_it() {
        check(
            &[
                ("crates/a/src/lib.rs", "mod b; mod c;\npub use b::B;"),
                ("crates/a/src/b.rs", "use crate::c::C;"),
                ("crates/a/src/c.rs", "use crate::B;"),
            ],
            &[
                "crates/a/src/: b is in the circle b ↔ c",
                "crates/a/src/: c is in the circle b ↔ c",
            ],
        );
    }

    #[test]
    fn parents_and_tests_are_no_part_of_a_circle() {
        check(
            &[
                ("crates/a/src/lib.rs", "mod b; use b::B; struct S;"),
                ("crates/a/src/b.rs", "use crate::S;\nuse crate::c::C;"),
                (
                    "crates/a/src/c.rs",
                    "//! C.\n\n#[cfg(test)]\nmod tests {\n    use crate::b::B;\n}\n",
                ),
            ],
            &[],
        );
    }
}
