//! The cost of a call that changes something in a sandbox that is kept, among few domains and among
//! many: the world is not written at each call.

use aws_sdk_route53::Client;
use aws_sdk_route53::types::{
    Change, ChangeAction, ChangeBatch, ResourceRecord, ResourceRecordSet, RrType,
};
use sandbox::Sandbox;
use sandbox::quotas::Quotas;
use sandbox::world::{Delays, World};
use tokio::runtime::Runtime;

const ACCOUNT: &str = "111111111111";
/// As many as a domain with two instances of SES has.
const RECORDS: usize = 24;

fn main() {
    divan::main();
}

/// A world with so many domains, each in a zone with its records; and the zone of the first.
fn world(domains: usize) -> (World, String) {
    let mut world = World {
        delays: Delays::none(),
        quotas: Quotas::none(),
        ..World::calm()
    };
    world.sts.seed_account(ACCOUNT, &[]);
    let mut zones = Vec::new();
    for domain in 0..domains {
        let name = format!("d{domain}.example");
        let zone = world.seed_zone(ACCOUNT, &name, true).expect("a name");
        for record in 0..RECORDS {
            let name = format!("r{record}.{name}");
            let value = format!("\"v=DKIM1; k=rsa; p={}\"", "A".repeat(200));
            world
                .seed_records(&zone, &name, ("TXT", 300), &[&value])
                .expect("a name");
        }
        zones.push(zone);
    }
    (world, zones.remove(0))
}

async fn upsert(client: &Client, zone: &str, number: u64) {
    let value = ResourceRecord::builder().value(format!("\"{number}\""));
    let set = ResourceRecordSet::builder()
        .name("changed.d0.example")
        .r#type(RrType::Txt)
        .ttl(60)
        .resource_records(value.build().expect("a value"));
    let change = Change::builder()
        .action(ChangeAction::Upsert)
        .resource_record_set(set.build().expect("a set"));
    let batch = ChangeBatch::builder().changes(change.build().expect("a change"));
    let call = client
        .change_resource_record_sets()
        .hosted_zone_id(zone)
        .change_batch(batch.build().expect("a batch"));
    call.send().await.expect("a change");
}

#[divan::bench(args = [1, 100, 1000], sample_count = 20, sample_size = 1)]
fn a_change_among_domains(bencher: divan::Bencher<'_, '_>, domains: usize) {
    let runtime = Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let (world, zone) = world(domains);
    let sandbox = Sandbox::open(folder.path(), 1.0, || world).expect("a folder");
    let client = Client::new(&sandbox.sdk_config(ACCOUNT, "us-east-1"));
    let mut number = 0;
    bencher.bench_local(|| {
        number += 1;
        runtime.block_on(upsert(&client, &zone, number));
    });
}
