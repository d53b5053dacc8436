//! Answers that are meant to hurt end in a finding: within bounded time, which is simulated here,
//! and bounded text. The bounds of one answer's memory are tested with the observer.

use std::time::Duration;

use model::Unseen;

use super::world::{LOGO_URL, POLICY_URL};
use super::{Stage, broken};

/// The longest text that one check shows.
const SHOWN_MAX: usize = 2000;

#[tokio::test]
async fn thousands_of_values_are_one_short_finding() {
    let mut stage = Stage::new();
    for at in 0..5000 {
        let value = format!("v=DMARC1; p=none; x{at}={}", "y".repeat(200));
        stage.world.add("_dmarc.example.com", "TXT", &value);
    }
    let checks = stage.verify().await;
    let rules: Vec<&str> = checks
        .iter()
        .filter_map(crate::Check::finding)
        .map(|one| &*one.rule)
        .collect();
    assert_eq!(rules, ["DMARC-03", "BIMI-X01"]);
    for check in &checks {
        let seen = check.seen.as_deref().unwrap_or_default();
        assert!(
            seen.len() <= SHOWN_MAX,
            "{} bytes of {}",
            seen.len(),
            check.what
        );
        let reason = check
            .finding()
            .map_or("", |finding| finding.reason.as_str());
        assert!(
            reason.len() <= SHOWN_MAX,
            "{} bytes of {}",
            reason.len(),
            check.what
        );
    }
}

#[tokio::test]
async fn a_thousand_mail_hosts_are_not_all_visited() {
    let many = |stage: &mut Stage| {
        for at in 0..1000 {
            stage
                .world
                .add("example.com", "MX", &format!("20 nowhere{at}.example"));
        }
    };
    let found = broken(many).await;
    assert!(found.contains(&"MX-03".to_owned()), "{found:?}");
}

#[tokio::test]
async fn control_characters_are_a_fault_like_any_other_text() {
    let control = |stage: &mut Stage| {
        let value = "\u{1b}]0;owned\u{7}v=TLSRPTv1; rua=mailto:a@example.com";
        stage.world.set("_smtp._tls.example.com", "TXT", &[value]);
    };
    assert_eq!(broken(control).await, ["RPT-07"]);
}

#[tokio::test]
async fn bodies_that_never_end_or_are_too_large_are_findings() {
    for (url, unseen, rule) in [
        (POLICY_URL, Unseen::Slow(Duration::from_secs(20)), "STS-H06"),
        (
            POLICY_URL,
            Unseen::NoAnswer("more than 524288 bytes".to_owned()),
            "STS-H01",
        ),
        (LOGO_URL, Unseen::Slow(Duration::from_secs(20)), "BIMI-X08"),
        (
            LOGO_URL,
            Unseen::NoAnswer("more than 524288 bytes".to_owned()),
            "BIMI-X08",
        ),
    ] {
        let found = broken(|stage| stage.world.no_page(url, unseen)).await;
        assert_eq!(found, [rule], "{url}");
    }
}

/// A logo of a few kilobytes that inflates to a hundred megabytes.
#[tokio::test]
async fn a_compressed_logo_is_not_inflated_beyond_what_a_logo_may_have() {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let chunk = vec![b' '; 1 << 20];
    for _ in 0..100 {
        encoder.write_all(&chunk).expect("memory takes all");
    }
    let bomb = encoder.finish().expect("memory takes all");
    assert!(
        bomb.len() < 512 * 1024,
        "it would be cut off: {}",
        bomb.len()
    );
    let served = |stage: &mut Stage| stage.world.page(LOGO_URL).body = bomb;
    let found = broken(served).await;
    assert!(
        found.contains(&"SVG-18".to_owned()) || found.contains(&"SVG-25".to_owned()),
        "{found:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_domain_whose_names_never_answer_ends_in_findings() {
    let mut stage = Stage::new();
    for owner in [
        "_dmarc.example.com",
        "amazonses.com",
        "mx1.example.com",
        "example.com",
    ] {
        stage.world.endless.insert(owner.to_owned());
    }
    let began = tokio::time::Instant::now();
    let checks = stage.verify().await;
    let patience = stage.options.patience;
    // Four groups of subjects, and the delegation, one after the other.
    assert!(began.elapsed() <= 5 * patience, "{:?}", began.elapsed());
    let findings = checks.iter().filter_map(crate::Check::finding);
    assert!(findings.filter(|finding| finding.rule == "LIVE-02").count() >= 3);
}
