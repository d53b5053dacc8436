//! STS and what every service has in common, through the AWS SDK.

mod common;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_sts::Client;
use common::{ONE, TWO, code, config, error, sandbox, sandbox_with, wait};
use sandbox::Sandbox;
use sandbox::faults::{Fault, FaultKind};
use sandbox::quotas::Rate;
use sandbox::sts::Role;

fn sts(sandbox: &Sandbox) -> Client {
    Client::new(&config(sandbox, ONE, "us-east-1"))
}

fn sts_with(sandbox: &Sandbox, credentials: Credentials) -> Client {
    let config = config(sandbox, ONE, "us-east-1")
        .into_builder()
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build();
    Client::new(&config)
}

async fn assume(client: &Client, role_arn: &str) -> Credentials {
    let assumed = client
        .assume_role()
        .role_arn(role_arn)
        .role_session_name("deploy")
        .send()
        .await;
    let given = assumed
        .expect("the role is there")
        .credentials
        .expect("credentials");
    Credentials::new(
        given.access_key_id,
        given.secret_access_key,
        Some(given.session_token),
        None,
        "test",
    )
}

fn role(account: &str) -> String {
    format!("arn:aws:iam::{account}:role/mail-deploy")
}

#[tokio::test(start_paused = true)]
async fn get_caller_identity_names_the_account() {
    let sandbox = sandbox();
    let me = sts(&sandbox)
        .get_caller_identity()
        .send()
        .await
        .expect("an identity");
    assert_eq!(me.account(), Some(ONE));
    assert_eq!(me.arn(), Some("arn:aws:iam::111111111111:user/admin"));
}

#[tokio::test(start_paused = true)]
async fn a_role_in_another_account_acts_there() {
    let sandbox = sandbox();
    let credentials = assume(&sts(&sandbox), &role(TWO)).await;
    let me = sts_with(&sandbox, credentials)
        .get_caller_identity()
        .send()
        .await
        .expect("an identity");
    assert_eq!(me.account(), Some(TWO));
    assert_eq!(
        me.arn(),
        Some("arn:aws:sts::222222222222:assumed-role/mail-deploy/deploy")
    );
}

#[tokio::test(start_paused = true)]
async fn a_role_that_does_not_exist_is_denied() {
    let sandbox = sandbox();
    let arn = "arn:aws:iam::222222222222:role/other";
    let denied = sts(&sandbox)
        .assume_role()
        .role_arn(arn)
        .role_session_name("deploy")
        .send()
        .await;
    assert_eq!(
        error(denied),
        "AccessDenied: User: arn:aws:iam::111111111111:user/admin is not authorized to perform: sts:AssumeRole on resource: \
         arn:aws:iam::222222222222:role/other"
    );
}

#[tokio::test(start_paused = true)]
async fn root_cannot_assume_roles() {
    let sandbox = sandbox();
    let root = sts_with(&sandbox, sandbox.root_credentials(ONE));
    let me = root
        .get_caller_identity()
        .send()
        .await
        .expect("an identity");
    assert_eq!(me.arn(), Some("arn:aws:iam::111111111111:root"));
    let denied = root
        .assume_role()
        .role_arn(role(TWO))
        .role_session_name("deploy")
        .send()
        .await;
    assert_eq!(
        error(denied),
        "AccessDenied: Roles may not be assumed by root accounts."
    );
}

#[tokio::test(start_paused = true)]
async fn a_role_that_assumes_a_role_does_so_for_an_hour_at_most() {
    let sandbox = sandbox();
    let session = assume(&sts(&sandbox), &role(TWO)).await;
    let chained = sts_with(&sandbox, session);
    let ask = |seconds| {
        let ask = chained
            .assume_role()
            .role_arn(role(common::THREE))
            .role_session_name("deploy");
        ask.duration_seconds(seconds).send()
    };
    ask(3600).await.expect("an hour");
    assert_eq!(code(ask(3601).await), "ValidationError");
}

#[tokio::test(start_paused = true)]
async fn a_wrong_external_id_is_denied() {
    let role_with_id = Role {
        external_id: Some("mail".to_owned()),
        ..Role::default()
    };
    let sandbox = sandbox_with(|world| {
        let account = world.sts.accounts.get_mut(TWO).expect("the account");
        account.roles.insert("mail-deploy".to_owned(), role_with_id);
    });
    let ask = |id: Option<&str>| {
        let ask = sts(&sandbox)
            .assume_role()
            .role_arn(role(TWO))
            .role_session_name("deploy");
        ask.set_external_id(id.map(str::to_owned)).send()
    };
    assert_eq!(code(ask(None).await), "AccessDenied");
    assert_eq!(code(ask(Some("other")).await), "AccessDenied");
    ask(Some("mail")).await.expect("the right id");
}

