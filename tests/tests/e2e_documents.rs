//! README, guides and help texts against the program: each example of a help text is run, and each
//! block that quotes output is compared with what is printed.
//!
//! A block of the language `text` is a quote. The comment above it names the command that prints it:
//!
//! ```text
//! <!-- printed by: deploy plan deploy/example.yaml -->
//! <!-- printed after NAME by: deploy status -->
//! ```
//!
//! `NAME` is one of the states in [`state`]. `[…]` on a line of its own stands for lines that are left
//! out, and `…` for a part of a line.

use std::fmt::Write as _;
use std::path::Path;

use sandbox::faults::{Fault, FaultKind};
use tests::other_hands::other_hands;
use tests::place::Place;
use tests::repository::{root, text};
use tests::shell;

/// The place in the state that the comments call so.
#[track_caller]
fn state(name: &str) -> Place {
    // The documents show the manifests as they ship, most of them without a bucket.
    let shipped = |manifest: &str| Place::of(manifest).in_calm().in_folder();
    let applied = |manifest: &str| {
        let place = shipped(manifest);
        place.run("apply", &["--yes"]);
        place
    };
    match name {
        "" => shipped("example"),
        "apply" => applied("example"),
        "apply by hand" => applied("manual-dns"),
        "apply and other hands" => {
            let place = applied("example");
            place.advance("5m");
            other_hands(&place);
            place
        }
        "enforce" => {
            let place = shipped("example");
            place.edit("mode: testing", "mode: enforce");
            place.run("apply", &["--yes"]);
            place
        }
        "a fleet" => {
            let place = shipped("example");
            place.write("deploy.yaml", &fleet("quarantine"));
            let apply = [
                "apply",
                "--sandbox",
                "--speed",
                "instant",
                "--yes",
                "--no-verify",
            ];
            place.deploy(&apply).exits(0);
            place.write("deploy.yaml", &fleet("reject"));
            place
        }
        "a typing error" => {
            let place = shipped("example");
            place.edit("    dmarc:", "    dmrac:");
            place
        }
        "the first manifest" => {
            let place = shipped("example");
            let guide = text("docs/guide/first-domain.md");
            let (_, manifest) = guide.split_once("```yaml\n").expect("a manifest");
            let (manifest, _) = manifest.split_once("```").expect("its end");
            place.write("deploy.yaml", manifest);
            let logo = place.read("assets/logo.svg");
            place.write("logo.svg", &logo);
            place
        }
        "a dead run" => {
            let place = Place::of("team").in_calm();
            place.make_world(None);
            place.create_ledger();
            let fault = Fault::new(FaultKind::KillAfter).at("ses", "CreateEmailIdentity");
            place.change_world(|world, _| world.faults.script = vec![fault]);
            assert_eq!(place.run("apply", &["--yes", "--no-verify"]).code, 137);
            place.change_world(|world, _| world.faults.script.clear());
            place
        }
        other => panic!("no state is called `{other}`"),
    }
}

/// Two hundred domains that have the same by `defaults`.
fn fleet(policy: &str) -> String {
    let mut text = format!(
        "project: fleet\n\
         accounts: {{ dns: {{ id: \"111111111111\" }} }}\n\
         defaults:\n  dns: {{ route53: {{ account: dns }} }}\n  \
         dmarc: {{ p: {policy} }}\n\
         domains:\n"
    );
    for name in ["a.example", "b.example", "c.example"] {
        let _ = writeln!(text, "  {name}: {{}}");
    }
    for number in 3..200 {
        let _ = writeln!(text, "  d{number:03}.example: {{}}");
    }
    text
}

/// Whether `printed` has the lines of `quote`, which may leave some out, or has the one line of `quote`
/// folded.
fn is_printed(quote: &str, printed: &str) -> bool {
    has_lines(quote, printed) || has_folded(quote, printed)
}

/// Whether the words of a quote of one line are printed: names of the machine move the line breaks.
fn has_folded(quote: &str, printed: &str) -> bool {
    let words: Vec<&str> = printed.split_whitespace().collect();
    let printed = words.join(" ");
    let mut rest = printed.as_str();
    let mut parts = quote.split('…');
    // A shorter one is never folded.
    quote.lines().count() == 1
        && quote.chars().count() > 80
        && parts.all(|part| {
            let found = rest.find(part);
            if let Some(at) = found {
                rest = &rest[at + part.len()..];
            }
            found.is_some()
        })
}

fn has_lines(quote: &str, printed: &str) -> bool {
    let printed: Vec<&str> = printed.lines().map(str::trim_end).collect();
    let mut rest = printed.as_slice();
    let lines: Vec<&str> = quote.lines().map(str::trim_end).collect();
    lines.split(|line| line.trim() == "[…]").all(|part| {
        let at = (0..=rest.len().saturating_sub(part.len())).find(|at| {
            let there = rest[*at..].iter().take(part.len());
            there.len() == part.len()
                && part
                    .iter()
                    .zip(there)
                    .all(|(quote, line)| fits(quote, line))
        });
        if let Some(at) = at {
            rest = &rest[at + part.len()..];
        }
        at.is_some()
    })
}

