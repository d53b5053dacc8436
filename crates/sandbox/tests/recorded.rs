//! The answers that others recorded at AWS or verified there, where they differed from this sandbox's: S3's
//! are in `s3_recorded.rs`, the way in is in `clients.rs`.

mod common;

use aws_sdk_acm::types::ValidationMethod;
use common::{ONE, TWO, code, config, error, sandbox};
use jiff::SignedDuration;

const REGION: &str = "us-east-1";

#[tokio::test(start_paused = true)]
async fn row_17_a_new_set_has_metrics_and_what_is_not_there_is_not_deleted() {
    let ses = aws_sdk_sesv2::Client::new(&config(&sandbox(), ONE, REGION));
    let make = ses.create_configuration_set();
    let set = make.configuration_set_name("mail").send().await;
    set.expect("a set");
    let find = ses.get_configuration_set().configuration_set_name("mail");
    let found = find.send().await.expect("the set");
    let reputation = found.reputation_options.expect("options");
    assert!(reputation.reputation_metrics_enabled);
    let make = ses.create_email_identity().email_identity("example.org");
    make.send().await.expect("an identity");
    let delete = ses
        .delete_email_identity_policy()
        .email_identity("example.org")
        .policy_name("nobody");
    assert_eq!(code(delete.send().await), "NotFoundException");
}

#[tokio::test(start_paused = true)]
async fn row_18_a_value_outside_an_enum_is_malformed_and_says_what_is_in_it() {
    use aws_sdk_cloudfront::types::{
        OriginAccessControlConfig, OriginAccessControlOriginTypes,
        OriginAccessControlSigningBehaviors, OriginAccessControlSigningProtocols,
    };
    let client = aws_sdk_cloudfront::Client::new(&config(&sandbox(), ONE, REGION));
    let control = OriginAccessControlConfig::builder()
        .name("assets")
        .origin_access_control_origin_type(OriginAccessControlOriginTypes::S3)
        .signing_behavior(OriginAccessControlSigningBehaviors::from("sometimes"))
        .signing_protocol(OriginAccessControlSigningProtocols::Sigv4)
        .build();
    let create = client.create_origin_access_control();
    let create = create.origin_access_control_config(control.expect("a configuration"));
    let said = error(create.send().await);
    assert!(said.starts_with("MalformedXML: "), "{said}");
    let words = "Member must satisfy enum value set: [";
    assert!(said.contains(words) && said.contains("sometimes"), "{said}");
}

#[tokio::test(start_paused = true)]
async fn row_19_certificates_have_an_empty_list_of_addresses_and_are_not_exported() {
    let client = aws_sdk_acm::Client::new(&config(&sandbox(), ONE, REGION));
    let asked = client
        .request_certificate()
        .domain_name("www.example.org")
        .validation_method(ValidationMethod::Dns);
    let made = asked.send().await.expect("a certificate");
    let describe = client
        .describe_certificate()
        .set_certificate_arn(made.certificate_arn);
    let described = describe.send().await.expect("a certificate");
    let certificate = described.certificate.expect("one");
    let option = &certificate.domain_validation_options.expect("options")[0];
    assert_eq!(option.validation_emails, Some(Vec::new()));
    let listed = client.list_certificates().send().await.expect("a list");
    let summaries = listed.certificate_summary_list.expect("summaries");
    assert_eq!(summaries[0].exported, Some(false));
    assert!(summaries[0].export_option.is_none());
}

#[tokio::test(start_paused = true)]
async fn row_20_a_role_s_session_lasts_an_hour_unless_the_role_allows_more() {
    let sandbox = sandbox();
    let client = aws_sdk_sts::Client::new(&config(&sandbox, ONE, REGION));
    let assume = |seconds| {
        let assume = client.assume_role().role_session_name("deploy");
        assume
            .role_arn(format!("arn:aws:iam::{TWO}:role/mail-deploy"))
            .duration_seconds(seconds)
    };
    assert_eq!(error(assume(3600).send().await), "no error");
    assert_eq!(code(assume(3601).send().await), "ValidationError");
    let mut world = sandbox.world();
    let account = world.sts.accounts.get_mut(TWO).expect("an account");
    let role = account.roles.entry("mail-deploy".to_owned()).or_default();
    role.max_session = Some(SignedDuration::from_hours(2));
    drop(world);
    assert_eq!(error(assume(7200).send().await), "no error");
    assert_eq!(code(assume(7201).send().await), "ValidationError");
}

/// CloudFront's policies of one's own, functions and the like, S3's CORS and websites, and ACM's imports are
/// not offered, as the sandbox's README says: the answer is an error, never a success without an effect.
#[tokio::test(start_paused = true)]
async fn row_21_what_is_not_offered_is_refused() {
    let config = config(&sandbox(), ONE, REGION);
    let cloudfront = aws_sdk_cloudfront::Client::new(&config);
    assert_ne!(
        error(cloudfront.list_cache_policies().send().await),
        "no error"
    );
    assert_ne!(error(cloudfront.list_functions().send().await), "no error");
    let s3 = aws_sdk_s3::Client::new(&config);
    common::s3::create_bucket(&s3, "mail-assets").await;
    let website = aws_sdk_s3::types::WebsiteConfiguration::builder().build();
    let put = s3.put_bucket_website().bucket("mail-assets");
    let put = put.website_configuration(website).send().await;
    assert_eq!(code(put), "NotImplemented");
    let acm = aws_sdk_acm::Client::new(&config);
    let bytes = aws_sdk_acm::primitives::Blob::new("x");
    let import = acm.import_certificate().certificate(bytes.clone());
    assert_ne!(error(import.private_key(bytes).send().await), "no error");
}