#[tokio::test(start_paused = true)]
async fn a_malformed_role_arn_is_a_validation_error() {
    let sandbox = sandbox();
    for arn in [
        "mail-deploy",
        "arn:aws:iam::2222:role/mail-deploy",
        "arn:aws:iam::222222222222:user/mail",
    ] {
        let refused = sts(&sandbox)
            .assume_role()
            .role_arn(arn)
            .role_session_name("deploy")
            .send()
            .await;
        assert_eq!(code(refused), "ValidationError", "{arn}");
    }
}

#[tokio::test(start_paused = true)]
async fn credentials_that_nobody_issued_are_refused() {
    let sandbox = sandbox();
    let made_up = Credentials::new("AKIAIOSFODNN7EXAMPLE", "secret", None, None, "test");
    let refused = sts_with(&sandbox, made_up)
        .get_caller_identity()
        .send()
        .await;
    assert_eq!(
        error(refused),
        "InvalidClientTokenId: The security token included in the request is invalid."
    );
}

#[tokio::test(start_paused = true)]
async fn a_signature_with_another_secret_is_refused() {
    let sandbox = sandbox();
    let id = sandbox.credentials(ONE).access_key_id().to_owned();
    let forged = Credentials::new(id, "another secret", None, None, "test");
    let refused = sts_with(&sandbox, forged)
        .get_caller_identity()
        .send()
        .await;
    assert_eq!(code(refused), "SignatureDoesNotMatch");
}

