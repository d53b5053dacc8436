//! Which requests are sent again, which are not, and for how long.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws::{Connection, Notice};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use model::ErrorClass;

use crate::stand::{Answer, Script, access, clock, scripted, session};

const HTML: &str = "<html><body><h1>502 Bad Gateway</h1></body></html>";
const ZONES: &str = "<ListHostedZonesResponse><HostedZones></HostedZones>\
    <IsTruncated>false</IsTruncated><MaxItems>100</MaxItems></ListHostedZonesResponse>";
const RECORDS: &str = "<?xml version=\"1.0\"?>\n<ListResourceRecordSetsResponse><ResourceRecordSets>\
    <ResourceRecordSet><Name>a.example.</Name><Type>TXT</Type><TTL>60</TTL><ResourceRecords>\
    <ResourceRecord><Value>&quot;a&quot;</Value></ResourceRecord></ResourceRecords>\
    </ResourceRecordSet><ResourceRecordSet><Name>b.example.</Name><Type>A</Type><AliasTarget>\
    <HostedZoneId>Z2</HostedZoneId><DNSName>d.example.</DNSName>\
    <EvaluateTargetHealth>false</EvaluateTargetHealth></AliasTarget></ResourceRecordSet>\
    </ResourceRecordSets><IsTruncated>false</IsTruncated><MaxItems>300</MaxItems>\
    </ListResourceRecordSetsResponse>";

async fn create_zone(script: &Script) -> model::KindError {
    let (session, _) = scripted(script, clock()).await;
    let client = session.route53();
    let request = client.create_hosted_zone().name("example.com");
    let answer = request.caller_reference("r").send().await;
    aws::error("CreateHostedZone", &answer.unwrap_err())
}

async fn list_zones(script: &Script) -> Result<(), model::KindError> {
    let (session, _) = scripted(script, clock()).await;
    let answer = session.route53().list_hosted_zones().send().await;
    answer
        .map(|_| ())
        .map_err(|error| aws::error("ListHostedZones", &error))
}

/// R-29: load balancers answer with HTML, connections end early (RFC 9110, section 9.2.2, forbids to
/// repeat what is not idempotent).
#[tokio::test(start_paused = true)]
async fn r_29_e2_a_creation_of_unknown_outcome_is_sent_once_and_ambiguous() {
    for answer in [
        Answer::Says(502, HTML),
        Answer::Says(500, ""),
        Answer::Broken,
        Answer::Cut("<CreateHostedZoneResponse><HostedZone>"),
        Answer::Says(200, HTML),
        Answer::Says(201, "<CreateHostedZoneRes"),
    ] {
        let script = Script::new([answer.clone()]);
        let error = create_zone(&script).await;
        assert_eq!(error.class, ErrorClass::Ambiguous, "{answer:?}: {error:?}");
        assert_eq!(script.count(), 1, "{answer:?}");
    }
}

/// R-29, the other half: what only reads is asked again, whatever was wrong with the answer.
#[tokio::test(start_paused = true)]
async fn r_29_e6_a_read_is_repeated_after_any_broken_answer() {
    for answer in [
        Answer::Says(502, HTML),
        Answer::Says(429, ""),
        Answer::Broken,
        Answer::Cut("<ListHostedZonesResponse><HostedZones>"),
        Answer::Says(200, HTML),
        Answer::Says(200, "<ListHostedZonesRes"),
    ] {
        let script = Script::new([answer.clone(), Answer::Says(200, ZONES)]);
        let answered = list_zones(&script).await;
        assert_eq!(answered, Ok(()), "{answer:?}");
        assert_eq!(script.count(), 2, "{answer:?}");
    }
}

/// E5: an answer that ends too early and looks whole by its length is never taken for all there is,
/// wherever it ends: a shorter list would be a list of what is gone.
#[tokio::test(start_paused = true)]
async fn e5_a_read_is_repeated_wherever_its_answer_ends_too_early() {
    for end in 0..RECORDS.len() {
        let script = Script::new([
            Answer::Says(200, &RECORDS[..end]),
            Answer::Says(200, RECORDS),
        ]);
        let (session, _) = scripted(&script, clock()).await;
        let list = session.route53().list_resource_record_sets();
        let listed = list.hosted_zone_id("Z1").send().await;
        let sets = listed.map(|page| page.resource_record_sets.len());
        let text = &RECORDS[..end];
        assert_eq!(sets.ok(), Some(2), "after {text}");
        assert_eq!(script.count(), 2, "after {text}");
    }
}

