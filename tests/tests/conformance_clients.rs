//! Amazon's own clients against `deploy sandbox serve`, each service touched.

use std::ffi::OsStr;

use sandbox::sts::{State, User};
use tests::place::Place;
use tests::serving::{Serving, make_quick_world};
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

/// Runs a script as the administrator of an account with a hosted zone, beside another account.
#[track_caller]
fn check(script: &str) {
    let place = Place::of("example").in_calm();
    make_quick_world(&place);
    let zone = place
        .world()
        .world
        .route53
        .zones_of(ACCOUNT)
        .next()
        .expect("a zone")
        .id
        .clone();
    let serving = Serving::start(&place);
    let (key, secret) = State::permanent_key(ACCOUNT, User::Admin);
    let mut environment = serving.environment();
    environment.extend([
        ("AWS_ACCESS_KEY_ID", key.as_str()),
        ("AWS_SECRET_ACCESS_KEY", secret.as_str()),
        ("ZONE", zone.as_str()),
        ("ROLE", ROLE),
    ]);
    let environment: Vec<(&str, &OsStr)> = environment
        .into_iter()
        .map(|(name, value)| (name, OsStr::new(value)))
        .collect();
    tools::run_script(script, &environment);
}
