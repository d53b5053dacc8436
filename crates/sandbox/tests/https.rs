//! A distribution as an external observer sees it: through the edge, and over the HTTPS port.

mod common;

use std::process::Command;
use std::sync::Arc;

use aws_sdk_cloudfront::types::DistributionConfig;
use aws_sdk_s3::primitives::ByteStream;
use clock::Clock;
use common::cloudfront::{
    Answered, create, create_access_control, invalidate, origin, origins, serving, update,
};
use common::s3::create_bucket;
use common::{ONE, acm, cloudfront, config, publish, sandbox, unpublish, wait};
use rustls::pki_types::ServerName;
use rustls::pki_types::pem::PemObject;
use sandbox::Sandbox;
use sandbox::cloudfront::edge::{self, Viewer};
use sandbox::quotas::Quotas;
use sandbox::web::{HttpsAnswer, HttpsError};
use sandbox::world::{Delays, World};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;

const HOST: &str = "mta-sts.example.com";
const POLICY: &str = "/.well-known/mta-sts.txt";
const URL: &str = "https://mta-sts.example.com/.well-known/mta-sts.txt";
const SECURITY_HEADERS: &str = "67f7725c-6f97-4210-82d7-5512b31e9d03";

/// A bucket, a certificate and a distribution in front of them, and the clients that made them.
struct Site {
    sandbox: Sandbox,
    s3: aws_sdk_s3::Client,
    cloudfront: aws_sdk_cloudfront::Client,
    distribution: Answered,
}

impl Site {
    /// A site whose alias is in the DNS. The distribution is still `InProgress`.
    async fn new(sandbox: &Sandbox) -> Self {
        let config = config(sandbox, ONE, "us-east-1");
        let s3 = aws_sdk_s3::Client::new(&config);
        create_bucket(&s3, "assets").await;
        let acm = acm::client(sandbox, ONE, "us-east-1");
        let certificate = acm::issued(sandbox, &acm, &[HOST]).await;
        let cloudfront = cloudfront::client(sandbox, ONE);
        let control = create_access_control(&cloudfront, "assets").await;
        let distribution = serving("one", HOST, &certificate).origins(origins(origin(&control.id)));
        let distribution = create(&cloudfront, distribution).await;
        let values = [distribution.domain_name()];
        publish(sandbox, HOST, "CNAME", &values);
        Self {
            sandbox: sandbox.clone(),
            s3,
            cloudfront,
            distribution,
        }
    }

    /// The same with a policy that lets it in, and Deployed.
    async fn deployed(sandbox: &Sandbox) -> Self {
        let site = Self::new(sandbox).await;
        site.let_in(site.distribution.arn()).await;
        wait(sandbox, 170).await;
        site
    }

