//! Web servers that misbehave.

use std::net::SocketAddr;
use std::sync::Arc;

use model::{Outside, Unseen, Visit};
use rustls::ServerConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::super::{Observer, ObserverError, Proxies, View};
use super::{Authority, view};

const HOST: &str = "mta-sts.example.com";
const LAST_YEAR: i32 = 2099;

/// Answers one request as its path asks.
async fn answer(mut stream: TlsStream<TcpStream>) -> std::io::Result<()> {
    let mut request = vec![0; 4096];
    let length = stream.read(&mut request).await?;
    let request = String::from_utf8_lossy(&request[..length]).into_owned();
    let path = request.split(' ').nth(1).unwrap_or_default();
    match path {
        "/redirect" => {
            let head = b"HTTP/1.1 302 Found\r\nlocation: https://elsewhere.example/\r\ncontent-length: 0\r\n\r\n";
            stream.write_all(head).await?;
        }
        "/gzip" => {
            let head = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\n\x1f\x8b\x08\x00";
            stream.write_all(head).await?;
        }
        "/giant" => {
            let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000000\r\n\r\n";
            stream.write_all(head).await?;
            loop {
                stream.write_all(&[b'x'; 8192]).await?;
            }
        }
        "/headers" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n").await?;
            loop {
                stream.write_all(b"x-more: and more\r\n").await?;
            }
        }
        "/drip" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
            let mut every = tokio::time::interval(std::time::Duration::from_millis(50));
            loop {
                every.tick().await;
                stream.write_all(b"x").await?;
                stream.flush().await?;
            }
        }
        "/hangup" => {}
        _ => {
            let head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\ncontent-length: 2\r\n\r\nhi";
            stream.write_all(head).await?;
        }
    }
    stream.shutdown().await
}

async fn serve(config: Arc<ServerConfig>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = TlsAcceptor::from(config.clone());
            tokio::spawn(async move {
                // The client hangs up on most of these servers: that is the point.
                if let Ok(stream) = acceptor.accept(stream).await {
                    let _ = answer(stream).await;
                }
            });
        }
    });
    address
}

async fn visit_with(
    config: Arc<ServerConfig>,
    authority: &Authority,
    path: &str,
) -> Result<Visit, Unseen> {
    let observer = Observer::new(View {
        connect: Some(serve(config).await),
        resolver: Some(([127, 0, 0, 1], 1).into()),
        authorities: Some(authority.pem()),
        ..view()
    });
    let url = format!("https://{HOST}{path}");
    observer.expect("an observer").visit(&url, None).await
}

async fn visit(path: &str) -> Result<Visit, Unseen> {
    let authority = Authority::new();
    visit_with(authority.server(HOST, LAST_YEAR), &authority, path).await
}

#[tokio::test]
async fn a_visit_shows_all_there_is() {
    let seen = visit("/").await.expect("an answer");
    assert_eq!((seen.status, seen.body.as_slice()), (200, b"hi".as_slice()));
    assert_eq!(seen.media_type().as_deref(), Some("text/plain"));
    assert!(seen.took.is_some());
    let certificate = seen.certificate.expect("a certificate");
    assert_eq!(certificate.names, [HOST]);
    assert_eq!(certificate.not_after.to_string(), "2099-01-01T00:00:00Z");
}

/// A proxy that opens one tunnel to `server`, whatever host it is asked for; and what it was asked.
async fn tunnel(server: SocketAddr) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!(
        "http://somebody:secret@{}",
        listener.local_addr().expect("an address")
    );
    let asked = tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.expect("a client");
        let mut asked = Vec::new();
        while !asked.ends_with(b"\r\n\r\n") {
            asked.push(client.read_u8().await.expect("a request"));
        }
        let answer = b"HTTP/1.1 200 Connection established\r\n\r\n";
        client.write_all(answer).await.expect("a client");
        let mut server = TcpStream::connect(server).await.expect("a server");
        // Either side may hang up first.
        let _ = copy_bidirectional(&mut client, &mut server).await;
        String::from_utf8(asked).expect("text")
    });
    (url, asked)
}

