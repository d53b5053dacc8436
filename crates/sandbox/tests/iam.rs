//! Refusals of a role: at the call, and said beforehand.

mod common;

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use common::{ONE, code, config, error, sandbox_with};
use sandbox::Sandbox;
use sandbox::iam::actions;
use sandbox::quotas::Quotas;
use sandbox::sts::Role;

/// A world in which the role `mail-deploy` is not allowed these actions, and a session in the role.
async fn session(denied: &[&str]) -> (Sandbox, SdkConfig) {
    let sandbox = sandbox_with(|world| {
        world.quotas = Quotas::none();
        let role = Role {
            denied: denied.iter().map(|action| (*action).to_owned()).collect(),
            ..Role::default()
        };
        let account = world.sts.accounts.entry(ONE.to_owned()).or_default();
        account.roles.insert("mail-deploy".to_owned(), role);
    });
    let admin = config(&sandbox, ONE, "us-east-1");
    let assumed = aws_sdk_sts::Client::new(&admin)
        .assume_role()
        .role_arn(format!("arn:aws:iam::{ONE}:role/mail-deploy"))
        .role_session_name("deploy")
        .send()
        .await;
    let given = assumed
        .expect("a session")
        .credentials
        .expect("credentials");
    let credentials = Credentials::new(
        given.access_key_id,
        given.secret_access_key,
        Some(given.session_token),
        None,
        "test",
    );
    let config = admin
        .into_builder()
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build();
    (sandbox, config)
}

#[tokio::test(start_paused = true)]
async fn a_denied_action_is_refused_in_each_service_s_words() {
    let denied = [
        "ses:GetAccount",
        "ses:ListIdentities",
        "route53:ListHostedZones",
        "acm:ListCertificates",
        "cloudfront:List*",
        "s3:ListAllMyBuckets",
    ];
    let (sandbox, config) = session(&denied).await;
    let ses = aws_sdk_sesv2::Client::new(&config)
        .get_account()
        .send()
        .await;
    assert_eq!(
        error(ses),
        "AccessDeniedException: User: arn:aws:sts::111111111111:assumed-role/mail-deploy/deploy is not \
         authorized to perform: ses:GetAccount because no identity-based policy allows the \
         ses:GetAccount action"
    );
    let v1 = aws_sdk_ses::Client::new(&config)
        .list_identities()
        .send()
        .await;
    assert_eq!(code(v1), "AccessDenied");
    let route53 = aws_sdk_route53::Client::new(&config);
    assert_eq!(
        code(route53.list_hosted_zones().send().await),
        "AccessDenied"
    );
    let acm = aws_sdk_acm::Client::new(&config);
    assert_eq!(
        code(acm.list_certificates().send().await),
        "AccessDeniedException"
    );
    let cloudfront = aws_sdk_cloudfront::Client::new(&config);
    assert_eq!(
        code(cloudfront.list_distributions().send().await),
        "AccessDenied"
    );
    let s3 = aws_sdk_s3::Client::new(&config);
    assert_eq!(code(s3.list_buckets().send().await), "AccessDenied");
    // What is not denied is let in.
    let zones = route53.get_hosted_zone_count().send().await;
    assert_eq!(zones.expect("an answer").hosted_zone_count(), 0);
    assert_eq!(sandbox.stats().changes().count(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_account_s_user_is_denied_nothing() {
    let (sandbox, _) = session(&["ses:*"]).await;
    let admin = config(&sandbox, ONE, "us-east-1");
    let answer = aws_sdk_sesv2::Client::new(&admin)
        .get_account()
        .send()
        .await;
    assert!(answer.is_ok(), "{answer:?}");
}

#[test]
fn an_operation_of_s3_needs_the_action_of_its_policies() {
    assert_eq!(
        actions("s3", "GetPublicAccessBlock"),
        ["s3:GetBucketPublicAccessBlock"]
    );
    assert_eq!(
        actions("s3", "ListObjectVersions"),
        ["s3:ListBucketVersions"]
    );
}
