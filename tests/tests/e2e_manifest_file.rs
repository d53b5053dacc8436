//! The manifest of a command that names none: where it is searched for, and how places in it are told.

use std::process::{Command, Stdio};

use tests::place::{Place, Ran, binary};

/// A folder with a small manifest at its top, and a folder in it.
fn place() -> Place {
    let place = Place::with(
        "project: nearest\naccounts:\n  main: { id: \"111111111111\" }\n\
         domains:\n  example.com:\n    dns: { route53: { account: main } }\n    spf: { all: softfail }\n",
    )
    // The commands run outside the place, which makes no bucket for them.
    .in_folder();
    let text = place.read(place.manifest());
    place.write("deploy.yaml", &text);
    std::fs::create_dir_all(place.path().join("mail/records")).expect("a writable folder");
    place
}

/// Runs the binary in a folder of the place.
fn run_in(place: &Place, folder: &str, variable: Option<&str>, arguments: &[&str]) -> Ran {
    let mut command = Command::new(binary());
    command
        .current_dir(place.path().join(folder))
        .args(arguments)
        .env_clear()
        .env("HOME", place.path())
        .envs(variable.map(|path| ("DEPLOY_MANIFEST", path)))
        .stdin(Stdio::null());
    command.output().expect("the binary starts").into()
}

const SANDBOX: [&str; 3] = ["--sandbox", "--speed", "instant"];

#[test]
fn the_nearest_manifest_is_found_from_a_folder_below_and_told() {
    let place = place();
    let plan = [&["plan"][..], &SANDBOX].concat();
    let here = run_in(&place, "", None, &plan).exits(0);
    assert!(!here.stderr.contains("Manifest: "), "{}", here.stderr);
    let below = run_in(&place, "mail/records", None, &plan).exits(0);
    assert_eq!(here.stdout, below.stdout);
    below.says("Manifest: ../../deploy.yaml");
    // State is kept beside the manifest, wherever the command runs.
    assert!(place.path().join(".deploy/sandbox/nearest").is_dir());
    assert!(!place.path().join("mail/records/.deploy").exists());
}

#[test]
fn every_command_that_takes_a_manifest_finds_it() {
    let place = place();
    for arguments in [
        &["lint"][..],
        &["iam"],
        &["sandbox", "stats"],
        &["sandbox", "advance", "1m"],
        &["sandbox", "publish"],
        &["sandbox", "reset"],
    ] {
        run_in(&place, "mail", None, arguments).exits(0);
    }
    for command in ["records", "status", "doctor", "graph", "verify", "apply"] {
        let ran = run_in(&place, "mail", None, &[&[command][..], &SANDBOX].concat());
        ran.says("Manifest: ../deploy.yaml");
    }
    let sandbox_of = ["check", "example.com", "--sandbox"];
    run_in(&place, "mail", None, &sandbox_of).says("Manifest: ../deploy.yaml");
}

#[test]
fn deploy_yml_and_the_variable_name_a_manifest_too() {
    let place = place();
    let yml = place.path().join("mail/deploy.yml");
    std::fs::rename(place.path().join("deploy.yaml"), &yml).expect("a writable folder");
    run_in(&place, "mail/records", None, &["lint"])
        .exits(0)
        .says("Manifest: ../deploy.yml");
    run_in(&place, "", Some("mail/deploy.yml"), &["lint"])
        .exits(0)
        .says("Manifest: mail/deploy.yml (DEPLOY_MANIFEST)");
    // Whoever names one means it.
    let named = run_in(
        &place,
        "",
        Some("nowhere.yaml"),
        &["lint", "mail/deploy.yml"],
    )
    .exits(0);
    assert!(!named.stderr.contains("Manifest: "), "{}", named.stderr);
    run_in(&place, "", Some("nowhere.yaml"), &["lint"])
        .exits(2)
        .says("DEPLOY_MANIFEST is nowhere.yaml, and there is no such file");
}

#[test]
fn without_a_manifest_the_error_says_where_it_was_searched_for() {
    let place = place();
    std::fs::remove_file(place.path().join("deploy.yaml")).expect("a writable folder");
    let top = place.path().canonicalize().expect("a folder");
    let ran = run_in(&place, "mail/records", None, &["plan", "--sandbox"]).exits(2);
    ran.clone().says(&format!(
        "there is no manifest: no deploy.yaml or deploy.yml is in {0}/mail/records, or in a folder \
         above it up to {0}",
        top.display()
    ));
    ran.says("DEPLOY_MANIFEST").says("deploy init DOMAIN");
    for name in ["deploy.yaml", "deploy.yml"] {
        place.write(name, "project: a\n");
    }
    run_in(&place, "", None, &["plan", "--sandbox"])
        .exits(2)
        .says("deploy.yaml and deploy.yml are both in");
}

/// A manifest above the repository is of another project.
#[test]
fn the_search_ends_at_the_root_of_the_repository() {
    let place = place();
    std::fs::create_dir(place.path().join("mail/.git")).expect("a writable folder");
    run_in(&place, "mail/records", None, &["lint"]).exits(2);
}

#[test]
fn places_are_told_from_the_current_folder_and_to_programs_from_the_repository() {
    let place = place();
    place.write(
        "deploy.yaml",
        &place.read("deploy.yaml").replace("spf", "spff"),
    );
    for command in ["lint", "plan"] {
        run_in(&place, "mail", None, &[command])
            .exits(2)
            .says("--> ../deploy.yaml:7:5");
    }
    let sarif = run_in(&place, "mail", None, &["lint", "--format", "sarif"]).exits(2);
    assert!(sarif.stdout.contains("\"deploy.yaml\""), "{}", sarif.stdout);
    assert!(!sarif.stdout.contains("../deploy.yaml"), "{}", sarif.stdout);
}
