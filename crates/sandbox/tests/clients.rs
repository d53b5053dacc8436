//! Other people's clients get in: clocks, old signatures, presigned URLs, protocols, web identities.

mod common;

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, SystemTime};

use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use clock::Clock;
use common::{ONE, TWO, code, config, sandbox};
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sandbox::Sandbox;
use sandbox::quotas::Quotas;
use sandbox::sts::{State, User};
use sandbox::world::{Delays, World};
use sha1::Sha1;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const BUCKET: &str = "mail-assets";

/// A world without delays, whose clock is hours ahead of the wall's and runs sixty times as fast,
/// behind a port.
async fn served_hours_ahead(hours: i64) -> (Sandbox, SocketAddr) {
    let mut world = World {
        delays: Delays::none(),
        quotas: Quotas::none(),
        ..World::calm()
    };
    world.sts.seed_account(ONE, &["mail-deploy"]);
    world.sts.seed_account(TWO, &["mail-deploy"]);
    let ahead = Clock::real().now() + SignedDuration::from_hours(hours);
    let sandbox = Sandbox::new(world, Clock::starting_at(ahead, 60.0));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(sandbox.clone().serve_aws(listener));
    (sandbox, address)
}

/// A configuration as other people have it: real time, a socket, no retries.
fn outside(sandbox: &Sandbox, address: SocketAddr) -> aws_config::SdkConfig {
    config(sandbox, ONE, "us-east-1")
        .into_builder()
        .endpoint_url(format!("http://{address}"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .time_source(aws_smithy_async::time::SharedTimeSource::new(Clock::real()))
        .retry_config(aws_config::retry::RetryConfig::disabled())
        .build()
}

fn s3(config: &aws_config::SdkConfig) -> aws_sdk_s3::Client {
    let config = aws_sdk_s3::config::Builder::from(config).force_path_style(true);
    aws_sdk_s3::Client::from_conf(config.build())
}

/// Sends a request over a socket, and gives the whole answer.
async fn raw(address: SocketAddr, head: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let length = body.len();
    let request = format!(
        "{head}host: {address}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    stream
        .write_all(request.as_bytes())
        .await
        .expect("it is sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}

async fn get(address: SocketAddr, url: &str) -> String {
    let target = url.split_once(&address.to_string()).expect("its URL").1;
    raw(address, &format!("GET {target} HTTP/1.1\r\n"), "").await
}

// Row 1: the clock of a client is right.

#[tokio::test]
async fn row_01_a_served_world_that_is_ahead_lets_every_client_in() {
    let (sandbox, address) = served_hours_ahead(48).await;
    let config = outside(&sandbox, address);
    let client = s3(&config);
    client
        .create_bucket()
        .bucket(BUCKET)
        .send()
        .await
        .expect("a client with a right clock");
    let put = client.put_object().bucket(BUCKET).key("logo.svg");
    put.body(ByteStream::from_static(b"<svg/>"))
        .send()
        .await
        .expect("an object");
    let me = aws_sdk_sts::Client::new(&config);
    me.get_caller_identity().send().await.expect("an identity");
}

#[tokio::test]
async fn row_01_presigned_urls_are_not_born_expired() {
    let (sandbox, address) = served_hours_ahead(48).await;
    let client = s3(&outside(&sandbox, address));
    client
        .create_bucket()
        .bucket(BUCKET)
        .send()
        .await
        .expect("a bucket");
    let presign = |start: SystemTime| {
        let config = PresigningConfig::builder()
            .start_time(start)
            .expires_in(Duration::from_mins(1));
        let request = client.get_object().bucket(BUCKET).key("none");
        request.presigned(config.build().expect("a minute"))
    };
    #[expect(clippy::disallowed_methods, reason = "a client's clock")]
    let now = SystemTime::now();
    let fresh = presign(now).await.expect("a URL");
    let answer = get(address, fresh.uri()).await;
    assert!(answer.contains("<Code>NoSuchKey</Code>"), "{answer}");
    let old = presign(now - Duration::from_mins(2)).await.expect("a URL");
    let answer = get(address, old.uri()).await;
    assert!(answer.contains("Request has expired"), "{answer}");
}

#[tokio::test]
async fn row_01_dates_and_the_ends_of_sessions_follow_the_clock_of_the_signatures() {
    let (sandbox, address) = served_hours_ahead(48).await;
    let now = Clock::real().now();
    let near = |time: Timestamp, expected: Timestamp| {
        time.duration_since(expected).abs() < SignedDuration::from_mins(2)
    };
    let answer = raw(address, "GET / HTTP/1.1\r\n", "").await;
    let date = answer
        .lines()
        .find_map(|line| line.strip_prefix("date: "))
        .expect("a date");
    let date = jiff::fmt::rfc2822::parse(date).expect("a date").timestamp();
    assert!(near(date, now), "{date}");

    let assumed = aws_sdk_sts::Client::new(&outside(&sandbox, address))
        .assume_role()
        .role_arn(format!("arn:aws:iam::{TWO}:role/mail-deploy"))
        .role_session_name("clients")
        .send()
        .await
        .expect("a session");
    let credentials = assumed.credentials.expect("credentials");
    let end = Timestamp::from_second(credentials.expiration.secs()).expect("a time");
    assert!(near(end, now + SignedDuration::from_hours(1)), "{end}");
    // The session works for whoever has it outside, although the world is two days ahead.
    let session = aws_credential_types::Credentials::new(
        credentials.access_key_id,
        credentials.secret_access_key,
        Some(credentials.session_token),
        None,
        "test",
    );
    let provider = aws_credential_types::provider::SharedCredentialsProvider::new(session);
    let there = outside(&sandbox, address)
        .into_builder()
        .credentials_provider(provider)
        .build();
    let me = aws_sdk_sts::Client::new(&there).get_caller_identity();
    assert_eq!(me.send().await.expect("an identity").account(), Some(TWO));
}

/// A configuration whose clock is off by some minutes, in the process.
fn off_by(sandbox: &Sandbox, minutes: i64) -> aws_config::SdkConfig {
    let time = sandbox.clock().now() + SignedDuration::from_mins(minutes);
    let source = aws_smithy_async::time::SharedTimeSource::new(Clock::starting_at(time, 1.0));
    config(sandbox, ONE, "us-east-1")
        .into_builder()
        .time_source(source)
        .retry_config(aws_config::retry::RetryConfig::disabled())
        .build()
}

#[tokio::test(start_paused = true)]
async fn r_24_signatures_age_in_five_minutes_and_in_fifteen_at_s3() {
    let sandbox = sandbox();
    for (minutes, sts, s3) in [
        (-4, "no error", "no error"),
        (4, "no error", "no error"),
        (-6, "SignatureDoesNotMatch", "no error"),
        (6, "SignatureDoesNotMatch", "no error"),
        (-16, "SignatureDoesNotMatch", "RequestTimeTooSkewed"),
        (16, "SignatureDoesNotMatch", "RequestTimeTooSkewed"),
    ] {
        let config = off_by(&sandbox, minutes);
        let identity = aws_sdk_sts::Client::new(&config).get_caller_identity();
        assert_eq!(code(identity.send().await), sts, "{minutes}");
        let buckets = aws_sdk_s3::Client::new(&config).list_buckets();
        assert_eq!(code(buckets.send().await), s3, "{minutes}");
    }
}

// Row 2: signatures of version 2.

/// In the process: status and body.
async fn send(sandbox: &Sandbox, request: http::request::Builder, body: &[u8]) -> (u16, String) {
    let request = request.body(Bytes::copy_from_slice(body));
    let reply = sandbox.call(request.expect("a request")).await;
    let reply = reply.expect("an answer");
    let body = String::from_utf8_lossy(reply.body()).into_owned();
    (reply.status().as_u16(), body)
}

fn signed_v2(text: &str) -> (String, String) {
    let (key, secret) = State::permanent_key(ONE, User::Admin);
    let mut hmac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).expect("a key");
    hmac.update(text.as_bytes());
    (key, STANDARD.encode(hmac.finalize().into_bytes()))
}

/// A URL as botocore's `HmacV1QueryAuth` presigns it: `further` is signed where S3 says so.
fn presigned_v2(sandbox: &Sandbox, method: &str, target: &str, seconds: i64) -> String {
    let end = sandbox.clock().now().as_second() + seconds;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let subresource = if query.is_empty() {
        String::new()
    } else {
        format!("?{query}")
    };
    let text = format!("{method}\n\n\n{end}\n/{BUCKET}{path}{subresource}");
    let (key, signature) = signed_v2(&text);
    let signature = utf8_percent_encode(&signature, NON_ALPHANUMERIC);
    let separator = if query.is_empty() { "" } else { "&" };
    format!(
        "https://{BUCKET}.s3.amazonaws.com{path}?{query}{separator}AWSAccessKeyId={key}&Signature={signature}&Expires={end}"
    )
}

async fn bucket_in(sandbox: &Sandbox, region: &str) -> aws_sdk_s3::Client {
    let client = aws_sdk_s3::Client::new(&config(sandbox, ONE, region));
    let create = client.create_bucket().bucket(BUCKET);
    let place = aws_sdk_s3::types::CreateBucketConfiguration::builder()
        .location_constraint(region.into())
        .build();
    let create = if region == "us-east-1" {
        create
    } else {
        create.create_bucket_configuration(place)
    };
    create.send().await.expect("a bucket");
    client
}

#[tokio::test(start_paused = true)]
async fn row_02_presigned_urls_of_version_2_work_where_s3_is_that_old() {
    for (region, expected) in [
        ("us-east-1", 200),
        ("eu-west-1", 200),
        ("eu-central-1", 400),
    ] {
        let sandbox = sandbox();
        let client = bucket_in(&sandbox, region).await;
        let put = client.put_object().bucket(BUCKET).key("logo.svg");
        put.body(ByteStream::from_static(b"<svg/>"))
            .send()
            .await
            .expect("an object");
        let url = presigned_v2(&sandbox, "GET", "/logo.svg", 60);
        let (status, body) = send(&sandbox, http::Request::get(url), b"").await;
        assert_eq!(status, expected, "{region}: {body}");
        if expected == 400 {
            assert!(body.contains("Please use AWS4-HMAC-SHA256."), "{body}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn row_02_version_2_signs_uploads_and_subresources_too() {
    let sandbox = sandbox();
    let client = bucket_in(&sandbox, "us-east-1").await;
    let url = presigned_v2(&sandbox, "PUT", "/logo.svg", 60);
    let (status, body) = send(&sandbox, http::Request::put(url), b"<svg/>").await;
    assert_eq!(status, 200, "{body}");
    let object = client.get_object().bucket(BUCKET).key("logo.svg");
    let object = object
        .send()
        .await
        .expect("the object")
        .body
        .collect()
        .await;
    assert_eq!(object.expect("bytes").to_vec(), b"<svg/>");
    let url = presigned_v2(&sandbox, "GET", "/logo.svg?tagging", 60);
    let (status, body) = send(&sandbox, http::Request::get(url), b"").await;
    assert_eq!(status, 200, "{body}");
    assert!(body.contains("<TagSet"), "{body}");
    // In the headers.
    let date = sandbox.clock().now().strftime("%a, %d %b %Y %H:%M:%S GMT");
    let date = date.to_string();
    let (key, signature) = signed_v2(&format!("GET\n\n\n{date}\n/{BUCKET}/logo.svg"));
    let request = http::Request::get(format!("https://{BUCKET}.s3.amazonaws.com/logo.svg"))
        .header("date", date)
        .header("authorization", format!("AWS {key}:{signature}"));
    assert_eq!(send(&sandbox, request, b"").await.0, 200);
}

#[tokio::test(start_paused = true)]
async fn row_02_version_2_is_refused_as_s3_refuses_it() {
    let sandbox = sandbox();
    bucket_in(&sandbox, "us-east-1").await;
    let refused = async |url: &str| {
        let (status, body) = send(&sandbox, http::Request::get(url), b"").await;
        assert_eq!(status, 403, "{body}");
        body
    };
    let forged = presigned_v2(&sandbox, "PUT", "/logo.svg", 60);
    let body = refused(&forged).await;
    assert!(
        body.contains("<Code>SignatureDoesNotMatch</Code>"),
        "{body}"
    );
    assert!(body.contains("<StringToSign>GET\n\n\n"), "{body}");
    let old = presigned_v2(&sandbox, "GET", "/logo.svg", -1);
    let body = refused(&old).await;
    assert!(
        body.contains("<Message>Request has expired</Message>"),
        "{body}"
    );
    assert!(body.contains("<ServerTime>2026-11-24T12:0"), "{body}");
    let part = format!("https://{BUCKET}.s3.amazonaws.com/logo.svg?AWSAccessKeyId=A&Expires=1");
    let body = refused(&part).await;
    assert!(
        body.contains("Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters"),
        "{body}"
    );
}

// Row 4: unknown services, and callers without a signature.

#[tokio::test]
async fn row_04_unknown_services_answer_in_the_protocol_in_which_they_are_asked() {
    let (_, address) = served_hours_ahead(0).await;
    let signed = |service: &str| {
        let (key, _) = State::permanent_key(ONE, User::Admin);
        format!(
            "x-amz-date: 20261124T120000Z\r\nauthorization: AWS4-HMAC-SHA256 Credential={key}/20261124/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=00\r\n"
        )
    };
    let form = "content-type: application/x-www-form-urlencoded; charset=utf-8\r\n";
    let head = format!("POST / HTTP/1.1\r\n{form}{}", signed("cloudformation"));
    let query = raw(address, &head, "Action=ListStacks&Version=2010-05-15").await;
    assert!(
        query.contains("<ErrorResponse") && query.contains("<Code>UnknownServiceException</Code>"),
        "{query}"
    );
    let head = format!("POST / HTTP/1.1\r\n{form}{}", signed("ec2"));
    let ec2 = raw(address, &head, "Action=DescribeVpcs&Version=2016-11-15").await;
    assert!(
        ec2.contains("<Response><Errors><Error><Code>UnknownServiceException</Code>"),
        "{ec2}"
    );
    let target = "x-amz-target: DynamoDB_20120810.ListTables\r\n";
    let head = format!("POST / HTTP/1.1\r\n{target}{}", signed("dynamodb"));
    let json = raw(address, &head, "{}").await;
    assert!(
        json.contains("\"__type\":\"UnknownServiceException\""),
        "{json}"
    );
    let head = format!(
        "GET /2015-03-31/functions/ HTTP/1.1\r\n{}",
        signed("lambda")
    );
    let rest = raw(address, &head, "").await;
    assert!(
        rest.contains("x-amzn-errortype: UnknownServiceException"),
        "{rest}"
    );
}

#[tokio::test]
async fn row_04_requests_without_a_signature_are_refused_by_the_service_they_are_for() {
    let (_, address) = served_hours_ahead(0).await;
    let form = "content-type: application/x-www-form-urlencoded\r\n";
    for (head, body, expected) in [
        (
            format!("POST / HTTP/1.1\r\n{form}"),
            "Action=GetCallerIdentity&Version=2011-06-15",
            "<Code>MissingAuthenticationToken</Code>",
        ),
        (
            "POST / HTTP/1.1\r\nx-amz-target: CertificateManager.ListCertificates\r\n".to_owned(),
            "{}",
            "MissingAuthenticationTokenException",
        ),
        (
            "GET /v2/email/account HTTP/1.1\r\n".to_owned(),
            "",
            "MissingAuthenticationTokenException",
        ),
        (
            "GET /2013-04-01/hostedzone HTTP/1.1\r\n".to_owned(),
            "",
            "<Code>MissingAuthenticationToken</Code>",
        ),
    ] {
        let answer = raw(address, &head, body).await;
        assert!(answer.contains(expected), "{head}: {answer}");
    }
}

/// A token as GitHub's OIDC provider gives them to workflows, with a signature that nobody checks.
fn token(expires: i64) -> String {
    let claims = format!(
        r#"{{"iss":"https://token.actions.githubusercontent.com","sub":"repo:example/mail:ref:refs/heads/main","aud":"sts.amazonaws.com","exp":{expires}}}"#
    );
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!(
        "{}.{}.{}",
        part(r#"{"alg":"RS256"}"#),
        part(&claims),
        part("signature")
    )
}

#[tokio::test]
async fn row_04_a_web_identity_assumes_a_role_without_a_signature() {
    let (sandbox, address) = served_hours_ahead(48).await;
    let now = Clock::real().now().as_second();
    let anonymous = outside(&sandbox, address);
    let sts = aws_sdk_sts::Client::new(&anonymous);
    let assume = |role: &str, token: String| {
        sts.assume_role_with_web_identity()
            .role_arn(format!("arn:aws:iam::{TWO}:role/{role}"))
            .role_session_name("workflow")
            .web_identity_token(token)
    };
    let assumed = assume("mail-deploy", token(now + 300)).send().await;
    let assumed = assumed.expect("a session");
    assert_eq!(
        assumed.subject_from_web_identity_token(),
        Some("repo:example/mail:ref:refs/heads/main")
    );
    assert_eq!(assumed.audience(), Some("sts.amazonaws.com"));
    let user = assumed.assumed_role_user().expect("a user");
    assert_eq!(
        user.arn(),
        format!("arn:aws:sts::{TWO}:assumed-role/mail-deploy/workflow")
    );
    let old = assume("mail-deploy", token(now - 1)).send().await;
    assert_eq!(code(old), "ExpiredTokenException");
    let odd = assume("mail-deploy", "no token".to_owned()).send().await;
    assert_eq!(code(odd), "InvalidIdentityToken");
    let nobody = assume("nobody", token(now + 300)).send().await;
    assert_eq!(code(nobody), "AccessDenied");
}

// Row 16: presigned URLs of version 4.

async fn presigned(sandbox: &Sandbox) -> String {
    let client = bucket_in(sandbox, "us-east-1").await;
    let start = SystemTime::UNIX_EPOCH
        + Duration::from_secs(u64::try_from(sandbox.clock().now().as_second()).expect("a time"));
    let config = PresigningConfig::builder()
        .start_time(start)
        .expires_in(Duration::from_mins(1));
    let request = client.put_object().bucket(BUCKET).key("logo.svg");
    let url = request.presigned(config.build().expect("a minute")).await;
    url.expect("a URL").uri().to_owned()
}

#[tokio::test(start_paused = true)]
async fn row_16_presigned_queries_that_are_wrong_are_named() {
    let sandbox = sandbox();
    let url = presigned(&sandbox).await;
    let cut = |name: &str| {
        let (before, rest) = url.split_once(name).expect("the parameter");
        format!(
            "{before}X-Other{}",
            &rest[rest.find('=').expect("a value")..]
        )
    };
    let set = |name: &str, value: &str| {
        let (before, rest) = url.split_once(&format!("{name}=")).expect("the parameter");
        let after = rest.find('&').map_or("", |end| &rest[end..]);
        format!("{before}{name}={value}{after}")
    };
    for (url, expected) in [
        (
            cut("X-Amz-Expires"),
            "Query-string authentication version 4 requires the X-Amz-Algorithm",
        ),
        (
            set("X-Amz-Expires", "604801"),
            "X-Amz-Expires must be less than a week (in seconds)",
        ),
        (
            set("X-Amz-Expires", "soon"),
            "X-Amz-Expires should be a number",
        ),
        (
            set("X-Amz-Expires", "-1"),
            "X-Amz-Expires must be non-negative",
        ),
        (
            set("X-Amz-Algorithm", "AWS5"),
            "X-Amz-Algorithm only supports",
        ),
        (
            set("X-Amz-Credential", "AKIA"),
            "the Credential is mal-formed",
        ),
        (
            set("X-Amz-Date", "today"),
            "X-Amz-Date must be in the ISO8601 Long Format",
        ),
    ] {
        let (status, body) = send(&sandbox, http::Request::put(&url), b"").await;
        assert_eq!(status, 400, "{url}: {body}");
        assert!(
            body.contains("<Code>AuthorizationQueryParametersError</Code>"),
            "{url}: {body}"
        );
        assert!(body.contains(expected), "{url}: {body}");
    }
}

#[tokio::test(start_paused = true)]
async fn row_16_headers_that_are_not_signed_are_refused() {
    let sandbox = sandbox();
    let url = presigned(&sandbox).await;
    let request = http::Request::put(&url)
        .header("x-amz-meta-wrong", "1")
        .header("x-amz-acl", "public-read")
        .header("content-type", "text/plain");
    let (status, body) = send(&sandbox, request, b"").await;
    assert_eq!(status, 403, "{body}");
    assert!(
        body.contains("<HeadersNotSigned>x-amz-acl, x-amz-meta-wrong</HeadersNotSigned>"),
        "{body}"
    );
    let request = http::Request::put(&url).header("content-type", "text/plain");
    assert_eq!(send(&sandbox, request, b"").await.0, 200);
}

#[tokio::test(start_paused = true)]
async fn row_16_refusals_show_how_they_came_about() {
    let sandbox = sandbox();
    let url = presigned(&sandbox).await;
    let other = url.replace("logo.svg", "other.svg");
    let (status, body) = send(&sandbox, http::Request::put(&other), b"").await;
    assert_eq!(status, 403, "{body}");
    for element in [
        "<AWSAccessKeyId>AKIA",
        "<StringToSign>AWS4-HMAC-SHA256\n",
        "<SignatureProvided>",
        "<StringToSignBytes>41 57 53 34",
        "<CanonicalRequest>PUT\n/other.svg\n",
        "<CanonicalRequestBytes>50 55 54 0a",
    ] {
        assert!(body.contains(element), "{element}: {body}");
    }
    common::wait(&sandbox, 61).await;
    let (status, body) = send(&sandbox, http::Request::put(&url), b"").await;
    assert_eq!(status, 403, "{body}");
    for element in [
        "<Message>Request has expired</Message>",
        "<X-Amz-Expires>60</X-Amz-Expires>",
        "<Expires>2026-11-24T12:0",
        "<ServerTime>2026-11-24T12:0",
    ] {
        assert!(body.contains(element), "{element}: {body}");
    }
}

#[tokio::test(start_paused = true)]
async fn row_07_conditions_that_were_signed_as_parameters_count() {
    let sandbox = sandbox();
    let client = bucket_in(&sandbox, "us-east-1").await;
    let put = client.put_object().bucket(BUCKET).key("logo.svg");
    put.body(ByteStream::from_static(b"<svg/>"))
        .send()
        .await
        .expect("an object");
    let end = sandbox.clock().now().as_second() + 60;
    let (key, signature) = signed_v2(&format!("PUT\n\n\n{end}\n/{BUCKET}/logo.svg"));
    let signature = utf8_percent_encode(&signature, NON_ALPHANUMERIC);
    let url = format!(
        "https://{BUCKET}.s3.amazonaws.com/logo.svg?if-none-match=%2A&AWSAccessKeyId={key}&Signature={signature}&Expires={end}"
    );
    let (status, body) = send(&sandbox, http::Request::put(url), b"other").await;
    assert_eq!(status, 412, "{body}");
}
