//! Aliases: who may have one, and how it moves.

use crate::common::cloudfront::{
    Answered, aliases, ask, ask_update, client, create, get, serving, smallest, update, viewer,
};
use crate::common::{ONE, TWO, acm, code, error, publish, wait};
use crate::{certificate, cloudfront};

#[tokio::test(start_paused = true)]
async fn aliases_are_unique_across_all_accounts() {
    let (sandbox, _) = cloudfront();
    let names = ["example.com", "*.example.com", "*.a.example.com"];
    let theirs = acm::client(&sandbox, TWO, "us-east-1");
    let one = certificate(&sandbox, &names).await;
    let two = acm::issued(&sandbox, &theirs, &names).await;
    let refusal = async |account: &str, reference: &str, alias: &str| {
        let arn = if account == ONE { &one } else { &two };
        let config = serving(reference, alias, arn);
        error(ask(&client(&sandbox, account), config).await)
    };
    let taken = "CNAMEAlreadyExists: One or more of the CNAMEs you provided are already associated with a different resource.";
    assert_eq!(refusal(ONE, "1", "www.example.com").await, "no error");
    assert_eq!(refusal(ONE, "2", "WWW.example.com").await, taken);
    assert_eq!(refusal(TWO, "3", "www.example.com").await, taken);
    assert_eq!(
        refusal(TWO, "4", "*.example.com").await,
        "no error",
        "a wildcard over another account's alias is another name"
    );
    assert_eq!(refusal(ONE, "5", "*.example.com").await, taken);
    assert_eq!(
        refusal(ONE, "6", "x.example.com").await,
        "no error",
        "an alias under another account's wildcard is another name"
    );
    assert_eq!(refusal(TWO, "7", "x.a.example.com").await, "no error");
}

/// CloudFront Developer Guide, "Use a wildcard to move an alternate domain name".
#[tokio::test(start_paused = true)]
async fn r_15_a_name_moves_to_another_account_under_a_wildcard() {
    const NAME: &str = "www.example.com";
    let (sandbox, source) = cloudfront();
    let target = client(&sandbox, TWO);
    let theirs = acm::client(&sandbox, TWO, "us-east-1");
    let one = certificate(&sandbox, &[NAME]).await;
    let two = acm::issued(&sandbox, &theirs, &[NAME, "*.example.com"]).await;
    let from = create(&source, serving("1", NAME, &one)).await;
    publish(&sandbox, NAME, "CNAME", &[from.domain_name()]);
    let to = create(&target, serving("2", "*.example.com", &two)).await;
    let with = |names: &[&str], last: &Answered| {
        let mut config = last.config().clone();
        config.aliases = Some(aliases(names));
        config
    };
    let both = with(&["*.example.com", NAME], &to);
    let asked = ask_update(&target, to.id(), Some(&to.etag), both.clone());
    assert_eq!(code(asked.await), "CNAMEAlreadyExists", "it is held");
    update(&source, &from, with(&[], &from)).await;
    wait(&sandbox, 170).await;
    let asked = ask_update(&target, to.id(), Some(&to.etag), both.clone());
    assert_eq!(code(asked.await), "CNAMEAlreadyExists", "DNS leads there");
    publish(&sandbox, NAME, "CNAME", &[to.domain_name()]);
    let moved = update(&target, &to, both).await;
    update(&target, &moved, with(&[NAME], &moved)).await;
}

#[tokio::test(start_paused = true)]
async fn r_15_an_alias_that_points_at_another_distribution_is_refused() {
    let (sandbox, cloudfront) = cloudfront();
    let arn = certificate(&sandbox, &["www.example.com"]).await;
    let other = create(&cloudfront, smallest("other")).await;
    let values = [other.domain_name()];
    publish(&sandbox, "www.example.com", "CNAME", &values);
    let config = serving("one", "www.example.com", &arn);
    let refusal = error(ask(&cloudfront, config).await);
    assert!(refusal.starts_with("CNAMEAlreadyExists: One or more aliases specified for the distribution includes an incorrectly configured DNS record"), "{refusal}");
}

#[tokio::test(start_paused = true)]
async fn r_43_an_alias_moves_when_a_txt_record_says_so() {
    let (sandbox, cloudfront) = cloudfront();
    let arn = certificate(&sandbox, &["www.example.com"]).await;
    let holder = create(&cloudfront, serving("1", "www.example.com", &arn)).await;
    let target = smallest("2").viewer_certificate(viewer(&arn));
    let target = create(&cloudfront, target).await;
    let conflicts = cloudfront
        .list_conflicting_aliases()
        .distribution_id(target.id())
        .alias("www.example.com");
    let conflicts = conflicts.send().await.expect("a list");
    let conflicts = conflicts.conflicting_aliases_list.expect("one");
    assert_eq!(conflicts.items()[0].distribution_id(), Some(holder.id()));
    let associate = || {
        let associate = cloudfront.associate_alias().alias("www.example.com");
        associate.target_distribution_id(target.id()).send()
    };
    assert_eq!(code(associate().await), "IllegalUpdate");
    let values = [target.domain_name()];
    publish(&sandbox, "_www.example.com", "TXT", &values);
    associate().await.expect("moved");
    let aliases_of = async |id: &str| {
        let held = get(&cloudfront, id).await;
        let aliases = held.config().aliases().expect("aliases");
        aliases.items().to_vec()
    };
    assert_eq!(aliases_of(target.id()).await, ["www.example.com"]);
    assert!(aliases_of(holder.id()).await.is_empty());
}
