//! Receivers that trust less than the BIMI Group lists.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::civil::{DateTime, date};
use jiff::tz::TimeZone;

use crate::rules;
use crate::{Finding, Severity};

/// A root whose certificates of after a date one receiver refuses. For all others, nothing is
/// wrong with them.
struct Refusal {
    receiver: &'static str,
    issuer: &'static str,
    /// The SHA-256 of the root's DER, in hexadecimal.
    root: &'static str,
    /// The last moment at which a certificate could be issued that is still shown, in UTC.
    issued_until: DateTime,
}

/// Entrust's own notice: certificates that were issued on or before 15 November 2024 are shown
/// until they run out
/// (<https://www.entrust.com/tls-certificate-information-center/apple-changes-regarding-entrust-roots>).
const REFUSALS: [Refusal; 1] = [Refusal {
    receiver: "Apple Mail",
    issuer: "Entrust",
    root: "7831d95a47d42508cd5c9e6264f9096bac19f04eb9b7c8bdd35fffc71c189617",
    issued_until: date(2024, 11, 15).at(23, 59, 59, 0),
}];

/// RCV-06: the receivers that refuse a certificate of this root (the SHA-256 of its DER), issued
/// at `issued`.
pub(super) fn check(root: [u8; 32], issued: Timestamp) -> Vec<Finding> {
    let root = root.iter().fold(String::new(), |mut text, octet| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{octet:02x}");
        text
    });
    let refusals = REFUSALS.iter().filter(|refusal| refusal.root == root);
    let refused = refusals.filter(|refusal| {
        let until = TimeZone::UTC.to_timestamp(refusal.issued_until);
        until.is_ok_and(|until| issued > until)
    });
    refused
        .map(|refusal| {
            let Refusal {
                receiver, issuer, ..
            } = refusal;
            let last = refusal.issued_until.date();
            let reason = format!(
                "{receiver} shows no logo with a mark certificate that {issuer} issued after {last}"
            );
            Finding::new(rules::RCV_06, reason)
                .weighing(Severity::Warn)
                .fix("get a verified mark certificate of another authority for Apple's readers")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bimi::TrustStore;
    use crate::test_support::rules;

    #[test]
    fn rcv_06_apple_refuses_later_marks_of_entrust_alone() {
        let trust = TrustStore::bimi();
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        let refused = |time: &str| -> Vec<String> {
            let roots = trust
                .roots()
                .map(|root| crate::bimi::svg::sha256(root.as_raw()));
            let found = roots.flat_map(|root| check(root, at(time)));
            found.map(|finding| finding.reason).collect()
        };
        // One of the five roots in the program, from the second after the date on.
        assert_eq!(refused("2024-11-15T23:59:59Z"), [""; 0]);
        assert_eq!(
            refused("2024-11-16T00:00:00Z"),
            [
                "Apple Mail shows no logo with a mark certificate that Entrust issued after 2024-11-15"
            ]
        );
        let other = check([0; 32], at("2026-01-01T00:00:00Z"));
        assert_eq!(rules(&other), [""; 0]);
    }
}
