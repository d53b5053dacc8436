//! The edges of a run: signals, an output that cannot be written, files that must not be overwritten,
//! names that are not text.

use std::ffi::OsStr;
use std::fs::File;
use std::net::UdpSocket;
use std::os::unix::ffi::OsStrExt as _;
use std::process::{Command, Stdio};

use tests::place::{Place, binary};

/// Sends a signal while the program waits for DNS, and gives its exit code and what it said.
fn stopped_by(signal: &str) -> (Option<i32>, String) {
    let place = Place::of("example");
    // A resolver that never answers: its first question shows that the program is under way.
    let resolver = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let address = resolver.local_addr().expect("an address").to_string();
    let child = place.start(&["init", "example.com", "--resolver", &address]);
    resolver.recv_from(&mut [0; 512]).expect("a question");
    let id = child.id().to_string();
    let sent = Command::new("kill").args([signal, &id]).status();
    assert!(sent.expect("kill runs").success());
    let ended = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    (ended.status.code(), said)
}

/// M6: one listener for the whole run, also where nothing is to be undone.
#[test]
fn a_signal_stops_a_run_that_only_reads_at_once() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143), ("-HUP", 129)] {
        let (ended, said) = stopped_by(signal);
        assert_eq!(ended, Some(code), "{signal}: {said}");
        assert!(said.contains("nothing was changed"), "{signal}: {said}");
    }
}

/// M9: a failed write of data is exit 1.
#[test]
fn data_that_cannot_be_written_is_a_failure() {
    let place = Place::of("example").in_folder();
    let manifest = place.manifest();
    for arguments in [
        &[
            "plan",
            manifest,
            "--sandbox",
            "--speed",
            "instant",
            "--json",
        ][..],
        &["graph", manifest, "--sandbox", "--speed", "instant"],
        &["status", manifest, "--sandbox", "--speed", "instant"],
        &["iam", manifest],
        &["rules", "--json"],
        &["schema"],
        &["completions", "bash"],
    ] {
        let full = File::options().write(true).open("/dev/full");
        let ended = Command::new(binary())
            .current_dir(place.path())
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(full.expect("a device"))
            .output()
            .expect("it runs");
        let said = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(said.contains("could not write"), "{arguments:?}: {said}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let place = Place::of("example");
    let mut child = place.start(&["rules", "--json"]);
    drop(child.stdout.take());
    let ended = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(0), "{said}");
    assert_eq!(said, "");
}

/// L1: `-o` overwrites no manifest.
#[test]
fn plan_overwrites_nothing_but_saved_plans() {
    let place = Place::of("example");
    let before = place.read(place.manifest());
    let onto = ["-o", place.manifest()];
    place
        .run("plan", &onto)
        .exits(2)
        .says("is not a saved plan");
    assert_eq!(place.read(place.manifest()), before);
    place.write("notes.txt", "mine");
    place.run("plan", &["-o", "notes.txt"]).exits(2);
    place
        .run("plan", &["-o", "notes.txt", "--force"])
        .exits(0)
        .says("Saved");
    // It is a saved plan now.
    place.run("plan", &["-o", "notes.txt"]).exits(0);
}

/// L10: paths are paths.
#[test]
fn a_manifest_may_have_a_name_that_is_no_text() {
    let place = Place::of("example").in_folder();
    let name = OsStr::from_bytes(b"deploy/caf\xe9.yaml");
    let from = place.path().join(place.manifest());
    std::fs::copy(from, place.path().join(name)).expect("a copy");
    let ended = Command::new(binary())
        .current_dir(place.path())
        .arg("plan")
        .arg(name)
        .args(["--sandbox", "--speed", "instant"])
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(0), "{said}");
}