/// E5: the SDK reads an empty body of JSON as an answer without fields, and a list without fields as one
/// without entries.
#[tokio::test(start_paused = true)]
async fn e5_an_empty_answer_is_no_empty_list() {
    let listed =
        r#"{"CertificateSummaryList":[{"CertificateArn":"arn:aws:acm:a:1:certificate/b"}]}"#;
    let script = Script::new([Answer::Says(200, ""), Answer::Says(200, listed)]);
    let (session, _) = scripted(&script, clock()).await;
    let answer = session.acm().list_certificates().send().await;
    let answer = answer.expect("the second answer");
    assert_eq!(answer.certificate_summary_list().len(), 1);
    assert_eq!(script.count(), 2);
    let script = Script::new([Answer::Says(200, "")]);
    let (session, _) = scripted(&script, clock()).await;
    let answer = session.acm().list_certificates().send().await;
    let error = aws::error("ListCertificates", &answer.unwrap_err());
    let words =
        "an answer came without its end: check the proxy and the endpoint (the answer is empty)";
    assert!(error.message.contains(words), "{error}");
}

/// An answer that never comes whole is told in the words of a person.
#[tokio::test(start_paused = true)]
async fn e5_an_answer_that_stays_incomplete_is_said_to_be() {
    let script = Script::new([Answer::Says(200, "<ListHostedZonesResponse><HostedZones/>")]);
    let error = list_zones(&script).await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Ambiguous);
    let words = "an answer came without its end: check the proxy and the endpoint (the answer ends before \
                 it is complete)";
    assert!(error.message.contains(words), "{error}");
}

/// R-28: the SDK takes `LimitExceededException` for throttling and repeats it.
#[tokio::test(start_paused = true)]
async fn r_28_a_full_quota_is_said_at_once() {
    let full = r#"{"__type":"LimitExceededException","message":"you have reached your limit"}"#;
    let script = Script::new([Answer::Says(400, full)]);
    let (session, _) = scripted(&script, clock()).await;
    let client = session.acm();
    let request = client.request_certificate().domain_name("example.com");
    let error = request.send().await.unwrap_err();
    let error = aws::error("RequestCertificate", &error);
    assert_eq!(script.count(), 1);
    assert_ne!(error.class, ErrorClass::Throttled, "{error:?}");
}

/// An endpoint that accepts requests and never answers them: the operation ends, and somebody is told
/// before it does.
#[tokio::test(start_paused = true)]
async fn e4_an_operation_without_answers_ends_by_its_deadline_and_says_what_it_waits_for() {
    let clock = clock();
    let script = Script::new([Answer::Silence]);
    let said: Arc<Mutex<Vec<String>>> = Arc::default();
    let heard = said.clone();
    let connection = Connection {
        http: Some(SharedHttpClient::new(script.clone())),
        credentials: Some(SharedCredentialsProvider::new(Credentials::new(
            "AKIA", "secret", None, None, "test",
        ))),
        notice: Notice::to(move |text| heard.lock().unwrap().push(text.to_owned())),
        ..Connection::new(clock)
    };
    let session = session(access(None), connection).await.unwrap();
    let begun = clock.now();
    let error = session.route53().list_hosted_zones().send().await;
    let error = aws::error("ListHostedZones", &error.unwrap_err());
    let took = clock.now().duration_since(begun).unsigned_abs();
    assert!(took < Duration::from_mins(3), "{took:?}");
    assert!(script.count() > 1, "a read is asked again");
    assert_eq!(error.class, ErrorClass::Ambiguous);
    let said = said.lock().unwrap();
    assert!(said[0].contains("route53.amazonaws.com"), "{said:?}");
}
