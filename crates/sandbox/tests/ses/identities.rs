//! Identities: made, listed and deleted, with their tags, policies and settings.

use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::types::IdentityFilterKey;
use sandbox::faults::{Fault, FaultKind};

use crate::common::{ONE, TWO, code, error, wait};
use crate::configuration_sets::make_set;
use crate::{DOMAIN, ask, create, delete, find, identity, ses, tag, v2_in, with_identity};

#[tokio::test(start_paused = true)]
async fn an_identity_that_exists_is_not_made_again() {
    let (_sandbox, ses, _) = with_identity().await;
    assert_eq!(
        error(ask(&ses, "EXAMPLE.com").await),
        "AlreadyExistsException: Email identity EXAMPLE.com already exist."
    );
}

#[tokio::test(start_paused = true)]
async fn accounts_and_regions_do_not_see_each_others_identities() {
    let (sandbox, _, first) = with_identity().await;
    for (account, region) in [(ONE, "eu-west-1"), (TWO, "us-east-1")] {
        let other = v2_in(&sandbox, account, region);
        assert_eq!(
            error(find(&other, DOMAIN).await),
            "NotFoundException: Email identity example.com does not exist."
        );
        assert_ne!(create(&other, DOMAIN).await.tokens, first.tokens);
    }
}

#[tokio::test(start_paused = true)]
async fn an_identity_that_is_deleted_and_made_again_has_new_tokens() {
    let (sandbox, ses) = ses();
    let before = sandbox.world().dump();
    let first = create(&ses, DOMAIN).await;
    delete(&ses, DOMAIN).await.expect("deleted");
    assert_eq!(sandbox.world().dump(), before);
    assert_ne!(create(&ses, DOMAIN).await.tokens, first.tokens);
    assert_eq!(code(delete(&ses, "example.org").await), "NotFoundException");
}

#[tokio::test(start_paused = true)]
async fn an_unknown_configuration_set_is_refused_and_nothing_is_made() {
    let (_sandbox, ses) = ses();
    let asked = ses.create_email_identity().email_identity(DOMAIN);
    let refused = asked.configuration_set_name("mail").send().await;
    assert_eq!(
        error(refused),
        "NotFoundException: Configuration set <mail> does not exist."
    );
    assert_eq!(code(find(&ses, DOMAIN).await), "NotFoundException");
}

