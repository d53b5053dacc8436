//! The whole screens that people read most, on a terminal of its own: plan, apply, status, drift and
//! verify of one domain, of twelve and of two hundred.
//!
//! The snapshots have standard output. Progress goes to standard error, where it moves: see
//! `e2e_progress`.

use std::fmt::Write as _;

use insta::assert_snapshot;
use tests::place::Place;
use tests::terminal::written;

/// The content of a terminal of so many columns after a command, with the colours as `‹32m›`.
fn screen(place: &Place, columns: usize, command: &str, options: &str) -> String {
    let arguments = format!(
        "{command} {} --sandbox --speed instant {options}",
        place.manifest()
    );
    let text = written(place, columns, &arguments, false);
    let text = text.replace("\r\n", "\n");
    let mut shown = String::with_capacity(text.len());
    let mut parts = text.split("\u{1b}[");
    shown.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (style, rest) = part.split_once('m').expect("nothing but colours");
        let _ = write!(shown, "‹{style}m›{rest}");
    }
    let lines = shown.lines().map(without_age);
    lines.collect::<Vec<_>>().join("\n")
}

/// A line without how long a policy is served: the sandbox begins at the time of the wall.
fn without_age(line: &str) -> String {
    let parts = line
        .split_once(" policy for ")
        .zip(line.split_once("; senders"));
    parts.map_or(line.to_owned(), |((before, _), (_, after))| {
        format!("{before} policy for …; senders{after}")
    })
}

/// A screen without its colours.
fn plain(screen: &str) -> String {
    let parts = screen.split('‹');
    parts
        .map(|part| part.split_once('›').map_or(part, |(_, rest)| rest))
        .collect()
}

/// The screens of a life at this width, with at most so many lines for a plan and for each other one.
fn screens(place: &Place, columns: usize, most: (usize, usize)) -> String {
    let place = place.copy();
    let mut all = String::new();
    let commands = [
        ("plan", "", most.0),
        ("apply", "--yes", most.0),
        ("status", "", most.1),
        ("drift", "", most.1),
        ("verify", "", most.1),
    ];
    for (command, options, most) in commands {
        let screen = screen(&place, columns, command, options);
        let shown = plain(&screen);
        let lines = shown.trim_end().lines().count();
        assert!(lines <= most, "{command}: {lines} lines\n{shown}");
        // URLs and digests are longer than the lines of a narrower terminal, and stay whole.
        let wide = shown
            .lines()
            .find(|line| line.chars().count() > columns.max(80));
        assert_eq!(wide, None, "{command}\n{shown}");
        let _ = writeln!(all, "$ deploy {command}\n{}", screen.trim_end());
    }
    all
}

/// So many domains that have the same by `defaults`.
fn fleet(domains: usize, defaults: &str) -> String {
    let mut text = format!(
        "project: fleet\naccounts:\n  dns: {{ id: \"111111111111\" }}\n  web: {{ id: \"222222222222\" }}\n\
         defaults:\n  dns: {{ route53: {{ account: dns }} }}\n{defaults}domains:\n"
    );
    for number in 0..domains {
        let _ = writeln!(text, "  d{number:03}.example.com: {{}}");
    }
    text
}

#[test]
fn one_domain() {
    let place = Place::of("example").in_calm();
    place.make_world(None);
    assert_snapshot!("one_domain_60", screens(&place, 60, (80, 150)));
    assert_snapshot!("one_domain_80", screens(&place, 80, (60, 110)));
    assert_snapshot!("one_domain_120", screens(&place, 120, (50, 90)));
}

#[test]
fn twelve_domains() {
    let defaults = "  hosting: { account: web, region: eu-west-1 }\n  mta_sts: { mode: testing }\n  \
        dmarc: { p: quarantine }\n  spf: { include: [amazonses.com], all: softfail }\n";
    let place = Place::with(&fleet(12, defaults)).in_calm();
    place.make_world(None);
    assert_snapshot!("twelve_domains_80", plain(&screens(&place, 80, (120, 60))));
    assert_snapshot!(
        "twelve_domains_120",
        plain(&screens(&place, 120, (120, 60)))
    );
}

#[test]
fn one_change_in_the_defaults_of_two_hundred_domains() {
    let manifest = |policy| fleet(200, &format!("  dmarc: {{ p: {policy} }}\n"));
    let place = Place::with(&manifest("quarantine")).in_calm();
    place.run("apply", &["--yes", "--no-verify"]).exits(0);
    place.write(place.manifest(), &manifest("reject"));
    assert_snapshot!(
        "two_hundred_domains_80",
        plain(&screens(&place, 80, (11, 12)))
    );
    assert_snapshot!(
        "two_hundred_domains_120",
        plain(&screens(&place, 120, (10, 10)))
    );
}
