//! S3, through the AWS SDK.

mod common;

use std::time::{Duration, UNIX_EPOCH};

use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_s3::Client;
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::operation::head_object::HeadObjectError;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::{ByteStream, SdkBody};
use aws_sdk_s3::types::{
    BucketCannedAcl, BucketLocationConstraint, BucketLoggingStatus, BucketVersioningStatus,
    ChecksumAlgorithm, CreateBucketConfiguration, Delete, ExpirationStatus, LifecycleExpiration,
    LifecycleRule, LifecycleRuleFilter, LoggingEnabled, ObjectCannedAcl, ObjectIdentifier,
    ObjectOwnership, OwnershipControls, OwnershipControlsRule, PublicAccessBlockConfiguration,
    ServerSideEncryption, ServerSideEncryptionByDefault, ServerSideEncryptionConfiguration,
    ServerSideEncryptionRule, Tag, Tagging, VersioningConfiguration,
};
use common::s3::{client as s3, create_bucket as create};
use common::{ONE, TWO, code, config, error, sandbox, sandbox_with, wait};
use sandbox::Sandbox;
use sandbox::faults::{Fault, FaultKind};
use sandbox::s3::Refusal::{AccessDenied, NoSuchKey};
use sandbox::s3::Source;

/// The bucket of most tests.
const MAIL: &str = "mail-assets";

/// A client of the first account in us-east-1, and its bucket.
async fn with_bucket() -> (Sandbox, Client) {
    let sandbox = sandbox();
    let client = s3(&sandbox, ONE, "us-east-1");
    create(&client, MAIL).await;
    (sandbox, client)
}

async fn create_in(client: &Client, bucket: &str, region: &str) -> String {
    let constraint = BucketLocationConstraint::from(region);
    let configuration = CreateBucketConfiguration::builder()
        .location_constraint(constraint)
        .build();
    let created = client
        .create_bucket()
        .bucket(bucket)
        .create_bucket_configuration(configuration)
        .send()
        .await;
    error(created)
}

async fn put(client: &Client, key: &str, body: &'static str) -> String {
    let put = client
        .put_object()
        .bucket(MAIL)
        .key(key)
        .body(ByteStream::from_static(body.as_bytes()))
        .send()
        .await;
    put.expect("a new object").e_tag.expect("the object's ETag")
}

async fn enable_versioning(client: &Client, status: BucketVersioningStatus) {
    let configuration = VersioningConfiguration::builder().status(status).build();
    client
        .put_bucket_versioning()
        .bucket(MAIL)
        .versioning_configuration(configuration)
        .send()
        .await
        .expect("versioning is set");
}

/// The HTTP status and a header of an error.
fn raw<E>(error: &SdkError<E, aws_sdk_s3::config::http::HttpResponse>, header: &str) -> String {
    let response = error.raw_response().expect("an answer");
    let status = response.status().as_u16();
    let header = response.headers().get(header).unwrap_or("-");
    format!("{status} {header}")
}

async fn policy(client: &Client, policy: &str) -> String {
    let put = client
        .put_bucket_policy()
        .bucket(MAIL)
        .policy(policy)
        .send()
        .await;
    error(put)
}

/// A policy of one statement on everything in the bucket.
fn statement(effect: &str, principal: &str, action: &str, condition: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"one","Effect":"{effect}","Principal":{principal},
        "Action":"{action}","Resource":["arn:aws:s3:::{MAIL}","arn:aws:s3:::{MAIL}/*"],"Condition":{condition}}}]}}"#
    )
}

// Buckets.

#[tokio::test(start_paused = true)]
async fn create_bucket_with_and_without_location_constraint() {
    let sandbox = sandbox();
    let ireland = s3(&sandbox, ONE, "eu-west-1");
    assert_eq!(
        create_in(&ireland, "in-ireland", "eu-west-1").await,
        "no error"
    );
    let location = ireland
        .get_bucket_location()
        .bucket("in-ireland")
        .send()
        .await;
    let location = location.expect("a location");
    assert_eq!(
        location.location_constraint(),
        Some(&BucketLocationConstraint::EuWest1)
    );

    let unnamed = ireland.create_bucket().bucket("nowhere").send().await;
    assert_eq!(
        error(unnamed),
        "IllegalLocationConstraintException: The unspecified location constraint is incompatible for the region specific endpoint this request was sent to."
    );
    assert_eq!(
        create_in(&ireland, "elsewhere", "eu-central-1").await,
        "IllegalLocationConstraintException: The eu-central-1 location constraint is incompatible for the region specific endpoint this request was sent to."
    );
    assert_eq!(
        create_in(&ireland, "on-mars", "mars").await,
        "IllegalLocationConstraintException: The mars location constraint is incompatible for the region specific endpoint this request was sent to."
    );
    let virginia = s3(&sandbox, ONE, "us-east-1");
    create(&virginia, "in-virginia").await;
    let location = virginia
        .get_bucket_location()
        .bucket("in-virginia")
        .send()
        .await
        .expect("a location");
    assert!(
        location
            .location_constraint()
            .is_none_or(|region| region.as_str().is_empty())
    );
}

#[tokio::test(start_paused = true)]
async fn create_bucket_again() {
    let sandbox = sandbox();
    let virginia = s3(&sandbox, ONE, "us-east-1");
    create(&virginia, "mine").await;
    create(&virginia, "mine").await;
    let ireland = s3(&sandbox, ONE, "eu-west-1");
    assert_eq!(
        create_in(&ireland, "mine-too", "eu-west-1").await,
        "no error"
    );
    assert_eq!(
        create_in(&ireland, "mine-too", "eu-west-1").await,
        "BucketAlreadyOwnedByYou: Your previous request to create the named bucket succeeded and you already own it."
    );
    let other = s3(&sandbox, TWO, "us-east-1");
    let taken = other.create_bucket().bucket("mine").send().await;
    assert_eq!(raw(taken.as_ref().expect_err("taken"), "none"), "409 -");
    assert_eq!(
        error(taken),
        "BucketAlreadyExists: The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again."
    );
}

#[tokio::test(start_paused = true)]
async fn bucket_names() {
    let sandbox = sandbox();
    let client = s3(&sandbox, ONE, "us-east-1");
    for bad in [
        "Upper-Case",
        "under_score",
        "ab",
        "two..dots",
        "192.168.0.1",
        "xn--puny",
        "sthree-x",
        "name-s3alias",
        "-dash",
        "dash-",
    ] {
        let created = client.create_bucket().bucket(bad).send().await;
        assert_eq!(
            error(created),
            "InvalidBucketName: The specified bucket is not valid.",
            "{bad}"
        );
    }
    for good in ["abc", "with.dots.in", "0-9"] {
        create(&client, good).await;
    }
}

#[tokio::test(start_paused = true)]
async fn head_bucket_and_the_wrong_region() {
    let (sandbox, client) = with_bucket().await;
    let head = client.head_bucket().bucket(MAIL).send().await;
    assert_eq!(head.expect("the bucket").bucket_region(), Some("us-east-1"));

    let missing = client.head_bucket().bucket("not-there").send().await;
    let missing = missing.expect_err("no bucket");
    assert_eq!(raw(&missing, "x-amz-bucket-region"), "404 -");

    let ireland = s3(&sandbox, ONE, "eu-west-1");
    let elsewhere = ireland.head_bucket().bucket(MAIL).send().await;
    let elsewhere = elsewhere.expect_err("a redirect");
    assert_eq!(raw(&elsewhere, "x-amz-bucket-region"), "301 us-east-1");
    let elsewhere = ireland.get_bucket_policy().bucket(MAIL).send().await;
    let redirect = elsewhere.as_ref().expect_err("a redirect");
    assert_eq!(raw(redirect, "x-amz-bucket-region"), "301 us-east-1");
    assert_eq!(code(elsewhere), "PermanentRedirect");

    let other = s3(&sandbox, TWO, "us-east-1");
    let closed = other.head_bucket().bucket(MAIL).send().await;
    let closed = closed.expect_err("closed");
    assert_eq!(raw(&closed, "x-amz-bucket-region"), "403 us-east-1");
}

