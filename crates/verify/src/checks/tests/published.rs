//! Reading of a domain's published mail, whoever deployed it.

use super::world::{CERTIFICATE, LOGO, Stage, name};
use crate::published::{NothingPublished, published};

#[tokio::test(start_paused = true)]
async fn everything_that_is_published_is_read() {
    let stage = Stage::new();
    let seen = published(&name("example.com"), &stage.world).await;
    let seen = seen.expect("it is there");
    assert_eq!(seen.mx.values, ["10 mx1.example.com"]);
    assert_eq!(seen.spf_lookups, Some(1));
    assert!(seen.dmarc.read.is_some() && seen.tls_rpt.read.is_some());
    let policy = seen.policy.read.expect("a policy");
    assert_eq!(policy.mode().to_string(), "enforce");
    let logo = seen.logo.and_then(|file| file.bytes);
    assert_eq!(logo.as_deref(), Some(LOGO));
    let certificate = seen.certificate.and_then(|file| file.bytes);
    assert_eq!(certificate.as_deref(), Some(CERTIFICATE));
    assert_eq!(seen.ses_tokens.values, ["first-token", "second-token"]);
    let found: Vec<(&str, &str)> = seen
        .mail_from
        .iter()
        .map(|one| (&*one.label, &*one.region))
        .collect();
    assert_eq!(found, [("mail1", "us-east-1")]);
}

#[tokio::test(start_paused = true)]
async fn what_has_no_answer_is_not_taken_for_nothing() {
    let mut stage = Stage::new();
    stage.world.endless.insert("_dmarc.example.com".to_owned());
    stage.world.servfail("example.com", "TXT");
    let seen = published(&name("example.com"), &stage.world).await;
    let seen = seen.expect("it is there");
    assert!(!seen.dmarc.is_answered && !seen.dmarc.is_absent());
    assert_eq!(seen.dmarc.findings[0].rule, "LIVE-02");
    assert!(!seen.spf.is_answered && seen.spf.read.is_none());
    assert!(seen.tls_rpt.is_answered);
}

#[tokio::test(start_paused = true)]
async fn a_name_with_nothing_is_no_domain() {
    let mut stage = Stage::new();
    let nothing = published(&name("nothing.example"), &stage.world).await;
    assert!(matches!(nothing, Err(NothingPublished::NoSuchDomain(_))));
    stage.world.servfail("nothing.example", "SOA");
    let unknown = published(&name("nothing.example"), &stage.world).await;
    assert!(matches!(unknown, Err(NothingPublished::NoAnswer { .. })));
}
