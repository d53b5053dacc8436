//! Invalidations.

use crate::common::cloudfront::{get, invalidate};
use crate::common::{code, wait};
use crate::with_distribution;

#[tokio::test(start_paused = true)]
async fn invalidations_complete_and_can_be_replayed() {
    let (sandbox, cloudfront, made) = with_distribution().await;
    let ask = async |reference: &str, paths: &[&str]| {
        invalidate(&cloudfront, made.id(), reference, paths).await
    };
    let first = ask("1", &["/a", "/b/*"]).await.expect("an invalidation");
    let first = first.invalidation.expect("one");
    assert_eq!(first.status(), "InProgress");
    let held = get(&cloudfront, made.id()).await.distribution;
    assert_eq!(held.in_progress_invalidation_batches(), 1);
    let again = ask("1", &["/a", "/b/*"]).await.expect("the same");
    assert_eq!(again.invalidation.expect("one").id(), first.id());
    assert_eq!(
        code(ask("1", &["/c"]).await),
        "InvalidationBatchAlreadyExists"
    );
    assert_eq!(code(ask("2", &["c"]).await), "InvalidArgument");
    let got = |id: &str| {
        let got = cloudfront.get_invalidation().distribution_id(made.id());
        got.id(id).send()
    };
    wait(&sandbox, 20).await;
    let done = got(first.id()).await.expect("it").invalidation;
    assert_eq!(done.expect("one").status(), "Completed");
    assert_eq!(code(got("I0000000000000").await), "NoSuchInvalidation");
    ask("3", &["/*"]).await.expect("another");
    let list = || cloudfront.list_invalidations().distribution_id(made.id());
    let newest = list().max_items(1).send().await.expect("a list");
    let newest = newest.invalidation_list.expect("one");
    assert!(newest.is_truncated());
    let rest = list().set_marker(newest.next_marker).send().await;
    let rest = rest.expect("a list").invalidation_list.expect("one");
    assert_eq!(rest.items()[0].id(), first.id());
}
