//! Hostile and broken text ends in findings: never in a panic, never in minutes or gigabytes.

use insta::assert_snapshot;
use manifest::{MemoryFiles, load};
use proptest::prelude::*;

use crate::support::render;

/// The findings of one file with these bytes.
fn findings(bytes: impl Into<Vec<u8>>) -> String {
    let (_, findings) = load("m.yaml", &MemoryFiles::default().with("m.yaml", bytes));
    assert!(
        !findings.is_empty(),
        "hostile text was taken without a word"
    );
    render(&findings)
}

#[test]
fn an_anchor_bomb_is_refused_before_it_goes_off() {
    let mut lines = vec!["a0: &a0 [x, x, x, x, x, x, x, x, x, x]".to_owned()];
    for level in 1..12 {
        let before = format!("*a{}", level - 1);
        let items = vec![before; 10].join(", ");
        lines.push(format!("a{level}: &a{level} [{items}]"));
    }
    assert_snapshot!(findings(lines.join("\n")), @"
    error[MAN-05]: this file has more than 200000 values, its aliases written out
     --> m.yaml:6:10
      |
    6 | a5: &a5 [*a4, *a4, *a4, *a4, *a4, *a4, *a4, *a4, *a4, *a4]
      |          ^
      = split it into files and `include` them
    ");
}

#[test]
fn an_alias_inside_what_it_names_is_refused() {
    assert_snapshot!(findings("project: &a [*a]\n"), @"
    error[MAN-01]: this alias is inside what it names
     --> m.yaml:1:14
      |
    1 | project: &a [*a]
      |              ^
      = write the value out
    ");
}

#[test]
fn deep_nesting_is_refused() {
    assert_snapshot!(findings("[".repeat(100_000)), @"
    error[MAN-05]: this line has more than 4096 characters
     --> m.yaml:1:4097
      = break the line, or put the value into a file of its own
    ");
    let levels: Vec<String> = (0..200)
        .map(|level| format!("{}a:\n", " ".repeat(level)))
        .collect();
    assert_snapshot!(findings(levels.concat()), @"
    error[MAN-05]: this is more than 32 levels deep
      --> m.yaml:33:33
       |
    33 |                                 a:
       |                                 ^
       = a manifest needs eight levels at most
    ");
}

#[test]
fn a_huge_scalar_is_refused() {
    assert_snapshot!(findings(format!("project: {}\n", "a".repeat(100_000))), @"
    error[MAN-05]: this line has more than 4096 characters
     --> m.yaml:1:4097
      = break the line, or put the value into a file of its own
    ");
}

#[test]
fn a_huge_file_is_refused() {
    assert_snapshot!(findings("a: b\n".repeat(300_000)), @"
    error[MAN-05]: `m.yaml` can't be read: it has 1500000 bytes, more than the 1048576 that are read
     --> m.yaml:1:1
      = split it into files and `include` them
    ");
}

#[test]
fn control_characters_are_refused() {
    assert_snapshot!(findings("project: any\0company\n"), @r"
    error[MAN-01]: the control character `\u{0}` has no place in YAML
     --> m.yaml:1:13
      |
    1 | project: any\u{0}company
      |             ^
      = take it out; in quotes it can be written as an escape
    ");
    assert_snapshot!(findings("project: \u{1b}[31mred\n"), @r"
    error[MAN-01]: the control character `\u{1b}` has no place in YAML
     --> m.yaml:1:10
      |
    1 | project: \u{1b}[31mred
      |          ^
      = take it out; in quotes it can be written as an escape
    ");
}

#[test]
fn tabs_for_indentation_are_refused() {
    assert_snapshot!(findings("project: anycompany\ndomains:\n\texample.com: {}\n"), @"
    error[MAN-01]: this is not YAML: tabs disallowed within this context (block indentation)
     --> m.yaml:3:2
      |
    3 |  example.com: {}
      |  ^
      = indent with spaces, not with tabs
    ");
}

#[test]
fn text_that_is_not_utf_8_is_refused() {
    assert_snapshot!(findings(b"project: anycompany\nledger: \xff\xfe\n".as_slice()), @"
    error[MAN-01]: this is not UTF-8 text
     --> m.yaml:2:9
      |
    2 | ledger: ��
      |         ^
      = save the file as UTF-8
    ");
}

#[test]
fn what_is_said_in_quotes_is_escaped_on_its_way_to_the_terminal() {
    assert_snapshot!(findings("\"pro\\u001b[2Jject\": x\n"), @r#"
    error[MAN-02]: unknown key `pro\u{1b}[2Jject`
     --> m.yaml:1:1
      |
    1 | "pro\u001b[2Jject": x
      | ^
      = known here: project, requires, accounts, ledger, quotas, notify, defaults, domains, parked,
        include

    error[MAN-13]: the key `project` is missing
     --> m.yaml:1:1
      |
    1 | "pro\u001b[2Jject": x
      | ^
      = add `project:` to this block
    "#);
}

#[test]
fn a_byte_order_mark_and_other_line_ends_change_nothing() {
    let text =
        "project: anycompany\naccounts: {}\ndomains:\n  example.com: { dns: manual, dmrac: {} }\n";
    let plain = findings(text);
    assert_eq!(plain, findings(format!("\u{feff}{text}")));
    assert_eq!(plain, findings(text.replace('\n', "\r\n")));
    assert_snapshot!(plain, @"
    error[MAN-02]: unknown key `dmrac`
     --> m.yaml:4:31
      |
    4 |   example.com: { dns: manual, dmrac: {} }
      |                               ^
      = did you mean `dmarc`?
    ");
}

#[test]
fn defaults_that_multiply_are_refused() {
    let tags: Vec<String> = (0..2000).map(|tag| format!("    t{tag}: x\n")).collect();
    let domains: Vec<String> = (0..2000)
        .map(|domain| format!("  d{domain}.example:\n"))
        .collect();
    let text = format!(
        "project: anycompany\ndefaults:\n  dns: manual\n  tags:\n{}domains:\n{}",
        tags.concat(),
        domains.concat()
    );
    assert_snapshot!(findings(text), @"
    error[MAN-05]: `defaults` under each of these 2000 domains are more than 1000000 values
        --> m.yaml:2005:1
         |
    2005 | domains:
         | ^
         = split the domains into files and `include` them
    ");
}

#[test]
fn many_faults_end_in_a_bounded_report() {
    let keys: Vec<String> = (0..10_000).map(|key| format!("k{key}: 1\n")).collect();
    let text = format!("project: anycompany\n{}", keys.concat());
    let (_, findings) = load("m.yaml", &MemoryFiles::default().with("m.yaml", text));
    assert!(findings.len() <= 200, "{} findings", findings.len());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = load("m.yaml", &MemoryFiles::default().with("m.yaml", bytes));
    }

    #[test]
    fn no_text_like_a_manifest_makes_it_panic(words in proptest::collection::vec(word(), 0..80)) {
        let (_, findings) = load("m.yaml", &MemoryFiles::default().with("m.yaml", words.concat()));
        let _ = render(&findings);
    }
}

/// Pieces of manifests, so that random text gets past the parser often.
fn word() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "project: ",
        "anycompany",
        "\n",
        "\n  ",
        "\n    ",
        "accounts:",
        "domains:",
        "example.com:",
        "dns: ",
        "manual",
        "{ ",
        " }",
        "[",
        "]",
        ", ",
        ": ",
        "route53",
        "account",
        "ses:",
        "- ",
        "region: ",
        "us-east-1",
        "dkim: ",
        "easy",
        "byo",
        "defaults:",
        "parked: ",
        "include: ",
        "*.yaml",
        "&a ",
        "*a",
        "!t ",
        "~",
        "\"",
        "'",
        "#",
        "|",
        "ü",
        "\u{202e}",
        "0",
        "10 mx.example.com",
        "mta_sts: ",
        "mode: ",
        "testing",
        "max_age: ",
        "7d",
        "accept: ",
        "SPF-24",
        "\t",
        "? ",
        "--- ",
        "<<: ",
    ])
}