/// R-31, for probes from outside.
#[tokio::test]
async fn r_31_a_visit_goes_through_the_proxy_and_judges_the_host_s_own_certificate() {
    let authority = Authority::new();
    let other = Authority::new();
    for (trusted, is_right) in [(&authority, true), (&other, false)] {
        let server = serve(authority.server(HOST, LAST_YEAR)).await;
        let (proxy, asked) = tunnel(server).await;
        let proxies = Proxies::through(&proxy);
        let shown = proxies.towards(HOST).expect("a proxy");
        assert!(!shown.contains("secret"), "{shown}");
        let observer = Observer::new(View {
            proxies,
            // Nobody answers here: the proxy resolves names itself.
            resolver: Some(([127, 0, 0, 1], 1).into()),
            authorities: Some(trusted.pem()),
            ..view()
        });
        let observer = observer.expect("an observer");
        let url = format!("https://{HOST}/");
        let pinned = observer.visit(&url, Some([127, 0, 0, 1].into())).await;
        assert!(matches!(pinned, Err(Unseen::NotFromHere)), "{pinned:?}");
        let seen = observer.visit(&url, None).await;
        assert_eq!(seen.is_ok(), is_right, "{seen:?}");
        drop(observer);
        let asked = asked.await.expect("a request");
        assert!(
            asked.starts_with(&format!("CONNECT {HOST}:443 ")),
            "{asked}"
        );
        let credentials = "proxy-authorization: basic c29tzwjvzhk6c2vjcmv0";
        assert!(asked.to_lowercase().contains(credentials), "{asked}");
    }
}

#[tokio::test]
async fn redirects_are_shown_and_not_followed() {
    let seen = visit("/redirect").await.expect("an answer");
    assert_eq!(seen.status, 302);
    let target = seen.headers.get("location").map(String::as_str);
    assert_eq!(target, Some("https://elsewhere.example/"));
}

#[tokio::test]
async fn nothing_is_inflated() {
    let seen = visit("/gzip").await.expect("an answer");
    assert_eq!(seen.body, [0x1f, 0x8b, 0x08, 0x00]);
}

#[tokio::test]
async fn bodies_and_headers_without_end_are_cut_off() {
    let giant = visit("/giant").await.expect_err("too much");
    assert_eq!(giant.to_string(), "the answer has more than 524288 bytes");
    assert!(matches!(visit("/headers").await, Err(Unseen::NoAnswer(_))));
    assert!(matches!(visit("/hangup").await, Err(Unseen::NoAnswer(_))));
}

#[tokio::test]
async fn a_dripping_server_is_given_up() {
    assert_eq!(visit("/drip").await, Err(Unseen::Slow(super::PATIENCE)));
}

#[tokio::test]
async fn a_certificate_must_be_for_the_name_current_and_vouched_for() {
    let authority = Authority::new();
    let other = authority.server("provider.example", LAST_YEAR);
    let seen = visit_with(other, &authority, "/").await;
    assert_eq!(seen, Err(Unseen::OtherName("provider.example".to_owned())));

    let old = authority.server(HOST, 2021);
    let seen = visit_with(old, &authority, "/").await;
    assert_eq!(seen, Err(Unseen::Certificate("it has expired".to_owned())));

    let unknown = Authority::new().server(HOST, LAST_YEAR);
    let seen = visit_with(unknown, &authority, "/").await;
    assert!(matches!(seen, Err(Unseen::Certificate(_))), "{seen:?}");
}

#[tokio::test]
async fn what_is_no_https_url_is_not_fetched() {
    let observer = Observer::new(View {
        resolver: Some(([127, 0, 0, 1], 1).into()),
        ..view()
    });
    let observer = observer.expect("an observer");
    for url in ["http://example.com/", "nonsense", "https://"] {
        assert!(observer.fetch(url).await.is_err(), "{url}");
    }
}

#[tokio::test]
async fn the_file_of_authorities_must_have_some() {
    let made = Observer::new(View {
        authorities: Some("no certificate".to_owned()),
        ..view()
    });
    assert!(matches!(made, Err(ObserverError::Authorities(_))));
}
