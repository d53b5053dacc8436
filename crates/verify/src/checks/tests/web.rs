//! Broken in what is served.

use std::net::IpAddr;
use std::time::Duration;

use model::Unseen;
use standards::bimi::TrustStore;
use standards::bimi::mark_certificate::Refusal;

use super::world::{CERTIFICATE, CERTIFICATE_URL, LOGO_URL, POLICY_URL, page};
use super::{Stage, broken};

/// The digest of the root in `assets/test-bimi-root.pem`.
const TEST_ROOT_SHA256: [u8; 32] = [
    0x1b, 0x9c, 0xe4, 0x32, 0x7d, 0x16, 0x42, 0x33, 0xd9, 0x5f, 0xa9, 0xb9, 0x93, 0x5d, 0xac, 0x3f,
    0x2a, 0x6b, 0x1a, 0x42, 0x8e, 0xef, 0x46, 0x2a, 0x88, 0x27, 0x14, 0x99, 0x2a, 0x94, 0xeb, 0xba,
];

#[tokio::test]
async fn sts_h01_and_h02_the_policy_is_there_without_redirects() {
    for (status, rule) in [
        (404, "STS-H01"),
        (204, "STS-H01"),
        (301, "STS-H02"),
        (302, "STS-H02"),
    ] {
        let other = |stage: &mut Stage| stage.world.page(POLICY_URL).status = status;
        assert_eq!(broken(other).await, [rule], "{status}");
    }
}

#[tokio::test]
async fn a_policy_that_cannot_be_fetched() {
    for (unseen, rule) in [
        (Unseen::Certificate("it has expired".to_owned()), "STS-H03"),
        (Unseen::OtherName("other.example".to_owned()), "STS-H03"),
        (Unseen::NoTls("handshake failure".to_owned()), "STS-H09"),
        (Unseen::Slow(Duration::from_secs(20)), "STS-H06"),
        (Unseen::NoAnswer("connection refused".to_owned()), "STS-H01"),
    ] {
        let failing = |stage: &mut Stage| stage.world.no_page(POLICY_URL, unseen);
        assert_eq!(broken(failing).await, [rule]);
    }
}

#[tokio::test]
async fn sts_h05_a_provider_shows_its_own_certificate() {
    let delegated = |stage: &mut Stage| {
        let world = &mut stage.world;
        world
            .records
            .remove(&("mta-sts.example.com".into(), "A".into()));
        world
            .records
            .remove(&("mta-sts.example.com".into(), "AAAA".into()));
        world.set("provider.example", "A", &["192.0.2.7"]);
        world.set("provider.example", "AAAA", &["2001:db8::7"]);
        stage
            .expected
            .records
            .retain(|record| record.name.as_str() != "mta-sts.example.com");
        stage.publish("mta-sts.example.com", "CNAME", "provider.example");
        let other = Unseen::OtherName("provider.example".to_owned());
        stage.world.no_page(POLICY_URL, other);
    };
    assert_eq!(broken(delegated).await, ["STS-H05"]);
}

#[tokio::test]
async fn sts_r09_the_record_is_delegated_and_the_host_is_not() {
    let half = |stage: &mut Stage| {
        let owner = "_mta-sts.example.com";
        let world = &mut stage.world;
        let record = world.records.remove(&(owner.into(), "TXT".into()));
        world.set(owner, "CNAME", &["sts.provider.example"]);
        let there = ("sts.provider.example".into(), "TXT".into());
        world.records.insert(there, record.expect("a record"));
        // The record is somebody else's now: nobody plans it here.
        let expected = &mut stage.expected;
        expected
            .records
            .retain(|record| record.name.as_str() != owner);
    };
    assert_eq!(broken(half).await, ["STS-R09"]);
}

