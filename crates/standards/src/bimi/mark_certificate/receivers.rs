//! Receivers that trust less than the BIMI Group lists.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::rules;
use crate::{Finding, Severity};

/// A receiver's refusal of what one root vouches for, by the date of issue. For all other receivers,
/// nothing is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The receiver, as people call it.
    pub receiver: String,
    /// The authority, as people call it.
    pub issuer: String,
    /// The SHA-256 of the root's DER.
    pub root: [u8; 32],
    /// The last moment at which a certificate could be issued that is still shown.
    pub issued_until: Timestamp,
}

/// Entrust's verified mark root VMCR1.
const ENTRUST: [u8; 32] = [
    0x78, 0x31, 0xd9, 0x5a, 0x47, 0xd4, 0x25, 0x08, 0xcd, 0x5c, 0x9e, 0x62, 0x64, 0xf9, 0x09, 0x6b,
    0xac, 0x19, 0xf0, 0x4e, 0xb9, 0xb7, 0xc8, 0xbd, 0xd3, 0x5f, 0xff, 0xc7, 0x1c, 0x18, 0x96, 0x17,
];

/// The refusals that are known. Entrust's own notice: Apple shows certificates that were issued on or
/// before 15 November 2024 until they run out
/// (<https://www.entrust.com/tls-certificate-information-center/apple-changes-regarding-entrust-roots>).
pub(super) fn known() -> Vec<Refusal> {
    let end_of_day = "2024-11-15T23:59:59Z".parse();
    vec![Refusal {
        receiver: "Apple Mail".to_owned(),
        issuer: "Entrust".to_owned(),
        root: ENTRUST,
        issued_until: end_of_day.expect("the date is one"),
    }]
}

/// RCV-06: the receivers that refuse a certificate of this root (the SHA-256 of its DER), issued
/// at `issued`.
pub(super) fn check(refusals: &[Refusal], root: [u8; 32], issued: Timestamp) -> Vec<Finding> {
    let is_refused = |refusal: &&Refusal| refusal.root == root && issued > refusal.issued_until;
    let refused = refusals.iter().filter(is_refused);
    refused
        .map(|refusal| {
            let Refusal {
                receiver, issuer, ..
            } = refusal;
            let last = TimeZone::UTC.to_datetime(refusal.issued_until).date();
            let reason = format!(
                "{receiver} shows no logo with a mark certificate that {issuer} issued after {last}"
            );
            Finding::new(rules::RCV_06, reason)
                .weighing(Severity::Warn)
                .fix(format!(
                    "get a verified mark certificate of another authority for readers at {receiver}"
                ))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bimi::TrustStore;
    use crate::test_support::rules;

    /// Each root of the program, by the authority, and the moments from which Apple refuses it:
    /// one of the five, from the second after the date of the notice on, and nobody else's.
    #[test]
    fn rcv_06_apple_refuses_later_marks_of_entrust_alone() {
        let trust = TrustStore::bimi();
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        let refused = |time: &str| -> Vec<String> {
            let roots = trust
                .roots()
                .map(|root| crate::bimi::svg::sha256(root.as_raw()));
            let found = roots.flat_map(|root| check(trust.refusals(), root, at(time)));
            found.map(|finding| finding.reason).collect()
        };
        let told =
            "Apple Mail shows no logo with a mark certificate that Entrust issued after 2024-11-15";
        for (issued, expect) in [
            ("2021-07-01T00:00:00Z", &[][..]),
            ("2024-11-15T00:00:00Z", &[]),
            ("2024-11-15T23:59:59Z", &[]),
            ("2024-11-16T00:00:00Z", &[told]),
            ("2026-11-28T00:00:00Z", &[told]),
        ] {
            assert_eq!(refused(issued), expect, "{issued}");
        }
        let other = check(trust.refusals(), [0; 32], at("2026-01-01T00:00:00Z"));
        assert_eq!(rules(&other), [""; 0]);
        let nobody = check(&[], ENTRUST, at("2026-01-01T00:00:00Z"));
        assert_eq!(rules(&nobody), [""; 0]);
    }
}
