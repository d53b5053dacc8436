//! `deploy lint` as people call it: what it takes, and how it ends.

#![expect(
    clippy::disallowed_methods,
    reason = "the test writes a manifest for the program to read"
)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Runs `deploy lint` in the repository with `input` on standard input.
fn lint(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_deploy"))
        .arg("lint")
        .args(arguments)
        .current_dir(root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    // A program that ends before it has read all is right to.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("the program ends")
}

/// Checks the exit code, and which rules standard output names, in their order.
#[track_caller]
fn check(arguments: &[&str], input: &str, code: i32, expect: &[&str]) {
    let arguments = [arguments, &["--json"]].concat();
    let output = lint(&arguments, input);
    let shown = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {shown}");
    let data: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let findings = data["findings"].as_array().cloned().unwrap_or_default();
    let rules: Vec<&str> = findings
        .iter()
        .filter_map(|finding| finding["rule"].as_str())
        .collect();
    assert_eq!(rules, expect, "{arguments:?}: {data}");
}

#[test]
fn records_of_the_command_line() {
    check(
        &["--record", "v=spf1 include:amazonses.com ~all"],
        "",
        0,
        &[],
    );
    check(&["--record", "v=spf1 +all"], "", 2, &["SPF-19"]);
    check(
        &["--record", "v=spf1 +all", "--record", "v=DMARC1; p=none"],
        "",
        2,
        &["SPF-19", "DMARC-20"],
    );
    check(&["--record", "hello"], "", 2, &[]);
}

#[test]
fn records_of_standard_input_as_dig_prints_them() {
    let records = "\"v=spf1 \" \"?all\"\n\nv=TLSRPTv1; rua=mailto:t@example.com\n";
    check(&["--record", "-"], records, 0, &["SPF-20"]);
    let long = format!("\"v=spf1 {}~all\"\n", "ip4:192.0.2.1 ".repeat(20));
    let output = lint(&["--record", "-"], &long);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("error[DNS-01]"), "{text}");
    // Hostile input ends soon: what is no record is refused, and findings are counted.
    let includes = |count: usize| format!("v=spf1 {}-all\n", "include:a.example ".repeat(count));
    check(&["--record", "-"], &includes(100_000), 2, &[]);
    let counted = [&["DNS-11", "SPF-09"][..], &["SPF-25"; 100]].concat();
    check(&["--record", "-"], &includes(300), 2, &counted);
}

#[test]
fn files() {
    check(&["assets/logo.svg"], "", 0, &[]);
    // No root of BIMI vouches for the certificate for tests.
    check(&["assets/bimi_vmc.pem"], "", 2, &["VMC-02"]);
    let policy = "version: STSv1\r\nmode: enforce\r\nmx: mx.example.com\r\nmax_age: 1209600\r\n";
    check(&["-"], policy, 0, &[]);
    check(
        &["-"],
        &policy.replace("enforce", "Enforce"),
        2,
        &["STS-P03"],
    );
    check(&["-"], "hello\n", 2, &[]);
    check(&["Cargo.lock"], "", 2, &[]);
    check(&["no-such.svg"], "", 1, &[]);
}

#[test]
fn a_finding_has_its_line_and_column() {
    let policy = "version: STSv1\r\nmode: off\r\nmx: mx.example.com\r\nmax_age: 1209600\r\n";
    let output = lint(&["-"], policy);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("--> stdin:2:7"), "{text}");
    let output = lint(&["--record", "v=spf1 ~all", "--record", "v=spf1 ?all"], "");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("--> record:2:8"), "{text}");
}

#[test]
fn every_format_is_for_files_too() {
    let check = |format: &str, expect: &str| {
        let output = lint(&["--record", "v=spf1 +all", "--format", format], "");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.contains(expect), "{format}: {text}");
        assert_eq!(output.status.code(), Some(2), "{format}");
    };
    check("text", "error[SPF-19]");
    check("json", "\"SPF-19\"");
    check("sarif", "\"ruleId\": \"SPF-19\"");
    check("github", "::error file=record,line=1,col=8");
    check("junit", "<testsuite");
}

