//! Origin access controls.

use crate::cloudfront;
use crate::common::cloudfront::{
    access_control, ask_access_control, client, create, create_access_control, origin, origins,
    smallest,
};
use crate::common::{TWO, code};

#[tokio::test(start_paused = true)]
async fn access_controls_are_made_read_changed_listed_and_deleted() {
    let (_sandbox, cloudfront) = cloudfront();
    let made = create_access_control(&cloudfront, "assets").await;
    let got = cloudfront.get_origin_access_control_config().id(&made.id);
    let got = got.send().await.expect("it");
    let held = got.origin_access_control_config().expect("one");
    assert_eq!((held.name(), held.description()), ("assets", Some("")));
    let changed = cloudfront
        .update_origin_access_control()
        .id(&made.id)
        .if_match(&made.etag)
        .origin_access_control_config(access_control("other"));
    let changed = changed.send().await.expect("changed");
    assert_ne!(changed.e_tag(), Some(made.etag.as_str()));
    let list = cloudfront.list_origin_access_controls().send().await;
    let list = list.expect("a list").origin_access_control_list;
    let list = list.expect("one");
    assert_eq!((list.quantity(), list.items()[0].name()), (1, "other"));
    let delete = |version: Option<&str>| {
        let delete = cloudfront.delete_origin_access_control().id(&made.id);
        delete.set_if_match(version.map(ToOwned::to_owned)).send()
    };
    assert_eq!(code(delete(None).await), "InvalidIfMatchVersion");
    assert_eq!(code(delete(Some(&made.etag)).await), "PreconditionFailed");
    delete(changed.e_tag()).await.expect("deleted");
    assert_eq!(
        code(delete(changed.e_tag()).await),
        "NoSuchOriginAccessControl"
    );
}

#[tokio::test(start_paused = true)]
async fn the_names_of_access_controls_are_unique_in_an_account() {
    let (sandbox, cloudfront) = cloudfront();
    create_access_control(&cloudfront, "assets").await;
    assert_eq!(
        code(ask_access_control(&cloudfront, "assets").await),
        "OriginAccessControlAlreadyExists"
    );
    create_access_control(&client(&sandbox, TWO), "assets").await;
}

#[tokio::test(start_paused = true)]
async fn an_access_control_in_use_stays() {
    let (_sandbox, cloudfront) = cloudfront();
    let control = create_access_control(&cloudfront, "assets").await;
    let config = smallest("one").origins(origins(origin(&control.id)));
    create(&cloudfront, config).await;
    let delete = cloudfront.delete_origin_access_control().id(&control.id);
    let delete = delete.if_match(control.etag).send().await;
    assert_eq!(code(delete), "OriginAccessControlInUse");
}
