//! The requests of whole runs, counted by operation: a new call shows in review.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use engine::ActionOutcome;
use kinds::S3Bucket;
use reconcile::{Project, Who, Wish};

use crate::changed_by::alone;
use crate::fleet;
use crate::run::{Run, carry_out};

type Requests = BTreeMap<String, u64>;

/// Polls of SES that take turns in the same minutes. The observer asks by sockets of this machine, so
/// of ten domains one may be ready in either of two polls, and only the sum of both is the same in
/// every run.
const POLLS: [&str; 2] = [
    "GetIdentityMailFromDomainAttributes",
    "GetIdentityVerificationAttributes",
];

fn requests(project: &Project) -> Requests {
    let stats = project.sandbox.as_ref().expect("a sandbox").stats();
    let mut requests = Requests::new();
    for ([_, service, operation, _], count) in stats.iter() {
        let name = if POLLS.contains(&operation) {
            "ses GetIdentityMailFromDomain- and -VerificationAttributes".to_owned()
        } else {
            format!("{service} {operation}")
        };
        *requests.entry(name).or_default() += count;
    }
    requests
}

/// The requests of `after` that were not made `before`.
fn since(before: &Requests, after: &Requests) -> Requests {
    let of_this = |(name, count): (&String, &u64)| {
        let count = count - before.get(name).unwrap_or(&0);
        (count > 0).then(|| (name.clone(), count))
    };
    after.iter().filter_map(of_this).collect()
}

/// One request a line, and their sum.
fn listed(requests: &Requests) -> String {
    let mut text = String::new();
    for (name, count) in requests {
        let _ = writeln!(text, "{count:>3} {name}");
    }
    let total: u64 = requests.values().sum();
    let _ = writeln!(text, "{total:>3} together");
    text
}

/// The first apply, the plan after it, and destroying all of it: each with its requests.
async fn counted(n: usize) -> String {
    counted_of(&fleet::manifest(n)).await
}

async fn counted_of(manifest: &str) -> String {
    let run = Run::beside_shipped(manifest);
    let mut columns = Vec::new();
    let mut before = Requests::new();
    for wish in [Some(Wish::All), None, Some(Wish::NothingNow)] {
        let project = run.open();
        if let Some(wish) = wish {
            let report = run.bring_about_in(&project, wish).await;
            assert!(report.is_complete(), "{report:?}");
        } else {
            let ledger = project.ledger().await.expect("a ledger");
            let planned = project.plan(ledger, Wish::All).await.expect("a plan");
            assert!(planned.plan.is_empty(), "{:?}", planned.plan.actions);
        }
        let after = requests(&project);
        columns.push(since(&before, &after));
        before = after;
    }
    let mut text = String::from(" apply no-op destroy\n");
    let mut row = |name: &str, counts: [u64; 3]| {
        let [apply, no_op, destroy] = counts;
        let _ = writeln!(text, "{apply:>6} {no_op:>5} {destroy:>7} {name}");
    };
    let column = |at: usize, name: &str| columns[at].get(name).copied().unwrap_or_default();
    for name in before.keys() {
        row(name, [0, 1, 2].map(|at| column(at, name)));
    }
    row("together", [0, 1, 2].map(|at| columns[at].values().sum()));
    text
}

/// The requests of one changed record of one domain in a fleet, with `--target`.
#[tokio::test(start_paused = true)]
async fn of_one_record_in_a_fleet() {
    let run = Run::beside_shipped(&fleet::manifest(10));
    assert!(run.bring_about(Wish::All).await.is_complete());
    let before = requests(&run.open());
    let run = run.changed_to(&fleet::changed(10));
    let project = run.try_open(&[fleet::FIRST]).expect("a sound manifest");
    let report = run.bring_about_in(&project, Wish::All).await;
    assert!(report.is_complete(), "{report:?}");
    insta::assert_snapshot!(listed(&since(&before, &requests(&project))));
}

#[tokio::test(start_paused = true)]
async fn of_one_domain() {
    insta::assert_snapshot!(counted(1).await);
}

#[tokio::test(start_paused = true)]
async fn of_ten_domains() {
    insta::assert_snapshot!(counted(10).await);
}

