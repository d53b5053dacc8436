//! Completions in a shell: bash loads what `deploy completions bash` prints, and completes a line.

use std::process::Command;

use tests::place::{Place, binary};

/// The candidates that bash has for the last of these words.
fn candidates(place: &Place, words: &[&str]) -> Vec<String> {
    let programs = place.path().join("programs");
    let _ = std::fs::create_dir(&programs);
    let _ = std::os::unix::fs::symlink(binary(), programs.join("deploy"));
    // As bash calls a function of completion: the words, the index of the one under the cursor, and
    // that word again.
    let script = "eval \"$(deploy completions bash)\"
        COMP_WORDS=(deploy \"$@\"); COMP_CWORD=$#; COMP_TYPE=9
        _clap_complete_deploy deploy \"${COMP_WORDS[COMP_CWORD]}\"
        printf '%s\\n' \"${COMPREPLY[@]}\"";
    let output = Command::new("bash")
        .args(["-c", script, "bash"])
        .args(words)
        .current_dir(place.path())
        .env_clear()
        .env("PATH", format!("{}:/usr/bin:/bin", programs.display()))
        .output()
        .expect("bash");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{words:?}");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let candidates = text.split(['\u{b}', '\n']).map(str::to_owned);
    candidates.filter(|one| !one.is_empty()).collect()
}

#[test]
fn targets_are_the_domains_of_the_manifest() {
    let place = Place::with(
        "project: shop\naccounts:\n  dns: { id: \"111111111111\" }\n\
         defaults:\n  dns: { route53: { account: dns } }\n\
         domains:\n  example.com: {}\n  example.org: {}\nparked: [example.net]\n",
    );
    let manifest = place.manifest();
    let all = ["example.com", "example.org", "example.net"];
    assert_eq!(candidates(&place, &["plan", manifest, "--target", ""]), all);
    let before = candidates(
        &place,
        &["apply", manifest, "--yes", "--target", "example.o"],
    );
    assert_eq!(before, ["example.org"]);
    let unnamed = ["status", "--target", ""];
    assert!(
        candidates(&place, &unnamed).is_empty(),
        "no manifest is here"
    );
    place.write("deploy.yaml", &place.read(manifest));
    assert_eq!(candidates(&place, &unnamed), all);
    place.write("deploy.yaml", "project: [");
    assert!(candidates(&place, &unnamed).is_empty(), "it cannot be read");
}

#[test]
fn formats_and_rule_ids_are_completed() {
    let place = Place::of("example");
    assert_eq!(
        candidates(&place, &["graph", "--format", ""]),
        ["mermaid", "dot", "json"]
    );
    assert_eq!(candidates(&place, &["records", "--format", "b"]), ["bind"]);
    for words in [
        &["explain", "STS-P13"][..],
        &["apply", "--accept-risk", "STS-P13"],
    ] {
        assert_eq!(candidates(&place, words), ["STS-P13"], "{words:?}");
    }
}

/// The other shells ask the same program.
#[test]
fn each_shell_learns_to_ask() {
    let place = Place::of("example");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = place.deploy(&["completions", shell]).exits(0).stdout;
        assert!(script.contains("DEPLOY_COMPLETE"), "{shell}: {script}");
    }
    let line = ["--", "deploy", "records", "--format", "d"];
    let asked = [("DEPLOY_COMPLETE", "zsh"), ("_CLAP_COMPLETE_INDEX", "3")];
    let zsh = place.deploy_in(&asked, &line).exits(0).stdout;
    assert_eq!(zsh.trim(), "dnscontrol");
    let fish = place.deploy_in(&asked[..0], &line);
    assert_eq!(
        fish.code, 2,
        "a command line for people has no such command"
    );
    let fish = place.deploy_in(&[("DEPLOY_COMPLETE", "fish")], &line);
    assert_eq!(fish.exits(0).stdout.trim(), "dnscontrol");
}
