//! The findings of look-ups in the sandbox: which rules, and that nothing is changed by asking.

use manifest::MemoryFiles;

use super::*;
use crate::{Environment, Notice, SandboxSettings, Speed, Subset, load};

const ACCOUNTS: &str = "project: online\n\
    accounts:\n  dns: { id: \"111111111111\" }\n  mail: { id: \"222222222222\" }\n\
    domains:\n";

/// The rules that look-ups find broken for these domains, in a sandbox with this world.
async fn rules(domains: &str, world: &str) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let files = MemoryFiles::default().with("deploy.yaml", format!("{ACCOUNTS}{domains}"));
    let now = clock::Clock::real().now();
    let loaded = load(
        "deploy.yaml",
        &files,
        folder.path().join("deploy.yaml"),
        now,
    );
    let environment = Environment::Sandbox(SandboxSettings {
        speed: Some(Speed::Instant),
        world: Some(("world.yaml".to_owned(), world.to_owned())),
        weather: None,
    });
    let project = loaded
        .and_then(|loaded| Project::open(loaded, &Subset::All, environment, Notice::default()));
    let project = project.expect("a manifest without errors");
    let findings = Box::pin(lint_with_accounts(&project))
        .await
        .expect("findings");
    let sandbox = project.sandbox.as_ref().expect("a sandbox");
    let stats = sandbox.stats();
    assert!(stats.total() > 0, "AWS is asked");
    let changing: Vec<_> = stats.changes().collect();
    assert!(changing.is_empty(), "{changing:?}");
    let mut rules: Vec<String> = findings
        .into_iter()
        .map(|finding| finding.rule.into_owned())
        .collect();
    rules.sort();
    rules.dedup();
    rules
}

const SENDER: &str = "  example.com:\n    dns: { route53: { account: dns } }\n    \
    ses: [{ account: mail, region: eu-west-1, mail_from: m }]\n";

#[tokio::test(start_paused = true)]
async fn a_domain_that_is_alone_is_quiet() {
    assert_eq!(rules(SENDER, "{}").await, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn ses_25_and_26_are_asked_of_the_account() {
    let standing =
        |keys: &str| format!("ses: [{{ account: \"222222222222\", region: eu-west-1, {keys} }}]\n");
    assert_eq!(
        rules(SENDER, &standing("production: false")).await,
        ["SES-25"]
    );
    assert_eq!(
        rules(SENDER, &standing("enforcement: PROBATION")).await,
        ["SES-26"]
    );
    assert_eq!(rules(SENDER, &standing("sending: false")).await, ["SES-26"]);
}

#[tokio::test(start_paused = true)]
async fn what_the_plan_would_refuse_is_said_before() {
    let world = "zones:\n  - account: \"111111111111\"\n    name: example.com\n    records:\n      \
        - { name: example.com, type: TXT, values: [\"v=spf1 mx -all\"] }\n";
    let block = format!("{SENDER}    spf: {{ include: [amazonses.com] }}\n");
    let found = rules(&block, world).await;
    assert!(found.contains(&"PLAN-01".to_owned()), "{found:?}");
}

#[tokio::test(start_paused = true)]
async fn dns_04_where_people_publish_by_hand() {
    let domain = "  example.com:\n    dns: manual\n    dmarc: { p: none, rua: [\"mailto:d@example.com\"] }\n    \
        ses: [{ account: mail, region: eu-west-1, mail_from: m }]\n";
    let world =
        "dns:\n  - { name: _dmarc.example.com, type: CNAME, values: [_dmarc.example.net] }\n";
    let found = rules(domain, world).await;
    assert!(found.contains(&"DNS-04".to_owned()), "{found:?}");
    let found = rules(domain, "{}").await;
    assert!(!found.contains(&"DNS-04".to_owned()), "{found:?}");
}
