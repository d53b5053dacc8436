//! SES's behaviours, v2 and v1, through the AWS SDK.

mod common;

use aws_sdk_ses::Client as V1;
use aws_sdk_sesv2::Client as V2;
use aws_sdk_sesv2::operation::get_account::GetAccountOutput;
use aws_sdk_sesv2::operation::get_email_identity::GetEmailIdentityOutput;
use aws_sdk_sesv2::operation::get_email_identity_policies::GetEmailIdentityPoliciesOutput;
use aws_sdk_sesv2::types::{
    BehaviorOnMxFailure, DeliveryOptions, DkimSigningAttributes, DkimSigningAttributesOrigin,
    DkimSigningKeyLength, DkimStatus, EventDestinationDefinition, EventType, IdentityFilterKey,
    IdentityType, MailFromDomainStatus, MailType, SnsDestination, Tag, TlsPolicy,
    VerificationError, VerificationStatus,
};
use common::{ONE, TWO, code, config, error, sandbox, sandbox_with, wait};
use sandbox::Sandbox;
use sandbox::dns::Lookup;
use sandbox::quotas::Quotas;

const DOMAIN: &str = "example.com";

fn v2(sandbox: &Sandbox) -> V2 {
    V2::new(&config(sandbox, ONE, "us-east-1"))
}

fn v2_in(sandbox: &Sandbox, account: &str, region: &str) -> V2 {
    V2::new(&config(sandbox, account, region))
}

fn v1(sandbox: &Sandbox) -> V1 {
    V1::new(&config(sandbox, ONE, "us-east-1"))
}

fn publish(sandbox: &Sandbox, name: &str, rtype: &str, values: &[&str]) {
    let now = sandbox.clock().now();
    sandbox
        .world()
        .dns
        .publish(name, rtype, values, now)
        .expect("a name");
}

fn unpublish(sandbox: &Sandbox, name: &str, rtype: &str) {
    let now = sandbox.clock().now();
    sandbox
        .world()
        .dns
        .unpublish(name, rtype, now)
        .expect("a name");
}

/// An identity as SES shows it.
async fn identity(ses: &V2, name: &str) -> GetEmailIdentityOutput {
    let read = ses.get_email_identity().email_identity(name);
    read.send().await.expect("an identity")
}

/// Deletes an identity.
async fn delete(ses: &V2, name: &str) {
    let deleted = ses.delete_email_identity().email_identity(name);
    deleted.send().await.expect("deleted");
}

/// The account as SES shows it.
async fn account(ses: &V2) -> GetAccountOutput {
    ses.get_account().send().await.expect("an account")
}

/// Makes a configuration set without options.
async fn make_set(ses: &V2, name: &str) {
    let made = ses.create_configuration_set();
    let made = made.configuration_set_name(name);
    made.send().await.expect("a configuration set");
}

/// The sending authorization policies of an identity.
async fn policies(ses: &V2, name: &str) -> GetEmailIdentityPoliciesOutput {
    let read = ses.get_email_identity_policies().email_identity(name);
    read.send().await.expect("the policies")
}

/// Makes the identity and returns its tokens and their zone.
async fn create(ses: &V2, name: &str) -> (Vec<String>, String) {
    let created = ses
        .create_email_identity()
        .email_identity(name)
        .send()
        .await
        .expect("a new identity");
    let dkim = created.dkim_attributes.expect("DKIM");
    (
        dkim.tokens().to_vec(),
        dkim.signing_hosted_zone().expect("a zone").to_owned(),
    )
}

fn publish_dkim(sandbox: &Sandbox, tokens: &[String], zone: &str) {
    for token in tokens {
        publish(
            sandbox,
            &format!("{token}._domainkey.{DOMAIN}"),
            "CNAME",
            &[&format!("{token}.{zone}")],
        );
    }
}

async fn dkim_status(ses: &V2, name: &str) -> DkimStatus {
    let got = identity(ses, name).await;
    got.dkim_attributes
        .and_then(|dkim| dkim.status)
        .expect("a status")
}

async fn verification_status(ses: &V2, name: &str) -> VerificationStatus {
    let got = identity(ses, name).await;
    got.verification_status.expect("a status")
}

async fn mail_from_status(ses: &V2) -> MailFromDomainStatus {
    let got = identity(ses, DOMAIN).await;
    got.mail_from_attributes
        .expect("MAIL FROM")
        .mail_from_domain_status
}

async fn put_mail_from(ses: &V2, domain: &str) -> String {
    let put = ses
        .put_email_identity_mail_from_attributes()
        .email_identity(DOMAIN)
        .mail_from_domain(domain);
    error(
        put.behavior_on_mx_failure(BehaviorOnMxFailure::UseDefaultValue)
            .send()
            .await,
    )
}

#[tokio::test(start_paused = true)]
async fn a_new_domain_has_three_tokens_of_32_characters_and_is_pending() {
    let sandbox = sandbox();
    let ses = v2(&sandbox);
    let created = ses
        .create_email_identity()
        .email_identity(DOMAIN)
        .send()
        .await
        .expect("a new identity");
    let dkim = created.dkim_attributes.expect("DKIM");
    assert_eq!(dkim.status, Some(DkimStatus::NotStarted));
    assert_eq!(dkim.tokens().len(), 3);
    assert!(dkim.tokens().iter().all(|token| token.len() == 32));
    assert_eq!(
        dkim.current_signing_key_length,
        Some(DkimSigningKeyLength::Rsa2048Bit)
    );
    assert!(!created.verified_for_sending_status);
    assert_eq!(dkim_status(&ses, DOMAIN).await, DkimStatus::Pending);
}

