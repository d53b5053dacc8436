//! How a domain is verified.

use std::time::Duration;

use jiff::Timestamp;
use standards::bimi::TrustStore;

/// How to verify.
#[derive(Clone, Debug)]
pub struct Options {
    /// The time.
    pub now: Timestamp,
    /// Whether to ask mail hosts for STARTTLS. Many networks do not let port 25 out.
    pub smtp: bool,
    /// Whether to send an empty report to where reports about TLS go by https.
    pub reports: bool,
    /// The roots that vouch for mark certificates.
    pub trust: TrustStore,
    /// How many domains are probed side by side.
    pub at_once: usize,
    /// How long one subject of one domain may take, such as all its records.
    pub patience: Duration,
}

impl Options {
    /// As a receiver would look at the time `now`.
    pub fn at(now: Timestamp) -> Self {
        Self {
            now,
            smtp: false,
            reports: false,
            trust: TrustStore::bimi(),
            at_once: 16,
            patience: Duration::from_mins(2),
        }
    }
}
