//! Custom MAIL FROM domains, and the search for their MX.

use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::types::{BehaviorOnMxFailure, MailFromDomainStatus};
use sandbox::Sandbox;

use crate::common::{error, publish, unpublish, wait};
use crate::{DOMAIN, identity, with_identity};

const MAIL_FROM: &str = "mail.example.com";
/// The MX that SES looks for.
const RIGHT: &str = "10 feedback-smtp.us-east-1.amazonses.com";

/// An identity with a MAIL FROM whose MX is not published yet.
async fn with_mail_from() -> (Sandbox, Client) {
    let (sandbox, ses, _) = with_identity().await;
    put(&ses, MAIL_FROM).await;
    (sandbox, ses)
}

/// Asks for a MAIL FROM; gives `Code: message`, or `no error`.
async fn put(ses: &Client, domain: &str) -> String {
    put_with(ses, domain, BehaviorOnMxFailure::UseDefaultValue).await
}

async fn put_with(ses: &Client, domain: &str, behavior: BehaviorOnMxFailure) -> String {
    let put = ses
        .put_email_identity_mail_from_attributes()
        .email_identity(DOMAIN)
        .mail_from_domain(domain);
    error(put.behavior_on_mx_failure(behavior).send().await)
}

async fn status(ses: &Client) -> MailFromDomainStatus {
    let got = identity(ses, DOMAIN).await;
    let mail_from = got.mail_from_attributes.expect("MAIL FROM");
    mail_from.mail_from_domain_status
}

#[tokio::test(start_paused = true)]
async fn mail_from_must_be_below_the_identity() {
    let (_sandbox, ses, _) = with_identity().await;
    for domain in ["mail.example.org", "example.com", "notexample.com"] {
        let expect = format!(
            "BadRequestException: Provided MAIL-FROM domain <{domain}> is not subdomain of the domain of the identity \
             <example.com>."
        );
        assert_eq!(put(&ses, domain).await, expect);
    }
    assert_eq!(put(&ses, MAIL_FROM).await, "no error");
}

#[tokio::test(start_paused = true)]
async fn mail_from_succeeds_with_the_one_right_mx() {
    let (sandbox, ses) = with_mail_from().await;
    let elsewhere = "10 feedback-smtp.eu-west-1.amazonses.com";
    publish(&sandbox, MAIL_FROM, "MX", &[elsewhere]);
    wait(&sandbox, 3600).await;
    assert_eq!(status(&ses).await, MailFromDomainStatus::Pending);
    publish(&sandbox, MAIL_FROM, "MX", &[RIGHT]);
    wait(&sandbox, 61).await;
    assert_eq!(status(&ses).await, MailFromDomainStatus::Success);
}

#[tokio::test(start_paused = true)]
async fn mail_from_fails_with_two_mx_or_after_72_hours() {
    let (sandbox, ses) = with_mail_from().await;
    publish(&sandbox, MAIL_FROM, "MX", &[RIGHT, "20 mx.example.com"]);
    wait(&sandbox, 61).await;
    assert_eq!(status(&ses).await, MailFromDomainStatus::Failed);
    put(&ses, "other.example.com").await;
    wait(&sandbox, 72 * 3600).await;
    assert_eq!(status(&ses).await, MailFromDomainStatus::Failed);
}

#[tokio::test(start_paused = true)]
async fn an_mx_that_vanishes_is_a_temporary_failure_and_then_a_lasting_one() {
    let (sandbox, ses) = with_mail_from().await;
    publish(&sandbox, MAIL_FROM, "MX", &[RIGHT]);
    wait(&sandbox, 61).await;
    assert_eq!(status(&ses).await, MailFromDomainStatus::Success);
    unpublish(&sandbox, MAIL_FROM, "MX");
    assert_eq!(status(&ses).await, MailFromDomainStatus::Success);
    wait(&sandbox, 61).await;
    assert_eq!(status(&ses).await, MailFromDomainStatus::TemporaryFailure);
    publish(&sandbox, MAIL_FROM, "MX", &[RIGHT]);
    wait(&sandbox, 61).await;
    assert_eq!(status(&ses).await, MailFromDomainStatus::Success);
    unpublish(&sandbox, MAIL_FROM, "MX");
    assert_eq!(status(&ses).await, MailFromDomainStatus::Success);
    wait(&sandbox, 73 * 3600).await;
    assert_eq!(status(&ses).await, MailFromDomainStatus::Failed);
}

#[tokio::test(start_paused = true)]
async fn mail_from_can_be_changed_in_its_behaviour_alone_and_cleared() {
    let (sandbox, ses) = with_mail_from().await;
    publish(&sandbox, MAIL_FROM, "MX", &[RIGHT]);
    wait(&sandbox, 61).await;
    let changed = put_with(&ses, MAIL_FROM, BehaviorOnMxFailure::RejectMessage).await;
    assert_eq!(changed, "no error");
    assert_eq!(status(&ses).await, MailFromDomainStatus::Success);
    let clear = ses.put_email_identity_mail_from_attributes();
    let clear = clear.email_identity(DOMAIN).send().await;
    clear.expect("cleared");
    let got = identity(&ses, DOMAIN).await;
    let mail_from = got.mail_from_attributes.expect("attributes");
    assert_eq!(mail_from.mail_from_domain, "");
    assert_eq!(
        mail_from.behavior_on_mx_failure,
        BehaviorOnMxFailure::UseDefaultValue
    );
}
