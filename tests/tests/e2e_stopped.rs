//! Ctrl-C in each phase of an apply, and what `status` says after it.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};

use tests::place::{Place, Ran, binary};
use tests::stopping::apply_stopped_at;

fn status(place: &Place) -> Ran {
    place.run("status", &[]).exits(0)
}

#[test]
fn while_it_observes_nothing_was_changed_and_everything_is_open() {
    // It is stopped at the word that a sandbox was made, which would come with the bucket of a ledger.
    let place = Place::of("example").in_folder().in_calm();
    apply_stopped_at(&place, &[], "1", "hosted zones, delegated to")
        .exits(130)
        .says("Stopped by you: nothing was changed.");
    status(&place).says("Pending: 41 changes of the manifest (41 to create).");
}

/// A terminal of its own, from util-linux: a person is asked at a terminal only.
#[test]
fn at_the_question_it_says_how_many_changes_are_open() {
    let place = Place::of("example").in_calm();
    place.make_bucket();
    let command = format!(
        "'{}' apply {} --sandbox --speed instant",
        binary().display(),
        place.manifest()
    );
    let mut child = Command::new("script")
        .args(["--quiet", "--return", "--command", &command, "/dev/null"])
        .current_dir(place.path())
        .env("DEPLOY_SANDBOX_WEATHER", "calm")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("`script` of util-linux");
    let mut shown = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut text = Vec::new();
    let is_asked = |text: &[u8]| String::from_utf8_lossy(text).contains("to apply this plan:");
    while !is_asked(&text) {
        let read = shown.read_until(b':', &mut text).expect("output");
        assert!(read > 0, "{}", String::from_utf8_lossy(&text));
    }
    let mut keys = child.stdin.take().expect("a pipe");
    keys.write_all(b"\x03").expect("a terminal");
    shown.read_to_end(&mut text).expect("output");
    let text = String::from_utf8_lossy(&text).into_owned();
    let code = child.wait().expect("it ends").code();
    assert_eq!(code, Some(130), "{text}");
    assert!(
        text.contains("Stopped by you at the question: nothing was changed. Open: 41 changes."),
        "{text}"
    );
    status(&place)
        .says("Owned: 0 resources")
        .says("41 to create");
}

#[test]
fn while_it_carries_out_it_awaits_what_is_in_flight_and_status_counts_the_rest() {
    let place = Place::of("example").in_calm();
    let ran = apply_stopped_at(&place, &[], "60", "✓ create s3_bucket/example.com/assets").exits(5);
    ran.clone()
        .says("Stopping: nothing new is begun, and the calls in flight are awaited.")
        .says("Stopped by you. Nothing is lost: the same command goes on.")
        .says("Run this again: it goes on from here.");
    let done = ran.stderr.lines().find_map(|line| {
        let (done, _) = line.split_once(" of 41 changes done")?;
        done.trim().parse::<usize>().ok()
    });
    let done = done.expect("a count");
    let json = place.run("status", &["--json"]).exits(0).json();
    let open = json["pending"]["create"].as_array().expect("a list").len();
    // What was answered and is not ready yet is no change that is still to be made.
    assert!(open > 0 && open <= 41 - done, "{done} done, {open} open");
    let owned = usize::try_from(json["owned"].as_u64().expect("a number")).expect("a few");
    assert_eq!(owned + open, 41);
    status(&place).says(&format!(
        "{open} changes of the manifest ({open} to create)"
    ));
    place.apply().exits(0);
    status(&place).says("Pending: nothing.");
}

#[test]
fn after_the_changes_it_says_what_was_not_observed() {
    let place = Place::of("example").in_calm();
    apply_stopped_at(&place, &[], "300", "changes done in")
        .exits(130)
        .says("the changes are done and in the ledger")
        .says("what AWS has was not observed again, and nothing was verified");
    status(&place).says("Pending: nothing.");
    apply_stopped_at(&place, &[], "1", "Observed again: everything")
        .exits(130)
        .says("AWS has everything as the manifest asks")
        .says("the live domains were not all verified. Next: `deploy verify`");
}

#[test]
fn records_that_a_person_publishes_are_awaited_until_public_dns_has_them() {
    let place = Place::of("manual-dns").in_calm();
    place.apply().exits(5);
    status(&place)
        .says("15 records awaited by hand.")
        .says("`deploy records --missing` lists what public DNS lacks.");
    let publish = || {
        let arguments = ["sandbox", "publish", place.manifest(), "--speed", "instant"];
        place.deploy(&arguments).exits(0)
    };
    publish();
    place.apply().exits(5);
    let missing = place.run("status", &["--json"]).exits(0).json();
    let awaited = missing["pending"]["by_hand"].as_array().expect("a list");
    assert!(!awaited.is_empty() && awaited.len() < 15, "{missing}");
    publish();
    place.apply().exits(5);
    publish();
    place.apply().exits(0);
    status(&place).says("Pending: nothing.");
}

/// The whole of what the manifest asks and the ledger lacks, without a call to AWS.
#[test]
fn a_change_of_the_manifest_is_pending_before_anybody_plans_it() {
    let place = Place::of("example").in_calm();
    place.apply().exits(0);
    place.edit("dmarc: { p: quarantine", "dmarc: { p: reject");
    place.keep_calls();
    status(&place).says("Pending: 1 change of the manifest (1 to update).");
    let mut calls = place.calls();
    // Whoever reads a ledger in a bucket enters the bucket's account.
    calls.retain(|call| call.service != "sts");
    assert_eq!(calls, []);
}
