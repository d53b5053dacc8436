//! Certificates of the world's own authority, behind the ones that ACM issues.

use jiff::SignedDuration;

use super::Certificate;
use crate::ca::{Authority, Leaf, Subject};

impl Certificate {
    /// The certificate that ACM issued, with its key; `None` before it is issued.
    pub(crate) fn leaf(&self, authority: &Authority) -> Option<Leaf> {
        self.issued_by(authority, SignedDuration::ZERO)
    }

    /// The same for a TLS port. Its clients live by the real clock, and a sandbox that runs faster
    /// is ahead of them: the certificate begins early enough for them.
    pub(crate) fn served_leaf(&self, authority: &Authority) -> Option<Leaf> {
        self.issued_by(authority, SignedDuration::from_hours(24 * 366))
    }

    fn issued_by(&self, authority: &Authority, early: SignedDuration) -> Option<Leaf> {
        authority.mint(&Subject {
            id: &self.arn,
            names: &self.names,
            serial: self.serial(),
            not_before: self.not_before()? - early,
            not_after: self.not_after()?,
        })
    }
}
