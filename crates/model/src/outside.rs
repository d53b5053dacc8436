//! The outside world as an external observer sees it: public DNS, and the answers over HTTPS.
//!
//! `verify` implements it over the network and the sandbox over its own world, so that preconditions and
//! records published by hand are probed in the same way in both.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use standards::dns::RecordType;

/// An answer of public DNS that could not be had. A name that does not exist is an answer: none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("DNS gave no answer for {name} {rtype}: {reason}")]
pub struct NoAnswer {
    /// The name that was asked for.
    pub name: String,
    /// The type that was asked for.
    pub rtype: RecordType,
    /// SERVFAIL, a time-out.
    pub reason: String,
}

/// The answer of an HTTPS server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The HTTP status; redirects are not followed.
    pub status: u16,
    /// The media type, as the server said it.
    pub media_type: Option<String>,
    /// The body, up to a limit.
    pub body: Vec<u8>,
}

/// A reason why an external observer could not see something.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unseen {
    /// An observer in this place cannot make this probe.
    #[error("this is not visible from here")]
    NotFromHere,
    /// The server has no TLS for this name: it aborts the handshake.
    #[error("the server refuses TLS: {0}")]
    NoTls(String),
    /// The server showed a certificate for other names.
    #[error("the server's certificate is for {0}")]
    OtherName(String),
    /// The server showed a certificate that is out of date, or that nobody vouches for.
    #[error("the server's certificate is refused: {0}")]
    Certificate(String),
    /// The answer did not come in time.
    #[error("no answer in {} seconds", .0.as_secs_f32())]
    Slow(Duration),
    /// Nothing usable came: no address, no connection, too many bytes.
    #[error("{0}")]
    NoAnswer(String),
}

/// The certificate that a server showed, after an external observer accepted it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownCertificate {
    /// The DNS names that it is for.
    pub names: Vec<String>,
    /// The first moment it is valid at.
    pub not_before: Timestamp,
    /// The last moment it is valid at.
    pub not_after: Timestamp,
}

/// Everything that one GET showed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Visit {
    /// The HTTP status; redirects are not followed.
    pub status: u16,
    /// The headers by their names in lower case; the first of several.
    pub headers: BTreeMap<String, String>,
    /// The body, up to a limit, as it was sent: never inflated.
    pub body: Vec<u8>,
    /// From the first packet to the last byte, where somebody measured.
    pub took: Option<Duration>,
    /// The server's certificate, where somebody looked.
    pub certificate: Option<ShownCertificate>,
}

impl Visit {
    /// The media type without its parameters, in lower case.
    pub fn media_type(&self) -> Option<String> {
        let text = self.headers.get("content-type")?;
        let essence = text.split(';').next().unwrap_or_default();
        Some(essence.trim().to_ascii_lowercase())
    }
}

impl From<Fetched> for Visit {
    fn from(fetched: Fetched) -> Self {
        let media_type = fetched
            .media_type
            .map(|value| ("content-type".to_owned(), value));
        Self {
            status: fetched.status,
            headers: media_type.into_iter().collect(),
            body: fetched.body,
            took: None,
            certificate: None,
        }
    }
}

/// An external observer.
#[async_trait]
pub trait Outside: Send + Sync {
    /// The values at `name`, CNAMEs followed except when they are asked for. TXT values have their
    /// strings joined; host names are in lower case without the final dot; MX values are
    /// `10 host`.
    async fn lookup(&self, name: &str, rtype: RecordType) -> Result<Vec<String>, NoAnswer>;

    /// GETs `url`, its certificate checked for the name. An error says what an external observer would
    /// see:
    /// no address, no connection, a certificate for another name.
    async fn fetch(&self, url: &str) -> Result<Fetched, String>;

    /// As [`Outside::fetch`], with all that can be seen on the way; from `address`, where one is
    /// given, in place of those that DNS has for the URL's host.
    async fn visit(&self, url: &str, address: Option<IpAddr>) -> Result<Visit, Unseen> {
        match address {
            None => self
                .fetch(url)
                .await
                .map(Visit::from)
                .map_err(Unseen::NoAnswer),
            Some(_) => Err(Unseen::NotFromHere),
        }
    }

    /// As [`Outside::lookup`], but the question goes to the name server `server` alone, which is
    /// to answer from its own zones.
    async fn lookup_at(
        &self,
        _server: &str,
        _name: &str,
        _rtype: RecordType,
    ) -> Result<Vec<String>, Unseen> {
        Err(Unseen::NotFromHere)
    }

    /// Whether the name server `server` confirms, from its own zone around `name`, that there is nothing of
    /// this type there. The question reaches no resolver. A referral to another server confirms nothing.
    async fn confirms_absence(
        &self,
        _server: &str,
        _name: &str,
        _rtype: RecordType,
    ) -> Result<bool, Unseen> {
        Err(Unseen::NotFromHere)
    }

    /// The name servers to which the servers of the zone above delegate `zone`.
    async fn delegation(&self, _zone: &str) -> Result<Vec<String>, Unseen> {
        Err(Unseen::NotFromHere)
    }

    /// For how long the resolver will give the answer that it gives now, where it says so.
    async fn held_for(&self, _name: &str, _rtype: RecordType) -> Option<Duration> {
        None
    }

    /// Asks the mail host for STARTTLS, and takes its certificate as senders under MTA-STS do.
    async fn starttls(&self, _host: &str) -> Result<ShownCertificate, Unseen> {
        Err(Unseen::NotFromHere)
    }

    /// The certificates that the mail host shows after STARTTLS, as DER, its own first, whoever
    /// vouches for them: under DANE that is DNS.
    async fn mail_certificates(&self, _host: &str) -> Result<Vec<Vec<u8>>, Unseen> {
        Err(Unseen::NotFromHere)
    }

    /// POSTs `body` to `url`, as who sends a report does.
    async fn post(&self, _url: &str, _media_type: &str, _body: &[u8]) -> Result<Visit, Unseen> {
        Err(Unseen::NotFromHere)
    }
}
