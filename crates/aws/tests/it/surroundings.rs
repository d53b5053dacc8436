//! Tests of the credentials and settings that come from the environment. An environment belongs to a whole
//! process, so each test starts itself again in a process with the environment that it is about.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use aws::{Access, Connection, Notice, SessionError};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use rustls::pki_types::PrivatePkcs8KeyDer;

use crate::stand::{Answer, CALLER, Script, access, clock, session};

/// The variable that marks a process as started by a test.
const INNER: &str = "DEPLOY_TEST_INNER";

const ZONES: &str = "<ListHostedZonesResponse><HostedZones></HostedZones>\
    <IsTruncated>false</IsTruncated><MaxItems>100</MaxItems></ListHostedZonesResponse>";

/// Whether this process has the environment of the test. If not, this runs the test in a process that has it,
/// and expects it to pass.
fn has_environment(test: &str, config: &str, variables: &[(&str, &str)]) -> bool {
    #[expect(
        clippy::disallowed_methods,
        reason = "the test set it for its own process"
    )]
    if std::env::var(INNER).is_ok() {
        return true;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config");
    #[expect(clippy::disallowed_methods, reason = "the file is the test's own")]
    std::fs::write(&file, config).unwrap();
    let ran = run(test, &file, variables);
    let said = [ran.stdout.as_slice(), &ran.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(ran.status.success(), "{said}");
    assert!(
        said.contains("1 passed"),
        "the test is found by its name: {said}"
    );
    false
}

fn run(test: &str, config: &Path, variables: &[(&str, &str)]) -> std::process::Output {
    Command::new(std::env::current_exe().unwrap())
        .args([&format!("surroundings::{test}"), "--exact", "--nocapture"])
        .env_clear()
        .env(INNER, "1")
        .env("AWS_CONFIG_FILE", config)
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

fn of_profile(name: &str) -> Access {
    Access {
        profile: Some(name.to_owned()),
        ..access(None)
    }
}

fn connection(script: &Script) -> Connection {
    Connection {
        http: Some(SharedHttpClient::new(script.clone())),
        notice: Notice::default(),
        ..Connection::new(clock())
    }
}

async fn refused(access: Access) -> String {
    let script = Script::new([Answer::Says(200, ZONES)]);
    let error = session(access, connection(&script)).await.unwrap_err();
    assert!(
        matches!(error, SessionError::Unavailable { .. }),
        "{error:?}"
    );
    error.to_string()
}

const MAIL: &str = "[profile mail]\naws_access_key_id = AKIDPROFILE\n\
    aws_secret_access_key = secret\n";

#[tokio::test(start_paused = true)]
async fn e7_a_profile_that_the_manifest_names_goes_before_the_environment() {
    let test = "e7_a_profile_that_the_manifest_names_goes_before_the_environment";
    let keys = [
        ("AWS_ACCESS_KEY_ID", "AKIDENVIRONMENT"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ];
    if !has_environment(test, MAIL, &keys) {
        return;
    }
    let script = Script::new([Answer::Says(200, ZONES)]);
    let session = session(of_profile("mail"), connection(&script))
        .await
        .unwrap();
    session.route53().list_hosted_zones().send().await.unwrap();
    let requests = script.requests.lock().unwrap().clone();
    assert!(requests[0].contains("AKIDPROFILE"), "{requests:?}");
}

#[tokio::test(start_paused = true)]
async fn a_profile_that_is_not_there_is_refused_by_name() {
    let test = "a_profile_that_is_not_there_is_refused_by_name";
    let keys = [
        ("AWS_ACCESS_KEY_ID", "AKIDENVIRONMENT"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ];
    if !has_environment(test, MAIL, &keys) {
        return;
    }
    let said = refused(of_profile("post")).await;
    assert!(said.contains("no profile `post`"), "{said}");
}

/// the SDK waits seconds for the instance's metadata service, once for each account (AWS SDKs and Tools
/// Reference Guide, "IMDS credential provider").
#[tokio::test(start_paused = true)]
async fn r_33_without_credentials_an_account_says_so_within_three_seconds() {
    let test = "r_33_without_credentials_an_account_says_so_within_three_seconds";
    let config = "[profile mail]\nsso_session = corp\nsso_account_id = 111111111111\n\
        sso_role_name = mail\n[sso-session corp]\nsso_region = us-east-1\n\
        sso_start_url = https://corp.awsapps.com/start\n";
    if !has_environment(test, config, &[("HOME", "/nonexistent")]) {
        return;
    }
    let clock = clock();
    for access in [access(None), of_profile("mail")] {
        let script = Script::silent();
        let connection = Connection {
            http: Some(SharedHttpClient::new(script)),
            ..Connection::new(clock)
        };
        let begun = clock.now();
        let error = session(access.clone(), connection).await.unwrap_err();
        let took = clock.now().duration_since(begun);
        assert!(took.as_secs_f64() < 3.0, "{took}: {error}");
        let said = error.to_string();
        let command = match access.profile {
            Some(_) => "aws sso login --profile mail",
            None => "aws configure",
        };
        assert!(said.contains(command), "{said}");
        assert!(said.contains("profile `"), "{said}");
    }
}

#[tokio::test(start_paused = true)]
async fn r_32_what_a_run_cannot_do_names_the_profile_and_the_command() {
    let test = "r_32_what_a_run_cannot_do_names_the_profile_and_the_command";
    let config = "[profile mail]\nrole_arn = arn:aws:iam::111111111111:role/mail\n\
        source_profile = base\n[profile base]\naws_access_key_id = AKID\n\
        aws_secret_access_key = secret\nmfa_serial = arn:aws:iam::999999999999:mfa/me\n\
        [profile web]\nlogin_session = arn:aws:iam::111111111111:user/me\n";
    if !has_environment(test, config, &[]) {
        return;
    }
    let said = refused(of_profile("mail")).await;
    assert!(
        said.contains("profile `base` asks for a code of MFA"),
        "{said}"
    );
    assert!(said.contains("export-credentials --profile base"), "{said}");
    let said = refused(of_profile("web")).await;
    assert!(said.contains("aws login --profile web"), "{said}");
}

#[tokio::test(start_paused = true)]
async fn e9_an_endpoint_that_is_configured_is_never_passed_over() {
    let test = "e9_an_endpoint_that_is_configured_is_never_passed_over";
    let config = "[profile mail]\nservices = local\naws_access_key_id = AKID\n\
        aws_secret_access_key = secret\n\
        [profile odd]\nservices = misspelt\naws_access_key_id = AKID\n\
        aws_secret_access_key = secret\n\
        [services local]\nroute_53 =\n  endpoint_url = http://127.0.0.1:4566\n\
        [services misspelt]\nroute53 =\n  endpoint_url = http://127.0.0.1:4566\n";
    if !has_environment(test, config, &[]) {
        return;
    }
    let script = Script::new([Answer::Says(200, ZONES)]);
    let session = session(of_profile("mail"), connection(&script))
        .await
        .unwrap();
    session.route53().list_hosted_zones().send().await.unwrap();
    let hosts = script.hosts.lock().unwrap().clone();
    assert!(hosts[0].starts_with("http://127.0.0.1:4566/"), "{hosts:?}");
    let said = refused(of_profile("odd")).await;
    assert!(said.contains("its name is `route_53`"), "{said}");
}

#[tokio::test(start_paused = true)]
async fn a_misspelt_variable_of_an_endpoint_is_refused() {
    let test = "a_misspelt_variable_of_an_endpoint_is_refused";
    let variables = [("AWS_ENDPOINT_URL_ROUTE53", "http://127.0.0.1:4566")];
    if !has_environment(test, MAIL, &variables) {
        return;
    }
    let said = refused(of_profile("mail")).await;
    assert!(said.contains("AWS_ENDPOINT_URL_ROUTE_53"), "{said}");
}

#[tokio::test(start_paused = true)]
async fn e9_the_number_of_attempts_is_the_environment_s() {
    let test = "e9_the_number_of_attempts_is_the_environment_s";
    if !has_environment(test, MAIL, &[("AWS_MAX_ATTEMPTS", "2")]) {
        return;
    }
    let script = Script::new([Answer::Says(500, "")]);
    let session = session(of_profile("mail"), connection(&script))
        .await
        .unwrap();
    let answer = session.route53().list_hosted_zones().send().await;
    assert!(answer.is_err());
    assert_eq!(script.count(), 2);
}

#[tokio::test]
async fn r_31_a_bundle_of_authorities_that_cannot_be_read_is_refused() {
    let test = "r_31_a_bundle_of_authorities_that_cannot_be_read_is_refused";
    if !has_environment(test, MAIL, &[("AWS_CA_BUNDLE", "/nonexistent/bundle.pem")]) {
        return;
    }
    let error = session(of_profile("mail"), Connection::new(clock())).await;
    let said = error.unwrap_err().to_string();
    assert!(said.contains("AWS_CA_BUNDLE"), "{said}");
    assert!(said.contains("/nonexistent/bundle.pem"), "{said}");
}

/// Starts a server at `https://localhost` that answers for every AWS service. Returns its port, and its
/// certificate as the authority to trust.
fn own_endpoint() -> (u16, String) {
    let key = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let chain = vec![key.cert.der().clone()];
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            chain,
            PrivatePkcs8KeyDer::from(key.signing_key.serialize_der()).into(),
        )
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = rustls::ServerConnection::new(config.clone()).unwrap();
            let mut tls = rustls::StreamOwned::new(connection, stream.unwrap());
            // A client that does not trust the certificate closes the connection here.
            if tls.read(&mut [0; 4096]).is_ok() {
                let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: ";
                let answer = format!("{head}{}\r\n\r\n{CALLER}", CALLER.len());
                tls.write_all(answer.as_bytes()).unwrap();
                tls.flush().unwrap();
            }
        }
    });
    (port, key.cert.pem())
}