#[tokio::test(start_paused = true)]
async fn the_signing_hosted_zone_is_regional_where_aws_says_so() {
    let sandbox = sandbox();
    let (_, global) = create(&v2(&sandbox), DOMAIN).await;
    let (_, regional) = create(&v2_in(&sandbox, ONE, "eu-south-1"), DOMAIN).await;
    assert_eq!(global, "dkim.amazonses.com");
    assert_eq!(regional, "dkim.eu-south-1.amazonses.com");
}

#[tokio::test(start_paused = true)]
async fn dkim_succeeds_a_minute_after_all_three_records_are_visible() {
    let sandbox = sandbox();
    let ses = v2(&sandbox);
    let (tokens, zone) = create(&ses, DOMAIN).await;
    publish_dkim(&sandbox, &tokens[..2], &zone);
    wait(&sandbox, 3600).await;
    assert_eq!(dkim_status(&ses, DOMAIN).await, DkimStatus::Pending);
    publish_dkim(&sandbox, &tokens[2..], &zone);
    wait(&sandbox, 58).await;
    assert_eq!(dkim_status(&ses, DOMAIN).await, DkimStatus::Pending);
    wait(&sandbox, 2).await;
    let got = identity(&ses, DOMAIN).await;
    assert_eq!(
        got.dkim_attributes.and_then(|dkim| dkim.status),
        Some(DkimStatus::Success)
    );
    assert_eq!(got.verification_status, Some(VerificationStatus::Success));
    assert!(got.verified_for_sending_status);
}

#[tokio::test(start_paused = true)]
async fn a_record_with_another_target_does_not_verify() {
    let sandbox = sandbox();
    let ses = v2(&sandbox);
    let (tokens, _) = create(&ses, DOMAIN).await;
    publish_dkim(&sandbox, &tokens, "dkim.example.net");
    wait(&sandbox, 3600).await;
    let got = identity(&ses, DOMAIN).await;
    assert_eq!(
        got.dkim_attributes.and_then(|dkim| dkim.status),
        Some(DkimStatus::Pending)
    );
    assert_eq!(
        got.verification_info.and_then(|info| info.error_type),
        Some(VerificationError::InvalidValue)
    );
}

#[tokio::test(start_paused = true)]
async fn a_search_fails_after_72_hours_and_can_be_started_again() {
    let sandbox = sandbox();
    let ses = v2(&sandbox);
    let (tokens, zone) = create(&ses, DOMAIN).await;
    wait(&sandbox, 72 * 3600 - 60).await;
    assert_eq!(dkim_status(&ses, DOMAIN).await, DkimStatus::Pending);
    wait(&sandbox, 60).await;
    assert_eq!(dkim_status(&ses, DOMAIN).await, DkimStatus::Failed);
    assert_eq!(
        verification_status(&ses, DOMAIN).await,
        VerificationStatus::Failed
    );
    publish_dkim(&sandbox, &tokens, &zone);
    wait(&sandbox, 3600).await;
    assert_eq!(dkim_status(&ses, DOMAIN).await, DkimStatus::Failed);
    let again = ses
        .put_email_identity_dkim_signing_attributes()
        .email_identity(DOMAIN);
    again
        .signing_attributes_origin(DkimSigningAttributesOrigin::AwsSes)
        .send()
        .await
        .expect("a new search");
    wait(&sandbox, 61).await;
    assert_eq!(dkim_status(&ses, DOMAIN).await, DkimStatus::Success);
    assert_eq!(
        verification_status(&ses, DOMAIN).await,
        VerificationStatus::Success
    );
}

#[tokio::test(start_paused = true)]
async fn records_that_vanish_are_a_temporary_failure() {
    let sandbox = sandbox();
    let ses = v2(&sandbox);
    let (tokens, zone) = create(&ses, DOMAIN).await;
    publish_dkim(&sandbox, &tokens, &zone);
    wait(&sandbox, 61).await;
    assert_eq!(dkim_status(&ses, DOMAIN).await, DkimStatus::Success);
    unpublish(
        &sandbox,
        &format!("{}._domainkey.{DOMAIN}", tokens[0]),
        "CNAME",
    );
    assert_eq!(dkim_status(&ses, DOMAIN).await, DkimStatus::Success);
    wait(&sandbox, 61).await;
    assert_eq!(
        dkim_status(&ses, DOMAIN).await,
        DkimStatus::TemporaryFailure
    );
    assert_eq!(
        verification_status(&ses, DOMAIN).await,
        VerificationStatus::TemporaryFailure
    );
}