/// A configuration whose clock is 20 minutes behind.
fn late(sandbox: &Sandbox) -> aws_config::SdkConfig {
    let behind = sandbox.clock().now() - jiff::SignedDuration::from_mins(20);
    let behind = clock::Clock::starting_at(behind, 1.0);
    config(sandbox, ONE, "us-east-1")
        .into_builder()
        .time_source(aws_smithy_async::time::SharedTimeSource::new(behind))
        .build()
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_20_minutes_behind_is_refused_in_each_services_words() {
    let sandbox = sandbox();
    let once = aws_config::retry::RetryConfig::disabled();
    let late = late(&sandbox).into_builder().retry_config(once).build();
    let sts = Client::new(&late).get_caller_identity().send().await;
    assert_eq!(code(sts), "SignatureDoesNotMatch");
    let s3 = aws_sdk_s3::Client::new(&late).list_buckets().send().await;
    assert_eq!(code(s3), "RequestTimeTooSkewed");
    let acm = aws_sdk_acm::Client::new(&late)
        .list_certificates()
        .send()
        .await;
    assert_eq!(code(acm), "InvalidSignatureException");
    let ses = aws_sdk_sesv2::Client::new(&late).get_account().send().await;
    assert_eq!(code(ses), "InvalidSignatureException");
}

#[tokio::test(start_paused = true)]
async fn an_answer_says_when_it_was_given_so_that_a_clock_can_be_corrected() {
    let sandbox = sandbox();
    let sts = Client::new(&late(&sandbox));
    sts.get_caller_identity()
        .send()
        .await
        .expect("the SDK corrects its clock and asks again");
    assert_eq!(sandbox.stats().calls("sts", "GetCallerIdentity"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_presigned_request_is_let_in_until_it_expires() {
    let sandbox = sandbox();
    let s3 = aws_sdk_s3::Client::new(&config(&sandbox, ONE, "us-east-1"));
    s3.create_bucket()
        .bucket("mail-assets")
        .send()
        .await
        .expect("a bucket");
    let put = s3
        .put_object()
        .bucket("mail-assets")
        .key("a b+c")
        .body(b"text".to_vec().into());
    put.send().await.expect("an object");
    let lifetime = std::time::Duration::from_mins(1);
    let presigning = aws_sdk_s3::presigning::PresigningConfig::builder()
        .expires_in(lifetime)
        .start_time(aws_smithy_async::time::TimeSource::now(&sandbox.clock()))
        .build()
        .expect("a lifetime");
    let presigned = s3
        .get_object()
        .bucket("mail-assets")
        .key("a b+c")
        .presigned(presigning)
        .await;
    let presigned = presigned.expect("a URL");
    let fetch = |uri: String| {
        let request = http::Request::builder()
            .uri(uri)
            .body(bytes::Bytes::new())
            .expect("a request");
        async {
            sandbox
                .call(request)
                .await
                .expect("an answer")
                .status()
                .as_u16()
        }
    };
    assert_eq!(fetch(presigned.uri().to_owned()).await, 200);
    assert_eq!(fetch(presigned.uri().replace("a%20b", "b")).await, 403);
    wait(&sandbox, 61).await;
    assert_eq!(fetch(presigned.uri().to_owned()).await, 403);
}

#[tokio::test(start_paused = true)]
async fn a_session_without_its_token_is_refused() {
    let sandbox = sandbox();
    let session = assume(&sts(&sandbox), &role(TWO)).await;
    let bare = Credentials::new(
        session.access_key_id(),
        session.secret_access_key(),
        None,
        None,
        "test",
    );
    let refused = sts_with(&sandbox, bare).get_caller_identity().send().await;
    assert_eq!(code(refused), "InvalidClientTokenId");
}

#[tokio::test(start_paused = true)]
async fn a_session_ends() {
    let sandbox = sandbox();
    let session = assume(&sts(&sandbox), &role(TWO)).await;
    wait(&sandbox, 3601).await;
    let refused = sts_with(&sandbox, session)
        .get_caller_identity()
        .send()
        .await;
    assert_eq!(code(refused), "ExpiredToken");
}

#[tokio::test(start_paused = true)]
async fn a_call_lasts_between_60_and_120_ms_and_the_same_on_every_run() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let sandbox = sandbox();
        let start = sandbox.clock().now();
        for _ in 0..10 {
            sts(&sandbox)
                .get_caller_identity()
                .send()
                .await
                .expect("an identity");
        }
        runs.push(sandbox.clock().now().duration_since(start).as_millis());
    }
    assert!(
        (600..=1200).contains(&runs[0]),
        "ten calls lasted {} ms",
        runs[0]
    );
    assert_eq!(runs[0], runs[1]);
}

#[tokio::test(start_paused = true)]
async fn a_caller_over_the_quota_is_throttled_and_the_sdk_waits() {
    let sandbox = sandbox_with(|world| {
        world.quotas.rates.insert(
            "sts.requests".to_owned(),
            Rate {
                rate: 1.0,
                burst: 1.0,
            },
        );
    });
    // The SDK waits for lengths of chance: often enough, they add up to a second.
    let often = aws_config::retry::RetryConfig::standard().with_max_attempts(20);
    let config = config(&sandbox, ONE, "us-east-1").into_builder();
    let client = Client::new(&config.retry_config(often).build());
    for _ in 0..2 {
        let me = client.get_caller_identity().send().await;
        me.expect("after a few retries");
    }
    let stats = sandbox.stats();
    let throttled = stats
        .log
        .iter()
        .filter(|logged| logged.result == "Throttling")
        .count();
    assert!(throttled > 0, "{:?}", stats.counts);
    assert!(stats.calls("sts", "GetCallerIdentity") > 2);
}

#[tokio::test(start_paused = true)]
async fn a_fault_after_the_effect_leaves_the_effect() {
    let fault = Fault::new(FaultKind::ErrorAfter)
        .at("sts", "AssumeRole")
        .with(400, "Broken", "on purpose");
    let sandbox = sandbox_with(|world| world.faults.script = vec![fault]);
    let failed = sts(&sandbox)
        .assume_role()
        .role_arn(role(TWO))
        .role_session_name("deploy")
        .send()
        .await;
    assert_eq!(error(failed), "Broken: on purpose");
    let log = sandbox.stats().log;
    assert_eq!(
        (log.len(), log[0].took_effect, log[0].result.as_str()),
        (1, true, "Broken")
    );
}

#[tokio::test(start_paused = true)]
async fn a_time_out_is_a_time_out_to_the_sdk() {
    let fault = Fault::new(FaultKind::TimeOutBefore)
        .at("sts", "GetCallerIdentity")
        .nth(1);
    let sandbox = sandbox_with(|world| world.faults.script = vec![fault]);
    sts(&sandbox)
        .get_caller_identity()
        .send()
        .await
        .expect("the retry has an answer");
    let results: Vec<String> = sandbox
        .stats()
        .log
        .into_iter()
        .map(|logged| logged.result)
        .collect();
    assert_eq!(results, ["no answer", "ok"]);
}

#[tokio::test(start_paused = true)]
async fn a_world_survives_the_end_of_its_process() {
    let folder = tempfile::tempdir().expect("a folder");
    let fresh = || {
        let mut world = sandbox::world::World::calm();
        world.sts.seed_account(ONE, &[]);
        world.sts.seed_account(TWO, &["mail-deploy"]);
        world
    };
    let first = Sandbox::open_at(folder.path(), |_| common::clock(), fresh).expect("a new one");
    let session = assume(&sts(&first), &role(TWO)).await;
    let left = first.clock().now();
    let second = Sandbox::open_at(
        common::killed(folder.path()).path(),
        |saved| clock::Clock::starting_at(saved.expect("a saved time"), 1.0),
        || unreachable!("there is a saved world"),
    )
    .expect("the same one");
    assert_eq!(second.clock().now(), left);
    let me = sts_with(&second, session)
        .get_caller_identity()
        .send()
        .await
        .expect("the session is known");
    assert_eq!(me.account(), Some(TWO));
    assert_eq!(second.stats().calls("sts", "AssumeRole"), 1);
}
