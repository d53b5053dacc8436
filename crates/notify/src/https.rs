//! The way to web servers: HTTPS only, no redirects, a bounded answer.

use std::error::Error;
use std::net::IpAddr;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Url};
use rustls::ClientConfig;

use crate::deliver::{Answer, Post, Request, Unsent};

/// The most bytes of an answer that are read.
const ANSWER_MAX: usize = 4096;
/// How long a request may take; whoever sends it has a shorter patience.
const LIMIT: Duration = Duration::from_secs(20);

/// The servers that may be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// Those with HTTPS.
    Internet,
    /// Those on this machine: a sandbox tells nobody outside it. They may speak HTTP.
    Loopback,
}

/// Posts over HTTPS, through the proxies that the environment names.
pub struct Https {
    tls: ClientConfig,
    reach: Reach,
}

impl Https {
    /// The way to the Internet.
    pub fn new(tls: ClientConfig) -> Self {
        Self {
            tls,
            reach: Reach::Internet,
        }
    }

    /// The way from a sandbox, which leads to this machine only.
    pub fn of_sandbox(tls: ClientConfig) -> Self {
        Self {
            tls,
            reach: Reach::Loopback,
        }
    }

    /// A client for one request: nothing that a server says once has an effect later.
    fn client(&self) -> Result<Client, Unsent> {
        let client = Client::builder()
            .tls_backend_preconfigured(self.tls.clone())
            .https_only(self.reach == Reach::Internet)
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .pool_max_idle_per_host(0)
            .user_agent(concat!("deploy/", env!("CARGO_PKG_VERSION")))
            .timeout(LIMIT);
        let client = match self.reach {
            Reach::Internet => client,
            Reach::Loopback => client.no_proxy(),
        };
        client
            .build()
            .map_err(|error| Unsent::Unusable(format!("no HTTPS client could be made: {error}")))
    }
}

/// The URL, where it leads to a server that may be told.
fn checked(text: &str, reach: Reach) -> Result<Url, Unsent> {
    let unusable = |why: &str| Err(Unsent::Unusable(why.to_owned()));
    let Ok(url) = Url::parse(text) else {
        return unusable("the URL cannot be read");
    };
    match reach {
        Reach::Internet if url.scheme() != "https" => unusable("the URL is not one of https"),
        Reach::Loopback if !is_loopback(&url) => {
            unusable("a sandbox tells nobody outside this machine")
        }
        _ if !matches!(url.scheme(), "https" | "http") => unusable("the URL is not one of https"),
        _ => Ok(url),
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    address.is_ok_and(|address| address.is_loopback())
}

#[async_trait]
impl Post for Https {
    async fn post(&self, request: &Request) -> Result<Answer, Unsent> {
        let url = checked(request.url.reveal(), self.reach)?;
        let client = self.client()?;
        let sent = client
            .post(url)
            .header(CONTENT_TYPE, request.media_type)
            .body(request.body.clone())
            .send()
            .await;
        let mut response = sent.map_err(lost)?;
        let retry_after = response.headers().get(RETRY_AFTER);
        let retry_after = retry_after.and_then(|value| value.to_str().ok());
        let mut answer = Answer {
            status: response.status().as_u16(),
            retry_after: retry_after.map(str::to_owned),
            text: String::new(),
        };
        // The status says what became of the message; its text only helps people.
        let mut text = Vec::new();
        while let Ok(Some(chunk)) = response.chunk().await {
            text.extend_from_slice(&chunk);
            if text.len() >= ANSWER_MAX {
                text.truncate(ANSWER_MAX);
                break;
            }
        }
        answer.text = String::from_utf8_lossy(&text).into_owned();
        Ok(answer)
    }
}

/// The last cause alone: those before it name the URL.
fn lost(error: reqwest::Error) -> Unsent {
    let mut last: &dyn Error = &error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    let is_whole = last.downcast_ref::<reqwest::Error>().is_some();
    Unsent::Lost(if is_whole {
        error.without_url().to_string()
    } else {
        last.to_string()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_leads_out_of_this_machine() {
        let check = |reach: Reach, url: &str, is_usable: bool| {
            assert_eq!(checked(url, reach).is_ok(), is_usable, "{reach:?} {url}");
        };
        let internet = Reach::Internet;
        check(internet, "https://hooks.example/x", true);
        check(internet, "http://hooks.example/x", false);
        check(internet, "http://127.0.0.1:8080/x", false);
        check(internet, "file:///etc/passwd", false);
        check(internet, "hooks", false);
        let sandbox = Reach::Loopback;
        check(sandbox, "http://127.0.0.1:8080/x", true);
        check(sandbox, "http://[::1]:8080/x", true);
        check(sandbox, "https://127.0.0.1:8080/x", true);
        check(sandbox, "ftp://127.0.0.1/x", false);
        check(sandbox, "https://hooks.example/x", false);
        check(sandbox, "http://localhost.example/x", false);
    }
}
