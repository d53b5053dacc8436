//! The log of a run, as somebody reads it who looks for the cause of a failure.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;
use tests::place::Place;

const LOG: &str = "deploy.log";

fn events(place: &Place) -> Vec<Value> {
    let lines = place.read(LOG);
    lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect()
}

/// The fields of the events about attempts of one operation.
fn attempts(events: &[Value], operation: &str) -> Vec<Value> {
    events
        .iter()
        .filter(|event| event["fields"]["operation"] == operation)
        .cloned()
        .collect()
}

/// An example in whose web account S3 takes no object.
fn refused() -> Place {
    // In a bucket, the ledger's own objects would be the first that are put.
    let place = Place::of("example").in_folder();
    place.make_world(Some(
        r#"accounts: { "222222222222": { roles: { mail-deploy: { denied: ["s3:PutObject"] } } } }"#,
    ));
    place
}

#[test]
fn a_failing_apply_can_be_followed_to_the_request_that_failed() {
    let place = refused();
    let ran = place.run("apply", &["--yes", "-v", "--log-file", LOG]);
    let ran = ran.exits(1);
    assert!(ran.stderr.contains("action failed"), "{}", ran.stderr);
    let events = events(&place);
    let failed = attempts(&events, "PutObject");
    let first = failed.first().expect("a call of PutObject");
    let fields = &first["fields"];
    assert_eq!(fields["account"], "222222222222");
    assert_eq!(fields["region"], "us-east-1");
    assert_eq!(fields["service"], "S3");
    assert_eq!(fields["attempt"], 1);
    assert_eq!(fields["status"], 403);
    assert!(
        fields["request_id"]
            .as_str()
            .is_some_and(|id| !id.is_empty())
    );
    assert!(
        fields["error"]
            .as_str()
            .is_some_and(|error| error.contains("AccessDenied"))
    );
    let resource = first["span"]["resource"].as_str();
    assert!(
        resource.is_some_and(|id| id.starts_with("s3_object/example.com/")),
        "{first}"
    );
}

#[test]
fn a_repeated_attempt_has_its_number() {
    let place = Place::of("example");
    place.make_world(Some(
        "faults: { script: [{ service: acm, operation: RequestCertificate, call: 1, kind: throttle }] }",
    ));
    place.run("apply", &["--yes", "--log-file", LOG]).exits(0);
    let numbers: Vec<Value> = attempts(&events(&place), "RequestCertificate")
        .iter()
        .map(|event| event["fields"]["attempt"].clone())
        .collect();
    assert_eq!(numbers[..2], [Value::from(1), Value::from(2)]);
}

#[test]
fn the_file_is_its_owners_and_holds_no_signature() {
    let place = refused();
    place
        .run("apply", &["--yes", "-vv", "--log-file", LOG])
        .exits(1);
    let mode = std::fs::metadata(place.path().join(LOG)).expect("the log");
    assert_eq!(mode.permissions().mode() & 0o777, 0o600);
    let text = place.read(LOG);
    for secret in [
        "Signature=",
        "Authorization",
        "x-amz-security-token",
        "SecretAccessKey",
    ] {
        assert!(!text.contains(secret), "{secret} in the log");
    }
}

#[test]
fn the_log_changes_nothing_of_the_result() {
    let plain = Place::of("example").run("plan", &[]).exits(0);
    let logged = Place::of("example").run("plan", &["-vv"]).exits(0);
    assert_eq!(plain.stdout, logged.stdout);
    assert!(
        logged.stderr.contains("ListHostedZones"),
        "{}",
        logged.stderr
    );
}

#[test]
fn a_quiet_apply_shows_no_progress() {
    let place = Place::of("example");
    let ran = place.run("apply", &["--yes", "-q"]).exits(0);
    assert!(!ran.stderr.contains("✓"), "{}", ran.stderr);
}
