//! The command line as an interface: help, exit codes, streams, formats, and what never reaches a
//! terminal.

use std::sync::OnceLock;

use tests::place::{Place, Ran};
use tests::repository;

/// The example, applied once, for commands that only look.
fn applied() -> &'static Place {
    static APPLIED: OnceLock<Place> = OnceLock::new();
    APPLIED.get_or_init(|| {
        let place = Place::of("example");
        place.apply().exits(0);
        place.advance("5m");
        place
    })
}

fn offline(arguments: &[&str]) -> Ran {
    static PLACE: OnceLock<Place> = OnceLock::new();
    PLACE.get_or_init(|| Place::of("example")).deploy(arguments)
}

/// The names under `Commands:` in a help text.
fn commands(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    lines
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
        .filter(|name| name != "help")
        .collect()
}

fn check_help(path: &[String]) -> usize {
    let arguments: Vec<&str> = path.iter().map(String::as_str).chain(["--help"]).collect();
    let help = offline(&arguments).exits(0);
    assert_eq!(help.stderr, "", "{path:?}");
    let example = format!("deploy {}", path.join(" "));
    assert!(
        help.stdout.contains("Example"),
        "{path:?}:\n{}",
        help.stdout
    );
    assert!(
        help.stdout.contains(example.trim()),
        "{path:?}:\n{}",
        help.stdout
    );
    let below = commands(&help.stdout);
    let deeper = below.iter().map(|name| {
        let path = [path, std::slice::from_ref(name)].concat();
        check_help(&path)
    });
    1 + deeper.sum::<usize>()
}

#[test]
fn the_help_of_every_command_has_an_example() {
    let helps = check_help(&[]);
    assert!(helps > 15, "{helps} commands only");
}

#[test]
fn usage_errors_exit_with_2_and_say_why_on_standard_error() {
    let check = |arguments: &[&str], expect: &str| {
        let ran = offline(arguments).exits(2);
        assert_eq!(ran.stdout, "", "{arguments:?}");
        assert!(ran.stderr.contains(expect), "{arguments:?}: {}", ran.stderr);
    };
    check(&["aply"], "apply");
    check(
        &["plan", "deploy/example.yaml", "--sandbox", "--speed", "0"],
        "100000",
    );
    check(&["apply", "deploy/example.yaml", "--wait", "soon"], "15m");
    // A flag is taken where it acts, and nowhere else.
    check(&["rules", "--sandbox"], "unexpected argument '--sandbox'");
    check(&["sandbox", "reset", "--speed", "60"], "'--speed'");
    check(
        &["plan", "deploy/example.yaml", "--speed", "60"],
        "--sandbox",
    );
    check(&["explain", "STS-X99"], "deploy rules");
    check(
        &[
            "plan",
            "deploy/example.yaml",
            "--sandbox",
            "--target",
            "nobody.example",
        ],
        "nobody.example",
    );
}

#[test]
fn a_manifest_that_is_not_there_is_named() {
    let ran = offline(&["plan", "deploy/nowhere.yaml", "--sandbox"]);
    assert!([1, 2].contains(&ran.code), "{}", ran.code);
    assert!(ran.stderr.contains("deploy/nowhere.yaml"), "{}", ran.stderr);
    assert_eq!(ran.stdout, "");
}

#[test]
fn exit_codes_say_what_is_the_matter() {
    let place = Place::of("two-accounts-one-region");
    place.run("plan", &[]).exits(0);
    place.run("plan", &["--exit-code"]).exits(3);
    place.run("apply", &[]).exits(2);
    place.apply().exits(0);
    place.run("plan", &["--exit-code"]).exits(0);
    place.run("drift", &[]).exits(0);
    place.run("status", &[]).exits(0);
    place.destroy().exits(0);
    let manual = Place::of("manual-dns");
    manual.apply().exits(5);
}

