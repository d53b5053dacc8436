//! The account: its production access, and its quota of calls.

use aws_sdk_ses::Client as V1;
use aws_sdk_sesv2::Client as V2;
use aws_sdk_sesv2::operation::get_account::GetAccountOutput;
use aws_sdk_sesv2::types::MailType;
use sandbox::quotas::Quotas;

use crate::common::{ONE, code, error, sandbox_with, wait, without_retries};
use crate::{v2, v2_in};

/// The account as SES shows it.
async fn account(ses: &V2) -> GetAccountOutput {
    ses.get_account().send().await.expect("an account")
}

#[tokio::test(start_paused = true)]
async fn an_account_leaves_the_sandbox_by_asking_and_waiting() {
    let sandbox = sandbox_with(|world| {
        world.quotas = Quotas::none();
        world.ses.seed_sandbox(ONE, "us-east-1");
    });
    let ses = v2(&sandbox);
    let young = account(&ses).await;
    assert!(!young.production_access_enabled);
    assert!((young.send_quota.expect("a quota").max24_hour_send - 200.0).abs() < 0.5);
    let elsewhere = account(&v2_in(&sandbox, ONE, "eu-west-1")).await;
    assert!(elsewhere.production_access_enabled);
    let ask = || {
        let ask = ses
            .put_account_details()
            .mail_type(MailType::Transactional)
            .website_url("https://example.com");
        ask.production_access_enabled(true).send()
    };
    ask().await.expect("asked");
    assert_eq!(code(ask().await), "ConflictException");
    wait(&sandbox, 24 * 3600).await;
    assert!(account(&ses).await.production_access_enabled);
}

#[tokio::test(start_paused = true)]
async fn calls_over_one_a_second_are_throttled_in_each_versions_words() {
    let sandbox = sandbox_with(|_| {});
    let config = without_retries(&sandbox, ONE);
    let (v1, v2) = (V1::new(&config), V2::new(&config));
    account(&v2).await;
    assert_eq!(
        error(v2.get_account().send().await),
        "TooManyRequestsException: Rate exceeded"
    );
    assert_eq!(
        error(v1.get_send_quota().send().await),
        "Throttling: Rate exceeded"
    );
    wait(&sandbox, 1).await;
    account(&v2).await;
}
