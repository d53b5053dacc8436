//! DKIM with a key of one's own or of another region, and the length of SES's keys.

use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::error::SdkError;
use aws_sdk_sesv2::operation::create_email_identity::{
    CreateEmailIdentityError, CreateEmailIdentityOutput,
};
use aws_sdk_sesv2::operation::put_email_identity_dkim_signing_attributes::{
    PutEmailIdentityDkimSigningAttributesError, PutEmailIdentityDkimSigningAttributesOutput,
};
use aws_sdk_sesv2::types::{
    DkimSigningAttributes, DkimSigningAttributesOrigin, DkimSigningKeyLength, DkimStatus,
    VerificationError,
};

use crate::common::{ONE, code, publish, wait};
use crate::{DOMAIN, delete, dkim_name, dkim_status, identity, ses, v2_in, with_identity};

/// Made by `openssl genrsa 1024`, for these tests alone.
const PRIVATE_KEY: &str = "MIICdQIBADANBgkqhkiG9w0BAQEFAASCAl8wggJbAgEAAoGBAJultXcynD9C8dRkVv8MU0D5ILntfc9qrvDBrvn5kuTVvnKB+T2hbummaSqI89p2MbAB08p+8b+CyB2D4Q/fdnJvvTXuwIOKCAdJIVfjCYG+YgIj5aNuxjqBIQvMkvQGsur6Uv27tQijUmIGcfQSYrxKBA2zFHTD185qsiPiEof1AgMBAAECgYBgzjLMPS0S55czK2k0Xj0Vpx0kpsJeFBNUaJJkpUYoj4xQ+efD3jj2l2rHasCIOoTy3GAWjNfc7gF64gBD+A9ZazW3yZHWMOqgjOl0fprm6Jq8BhNHNu8MWO5AIbXV42mtgbS15HsGxsEJirVxsv+/5kIr8SJ2te6DXeJvgHBTzQJBAMnoaAEBEuJojRP8JXdLziLsu/MUWjN0XRj7xkcZVrQuZTWsZhveka4WTVUo09HUDOXC8gdR0qDADfvbj/Co1zsCQQDFWJUIHz6YJ7rsxmCjh0CqFnDWKaar/y+5w21T2L3hAz61QX9UhBzsAOXPYcfdHXxcxhclpMbZuPBus4YgbgqPAkBOLpj/Mow+cV+Xin5zeD4E1ghdMtdOr1NRVkTLySsCsChupSgQyJk+gNJHFH0Y9fRcj6UqYmud5WBE0xskhCx7AkA5btNIntc3rvBeskkzrkwqdAd4vHxuOAEqve5WZZC1KJ2aYKpu7VgBcy1uklV5S3iDA39/DBp3CLSocwTI8V2PAkAnUX9DYYqBk2+asA9tXgDdc9+8Bs6O1AyCk7w6uB+bALIJHmDFL4jSPcBl4LsdSTMf9a4eNTI4Ldh8TmXYGjbB";
const PUBLIC_KEY: &str = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCbpbV3Mpw/QvHUZFb/DFNA+SC57X3Paq7wwa75+ZLk1b5ygfk9oW7ppmkqiPPadjGwAdPKfvG/gsgdg+EP33Zyb7017sCDiggHSSFX4wmBvmICI+WjbsY6gSELzJL0BrLq+lL9u7UIo1JiBnH0EmK8SgQNsxR0w9fOarIj4hKH9QIDAQAB";

fn brought(selector: &str, key: &str) -> DkimSigningAttributes {
    DkimSigningAttributes::builder()
        .domain_signing_selector(selector)
        .domain_signing_private_key(key)
        .build()
}

fn replica_of(region: DkimSigningAttributesOrigin) -> DkimSigningAttributes {
    DkimSigningAttributes::builder()
        .domain_signing_attributes_origin(region)
        .build()
}

fn of_length(length: DkimSigningKeyLength) -> DkimSigningAttributes {
    DkimSigningAttributes::builder()
        .next_signing_key_length(length)
        .build()
}

/// Asks for an identity of the domain that signs so.
async fn ask(
    ses: &Client,
    attributes: DkimSigningAttributes,
) -> Result<CreateEmailIdentityOutput, SdkError<CreateEmailIdentityError>> {
    let asked = ses.create_email_identity().email_identity(DOMAIN);
    asked.dkim_signing_attributes(attributes).send().await
}

/// Asks that the domain's identity signs with keys from `origin`.
async fn put(
    ses: &Client,
    origin: DkimSigningAttributesOrigin,
    attributes: Option<DkimSigningAttributes>,
) -> Result<
    PutEmailIdentityDkimSigningAttributesOutput,
    SdkError<PutEmailIdentityDkimSigningAttributesError>,
