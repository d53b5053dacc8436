//! The progress of a run, on a terminal and elsewhere.

use sandbox::faults::{Fault, FaultKind};
use tests::place::Place;
use tests::terminal::{Terminal, written};

/// An apply as a person watches it.
fn watched(columns: usize) -> Terminal {
    let place = Place::of("example").in_calm();
    place.make_world(None);
    let arguments = format!("apply {} --sandbox --speed 60 --yes", place.manifest());
    let text = written(&place, columns, &arguments, true);
    let terminal = Terminal::after(&text, columns);
    assert!(text.contains("Observed again: everything"), "{text}");
    terminal
}

#[test]
fn a_terminal_shows_totals_and_what_takes_longest_and_nothing_scrolls() {
    let terminal = watched(80);
    let shown = terminal.lines.join("\n");
    for moving in ["✓", " · ", "Reading "] {
        assert!(!shown.contains(moving), "{moving} stays: {shown}");
    }
    let once = |what: &str, all: &[&str]| {
        let mut lines = terminal.replaced.iter();
        let found = lines.any(|line| all.iter().all(|part| line.contains(part)));
        assert!(found, "{what}\n{}", terminal.replaced.join("\n"));
    };
    once("totals", &[" of 41 · waiting ", "SES ", " · about "]);
    once(
        "what takes longest",
        &["s  example.com/assets: distribution deployment (usually 3 minutes)"],
    );
    let wide = terminal
        .replaced
        .iter()
        .find(|line| line.chars().count() >= 80);
    assert_eq!(wide, None);
}

/// AWS's own pace: what is read sixty times as fast is seen by nobody.
#[test]
fn a_plan_shows_what_it_reads() {
    let place = Place::of("example").in_calm();
    place.make_world(None);
    let arguments = format!("plan {} --sandbox --speed 1", place.manifest());
    let text = written(&place, 80, &arguments, true);
    let terminal = Terminal::after(&text, 80);
    let is_counted =
        |line: &String| line.starts_with("Reading ") && line.contains(" of 41 resources: ");
    let counted = terminal.replaced.iter().any(is_counted);
    assert!(counted, "{:?}", terminal.replaced);
    assert!(!terminal.lines.join("\n").contains("Reading "), "{text}");
}

#[test]
fn a_narrow_terminal_cuts_the_lines_that_move() {
    let terminal = watched(60);
    let wide = terminal
        .replaced
        .iter()
        .find(|line| line.chars().count() >= 60);
    assert_eq!(wide, None);
}

#[test]
fn elsewhere_each_change_has_one_line() {
    let place = Place::of("example").in_calm();
    let ran = place.apply().exits(0);
    let lines = ran.stderr.lines().filter(|line| line.starts_with("  "));
    let lines: Vec<&str> = lines
        .take_while(|line| !line.contains("changes done"))
        .collect();
    let done = lines.iter().filter(|line| line.starts_with("  ✓ "));
    assert_eq!(done.count(), 41, "{}", ran.stderr);
    let polls = lines.iter().filter(|line| line.starts_with("  … "));
    assert_eq!(polls.count(), 0, "{}", ran.stderr);
    let waited = "create cloudfront_distribution/example.com/assets (";
    let line = lines
        .iter()
        .find(|line| line.contains(waited))
        .expect("a distribution");
    assert!(
        line.ends_with("; waited for distribution deployment)"),
        "{line}"
    );
}

#[test]
fn a_failure_is_told_as_it_comes_with_its_reason() {
    // In a bucket, the ledger's own writes would be denied too.
    let place = Place::of("example").in_folder().in_calm();
    place.make_world(None);
    let fault = Fault::new(FaultKind::ErrorBefore).at("s3", "PutObject");
    let fault = fault.with(403, "AccessDenied", "Access Denied");
    place.change_world(|world, _| world.faults.script = vec![fault]);
    let arguments = format!("apply {} --sandbox --speed instant --yes", place.manifest());
    let text = written(&place, 80, &arguments, true);
    let shown = Terminal::after(&text, 80).lines.join("\n");
    assert!(
        shown.contains("  ✗ create s3_object/example.com/"),
        "{shown}"
    );
    assert!(shown.contains("AccessDenied"), "{shown}");
    assert!(!shown.contains("✓"), "{shown}");
}