/// A drift in the six days after one that read everything anew. A plan without changes asks for the tags once
/// more, and does not ask, in each region that sends, whether SES lets the account send.
#[test]
fn of_a_drift_within_the_week() {
    let run = Run::beside_shipped(&fleet::manifest(1));
    alone(async { assert!(run.bring_about(Wish::All).await.is_complete()) });
    let drift = || {
        alone(async {
            let project = run.open();
            let before = requests(&project);
            let ledger = project.ledger().await.expect("a ledger");
            let drifted = Box::pin(reconcile::drift(&project, ledger)).await;
            assert!(drifted.expect("a ledger").drifts.is_empty());
            since(&before, &requests(&project))
        })
    };
    drift();
    insta::assert_snapshot!(listed(&drift()), @r"
     1 acm ListCertificates
     1 cloudfront ListDistributions
     1 cloudfront ListOriginAccessControls
     1 route53 ListResourceRecordSets
     2 s3 GetBucketEncryption
     1 s3 GetBucketLifecycleConfiguration
     1 s3 GetBucketLogging
     2 s3 GetBucketOwnershipControls
     2 s3 GetBucketPolicy
     2 s3 GetBucketVersioning
     2 s3 GetPublicAccessBlock
     1 s3 ListObjectVersions
     2 ses GetAccount
     2 ses GetEmailIdentity
     3 sts AssumeRole
     1 tagging GetResources
    25 together
    ");
}

/// The plan's figure is within a fifth of what the apply then asks for.
#[tokio::test(start_paused = true)]
async fn a_plan_counts_the_calls_and_the_polls_of_its_apply() {
    for n in [1, 10] {
        let run = Run::beside_shipped(&fleet::manifest(n));
        let project = run.open();
        let journal = project.journal(Who::default()).await.expect("a ledger");
        let planned = project.plan(journal.ledger(), Wish::All).await;
        let planned = planned.expect("open accounts");
        let total = |project: &Project| requests(project).values().sum::<u64>();
        let before = total(&project);
        let report = carry_out(&project, &planned, &journal).await;
        assert!(report.expect("a ledger").is_complete());
        let made = total(&project) - before;
        let (calls, polls) = (planned.estimate.total(), planned.estimate.total_polls());
        let counted = u64::from(calls + polls);
        let difference = counted.abs_diff(made);
        assert!(
            difference * 5 <= made,
            "{n} domains: {made} requests were made, and {calls} and {polls} counted"
        );
        journal.close().await.expect("a ledger");
    }
}

#[tokio::test(start_paused = true)]
async fn of_ten_domains_that_share_their_buckets() {
    let manifest = fleet::sharing(&fleet::manifest(10));
    insta::assert_snapshot!(counted_of(&manifest).await);
}

/// Of a fleet's first plan, one listing says which buckets are there. That a name is somebody else's shows when
/// the bucket is made.
#[tokio::test(start_paused = true)]
async fn a_bucket_name_of_somebody_else_is_told_of_a_fleet_when_it_is_made() {
    let manifest = fleet::manifest(4);
    let planned = Run::beside_shipped(&manifest).plan().await;
    let mut buckets = planned
        .desired
        .iter()
        .filter_map(|one| one.spec.get::<S3Bucket>());
    let taken = &buckets.next().expect("a bucket").name;
    let world =
        format!("buckets: [{{ account: \"555555555555\", name: {taken}, region: us-east-1 }}]\n");
    let run = Run::beside_shipped(&manifest).in_world(&world);
    let project = run.open();
    let report = run.bring_about_in(&project, Wish::All).await;
    let failed = report.unfinished().find_map(|(_, outcome)| match outcome {
        ActionOutcome::Failed(error) => Some(error),
        _ => None,
    });
    let error = failed.expect("its name is taken");
    assert_eq!(error.operation, "CreateBucket");
    assert!(
        error
            .message
            .contains("choose another name for the project"),
        "{error:?}"
    );
    let asked = requests(&project);
    assert_eq!(asked.get("s3 GetBucketVersioning"), None, "{asked:?}");
}
