//! The common parts of the tests of every service: a world with three accounts, and SDK configurations in it.
#![allow(dead_code, reason = "each test binary uses its own part")]

pub(crate) mod acm;
pub(crate) mod cloudfront;
pub(crate) mod route53;
pub(crate) mod s3;

use std::path::Path;

use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use clock::Clock;
use jiff::Timestamp;
use sandbox::Sandbox;
use sandbox::quotas::Quotas;
use sandbox::world::World;
use tempfile::TempDir;

/// The account of most tests.
pub(crate) const ONE: &str = "111111111111";
/// Another account.
pub(crate) const TWO: &str = "222222222222";
/// A third account.
pub(crate) const THREE: &str = "333333333333";

/// A clock that shows noon of a Tuesday in November 2026, and moves only by waiting: for tests with
/// `#[tokio::test(start_paused = true)]`.
pub(crate) fn clock() -> Clock {
    let noon: Timestamp = "2026-11-24T12:00:00Z".parse().expect("a timestamp");
    Clock::starting_at(noon, 1.0)
}

/// A sandbox with AWS's delays, without quotas.
pub(crate) fn sandbox() -> Sandbox {
    sandbox_with(|world| world.quotas = Quotas::none())
}

/// A sandbox with AWS's delays and quotas in calm weather, and what `change` does to its world.
pub(crate) fn sandbox_with(change: impl FnOnce(&mut World)) -> Sandbox {
    let mut world = World::calm();
    for account in [ONE, TWO, THREE] {
        world.sts.seed_account(account, &["mail-deploy"]);
    }
    change(&mut world);
    Sandbox::new(world, clock())
}

/// An SDK configuration that acts as the account's administrator in `region`.
pub(crate) fn config(sandbox: &Sandbox, account: &str, region: &str) -> SdkConfig {
    sandbox.sdk_config(account, region)
}

/// The same in us-east-1, with clients that make one attempt and so show every refusal.
pub(crate) fn without_retries(sandbox: &Sandbox, account: &str) -> SdkConfig {
    let config = config(sandbox, account, "us-east-1").into_builder();
    config.retry_config(RetryConfig::disabled()).build()
}

/// Waits on the sandbox's clock.
pub(crate) async fn wait(sandbox: &Sandbox, seconds: u64) {
    sandbox
        .clock()
        .sleep(std::time::Duration::from_secs(seconds))
        .await;
}

/// Publishes a record set on a server elsewhere, where it is seen at once.
pub(crate) fn publish(sandbox: &Sandbox, name: &str, rtype: &str, values: &[&str]) {
    let now = sandbox.clock().now();
    let mut world = sandbox.world();
    let published = world.dns.publish(name, rtype, values, now);
    published.expect("a name");
}

/// Removes a record set that was published elsewhere.
pub(crate) fn unpublish(sandbox: &Sandbox, name: &str, rtype: &str) {
    let now = sandbox.clock().now();
    let mut world = sandbox.world();
    let unpublished = world.dns.unpublish(name, rtype, now);
    unpublished.expect("a name");
}

/// A copy of a sandbox's folder as it is now: what a kill at this moment would leave.
pub(crate) fn killed(folder: &Path) -> TempDir {
    let left = tempfile::tempdir().expect("a folder");
    for file in std::fs::read_dir(folder).expect("a folder") {
        let file = file.expect("a file");
        std::fs::copy(file.path(), left.path().join(file.file_name())).expect("a copy");
    }
    left
}

/// `Code: message` of an SDK error, or what else it was.
pub(crate) fn error<T, E, R>(
    result: Result<T, aws_smithy_runtime_api::client::result::SdkError<E, R>>,
) -> String
where
    E: aws_smithy_types::error::metadata::ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug,
{
    match result {
        Ok(_) => "no error".to_owned(),
        Err(error) => match error.as_service_error() {
            Some(service) => format!(
                "{}: {}",
                service.code().unwrap_or("no code"),
                service.message().unwrap_or("no message")
            ),
            None => format!("{error:?}"),
        },
    }
}

/// The code alone of an SDK error.
pub(crate) fn code<T, E, R>(
    result: Result<T, aws_smithy_runtime_api::client::result::SdkError<E, R>>,
) -> String
where
    E: aws_smithy_types::error::metadata::ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug,
{
    let text = error(result);
    text.split_once(": ")
        .map_or(text.clone(), |(code, _)| code.to_owned())
}