> {
    let asked = ses
        .put_email_identity_dkim_signing_attributes()
        .email_identity(DOMAIN);
    let asked = asked.signing_attributes_origin(origin);
    asked.set_signing_attributes(attributes).send().await
}

#[tokio::test(start_paused = true)]
async fn a_brought_key_verifies_by_the_public_half_at_its_selector() {
    let (sandbox, ses) = ses();
    let created = ask(&ses, brought("mine", PRIVATE_KEY)).await;
    let dkim = created.expect("a new identity").dkim_attributes;
    let dkim = dkim.expect("DKIM");
    assert_eq!(
        dkim.signing_attributes_origin,
        Some(DkimSigningAttributesOrigin::External)
    );
    assert_eq!(dkim.tokens(), ["mine"]);
    let publish_key = |key: &str| {
        let record = format!("v=DKIM1; k=rsa; p={key}");
        publish(&sandbox, &dkim_name("mine"), "TXT", &[&record]);
    };
    publish_key("AAAA");
    wait(&sandbox, 3600).await;
    assert_eq!(dkim_status(&ses, DOMAIN).await, DkimStatus::Pending);
    publish_key(PUBLIC_KEY);
    wait(&sandbox, 61).await;
    assert_eq!(dkim_status(&ses, DOMAIN).await, DkimStatus::Success);
}

#[tokio::test(start_paused = true)]
async fn a_brought_key_that_is_none_is_refused() {
    let (_sandbox, ses) = ses();
    assert_eq!(
        code(ask(&ses, brought("mine", "AAAA")).await),
        "BadRequestException"
    );
    assert_eq!(
        code(ask(&ses, brought("not.mine", PRIVATE_KEY)).await),
        "BadRequestException"
    );
}

#[tokio::test(start_paused = true)]
async fn a_replica_has_its_parents_tokens_and_verifies_by_its_records() {
    let (sandbox, parent, tokens) = with_identity().await;
    let replica = v2_in(&sandbox, ONE, "eu-west-1");
    let origin = DkimSigningAttributesOrigin::AwsSesUsEast1;
    let created = ask(&replica, replica_of(origin.clone())).await;
    let dkim = created.expect("a replica").dkim_attributes.expect("DKIM");
    assert_eq!(dkim.tokens(), tokens.tokens);
    assert_eq!(dkim.signing_hosted_zone(), Some(tokens.zone.as_str()));
    assert_eq!(dkim.signing_attributes_origin, Some(origin));
    tokens.publish(&sandbox);
    wait(&sandbox, 61).await;
    assert_eq!(dkim_status(&replica, DOMAIN).await, DkimStatus::Success);
    assert_eq!(code(delete(&parent, DOMAIN).await), "BadRequestException");
    delete(&replica, DOMAIN).await.expect("deleted");
    delete(&parent, DOMAIN).await.expect("deleted");
}

#[tokio::test(start_paused = true)]
async fn a_replica_without_a_parent_fails_and_says_why() {
    let (sandbox, _) = ses();
    let ses = v2_in(&sandbox, ONE, "eu-west-1");
    let create = |region| ask(&ses, replica_of(region));
    assert_eq!(
        code(create(DkimSigningAttributesOrigin::AwsSesEuWest1).await),
        "BadRequestException"
    );
    let created = create(DkimSigningAttributesOrigin::AwsSesUsEast1).await;
    created.expect("made, and to fail");
    wait(&sandbox, 61).await;
    assert_eq!(dkim_status(&ses, DOMAIN).await, DkimStatus::Failed);
    let got = identity(&ses, DOMAIN).await;
    let why = got.verification_info.and_then(|info| info.error_type);
    assert_eq!(why, Some(VerificationError::ReplicationPrimaryNotFound));
}

#[tokio::test(start_paused = true)]
async fn a_replicas_origin_cannot_be_put_on_an_identity_that_is_there() {
    let (_sandbox, ses, _) = with_identity().await;
    let refused = put(&ses, DkimSigningAttributesOrigin::AwsSesEuWest1, None).await;
    assert_eq!(code(refused), "BadRequestException");
}

#[tokio::test(start_paused = true)]
async fn r_35_the_key_length_can_be_changed_once_a_day() {
    let (sandbox, ses, dkim) = with_identity().await;
    let put = |length| {
        let origin = DkimSigningAttributesOrigin::AwsSes;
        put(&ses, origin, Some(of_length(length)))
    };
    let changed = put(DkimSigningKeyLength::Rsa1024Bit).await;
    assert_eq!(changed.expect("changed").dkim_tokens(), dkim.tokens);
    assert_eq!(
        code(put(DkimSigningKeyLength::Rsa2048Bit).await),
        "BadRequestException"
    );
    wait(&sandbox, 24 * 3600).await;
    let later = put(DkimSigningKeyLength::Rsa2048Bit).await;
    later.expect("a day later");
}
