//! The proxies through which a machine reaches the web.
//!
//! A proxy only carries: it opens a tunnel to the host (RFC 9110, section 9.3.6), whose certificate is
//! judged as without one. It resolves the host's name itself, so what it reaches is what the proxy's own
//! resolver says.

use std::sync::Arc;

use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use reqwest::{Proxy, Url};

/// The proxies of a machine, and the hosts that are reached without them.
#[derive(Clone, Debug, Default)]
pub struct Proxies(Option<Arc<Matcher>>);

impl Proxies {
    /// Those that `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` name, in large or small letters.
    pub fn of_environment() -> Self {
        Self(Some(Arc::new(Matcher::from_env())))
    }

    /// One for every host.
    #[cfg(test)]
    pub(super) fn through(url: &str) -> Self {
        Self(Some(Arc::new(Matcher::builder().https(url).build())))
    }

    /// The proxy on the way to a host, without the credentials that it asks for: `http://proxy.example:3128`.
    pub fn towards(&self, host: &str) -> Option<String> {
        let url = format!("https://{host}/");
        let intercept = self.intercept(&url)?;
        Some(intercept.uri().to_string().trim_end_matches('/').to_owned())
    }

    /// The proxy on the way to a URL, for the client that fetches it.
    pub(super) fn client_of(&self, url: &Url) -> Result<Option<Proxy>, reqwest::Error> {
        let Some(intercept) = self.intercept(url.as_str()) else {
            return Ok(None);
        };
        let proxy = Proxy::https(intercept.uri().to_string())?;
        Ok(Some(match intercept.basic_auth() {
            Some(credentials) => proxy.custom_http_auth(credentials.clone()),
            None => proxy,
        }))
    }

    fn intercept(&self, url: &str) -> Option<Intercept> {
        self.0.as_ref()?.intercept(&url.parse().ok()?)
    }
}
