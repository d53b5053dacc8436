//! HTTPS as senders and receivers speak it: no redirects, nothing inflated, no waiting for ever.

use std::collections::BTreeMap;
use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use model::{Unseen, Visit};
use reqwest::redirect::Policy;
use reqwest::tls::TlsInfo;
use reqwest::{Client, Proxy, Response, Url};
use rustls::ClientConfig;
use tokio::time::Instant;

use super::certificate;

/// HTTPS's own port.
pub(super) const PORT: u16 = 443;
/// The most bytes of a body: more than any policy, logo or mark certificate has.
const BODY_MAX: usize = 512 * 1024;
/// The most bytes of headers.
const HEADERS_MAX: u32 = 64 * 1024;

/// A URL that can be fetched.
pub(super) struct HttpsUrl {
    pub(super) url: Url,
    pub(super) host: String,
}

pub(super) fn parse(text: &str) -> Result<HttpsUrl, Unseen> {
    let url = Url::parse(text)
        .map_err(|error| Unseen::NoAnswer(format!("{text} is not a URL: {error}")))?;
    let host = url.host_str().map(str::to_owned);
    match host {
        Some(host) if url.scheme() == "https" => Ok(HttpsUrl { url, host }),
        _ => Err(Unseen::NoAnswer(format!("{text} is not an https URL"))),
    }
}

/// The way to a host.
pub(super) struct Way {
    pub(super) tls: Arc<ClientConfig>,
    pub(super) to: To,
    /// How long an exchange may take.
    pub(super) patience: Duration,
}

/// The end of the connection.
pub(super) enum To {
    /// The first of these that answers.
    Addresses(Vec<SocketAddr>),
    /// A proxy, which opens a tunnel to the host.
    Proxy(Box<Proxy>),
}

/// GETs `url`; or POSTs there what is `sent`, with its media type.
pub(super) async fn ask(
    way: &Way,
    url: &HttpsUrl,
    sent: Option<(&str, &[u8])>,
) -> Result<Visit, Unseen> {
    let patience = way.patience;
    let client = client(way, url)?;
    let started = Instant::now();
    let asked = async {
        let request = match sent {
            None => client.get(url.url.clone()),
            Some((media_type, body)) => client
                .post(url.url.clone())
                .header(CONTENT_TYPE, media_type)
                .body(body.to_vec()),
        };
        let response = request
            .send()
            .await
            .map_err(|error| explain(&error, patience))?;
        read(response, patience).await
    };
    // The client's own time-out counts the same; this one holds even if it should not fire.
    let visit = tokio::time::timeout(patience + Duration::from_secs(1), asked).await;
    let mut visit = visit.map_err(|_| Unseen::Slow(patience))??;
    visit.took = Some(started.elapsed());
    Ok(visit)
}

/// A client for one visit: nothing that a server says once has an effect later.
fn client(way: &Way, url: &HttpsUrl) -> Result<Client, Unseen> {
    let mut tls = ClientConfig::clone(&way.tls);
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    // Without `no_proxy`, the client would ask the environment for one itself.
    let client = Client::builder().no_proxy();
    let client = match &way.to {
        To::Addresses(addresses) => client.resolve_to_addrs(&url.host, addresses),
        To::Proxy(proxy) => client.proxy(Proxy::clone(proxy)),
    };
    client
        .tls_backend_preconfigured(tls)
        .tls_info(true)
        .https_only(true)
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .pool_max_idle_per_host(0)
        .http2_max_header_list_size(HEADERS_MAX)
        .user_agent(concat!("deploy-verify/", env!("CARGO_PKG_VERSION")))
        .timeout(way.patience)
        .build()
        .map_err(|error| Unseen::NoAnswer(format!("no HTTPS client could be made: {error}")))
}

async fn read(mut response: Response, patience: Duration) -> Result<Visit, Unseen> {
    let certificate = response
        .extensions()
        .get::<TlsInfo>()
        .and_then(TlsInfo::peer_certificate)
        .and_then(certificate::read);
    let mut visit = Visit {
        status: response.status().as_u16(),
        headers: BTreeMap::new(),
        body: Vec::new(),
        took: None,
        certificate,
    };
    read_headers(response.headers(), &mut visit);
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| explain(&error, patience))?
    {
        if visit.body.len() + chunk.len() > BODY_MAX {
            let reason = format!("the answer has more than {BODY_MAX} bytes");
            return Err(Unseen::NoAnswer(reason));
        }
        visit.body.extend_from_slice(&chunk);
    }
    Ok(visit)
}

fn read_headers(headers: &HeaderMap, visit: &mut Visit) {
    for (name, value) in headers {
        let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
        visit
            .headers
            .entry(name.as_str().to_owned())
            .or_insert(text);
    }
}

fn explain(error: &reqwest::Error, patience: Duration) -> Unseen {
    if error.is_timeout() {
        return Unseen::Slow(patience);
    }
    certificate::tls_fault(error).unwrap_or_else(|| Unseen::NoAnswer(innermost(error)))
}

/// The last cause of `error`: the others say only that something failed.
fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut last = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    last.to_string()
}