#[tokio::test(start_paused = true)]
async fn the_key_behind_a_token_is_in_the_public_dns() {
    let sandbox = sandbox();
    let (tokens, zone) = create(&v2(&sandbox), DOMAIN).await;
    publish_dkim(&sandbox, &tokens, &zone);
    let name = format!("{}._domainkey.{DOMAIN}", tokens[1]);
    match sandbox.world().resolve(&name, "TXT", sandbox.clock().now()) {
        Lookup::Found { chain, records, .. } => {
            assert_eq!(chain.len(), 1);
            assert!(
                records[0].value.starts_with("\"p=MIIBI"),
                "{}",
                records[0].value
            );
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn an_identity_that_exists_is_not_made_again() {
    let sandbox = sandbox();
    let ses = v2(&sandbox);
    create(&ses, DOMAIN).await;
    let again = ses
        .create_email_identity()
        .email_identity("EXAMPLE.com")
        .send()
        .await;
    assert_eq!(
        error(again),
        "AlreadyExistsException: Email identity EXAMPLE.com already exist."
    );
}

#[tokio::test(start_paused = true)]
async fn accounts_and_regions_do_not_see_each_others_identities() {
    let sandbox = sandbox();
    let (first, _) = create(&v2(&sandbox), DOMAIN).await;
    for (account, region) in [(ONE, "eu-west-1"), (TWO, "us-east-1")] {
        let other = v2_in(&sandbox, account, region);
        let missing = other
            .get_email_identity()
            .email_identity(DOMAIN)
            .send()
            .await;
        assert_eq!(
            error(missing),
            "NotFoundException: Email identity example.com does not exist."
        );
        let (tokens, _) = create(&other, DOMAIN).await;
        assert_ne!(tokens, first);
    }
}

#[tokio::test(start_paused = true)]
async fn an_identity_that_is_deleted_and_made_again_has_new_tokens() {
    let sandbox = sandbox();
    let ses = v2(&sandbox);
    let before = sandbox.world().dump();
    let (first, _) = create(&ses, DOMAIN).await;
    delete(&ses, DOMAIN).await;
    assert_eq!(sandbox.world().dump(), before);
    let (second, _) = create(&ses, DOMAIN).await;
    assert_ne!(first, second);
    let missing = ses
        .delete_email_identity()
        .email_identity("example.org")
        .send()
        .await;
    assert_eq!(code(missing), "NotFoundException");
}

#[tokio::test(start_paused = true)]
async fn an_unknown_configuration_set_is_refused_and_nothing_is_made() {
    let sandbox = sandbox();
    let ses = v2(&sandbox);
    let refused = ses
        .create_email_identity()
        .email_identity(DOMAIN)
        .configuration_set_name("mail")
        .send()
        .await;
    assert_eq!(
        error(refused),
        "NotFoundException: Configuration set <mail> does not exist."
    );
    assert_eq!(
        code(ses.get_email_identity().email_identity(DOMAIN).send().await),
        "NotFoundException"
    );
}

#[tokio::test(start_paused = true)]
async fn an_address_is_signed_as_its_domain_is() {
    let sandbox = sandbox();
    let ses = v2(&sandbox);
    let address = "mail@example.com";
    let create_address = ses
        .create_email_identity()
        .email_identity(address)
        .send()
        .await;
    let created = create_address.expect("a new identity");
    assert_eq!(created.identity_type, Some(IdentityType::EmailAddress));
    assert_eq!(dkim_status(&ses, address).await, DkimStatus::NotStarted);
    let (tokens, zone) = create(&ses, DOMAIN).await;
    publish_dkim(&sandbox, &tokens, &zone);
    wait(&sandbox, 61).await;
    assert_eq!(dkim_status(&ses, address).await, DkimStatus::Success);
    assert_eq!(
        verification_status(&ses, address).await,
        VerificationStatus::Pending
    );
}

#[tokio::test(start_paused = true)]
async fn names_that_are_no_domains_are_refused() {
    let sandbox = sandbox();
    for name in [
        "com",
        "exa mple.com",
        "-example.com",
        "@example.com",
        "mail@",
    ] {
        let refused = v2(&sandbox)
            .create_email_identity()
            .email_identity(name)
            .send()
            .await;
        assert_eq!(code(refused), "BadRequestException", "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn mail_from_must_be_below_the_identity() {
    let sandbox = sandbox();
    let ses = v2(&sandbox);
    create(&ses, DOMAIN).await;
    for domain in ["mail.example.org", "example.com", "notexample.com"] {
        let expect = format!(
            "BadRequestException: Provided MAIL-FROM domain <{domain}> is not subdomain of the domain of the identity \
             <example.com>."
        );
        assert_eq!(put_mail_from(&ses, domain).await, expect);
    }
    assert_eq!(put_mail_from(&ses, "mail.example.com").await, "no error");
}

#[tokio::test(start_paused = true)]
async fn mail_from_succeeds_with_the_one_right_mx() {
    let sandbox = sandbox();
    let ses = v2(&sandbox);
    create(&ses, DOMAIN).await;
    put_mail_from(&ses, "mail.example.com").await;
    publish(
        &sandbox,
        "mail.example.com",
        "MX",
        &["10 feedback-smtp.eu-west-1.amazonses.com"],
    );
    wait(&sandbox, 3600).await;
    assert_eq!(mail_from_status(&ses).await, MailFromDomainStatus::Pending);
    publish(
        &sandbox,
        "mail.example.com",
        "MX",
        &["10 feedback-smtp.us-east-1.amazonses.com"],
    );
    wait(&sandbox, 61).await;
    assert_eq!(mail_from_status(&ses).await, MailFromDomainStatus::Success);
}

#[tokio::test(start_paused = true)]
async fn mail_from_fails_with_two_mx_or_after_72_hours() {
    let sandbox = sandbox();
    let ses = v2(&sandbox);
    create(&ses, DOMAIN).await;
    put_mail_from(&ses, "mail.example.com").await;
    let two = [
        "10 feedback-smtp.us-east-1.amazonses.com",
        "20 mx.example.com",
    ];
    publish(&sandbox, "mail.example.com", "MX", &two);
    wait(&sandbox, 61).await;
    assert_eq!(mail_from_status(&ses).await, MailFromDomainStatus::Failed);
    put_mail_from(&ses, "other.example.com").await;
    wait(&sandbox, 72 * 3600).await;
    assert_eq!(mail_from_status(&ses).await, MailFromDomainStatus::Failed);
}

#[tokio::test(start_paused = true)]
async fn an_mx_that_vanishes_is_a_temporary_failure_and_then_a_lasting_one() {
    let sandbox = sandbox();
    let ses = v2(&sandbox);
    create(&ses, DOMAIN).await;
    put_mail_from(&ses, "mail.example.com").await;
    let right = ["10 feedback-smtp.us-east-1.amazonses.com"];
    publish(&sandbox, "mail.example.com", "MX", &right);
    wait(&sandbox, 61).await;
    assert_eq!(mail_from_status(&ses).await, MailFromDomainStatus::Success);
    unpublish(&sandbox, "mail.example.com", "MX");
    assert_eq!(mail_from_status(&ses).await, MailFromDomainStatus::Success);
    wait(&sandbox, 61).await;
    let lost = mail_from_status(&ses).await;
    assert_eq!(lost, MailFromDomainStatus::TemporaryFailure);
    publish(&sandbox, "mail.example.com", "MX", &right);
    wait(&sandbox, 61).await;
    assert_eq!(mail_from_status(&ses).await, MailFromDomainStatus::Success);
    unpublish(&sandbox, "mail.example.com", "MX");
    assert_eq!(mail_from_status(&ses).await, MailFromDomainStatus::Success);
    wait(&sandbox, 73 * 3600).await;
    assert_eq!(mail_from_status(&ses).await, MailFromDomainStatus::Failed);
}

#[tokio::test(start_paused = true)]
async fn mail_from_can_be_changed_in_its_behaviour_alone_and_cleared() {
    let sandbox = sandbox();
    let ses = v2(&sandbox);
    create(&ses, DOMAIN).await;
    put_mail_from(&ses, "mail.example.com").await;
    publish(
        &sandbox,
        "mail.example.com",
        "MX",
        &["10 feedback-smtp.us-east-1.amazonses.com"],
    );
    wait(&sandbox, 61).await;
    let put = ses
        .put_email_identity_mail_from_attributes()
        .email_identity(DOMAIN)
        .mail_from_domain("mail.example.com");
    put.behavior_on_mx_failure(BehaviorOnMxFailure::RejectMessage)
        .send()
        .await
        .expect("changed");
    assert_eq!(mail_from_status(&ses).await, MailFromDomainStatus::Success);
    ses.put_email_identity_mail_from_attributes()
        .email_identity(DOMAIN)
        .send()
        .await
        .expect("cleared");
    let got = identity(&ses, DOMAIN).await;
    let mail_from = got.mail_from_attributes.expect("attributes");
    assert_eq!(mail_from.mail_from_domain, "");
    assert_eq!(
        mail_from.behavior_on_mx_failure,
        BehaviorOnMxFailure::UseDefaultValue
    );
}

/// Made by `openssl genrsa 1024`, for these tests alone.
const PRIVATE_KEY: &str = "MIICdQIBADANBgkqhkiG9w0BAQEFAASCAl8wggJbAgEAAoGBAJultXcynD9C8dRkVv8MU0D5ILntfc9qrvDBrvn5kuTVvnKB+T2hbummaSqI89p2MbAB08p+8b+CyB2D4Q/fdnJvvTXuwIOKCAdJIVfjCYG+YgIj5aNuxjqBIQvMkvQGsur6Uv27tQijUmIGcfQSYrxKBA2zFHTD185qsiPiEof1AgMBAAECgYBgzjLMPS0S55czK2k0Xj0Vpx0kpsJeFBNUaJJkpUYoj4xQ+efD3jj2l2rHasCIOoTy3GAWjNfc7gF64gBD+A9ZazW3yZHWMOqgjOl0fprm6Jq8BhNHNu8MWO5AIbXV42mtgbS15HsGxsEJirVxsv+/5kIr8SJ2te6DXeJvgHBTzQJBAMnoaAEBEuJojRP8JXdLziLsu/MUWjN0XRj7xkcZVrQuZTWsZhveka4WTVUo09HUDOXC8gdR0qDADfvbj/Co1zsCQQDFWJUIHz6YJ7rsxmCjh0CqFnDWKaar/y+5w21T2L3hAz61QX9UhBzsAOXPYcfdHXxcxhclpMbZuPBus4YgbgqPAkBOLpj/Mow+cV+Xin5zeD4E1ghdMtdOr1NRVkTLySsCsChupSgQyJk+gNJHFH0Y9fRcj6UqYmud5WBE0xskhCx7AkA5btNIntc3rvBeskkzrkwqdAd4vHxuOAEqve5WZZC1KJ2aYKpu7VgBcy1uklV5S3iDA39/DBp3CLSocwTI8V2PAkAnUX9DYYqBk2+asA9tXgDdc9+8Bs6O1AyCk7w6uB+bALIJHmDFL4jSPcBl4LsdSTMf9a4eNTI4Ldh8TmXYGjbB";
const PUBLIC_KEY: &str = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCbpbV3Mpw/QvHUZFb/DFNA+SC57X3Paq7wwa75+ZLk1b5ygfk9oW7ppmkqiPPadjGwAdPKfvG/gsgdg+EP33Zyb7017sCDiggHSSFX4wmBvmICI+WjbsY6gSELzJL0BrLq+lL9u7UIo1JiBnH0EmK8SgQNsxR0w9fOarIj4hKH9QIDAQAB";

fn brought(selector: &str, key: &str) -> DkimSigningAttributes {
    DkimSigningAttributes::builder()
        .domain_signing_selector(selector)
        .domain_signing_private_key(key)
        .build()
}

#[tokio::test(start_paused = true)]
async fn a_brought_key_verifies_by_the_public_half_at_its_selector() {
    let sandbox = sandbox();
    let ses = v2(&sandbox);
    let create = ses.create_email_identity().email_identity(DOMAIN);
    let created = create
        .dkim_signing_attributes(brought("mine", PRIVATE_KEY))
        .send()
        .await
        .expect("a new identity");
    let dkim = created.dkim_attributes.expect("DKIM");
    assert_eq!(
        dkim.signing_attributes_origin,
        Some(DkimSigningAttributesOrigin::External)
    );
    assert_eq!(dkim.tokens(), ["mine"]);
    publish(
        &sandbox,
        "mine._domainkey.example.com",
        "TXT",
        &["v=DKIM1; k=rsa; p=AAAA"],
    );
    wait(&sandbox, 3600).await;
    assert_eq!(dkim_status(&ses, DOMAIN).await, DkimStatus::Pending);
    publish(
        &sandbox,
        "mine._domainkey.example.com",
        "TXT",
        &[&format!("v=DKIM1; k=rsa; p={PUBLIC_KEY}")],
    );
    wait(&sandbox, 61).await;
    assert_eq!(dkim_status(&ses, DOMAIN).await, DkimStatus::Success);
}

#[tokio::test(start_paused = true)]
async fn a_brought_key_that_is_none_is_refused() {
    let sandbox = sandbox();
    let create = |attributes| {
        v2(&sandbox)
            .create_email_identity()
            .email_identity(DOMAIN)
            .dkim_signing_attributes(attributes)
            .send()
    };
    assert_eq!(
        code(create(brought("mine", "AAAA")).await),
        "BadRequestException"
    );
    assert_eq!(
        code(create(brought("not.mine", PRIVATE_KEY)).await),
        "BadRequestException"
    );
}

fn replica_of(region: DkimSigningAttributesOrigin) -> DkimSigningAttributes {
    DkimSigningAttributes::builder()
        .domain_signing_attributes_origin(region)
        .build()
}

#[tokio::test(start_paused = true)]
async fn a_replica_has_its_parents_tokens_and_verifies_by_its_records() {
    let sandbox = sandbox();
    let parent = v2(&sandbox);
    let replica = v2_in(&sandbox, ONE, "eu-west-1");
    let (tokens, zone) = create(&parent, DOMAIN).await;
    let create = replica.create_email_identity().email_identity(DOMAIN);
    let attributes = replica_of(DkimSigningAttributesOrigin::AwsSesUsEast1);
    let created = create
        .dkim_signing_attributes(attributes)
        .send()
        .await
        .expect("a replica");
    let dkim = created.dkim_attributes.expect("DKIM");
    assert_eq!(dkim.tokens(), tokens);
    assert_eq!(dkim.signing_hosted_zone(), Some(zone.as_str()));
    assert_eq!(
        dkim.signing_attributes_origin,
        Some(DkimSigningAttributesOrigin::AwsSesUsEast1)
    );
    publish_dkim(&sandbox, &tokens, &zone);
    wait(&sandbox, 61).await;
    assert_eq!(dkim_status(&replica, DOMAIN).await, DkimStatus::Success);
    let refused = parent
        .delete_email_identity()
        .email_identity(DOMAIN)
        .send()
        .await;
    assert_eq!(code(refused), "BadRequestException");
    delete(&replica, DOMAIN).await;
    delete(&parent, DOMAIN).await;
}

#[tokio::test(start_paused = true)]
async fn a_replica_without_a_parent_fails_and_says_why() {
    let sandbox = sandbox();
    let ses = v2_in(&sandbox, ONE, "eu-west-1");
    let create = |region| {
        ses.create_email_identity()
            .email_identity(DOMAIN)
            .dkim_signing_attributes(replica_of(region))
            .send()
    };
    assert_eq!(
        code(create(DkimSigningAttributesOrigin::AwsSesEuWest1).await),
        "BadRequestException"
    );
    create(DkimSigningAttributesOrigin::AwsSesUsEast1)
        .await
        .expect("made, and to fail");
    wait(&sandbox, 61).await;
    let got = identity(&ses, DOMAIN).await;
    assert_eq!(
        got.dkim_attributes.and_then(|dkim| dkim.status),
        Some(DkimStatus::Failed)
    );
    let why = got.verification_info.and_then(|info| info.error_type);
    assert_eq!(why, Some(VerificationError::ReplicationPrimaryNotFound));
}

#[tokio::test(start_paused = true)]
async fn a_replicas_origin_cannot_be_put_on_an_identity_that_is_there() {
    let sandbox = sandbox();
    let ses = v2(&sandbox);
    create(&ses, DOMAIN).await;
    let put = ses
        .put_email_identity_dkim_signing_attributes()
        .email_identity(DOMAIN);
    let refused = put
        .signing_attributes_origin(DkimSigningAttributesOrigin::AwsSesEuWest1)
        .send()
        .await;
    assert_eq!(code(refused), "BadRequestException");
}

#[tokio::test(start_paused = true)]
async fn r_35_the_key_length_can_be_changed_once_a_day() {
    let sandbox = sandbox();
    let ses = v2(&sandbox);
    let (tokens, _) = create(&ses, DOMAIN).await;
    let put = |length| {
        let attributes = DkimSigningAttributes::builder()
            .next_signing_key_length(length)
            .build();
        let put = ses
            .put_email_identity_dkim_signing_attributes()
            .email_identity(DOMAIN);
        put.signing_attributes_origin(DkimSigningAttributesOrigin::AwsSes)
            .signing_attributes(attributes)
            .send()
    };
    let changed = put(DkimSigningKeyLength::Rsa1024Bit)
        .await
        .expect("changed");
    assert_eq!(changed.dkim_tokens(), tokens);
    assert_eq!(
        code(put(DkimSigningKeyLength::Rsa2048Bit).await),
        "BadRequestException"
    );
    wait(&sandbox, 24 * 3600).await;
    put(DkimSigningKeyLength::Rsa2048Bit)
        .await
        .expect("a day later");
}

#[tokio::test(start_paused = true)]
async fn signing_of_an_unknown_domain_is_a_bad_request() {
    let sandbox = sandbox();
    let put = v2(&sandbox)
        .put_email_identity_dkim_attributes()
        .email_identity(DOMAIN)
        .signing_enabled(true);
    assert_eq!(
        error(put.send().await),
        "BadRequestException: Domain example.com is not verified for DKIM signing."
    );
}

#[tokio::test(start_paused = true)]
async fn feedback_configuration_set_and_signing_are_read_as_they_were_put() {
    let sandbox = sandbox();
    let ses = v2(&sandbox);
    create(&ses, DOMAIN).await;
    make_set(&ses, "mail").await;
    ses.put_email_identity_feedback_attributes()
        .email_identity(DOMAIN)
        .send()
        .await
        .expect("put");
    let put = ses
        .put_email_identity_configuration_set_attributes()
        .email_identity(DOMAIN);
    put.configuration_set_name("mail")
        .send()
        .await
        .expect("put");
    ses.put_email_identity_dkim_attributes()
        .email_identity(DOMAIN)
        .send()
        .await
        .expect("put");
    let got = identity(&ses, DOMAIN).await;
    assert!(!got.feedback_forwarding_status);
    assert_eq!(got.configuration_set_name(), Some("mail"));
    assert!(!got.dkim_attributes.expect("DKIM").signing_enabled);
}

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build().expect("a tag")
}

#[tokio::test(start_paused = true)]
async fn tags_are_listed_added_and_removed() {
    let sandbox = sandbox();
    let ses = v2(&sandbox);
    ses.create_email_identity()
        .email_identity(DOMAIN)
        .tags(tag("a", "1"))
        .send()
        .await
        .expect("a new identity");
    let arn = "arn:aws:ses:us-east-1:111111111111:identity/example.com";
    ses.tag_resource()
        .resource_arn(arn)
        .tags(tag("b", "2"))
        .send()
        .await
        .expect("tagged");
    ses.untag_resource()
        .resource_arn(arn)
        .tag_keys("a")
        .send()
        .await
        .expect("untagged");
    let tags = ses
        .list_tags_for_resource()
        .resource_arn(arn)
        .send()
        .await
        .expect("tags");
    assert_eq!(tags.tags(), [tag("b", "2")]);
    let missing = format!("{arn}.org");
    assert_eq!(
        code(
            ses.list_tags_for_resource()
                .resource_arn(missing)
                .send()
                .await
        ),
        "NotFoundException"
    );
}

const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":"ses:SendEmail","Resource":"*"}]}"#;

#[tokio::test(start_paused = true)]
async fn policies_are_made_updated_and_deleted() {
    let sandbox = sandbox();
    let ses = v2(&sandbox);
    create(&ses, DOMAIN).await;
    let make = |name: &str, policy: &str| {
        ses.create_email_identity_policy()
            .email_identity(DOMAIN)
            .policy_name(name)
            .policy(policy)
            .send()
    };
    make("send", POLICY).await.expect("a policy");
    assert_eq!(code(make("send", POLICY).await), "AlreadyExistsException");
    assert_eq!(code(make("bad", "{").await), "BadRequestException");
    assert_eq!(code(make("bad name", POLICY).await), "BadRequestException");
    let update = ses
        .update_email_identity_policy()
        .email_identity(DOMAIN)
        .policy_name("other")
        .policy(POLICY);
    assert_eq!(code(update.send().await), "NotFoundException");
    let got = policies(&ses, DOMAIN).await;
    assert_eq!(got.policies().expect("a map")["send"], POLICY);
    ses.delete_email_identity_policy()
        .email_identity(DOMAIN)
        .policy_name("send")
        .send()
        .await
        .expect("deleted");
    let got = policies(&ses, DOMAIN).await;
    assert!(
        got.policies()
            .is_none_or(std::collections::HashMap::is_empty)
    );
}

#[tokio::test(start_paused = true)]
async fn identities_are_listed_in_pages_and_by_filter() {
    let sandbox = sandbox();
    let ses = v2(&sandbox);
    for number in 0..7 {
        create(&ses, &format!("d{number}.example.com")).await;
    }
    let mut names = Vec::new();
    let mut pages = ses
        .list_email_identities()
        .page_size(3)
        .into_paginator()
        .send();
    let mut sizes = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.expect("a page");
        sizes.push(page.email_identities().len());
        names.extend(
            page.email_identities()
                .iter()
                .filter_map(|info| info.identity_name.clone()),
        );
    }
    assert_eq!(sizes, [3, 3, 1]);
    assert_eq!(names.len(), 7);
    let filtered = ses
        .list_email_identities()
        .filter(IdentityFilterKey::IdentityNameContains, "d3.exa")
        .send()
        .await;
    assert_eq!(filtered.expect("a page").email_identities().len(), 1);
    let wrong = ses
        .list_email_identities()
        .next_token("nonsense")
        .send()
        .await;
    assert_eq!(
        error(wrong),
        "BadRequestException: Invalid NextToken <nonsense>."
    );
    let wrong = ses.list_email_identities().page_size(1001).send().await;
    assert_eq!(code(wrong), "BadRequestException");
}

#[tokio::test(start_paused = true)]
async fn configuration_sets_keep_their_options() {
    let sandbox = sandbox();
    let ses = v2(&sandbox);
    let delivery = DeliveryOptions::builder()
        .tls_policy(TlsPolicy::Require)
        .max_delivery_seconds(3600)
        .build();
    let make = || {
        ses.create_configuration_set()
            .configuration_set_name("mail")
    };
    make()
        .delivery_options(delivery.clone())
        .tags(tag("a", "1"))
        .send()
        .await
        .expect("a set");
    assert_eq!(
        error(make().send().await),
        "AlreadyExistsException: Configuration set <mail> already exists."
    );
    let put = ses
        .put_configuration_set_reputation_options()
        .configuration_set_name("mail");
    put.reputation_metrics_enabled(true)
        .send()
        .await
        .expect("put");
    let got = ses
        .get_configuration_set()
        .configuration_set_name("mail")
        .send()
        .await
        .expect("the set");
    assert_eq!(got.delivery_options, Some(delivery));
    assert!(
        got.reputation_options
            .expect("options")
            .reputation_metrics_enabled
    );
    assert!(got.sending_options.expect("options").sending_enabled);
    assert_eq!(got.tags, Some(vec![tag("a", "1")]));
    let put = ses
        .put_configuration_set_delivery_options()
        .configuration_set_name("mail")
        .max_delivery_seconds(299);
    assert_eq!(code(put.send().await), "BadRequestException");
    ses.delete_configuration_set()
        .configuration_set_name("mail")
        .send()
        .await
        .expect("deleted");
    let gone = ses
        .get_configuration_set()
        .configuration_set_name("mail")
        .send()
        .await;
    assert_eq!(
        error(gone),
        "NotFoundException: Configuration set <mail> does not exist."
    );
}

#[tokio::test(start_paused = true)]
async fn event_destinations_are_made_updated_and_deleted() {
    let sandbox = sandbox();
    let ses = v2(&sandbox);
    make_set(&ses, "mail").await;
    let topic = SnsDestination::builder()
        .topic_arn("arn:aws:sns:us-east-1:111111111111:bounces")
        .build()
        .expect("a topic");
    let definition = |event| {
        let definition = EventDestinationDefinition::builder()
            .enabled(true)
            .matching_event_types(event);
        definition.sns_destination(topic.clone()).build()
    };
    let make = |name: &str| {
        let make = ses
            .create_configuration_set_event_destination()
            .configuration_set_name("mail");
        make.event_destination_name(name)
            .event_destination(definition(EventType::Bounce))
            .send()
    };
    make("bounces").await.expect("a destination");
    assert_eq!(
        error(make("bounces").await),
        "AlreadyExistsException: An event destination with name <bounces> already exists for configuration set <mail>."
    );
    let update = |name: &str| {
        let update = ses
            .update_configuration_set_event_destination()
            .configuration_set_name("mail");
        update
            .event_destination_name(name)
            .event_destination(definition(EventType::Complaint))
            .send()
    };
    update("bounces").await.expect("updated");
    assert_eq!(code(update("others").await), "NotFoundException");
    let got = ses
        .get_configuration_set_event_destinations()
        .configuration_set_name("mail")
        .send()
        .await;
    let got = got.expect("destinations");
    assert_eq!(
        got.event_destinations()[0].matching_event_types(),
        [EventType::Complaint]
    );
    let delete = ses
        .delete_configuration_set_event_destination()
        .configuration_set_name("mail");
    delete
        .event_destination_name("bounces")
        .send()
        .await
        .expect("deleted");
}

#[tokio::test(start_paused = true)]
async fn r_18_an_event_destination_that_goes_nowhere_is_refused() {
    let sandbox = sandbox();
    let ses = v2(&sandbox);
    make_set(&ses, "mail").await;
    let empty = EventDestinationDefinition::builder()
        .matching_event_types(EventType::Send)
        .build();
    let make = ses
        .create_configuration_set_event_destination()
        .configuration_set_name("mail");
    let refused = make
        .event_destination_name("none")
        .event_destination(empty)
        .send()
        .await;
    assert_eq!(code(refused), "BadRequestException");
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
async fn v1_verifies_a_domain_by_its_token_in_amazonses() {
    let sandbox = sandbox();
    let ses = v1(&sandbox);
    let asked = ses
        .verify_domain_identity()
        .domain(DOMAIN)
        .send()
        .await
        .expect("a token");
    let token = asked.verification_token;
    let again = ses
        .verify_domain_identity()
        .domain(DOMAIN)
        .send()
        .await
        .expect("the same token");
    assert_eq!(token, again.verification_token);
    let status = || async {
        let got = ses
            .get_identity_verification_attributes()
            .identities(DOMAIN)
            .identities("example.org")
            .send()
            .await;
        let got = got.expect("attributes").verification_attributes;
        assert_eq!(got.len(), 1, "an unknown identity is left out");
        got[DOMAIN].verification_status.as_str().to_owned()
    };
    assert_eq!(status().await, "Pending");
    publish(
        &sandbox,
        "_amazonses.example.com",
        "TXT",
        &["someone else's token", &token],
    );
    wait(&sandbox, 61).await;
    assert_eq!(status().await, "Success");
    assert_eq!(
        verification_status(&v2(&sandbox), DOMAIN).await,
        VerificationStatus::Success
    );
    assert_eq!(
        dkim_status(&v2(&sandbox), DOMAIN).await,
        DkimStatus::NotStarted
    );
}

#[tokio::test(start_paused = true)]
async fn v1_takes_a_token_by_its_prefix_at_the_domain() {
    let sandbox = sandbox();
    let ses = v1(&sandbox);
    let asked = ses.verify_domain_identity().domain(DOMAIN).send().await;
    let token = asked.expect("a token").verification_token;
    // Without its prefix it is any text.
    publish(&sandbox, DOMAIN, "TXT", &["v=spf1 -all", &token]);
    wait(&sandbox, 61).await;
    let status = verification_status(&v2(&sandbox), DOMAIN).await;
    assert_eq!(status, VerificationStatus::Pending);
    let prefixed = format!("amazonses:{token}");
    publish(&sandbox, DOMAIN, "TXT", &["v=spf1 -all", &prefixed]);
    wait(&sandbox, 61).await;
    let status = verification_status(&v2(&sandbox), DOMAIN).await;
    assert_eq!(status, VerificationStatus::Success);
}

#[tokio::test(start_paused = true)]
async fn v1_and_v2_share_one_store() {
    let sandbox = sandbox();
    let ses = v1(&sandbox);
    let tokens = ses
        .verify_domain_dkim()
        .domain(DOMAIN)
        .send()
        .await
        .expect("tokens")
        .dkim_tokens;
    assert_eq!(tokens.len(), 3);
    let again = v2(&sandbox)
        .create_email_identity()
        .email_identity(DOMAIN)
        .send()
        .await;
    assert_eq!(code(again), "AlreadyExistsException");
    let got = v2(&sandbox)
        .get_email_identity()
        .email_identity(DOMAIN)
        .send()
        .await
        .expect("the identity");
    assert_eq!(got.dkim_attributes.expect("DKIM").tokens(), tokens);
    let listed = ses.list_identities().send().await.expect("identities");
    assert_eq!(listed.identities, [DOMAIN]);
    for _ in 0..2 {
        ses.delete_identity()
            .identity(DOMAIN)
            .send()
            .await
            .expect("deleting what is gone succeeds");
    }
    assert_eq!(
        code(
            v2(&sandbox)
                .get_email_identity()
                .email_identity(DOMAIN)
                .send()
                .await
        ),
        "NotFoundException"
    );
}

#[tokio::test(start_paused = true)]
async fn v1_reads_attributes_of_up_to_100_identities_at_once() {
    let sandbox = sandbox();
    for number in 0..3 {
        create(&v2(&sandbox), &format!("d{number}.example.com")).await;
    }
    let names = |count: usize| {
        (0..count)
            .map(|number| format!("d{number}.example.com"))
            .collect::<Vec<_>>()
    };
    let ses = v1(&sandbox);
    let verification = ses
        .get_identity_verification_attributes()
        .set_identities(Some(names(100)))
        .send()
        .await;
    assert_eq!(
        verification
            .expect("attributes")
            .verification_attributes
            .len(),
        3
    );
    let dkim = ses
        .get_identity_dkim_attributes()
        .set_identities(Some(names(100)))
        .send()
        .await
        .expect("attributes");
    assert_eq!(
        dkim.dkim_attributes["d0.example.com"].dkim_tokens().len(),
        3
    );
    let mail_from = ses
        .get_identity_mail_from_domain_attributes()
        .set_identities(Some(names(100)))
        .send()
        .await;
    assert_eq!(
        mail_from
            .expect("attributes")
            .mail_from_domain_attributes
            .len(),
        3
    );
    let many = ses
        .get_identity_dkim_attributes()
        .set_identities(Some(names(101)))
        .send()
        .await;
    assert_eq!(code(many), "ValidationError");
}

#[tokio::test(start_paused = true)]
async fn v1_words_its_errors_in_its_own_way() {
    let sandbox = sandbox();
    let ses = v1(&sandbox);
    let refused = ses
        .set_identity_mail_from_domain()
        .identity(DOMAIN)
        .mail_from_domain("mail.example.com")
        .send()
        .await;
    assert_eq!(
        error(refused),
        "InvalidParameterValue: Identity <example.com> does not exist."
    );
    let refused = ses.describe_active_receipt_rule_set().send().await;
    assert_eq!(code(refused), "InvalidAction");
}

#[tokio::test(start_paused = true)]
async fn calls_over_one_a_second_are_throttled_in_each_versions_words() {
    let sandbox = sandbox_with(|_| {});
    let once = aws_sdk_sesv2::config::retry::RetryConfig::disabled();
    let config = config(&sandbox, ONE, "us-east-1")
        .into_builder()
        .retry_config(once)
        .build();
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
