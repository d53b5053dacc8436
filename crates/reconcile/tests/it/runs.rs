//! The runs that change something: open, plan, apply, the second plan, a saved plan, destroy.

use std::collections::BTreeSet;

use model::Verb;
use reconcile::{Error, SavedPlan, Subset, Who, Wish};
use standards::dns::RecordType;

use crate::run::Run;

const SENDER: &str = "project: runs\n\
    accounts:\n  dns: { id: \"111111111111\" }\n  mail: { id: \"222222222222\" }\n\
    domains:\n  example.com:\n    dns: { route53: { account: dns } }\n    \
    dmarc: { p: none, rua: [\"mailto:d@example.com\"] }\n    \
    ses: [{ account: mail, region: eu-west-1, mail_from: m }]\n";

/// The same with another policy.
fn quarantine() -> String {
    SENDER.replace("p: none", "p: quarantine")
}

#[tokio::test(start_paused = true)]
async fn a_manifest_with_errors_is_not_opened() {
    let run = Run::of(&SENDER.replace("dmarc", "dmrac"));
    let Err(Error::Manifest(findings)) = run.try_open(&[]) else {
        panic!("it was opened");
    };
    assert_eq!(findings[0].reason, "unknown key `dmrac`");
}

#[tokio::test(start_paused = true)]
async fn a_target_that_is_not_in_the_manifest_is_refused() {
    let Err(Error::Usage(why)) = Run::of(SENDER).try_open(&["example.net"]) else {
        panic!("it was opened");
    };
    assert!(why.starts_with("--target example.net:"), "{why}");
    assert!(Run::of(SENDER).try_open(&["EXAMPLE.com"]).is_ok());
}

