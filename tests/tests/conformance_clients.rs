//! Amazon's own clients against the served sandbox, each service touched.

use std::ffi::OsStr;

use sandbox::quotas::Quotas;
use sandbox::world::{Delays, World};
use tests::served::Served;
use tests::tools;

const ACCOUNT: &str = "111111111111";

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
    let mut world = World {
        delays: Delays::none(),
        quotas: Quotas::none(),
        ..World::default()
    };
    world.sts.seed_account(ACCOUNT, &[]);
    world.sts.seed_account("222222222222", &["mail-deploy"]);
    let zone = world
        .seed_zone(ACCOUNT, "example.com", true)
        .expect("a domain name");
    let served = Served::start(world).expect("loopback ports");
    let environment = served.aws_environment(ACCOUNT);
    let mut environment: Vec<(&str, &OsStr)> = environment
        .iter()
        .map(|(name, value)| (*name, OsStr::new(value)))
        .collect();
    environment.push(("ZONE", OsStr::new(&zone)));
    let role = "arn:aws:iam::222222222222:role/mail-deploy";
    environment.push(("ROLE", OsStr::new(role)));
    tools::run_script(script, &environment);
}
