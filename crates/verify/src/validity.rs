//! The lifetime of a certificate. Lifetimes become shorter from year to year (CA/Browser Forum ballot
//! SC-081v3), so that no number of days would stay right: limits are shares of the lifetime.

use jiff::Timestamp;

/// The last share of the lifetime, as one part of so many, in which a certificate is renewed. ACM
/// begins 60 days before the end of 198 (ACM User Guide, "Renewal for domains validated by DNS").
const RENEWED_IN: i32 = 3;
/// The last share in which it should have been renewed long ago.
const LAST_PART: i32 = 10;

/// The time within which a certificate is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// Its beginning.
    pub not_before: Timestamp,
    /// Its end.
    pub not_after: Timestamp,
}

impl Validity {
    /// Whether the time of its renewal has come: the last third has begun.
    pub fn is_to_be_renewed(&self, now: Timestamp) -> bool {
        self.is_within_last(RENEWED_IN, now)
    }

    /// Whether it should have been renewed long ago: less than a tenth is left (STS-H11).
    pub fn is_nearly_over(&self, now: Timestamp) -> bool {
        self.is_within_last(LAST_PART, now)
    }

    fn is_within_last(&self, part: i32, now: Timestamp) -> bool {
        let lifetime = self.not_after.duration_since(self.not_before);
        self.not_after.duration_since(now) < lifetime / part
    }
}
