//! The web as a stranger sees it: HTTPS GETs through the distributions, without a socket.

use bytes::Bytes;
use http::{HeaderMap, StatusCode, Uri};
use jiff::Timestamp;

use crate::Sandbox;
use crate::world::World;

/// What a server answered.
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
    /// GETs a URL as a stranger would: resolves the name in the public DNS, shakes hands by it, and asks.
    #[expect(
        clippy::unused_async,
        reason = "a fetch takes time, once it is modelled"
    )]
    pub async fn https(&self, url: &str) -> Result<HttpsAnswer, HttpsError> {
        let not_https = || HttpsError::NotHttps(url.to_owned());
        let uri: Uri = url.parse().map_err(|_| not_https())?;
        if uri.scheme_str() != Some("https") {
            return Err(not_https());
        }
        let host = uri.host().ok_or_else(not_https)?.to_ascii_lowercase();
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        self.world().https_get(&host, path, self.clock().now())
    }
}

impl World {
    /// The answer to an HTTPS GET of `path` (with its query) from `host`.
    pub fn https_get(
        &self,
        host: &str,
        path: &str,
        now: Timestamp,
    ) -> Result<HttpsAnswer, HttpsError> {
        let _ = (path, now);
        Err(HttpsError::NoAddress {
            host: host.to_owned(),
        })
    }
}
