//! Texts of the grammars' own making, judged by `deploy`'s library and by three others.
//!
//! 300 texts of each standard are generated from its ABNF, and every third is changed at random.
//! checkdmarc and mailauth judge whatever they know; pyspf knows SPF. Where another implementation
//! comes to something else, the section of the RFC that decides is in the standard's list: one
//! that is not listed fails the test, and so does a listed one that is no longer seen.
#![expect(
    clippy::disallowed_methods,
    reason = "the others read the texts from a file, which is written here"
)]

mod dmarc;
#[path = "../../../crates/standards/tests/abnf/generate.rs"]
mod generate;
#[path = "../../../crates/standards/tests/abnf/grammar.rs"]
mod grammar;
mod mta_sts;
mod spf;
mod tls_rpt;

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use grammar::Grammar;
use tests::tools;

const TEXTS: usize = 300;

/// The verdicts on one text, by tool.
type Verdicts = BTreeMap<String, String>;

/// A standard, and the verdicts on its texts.
struct Standard {
    /// Its name in the scripts.
    name: &'static str,
    grammar: &'static [&'static str],
    rule: &'static str,
    /// The meaning of the text to `deploy`'s library.
    ours: fn(&str) -> String,
    /// Whether a tool's verdict is ours: tool, ours, theirs.
    agree: fn(&str, &str, &str) -> bool,
    /// As seen in the versions that `requirements.txt` and `package.json` pin.
    disagreements: &'static [Disagreement],
}

/// A way in which another implementation departs from an RFC.
struct Disagreement {
    tool: &'static str,
    /// The beginning of its verdict; `*` is any.
    theirs: &'static str,
    /// The beginning of the right one; `*` is any.
    ours: &'static str,
    /// Whether the text has what the difference is about.
    has: fn(&str) -> bool,
    /// The difference, as a verb and its object.
    why: &'static str,
    /// The section that decides.
    section: &'static str,
}

impl Disagreement {
    fn explains(&self, text: &str, tool: &str, ours: &str, theirs: &str) -> bool {
        let is_so = |word: &str, found: &str| word == "*" || found.starts_with(word);
        self.tool == tool
            && is_so(self.theirs, theirs)
            && is_so(self.ours, ours)
            && (self.has)(text)
    }
}

/// Holds the verdicts of the others to ours, and the list to what is seen.
#[track_caller]
fn check(standard: &Standard) {
    let texts = texts(standard);
    let mut used = BTreeSet::new();
    let mut unknown = Vec::new();
    for (text, verdicts) in texts.iter().zip(judged(standard, &texts)) {
        let ours = (standard.ours)(text);
        for (tool, theirs) in &verdicts {
            if (standard.agree)(tool, &ours, theirs) {
                continue;
            }
            let mut known = standard.disagreements.iter();
            match known.position(|one| one.explains(text, tool, &ours, theirs)) {
                Some(known) => {
                    used.insert(known);
                }
                None => unknown.push(format!("{tool} {theirs:?}, not {ours:?}: {text:?}")),
            }
        }
    }
    assert!(
        unknown.is_empty(),
        "{} more:\n{}",
        unknown.len(),
        unknown.join("\n")
    );
    let listed = standard.disagreements.iter().enumerate();
    let unused = listed.filter(|(position, _)| !used.contains(position));
    let unused: Vec<String> = unused
        .map(|(_, one)| format!("{} no longer {} ({})", one.tool, one.why, one.section))
        .collect();
    assert!(unused.is_empty(), "{}", unused.join("\n"));
}

/// The verdicts of all tools that know the standard, on each of the texts.
fn judged(standard: &Standard, texts: &[String]) -> Vec<Verdicts> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("texts.json");
    std::fs::write(&file, serde_json::to_string(texts).expect("JSON")).expect("a file");
    let arguments = [standard.name, file.to_str().expect("a path")];
    let python = read(&tools::ask_script("verdicts.py", &arguments, &[]));
    let node = read(&tools::ask_node("verdicts.cjs", &arguments));
    assert_eq!((python.len(), node.len()), (TEXTS, TEXTS));
    let both = python.into_iter().zip(node);
    both.map(|(python, node)| python.into_iter().chain(node).collect())
        .collect()
}

/// The texts that are judged: changes that are no UTF-8 are left out.
fn texts(standard: &Standard) -> Vec<String> {
    let grammar = Grammar::read(standard.grammar);
    let mut rng = Rng::with_seed(300);
    let mut texts = Vec::new();
    while texts.len() < TEXTS {
        let mut text = generate::text(&grammar, standard.rule, &mut rng);
        if texts.len() % 3 == 2 {
            text = generate::mutant(&text, &mut rng);
        }
        texts.extend(String::from_utf8(text).ok());
    }
    texts
}

#[track_caller]
fn read(printed: &str) -> Vec<Verdicts> {
    serde_json::from_str(printed).unwrap_or_else(|error| panic!("{error}: {printed}"))
}

/// A text that means nothing does so for whatever reason.
fn same(_: &str, ours: &str, theirs: &str) -> bool {
    ours == theirs || (ours == "none" && theirs.starts_with("none: "))
}
