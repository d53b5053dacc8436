//! Which rule verify checks on which subject, for each manifest that ships. A check that silently
//! stops running changes a list.

use std::collections::BTreeSet;

use verify::CheckOutcome;

use crate::run::Run;

/// The rules that are checked, each with its subject and what came of it.
async fn checked(run: &Run) -> String {
    run.apply().await;
    let checks = Box::pin(run.verify()).await;
    let lines = checks.iter().map(|check| {
        let outcome = match &check.outcome {
            CheckOutcome::Good => "good",
            CheckOutcome::Finding(_) => "finding",
            CheckOutcome::Waiting { .. } => "waiting",
            CheckOutcome::Skipped { .. } => "skipped",
        };
        format!(
            "{} {} of {}: {outcome}",
            check.rule, check.what, check.about
        )
    });
    let lines: BTreeSet<String> = lines.collect();
    lines.into_iter().collect::<Vec<_>>().join("\n")
}

macro_rules! shipped {
    ($($test:ident: $name:literal,)*) => {$(
        #[tokio::test(start_paused = true)]
        async fn $test() {
            insta::assert_snapshot!(checked(&Run::shipped($name)).await);
        }
    )*};
}

shipped! {
    example: "example",
    fleet: "fleet",
    manual_dns: "manual-dns",
    one_account_two_regions: "one-account-two-regions",
    two_accounts_one_region: "two-accounts-one-region",
    two_accounts_two_regions: "two-accounts-two-regions",
}

/// Its ledger is in a bucket, which has to be there first.
#[tokio::test(start_paused = true)]
async fn team() {
    insta::assert_snapshot!(checked(&crate::ledgers::team().await).await);
}
