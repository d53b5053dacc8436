//! The SMTP port: mail hosts by the name that a client asks TLS for.
//!
//! One server stands for all of them. It offers STARTTLS, shows each host's own certificate, and
//! takes no mail. A world can say what is wrong with a host.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::Sandbox;
use crate::ca::Leaf;
pub use crate::mail::Fault;

/// How long a client may be silent.
const SILENCE_MAX: Duration = Duration::from_secs(30);
/// The longest line of a command (RFC 5321, section 4.5.3.1.4).
const LINE_MAX: u64 = 512;

impl Sandbox {
    /// Answers SMTP on `listener`, up to STARTTLS, for every mail host there is.
    pub async fn serve_smtp(self, listener: TcpListener) -> io::Result<()> {
        let acceptor = TlsAcceptor::from(Arc::new(self.mail_tls().map_err(io::Error::other)?));
        loop {
            let (stream, _) = listener.accept().await?;
            let acceptor = acceptor.clone();
            // A client that goes away in the middle is no one's concern but its own.
            tokio::spawn(tokio::time::timeout(SILENCE_MAX, talk(stream, acceptor)));
        }
    }

    fn mail_tls(&self) -> Result<ServerConfig, rustls::Error> {
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(ByHost(self.clone())));
        Ok(config)
    }

    /// The certificate of the mail host `host`; nothing where it has none.
    pub fn mail_certificate(&self, host: &str) -> Option<Leaf> {
        let now = self.clock().now();
        let world = self.public_world();
        let authority = &world.acm.authority;
        let year = SignedDuration::from_hours(24 * 366);
        match world.mail.faults.get(host) {
            None => authority.own_leaf(&[host.to_owned()], now),
            Some(Fault::Expired) => authority.own_leaf(&[host.to_owned()], now - year - year),
            Some(Fault::OtherName) => authority.own_leaf(&["mx.other.example".to_owned()], now),
            Some(Fault::NoCertificate) => None,
        }
    }
}

async fn talk(stream: TcpStream, acceptor: TlsAcceptor) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 sandbox ready\r\n").await?;
    loop {
        let mut line = String::new();
        let read = (&mut stream).take(LINE_MAX).read_line(&mut line).await?;
        let command = line.trim().to_ascii_uppercase();
        let reply: &[u8] = match command.split(' ').next().unwrap_or_default() {
            "" if read == 0 => return Ok(()),
            "EHLO" => b"250-sandbox\r\n250 STARTTLS\r\n",
            "HELO" | "NOOP" | "RSET" => b"250 sandbox\r\n",
            "QUIT" => b"221 bye\r\n",
            "STARTTLS" => b"220 go ahead\r\n",
            _ => b"502 no mail is taken here\r\n",
        };
        stream.write_all(reply).await?;
        if command == "STARTTLS" {
            acceptor
                .accept(stream.into_inner())
                .await?
                .shutdown()
                .await?;
            return Ok(());
        }
    }
}

/// The certificate of the host that the client names.
struct ByHost(Sandbox);

impl fmt::Debug for ByHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ByHost")
    }
}

impl ResolvesServerCert for ByHost {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let leaf = self.0.mail_certificate(hello.server_name()?)?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(leaf.key_der));
        let key = any_supported_type(&key).ok()?;
        Some(Arc::new(CertifiedKey::new(vec![leaf.certificate_der], key)))
    }
}