#[test]
fn every_command_that_has_data_prints_json() {
    let place = applied();
    for command in ["plan", "drift", "status", "records", "graph"] {
        let ran = place.run(command, &["--json"]).exits(0);
        assert!(!ran.json().is_null(), "{command}");
    }
    place.run("apply", &["--yes"]).exits(0);
    let manifest = place.manifest();
    for arguments in [
        &["lint", manifest, "--json"][..],
        &["rules", "--json"],
        &["explain", "STS-P13", "--json"],
        &["sandbox", "stats", manifest, "--json"],
        &["schema"],
    ] {
        let ran = place.deploy(arguments).exits(0);
        assert!(!ran.json().is_null(), "{arguments:?}");
    }
    // A run that changes something prints a line of progress nowhere but on standard error.
    let fresh = Place::of("two-accounts-one-region");
    let applied = fresh.run("apply", &["--yes", "--json"]).exits(0).json();
    assert!(applied["outcomes"].as_array().expect("outcomes").len() > 10);
}

/// One document a run, with its format and version, whatever comes about.
#[test]
fn every_document_says_what_it_is() {
    let place = Place::of("two-accounts-one-region");
    let manifest = place.manifest();
    let check = |ran: &Ran, format: &str| {
        let json = ran.json();
        assert_eq!(json["format"], format, "{}", ran.stdout);
        assert!(json["version"].is_u64(), "{}", ran.stdout);
        json
    };
    let json = |command| place.run(command, &["--yes", "--json"]);
    check(&place.run("plan", &["--format", "json"]), "deploy.plan");
    let refused = place.run("apply", &["--json"]).exits(2);
    assert!(check(&refused, "deploy.apply")["outcomes"].is_null());
    let applied = check(&json("apply").exits(0), "deploy.apply");
    assert_eq!(applied["checks"]["verdict"], "good");
    assert_eq!(applied["findings"]["summary"]["error"], 0);
    let same = check(&json("apply").exits(0), "deploy.apply");
    assert_eq!(same["plan"]["empty"], true);
    for command in [
        "status", "drift", "verify", "records", "graph", "doctor", "lint",
    ] {
        check(
            &place.run(command, &["--json"]),
            &format!("deploy.{command}")
                .replace("verify", "checks")
                .replace("lint", "findings"),
        );
    }
    let repair = place
        .run("drift", &["--repair", "--yes", "--json"])
        .exits(0);
    assert_eq!(check(&repair, "deploy.repair")["drift"]["in_sync"], true);
    check(
        &place.deploy(&["explain", "STS-P13", "--json"]),
        "deploy.rules",
    );
    check(&place.deploy(&["rules", "--json"]), "deploy.rules");
    check(
        &place.deploy(&["sandbox", "stats", manifest, "--json"]),
        "deploy.stats",
    );
    check(&place.deploy(&["iam", manifest]), "deploy.iam");
    let destroyed = check(&json("destroy").exits(0), "deploy.destroy");
    assert_eq!(destroyed["left"]["recorded"], 0);
    let fresh = Place::of("two-accounts-one-region");
    let unrecorded = fresh.run("destroy", &["--yes", "--json"]).exits(4);
    let unrecorded = check(&unrecorded, "deploy.destroy");
    assert!(unrecorded["plan"].is_null() && unrecorded["left"].is_object());
}

/// `--json` and `--format` say the same, and not two things.
#[test]
fn json_is_short_for_a_format() {
    let place = applied();
    for (command, others) in [
        ("plan", &["text", "markdown"][..]),
        ("drift", &["text", "markdown", "junit", "html"]),
        ("verify", &["text", "markdown", "junit", "html"]),
        ("lint", &["text", "sarif", "github", "junit"]),
        (
            "records",
            &["text", "bind", "octodns", "dnscontrol", "terraform"],
        ),
        ("graph", &["mermaid", "dot"]),
    ] {
        let short = place.run(command, &["--json"]).exits(0);
        let long = place.run(command, &["--format", "json"]).exits(0);
        assert_eq!(short.json()["format"], long.json()["format"], "{command}");
        for other in others {
            let ran = place.run(command, &["--format", other]).exits(0);
            assert!(
                serde_json::from_str::<serde_json::Value>(&ran.stdout).is_err()
                    || *other == "sarif"
            );
            place.run(command, &["--json", "--format", other]).exits(2);
        }
    }
}

