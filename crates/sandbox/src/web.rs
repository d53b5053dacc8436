//! The web as an external observer sees it: HTTPS GETs through the distributions, without a socket.

use bytes::Bytes;
use http::{HeaderMap, Method, Response, StatusCode, Uri};
use jiff::Timestamp;

use crate::call::Origin;
use crate::cloudfront::edge::{self, Viewer};
use crate::dns::Lookup;
use crate::world::World;
use crate::{Sandbox, cloudfront, https};

/// The answer of a server.
#[derive(Clone, Debug)]
pub struct HttpsAnswer {
    /// The HTTP status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpsError {
    /// Not a URL that can be fetched.
    #[error("`{0}` is not an https URL with a host")]
    NotHttps(String),
    /// The name has no address.
    #[error("{host} has no address in the DNS")]
    NoAddress {
        /// The name.
        host: String,
    },
    /// Nobody listens at the address.
    #[error("the connection to {host} was refused")]
    Refused {
        /// The name.
        host: String,
    },
    /// The server has no certificate for the name.
    #[error("the server has no certificate for {host}")]
    NoCertificate {
        /// The name.
        host: String,
    },
}

impl Sandbox {
    /// GETs a URL as an external observer would: resolves the name in the public DNS, shakes hands by it, and asks.
    pub async fn https(&self, url: &str) -> Result<HttpsAnswer, HttpsError> {
        let not_https = || HttpsError::NotHttps(url.to_owned());
        let uri: Uri = url.parse().map_err(|_| not_https())?;
        if uri.scheme_str() != Some("https") {
            return Err(not_https());
        }
        let host = uri.host().ok_or_else(not_https)?.to_ascii_lowercase();
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        if edge::is_bucket(&host) {
            return Ok(self
                .bucket(Origin::Process, &Method::GET, &host, path)
                .await
                .into());
        }
        self.public_world()
            .https_get(&host, path, self.clock().now())
    }
}

impl From<Response<Bytes>> for HttpsAnswer {
    fn from(response: Response<Bytes>) -> Self {
        let (parts, body) = response.into_parts();
        Self {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }
}

impl World {
    /// The answer of a distribution to an HTTPS GET of `path` (with its query) from `host`. The edge may keep what it
    /// fetched for it, which is why the world changes.
    pub fn https_get(
        &mut self,
        host: &str,
        path: &str,
        now: Timestamp,
    ) -> Result<HttpsAnswer, HttpsError> {
        let owned = || host.to_owned();
        if !self
            .addresses(host, now)?
            .iter()
            .any(|address| cloudfront::State::is_edge(address))
        {
            return Err(HttpsError::Refused { host: owned() });
        }
        if edge::certificate(self, host, now).is_none() {
            return Err(HttpsError::NoCertificate { host: owned() });
        }
        let viewer = Viewer {
            secure: true,
            method: "GET",
            host,
            target: path,
            if_none_match: None,
            if_modified_since: None,
            now,
        };
        Ok(https::response(edge::answer(self, &viewer)).into())
    }

    fn addresses(&self, host: &str, now: Timestamp) -> Result<Vec<String>, HttpsError> {
        let mut addresses = Vec::new();
        for rtype in ["A", "AAAA"] {
            if let Lookup::Found { records, .. } = self.resolve(host, rtype, now) {
                addresses.extend(records.into_iter().map(|record| record.value));
            }
        }
        if addresses.is_empty() {
            return Err(HttpsError::NoAddress {
                host: host.to_owned(),
            });
        }
        Ok(addresses)
    }
}