#[tokio::test]
async fn sts_h04_the_policy_is_plain_text() {
    for (media_type, expect) in [
        ("text/plain", None),
        ("Text/Plain; charset=UTF-8", None),
        ("text/plain;charset=\"us-ascii\"", None),
        ("text/plain; charset=utf-16", Some("STS-H04")),
        ("text/html", Some("STS-H04")),
        ("application/octet-stream", Some("STS-H04")),
    ] {
        let found = broken(|stage| {
            let headers = &mut stage.world.page(POLICY_URL).headers;
            headers.insert("content-type".to_owned(), media_type.to_owned());
        });
        assert_eq!(found.await, Vec::from_iter(expect), "{media_type}");
    }
    let none = |stage: &mut Stage| {
        stage.world.page(POLICY_URL).headers.remove("content-type");
    };
    assert_eq!(broken(none).await, ["STS-H04"]);
}

#[tokio::test]
async fn sts_h06_the_policy_is_slow() {
    let slow = |stage: &mut Stage| {
        stage.world.page(POLICY_URL).took = Some(Duration::from_secs(8));
    };
    assert_eq!(broken(slow).await, ["STS-H06"]);
}

#[tokio::test]
async fn sts_h07_caches_keep_the_policy() {
    for (control, expect) in [
        ("max-age=60", None),
        ("no-store", None),
        ("public, max-age=3600, s-maxage=30", None),
        ("max-age=3600", Some("STS-H07")),
        ("public, Max-Age=61", Some("STS-H07")),
    ] {
        let found = broken(|stage| {
            let headers = &mut stage.world.page(POLICY_URL).headers;
            headers.insert("cache-control".to_owned(), control.to_owned());
        });
        assert_eq!(found.await, Vec::from_iter(expect), "{control}");
    }
}

#[tokio::test]
async fn sts_h08_every_address_serves_the_planned_bytes() {
    let stale = |stage: &mut Stage| {
        stage
            .world
            .page(POLICY_URL)
            .body
            .extend_from_slice(b"x: y\r\n");
    };
    assert_eq!(broken(stale).await, ["STS-H08"]);
    let elsewhere: IpAddr = "2001:db8::1".parse().expect("an address");
    for there in [
        Ok(page(
            "text/plain",
            b"version: STSv1\r\nmode: none\r\nmax_age: 1\r\n",
        )),
        Err(Unseen::NoAnswer("connection refused".to_owned())),
    ] {
        let split = |stage: &mut Stage| {
            let at = (POLICY_URL.to_owned(), elsewhere);
            stage.world.at_address.insert(at, there);
        };
        assert_eq!(broken(split).await, ["STS-H08"]);
    }
    let unseen = |stage: &mut Stage| {
        let at = (POLICY_URL.to_owned(), elsewhere);
        stage.world.at_address.insert(at, Err(Unseen::NotFromHere));
    };
    assert!(broken(unseen).await.is_empty());
}

#[tokio::test]
async fn sts_h11_the_certificate_is_not_renewed() {
    let ending = |stage: &mut Stage| {
        let certificate = stage.world.page(POLICY_URL).certificate.as_mut();
        let soon = "2026-12-15T00:00:00Z".parse().expect("a time");
        certificate.expect("a certificate").not_after = soon;
    };
    assert_eq!(broken(ending).await, ["STS-H11"]);
    // The limit is a share of the lifetime: 14 days are enough for a certificate of 47.
    let short = |stage: &mut Stage| {
        ending(stage);
        let certificate = stage.world.page(POLICY_URL).certificate.as_mut();
        let begins = "2026-10-29T00:00:00Z".parse().expect("a time");
        certificate.expect("a certificate").not_before = begins;
    };
    assert!(broken(short).await.is_empty());
}

#[tokio::test]
async fn bimi_x08_and_x09_the_files_are_there_without_redirects() {
    for url in [LOGO_URL, CERTIFICATE_URL] {
        for (status, rule) in [(403, "BIMI-X08"), (503, "BIMI-X08"), (302, "BIMI-X09")] {
            let other = |stage: &mut Stage| stage.world.page(url).status = status;
            assert_eq!(broken(other).await, [rule], "{url} {status}");
        }
        let refused = Unseen::Certificate("it has expired".to_owned());
        let unseen = |stage: &mut Stage| stage.world.no_page(url, refused);
        assert_eq!(broken(unseen).await, ["BIMI-X08"], "{url}");
    }
}