#[tokio::test(start_paused = true)]
async fn new_bucket_defaults() {
    let (_, client) = with_bucket().await;
    let encryption = client.get_bucket_encryption().bucket(MAIL).send().await;
    let encryption = encryption.expect("SSE-S3");
    let rules = encryption
        .server_side_encryption_configuration
        .expect("rules")
        .rules;
    let default = rules[0].apply_server_side_encryption_by_default();
    assert_eq!(
        default.expect("a default").sse_algorithm(),
        &ServerSideEncryption::Aes256
    );
    let ownership = client
        .get_bucket_ownership_controls()
        .bucket(MAIL)
        .send()
        .await;
    let ownership = ownership
        .expect("controls")
        .ownership_controls
        .expect("controls");
    assert_eq!(
        ownership.rules[0].object_ownership(),
        &ObjectOwnership::BucketOwnerEnforced
    );
    let block = client.get_public_access_block().bucket(MAIL).send().await;
    let block = block.expect("a block").public_access_block_configuration;
    let all = PublicAccessBlockConfiguration::builder()
        .block_public_acls(true)
        .ignore_public_acls(true)
        .block_public_policy(true)
        .restrict_public_buckets(true)
        .build();
    assert_eq!(block, Some(all));
    let versioning = client.get_bucket_versioning().bucket(MAIL).send().await;
    assert_eq!(versioning.expect("versioning").status(), None);
    let logging = client.get_bucket_logging().bucket(MAIL).send().await;
    assert_eq!(logging.expect("logging").logging_enabled(), None);
}

#[tokio::test(start_paused = true)]
async fn not_found_codes_of_settings() {
    let (_, client) = with_bucket().await;
    let policy = client.get_bucket_policy().bucket(MAIL).send().await;
    assert_eq!(
        error(policy),
        "NoSuchBucketPolicy: The bucket policy does not exist"
    );
    let lifecycle = client
        .get_bucket_lifecycle_configuration()
        .bucket(MAIL)
        .send()
        .await;
    assert_eq!(
        error(lifecycle),
        "NoSuchLifecycleConfiguration: The lifecycle configuration does not exist"
    );
    let tags = client.get_bucket_tagging().bucket(MAIL).send().await;
    assert_eq!(error(tags), "NoSuchTagSet: The TagSet does not exist");

    let deleted = client
        .delete_bucket_ownership_controls()
        .bucket(MAIL)
        .send()
        .await;
    deleted.expect("deleted");
    let ownership = client
        .get_bucket_ownership_controls()
        .bucket(MAIL)
        .send()
        .await;
    assert_eq!(
        error(ownership),
        "OwnershipControlsNotFoundError: The bucket ownership controls were not found"
    );
    let deleted = client
        .delete_public_access_block()
        .bucket(MAIL)
        .send()
        .await;
    deleted.expect("deleted");
    let block = client.get_public_access_block().bucket(MAIL).send().await;
    assert_eq!(
        error(block),
        "NoSuchPublicAccessBlockConfiguration: The public access block configuration was not found"
    );
    // Encryption is never gone.
    let deleted = client.delete_bucket_encryption().bucket(MAIL).send().await;
    deleted.expect("deleted");
    let encryption = client.get_bucket_encryption().bucket(MAIL).send().await;
    encryption.expect("SSE-S3");

    let nowhere = client.get_bucket_policy().bucket("not-there").send().await;
    assert_eq!(
        error(nowhere),
        "NoSuchBucket: The specified bucket does not exist"
    );
}

#[tokio::test(start_paused = true)]
async fn bucket_policy_round_trip() {
    let (_, client) = with_bucket().await;
    let text = statement(
        "Deny",
        r#""*""#,
        "s3:*",
        r#"{"Bool":{"aws:SecureTransport":"false"}}"#,
    );
    assert_eq!(policy(&client, &text).await, "no error");
    let read = client.get_bucket_policy().bucket(MAIL).send().await;
    let read = read.expect("the policy").policy.expect("the document");
    let parsed: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(read, parsed.to_string());
    client
        .delete_bucket_policy()
        .bucket(MAIL)
        .send()
        .await
        .expect("deleted");
    client
        .delete_bucket_policy()
        .bucket(MAIL)
        .send()
        .await
        .expect("deleted again");
    let read = client.get_bucket_policy().bucket(MAIL).send().await;
    assert_eq!(code(read), "NoSuchBucketPolicy");
}

#[tokio::test(start_paused = true)]
async fn policies_name_who_is_there() {
    let (_, client) = with_bucket().await;
    for principal in [
        r#"{"AWS":"arn:aws:iam::222222222222:root"}"#,
        r#"{"AWS":"arn:aws:iam::222222222222:role/mail-deploy"}"#,
        r#"{"AWS":["111111111111","222222222222"]}"#,
        r#"{"Service":"cloudfront.amazonaws.com"}"#,
    ] {
        let allow = statement("Allow", principal, "s3:GetObject", "{}");
        assert_eq!(policy(&client, &allow).await, "no error", "{principal}");
    }
}