/// Whether a line is as it is quoted.
fn fits(quote: &str, line: &str) -> bool {
    if quote == line {
        return true;
    }
    let mut parts = quote.split('…');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = line.strip_prefix(first) else {
        return false;
    };
    let mut is_open = false;
    for part in parts {
        is_open = true;
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    is_open && (rest.is_empty() || quote.ends_with('…'))
}

#[test]
fn parts_of_lines_and_lines_may_be_left_out_of_a_quote() {
    let long = "a word ".repeat(12);
    let folded = format!("error: {long}\n  `a` of somebody");
    assert!(is_printed(&format!("error: {long}`a` of …"), &folded));
    assert!(!is_printed(&format!("error: {long}`b` of …"), &folded));
    let printed = "a\n  b 17 c\nd\ne\n";
    for quote in ["a\n  b 17 c", "a\n  […]\ne", "  b … c\nd", "d\ne"] {
        assert!(is_printed(quote, printed), "{quote}");
    }
    for quote in ["b 17 c", "a\nd", "e\n[…]\na", "  b … d", "…x"] {
        assert!(!is_printed(quote, printed), "{quote}");
    }
}

/// The blocks of a document that quote output, each with the comment above it.
fn quotes(document: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut lines = document.lines();
    let mut above = "";
    while let Some(line) = lines.next() {
        if line == "```text" {
            let quote: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            found.push((above.to_owned(), quote.join("\n")));
        } else if let Some(language) = line.strip_prefix("```") {
            // Another language: the end of its block opens none.
            assert!(
                !language.is_empty(),
                "a block without a language below `{above}`"
            );
            lines.by_ref().find(|line| *line == "```");
        }
        above = line;
    }
    found
}

#[test]
fn what_documents_quote_is_what_is_printed() {
    let mut paths = vec!["README.md".to_owned()];
    for folder in ["docs", "docs/guide"] {
        let files = std::fs::read_dir(root().join(folder)).expect("a folder");
        let names = files.map(|file| file.expect("a file").file_name());
        let names = names.filter_map(|name| name.into_string().ok());
        let documents =
            names.filter(|name| Path::new(name).extension().is_some_and(|end| end == "md"));
        paths.extend(documents.map(|name| format!("{folder}/{name}")));
    }
    let mut count = 0;
    for path in paths {
        for (comment, quote) in quotes(&text(&path)) {
            count += 1;
            let said = comment.strip_prefix("<!-- printed ");
            let said = said.and_then(|rest| rest.strip_suffix(" -->")?.split_once("by: "));
            let (after, command) =
                said.unwrap_or_else(|| panic!("{path}: nothing says what prints\n{quote}"));
            let after = after.trim_start_matches("after ").trim_end();
            let (ran, _) = shell::run(&state(after), command);
            let printed = format!("{}{}", ran.stdout, ran.stderr);
            assert!(
                is_printed(&quote, &printed),
                "{path} quotes\n{quote}\nand `{command}` after `{after}` printed\n{printed}"
            );
        }
    }
    assert!(count > 6, "{count} quotes only");
}

/// The example lines of a help text.
fn examples(help: &str) -> Vec<&str> {
    let lines = help.lines().skip_while(|line| !line.starts_with("Example"));
    let lines = lines.skip(1).take_while(|line| line.starts_with("  "));
    lines.map(str::trim).collect()
}

/// The names of the commands that a help text lists.
fn commands(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let lines = lines.take_while(|line| !line.is_empty());
    let names = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = names.filter_map(|line| line.split_whitespace().next());
    let names = names.filter(|name| *name != "help");
    names.map(str::to_owned).collect()
}

/// All examples of all help texts.
fn all_examples(place: &Place, path: &[String], all: &mut Vec<String>) {
    let arguments: Vec<&str> = path.iter().map(String::as_str).chain(["--help"]).collect();
    let help = place.deploy(&arguments).exits(0).stdout;
    all.extend(examples(&help).into_iter().map(str::to_owned));
    for name in commands(&help) {
        all_examples(place, &[path, &[name]].concat(), all);
    }
}

/// Examples that ask for what is nowhere but with their readers: the beginning of the line, and what
/// the program says without it.
const ASKS_FOR_MORE: &[(&str, &str)] = &[
    // A receiver.
    (
        "deploy notify test ",
        "the manifest notifies nobody called mail-team",
    ),
    // A run that died.
    (
        "deploy ledger unlock ",
        "`deploy ledger create` makes the bucket",
    ),
    // A ledger that was lost.
    (
        "deploy adopt --ledger --claim ",
        "nothing of unknown origin has this id",
    ),
];

/// Whether all went well that a line of shell ran.
fn is_well(ends: &[String]) -> bool {
    let good = |end: &String| ["0 ", "3 ", "5 "].iter().any(|code| end.starts_with(code));
    !ends.is_empty() && ends.iter().all(good)
}

#[test]
fn every_example_of_a_help_text_runs() {
    let base = state("apply");
    let copies = [
        ("deploy/example.yaml", "deploy/before.yaml"),
        ("assets/logo.svg", "logo.svg"),
    ];
    for (from, to) in copies {
        base.write(to, &base.read(from));
    }
    let mut all = Vec::new();
    all_examples(&base, &[], &mut all);
    all.sort();
    all.dedup();
    assert!(all.len() > 40, "{} examples only", all.len());
    let mut faults = Vec::new();
    for example in all {
        // It serves until it is stopped: tests of the sandbox do that.
        if example.starts_with("deploy sandbox serve") {
            continue;
        }
        let line = example.replace("/etc/bash_completion.d/deploy", "deploy.bash");
        let (ran, ends) = shell::run(&base.copy(), &line);
        let mut asks = ASKS_FOR_MORE.iter();
        let expected = match asks.find(|(start, _)| example.starts_with(start)) {
            Some((_, words)) => ran.stderr.contains(words),
            None => is_well(&ends),
        };
        if !expected {
            let printed = format!("{}{}", ran.stdout, ran.stderr);
            faults.push(format!("$ {example}\n{ends:?}\n{printed}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