/// E9: an authority that `--ca` names is trusted for AWS too, besides the public ones.
#[tokio::test]
async fn r_31_e9_an_authority_of_one_s_own_is_trusted_for_aws_too() {
    let test = "r_31_e9_an_authority_of_one_s_own_is_trusted_for_aws_too";
    #[expect(
        clippy::disallowed_methods,
        reason = "the test set it for its own process"
    )]
    let Ok(pem) = std::env::var("DEPLOY_TEST_AUTHORITY") else {
        let (port, pem) = own_endpoint();
        let url = format!("https://localhost:{port}");
        let variables = [
            ("AWS_ENDPOINT_URL", url.as_str()),
            ("AWS_MAX_ATTEMPTS", "1"),
            ("DEPLOY_TEST_AUTHORITY", &pem),
        ];
        assert!(!has_environment(test, MAIL, &variables));
        return;
    };
    let refused = session(of_profile("mail"), Connection::new(clock())).await;
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("AWS_CA_BUNDLE"), "{refused}");
    let trusting = Connection {
        authorities: Some(pem),
        ..Connection::new(clock())
    };
    session(of_profile("mail"), trusting).await.unwrap();
}

/// The connection is requested from the proxy. Nothing listens there, and no other way is tried.
#[tokio::test]
async fn r_31_e9_calls_go_through_the_proxy_that_the_environment_names() {
    let test = "r_31_e9_calls_go_through_the_proxy_that_the_environment_names";
    let proxy = ("HTTPS_PROXY", "http://127.0.0.1:1");
    let attempts = ("AWS_MAX_ATTEMPTS", "1");
    if !has_environment(test, MAIL, &[proxy, attempts]) {
        return;
    }
    let error = session(of_profile("mail"), Connection::new(clock())).await;
    let said = error.unwrap_err().to_string();
    assert!(said.contains("check HTTPS_PROXY"), "{said}");
    assert!(!said.contains("aws configure"), "{said}");
}

#[tokio::test(start_paused = true)]
async fn e9_a_process_that_hangs_is_given_up() {
    let test = "e9_a_process_that_hangs_is_given_up";
    let config = "[profile mail]\ncredential_process = /usr/bin/tail -f /dev/null\n";
    if !has_environment(test, config, &[]) {
        return;
    }
    let error = session(of_profile("mail"), Connection::new(clock())).await;
    let said = error.unwrap_err().to_string();
    assert!(said.contains("credential_process"), "{said}");
}
