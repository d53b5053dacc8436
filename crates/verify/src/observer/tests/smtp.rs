//! Mail hosts with and without STARTTLS.

use std::sync::Arc;

use model::{Outside, ShownCertificate, Unseen};
use rustls::ServerConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::super::{Observer, View};
use super::{Authority, view};

const HOST: &str = "mx.example.com";

/// Asks a host that says `replies`, one after each line of the client, and then starts TLS.
async fn ask(
    authority: &Authority,
    config: Arc<ServerConfig>,
    replies: &'static [&'static str],
) -> Result<ShownCertificate, Unseen> {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a client");
        let mut line = [0; 512];
        for (position, reply) in replies.iter().enumerate() {
            if position > 0 && stream.read(&mut line).await.unwrap_or(0) == 0 {
                return;
            }
            stream
                .write_all(reply.as_bytes())
                .await
                .expect("loopback works");
        }
        // A client that refuses the certificate hangs up.
        let _ = TlsAcceptor::from(config).accept(stream).await;
    });
    let observer = Observer::new(View {
        resolver: Some(([127, 0, 0, 1], 1).into()),
        mail_hosts: Some(address),
        authorities: Some(authority.pem()),
        ..view()
    });
    observer.expect("an observer").starttls(HOST).await
}

const POLITE: &[&str] = &[
    "220 mx.example.com ready\r\n",
    "250-mx.example.com\r\n250-SIZE 1000\r\n250 starttls\r\n",
    "220 go ahead\r\n",
];

#[tokio::test]
async fn a_mail_host_shows_its_certificate_after_starttls() {
    let authority = Authority::new();
    let shown = ask(&authority, authority.server(HOST, 2099), POLITE).await;
    assert_eq!(shown.expect("a certificate").names, [HOST]);
    let other = authority.server("other.example", 2099);
    let shown = ask(&authority, other, POLITE).await;
    assert_eq!(shown, Err(Unseen::OtherName("other.example".to_owned())));
}

#[tokio::test]
async fn a_mail_host_without_starttls_has_no_tls() {
    let authority = Authority::new();
    let config = authority.server(HOST, 2099);
    let plain = &["220 hello\r\n", "250 SIZE\r\n"];
    let shown = ask(&authority, config.clone(), plain).await;
    let reason = "mx.example.com does not offer STARTTLS".to_owned();
    assert_eq!(shown, Err(Unseen::NoTls(reason)));
    let injected = &[
        "220 hello\r\n",
        "250 STARTTLS\r\n",
        "220 go\r\n250 injected\r\n",
    ];
    let shown = ask(&authority, config, injected).await;
    assert!(matches!(shown, Err(Unseen::NoTls(_))), "{shown:?}");
}

#[tokio::test]
async fn a_mail_host_that_refuses_or_says_nothing_is_no_answer() {
    let authority = Authority::new();
    let config = authority.server(HOST, 2099);
    let shown = ask(&authority, config.clone(), &["554 go away\r\n"]).await;
    let reason = "mx.example.com says 554 go away".to_owned();
    assert_eq!(shown, Err(Unseen::NoAnswer(reason)));
    let shown = ask(&authority, config, &["220"]).await;
    assert_eq!(shown, Err(Unseen::Slow(super::PATIENCE)));
}