#[test]
fn colours_are_asked_for_or_refused() {
    let place = applied();
    let coloured = |options: &[&str]| place.run("status", options).stdout.contains('\u{1b}');
    assert!(!coloured(&[]));
    assert!(coloured(&["--color", "always"]));
    assert!(!coloured(&["--color", "never"]));
}

#[test]
fn data_goes_to_standard_output_and_everything_else_to_standard_error() {
    let place = Place::of("two-accounts-one-region");
    let ran = place.apply().exits(0);
    assert!(ran.stdout.contains("Plan: "), "{}", ran.stdout);
    assert!(!ran.stdout.contains('✓'), "{}", ran.stdout);
    assert!(ran.stderr.contains('✓'), "{}", ran.stderr);
    assert!(!ran.stderr.contains("Plan: "), "{}", ran.stderr);
    let graph = place.run("graph", &["--format", "dot"]).exits(0);
    assert!(graph.stdout.contains("digraph plan {"), "{}", graph.stdout);
    let mermaid = place.run("graph", &[]).exits(0);
    assert!(mermaid.stdout.contains("flowchart"), "{}", mermaid.stdout);
}

#[test]
fn a_graph_without_changes_is_empty_and_says_so() {
    let place = applied();
    for (format, empty) in [("mermaid", "flowchart LR\n"), ("dot", "digraph plan {}\n")] {
        let ran = place.run("graph", &["--format", format]).exits(0);
        assert_eq!(ran.stdout, empty);
        ran.says("Nothing changes, so the graph is empty.");
    }
}

/// Fails on anything that moves a cursor or rings: all but line feeds.
#[track_caller]
fn has_no_control_characters(text: &str) {
    let found = text
        .lines()
        .find(|line| line.chars().any(|c| c.is_control() && c != '\t'));
    assert_eq!(found, None);
}

#[test]
fn without_a_terminal_and_with_no_color_nothing_is_coloured() {
    let place = applied();
    let manifest = place.manifest();
    let arguments = ["plan", manifest, "--sandbox", "--speed", "instant"];
    for environment in [
        &[][..],
        &[("NO_COLOR", "1")],
        &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")],
    ] {
        let ran = place.deploy_in(environment, &arguments).exits(0);
        has_no_control_characters(&ran.stdout);
        has_no_control_characters(&ran.stderr);
    }
    // Colour is there where it is asked for, so that its absence means something.
    let forced = place
        .deploy_in(&[("CLICOLOR_FORCE", "1")], &arguments)
        .exits(0);
    assert!(forced.stdout.contains('\u{1b}'), "{}", forced.stdout);
}

#[test]
fn completions_and_schema_are_printed() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = offline(&["completions", shell]).exits(0);
        assert!(ran.stdout.contains("deploy"), "{shell}");
        assert_eq!(ran.stderr, "");
    }
    let schema = offline(&["schema"]).exits(0);
    let committed = Place::of("example").read("deploy/deploy.schema.json");
    assert_eq!(schema.stdout.trim(), committed.trim());
}

#[test]
fn each_command_has_a_manual_page() {
    let place = Place::of("example");
    let folder = place.path().join("man");
    let folder_name = folder.to_string_lossy();
    place.deploy(&["man", &folder_name]).exits(0);
    let page = |name: &str| place.read(&format!("man/{name}.1"));
    assert!(page("deploy").contains("deploy\\-drift(1)"));
    assert!(page("deploy-drift").contains("\\-\\-accept"));
    assert!(page("deploy-ledger-create").contains(".TH"));
}