#[tokio::test(start_paused = true)]
async fn the_sandbox_has_a_ledger_of_its_own() {
    let s3 = "ledger: { s3: { account: dns, bucket: a-ledger-bucket, region: us-east-1 } }\n";
    assert!(Run::of(&format!("{s3}{SENDER}")).try_open(&[]).is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_world_that_is_no_world_is_an_error_with_its_cause() {
    let run = Run::of(SENDER).in_world("zones: 7\n");
    let Err(Error::Outside { what, source }) = run.try_open(&[]) else {
        panic!("it was opened");
    };
    assert_eq!(what, "could not use the world file world.yaml");
    assert!(!source.to_string().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_apply_does_what_the_plan_says_and_the_second_plan_is_empty() {
    let run = Run::of(SENDER);
    let planned = run.plan().await;
    let created = planned.plan.count(Verb::Create);
    assert!(created > 0);
    assert!(
        run.ledger().await.domains.is_empty(),
        "a plan records nothing"
    );
    let report = run.bring_about(Wish::All).await;
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(run.ledger().await.entries().count(), planned.desired.len());
    let again = run.plan().await;
    assert!(again.plan.is_empty(), "{:?}", again.plan.actions);
}

/// The tags of a certificate are confirmed with those of other resources, unless they are to be read.
#[tokio::test(start_paused = true)]
async fn a_refresh_reads_what_is_on_record() {
    let run = Run::beside_shipped(&crate::fleet::manifest(1));
    run.bring_about(Wish::All).await;
    let mut read = Vec::new();
    for refresh in [false, true] {
        let mut project = run.open();
        project.refresh = refresh;
        let counted = |project: &reconcile::Project| {
            let sandbox = project.sandbox.as_ref().expect("a sandbox");
            sandbox.stats().calls("acm", "ListTagsForCertificate")
        };
        let before = counted(&project);
        let ledger = project.ledger().await.expect("a ledger");
        let planned = project.plan(ledger, Wish::All).await.expect("a plan");
        assert!(planned.plan.is_empty(), "{:?}", planned.plan.actions);
        read.push(counted(&project) - before);
    }
    assert_eq!(read, [0, 1]);
}

#[tokio::test(start_paused = true)]
async fn a_saved_plan_is_the_plan_of_now_until_something_moves() {
    let run = Run::of(SENDER);
    let saved = SavedPlan::read(&save(&run).await).expect("a saved plan");
    let now = run.plan().await.plan;
    let project = run.open();
    assert!(saved.moved(&project.manifest, &now).is_none());
    // Somebody else publishes a record that the plan is about to create.
    let sandbox = project.sandbox.as_ref().expect("a sandbox");
    let mut world = sandbox.world();
    let zone = world.route53.zones_of("111111111111").next();
    let zone = zone.map(|zone| zone.id.clone()).expect("a zone");
    let value = ["\"v=DMARC1; p=none; rua=mailto:d@example.com\""];
    let name = "_dmarc.example.com";
    let seeded = world.seed_records(&zone, name, ("TXT", 300), &value);
    seeded.expect("a record");
    drop(world);
    let ledger = project.ledger().await.expect("a ledger");
    let now = project
        .plan(ledger, Wish::All)
        .await
        .expect("open accounts")
        .plan;
    let moved = saved.moved(&project.manifest, &now).expect("it moved");
    let names = |actions: &[reconcile::SavedAction]| -> Vec<String> {
        let names = actions.iter();
        names
            .map(|one| format!("{} {}", one.verb, one.resource))
            .collect()
    };
    let (gone, new) = (names(&moved.gone), names(&moved.new));
    assert_eq!(gone.len(), 1, "{gone:?}");
    assert!(gone[0].starts_with("create route53_record_set"), "{gone:?}");
    assert!(new.iter().all(|one| one.starts_with("adopt ")), "{new:?}");
}

/// The text of a plan of now.
async fn save(run: &Run) -> String {
    let plan = run.plan().await.plan;
    let manifest = run.open().manifest;
    let saved = SavedPlan::new("deploy.yaml".into(), Subset::All, &manifest, &plan);
    saved.text().expect("a text")
}

/// Everything that decides is sealed: the plan, the manifest's path, the targets, the accounts.
#[tokio::test(start_paused = true)]
async fn a_saved_plan_that_was_edited_is_refused() {
    let text = save(&Run::of(SENDER)).await;
    for (from, to) in [
        ("eu-west-1", "eu-west-3"),
        (
            "\"manifest\": \"deploy.yaml\"",
            "\"manifest\": \"other.yaml\"",
        ),
        ("\"targets\": []", "\"targets\": [\"example.com\"]"),
        ("\"id\": \"222222222222\"", "\"id\": \"333333333333\""),
        ("\"role\": null", "\"role\": \"admin\""),
    ] {
        let edited = text.replacen(from, to, 1);
        assert_ne!(edited, text, "{from}");
        let Err(Error::Usage(why)) = SavedPlan::read(&edited) else {
            panic!("it was read with {to}");
        };
        assert!(why.ends_with("plan again"), "{why}");
    }
}

/// The plan is the same, and would be carried out by another role.
#[tokio::test(start_paused = true)]
async fn a_saved_plan_is_refused_when_an_account_is_entered_otherwise() {
    let run = Run::of(SENDER);
    let saved = SavedPlan::read(&save(&run).await).expect("a saved plan");
    let profile = SENDER.replace("\"222222222222\" }", "\"222222222222\", profile: other }");
    assert_ne!(profile, SENDER);
    let run = run.changed_to(&profile);
    let now = run.plan().await.plan;
    let moved = saved.moved(&run.open().manifest, &now);
    assert!(moved.is_some_and(|moved| moved.accounts));
}

#[tokio::test(start_paused = true)]
async fn a_change_of_the_manifest_changes_that_and_nothing_else() {
    let run = Run::of(SENDER);
    run.bring_about(Wish::All).await;
    let run = run.changed_to(&quarantine());
    let planned = run.plan().await;
    let changing = planned.plan.actions.iter().filter(|one| one.changes());
    let changing: Vec<String> = changing
        .map(|one| format!("{} {}", one.verb(), one.resource))
        .collect();
    assert_eq!(changing.len(), 1, "{changing:?}");
    assert!(changing[0].contains("dmarc"), "{changing:?}");
}

#[tokio::test(start_paused = true)]
async fn destroy_leaves_nothing_of_ours() {
    let run = Run::of(SENDER);
    run.bring_about(Wish::All).await;
    let report = run.bring_about(Wish::Nothing).await;
    assert!(report.is_complete(), "{report:?}");
    let ledger = run.ledger().await;
    assert_eq!(ledger.entries().count() + ledger.retired().count(), 0);
    let project = run.open();
    let sandbox = project.sandbox.as_ref().expect("a sandbox");
    let outside = project.engine.outside();
    let dmarc = outside.lookup("_dmarc.example.com", RecordType::Txt).await;
    assert_eq!(dmarc.expect("an answer"), [""; 0]);
    let changes = sandbox.stats();
    let deleted = changes
        .iter()
        .filter(|([_, _, name, _], _)| *name == "DeleteEmailIdentity");
    assert_eq!(deleted.count(), 1);
}

/// The ledger's upgrade loses nothing: the world in which formats 1 and 2 were written, with its
/// ledger in one of them. The domain's document had what domains share, which has one of its own since
/// format 3: whichever of the two is written first, and alone, both are read as before.
async fn changes_nothing_in_its_own_world(ledger: &str) {
    let world = include_str!("format_1/world.json");
    let own = "example.com";
    let shared = "shared/cloudfront_origin_access_control-web.a";
    for order in [[own, shared, own], [shared, own, shared]] {
        let run = Run::shipped("example").left_by(world, &[("example.com.json", ledger)]);
        let planned = run.plan().await;
        assert!(planned.plan.is_empty(), "{:?}", planned.plan.findings);
        let before = run.ledger().await;
        assert_eq!(before.entries().count(), planned.desired.len());
        for written in order {
            write_anew(&run, written).await;
            assert_eq!(run.ledger().await, before, "after {written} was written");
        }
        // The domain's document has given its copy up.
        let text = run.document(own);
        assert!(
            !text.contains("\"id\":\"cloudfront_origin_access_control"),
            "{text}"
        );
        assert!(text.contains("\"id\":\"cloudfront_distribution"), "{text}");
    }
}

/// Claims one document and compacts it, as the first run that changes something in it does.
async fn write_anew(run: &Run, document: &str) {
    let project = run.open();
    let journal = project.journal(Who::default()).await.expect("a ledger");
    let documents = BTreeSet::from([document.to_owned()]);
    journal.claim(&documents).await.expect("claims");
    journal.close().await.expect("closes");
}

#[tokio::test(start_paused = true)]
async fn a_ledger_of_format_1_changes_nothing_in_its_own_world() {
    let ledger = include_str!("../../../ledger/src/stored/fixtures/format_1.json");
    changes_nothing_in_its_own_world(ledger).await;
}

#[tokio::test(start_paused = true)]
async fn a_ledger_of_format_2_changes_nothing_in_its_own_world() {
    let ledger = include_str!("../../../ledger/src/stored/fixtures/format_2.json");
    changes_nothing_in_its_own_world(ledger).await;
}

/// The same for format 3, which had a snapshot beside a journal, and what domains share in a folder
/// below. After the first write there is one document in their place.
#[tokio::test(start_paused = true)]
async fn a_ledger_of_format_3_changes_nothing_in_its_own_world() {
    let world = include_str!("format_3/world.json");
    let shared = "shared/cloudfront_origin_access_control-web.a.json";
    let ledger = [
        (
            "example.com.json",
            include_str!("../../../ledger/src/stored/fixtures/format_3.json"),
        ),
        (
            shared,
            include_str!("../../../ledger/src/stored/fixtures/format_3_shared.json"),
        ),
    ];
    let run = Run::shipped("example").left_by(world, &ledger);
    let planned = run.plan().await;
    assert!(planned.plan.is_empty(), "{:?}", planned.plan.findings);
    let before = run.ledger().await;
    assert_eq!(before.entries().count(), planned.desired.len());
    let project = run.open();
    let journal = project.journal(Who::default()).await.expect("a ledger");
    let documents = before.domains.keys().cloned().collect();
    journal.claim(&documents).await.expect("claims");
    journal.close().await.expect("closes");
    drop(project);
    let kept = run.folder().join(".deploy/sandbox/anycompany");
    assert!(!kept.join("ledger").join(shared).exists());
    assert!(!kept.join("ledger/example.com.json").exists());
    assert_eq!(run.ledger().await, before);
}

/// The same for format 4, which did not have the versions of objects: they are learnt by the next run that
/// changes something.
#[tokio::test(start_paused = true)]
async fn a_ledger_of_format_4_changes_nothing_in_its_own_world() {
    let world = include_str!("format_4/world.json");
    let ledger = [
        (
            "example.com.jsonl",
            include_str!("../../../ledger/src/stored/fixtures/format_4.jsonl"),
        ),
        (
            "../shared/cloudfront_origin_access_control-web.a.jsonl",
            include_str!("../../../ledger/src/stored/fixtures/format_4_shared.jsonl"),
        ),
    ];
    let run = Run::shipped("example").left_by(world, &ledger);
    let planned = run.plan().await;
    assert!(planned.plan.is_empty(), "{:?}", planned.plan.findings);
    assert_eq!(run.ledger().await.entries().count(), planned.desired.len());
}