    async fn let_in(&self, arn: &str) {
        let policy = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":"cloudfront.amazonaws.com"}},"Action":"s3:GetObject","Resource":"arn:aws:s3:::assets/*","Condition":{{"StringEquals":{{"AWS:SourceArn":"{arn}"}}}}}}]}}"#
        );
        self.s3
            .put_bucket_policy()
            .bucket("assets")
            .policy(policy)
            .send()
            .await
            .expect("a policy");
    }

    async fn put(&self, key: &str, body: &str, cache_control: Option<&str>) {
        self.s3
            .put_object()
            .bucket("assets")
            .key(key)
            .content_type("text/plain")
            .set_cache_control(cache_control.map(ToOwned::to_owned))
            .body(ByteStream::from(body.as_bytes().to_vec()))
            .send()
            .await
            .expect("an object");
    }

    async fn put_policy(&self, body: &str) {
        self.put(&POLICY[1..], body, Some("max-age=300")).await;
    }

    async fn update(&mut self, change: impl FnOnce(&mut DistributionConfig)) {
        let mut config = self.distribution.config().clone();
        change(&mut config);
        self.distribution = update(&self.cloudfront, &self.distribution, config).await;
    }

    async fn get(&self) -> Result<HttpsAnswer, HttpsError> {
        self.sandbox.https(URL).await
    }

    /// Body and `x-cache` of the policy.
    async fn seen(&self) -> (String, String) {
        let answer = self.get().await.expect("an answer");
        let header = answer
            .headers
            .get("x-cache")
            .and_then(|value| value.to_str().ok());
        let (how, _) = header
            .and_then(|value| value.split_once(' '))
            .expect("x-cache");
        (text(&answer), how.to_owned())
    }
}

fn text(answer: &HttpsAnswer) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}

#[tokio::test(start_paused = true)]
async fn an_object_is_served_by_its_alias_and_by_the_distributions_own_name() {
    let sandbox = sandbox();
    let site = Site::deployed(&sandbox).await;
    site.put_policy("version: STSv1").await;
    let answer = site.get().await.expect("an answer");
    assert_eq!(answer.status, 200);
    assert_eq!(text(&answer), "version: STSv1");
    assert_eq!(answer.headers["content-type"], "text/plain");
    assert_eq!(answer.headers["cache-control"], "max-age=300");
    assert_eq!(answer.headers["x-cache"], "Miss from cloudfront");
    assert!(
        answer.headers["etag"]
            .to_str()
            .expect("text")
            .starts_with('"')
    );
    let own = format!("https://{}{POLICY}", site.distribution.domain_name());
    assert_eq!(
        text(&sandbox.https(&own).await.expect("an answer")),
        "version: STSv1"
    );
}

#[tokio::test(start_paused = true)]
async fn nothing_is_served_before_it_is_deployed_and_in_the_dns() {
    let sandbox = sandbox();
    let site = Site::new(&sandbox).await;
    site.let_in(site.distribution.arn()).await;
    site.put_policy("version: STSv1").await;
    let host = HOST.to_owned();
    assert_eq!(
        site.get().await.err(),
        Some(HttpsError::NoCertificate { host: host.clone() })
    );
    wait(&sandbox, 170).await;
    assert_eq!(site.get().await.expect("an answer").status, 200);
    unpublish(&sandbox, HOST, "CNAME");
    assert_eq!(
        site.get().await.err(),
        Some(HttpsError::NoAddress { host: host.clone() })
    );
    publish(&sandbox, HOST, "A", &["192.0.2.1"]);
    assert_eq!(site.get().await.err(), Some(HttpsError::Refused { host }));
    let other = "other.example.com".to_owned();
    let values = [site.distribution.domain_name()];
    publish(&sandbox, &other, "CNAME", &values);
    let answer = sandbox.https("https://other.example.com/").await;
    assert_eq!(
        answer.err(),
        Some(HttpsError::NoCertificate { host: other })
    );
}

#[tokio::test(start_paused = true)]
async fn the_bucket_lets_in_whom_its_policy_names() {
    let sandbox = sandbox();
    let site = Site::new(&sandbox).await;
    site.put_policy("version: STSv1").await;
    wait(&sandbox, 170).await;
    let denied = site.get().await.expect("an answer");
    assert_eq!(
        (
            denied.status.as_u16(),
            text(&denied).contains("AccessDenied")
        ),
        (403, true)
    );
    site.let_in(&site.distribution.arn().replace(ONE, "222222222222"))
        .await;
    wait(&sandbox, 10).await;
    assert_eq!(site.get().await.expect("an answer").status, 403);
    site.let_in(site.distribution.arn()).await;
    wait(&sandbox, 10).await;
    assert_eq!(site.get().await.expect("an answer").status, 200);
    let missing = sandbox
        .https("https://mta-sts.example.com/missing")
        .await
        .expect("an answer");
    assert_eq!(
        missing.status, 403,
        "who may not list the bucket does not learn what is not in it"
    );
}

#[tokio::test(start_paused = true)]
async fn the_bucket_itself_answers_access_denied() {
    let sandbox = sandbox();
    let site = Site::deployed(&sandbox).await;
    site.put_policy("version: STSv1").await;
    for host in [
        "assets.s3.us-east-1.amazonaws.com",
        "assets.s3.amazonaws.com",
    ] {
        let answer = sandbox
            .https(&format!("https://{host}{POLICY}"))
            .await
            .expect("an answer");
        assert_eq!(answer.status, 403, "{host}");
        assert!(
            text(&answer).contains("<Code>AccessDenied</Code>"),
            "{}",
            text(&answer)
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_is_kept_for_ten_seconds() {
    let sandbox = sandbox();
    let site = Site::deployed(&sandbox).await;
    assert_eq!(site.get().await.expect("an answer").status, 403);
    site.put_policy("version: STSv1").await;
    assert_eq!(site.get().await.expect("an answer").status, 403);
    wait(&sandbox, 10).await;
    assert_eq!(site.get().await.expect("an answer").status, 200);
}

#[tokio::test(start_paused = true)]
async fn an_old_object_is_served_until_its_time_is_over() {
    let sandbox = sandbox();
    let site = Site::deployed(&sandbox).await;
    let is = |body: &str, how: &str| (body.to_owned(), how.to_owned());
    site.put_policy("old").await;
    assert_eq!(site.seen().await, is("old", "Miss"));
    site.put_policy("new").await;
    wait(&sandbox, 200).await;
    assert_eq!(site.seen().await, is("old", "Hit"));
    assert!(
        site.get()
            .await
            .expect("an answer")
            .headers
            .contains_key("age")
    );
    wait(&sandbox, 100).await;
    assert_eq!(site.seen().await, is("new", "Miss"));
    wait(&sandbox, 300).await;
    assert_eq!(site.seen().await, is("new", "RefreshHit"));
}

#[tokio::test(start_paused = true)]
async fn an_invalidation_makes_the_edge_forget_when_it_completes() {
    let sandbox = sandbox();
    let site = Site::deployed(&sandbox).await;
    site.put_policy("old").await;
    site.seen().await;
    site.put_policy("new").await;
    let asked = invalidate(
        &site.cloudfront,
        site.distribution.id(),
        "1",
        &["/.well-known/*"],
    );
    asked.await.expect("an invalidation");
    wait(&sandbox, 19).await;
    assert_eq!(site.seen().await.0, "old");
    wait(&sandbox, 1).await;
    assert_eq!(site.seen().await, ("new".to_owned(), "Miss".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn the_cache_policy_bounds_what_an_object_asks_for() {
    let sandbox = sandbox();
    let site = Site::deployed(&sandbox).await;
    let kept_for = async |key: &str, cache_control: Option<&str>, seconds: u64| {
        let url = format!("https://{HOST}/{key}");
        site.put(key, "body", cache_control).await;
        let how = async || {
            let answer = sandbox.https(&url).await.expect("an answer");
            answer.headers["x-cache"].to_str().expect("text").to_owned()
        };
        assert_eq!(how().await, "Miss from cloudfront");
        wait(&sandbox, seconds - 1).await;
        let before = how().await;
        wait(&sandbox, 1).await;
        assert_eq!(
            (before.as_str(), how().await.as_str()),
            ("Hit from cloudfront", "RefreshHit from cloudfront"),
            "{key}"
        );
    };
    kept_for("plain", None, 86_400).await;
    kept_for("short", Some("public, max-age=60"), 60).await;
    kept_for("shared", Some("max-age=60, s-maxage=120"), 120).await;
    kept_for("never", Some("no-store"), 1).await;
}

#[tokio::test(start_paused = true)]
async fn the_edge_serves_the_previous_configuration_until_the_new_one_is_deployed() {
    let sandbox = sandbox();
    let mut site = Site::deployed(&sandbox).await;
    site.put_policy("version: STSv1").await;
    site.update(|config| {
        let behavior = config.default_cache_behavior.as_mut().expect("one");
        behavior.response_headers_policy_id = Some(SECURITY_HEADERS.to_owned());
    })
    .await;
    let strict = async |site: &Site| {
        let answer = site.get().await.expect("an answer");
        answer.headers.contains_key("strict-transport-security")
    };
    wait(&sandbox, 160).await;
    assert!(!strict(&site).await);
    wait(&sandbox, 10).await;
    assert!(strict(&site).await);
    site.update(|config| config.enabled = false).await;
    assert_eq!(site.get().await.expect("an answer").status, 200);
    wait(&sandbox, 170).await;
    assert_eq!(site.get().await.expect("an answer").status, 403);
}

#[tokio::test(start_paused = true)]
async fn plain_http_is_redirected() {
    let sandbox = sandbox();
    let site = Site::deployed(&sandbox).await;
    site.put_policy("version: STSv1").await;
    let viewer = Viewer {
        secure: false,
        method: "GET",
        host: HOST,
        target: POLICY,
        if_none_match: None,
        if_modified_since: None,
        now: sandbox.clock().now(),
    };
    let answer = edge::answer(&mut *sandbox.world(), &viewer);
    assert_eq!(
        (answer.status, answer.headers["location"].as_str()),
        (301, URL)
    );
    let fetched = edge::answer(
        &mut *sandbox.world(),
        &Viewer {
            secure: true,
            ..viewer
        },
    );
    let again = Viewer {
        secure: true,
        if_none_match: Some(&fetched.headers["etag"]),
        if_modified_since: None,
        ..viewer
    };
    assert_eq!(edge::answer(&mut *sandbox.world(), &again).status, 304);
    let post = Viewer {
        secure: true,
        method: "POST",
        ..viewer
    };
    assert_eq!(edge::answer(&mut *sandbox.world(), &post).status, 403);
}

#[tokio::test(start_paused = true)]
async fn row_23_answers_are_dated_and_numbered() {
    let sandbox = sandbox();
    let site = Site::deployed(&sandbox).await;
    site.put_policy("version: STSv1").await;
    let answer = site.get().await.expect("an answer");
    let header = |name: &str| answer.headers.get(name).and_then(|text| text.to_str().ok());
    assert!(header("x-amz-cf-id").is_some());
    let modified = header("last-modified").expect("a date").to_owned();
    let asked = Viewer {
        secure: true,
        method: "GET",
        host: HOST,
        target: POLICY,
        if_none_match: None,
        if_modified_since: Some(&modified),
        now: sandbox.clock().now(),
    };
    assert_eq!(edge::answer(&mut *sandbox.world(), &asked).status, 304);
    let earlier = Viewer {
        if_modified_since: Some("Mon, 01 Jan 2024 00:00:00 GMT"),
        ..asked
    };
    assert_eq!(edge::answer(&mut *sandbox.world(), &earlier).status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_distribution_without_ipv6_has_no_such_address() {
    let sandbox = sandbox();
    let mut site = Site::deployed(&sandbox).await;
    let addresses = |domain: &str| {
        let addresses = sandbox.world().cloudfront.addresses(domain);
        addresses.map(|all| {
            all.iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(" ")
        })
    };
    let domain = site.distribution.domain_name().to_owned();
    assert_eq!(addresses(&domain).as_deref(), Some("127.0.0.1 ::1"));
    site.update(|config| config.is_ipv6_enabled = Some(false))
        .await;
    wait(&sandbox, 170).await;
    assert_eq!(addresses(&domain).as_deref(), Some("127.0.0.1"));
    assert_eq!(addresses("d000000000000.cloudfront.net"), None);
}

/// A sandbox by the real clock in which nothing takes time, its site, and its HTTPS port.
async fn served() -> (Site, u16) {
    let mut world = World {
        delays: Delays::none(),
        quotas: Quotas::none(),
        ..World::calm()
    };
    world.sts.seed_account(ONE, &[]);
    let sandbox = Sandbox::new(world, Clock::starting_at(Clock::real().now(), 1000.0));
    sandbox.make_authority_secret();
    let site = Site::deployed(&sandbox).await;
    site.put_policy("version: STSv1").await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(sandbox.serve_https(listener));
    (site, port)
}

fn connector(sandbox: &Sandbox) -> TlsConnector {
    let mut roots = rustls::RootCertStore::empty();
    let pem = sandbox.root_certificate();
    let root = rustls::pki_types::CertificateDer::from_pem_slice(pem.as_bytes()).expect("PEM");
    roots.add(root).expect("a root");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("TLS versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

#[tokio::test]
async fn the_https_port_serves_by_sni_with_the_certificate_that_acm_issued() {
    let (site, port) = Box::pin(served()).await;
    let stream = TcpStream::connect(("127.0.0.1", port))
        .await
        .expect("a connection");
    let name = ServerName::try_from(HOST).expect("a name");
    let mut tls = connector(&site.sandbox)
        .connect(name, stream)
        .await
        .expect("a handshake");
    let shown = tls.get_ref().1.peer_certificates().expect("certificates")[0].clone();
    let request = format!("GET {POLICY} HTTP/1.1\r\nhost: {HOST}\r\nconnection: close\r\n\r\n");
    tls.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    tls.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(answer.ends_with("version: STSv1"), "{answer}");
    let serial = site
        .sandbox
        .world()
        .acm
        .certificates
        .values()
        .flat_map(|held| held.values())
        .next()
        .expect("one")
        .serial();
    assert!(
        shown.windows(16).any(|window| window == serial),
        "the serial number that ACM shows"
    );
}

#[tokio::test]
async fn the_https_port_refuses_the_handshake_for_other_names() {
    let (site, port) = Box::pin(served()).await;
    let stream = TcpStream::connect(("127.0.0.1", port))
        .await
        .expect("a connection");
    let name = ServerName::try_from("other.example.com").expect("a name");
    let refused = connector(&site.sandbox).connect(name, stream).await;
    assert!(refused.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn curl_gets_the_policy_and_fails_where_there_is_no_certificate() {
    let (site, port) = Box::pin(served()).await;
    let folder = std::env::temp_dir().join(format!("sandbox-https-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let root = folder.join("root.pem");
    #[expect(clippy::disallowed_methods, reason = "curl reads the root from a file")]
    std::fs::write(&root, site.sandbox.root_certificate()).expect("written");
    let curl = |host: &str, connect: &[String]| {
        let got = Command::new("curl")
            .args(["--silent", "--cacert"])
            .arg(&root)
            .args(connect)
            .arg(format!("https://{host}{POLICY}"))
            .output()
            .expect("this test needs curl: apt-get install curl");
        let text = String::from_utf8_lossy(&got.stdout).into_owned();
        (got.status.code(), text)
    };
    let to = |host: &str| {
        [
            "--connect-to".to_owned(),
            format!("{host}:443:127.0.0.1:{port}"),
        ]
    };
    let found = (Some(0), "version: STSv1".to_owned());
    assert_eq!(curl(HOST, &to(HOST)), found);
    let address = ["--resolve".to_owned(), format!("{HOST}:{port}:127.0.0.1")];
    assert_eq!(curl(&format!("{HOST}:{port}"), &address), found);
    let bucket = "assets.s3.us-east-1.amazonaws.com";
    let (_, denied) = curl(bucket, &to(bucket));
    assert!(denied.contains("<Code>AccessDenied</Code>"), "{denied}");
    let other = "other.example.com";
    assert_eq!(
        curl(other, &to(other)).0,
        Some(60),
        "the certificate of *.cloudfront.net, which is not for this name"
    );
    std::fs::remove_dir_all(&folder).expect("removed");
}
