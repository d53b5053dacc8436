//! Requests wait for the quota, and are signed when it lets them through.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws::Connection;
use aws::quotas::Quota;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use futures::FutureExt as _;
use futures::future::join_all;
use sandbox::Sandbox;
use sandbox::world::World;

use crate::stand::{ACCOUNT, Answer, Dated, Script, access, clock, scripted, session};

const THROTTLED: &str = "<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code>\
    <Message>Rate exceeded</Message></Error><RequestId>r</RequestId></ErrorResponse>";
const CHANGE: &str = "<GetChangeResponse><ChangeInfo><Id>/change/C1</Id><Status>INSYNC</Status>\
    <SubmittedAt>2026-11-24T12:00:00Z</SubmittedAt></ChangeInfo></GetChangeResponse>";

fn sandbox(quotas: sandbox::quotas::Quotas) -> Sandbox {
    let mut world = World {
        quotas,
        ..World::calm()
    };
    world.sts.seed_account(ACCOUNT, &["mail-deploy"]);
    world.sts.seed_account("999999999999", &[]);
    Sandbox::new(world, clock())
}

fn connection(sandbox: &Sandbox) -> (Connection, Arc<Mutex<Duration>>) {
    let oldest = Arc::new(Mutex::new(Duration::ZERO));
    let dated = Dated {
        inner: sandbox.http_client(),
        clock: sandbox.clock(),
        oldest: oldest.clone(),
    };
    let credentials = sandbox.credentials("999999999999");
    let connection = Connection {
        http: Some(SharedHttpClient::new(dated)),
        credentials: Some(SharedCredentialsProvider::new(credentials)),
        ..Connection::new(sandbox.clock())
    };
    (connection, oldest)
}

/// A guard that does not agree: whoever waited for the quota has lost the right to send.
#[tokio::test(start_paused = true)]
async fn a_request_that_its_guard_forbids_is_not_sent() {
    let sandbox = sandbox(sandbox::quotas::Quotas::default());
    let (connection, _) = connection(&sandbox);
    let session = session(access(Some("mail-deploy")), connection)
        .await
        .unwrap();
    let asked = Arc::new(Mutex::new(0));
    let count = asked.clone();
    let guard = aws::Guard::new(move || {
        *count.lock().unwrap() += 1;
        async { Err("another run has taken it over".to_owned()) }.boxed()
    });
    let client = session.guarded(guard).ses();
    let refused = client.get_account().send().await.unwrap_err();
    let refused = aws::error("GetAccount", &refused);
    assert!(refused.message.contains("taken it over"), "{refused:?}");
    assert!(*asked.lock().unwrap() > 0);
    assert_eq!(sandbox.stats().calls("ses", "GetAccount"), 0);
}

/// AWS refuses requests that were signed more than five minutes ago (AWS General Reference,
/// "Signature Version 4").
#[tokio::test(start_paused = true)]
async fn r_24_no_request_is_older_than_a_second_when_it_is_sent() {
    let sandbox = sandbox(sandbox::quotas::Quotas::default());
    let (connection, oldest) = connection(&sandbox);
    let session = session(access(Some("mail-deploy")), connection)
        .await
        .unwrap();
    let client = session.ses();
    let begun = sandbox.clock().now();
    let calls = (0..400).map(|_| client.get_account().send());
    for answer in join_all(calls).await {
        answer.unwrap();
    }
    let took = sandbox.clock().now().duration_since(begun);
    assert!(took.as_secs() > 300, "they waited for the quota: {took}");
    let oldest = *oldest.lock().unwrap();
    assert!(oldest <= Duration::from_secs(1), "{oldest:?}");
}

/// a role's session ends after an hour (AWS STS API reference, `AssumeRole`).
#[tokio::test(start_paused = true)]
async fn r_25_a_session_that_ends_in_the_middle_of_a_wait_changes_nothing() {
    let sandbox = sandbox(sandbox::quotas::Quotas::none());
    let (mut connection, _) = connection(&sandbox);
    let slow = Quota {
        per_second: 0.01,
        burst: 1.0,
    };
    connection.quotas = BTreeMap::from([("ses.requests".to_owned(), slow)]);
    let session = session(access(Some("mail-deploy")), connection)
        .await
        .unwrap();
    let client = session.ses();
    let begun = sandbox.clock().now();
    let calls = (0..50).map(|_| client.get_account().send());
    for answer in join_all(calls).await {
        answer.unwrap();
    }
    let took = sandbox.clock().now().duration_since(begun);
    assert!(took.as_secs() > 3600, "the session ended meanwhile: {took}");
}

/// Route 53 throttles with 400 and a code in the body, which comes in pieces (Route 53 API
/// reference, "Common errors").
#[tokio::test(start_paused = true)]
async fn r_26_throttling_is_learnt_from_a_streamed_answer() {
    let clock = clock();
    let script = Script::new([Answer::Says(400, THROTTLED), Answer::Says(200, CHANGE)]);
    let (session, _) = scripted(&script, clock).await;
    let client = session.route53();
    client.get_change().id("C1").send().await.unwrap();
    assert_eq!(script.count(), 2, "it was sent again");
    let begun = clock.now();
    let calls = (0..30).map(|_| client.get_change().id("C1").send());
    join_all(calls).await;
    // The saved burst of 50 is gone, and the rate of ten a second at most.
    let took = clock.now().duration_since(begun);
    assert!(took.as_secs_f64() > 2.0, "{took}");
}

/// AWS may end a session before its time; the credentials are fetched once for all that were
/// refused together.
#[tokio::test(start_paused = true)]
async fn r_25_an_expired_token_is_renewed_and_the_call_repeated() {
    let expired = "<ErrorResponse><Error><Code>ExpiredToken</Code>\
        <Message>The security token included in the request is expired</Message></Error>\
        </ErrorResponse>";
    let script = Script::new([Answer::Says(403, expired), Answer::Says(200, CHANGE)]);
    let (session, counted) = scripted(&script, clock()).await;
    let answer = session.route53().get_change().id("C1").send().await;
    answer.unwrap();
    assert_eq!(
        *counted.0.lock().unwrap(),
        2,
        "asked once more for credentials"
    );
    let requests = script.requests.lock().unwrap().clone();
    assert!(requests[0].contains("AKIA1/"), "{requests:?}");
    assert!(requests[1].contains("AKIA2/"), "{requests:?}");
}
