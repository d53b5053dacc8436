//! Record sets, and the batches that change them.

use aws_sdk_route53::Client;
use aws_sdk_route53::types::{
    AliasTarget, Change, ChangeAction, ChangeBatch, ResourceRecord, ResourceRecordSet, RrType,
};
use sandbox::Sandbox;

use super::{config, error};

pub(crate) fn client(sandbox: &Sandbox, account: &str) -> Client {
    Client::new(&config(sandbox, account, "us-east-1"))
}

pub(crate) fn set(name: &str, rtype: &str, ttl: i64, values: &[&str]) -> ResourceRecordSet {
    let records = values.iter().map(|value| {
        let record = ResourceRecord::builder().value(*value);
        record.build().expect("a value")
    });
    ResourceRecordSet::builder()
        .name(name)
        .r#type(RrType::from(rtype))
        .ttl(ttl)
        .set_resource_records(Some(records.collect()))
        .build()
        .expect("a record set")
}

pub(crate) fn alias(name: &str, rtype: &str, zone: &str, target: &str) -> ResourceRecordSet {
    let target = AliasTarget::builder()
        .hosted_zone_id(zone)
        .dns_name(target)
        .evaluate_target_health(false);
    ResourceRecordSet::builder()
        .name(name)
        .r#type(RrType::from(rtype))
        .alias_target(target.build().expect("a target"))
        .build()
        .expect("a record set")
}

pub(crate) fn change(action: &str, set: ResourceRecordSet) -> Change {
    let action = ChangeAction::from(action);
    let change = Change::builder().action(action).resource_record_set(set);
    change.build().expect("a change")
}

/// Sends a batch; the answer as `Code: message`, or `no error`.
pub(crate) async fn send(client: &Client, zone: &str, changes: Vec<Change>) -> String {
    let batch = ChangeBatch::builder().set_changes(Some(changes));
    let sent = client.change_resource_record_sets().hosted_zone_id(zone);
    let sent = sent.change_batch(batch.build().expect("a batch"));
    error(sent.send().await)
}

pub(crate) async fn accept(client: &Client, zone: &str, changes: Vec<Change>) {
    assert_eq!(send(client, zone, changes).await, "no error");
}
