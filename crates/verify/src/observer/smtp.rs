//! STARTTLS at a mail host, as a sender under MTA-STS asks for it (RFC 8461 §4.2, RFC 3207).

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use model::{ShownCertificate, Unseen};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::certificate;

/// SMTP's own port, between mail servers.
pub(super) const PORT: u16 = 25;
/// The most bytes of one line of a reply, twice what RFC 5321 §4.5.3.1.5 allows.
const LINE_MAX: u64 = 1024;
/// The most lines of one reply.
const LINES_MAX: usize = 100;

/// The certificate that `host` shows after STARTTLS, checked for its name.
pub(super) async fn starttls(
    tls: &Arc<ClientConfig>,
    host: &str,
    addresses: &[SocketAddr],
    patience: Duration,
) -> Result<ShownCertificate, Unseen> {
    let chain = chain(tls, host, addresses, patience).await?;
    let leaf = chain.first().and_then(|leaf| certificate::read(leaf));
    leaf.ok_or_else(|| Unseen::Certificate("it cannot be read".to_owned()))
}

/// All certificates that `host` shows after STARTTLS, its own first, as far as `tls` accepts them.
pub(super) async fn chain(
    tls: &Arc<ClientConfig>,
    host: &str,
    addresses: &[SocketAddr],
    patience: Duration,
) -> Result<Vec<Vec<u8>>, Unseen> {
    let asked = async {
        let stream = TcpStream::connect(addresses).await.map_err(|error| {
            Unseen::NoAnswer(format!("{host} does not answer on port 25: {error}"))
        })?;
        let stream = talk(stream, host).await?;
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| Unseen::NoAnswer(format!("{host} is not the name of a host")))?;
        let stream = TlsConnector::from(tls.clone())
            .connect(name, stream)
            .await
            .map_err(|error| {
                certificate::tls_fault(&error).unwrap_or_else(|| Unseen::NoTls(error.to_string()))
            })?;
        let (_, session) = stream.get_ref();
        let chain = session.peer_certificates().unwrap_or_default();
        Ok(chain.iter().map(|one| one.to_vec()).collect())
    };
    tokio::time::timeout(patience, asked)
        .await
        .map_err(|_| Unseen::Slow(patience))?
}

/// Talks up to the point where TLS starts.
async fn talk(stream: TcpStream, host: &str) -> Result<TcpStream, Unseen> {
    let mut stream = BufReader::new(stream);
    expect(&mut stream, host, "220").await?;
    say(&mut stream, "EHLO deploy.invalid\r\n").await?;
    let offers = expect(&mut stream, host, "250").await?;
    let offers_tls = offers
        .iter()
        .any(|line| line.trim().eq_ignore_ascii_case("STARTTLS"));
    if !offers_tls {
        return Err(Unseen::NoTls(format!("{host} does not offer STARTTLS")));
    }
    say(&mut stream, "STARTTLS\r\n").await?;
    expect(&mut stream, host, "220").await?;
    // What came before TLS and was not asked for is an attack on STARTTLS (CVE-2011-0411).
    if !stream.buffer().is_empty() {
        let reason = format!("{host} goes on in clear after it agreed to STARTTLS");
        return Err(Unseen::NoTls(reason));
    }
    Ok(stream.into_inner())
}

async fn say(stream: &mut BufReader<TcpStream>, line: &str) -> Result<(), Unseen> {
    let said = async {
        stream.write_all(line.as_bytes()).await?;
        stream.flush().await
    };
    said.await
        .map_err(|error: std::io::Error| Unseen::NoAnswer(error.to_string()))
}

/// The texts of a reply with `code`; any other is no answer.
async fn expect(
    stream: &mut BufReader<TcpStream>,
    host: &str,
    code: &str,
) -> Result<Vec<String>, Unseen> {
    let mut texts = Vec::new();
    while texts.len() < LINES_MAX {
        let mut line = Vec::new();
        let mut limited = (&mut *stream).take(LINE_MAX);
        let read = limited.read_until(b'\n', &mut line).await;
        read.map_err(|error| Unseen::NoAnswer(error.to_string()))?;
        let line = String::from_utf8_lossy(&line);
        let (said, text) = line.split_at_checked(3).unwrap_or(("", &line));
        if said != code {
            let line = line.trim();
            let reason = if line.is_empty() {
                format!("{host} hangs up")
            } else {
                format!("{host} says {line}")
            };
            return Err(Unseen::NoAnswer(reason));
        }
        let more = text.starts_with('-');
        texts.push(text.get(1..).unwrap_or_default().trim_end().to_owned());
        if !more {
            return Ok(texts);
        }
    }
    Err(Unseen::NoAnswer(format!("{host} talks without end")))
}