#[tokio::test(start_paused = true)]
async fn policies_come_back_in_normal_form() {
    let (_, client) = with_bucket().await;
    let put = statement(
        "Deny",
        r#"{"AWS":["222222222222"]}"#,
        "s3:GetObject",
        r#"{"Bool":{"aws:SecureTransport":false}}"#,
    );
    assert_eq!(policy(&client, &put).await, "no error");
    let read = client.get_bucket_policy().bucket(MAIL).send().await;
    let read = read.expect("the policy").policy.expect("the document");
    assert!(
        read.contains(r#""Principal":{"AWS":["arn:aws:iam::222222222222:root"]}"#),
        "{read}"
    );
    assert!(
        read.contains(r#"{"aws:SecureTransport":"false"}"#),
        "{read}"
    );
}

#[tokio::test(start_paused = true)]
async fn malformed_policies() {
    let (_, client) = with_bucket().await;
    let good = statement("Deny", r#""*""#, "s3:GetObject", "{}");
    let table = [
        (
            "not json".to_owned(),
            "Policies must be valid JSON and the first byte must be '{'",
        ),
        (
            r#"{"Version":"2012-10-17"}"#.to_owned(),
            "Missing required field Statement",
        ),
        (good.replace("Deny", "Maybe"), "Invalid effect: Maybe"),
        (
            good.replace(&format!("{MAIL}/*"), "another-bucket/*"),
            "Policy has invalid resource",
        ),
        (
            good.replace("s3:GetObject", "ec2:*"),
            "Policy has invalid action",
        ),
        (
            good.replace(r#""Principal":"*","#, ""),
            "Missing required field Principal",
        ),
        (
            good.replace(r#""*""#, r#"{"AWS":"arn:aws:iam::12:root"}"#),
            "Invalid principal in policy",
        ),
        (
            good.replace(
                r#""Resource":["arn:aws:s3:::mail-assets","#,
                r#""Resource":["#,
            )
            .replace("GetObject", "ListBucket"),
            "Action does not apply to any resource(s) in statement",
        ),
        (
            good.replace(
                r#""*""#,
                r#"{"AWS":"arn:aws:iam::222222222222:role/nobody"}"#,
            ),
            "Invalid principal in policy",
        ),
        (
            good.replace(r#""*""#, r#"{"AWS":"999999999999"}"#),
            "Invalid principal in policy",
        ),
        (good.replace("Sid", "Sod"), "Unknown field Sod"),
    ];
    for (text, message) in table {
        assert_eq!(
            policy(&client, &text).await,
            format!("MalformedPolicy: {message}")
        );
    }
}

#[tokio::test(start_paused = true)]
async fn public_policy_is_refused_while_blocked() {
    let (sandbox, client) = with_bucket().await;
    let public = statement("Allow", r#""*""#, "s3:GetObject", "{}");
    let refused = policy(&client, &public).await;
    assert!(refused.starts_with("AccessDenied: "), "{refused}");
    assert!(refused.contains("BlockPublicPolicy"), "{refused}");
    let pinned = statement(
        "Allow",
        r#""*""#,
        "s3:GetObject",
        r#"{"StringEquals":{"aws:SourceAccount":"111111111111"}}"#,
    );
    assert_eq!(policy(&client, &pinned).await, "no error");

    let open = PublicAccessBlockConfiguration::builder().build();
    client
        .put_public_access_block()
        .bucket(MAIL)
        .public_access_block_configuration(open)
        .send()
        .await
        .expect("opened");
    assert_eq!(policy(&client, &public).await, "no error");
    put(&client, "logo.svg", "<svg/>").await;
    let other = s3(&sandbox, TWO, "us-east-1");
    let read = other.get_object().bucket(MAIL).key("logo.svg").send().await;
    read.expect("a public object");
}

#[tokio::test(start_paused = true)]
async fn others_do_what_the_policy_allows() {
    let (sandbox, client) = with_bucket().await;
    put(&client, "logo.svg", "<svg/>").await;
    let other = s3(&sandbox, TWO, "us-east-1");
    let get = || other.get_object().bucket(MAIL).key("logo.svg").send();
    assert_eq!(error(get().await), "AccessDenied: Access Denied");
    let principal = format!(r#"{{"AWS":"{TWO}"}}"#);
    let allow = statement("Allow", &principal, "s3:Get*", "{}");
    assert_eq!(policy(&client, &allow).await, "no error");
    get().await.expect("allowed");
    let write = other
        .put_object()
        .bucket(MAIL)
        .key("other")
        .body(ByteStream::from_static(b"x"))
        .send()
        .await;
    assert_eq!(error(write), "AccessDenied: Access Denied");
    // The policy allows to read it, but only its owner's account may.
    let read = other.get_bucket_policy().bucket(MAIL).send().await;
    assert_eq!(code(read), "MethodNotAllowed");
    // Without the right to list, a missing key is not told from a forbidden one.
    let missing = other.get_object().bucket(MAIL).key("none").send().await;
    assert_eq!(code(missing), "AccessDenied");
}

#[tokio::test(start_paused = true)]
async fn a_denial_binds_the_owner_too() {
    let (_, client) = with_bucket().await;
    put(&client, "logo.svg", "<svg/>").await;
    let deny = statement(
        "Deny",
        r#""*""#,
        "s3:GetObject",
        r#"{"Bool":{"aws:SecureTransport":"true"}}"#,
    );
    assert_eq!(policy(&client, &deny).await, "no error");
    let read = client
        .get_object()
        .bucket(MAIL)
        .key("logo.svg")
        .send()
        .await;
    assert_eq!(
        error(read),
        "AccessDenied: User: arn:aws:iam::111111111111:user/admin is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::mail-assets/logo.svg\" with an explicit deny in a resource-based policy"
    );
    client
        .delete_bucket_policy()
        .bucket(MAIL)
        .send()
        .await
        .expect("the owner fixes it");
}

#[tokio::test(start_paused = true)]
async fn root_can_always_fix_a_policy() {
    let (sandbox, client) = with_bucket().await;
    let deny = statement("Deny", r#""*""#, "s3:*", "{}");
    assert_eq!(policy(&client, &deny).await, "no error");
    let locked = client.delete_bucket_policy().bucket(MAIL).send().await;
    assert_eq!(code(locked), "AccessDenied");
    let root = SharedCredentialsProvider::new(sandbox.root_credentials(ONE));
    let root = config(&sandbox, ONE, "us-east-1")
        .into_builder()
        .credentials_provider(root)
        .build();
    let root = Client::new(&root);
    let list = root.list_objects_v2().bucket(MAIL).send().await;
    assert_eq!(code(list), "AccessDenied");
    root.delete_bucket_policy()
        .bucket(MAIL)
        .send()
        .await
        .expect("fixed");
    client
        .head_bucket()
        .bucket(MAIL)
        .send()
        .await
        .expect("open again");
}

#[tokio::test(start_paused = true)]
async fn expected_bucket_owner() {
    let (_, client) = with_bucket().await;
    put(&client, "a", "a").await;
    let right = client
        .get_object()
        .bucket(MAIL)
        .key("a")
        .expected_bucket_owner(ONE)
        .send()
        .await;
    right.expect("the owner is right");
    let wrong = client
        .get_object()
        .bucket(MAIL)
        .key("a")
        .expected_bucket_owner(TWO)
        .send()
        .await;
    assert_eq!(
        raw(wrong.as_ref().expect_err("the wrong owner"), "none"),
        "403 -"
    );
    assert_eq!(error(wrong), "AccessDenied: Access Denied");
    let wrong = client
        .head_bucket()
        .bucket(MAIL)
        .expected_bucket_owner(TWO)
        .send()
        .await;
    assert_eq!(raw(&wrong.expect_err("the wrong owner"), "none"), "403 -");
}

#[tokio::test(start_paused = true)]
async fn lifecycle_rules() {
    let (_, client) = with_bucket().await;
    let rule = |id: Option<&str>, days: i32| {
        LifecycleRule::builder()
            .set_id(id.map(str::to_owned))
            .status(ExpirationStatus::Enabled)
            .filter(LifecycleRuleFilter::builder().prefix("logs/").build())
            .expiration(LifecycleExpiration::builder().days(days).build())
            .build()
            .expect("a rule")
    };
    let set = async |rules: Vec<LifecycleRule>| {
        let configuration = aws_sdk_s3::types::BucketLifecycleConfiguration::builder()
            .set_rules(Some(rules))
            .build()
            .expect("a configuration");
        let put = client
            .put_bucket_lifecycle_configuration()
            .bucket(MAIL)
            .lifecycle_configuration(configuration)
            .send()
            .await;
        error(put)
    };
    assert_eq!(
        set(vec![rule(Some("a"), 1), rule(Some("a"), 2)]).await,
        "InvalidArgument: Rule ID must be unique. Found same ID for more than one rule"
    );
    assert_eq!(
        set(vec![rule(Some("a"), 0)]).await,
        "InvalidArgument: 'Days' for Expiration action must be a positive integer"
    );
    assert!(set(Vec::new()).await.starts_with("MalformedXML"));
    assert_eq!(
        set(vec![rule(Some("a"), 90), rule(None, 30)]).await,
        "no error"
    );
    let read = client
        .get_bucket_lifecycle_configuration()
        .bucket(MAIL)
        .send()
        .await
        .expect("rules");
    assert_eq!(read.rules()[0], rule(Some("a"), 90));
    assert!(read.rules()[1].id().is_some_and(|id| !id.is_empty()));
    let deleted = client.delete_bucket_lifecycle().bucket(MAIL).send().await;
    deleted.expect("deleted");
    let read = client
        .get_bucket_lifecycle_configuration()
        .bucket(MAIL)
        .send()
        .await;
    assert_eq!(code(read), "NoSuchLifecycleConfiguration");
}

#[tokio::test(start_paused = true)]
async fn access_logging() {
    let (sandbox, client) = with_bucket().await;
    create(&client, "mail-logs").await;
    create(&s3(&sandbox, TWO, "us-east-1"), "their-logs").await;
    let set = async |target: &str| {
        let enabled = LoggingEnabled::builder()
            .target_bucket(target)
            .target_prefix("s3/")
            .build()
            .expect("a target");
        let status = BucketLoggingStatus::builder()
            .logging_enabled(enabled)
            .build();
        let put = client
            .put_bucket_logging()
            .bucket(MAIL)
            .bucket_logging_status(status)
            .send()
            .await;
        error(put)
    };
    assert_eq!(
        set("not-there").await,
        "InvalidTargetBucketForLogging: The target bucket for logging does not exist"
    );
    assert_eq!(
        set("their-logs").await,
        "InvalidTargetBucketForLogging: The owner for the bucket to be logged and the target bucket must be the same."
    );
    assert_eq!(set("mail-logs").await, "no error");
    let read = client.get_bucket_logging().bucket(MAIL).send().await;
    let enabled = read.expect("logging").logging_enabled.expect("logging");
    assert_eq!(enabled.target_bucket(), "mail-logs");
    assert_eq!(enabled.target_prefix(), "s3/");
    client
        .put_bucket_logging()
        .bucket(MAIL)
        .bucket_logging_status(BucketLoggingStatus::builder().build())
        .send()
        .await
        .expect("logging is off");
    let read = client.get_bucket_logging().bucket(MAIL).send().await;
    assert_eq!(read.expect("logging").logging_enabled(), None);
}

#[tokio::test(start_paused = true)]
async fn bucket_tags() {
    let (_, client) = with_bucket().await;
    let set = async |tags: &[(&str, &str)]| {
        let tags = tags.iter().map(|(key, value)| {
            let tag = Tag::builder().key(*key).value(*value).build();
            tag.expect("a tag")
        });
        let tagging = Tagging::builder().set_tag_set(Some(tags.collect())).build();
        let put = client
            .put_bucket_tagging()
            .bucket(MAIL)
            .tagging(tagging.expect("tags"))
            .send()
            .await;
        error(put)
    };
    assert_eq!(
        set(&[("a", "1"), ("a", "2")]).await,
        "InvalidTag: Cannot provide multiple Tags with the same key"
    );
    assert_eq!(
        set(&[("aws:x", "1")]).await,
        "InvalidTag: System tags cannot be added/updated by requester"
    );
    assert_eq!(
        set(&[("project", "mail"), ("by", "deploy")]).await,
        "no error"
    );
    let read = client.get_bucket_tagging().bucket(MAIL).send().await;
    let tags = read.expect("tags").tag_set;
    let tags = tags.iter().map(|tag| (tag.key(), tag.value()));
    assert_eq!(
        tags.collect::<Vec<_>>(),
        [("by", "deploy"), ("project", "mail")]
    );
    client
        .delete_bucket_tagging()
        .bucket(MAIL)
        .send()
        .await
        .expect("deleted");
    let read = client.get_bucket_tagging().bucket(MAIL).send().await;
    assert_eq!(code(read), "NoSuchTagSet");
}

#[tokio::test(start_paused = true)]
async fn create_bucket_with_tags() {
    let sandbox = sandbox();
    let client = s3(&sandbox, ONE, "us-east-1");
    let tag = Tag::builder()
        .key("project")
        .value("mail")
        .build()
        .expect("a tag");
    let configuration = CreateBucketConfiguration::builder().tags(tag).build();
    let created = client
        .create_bucket()
        .bucket(MAIL)
        .create_bucket_configuration(configuration)
        .send()
        .await;
    created.expect("a bucket");
    let read = client.get_bucket_tagging().bucket(MAIL).send().await;
    assert_eq!(read.expect("tags").tag_set[0].value(), "mail");
}

#[tokio::test(start_paused = true)]
async fn bucket_encryption() {
    let (_, client) = with_bucket().await;
    let set = async |algorithm: &str, key: Option<&str>| {
        let default = ServerSideEncryptionByDefault::builder()
            .sse_algorithm(ServerSideEncryption::from(algorithm))
            .set_kms_master_key_id(key.map(str::to_owned))
            .build()
            .expect("a default");
        let rule = ServerSideEncryptionRule::builder()
            .apply_server_side_encryption_by_default(default)
            .bucket_key_enabled(true)
            .build();
        let configuration = ServerSideEncryptionConfiguration::builder()
            .rules(rule)
            .build();
        let put = client
            .put_bucket_encryption()
            .bucket(MAIL)
            .server_side_encryption_configuration(configuration.expect("a configuration"))
            .send()
            .await;
        error(put)
    };
    assert!(set("rot13", None).await.starts_with("MalformedXML: "));
    assert_eq!(
        set("AES256", Some("134f2428-cec1-4b25-a1ae-9048164dba47")).await,
        "InvalidArgument: a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse"
    );
    assert_eq!(
        set("aws:kms", Some("134f2428-cec1-4b25-a1ae-9048164dba47")).await,
        "no error"
    );
    put(&client, "a", "a").await;
    let head = client
        .head_object()
        .bucket(MAIL)
        .key("a")
        .send()
        .await
        .expect("an object");
    assert_eq!(
        head.server_side_encryption(),
        Some(&ServerSideEncryption::AwsKms)
    );
    assert_eq!(
        head.ssekms_key_id(),
        Some("arn:aws:kms:us-east-1:111111111111:key/134f2428-cec1-4b25-a1ae-9048164dba47")
    );
}

#[tokio::test(start_paused = true)]
async fn public_access_block_is_replaced_whole() {
    let (_, client) = with_bucket().await;
    let one = PublicAccessBlockConfiguration::builder()
        .block_public_acls(true)
        .build();
    client
        .put_public_access_block()
        .bucket(MAIL)
        .public_access_block_configuration(one)
        .send()
        .await
        .expect("a block");
    let read = client.get_public_access_block().bucket(MAIL).send().await;
    let read = read
        .expect("a block")
        .public_access_block_configuration
        .expect("a block");
    assert_eq!(read.block_public_acls(), Some(true));
    assert_eq!(read.block_public_policy(), Some(false));
    assert_eq!(read.restrict_public_buckets(), Some(false));
}

#[tokio::test(start_paused = true)]
async fn acls_and_ownership() {
    let (sandbox, client) = with_bucket().await;
    let acl = client
        .put_bucket_acl()
        .bucket(MAIL)
        .acl(BucketCannedAcl::from("log-delivery-write"))
        .send();
    assert_eq!(
        error(acl.await),
        "AccessControlListNotSupported: The bucket does not allow ACLs"
    );
    assert!(!sandbox.world().s3.allows_log_delivery(MAIL));
    let read = client
        .get_bucket_acl()
        .bucket(MAIL)
        .send()
        .await
        .expect("the owner");
    assert_eq!(read.grants().len(), 1);

    let set = async |ownership: ObjectOwnership| {
        let rule = OwnershipControlsRule::builder()
            .object_ownership(ownership)
            .build()
            .expect("a rule");
        let controls = OwnershipControls::builder().rules(rule).build();
        let put = client
            .put_bucket_ownership_controls()
            .bucket(MAIL)
            .ownership_controls(controls.expect("controls"))
            .send()
            .await;
        error(put)
    };
    assert_eq!(set(ObjectOwnership::BucketOwnerPreferred).await, "no error");
    assert!(sandbox.world().s3.allows_log_delivery(MAIL));
    client
        .put_bucket_acl()
        .bucket(MAIL)
        .acl(BucketCannedAcl::from("log-delivery-write"))
        .send()
        .await
        .expect("ACLs are on");
    let read = client
        .get_bucket_acl()
        .bucket(MAIL)
        .send()
        .await
        .expect("grants");
    assert_eq!(read.grants().len(), 3);
    assert_eq!(
        set(ObjectOwnership::BucketOwnerEnforced).await,
        "InvalidBucketAclWithObjectOwnership: Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting"
    );
}

// Objects.

#[tokio::test(start_paused = true)]
async fn objects_keep_what_they_were_put_with() {
    let (_, client) = with_bucket().await;
    let put = client
        .put_object()
        .bucket(MAIL)
        .key("default/logo v1+ü.svg")
        .body(ByteStream::from_static(b"<svg/>"))
        .content_type("image/svg+xml")
        .cache_control("max-age=300")
        .content_encoding("identity")
        .metadata("digest", "abc")
        .checksum_algorithm(ChecksumAlgorithm::Sha256)
        .send()
        .await
        .expect("an object");
    assert_eq!(put.e_tag(), Some("\"677433a0892aaed7b7d2628c313c9775\""));
    assert_eq!(
        put.server_side_encryption(),
        Some(&ServerSideEncryption::Aes256)
    );
    let sha256 = put.checksum_sha256().expect("the checksum").to_owned();
    let get = client
        .get_object()
        .bucket(MAIL)
        .key("default/logo v1+ü.svg")
        .checksum_mode(aws_sdk_s3::types::ChecksumMode::Enabled)
        .send()
        .await
        .expect("the object");
    assert_eq!(get.content_type(), Some("image/svg+xml"));
    assert_eq!(get.cache_control(), Some("max-age=300"));
    assert_eq!(get.content_encoding(), Some("identity"));
    assert_eq!(
        get.metadata()
            .and_then(|m| m.get("digest"))
            .map(String::as_str),
        Some("abc")
    );
    assert_eq!(get.checksum_sha256(), Some(&*sha256));
    assert_eq!(get.version_id(), None);
    let body = get.body.collect().await.expect("the bytes").into_bytes();
    assert_eq!(&body[..], b"<svg/>");
    let head = client
        .head_object()
        .bucket(MAIL)
        .key("default/logo v1+ü.svg")
        .send()
        .await
        .expect("the object");
    assert_eq!(head.content_length(), Some(6));
    assert_eq!(head.content_type(), Some("image/svg+xml"));
}

#[tokio::test(start_paused = true)]
async fn crc32_is_the_default_checksum() {
    let (_, client) = with_bucket().await;
    let put = client
        .put_object()
        .bucket(MAIL)
        .key("a")
        .body(ByteStream::from_static(b"hello"))
        .send()
        .await
        .expect("an object");
    assert_eq!(put.checksum_crc32(), Some("NhCmhg=="));
    let default = client.get_object().bucket(MAIL).key("a").send().await;
    let default = default.expect("the object");
    assert_eq!(default.content_type(), Some("application/octet-stream"));
    assert_eq!(default.checksum_crc32(), Some("NhCmhg=="));
}

/// A body that says nothing of its bytes, so that the SDK sends it in chunks with a trailer.
fn stream(body: &'static str) -> ByteStream {
    let body = http_body_util::Full::new(bytes::Bytes::from_static(body.as_bytes()));
    ByteStream::new(SdkBody::from_body_1_x(body))
}

#[tokio::test(start_paused = true)]
async fn chunked_bodies_with_trailing_checksums() {
    let (_, client) = with_bucket().await;
    let put = client
        .put_object()
        .bucket(MAIL)
        .key("a")
        .content_encoding("gzip")
        .body(stream("hello"))
        .customize()
        .mutate_request(|request| {
            let headers = request.headers();
            assert_eq!(headers.get("x-amz-trailer"), Some("x-amz-checksum-crc32"));
        })
        .send()
        .await
        .expect("an object");
    assert_eq!(put.checksum_crc32(), Some("NhCmhg=="));
    let get = client.get_object().bucket(MAIL).key("a").send().await;
    let get = get.expect("the object");
    assert_eq!(get.content_encoding(), Some("gzip"));
    let body = get.body.collect().await.expect("bytes").into_bytes();
    assert_eq!(&body[..], b"hello");
}

#[tokio::test(start_paused = true)]
async fn create_bucket_with_acls() {
    let sandbox = sandbox();
    let client = s3(&sandbox, ONE, "us-east-1");
    let create = |ownership: &str, acl: &str| {
        client
            .create_bucket()
            .bucket("logs")
            .object_ownership(ObjectOwnership::from(ownership))
            .acl(BucketCannedAcl::from(acl))
            .send()
    };
    assert_eq!(
        error(create("BucketOwnerEnforced", "log-delivery-write").await),
        "InvalidBucketAclWithObjectOwnership: Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting"
    );
    // New buckets block public ACLs.
    let public = create("ObjectWriter", "public-read").await;
    assert_eq!(code(public), "AccessDenied");
    create("BucketOwnerPreferred", "log-delivery-write")
        .await
        .expect("a bucket for logs");
    assert!(sandbox.world().s3.allows_log_delivery("logs"));
    let locked = client
        .create_bucket()
        .bucket("locked")
        .object_lock_enabled_for_bucket(true)
        .send()
        .await;
    assert_eq!(code(locked), "NotImplemented");
}

#[tokio::test(start_paused = true)]
async fn object_acls_are_refused_where_the_owner_is_enforced() {
    let (_, client) = with_bucket().await;
    let put = |acl: ObjectCannedAcl| {
        client
            .put_object()
            .bucket(MAIL)
            .key("a")
            .acl(acl)
            .body(ByteStream::from_static(b"a"))
            .send()
    };
    assert_eq!(
        error(put(ObjectCannedAcl::PublicRead).await),
        "AccessControlListNotSupported: The bucket does not allow ACLs"
    );
    put(ObjectCannedAcl::BucketOwnerFullControl)
        .await
        .expect("the owner's");
}

#[tokio::test(start_paused = true)]
async fn wrong_checksums_are_refused() {
    let (_, client) = with_bucket().await;
    let put = || {
        client
            .put_object()
            .bucket(MAIL)
            .key("a")
            .body(ByteStream::from_static(b"hello"))
    };
    let wrong = put().checksum_crc32("AAAAAA==").send().await;
    assert_eq!(
        error(wrong),
        "BadDigest: The CRC32 you specified did not match the calculated checksum."
    );
    let wrong = put()
        .checksum_sha256("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
        .send()
        .await;
    assert_eq!(
        error(wrong),
        "BadDigest: The SHA256 you specified did not match the calculated checksum."
    );
    let short = put().checksum_sha256("AAAA").send().await;
    assert_eq!(
        error(short),
        "InvalidRequest: Value for x-amz-checksum-sha256 header is invalid."
    );
    let wrong = put().content_md5("AAAAAAAAAAAAAAAAAAAAAA==").send().await;
    assert_eq!(
        error(wrong),
        "BadDigest: The Content-MD5 you specified did not match what we received."
    );
    let bad = put().content_md5("nonsense").send().await;
    assert_eq!(
        error(bad),
        "InvalidDigest: The Content-MD5 you specified was invalid."
    );
    let missing = client.head_object().bucket(MAIL).key("a").send().await;
    assert_eq!(
        raw(&missing.expect_err("nothing was written"), "none"),
        "404 -"
    );
}

#[tokio::test(start_paused = true)]
async fn conditional_writes() {
    let (_, client) = with_bucket().await;
    let put = || {
        client
            .put_object()
            .bucket(MAIL)
            .key("lock")
            .body(ByteStream::from_static(b"1"))
    };
    let etag = "\"c4ca4238a0b923820dcc509a6f75849b\"";
    let first = put().if_match(etag).send().await;
    assert_eq!(
        raw(first.as_ref().expect_err("nothing to match"), "none"),
        "404 -"
    );
    assert_eq!(code(first), "NoSuchKey");
    put().if_none_match("*").send().await.expect("the first");
    let second = put().if_none_match("*").send().await;
    assert_eq!(raw(second.as_ref().expect_err("taken"), "none"), "412 -");
    assert_eq!(
        error(second),
        "PreconditionFailed: At least one of the pre-conditions you specified did not hold"
    );
    put().if_match(etag).send().await.expect("it matches");
    let changed = put()
        .if_match("\"0123456789abcdef0123456789abcdef\"")
        .send()
        .await;
    assert_eq!(code(changed), "PreconditionFailed");
    let other = put().if_none_match(etag).send().await;
    assert_eq!(code(other), "NotImplemented");
}

#[tokio::test(start_paused = true)]
async fn a_conditional_request_conflict_comes_from_a_script() {
    let conflict = Fault::new(FaultKind::ErrorBefore)
        .at("s3", "PutObject")
        .nth(1)
        .with(
            409,
            "ConditionalRequestConflict",
            "The conditional request cannot succeed due to a conflicting operation against this resource.",
        );
    let sandbox = sandbox_with(|world| world.faults.script = vec![conflict]);
    let client = s3(&sandbox, ONE, "us-east-1");
    create(&client, MAIL).await;
    let put = || {
        client
            .put_object()
            .bucket(MAIL)
            .key("lock")
            .if_none_match("*")
            .body(ByteStream::from_static(b"1"))
            .send()
    };
    let first = put().await;
    assert_eq!(
        raw(first.as_ref().expect_err("a conflict"), "none"),
        "409 -"
    );
    assert_eq!(code(first), "ConditionalRequestConflict");
    put().await.expect("nothing was written");
}

#[tokio::test(start_paused = true)]
async fn conditional_deletes() {
    let (_, client) = with_bucket().await;
    let etag = put(&client, "lock", "1").await;
    let delete = || client.delete_object().bucket(MAIL).key("lock");
    let wrong = delete()
        .if_match("\"0123456789abcdef0123456789abcdef\"")
        .send()
        .await;
    assert_eq!(raw(wrong.as_ref().expect_err("another"), "none"), "412 -");
    assert_eq!(code(wrong), "PreconditionFailed");
    delete().if_match(etag).send().await.expect("it matches");
    let gone = delete().if_match("*").send().await;
    assert_eq!(raw(gone.as_ref().expect_err("gone"), "none"), "404 -");
    assert_eq!(code(gone), "NoSuchKey");
    delete().send().await.expect("deleting nothing is fine");
}

#[tokio::test(start_paused = true)]
async fn conditional_and_partial_reads() {
    let (_, client) = with_bucket().await;
    let etag = put(&client, "a", "0123456789").await;
    let get = || client.get_object().bucket(MAIL).key("a");
    let same = get().if_none_match(&etag).send().await;
    assert_eq!(
        raw(&same.expect_err("unchanged"), "etag"),
        format!("304 {etag}")
    );
    let other = get()
        .if_match("\"0123456789abcdef0123456789abcdef\"")
        .send()
        .await;
    assert_eq!(code(other), "PreconditionFailed");
    let part = get().range("bytes=2-4").send().await.expect("a part");
    assert_eq!(part.content_range(), Some("bytes 2-4/10"));
    let body = part.body.collect().await.expect("bytes").into_bytes();
    assert_eq!(&body[..], b"234");
    let beyond = get().range("bytes=10-").send().await;
    assert_eq!(raw(beyond.as_ref().expect_err("beyond"), "none"), "416 -");
    assert_eq!(
        error(beyond),
        "InvalidRange: The requested range is not satisfiable"
    );
}

#[tokio::test(start_paused = true)]
async fn missing_keys() {
    let (_, client) = with_bucket().await;
    let get = client.get_object().bucket(MAIL).key("none").send().await;
    assert_eq!(error(get), "NoSuchKey: The specified key does not exist.");
    let get = client
        .get_object()
        .bucket("not-there")
        .key("none")
        .send()
        .await;
    assert_eq!(code(get), "NoSuchBucket");
    let head = client.head_object().bucket(MAIL).key("none").send().await;
    let head = head.expect_err("no object");
    assert!(
        head.as_service_error()
            .is_some_and(HeadObjectError::is_not_found)
    );
    let get = client
        .get_object()
        .bucket(MAIL)
        .key("none")
        .version_id("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
        .send()
        .await;
    assert_eq!(code(get), "InvalidArgument");
    let get = client
        .get_object()
        .bucket(MAIL)
        .key("none")
        .version_id("x")
        .send()
        .await;
    assert_eq!(error(get), "InvalidArgument: Invalid version id specified");
}

#[tokio::test(start_paused = true)]
async fn list_objects_v2_in_pages() {
    let (_, client) = with_bucket().await;
    for key in ["a/1", "a/2", "b", "c/1", "d e"] {
        put(&client, key, "x").await;
    }
    let list = async |delimiter: Option<&str>, size: i32| {
        let mut pages = client
            .list_objects_v2()
            .bucket(MAIL)
            .set_delimiter(delimiter.map(str::to_owned))
            .max_keys(size)
            .into_paginator()
            .send();
        let mut text = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.expect("a page");
            let keys = page.contents().iter().filter_map(|object| object.key());
            let mut line = keys.map(str::to_owned).collect::<Vec<_>>();
            let prefixes = page.common_prefixes().iter().filter_map(|p| p.prefix());
            line.extend(prefixes.map(str::to_owned));
            text.push(line.join(" "));
        }
        text
    };
    assert_eq!(list(None, 2).await, ["a/1 a/2", "b c/1", "d e"]);
    assert_eq!(list(Some("/"), 1).await, ["a/", "b", "c/", "d e"]);
    assert_eq!(list(Some("/"), 1000).await, ["b d e a/ c/"]);
    let prefixed = client
        .list_objects_v2()
        .bucket(MAIL)
        .prefix("a/")
        .start_after("a/1")
        .encoding_type(aws_sdk_s3::types::EncodingType::Url)
        .send()
        .await
        .expect("a list");
    assert_eq!(prefixed.key_count(), Some(1));
    assert_eq!(prefixed.contents()[0].key(), Some("a/2"));
    assert_eq!(prefixed.contents()[0].size(), Some(1));
    let encoded = client
        .list_objects_v2()
        .bucket(MAIL)
        .prefix("d")
        .encoding_type(aws_sdk_s3::types::EncodingType::Url)
        .send()
        .await
        .expect("a list");
    assert_eq!(encoded.contents()[0].key(), Some("d+e"));
    let bad = client
        .list_objects_v2()
        .bucket(MAIL)
        .continuation_token("!")
        .send()
        .await;
    assert_eq!(
        error(bad),
        "InvalidArgument: The continuation token provided is incorrect"
    );
}

#[tokio::test(start_paused = true)]
async fn versions_and_delete_markers() {
    let (_, client) = with_bucket().await;
    put(&client, "a", "before versions").await;
    enable_versioning(&client, BucketVersioningStatus::Enabled).await;
    put(&client, "a", "one").await;
    let deleted = client.delete_object().bucket(MAIL).key("a").send().await;
    let deleted = deleted.expect("a marker");
    assert_eq!(deleted.delete_marker(), Some(true));
    let marker = deleted.version_id().expect("the marker's id").to_owned();
    let gone = client.get_object().bucket(MAIL).key("a").send().await;
    assert_eq!(
        raw(gone.as_ref().expect_err("deleted"), "x-amz-delete-marker"),
        "404 true"
    );
    assert_eq!(code(gone), "NoSuchKey");
    let on_marker = client
        .get_object()
        .bucket(MAIL)
        .key("a")
        .version_id(&marker)
        .send()
        .await;
    assert_eq!(
        raw(on_marker.as_ref().expect_err("a marker"), "allow"),
        "405 DELETE"
    );
    assert_eq!(code(on_marker), "MethodNotAllowed");

    let old = client
        .get_object()
        .bucket(MAIL)
        .key("a")
        .version_id("null")
        .send()
        .await;
    let old = old
        .expect("the oldest")
        .body
        .collect()
        .await
        .expect("bytes");
    assert_eq!(&old.into_bytes()[..], b"before versions");

    let undone = client
        .delete_object()
        .bucket(MAIL)
        .key("a")
        .version_id(&marker)
        .send()
        .await
        .expect("undeleted");
    assert_eq!(undone.delete_marker(), Some(true));
    let back = client.get_object().bucket(MAIL).key("a").send().await;
    assert!(back.expect("it is back").version_id().is_some());
}

#[tokio::test(start_paused = true)]
async fn list_object_versions_in_pages() {
    let (_, client) = with_bucket().await;
    enable_versioning(&client, BucketVersioningStatus::Enabled).await;
    for body in ["1", "2"] {
        put(&client, "a", body).await;
    }
    put(&client, "b", "1").await;
    client
        .delete_object()
        .bucket(MAIL)
        .key("b")
        .send()
        .await
        .expect("a marker");
    let mut seen = Vec::new();
    let (mut key, mut version) = (None, None);
    loop {
        let page = client
            .list_object_versions()
            .bucket(MAIL)
            .max_keys(1)
            .set_key_marker(key)
            .set_version_id_marker(version)
            .send()
            .await
            .expect("a page");
        for found in page.versions() {
            seen.push(format!(
                "{} {} {}",
                found.key().unwrap_or_default(),
                found.size().unwrap_or_default(),
                found.is_latest().unwrap_or_default()
            ));
        }
        for marker in page.delete_markers() {
            seen.push(format!("{} deleted", marker.key().unwrap_or_default()));
        }
        if page.is_truncated() != Some(true) {
            break;
        }
        key = page.next_key_marker;
        version = page.next_version_id_marker;
    }
    assert_eq!(seen, ["a 1 true", "a 1 false", "b deleted", "b 1 false"]);
    let alone = client
        .list_object_versions()
        .bucket(MAIL)
        .version_id_marker("null")
        .send()
        .await;
    assert_eq!(
        error(alone),
        "InvalidArgument: A version-id marker cannot be specified without a key marker."
    );
}

#[tokio::test(start_paused = true)]
async fn suspended_versioning_replaces_the_null_version() {
    let (_, client) = with_bucket().await;
    enable_versioning(&client, BucketVersioningStatus::Enabled).await;
    put(&client, "a", "kept").await;
    enable_versioning(&client, BucketVersioningStatus::Suspended).await;
    put(&client, "a", "x").await;
    put(&client, "a", "y").await;
    let read = client.get_bucket_versioning().bucket(MAIL).send().await;
    let status = read.expect("versioning").status;
    assert_eq!(status, Some(BucketVersioningStatus::Suspended));
    let list = client.list_object_versions().bucket(MAIL).send().await;
    let list = list.expect("versions");
    let ids = list.versions().iter().filter_map(|v| v.version_id());
    let ids = ids.collect::<Vec<_>>();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], "null");
}

#[tokio::test(start_paused = true)]
async fn delete_objects_in_a_batch() {
    let (_, client) = with_bucket().await;
    let etag = put(&client, "a", "1").await;
    put(&client, "b", "1").await;
    let batch = async |objects: Vec<ObjectIdentifier>| {
        let delete = Delete::builder().set_objects(Some(objects)).build();
        client
            .delete_objects()
            .bucket(MAIL)
            .delete(delete.expect("a batch"))
            .send()
            .await
    };
    let key = |key: &str| ObjectIdentifier::builder().key(key).build().expect("a key");
    let done = batch(vec![key("a"), key("b"), key("never-was")])
        .await
        .expect("done");
    assert_eq!(done.deleted().len(), 3);
    assert!(done.errors().is_empty());

    put(&client, "a", "2").await;
    let stale = ObjectIdentifier::builder().key("a").e_tag(etag).build();
    let done = batch(vec![stale.expect("a key")]).await.expect("an answer");
    assert_eq!(done.errors()[0].code(), Some("PreconditionFailed"));

    let many = (0..1000).map(|n| key(&format!("k{n}"))).collect();
    batch(many).await.expect("a thousand");
    let too_many = (0..1001).map(|n| key(&format!("k{n}"))).collect();
    assert_eq!(code(batch(too_many).await), "MalformedXML");
}

#[tokio::test(start_paused = true)]
async fn delete_bucket_only_when_empty() {
    let (_, client) = with_bucket().await;
    enable_versioning(&client, BucketVersioningStatus::Enabled).await;
    put(&client, "a", "1").await;
    let delete = || client.delete_bucket().bucket(MAIL).send();
    let full = delete().await;
    assert_eq!(raw(full.as_ref().expect_err("full"), "none"), "409 -");
    assert_eq!(
        error(full),
        "BucketNotEmpty: The bucket you tried to delete is not empty. You must delete all versions in the bucket."
    );
    client
        .delete_object()
        .bucket(MAIL)
        .key("a")
        .send()
        .await
        .expect("a marker");
    assert_eq!(code(delete().await), "BucketNotEmpty");
    let list = client
        .list_object_versions()
        .bucket(MAIL)
        .send()
        .await
        .expect("versions");
    let versions = list.versions().iter().filter_map(|v| v.version_id());
    let markers = list.delete_markers().iter().filter_map(|v| v.version_id());
    for version in versions.chain(markers) {
        let deleted = client
            .delete_object()
            .bucket(MAIL)
            .key("a")
            .version_id(version);
        deleted.send().await.expect("a version less");
    }
    delete().await.expect("empty");
    assert_eq!(code(delete().await), "NoSuchBucket");
}

#[tokio::test(start_paused = true)]
async fn copies_and_object_tags() {
    let (_, client) = with_bucket().await;
    put(&client, "a", "1").await;
    let copied = client
        .copy_object()
        .bucket(MAIL)
        .key("b")
        .copy_source(format!("{MAIL}/a"))
        .send()
        .await
        .expect("a copy");
    assert!(
        copied
            .copy_object_result()
            .is_some_and(|result| result.e_tag().is_some())
    );
    let same = client
        .copy_object()
        .bucket(MAIL)
        .key("a")
        .copy_source(format!("{MAIL}/a"))
        .send()
        .await;
    assert_eq!(code(same), "InvalidRequest");
    let tag = Tag::builder().key("k").value("v").build().expect("a tag");
    let tagging = Tagging::builder().tag_set(tag).build().expect("tags");
    client
        .put_object_tagging()
        .bucket(MAIL)
        .key("b")
        .tagging(tagging)
        .send()
        .await
        .expect("tagged");
    let tags = client
        .get_object_tagging()
        .bucket(MAIL)
        .key("b")
        .send()
        .await;
    assert_eq!(tags.expect("tags").tag_set()[0].value(), "v");
}

// Everything else.

#[tokio::test(start_paused = true)]
async fn accounts_see_their_own_buckets() {
    let (sandbox, client) = with_bucket().await;
    create_in(&s3(&sandbox, ONE, "eu-west-1"), "in-ireland", "eu-west-1").await;
    create(&s3(&sandbox, TWO, "us-east-1"), "theirs").await;
    let list = client.list_buckets().send().await.expect("a list");
    let names = list.buckets().iter().filter_map(|bucket| bucket.name());
    assert_eq!(names.collect::<Vec<_>>(), ["in-ireland", MAIL]);
    let theirs = client.get_bucket_location().bucket("theirs").send().await;
    assert_eq!(error(theirs), "AccessDenied: Access Denied");
}

#[tokio::test(start_paused = true)]
async fn operations_that_are_not_emulated() {
    let (_, client) = with_bucket().await;
    let inventory = client
        .list_bucket_inventory_configurations()
        .bucket(MAIL)
        .send()
        .await;
    assert_eq!(code(inventory), "NotImplemented");
    let website = client.get_bucket_website().bucket(MAIL).send().await;
    assert_eq!(
        error(website),
        "NoSuchWebsiteConfiguration: The specified bucket does not have a website configuration"
    );
}

async fn fetch(sandbox: &Sandbox, url: &str) -> (u16, String) {
    let request = http::Request::get(url).body(bytes::Bytes::new());
    let reply = sandbox.call(request.expect("a request")).await;
    let reply = reply.expect("an answer");
    let body = String::from_utf8_lossy(reply.body()).into_owned();
    (reply.status().as_u16(), body)
}

#[tokio::test(start_paused = true)]
async fn presigned_urls() {
    let (sandbox, client) = with_bucket().await;
    put(&client, "logo v1.svg", "<svg/>").await;
    let now = u64::try_from(sandbox.clock().now().as_second()).expect("after 1970");
    let minutes = PresigningConfig::builder()
        .start_time(UNIX_EPOCH + Duration::from_secs(now))
        .expires_in(Duration::from_mins(10))
        .build()
        .expect("ten minutes");
    let presigned = client
        .get_object()
        .bucket(MAIL)
        .key("logo v1.svg")
        .presigned(minutes)
        .await
        .expect("a URL");
    let found = fetch(&sandbox, presigned.uri()).await;
    assert_eq!(found, (200, "<svg/>".to_owned()));
    wait(&sandbox, 601).await;
    let (status, body) = fetch(&sandbox, presigned.uri()).await;
    assert_eq!(status, 403);
    assert!(body.contains("Request has expired"), "{body}");
}

#[tokio::test(start_paused = true)]
async fn anonymous_requests_are_refused() {
    let (sandbox, client) = with_bucket().await;
    put(&client, "logo.svg", "<svg/>").await;
    let url = format!("https://{MAIL}.s3.us-east-1.amazonaws.com/logo.svg");
    let (status, body) = fetch(&sandbox, &url).await;
    assert_eq!(status, 403);
    assert!(
        body.contains("<Code>AccessDenied</Code><Message>Access Denied</Message>"),
        "{body}"
    );
}

#[tokio::test(start_paused = true)]
async fn cloudfront_reads_what_the_policy_allows_it() {
    let (sandbox, client) = with_bucket().await;
    put(&client, "logo.svg", "<svg/>").await;
    let distribution = "arn:aws:cloudfront::111111111111:distribution/E1";
    let read = |key: &str, source: &str| {
        let world = sandbox.world();
        let source = Source {
            arn: source,
            account: ONE,
        };
        let found = world
            .s3
            .object_for_service(MAIL, key, "cloudfront.amazonaws.com", source);
        found.map(|(_, object)| object.body.len())
    };
    assert_eq!(read("logo.svg", distribution), Err(AccessDenied));
    let service = r#"{"Service":"cloudfront.amazonaws.com"}"#;
    let condition = format!(r#"{{"StringEquals":{{"AWS:SourceArn":"{distribution}"}}}}"#);
    let allow = statement("Allow", service, "s3:GetObject", &condition);
    assert_eq!(policy(&client, &allow).await, "no error");
    assert_eq!(read("logo.svg", distribution), Ok(6));
    assert_eq!(
        read("logo.svg", "arn:aws:cloudfront::1:distribution/E2"),
        Err(AccessDenied)
    );
    assert_eq!(read("none", distribution), Err(AccessDenied));
    let both = allow.replace(r#""s3:GetObject""#, r#"["s3:GetObject","s3:ListBucket"]"#);
    assert_eq!(policy(&client, &both).await, "no error");
    assert_eq!(read("none", distribution), Err(NoSuchKey));
}

#[tokio::test(start_paused = true)]
async fn uploads_in_parts() {
    use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
    let (_, client) = with_bucket().await;
    let upload = client
        .create_multipart_upload()
        .bucket(MAIL)
        .key("large")
        .content_type("text/plain")
        .send()
        .await
        .expect("an upload");
    let id = upload.upload_id().expect("its id");
    let mut parts = Vec::new();
    for (number, size) in [(1, 5 * 1024 * 1024), (2, 3)] {
        let part = client
            .upload_part()
            .bucket(MAIL)
            .key("large")
            .upload_id(id)
            .part_number(number)
            .body(ByteStream::from(vec![b'x'; size]))
            .send()
            .await
            .expect("a part");
        let part = CompletedPart::builder()
            .part_number(number)
            .set_e_tag(part.e_tag)
            .build();
        parts.push(part);
    }
    let complete = async |parts: Vec<CompletedPart>| {
        let parts = CompletedMultipartUpload::builder()
            .set_parts(Some(parts))
            .build();
        client
            .complete_multipart_upload()
            .bucket(MAIL)
            .key("large")
            .upload_id(id)
            .multipart_upload(parts)
            .send()
            .await
    };
    let backwards = parts.iter().rev().cloned().collect();
    assert_eq!(code(complete(backwards).await), "InvalidPartOrder");
    let done = complete(parts.clone()).await.expect("an object");
    assert!(done.e_tag().is_some_and(|etag| etag.ends_with("-2\"")));
    assert_eq!(code(complete(parts).await), "NoSuchUpload");
    let head = client.head_object().bucket(MAIL).key("large").send().await;
    let head = head.expect("the object");
    assert_eq!(head.content_length(), Some(5 * 1024 * 1024 + 3));
    assert_eq!(head.content_type(), Some("text/plain"));
}

#[tokio::test(start_paused = true)]
async fn objects_keep_to_their_limits() {
    use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
    let (_, client) = with_bucket().await;
    let put = |key: String| client.put_object().bucket(MAIL).key(key);
    put("k".repeat(1024)).send().await.expect("a long key");
    let key = put("k".repeat(1025)).send().await;
    assert_eq!(code(key), "KeyTooLongError");
    let note = |size| {
        put("a".to_owned())
            .metadata("note", "x".repeat(size))
            .send()
    };
    note(2048 - "note".len()).await.expect("2 KB of metadata");
    assert_eq!(code(note(2048).await), "MetadataTooLarge");

    let upload = client.create_multipart_upload().bucket(MAIL).key("a");
    let upload = upload.send().await.expect("an upload");
    let id = upload.upload_id().expect("its id");
    let mut parts = CompletedMultipartUpload::builder();
    for number in [1, 2] {
        let part = client.upload_part().bucket(MAIL).key("a").upload_id(id);
        let part = part.part_number(number).body(ByteStream::from_static(b"x"));
        let etag = part.send().await.expect("a part").e_tag;
        let part = CompletedPart::builder().part_number(number);
        parts = parts.parts(part.set_e_tag(etag).build());
    }
    let complete = client.complete_multipart_upload().bucket(MAIL).key("a");
    let complete = complete.upload_id(id).multipart_upload(parts.build());
    assert_eq!(code(complete.send().await), "EntityTooSmall");
}

#[tokio::test(start_paused = true)]
async fn bucket_tags_show_in_the_state() {
    let (sandbox, client) = with_bucket().await;
    let tag = Tag::builder().key("project").value("mail").build();
    let tagging = Tagging::builder().tag_set(tag.expect("a tag")).build();
    client
        .put_bucket_tagging()
        .bucket(MAIL)
        .tagging(tagging.expect("tags"))
        .send()
        .await
        .expect("tagged");
    let tagged = sandbox.world().s3.tagged(ONE, "us-east-1");
    assert_eq!(tagged[0].0, "arn:aws:s3:::mail-assets");
    assert_eq!(tagged[0].1["project"], "mail");
    assert!(sandbox.world().s3.tagged(ONE, "eu-west-1").is_empty());
    assert!(sandbox.world().s3.tagged(TWO, "us-east-1").is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_state_survives_being_saved() {
    let (sandbox, client) = with_bucket().await;
    put(&client, "logo.svg", "<svg/>").await;
    let saved = serde_json::to_string(&sandbox.world().s3).expect("saved");
    let loaded: sandbox::s3::State = serde_json::from_str(&saved).expect("loaded");
    let (_, object) = loaded.buckets[MAIL]
        .current("logo.svg")
        .expect("the object");
    assert_eq!(&object.body.bytes()[..], b"<svg/>");
}
