//! The state of any domain's mail: one fault has one place, and the most urgent step comes first.

use model::{Grade, Overview, Standard};

use super::world::{POLICY_URL, Stage, name};
use crate::overview::overview;

async fn of(stage: &Stage) -> Overview {
    let seen = overview(&name("example.com"), &stage.world, &stage.options).await;
    seen.expect("it is there")
}

async fn after(change: impl FnOnce(&mut Stage)) -> Overview {
    let mut stage = stage();
    change(&mut stage);
    of(&stage).await
}

/// A domain in order, with a zone that can be seen.
fn stage() -> Stage {
    let mut stage = Stage::new();
    stage.world.set(
        "example.com",
        "NS",
        &["ns-1.example.net", "ns-2.example.net"],
    );
    stage
        .world
        .set("s1._domainkey.example.com", "TXT", &[super::world::KEY]);
    stage
}

fn grade(overview: &Overview, standard: Standard) -> Grade {
    let mut subjects = overview.subjects.iter();
    let subject = subjects.find(|one| one.standard == standard);
    subject.expect("every standard has a subject").grade
}

/// The standard and the rule of the first step.
fn first(overview: &Overview) -> (Standard, Option<&str>) {
    let step = overview.steps.first().expect("something to do");
    (step.standard, step.rule.as_deref())
}

#[tokio::test(start_paused = true)]
async fn a_domain_in_order_has_no_fault() {
    let overview = of(&stage()).await;
    for subject in &overview.subjects {
        assert_eq!(subject.grade, Grade::Good, "{subject:#?}");
    }
    assert!(overview.steps.iter().all(|step| step.rule.is_some()));
    assert!(!overview.is_faulty() && !overview.is_unanswered());
}

#[tokio::test(start_paused = true)]
async fn what_loses_mail_comes_first() {
    let overview = after(|stage| {
        stage.world.add("example.com", "TXT", "v=spf1 -all");
        stage
            .world
            .set("example.com", "MX", &["10 other.example.com"]);
        stage.world.set("other.example.com", "A", &["192.0.2.9"]);
    })
    .await;
    assert_eq!(grade(&overview, Standard::Spf), Grade::Faulty);
    // The enforced policy does not name the mail host: senders keep the mail.
    assert_eq!(grade(&overview, Standard::MtaSts), Grade::Faulty);
    assert_eq!(first(&overview), (Standard::MtaSts, Some("STS-P13")));
    let rules = overview.steps.iter().map(|step| step.rule.as_deref());
    let rules: Vec<_> = rules.collect();
    assert!(rules.contains(&Some("SPF-02")), "{rules:?}");
}

#[tokio::test(start_paused = true)]
async fn a_fault_is_told_once() {
    let overview = after(|stage| {
        stage.world.page(POLICY_URL).status = 404;
    })
    .await;
    let subjects = overview.subjects.iter();
    let findings = subjects.flat_map(|subject| &subject.findings);
    let same = findings.filter(|finding| finding.rule == "STS-H01");
    assert_eq!(same.count(), 1, "{overview:#?}");
}

#[tokio::test(start_paused = true)]
async fn absent_policies_are_asked_for_in_their_order() {
    let overview = after(|stage| {
        for name in [
            "_dmarc.example.com",
            "_mta-sts.example.com",
            "_smtp._tls.example.com",
            "default._bimi.example.com",
            "example.com",
        ] {
            stage.world.set(name, "TXT", &[]);
        }
        stage.world.no_page(
            POLICY_URL,
            model::Unseen::NoAnswer("connection refused".to_owned()),
        );
        for host in ["mta-sts.example.com", "bimi-assets.example.com"] {
            stage.world.set(host, "A", &[]);
            stage.world.set(host, "AAAA", &[]);
        }
    })
    .await;
    let order: Vec<Standard> = overview.steps.iter().map(|step| step.standard).collect();
    let wanted = [
        Standard::Spf,
        Standard::Dmarc,
        Standard::TlsRpt,
        Standard::MtaSts,
    ];
    assert_eq!(order[..4], wanted, "{overview:#?}");
    // Nobody shows a logo without DMARC.
    assert!(!order.contains(&Standard::Bimi));
    assert!(!overview.is_faulty(), "{overview:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_policy_that_asks_nothing_is_begun() {
    let overview = after(|stage| {
        let record = "v=DMARC1; p=none; rua=mailto:dmarc@reports.example.net";
        stage.world.set("_dmarc.example.com", "TXT", &[record]);
    })
    .await;
    let steps = overview.steps.iter();
    let mut dmarc = steps.filter(|step| step.standard == Standard::Dmarc);
    let step = dmarc.next().expect("a step");
    assert!(step.action.starts_with("go to p=quarantine"), "{step:?}");
    assert_eq!(grade(&overview, Standard::Dmarc), Grade::Begun);
}

#[tokio::test(start_paused = true)]
async fn keys_of_ses_are_not_missed() {
    let without_key = |stage: &mut Stage| {
        stage.world.set("s1._domainkey.example.com", "TXT", &[]);
    };
    let with_ses = after(without_key).await;
    assert_eq!(grade(&with_ses, Standard::Dkim), Grade::Unseen);
    let is_dkim = |overview: &Overview| {
        let mut steps = overview.steps.iter();
        steps.any(|step| step.standard == Standard::Dkim)
    };
    assert!(!is_dkim(&with_ses) && !with_ses.is_unanswered());
    let without_ses = after(|stage| {
        without_key(stage);
        stage.world.set("_amazonses.example.com", "TXT", &[]);
        stage.world.set("mail1.example.com", "MX", &[]);
    })
    .await;
    assert!(is_dkim(&without_ses), "{without_ses:#?}");
}

#[tokio::test(start_paused = true)]
async fn no_answer_is_no_fault() {
    let overview = after(|stage| {
        stage.world.servfail("example.com", "MX");
    })
    .await;
    assert_eq!(grade(&overview, Standard::Mx), Grade::Unseen);
    assert!(overview.is_unanswered());
}

#[tokio::test(start_paused = true)]
async fn a_delegation_to_other_servers_is_a_fault_of_dns() {
    let overview = after(|stage| {
        stage.world.delegation = Ok(vec!["ns-9.example.net".to_owned()]);
    })
    .await;
    assert_eq!(grade(&overview, Standard::Dns), Grade::Faulty);
    assert_eq!(first(&overview), (Standard::Dns, Some("DNS-08")));
}

/// A refusal by one receiver is told, and is no error for the others.
#[tokio::test(start_paused = true)]
async fn a_receiver_that_refuses_the_certificate_is_named() {
    let overview = after(|stage| super::web::refuse(stage, "2026-10-31T23:59:59Z")).await;
    assert_eq!(
        grade(&overview, Standard::Bimi),
        Grade::Good,
        "{overview:#?}"
    );
    assert_eq!(first(&overview), (Standard::Bimi, Some("RCV-06")));
}