#[tokio::test]
async fn bimi_x10_the_files_have_their_media_types() {
    for url in [LOGO_URL, CERTIFICATE_URL] {
        let other = |stage: &mut Stage| {
            let headers = &mut stage.world.page(url).headers;
            headers.insert(
                "content-type".to_owned(),
                "application/octet-stream".to_owned(),
            );
        };
        assert_eq!(broken(other).await, ["BIMI-X10"], "{url}");
    }
}

#[tokio::test]
async fn live_03_and_vmc_21_the_files_are_the_planned_ones() {
    let logo = |stage: &mut Stage| {
        // White space at the end changes the bytes and keeps the logo valid.
        stage.world.page(LOGO_URL).body.push(b'\n');
    };
    assert_eq!(broken(logo).await, ["LIVE-03", "VMC-08"]);
    let certificate = |stage: &mut Stage| {
        stage.world.page(CERTIFICATE_URL).body = [CERTIFICATE, b"\n"].concat();
    };
    assert_eq!(broken(certificate).await, ["VMC-21"]);
}

#[tokio::test]
async fn a_logo_that_receivers_refuse_names_its_rule() {
    let script = |stage: &mut Stage| {
        let page = stage.world.page(LOGO_URL);
        let text = String::from_utf8_lossy(&page.body).into_owned();
        page.body = text.replace("</svg>", "<script/></svg>").into_bytes();
    };
    let found = broken(script).await;
    assert!(found.contains(&"SVG-09".to_owned()), "{found:?}");
}

/// Lets a receiver refuse what the root of the test vouches for after this moment, as Apple refuses
/// Entrust's.
pub(super) fn refuse(stage: &mut Stage, issued_until: &str) {
    let trust = std::mem::replace(&mut stage.options.trust, TrustStore::empty());
    stage.options.trust = trust.with_refusal(Refusal {
        receiver: "Apple Mail".to_owned(),
        issuer: "the test".to_owned(),
        root: TEST_ROOT_SHA256,
        issued_until: issued_until.parse().expect("a time"),
    });
}

/// The certificate of the test was issued on 2026-11-01.
#[tokio::test]
async fn rcv_06_a_receiver_refuses_a_root_from_a_date_on() {
    for (issued_until, expect) in [
        ("2026-10-31T23:59:59Z", &["RCV-06"][..]),
        ("2026-11-01T00:00:00Z", &[]),
        ("2024-11-15T23:59:59Z", &["RCV-06"]),
        ("2027-01-01T00:00:00Z", &[]),
    ] {
        let found = broken(|stage| refuse(stage, issued_until)).await;
        assert_eq!(found, expect, "{issued_until}");
    }
}

/// Dates and trust are judged whether the logo can be read or not.
#[tokio::test]
async fn a_logo_that_is_not_there_hides_nothing_of_the_certificate() {
    let found = broken(|stage| {
        stage.world.page(LOGO_URL).status = 404;
        stage.options.now = "2029-01-01T00:00:00Z".parse().expect("a time");
        stage.options.trust = TrustStore::bimi();
    });
    let found = found.await;
    for rule in ["BIMI-X08", "VMC-02", "VMC-10"] {
        assert!(found.iter().any(|one| one == rule), "{rule}: {found:?}");
    }
}

#[tokio::test]
async fn vmc_02_and_10_the_certificate_is_trusted_and_current() {
    let unknown = |stage: &mut Stage| stage.options.trust = TrustStore::bimi();
    assert_eq!(broken(unknown).await, ["VMC-02"]);
    for (now, weight) in [
        ("2026-10-01T00:00:00Z", standards::Severity::Error),
        ("2028-11-20T00:00:00Z", standards::Severity::Warn),
        ("2029-01-01T00:00:00Z", standards::Severity::Error),
    ] {
        let mut stage = Stage::new();
        stage.options.now = now.parse().expect("a time");
        let checks = stage.verify().await;
        let finding = checks.iter().filter_map(crate::Check::finding);
        let found: Vec<_> = finding
            .filter(|finding| finding.rule == "VMC-10")
            .map(|finding| finding.severity)
            .collect();
        assert!(found.contains(&weight), "{now}: {found:?}");
    }
}
