//! Runs about a part of the domains: `--shard I/N`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use engine::{ActionOutcome, Report};
use ledger::Journal;
use manifest::MemoryFiles;
use reconcile::{Environment, Error, Made, Notice, Planned, Project, Subset, Who, Wish};
use sandbox::Sandbox;
use sandbox::faults::{Fault, FaultKind};
use sandbox::world::World;

use crate::run;

/// Two domains that share a configuration set, each in a shard of its own. The reports of the second go
/// to the first.
const MANIFEST: &str = "project: shop

accounts:
  dns:  { id: \"111111111111\", role: mail-deploy }
  mail: { id: \"333333333333\", role: mail-deploy }

ledger: { s3: { account: mail, bucket: ledger-of-the-shop, region: eu-west-1 } }

defaults:
  dns: { route53: { account: dns } }
  dmarc: { p: none, rua: [\"mailto:dmarc@example.com\"] }
  ses:
    - { account: mail, region: eu-west-1, mail_from: bounce, configuration_set: { name: bulk } }

domains:
  example.com:
  example.net:
";

fn shard(text: &str) -> Subset {
    Subset::Shard {
        shard: text.parse().expect("a shard"),
        at_once: None,
    }
}

/// A world in which nothing was applied, with the bucket for the ledger.
async fn world() -> Sandbox {
    let clock = clock::Clock::starting_at(jiff::Timestamp::constant(1_767_600_000, 0), 1.0);
    let mut world = World::default();
    world.sts.seed_account(reconcile::sandbox::OPERATOR, &[]);
    for account in ["111111111111", "333333333333"] {
        world.sts.seed_account(account, &["mail-deploy"]);
    }
    for domain in ["example.com", "example.net"] {
        let zone = world.seed_zone("111111111111", domain, true);
        zone.expect("a zone");
    }
    let sandbox = Sandbox::new(world, clock);
    let made = reconcile::create_ledger(&open(MANIFEST, &sandbox, &Subset::All)).await;
    assert_eq!(made.expect("makes the bucket"), Made::New);
    sandbox
}

fn open(manifest: &str, sandbox: &Sandbox, subset: &Subset) -> Project {
    let files = MemoryFiles::default().with("deploy.yaml", manifest);
    let now = jiff::Timestamp::UNIX_EPOCH;
    let loaded = reconcile::load("deploy.yaml", &files, "deploy.yaml".into(), now);
    let environment = Environment::Held(sandbox.clone());
    let loaded = loaded.expect("a sound manifest");
    Project::open(loaded, subset, environment, Notice::default()).expect("a project")
}

async fn plan(project: &Project) -> Planned {
    let ledger = project.ledger().await.expect("a ledger");
    let planned = project.plan(ledger, Wish::All).await;
    planned.expect("open accounts")
}

/// The changes of a plan.
fn changes(planned: &Planned) -> BTreeSet<String> {
    let actions = planned.plan.actions.iter().filter(|one| one.changes());
    actions
        .map(|action| format!("{} {}", action.verb(), action.resource))
        .collect()
}

/// Waits for whoever holds what this run is about, plans, carries out and closes the ledger.
async fn bring_about(project: &Project, wish: Wish) -> Result<Report, Error> {
    let limit = Duration::from_mins(10);
    let journal: Journal = project
        .journal_when_free(Who::default(), limit, &|_| ())
        .await?;
    run::bring_about(project, journal, wish).await
}

/// The versions of the ledger's documents, by their names.
fn documents(sandbox: &Sandbox) -> BTreeMap<String, usize> {
    let world = sandbox.world();
    let bucket = &world.s3.buckets["ledger-of-the-shop"];
    let documents = bucket.objects.iter();
    let documents = documents.filter(|(key, _)| !key.contains("/runs/"));
    documents
        .map(|(key, versions)| (key.clone(), versions.len()))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn the_shards_together_are_the_whole() {
    let sandbox = world().await;
    let whole = changes(&plan(&open(MANIFEST, &sandbox, &Subset::All)).await);
    let mut parts = BTreeSet::new();
    for part in ["1/2", "2/2"] {
        let part = changes(&plan(&open(MANIFEST, &sandbox, &shard(part))).await);
        assert!(part.len() < whole.len(), "{part:?}");
        parts.extend(part);
    }
    assert_eq!(parts, whole);
}

/// A domain that has left the manifest is removed by the shard that it was always in.
#[tokio::test(start_paused = true)]
async fn a_domain_that_left_the_manifest_stays_in_its_shard() {
    let sandbox = world().await;
    for part in ["1/2", "2/2"] {
        let report = bring_about(&open(MANIFEST, &sandbox, &shard(part)), Wish::All).await;
        assert!(report.expect("a ledger").is_complete(), "{part}");
    }
    let fewer = MANIFEST.replace("  example.net:\n", "");
    let before = documents(&sandbox);
    let first = plan(&open(&fewer, &sandbox, &shard("1/2"))).await;
    // The agreement to receive the reports of the other stands with its receiver.
    let gone = "delete route53_record_set/example.com/dmarc-reports.example.net";
    let changes_of_first = changes(&first);
    assert!(!changes_of_first.is_empty());
    assert!(
        changes_of_first.iter().all(|one| one.starts_with(gone)),
        "{changes_of_first:?}"
    );
    let report = bring_about(&open(&fewer, &sandbox, &shard("2/2")), Wish::All).await;
    let report = report.expect("a ledger");
    assert!(report.is_complete(), "{report:?}");
    let project = open(&fewer, &sandbox, &Subset::All);
    let ledger = project.ledger().await.expect("a ledger");
    let left = ledger
        .entries()
        .filter(|one| one.id.domain == "example.net");
    assert_eq!(left.count(), 0);
    // The other domain's document was not touched.
    let other = "shop/ledger/example.com.jsonl";
    assert_eq!(documents(&sandbox)[other], before[other]);
    bring_about(&project, Wish::All).await.expect("a ledger");
    assert!(plan(&project).await.plan.is_empty());
}

/// A dependency in another shard is met when that one's document says so. Until then it waits, and
/// nothing is written into the other's document.
#[tokio::test(start_paused = true)]
async fn a_dependency_in_another_shard_waits_until_its_document_has_it() {
    let sandbox = world().await;
    let second = || open(MANIFEST, &sandbox, &shard("2/2"));
    let report = bring_about(&second(), Wish::All).await.expect("a ledger");
    let unfinished: Vec<_> = report.unfinished().collect();
    let [(_, ActionOutcome::NotYet(what))] = unfinished.as_slice() else {
        panic!("{unfinished:?}");
    };
    let named = "another shard to do route53_record_set/example.com/dmarc-reports.example.net";
    assert!(what.contains(named), "{what}");
    assert!(what.contains("(PLAN-23)"), "{what}");
    assert!(!documents(&sandbox).contains_key("shop/ledger/example.com.jsonl"));
    let first = open(MANIFEST, &sandbox, &shard("1/2"));
    let report = bring_about(&first, Wish::All).await.expect("a ledger");
    assert!(report.is_complete(), "{report:?}");
    let before = documents(&sandbox)["shop/ledger/example.com.jsonl"];
    let report = bring_about(&second(), Wish::All).await.expect("a ledger");
    assert!(report.is_complete(), "{report:?}");
    let after = documents(&sandbox)["shop/ledger/example.com.jsonl"];
    assert_eq!(after, before, "another shard's document was written");
    let whole = open(MANIFEST, &sandbox, &Subset::All);
    assert!(plan(&whole).await.plan.is_empty());
}

/// Two shards at work at once meet only in what their domains share. Wherever a pause or a lost answer
/// puts one of them behind the other, nothing is made twice, and both domains hold what they share.
#[tokio::test(start_paused = true)]
async fn two_shards_at_once_end_as_one_run_does() {
    let alone = world().await;
    let all = open(MANIFEST, &alone, &Subset::All);
    let report = bring_about(&all, Wish::All).await.expect("a ledger");
    assert!(report.is_complete(), "{report:?}");
    let made = |sandbox: &Sandbox| {
        let stats = sandbox.stats();
        let of = |name: &str| {
            let counts = stats
                .iter()
                .filter(|([_, _, operation, result], _)| *operation == name && *result == "ok");
            counts.map(|(_, count)| count).sum::<u64>()
        };
        ["CreateEmailIdentity", "CreateConfigurationSet"].map(of)
    };
    for call in 1..=12 {
        let sandbox = world().await;
        let late = Fault::new(FaultKind::TimeOutAfter).at("s3", "PutObject");
        sandbox.world().faults.script.push(late.nth(call));
        let both = ["1/2", "2/2"].map(|part| {
            let project = open(MANIFEST, &sandbox, &shard(part));
            async move {
                // As a schedule does: again after a while, until it is done.
                for _ in 0..4 {
                    match bring_about(&project, Wish::All).await {
                        Ok(report) if report.is_complete() => return,
                        Ok(_) | Err(Error::Outside { .. }) => {}
                        Err(error) => panic!("{error:?}"),
                    }
                    project.clock.sleep(Duration::from_mins(1)).await;
                }
                panic!("shard {part} has no end");
            }
        });
        futures::future::join_all(both).await;
        assert_eq!(made(&sandbox), made(&alone), "call {call}");
        let whole = open(MANIFEST, &sandbox, &Subset::All);
        let ledger = whole.ledger().await.expect("a ledger");
        let shared = ledger.entries().find(|entry| entry.id.is_shared());
        let holders = &shared.expect("a configuration set").holders;
        assert_eq!(holders.len(), 2, "call {call}: {holders:?}");
        assert!(plan(&whole).await.plan.is_empty(), "call {call}");
    }
}
