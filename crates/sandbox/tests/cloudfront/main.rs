//! Amazon CloudFront through the AWS SDK, behaviour by behaviour. Its edge is in `https.rs`.

mod access_controls;
mod aliases;
mod certificates;
#[path = "../common/mod.rs"]
mod common;
mod distributions;
mod every_field;
mod invalidations;
mod refusals;
mod tags;

use aws_sdk_cloudfront::Client;
use common::cloudfront::{client, create, smallest};
use common::{ONE, acm, sandbox};
use sandbox::Sandbox;

/// A sandbox, and CloudFront as the administrator of the first account calls it.
fn cloudfront() -> (Sandbox, Client) {
    let sandbox = sandbox();
    let client = client(&sandbox, ONE);
    (sandbox, client)
}

/// The same, with the smallest distribution.
async fn with_distribution() -> (Sandbox, Client, common::cloudfront::Answered) {
    let (sandbox, client) = cloudfront();
    let made = create(&client, smallest("one")).await;
    (sandbox, client, made)
}

/// A certificate of the first account that CloudFront can use.
async fn certificate(sandbox: &Sandbox, names: &[&str]) -> String {
    let acm = acm::client(sandbox, ONE, "us-east-1");
    acm::issued(sandbox, &acm, names).await
}
