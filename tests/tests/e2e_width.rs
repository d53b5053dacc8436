//! Lines fit on a hundred columns, wherever the output goes. Records to type have their values whole,
//! and a line of progress is one.

use tests::other_hands::other_hands;
use tests::place::{Place, Ran, binary};
use tests::repository::root;

const COLUMNS: usize = 100;

/// The lines of a run that are wider. A URL or the path of a file has no place to break at.
fn wide(ran: &Ran) -> Vec<String> {
    let lines = ran.stdout.lines().chain(ran.stderr.lines());
    let is_progress = |line: &str| {
        ["  ✓ ", "  … ", "  ✗ "]
            .iter()
            .any(|sign| line.starts_with(sign))
    };
    let is_whole = |line: &str| {
        let words = line.split_whitespace();
        words.clone().any(|word| word.chars().count() > COLUMNS / 2) && words.count() < 4
    };
    let wide = lines
        .filter(|line| line.chars().count() > COLUMNS && !is_progress(line) && !is_whole(line));
    wide.map(str::to_owned).collect()
}

/// Fails with the wide lines of each command.
#[derive(Default)]
struct Faults(Vec<String>);

impl Faults {
    fn judge(&mut self, what: &str, ran: &Ran) {
        let wide = wide(ran).into_iter().map(|line| format!("{what}: {line}"));
        self.0.extend(wide);
    }

    fn run(&mut self, place: &Place, command: &str, options: &[&str]) {
        let ran = place.run(command, options);
        self.judge(
            &format!("{} {command} {}", place.manifest(), options.join(" ")),
            &ran,
        );
    }

    #[track_caller]
    fn end(&self) {
        assert!(
            self.0.is_empty(),
            "{} lines\n{}",
            self.0.len(),
            self.0.join("\n")
        );
    }
}

#[test]
fn a_life_fits() {
    let mut faults = Faults::default();
    for name in ["example", "manual-dns", "fleet", "two-accounts-two-regions"] {
        let place = Place::of(name).in_calm();
        faults.run(&place, "plan", &[]);
        faults.run(&place, "plan", &["--full"]);
        faults.run(&place, "doctor", &[]);
        faults.run(&place, "lint", &["--online"]);
        faults.run(&place, "apply", &["--yes"]);
        place.advance("5m");
        if name == "example" {
            other_hands(&place);
        }
        for command in ["status", "drift", "verify"] {
            faults.run(&place, command, &[]);
            faults.run(&place, command, &["--full"]);
        }
        faults.run(&place, "verify", &["--all"]);
        faults.run(&place, "plan", &[]);
        faults.run(&place, "destroy", &["--yes"]);
        place.lose_ledger();
        faults.run(&place, "destroy", &["--yes"]);
        faults.run(&place, "adopt", &["--ledger", "--yes"]);
    }
    faults.end();
}

#[test]
fn what_is_said_of_broken_manifests_fits() {
    let mut faults = Faults::default();
    let folder = root().join("tests/broken-manifests");
    for entry in std::fs::read_dir(folder).expect("broken manifests") {
        let path = entry.expect("a file").path();
        if path.extension().is_some_and(|ending| ending == "yaml") {
            let output = std::process::Command::new(binary())
                .arg("lint")
                .arg(&path)
                .current_dir(root())
                .output();
            let name = path.display().to_string();
            faults.judge(&name, &output.expect("it runs").into());
        }
    }
    faults.end();
}

#[test]
fn rules_and_help_fit() {
    let mut faults = Faults::default();
    let place = Place::of("example");
    let rules = place.deploy(&["rules"]).exits(0);
    faults.judge("rules", &rules);
    for id in rules
        .stdout
        .lines()
        .filter_map(|line| line.split_whitespace().next())
    {
        faults.judge(id, &place.deploy(&["explain", id]));
    }
    let commands = [
        "init", "check", "lint", "plan", "apply", "destroy", "adopt", "drift", "verify", "records",
        "report", "status", "doctor", "iam", "graph", "explain", "ledger", "notify", "sandbox",
    ];
    for command in commands {
        let help = place.deploy(&[command, "--help"]).exits(0);
        let (options, _) = help.stdout.split_once("Example").expect("an example");
        // Examples are lines to copy.
        let options = Ran {
            stdout: options.to_owned(),
            ..help
        };
        faults.judge(command, &options);
    }
    faults.end();
}
