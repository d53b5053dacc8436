//! The network as an external observer sees it.
//!
//! Servers may be hostile: they may answer slowly, without end or in circles. Every question here
//! has a time after which it is given up, and every answer a size beyond which it is an error.

mod certificate;
mod dns;
mod https;
mod proxy;
mod smtp;

#[cfg(test)]
mod tests;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use model::{Fetched, NoAnswer, Outside, ShownCertificate, Unseen, Visit};
use rustls::ClientConfig;

use dns::Dns;
pub use proxy::Proxies;
use standards::dns::RecordType;

/// The view of an observer: by default that of anybody on the Internet.
#[derive(Clone, Debug)]
pub struct View {
    /// The resolver to ask, in place of the system's.
    pub resolver: Option<SocketAddr>,
    /// The address of every authoritative name server, in place of its own: a sandbox has all
    /// of them on one port.
    pub name_servers: Option<SocketAddr>,
    /// The address of every HTTPS host, in place of its own.
    pub connect: Option<SocketAddr>,
    /// The proxies on the way to HTTPS hosts; by default none.
    pub proxies: Proxies,
    /// The address of every mail host, in place of its own.
    pub mail_hosts: Option<SocketAddr>,
    /// Roots to trust besides the public ones, as PEM.
    pub authorities: Option<String>,
    /// The time by which certificates are judged, in place of the system's: a sandbox is ahead of
    /// it.
    pub now: Option<Timestamp>,
    /// How long one question to DNS may take, its repetitions included.
    pub dns_patience: Duration,
    /// How long one HTTPS or SMTP exchange may take, from the first packet to the last byte.
    pub patience: Duration,
}

impl Default for View {
    fn default() -> Self {
        Self {
            resolver: None,
            name_servers: None,
            connect: None,
            proxies: Proxies::default(),
            mail_hosts: None,
            authorities: None,
            now: None,
            dns_patience: Duration::from_secs(10),
            patience: Duration::from_secs(20),
        }
    }
}

/// The reason why there is no observer.
#[derive(Debug, thiserror::Error)]
pub enum ObserverError {
    /// The system does not say which resolver to ask.
    #[error("the system's DNS resolver is not known ({0}); name one with --resolver")]
    Resolver(String),
    /// The extra roots are no certificates.
    #[error("the file of certificate authorities is not PEM with certificates: {0}")]
    Authorities(String),
}

/// A TLS client that trusts the public roots, and those of `authorities`, which is PEM.
pub fn tls(authorities: Option<&str>) -> Result<ClientConfig, ObserverError> {
    certificate::client_config(authorities, None).map_err(ObserverError::Authorities)
}

/// An external observer on the network.
pub struct Observer {
    dns: Dns,
    view: View,
    tls: Arc<ClientConfig>,
}

impl Observer {
    /// An external observer with this `view`. Within a tokio runtime only.
    pub fn new(view: View) -> Result<Self, ObserverError> {
        let tls = certificate::client_config(view.authorities.as_deref(), view.now)
            .map_err(ObserverError::Authorities)?;
        Ok(Self {
            dns: Dns::new(&view).map_err(ObserverError::Resolver)?,
            tls: Arc::new(tls),
            view,
        })
    }

    /// The way to the host of a URL: through its proxy, or to its addresses.
    async fn way_to(&self, url: &https::HttpsUrl) -> Result<https::Way, Unseen> {
        let proxy = self.view.proxies.client_of(&url.url);
        let proxy = proxy.map_err(|error| Unseen::NoAnswer(format!("the proxy: {error}")))?;
        if let Some(proxy) = proxy {
            return Ok(self.way(https::To::Proxy(Box::new(proxy))));
        }
        let instead = self.view.connect;
        let addresses = self.addresses(&url.host, instead, https::PORT).await?;
        Ok(self.way(https::To::Addresses(addresses)))
    }

    fn way(&self, to: https::To) -> https::Way {
        https::Way {
            tls: self.tls.clone(),
            to,
            patience: self.view.patience,
        }
    }