#[tokio::test(start_paused = true)]
async fn names_that_are_no_domains_are_refused() {
    let (_sandbox, ses) = ses();
    for name in [
        "com",
        "exa mple.com",
        "-example.com",
        "@example.com",
        "mail@",
    ] {
        let refused = ask(&ses, name).await;
        assert_eq!(code(refused), "BadRequestException", "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn feedback_configuration_set_and_signing_are_read_as_they_were_put() {
    let (_sandbox, ses, _) = with_identity().await;
    make_set(&ses, "mail").await;
    let feedback = ses.put_email_identity_feedback_attributes();
    let feedback = feedback.email_identity(DOMAIN).send().await;
    feedback.expect("put");
    let set = ses.put_email_identity_configuration_set_attributes();
    let set = set.email_identity(DOMAIN).configuration_set_name("mail");
    set.send().await.expect("put");
    let signing = ses.put_email_identity_dkim_attributes();
    let signing = signing.email_identity(DOMAIN).send().await;
    signing.expect("put");
    let got = identity(&ses, DOMAIN).await;
    assert!(!got.feedback_forwarding_status);
    assert_eq!(got.configuration_set_name(), Some("mail"));
    assert!(!got.dkim_attributes.expect("DKIM").signing_enabled);
}

#[tokio::test(start_paused = true)]
async fn tags_are_listed_added_and_removed() {
    let (_sandbox, ses) = ses();
    let created = ses.create_email_identity().email_identity(DOMAIN);
    let created = created.tags(tag("a", "1")).send().await;
    created.expect("a new identity");
    let arn = "arn:aws:ses:us-east-1:111111111111:identity/example.com";
    let add = ses.tag_resource().resource_arn(arn).tags(tag("b", "2"));
    add.send().await.expect("tagged");
    let remove = ses.untag_resource().resource_arn(arn).tag_keys("a");
    remove.send().await.expect("untagged");
    let held = |arn: &str| ses.list_tags_for_resource().resource_arn(arn).send();
    assert_eq!(held(arn).await.expect("tags").tags(), [tag("b", "2")]);
    let missing = format!("{arn}.org");
    assert_eq!(code(held(&missing).await), "NotFoundException");
}

const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":"ses:SendEmail","Resource":"*"}]}"#;

/// The names and texts of the sending authorization policies of the domain.
async fn policies(ses: &Client) -> Vec<(String, String)> {
    let read = ses.get_email_identity_policies().email_identity(DOMAIN);
    let read = read.send().await.expect("the policies");
    read.policies.into_iter().flatten().collect()
}

#[tokio::test(start_paused = true)]
async fn policies_are_made_updated_and_deleted() {
    let (_sandbox, ses, _) = with_identity().await;
    let make = |name: &str, policy: &str| {
        let make = ses.create_email_identity_policy().email_identity(DOMAIN);
        make.policy_name(name).policy(policy).send()
    };
    make("send", POLICY).await.expect("a policy");
    assert_eq!(code(make("send", POLICY).await), "AlreadyExistsException");
    assert_eq!(code(make("bad", "{").await), "BadRequestException");
    assert_eq!(code(make("bad name", POLICY).await), "BadRequestException");
    let update = ses.update_email_identity_policy().email_identity(DOMAIN);
    let update = update.policy_name("other").policy(POLICY);
    assert_eq!(code(update.send().await), "NotFoundException");
    assert_eq!(
        policies(&ses).await,
        [("send".to_owned(), POLICY.to_owned())]
    );
    let delete = ses.delete_email_identity_policy().email_identity(DOMAIN);
    delete.policy_name("send").send().await.expect("deleted");
    assert!(policies(&ses).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn identities_are_listed_in_pages_and_by_filter() {
    let (_sandbox, ses) = ses();
    for number in 0..7 {
        create(&ses, &format!("d{number}.example.com")).await;
    }
    let list = || ses.list_email_identities();
    let mut pages = list().page_size(3).into_paginator().send();
    let mut names = Vec::new();
    let mut sizes = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.expect("a page");
        let page = page.email_identities();
        sizes.push(page.len());
        names.extend(page.iter().filter_map(|info| info.identity_name.clone()));
    }
    assert_eq!(sizes, [3, 3, 1]);
    assert_eq!(names.len(), 7);
    let filtered = list().filter(IdentityFilterKey::IdentityNameContains, "d3.exa");
    let filtered = filtered.send().await.expect("a page");
    assert_eq!(filtered.email_identities().len(), 1);
    assert_eq!(
        error(list().next_token("nonsense").send().await),
        "BadRequestException: Invalid NextToken <nonsense>."
    );
    assert_eq!(
        code(list().page_size(1001).send().await),
        "BadRequestException"
    );
}

/// A stale read is of a moment ago: it is served for a quarter of an hour after the change.
#[tokio::test(start_paused = true)]
async fn a_stale_read_shows_what_was_there_a_moment_ago() {
    let (sandbox, ses) = ses();
    let stale = || Fault::new(FaultKind::StaleRead).at("ses", "GetEmailIdentity");
    sandbox.world().faults.script = vec![stale()];
    create(&ses, DOMAIN).await;
    wait(&sandbox, 60).await;
    assert!(find(&ses, DOMAIN).await.is_err(), "as before the creation");
    wait(&sandbox, 15 * 60).await;
    assert!(find(&ses, DOMAIN).await.is_ok());
    // A change of which nothing older was kept is not passed over.
    sandbox.world().faults.script.clear();
    create(&ses, "example.net").await;
    sandbox.world().faults.script = vec![stale()];
    assert!(find(&ses, "example.net").await.is_ok());
}