#[test]
fn online_asks_the_sandbox() {
    // The sandbox is kept beside its manifest.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("lint-online");
    // A sandbox that another version of the program left there would be refused.
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    let manifest = folder.join("m.yaml");
    let text = "project: online\ndomains:\n  example.com:\n    dns: manual\n    spf: { include: [nobody.example.net] }\n";
    std::fs::write(&manifest, text).expect("a file");
    let manifest = manifest.to_str().expect("a path");
    check(&[manifest], "", 0, &[]);
    check(&[manifest, "--online", "--sandbox"], "", 2, &["SPF-13"]);
    check(&["--online", "assets/logo.svg"], "", 2, &[]);
}

#[test]
fn what_cannot_be_asked_is_not_passed_over() {
    let usage = lint(&["--record", "v=spf1 -all", "assets/logo.svg"], "");
    assert_eq!(usage.status.code(), Some(2));
}

/// Runs `deploy` with these arguments.
fn deploy(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_deploy"))
        .args(arguments)
        .args(["--sandbox", "--speed", "instant"])
        .output()
        .expect("the program starts")
}

/// The manifest of a domain, with these lines more, and this policy and time to live.
fn manifest_of(policy: &str, ttl: &str, more: &str) -> String {
    format!(
        "project: steps\n\
         accounts: {{ a: {{ id: \"111111111111\" }} }}\n\
         domains:\n  \
           example.com:\n    \
             dns: {{ route53: {{ account: a }} }}\n    \
             ttl: {ttl}\n    \
             hosting: {{ account: a, region: us-east-1 }}\n    \
             dmarc: {{ p: {policy}, rua: [\"mailto:d@example.com\"] }}\n    \
             bimi: {{ logo: logo.svg }}\n    \
             ses: [{{ account: a, region: us-east-1, mail_from: m }}]\n{more}"
    )
}

#[test]
fn online_sees_what_a_change_leaves_behind() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("lint-steps");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(folder.join(".git")).expect("a folder");
    let logo = std::fs::read_to_string(root().join("assets/logo.svg")).expect("a logo");
    let write = |name: &str, text: &str| {
        std::fs::write(folder.join(name), text).expect("a file");
    };
    write("logo.svg", &logo);
    write("m.yaml", &manifest_of("quarantine", "1d", ""));
    let manifest = folder.join("m.yaml");
    let manifest = manifest.to_str().expect("a path");
    let rules = || -> Vec<String> {
        let output = deploy(&["lint", manifest, "--online", "--json"]);
        let data: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let findings = data["findings"].as_array().cloned().unwrap_or_default();
        let rule = |finding: &serde_json::Value| finding["rule"].as_str().map(str::to_owned);
        findings.iter().filter_map(rule).collect()
    };
    let later = ["DNS-09", "BIMI-X11", "SES-40"];

    let applied = deploy(&["apply", manifest, "--yes"]);
    let shown = String::from_utf8_lossy(&applied.stderr).into_owned();
    assert_eq!(applied.status.code(), Some(0), "{shown}");
    let found = rules();
    assert!(
        found.iter().all(|rule| !later.contains(&&**rule)),
        "{found:?}"
    );

    // Another logo at the same address, a record that was to be kept for a day, and an identity
    // below the one that is there.
    let below = "  news.example.com:\n    dns: { route53: { account: a } }\n    ses: [{ account: a, region: us-east-1, mail_from: m }]\n";
    write("logo.svg", &logo.replace("Deploy", "Other"));
    write("m.yaml", &manifest_of("reject", "5m", below));
    let found = rules();
    for rule in later {
        assert!(found.iter().any(|found| found == rule), "{rule}: {found:?}");
    }
}

/// The text of `name` in `folder` after `deploy lint --fix`, and what was printed.
fn fixed(folder: &Path, name: &str, text: &str, code: i32) -> (String, String) {
    let file = folder.join(name);
    std::fs::write(&file, text).expect("a file");
    let output = lint(&["--fix", &file.display().to_string()], "");
    let shown = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{shown}");
    let text = std::fs::read_to_string(&file).expect("the file");
    (text, shown)
}

