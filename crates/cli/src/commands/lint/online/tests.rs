//! What look-ups find in the sandbox: which rules, and that nothing is changed by asking.

#![expect(
    clippy::disallowed_methods,
    reason = "the test writes a manifest and a world for the program to read"
)]

use clap::Parser as _;

use super::*;
use crate::args::Cli;

const ACCOUNTS: &str = "project: online\n\
    accounts:\n  dns: { id: \"111111111111\" }\n  mail: { id: \"222222222222\" }\n\
    domains:\n";

/// The rules that look-ups find broken for these domains, in a sandbox with this world.
async fn rules(domains: &str, world: &str) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    // The files of a manifest are in its repository.
    std::fs::create_dir(folder.path().join(".git")).expect("a folder");
    let manifest = folder.path().join("deploy.yaml");
    let world_file = folder.path().join("world.yaml");
    std::fs::write(&manifest, format!("{ACCOUNTS}{domains}")).expect("a file");
    std::fs::write(&world_file, world).expect("a file");
    let arguments = [
        "deploy",
        "lint",
        "--sandbox",
        "--speed",
        "instant",
        "--world",
        world_file.to_str().expect("a path"),
    ];
    let cli = Cli::try_parse_from(arguments).expect("arguments");
    let global = cli.global().expect("where to look");
    let selection = Selection {
        manifest,
        targets: Vec::new(),
    };
    let project = Project::open(&global, &selection).expect("a sound manifest");
    let findings = Box::pin(of_project(&project)).await.expect("findings");
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
