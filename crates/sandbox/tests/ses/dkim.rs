//! Easy DKIM: the tokens of a domain, and the search for their records.

use aws_sdk_sesv2::types::{
    DkimSigningAttributesOrigin, DkimSigningKeyLength, DkimStatus, IdentityType, VerificationError,
    VerificationStatus,
};
use sandbox::dns::Lookup;

use crate::common::{ONE, error, unpublish, wait};
use crate::{
    DOMAIN, ask, create, dkim_name, dkim_status, identity, publish_dkim, ses, v2_in,
    verification_status, with_identity,
};

#[tokio::test(start_paused = true)]
async fn a_new_domain_has_three_tokens_of_32_characters_and_is_pending() {
    let (_sandbox, ses) = ses();
    let created = ask(&ses, DOMAIN).await.expect("a new identity");
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
    let (sandbox, _, global) = with_identity().await;
    let regional = create(&v2_in(&sandbox, ONE, "eu-south-1"), DOMAIN).await;
    assert_eq!(global.zone, "dkim.amazonses.com");
    assert_eq!(regional.zone, "dkim.eu-south-1.amazonses.com");
}

#[tokio::test(start_paused = true)]
async fn dkim_succeeds_a_minute_after_all_three_records_are_visible() {
    let (sandbox, ses, dkim) = with_identity().await;
    publish_dkim(&sandbox, &dkim.tokens[..2], &dkim.zone);
    wait(&sandbox, 3600).await;
    assert_eq!(dkim_status(&ses, DOMAIN).await, DkimStatus::Pending);
    publish_dkim(&sandbox, &dkim.tokens[2..], &dkim.zone);
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
    let (sandbox, ses, dkim) = with_identity().await;
    publish_dkim(&sandbox, &dkim.tokens, "dkim.example.net");
    wait(&sandbox, 3600).await;
    assert_eq!(dkim_status(&ses, DOMAIN).await, DkimStatus::Pending);
    let got = identity(&ses, DOMAIN).await;
    assert_eq!(
        got.verification_info.and_then(|info| info.error_type),
        Some(VerificationError::InvalidValue)
    );
}

#[tokio::test(start_paused = true)]
async fn a_search_fails_after_72_hours_and_can_be_started_again() {
    let (sandbox, ses, dkim) = with_identity().await;
    wait(&sandbox, 72 * 3600 - 60).await;
    assert_eq!(dkim_status(&ses, DOMAIN).await, DkimStatus::Pending);
    wait(&sandbox, 60).await;
    assert_eq!(dkim_status(&ses, DOMAIN).await, DkimStatus::Failed);
    assert_eq!(
        verification_status(&ses, DOMAIN).await,
        VerificationStatus::Failed
    );
    dkim.publish(&sandbox);
    wait(&sandbox, 3600).await;
    assert_eq!(dkim_status(&ses, DOMAIN).await, DkimStatus::Failed);
    let again = ses
        .put_email_identity_dkim_signing_attributes()
        .email_identity(DOMAIN)
        .signing_attributes_origin(DkimSigningAttributesOrigin::AwsSes);
    again.send().await.expect("a new search");
    wait(&sandbox, 61).await;
    assert_eq!(dkim_status(&ses, DOMAIN).await, DkimStatus::Success);
    assert_eq!(
        verification_status(&ses, DOMAIN).await,
        VerificationStatus::Success
    );
}

/// The two searches end at different times: the one for the domain was told later that its keys are lost.
#[tokio::test(start_paused = true)]
async fn a_new_search_for_keys_is_one_for_the_domain_too() {
    let (sandbox, ses, dkim) = with_identity().await;
    dkim.publish(&sandbox);
    wait(&sandbox, 61).await;
    assert_eq!(dkim_status(&ses, DOMAIN).await, DkimStatus::Success);
    for token in &dkim.tokens {
        unpublish(&sandbox, &dkim_name(token), "CNAME");
    }
    assert_eq!(dkim_status(&ses, DOMAIN).await, DkimStatus::Success);
    wait(&sandbox, 61).await;
    assert_eq!(
        verification_status(&ses, DOMAIN).await,
        VerificationStatus::TemporaryFailure
    );
    wait(&sandbox, 72 * 3600 - 51).await;
    assert_eq!(dkim_status(&ses, DOMAIN).await, DkimStatus::Failed);
    assert_eq!(
        verification_status(&ses, DOMAIN).await,
        VerificationStatus::TemporaryFailure
    );
    let again = ses
        .put_email_identity_dkim_signing_attributes()
        .email_identity(DOMAIN)
        .signing_attributes_origin(DkimSigningAttributesOrigin::AwsSes);
    again.send().await.expect("a new search");
    wait(&sandbox, 3600).await;
    dkim.publish(&sandbox);
    wait(&sandbox, 61).await;
    assert_eq!(dkim_status(&ses, DOMAIN).await, DkimStatus::Success);
    assert_eq!(
        verification_status(&ses, DOMAIN).await,
        VerificationStatus::Success
    );
}

#[tokio::test(start_paused = true)]
async fn records_that_vanish_are_a_temporary_failure() {
    let (sandbox, ses, dkim) = with_identity().await;
    dkim.publish(&sandbox);
    wait(&sandbox, 61).await;
    assert_eq!(dkim_status(&ses, DOMAIN).await, DkimStatus::Success);
    unpublish(&sandbox, &dkim_name(&dkim.tokens[0]), "CNAME");
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
    let (sandbox, _, dkim) = with_identity().await;
    dkim.publish(&sandbox);
    let name = dkim_name(&dkim.tokens[1]);
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
async fn an_address_is_signed_as_its_domain_is() {
    let (sandbox, ses) = ses();
    let address = "mail@example.com";
    let created = ask(&ses, address).await.expect("a new identity");
    assert_eq!(created.identity_type, Some(IdentityType::EmailAddress));
    assert_eq!(dkim_status(&ses, address).await, DkimStatus::NotStarted);
    create(&ses, DOMAIN).await.publish(&sandbox);
    wait(&sandbox, 61).await;
    assert_eq!(dkim_status(&ses, address).await, DkimStatus::Success);
    assert_eq!(
        verification_status(&ses, address).await,
        VerificationStatus::Pending
    );
}

#[tokio::test(start_paused = true)]
async fn signing_of_an_unknown_domain_is_a_bad_request() {
    let (_sandbox, ses) = ses();
    let put = ses
        .put_email_identity_dkim_attributes()
        .email_identity(DOMAIN)
        .signing_enabled(true);
    assert_eq!(
        error(put.send().await),
        "BadRequestException: Domain example.com is not verified for DKIM signing."
    );
}