#[test]
fn fixes_are_shown_and_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let policy = "version: STSv1\r\nmode: Enforce\r\nmx: mail.example.com\r\nmax-age: 604800\r\n";
    let right = "version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmax_age: 604800\r\n";
    let (text, shown) = fixed(folder.path(), "mta-sts.txt", policy, 0);
    assert_eq!(text, right);
    for line in ["- mode: Enforce", "+ mode: enforce", "+ max_age: 604800"] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    // A second run has nothing to do, and touches nothing.
    let (text, shown) = fixed(folder.path(), "mta-sts.txt", right, 0);
    assert_eq!(text, right);
    assert!(
        shown.contains("nothing to fix without a decision"),
        "{shown}"
    );

    // A key of a manifest, in its place; comments and layout stay.
    let manifest = "project: test # ours\naccounts:\n  a: { id: \"111111111111\" }\ndomains:\n  example.com:\n    dns: manual\n    dmrac: { p: none, rua: [\"mailto:d@example.com\"] }   # soon\n";
    let (text, _) = fixed(folder.path(), "m.yaml", manifest, 0);
    assert_eq!(text, manifest.replace("dmrac", "dmarc"));

    // What paints nothing goes from a logo; what does is left to a person.
    let logo = std::fs::read_to_string(root().join("assets/logo.svg")).expect("a logo");
    let drawn = logo.replacen("<svg ", "<svg data-name=\"x\" ", 1);
    let (text, shown) = fixed(folder.path(), "logo.svg", &drawn, 0);
    assert_eq!(text, logo, "{shown}");
}

#[test]
fn fixes_of_a_manifest_reach_values_and_included_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| folder.path().join(name);
    std::fs::create_dir(file("fleet")).expect("a folder");
    let domain = "domains:\n  example.com:\n    dns: manual\n    dmarc: { p: Reject, rua: [d@example.com] }\n    spf: { ip4: [192.0.2.9/032] } # ours\n    bimi: { logo: l.svg }\n";
    std::fs::write(file("fleet/a.yaml"), domain).expect("a file");
    std::fs::write(file("fleet/l.svg"), "<svg onload=\"go()\"/>").expect("a file");
    let manifest = "project: test\ninclude: [fleet/*.yaml]\ndomains: {}\n";
    let (text, shown) = fixed(folder.path(), "m.yaml", manifest, 2);
    assert_eq!(text, manifest);
    let included = std::fs::read_to_string(file("fleet/a.yaml")).expect("the file");
    let right = domain
        .replace("Reject", "reject")
        .replace("d@example", "mailto:d@example")
        .replace("/032", "/32");
    assert_eq!(included, right, "{shown}");
    // A logo is changed by its own name only: a mark certificate holds its bytes.
    let logo = std::fs::read_to_string(file("fleet/l.svg")).expect("the file");
    assert_eq!(logo, "<svg onload=\"go()\"/>");
}

#[test]
fn fixes_of_records_are_data_and_guesses_are_left() {
    let fix = |record: &str| -> (Option<i32>, String) {
        let output = lint(&["--fix", "--record", record], "");
        let data = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.code(), data)
    };
    let (code, data) = fix("v=DMARC1; p=rejct; rua=mailto:a@example.com");
    // What is said is about the text as it is then.
    assert_eq!(code, Some(0), "{data}");
    assert!(
        data.starts_with("v=DMARC1; p=reject; rua=mailto:a@example.com\n"),
        "{data}"
    );
    let guess = "v=DMARC1; p=jerect; rua=mailto:a@example.com";
    let (code, data) = fix(guess);
    assert_eq!(code, Some(2), "{data}");
    assert!(data.starts_with(guess), "{data}");
}

#[test]
fn kind_names_what_a_text_is() {
    // Nothing in the text says that it is a key; and a policy's name says that it is another thing.
    let key = "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=; k=ed25519";
    check(&["--kind", "dkim", "--record", key], "", 0, &[]);
    check(&["--kind", "spf", "--record", key], "", 2, &["SPF-02"]);
    let policy = "version: STSv1\r\nmode: none\r\nmax_age: 86400\r\n";
    check(&["--kind", "mta-sts-policy", "-"], policy, 0, &[]);
}
