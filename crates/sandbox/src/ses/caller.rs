//! The account and region that a request acts in, and how names are spelled there.

use jiff::Timestamp;

use crate::call::Call;

/// The account and region of a request, and its time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller<'a> {
    pub(crate) account: &'a str,
    pub(crate) region: &'a str,
    pub(crate) now: Timestamp,
}

impl<'a> Caller<'a> {
    /// The caller of a call.
    pub(crate) fn of(call: &'a Call) -> Self {
        Self {
            account: &call.account,
            region: &call.region,
            now: call.now,
        }
    }

    /// The key of the caller's account and region.
    pub(crate) fn place(&self) -> String {
        crate::call::place(self.account, self.region)
    }

    /// The ARN of a resource of SES here.
    pub(crate) fn arn(&self, kind: &str, name: &str) -> String {
        format!("arn:aws:ses:{}:{}:{kind}/{name}", self.region, self.account)
    }
}

/// Identities that are domains are the same in any case; of an address only the domain is.
pub(crate) fn spelled(name: &str) -> String {
    match name.split_once('@') {
        Some((local, domain)) => format!("{local}@{}", domain.to_ascii_lowercase()),
        None => name.to_ascii_lowercase(),
    }
}
