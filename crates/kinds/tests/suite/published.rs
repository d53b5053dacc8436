//! Records that a person publishes.

use kinds::published_record::Spec;
use kinds::record::{Record, Sharing};
use model::{Ownership, Readiness, ResourceId};
use standards::Protocol;
use standards::dns::RecordType;

use super::stage::Stage;
use super::walk::Walk;

const NAME: &str = "_dmarc.example.com";

fn spec(value: &str) -> Spec {
    Spec {
        record: Record {
            name: NAME.into(),
            rtype: RecordType::Txt,
            ttl: 300,
            values: vec![value.into()],
            alias: None,
            sharing: Sharing::OneOf {
                protocol: Protocol::Dmarc,
            },
        },
    }
}

fn publish(stage: &Stage, values: &[&str]) {
    let now = stage.sandbox.clock().now();
    let mut world = stage.sandbox.world();
    let dns = &mut world.dns;
    dns.publish(NAME, "TXT", values, now).expect("published");
}

#[tokio::test(start_paused = true)]
async fn a_published_record_is_seen_and_never_written() {
    let stage = Stage::new();
    let id = ResourceId::new("published_record", "example.com", "dmarc");
    let mut walk = Walk::anywhere(&stage, &id, None, &spec("v=DMARC1; p=none"));
    // There is always something to look at: what is not there is for a person to publish.
    assert_eq!(super::walk::names(&walk.diff().await), ["values"]);
    walk.try_create().await.expect("nothing to do");
    assert_eq!(super::walk::names(&walk.diff().await), ["values"]);

    publish(&stage, &["v=DMARC1; p=none"]);
    let (physical, _, ownership) = walk.state().await;
    assert_eq!(ownership, Ownership::Shared);
    walk.in_sync().await;
    walk.until_ready().await;
    walk.physical = Some(physical);

    publish(&stage, &["v=DMARC1; p=reject"]);
    let diff = walk.diff().await;
    assert_eq!(super::walk::names(&diff), ["values"]);
    let (_, state, _) = walk.state().await;
    let ready = walk.kind().readiness(&walk.spec, &state);
    assert!(matches!(ready, Readiness::Waiting(_)), "{ready:?}");
    assert!(walk.kind().conflict(&walk.spec, &state, None).is_none());
    walk.update(&diff).await.expect("nothing to do");
    walk.try_delete().await.expect("nothing to do");
    assert_eq!(super::walk::names(&walk.diff().await), ["values"]);
    assert!(stage.sandbox.stats().changes().next().is_none());
}

/// At a provider that refuses underscores, SES finds its token at the domain itself.
#[tokio::test(start_paused = true)]
async fn a_token_is_seen_at_the_domain_by_its_prefix() {
    let stage = Stage::new();
    let id = ResourceId::new("published_record", "example.com", "domain-token");
    let mut token = spec("c2VjcmV0");
    token.record.name = "_amazonses.example.com".into();
    token.record.sharing = Sharing::default();
    let walk = Walk::anywhere(&stage, &id, None, &token);
    let publish = |value: &str| {
        let now = stage.sandbox.clock().now();
        let dns = &mut stage.sandbox.world().dns;
        let values = ["v=spf1 -all", value];
        dns.publish("example.com", "TXT", &values, now)
            .expect("published");
    };
    publish("c2VjcmV0");
    assert_eq!(super::walk::names(&walk.diff().await), ["values"]);
    publish("amazonses:c2VjcmV0");
    walk.in_sync().await;
}
