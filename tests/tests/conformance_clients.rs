//! Amazon's own clients against `deploy sandbox serve`, each service touched.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::process::Child;

use sandbox::quotas::Quotas;
use sandbox::sts::{State, User};
use sandbox::world::Delays;
use tests::place::Place;
use tests::tools;

/// The account of example.com's zone in deploy/example.yaml.
const ACCOUNT: &str = "111111111111";
const ROLE: &str = "arn:aws:iam::222222222222:role/mail-deploy";

#[test]
fn the_aws_cli_works_with_every_service() {
    check("aws_cli.py");
}

#[test]
fn boto3_works_with_every_service() {
    check("boto3_client.py");
}

/// A binary that serves. It ends with the test.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended by itself; then the test has failed already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs a script as the administrator of an account with a hosted zone, beside another account.
#[track_caller]
fn check(script: &str) {
    let place = Place::of("example");
    place.make_world(None);
    place.change_world(|world, _| {
        world.delays = Delays::none();
        world.quotas = Quotas::none();
    });
    let zone = place
        .world()
        .world
        .route53
        .zones_of(ACCOUNT)
        .next()
        .expect("a zone")
        .id
        .clone();
    let ports = ["--aws", "0", "--dns", "0", "--https", "0"];
    let arguments = [&["sandbox", "serve", place.manifest()][..], &ports].concat();
    let mut serving = Serving(place.start(&arguments));
    let said = BufReader::new(serving.0.stdout.take().expect("a pipe"));
    let endpoint = said
        .lines()
        .find_map(|line| {
            line.ok()?
                .strip_prefix("AWS_ENDPOINT_URL=")
                .map(str::to_owned)
        })
        .expect("it says where it listens");
    let (key, secret) = State::permanent_key(ACCOUNT, User::Admin);
    let environment: [(&str, &OsStr); 9] = [
        ("AWS_ENDPOINT_URL", endpoint.as_ref()),
        ("AWS_ACCESS_KEY_ID", key.as_ref()),
        ("AWS_SECRET_ACCESS_KEY", secret.as_ref()),
        ("AWS_DEFAULT_REGION", "us-east-1".as_ref()),
        ("AWS_CONFIG_FILE", "/dev/null".as_ref()),
        ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null".as_ref()),
        ("AWS_EC2_METADATA_DISABLED", "true".as_ref()),
        ("ZONE", zone.as_ref()),
        ("ROLE", ROLE.as_ref()),
    ];
    tools::run_script(script, &environment);
}
