//! What a stranger sees: public DNS, and what HTTPS answers.
//!
//! `verify` implements it over the network and the sandbox over its own world, so that gates and
//! records published by hand are looked at the same way in both.

use async_trait::async_trait;

/// An answer of public DNS that could not be had. A name that does not exist is an answer: none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("DNS gave no answer for {name} {rtype}: {reason}")]
pub struct NoAnswer {
    /// The name that was asked for.
    pub name: String,
    /// The type that was asked for.
    pub rtype: String,
    /// SERVFAIL, a time-out.
    pub reason: String,
}

/// What an HTTPS server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The HTTP status; redirects are not followed.
    pub status: u16,
    /// The media type, as the server said it.
    pub media_type: Option<String>,
    /// The body, up to a limit.
    pub body: Vec<u8>,
}

/// A stranger's eyes.
#[async_trait]
pub trait Outside: Send + Sync {
    /// The values at `name`, CNAMEs followed except when they are asked for. TXT values have their
    /// strings joined; host names are in lower case without the final dot; MX values are
    /// `10 host`.
    async fn lookup(&self, name: &str, rtype: &str) -> Result<Vec<String>, NoAnswer>;

    /// GETs `url`, its certificate checked for the name. An error says what a stranger would see:
    /// no address, no connection, a certificate for another name.
    async fn fetch(&self, url: &str) -> Result<Fetched, String>;
}
