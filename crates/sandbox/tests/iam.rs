//! Refusals of a role: at the call, and said beforehand.

mod common;

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_route53::types::{
    Change, ChangeAction, ChangeBatch, ResourceRecord, ResourceRecordSet, RrType,
};
use aws_sdk_sesv2::types::{EventDestinationDefinition, EventType, KinesisFirehoseDestination};
use common::{ONE, code, config, error, sandbox_with};
use sandbox::Sandbox;
use sandbox::iam::actions;
use sandbox::quotas::Quotas;
use sandbox::sts::Role;
use serde_json::json;

/// A world in which the role `mail-deploy` is not allowed these actions, and a session in the role.
async fn session(denied: &[&str]) -> (Sandbox, SdkConfig) {
    session_of(Role {
        denied: denied.iter().map(|action| (*action).to_owned()).collect(),
        ..Role::default()
    })
    .await
}

/// A world in which the role `mail-deploy` has this policy, and a session in the role.
async fn session_with(policy: serde_json::Value) -> (Sandbox, SdkConfig) {
    session_of(Role {
        policy: Some(serde_json::from_value(policy).expect("a policy")),
        ..Role::default()
    })
    .await
}

async fn session_of(role: Role) -> (Sandbox, SdkConfig) {
    let sandbox = sandbox_with(|world| {
        world.quotas = Quotas::none();
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

/// A creation knows no resource, so a policy that names one does not allow it.
#[tokio::test(start_paused = true)]
async fn an_action_that_knows_no_resources_is_allowed_on_a_star_only() {
    for (resource, allowed) in [("*", true), ("arn:aws:route53:::hostedzone/*", false)] {
        let (_, config) = session_with(json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Action": ["route53:CreateHostedZone"],
                "Resource": [resource],
            }],
        }))
        .await;
        let made = aws_sdk_route53::Client::new(&config)
            .create_hosted_zone()
            .name("example.com")
            .caller_reference("one")
            .send()
            .await;
        assert_eq!(made.is_ok(), allowed, "{resource}: {made:?}");
    }
}

/// A change of a record, and whether the policy of [`changing`] allows it.
async fn change(config: &SdkConfig, name: &str, rtype: RrType) -> bool {
    let route53 = aws_sdk_route53::Client::new(config);
    let record = ResourceRecord::builder().value("\"a\"").build();
    let set = ResourceRecordSet::builder()
        .name(name)
        .r#type(rtype)
        .ttl(300)
        .resource_records(record.expect("a record"))
        .build();
    let change = Change::builder()
        .action(ChangeAction::Upsert)
        .resource_record_set(set.expect("a set"))
        .build();
    let batch = ChangeBatch::builder().changes(change.expect("a change"));
    let answer = route53
        .change_resource_record_sets()
        .hosted_zone_id("Z00000000000000000001")
        .change_batch(batch.build().expect("a batch"))
        .send()
        .await;
    // The zone is not there: whoever is let in learns that.
    match code(answer).as_str() {
        "NoSuchHostedZone" => true,
        "AccessDenied" => false,
        other => panic!("{other}"),
    }
}

#[tokio::test(start_paused = true)]
async fn conditions_narrow_a_change_of_records_to_names_and_types() {
    let (_, config) = session_with(json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Action": ["route53:ChangeResourceRecordSets"],
            "Resource": ["arn:aws:route53:::hostedzone/*"],
            "Condition": {
                "ForAllValues:StringLike": {
                    "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["_dmarc.example.com", "*._domainkey.example.com"],
                },
                "ForAllValues:StringEquals": {
                    "route53:ChangeResourceRecordSetsRecordTypes": ["TXT"],
                },
            },
        }],
    }))
    .await;
    assert!(change(&config, "_DMARC.example.com.", RrType::Txt).await);
    assert!(change(&config, "a._domainkey.example.com", RrType::Txt).await);
    assert!(!change(&config, "_dmarc.example.com", RrType::Ns).await);
    assert!(!change(&config, "example.com", RrType::Txt).await);
}

/// SES writes to a stream as a role that whoever makes the destination hands it.
#[tokio::test(start_paused = true)]
async fn r_17_a_destination_of_firehose_needs_the_permission_to_pass_its_role() {
    let role = "arn:aws:iam::111111111111:role/stream";
    for (service, allowed) in [
        ("ses.amazonaws.com", true),
        ("firehose.amazonaws.com", false),
    ] {
        let (_, config) = session_with(json!({
            "Version": "2012-10-17",
            "Statement": [
                { "Effect": "Allow", "Action": ["ses:*"], "Resource": ["*"] },
                {
                    "Effect": "Allow",
                    "Action": ["iam:PassRole"],
                    "Resource": [role],
                    "Condition": { "StringEquals": { "iam:PassedToService": [service] } },
                },
            ],
        }))
        .await;
        let ses = aws_sdk_sesv2::Client::new(&config);
        let made = ses.create_configuration_set().configuration_set_name("all");
        made.send().await.expect("a configuration set");
        let stream = "arn:aws:firehose:us-east-1:111111111111:deliverystream/mail";
        let firehose = KinesisFirehoseDestination::builder()
            .iam_role_arn(role)
            .delivery_stream_arn(stream)
            .build()
            .expect("a destination");
        let destination = EventDestinationDefinition::builder()
            .matching_event_types(EventType::Bounce)
            .kinesis_firehose_destination(firehose)
            .build();
        let made = ses
            .create_configuration_set_event_destination()
            .configuration_set_name("all")
            .event_destination_name("stream")
            .event_destination(destination)
            .send()
            .await;
        match made {
            Err(refused) if !allowed => {
                let said = format!("{:?}", refused.into_service_error());
                assert!(said.contains("iam:PassRole"), "{said}");
            }
            made => assert_eq!(made.is_ok(), allowed, "{made:?}"),
        }
    }
}