/// Issue 2, 6: "Bad input: thirty broken manifests".
#[test]
fn every_broken_manifest_exits_with_2_and_names_file_line_and_column() {
    let folder = repository::root().join("tests/broken-manifests");
    let entries = std::fs::read_dir(folder).expect("broken manifests");
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.strip_suffix(".yaml").is_some())
        .collect();
    names.sort();
    assert!(names.len() >= 30, "{names:?}");
    for name in names {
        let path = format!("tests/broken-manifests/{name}");
        let ran = in_repository(&["plan", &path, "--sandbox"]);
        assert_eq!(ran.code, 2, "{name}: {}", ran.stderr);
        assert_eq!(ran.stdout, "", "{name}");
        let place = ran.stderr.lines().find(|line| {
            let mut parts = line.rsplitn(3, ':');
            let mut number = || parts.next().is_some_and(|part| part.parse::<u32>().is_ok());
            line.contains(".yaml:") && number() && number()
        });
        assert!(place.is_some(), "{name}: {}", ran.stderr);
        has_no_control_characters(&ran.stderr);
    }
}

/// Runs the binary in the repository: for what is refused before anything is written.
fn in_repository(arguments: &[&str]) -> Ran {
    let output = std::process::Command::new(tests::place::binary())
        .current_dir(repository::root())
        .args(arguments)
        .output();
    output.expect("the binary starts").into()
}

/// Promise 8: "No value from DNS or AWS reaches the terminal with control characters in it."
#[test]
fn hostile_values_are_printed_without_control_characters() {
    let place = Place::of("example");
    // A colour, a title, a bell, a carriage return, a C1 control and a line feed, in Route 53's octal.
    let hostile = r#""v=DMARC1\033[31m\033]0;owned\007\015\233\012 p=reject""#;
    place.make_world(None);
    place.change_world(|world, _| {
        let zones: Vec<String> = world
            .route53
            .zones_of("111111111111")
            .map(|zone| zone.id.clone())
            .collect();
        for name in [
            "_dmarc.example.com",
            "_mta-sts.example.com",
            "default._bimi.example.com",
            "example.com",
            "_smtp._tls.example.com",
            "mail1.example.com",
        ] {
            world
                .seed_records(&zones[0], name, ("TXT", 300), &[hostile])
                .expect("a name");
        }
    });
    let mut seen = 0;
    let mut check = |ran: Ran| {
        has_no_control_characters(&ran.stdout);
        has_no_control_characters(&ran.stderr);
        seen += usize::from(ran.stdout.contains("owned") || ran.stderr.contains("owned"));
    };
    check(place.run("plan", &[]));
    check(place.run("plan", &["--json"]));
    check(place.run("plan", &["--format", "markdown"]));
    check(place.apply());
    place.edit(
        "    spf: { include:",
        "    adopt: true\n    spf: { include:",
    );
    check(place.run("plan", &[]));
    check(place.apply());
    for command in ["drift", "status", "records", "graph"] {
        check(place.run(command, &[]));
        if command != "graph" {
            check(place.run(command, &["--json"]));
        }
    }
    check(place.destroy());
    assert!(seen >= 3, "the value was shown {seen} times only");
}

/// An unknown word is answered with the one that is meant.
#[test]
fn words_that_are_not_known_are_answered_with_those_that_are() {
    let place = Place::of("example");
    let plan = |options: &[&str]| place.run("plan", options);
    plan(&["--target", "exmple.com"])
        .exits(2)
        .says("did you mean `example.com`?");
    place
        .deploy(&["lint", "example.com"])
        .exits(2)
        .says("`deploy init example.com`");
    place
        .deploy(&["lint", "nowhere.svg"])
        .exits(1)
        .says("could not read nowhere.svg");
    place.write("world.yaml", "zonez: []\n");
    plan(&["--world", "world.yaml"])
        .exits(1)
        .says("could not use the world file world.yaml: line 1 column 1: unknown field `zonez`");
    place.write(
        "brought.yaml",
        "project: brought\n\
         accounts: { web: { id: \"111111111111\" } }\n\
         domains:\n  example.com:\n    dns: cloudflare\n    \
         dmarc: { p: none, pct: 50 }\n    spf: { all: \"~all\" }\n",
    );
    place
        .deploy(&["lint", "brought.yaml"])
        .exits(2)
        .says("write `manual`")
        .says("DMARC has no `pct` any more")
        .says("write `softfail`");
}