    /// The addresses to connect to for `host`.
    async fn addresses(
        &self,
        host: &str,
        instead: Option<SocketAddr>,
        port: u16,
    ) -> Result<Vec<SocketAddr>, Unseen> {
        if let Some(instead) = instead {
            return Ok(vec![instead]);
        }
        let found = self.dns.addresses(host).await?;
        Ok(found
            .into_iter()
            .map(|address| SocketAddr::new(address, port))
            .collect())
    }
}

/// Whether this machine has a way to `address`: many have none to IPv6. A datagram socket looks
/// for the way when it is connected, and sends nothing.
fn has_way_to(address: SocketAddr) -> bool {
    let any: SocketAddr = match address {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    UdpSocket::bind(any).is_ok_and(|socket| socket.connect(address).is_ok())
}

#[async_trait]
impl Outside for Observer {
    async fn lookup(&self, name: &str, rtype: RecordType) -> Result<Vec<String>, NoAnswer> {
        let answer = self.dns.lookup(name, rtype).await;
        answer
            .map(|answer| answer.values)
            .map_err(|reason| NoAnswer {
                name: name.to_owned(),
                rtype,
                reason,
            })
    }

    async fn fetch(&self, url: &str) -> Result<Fetched, String> {
        let visit = self.visit(url, None).await;
        let visit = visit.map_err(|unseen| unseen.to_string())?;
        Ok(Fetched {
            status: visit.status,
            media_type: visit.headers.get("content-type").cloned(),
            body: visit.body,
        })
    }

    async fn visit(&self, url: &str, address: Option<IpAddr>) -> Result<Visit, Unseen> {
        let url = https::parse(url)?;
        let way = match (self.view.connect, address) {
            (None, Some(address)) => {
                let address = SocketAddr::new(address, https::PORT);
                // A proxy chooses the address itself.
                if !has_way_to(address) || self.view.proxies.towards(&url.host).is_some() {
                    return Err(Unseen::NotFromHere);
                }
                self.way(https::To::Addresses(vec![address]))
            }
            _ => self.way_to(&url).await?,
        };
        https::ask(&way, &url, None).await
    }

    async fn lookup_at(
        &self,
        server: &str,
        name: &str,
        rtype: RecordType,
    ) -> Result<Vec<String>, Unseen> {
        let answer = self.dns.lookup_at(server, name, rtype).await?;
        Ok(answer.values)
    }

    async fn confirms_absence(
        &self,
        server: &str,
        name: &str,
        rtype: RecordType,
    ) -> Result<bool, Unseen> {
        self.dns.confirms_absence(server, name, rtype).await
    }

    async fn delegation(&self, zone: &str) -> Result<Vec<String>, Unseen> {
        self.dns.delegation(zone).await
    }

    async fn held_for(&self, name: &str, rtype: RecordType) -> Option<Duration> {
        self.dns.lookup(name, rtype).await.ok()?.held_for
    }

    async fn starttls(&self, host: &str) -> Result<ShownCertificate, Unseen> {
        let addresses = self
            .addresses(host, self.view.mail_hosts, smtp::PORT)
            .await?;
        smtp::starttls(&self.tls, host, &addresses, self.view.patience).await
    }

    async fn mail_certificates(&self, host: &str) -> Result<Vec<Vec<u8>>, Unseen> {
        let addresses = self
            .addresses(host, self.view.mail_hosts, smtp::PORT)
            .await?;
        let tls = Arc::new(certificate::accepting_all().map_err(Unseen::NoAnswer)?);
        smtp::chain(&tls, host, &addresses, self.view.patience).await
    }

    async fn post(&self, url: &str, media_type: &str, body: &[u8]) -> Result<Visit, Unseen> {
        let url = https::parse(url)?;
        let way = self.way_to(&url).await?;
        https::ask(&way, &url, Some((media_type, body))).await
    }
}
