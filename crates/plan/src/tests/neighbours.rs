//! Other projects: their resources are neither taken over nor deleted.

use kinds::record::{Record, Sharing};
use kinds::{Route53RecordSet, route53_record_set};
use model::{Field, Kind, ResourceId, Spec};
use standards::dns::RecordType;

use super::*;
use crate::Neighbour;

fn of_the_rival(entry: Entry) -> Vec<Neighbour> {
    let world = World::default().record(entry);
    vec![Neighbour {
        project: "rival".to_owned(),
        ledger: world.ledger,
    }]
}

#[test]
fn what_is_on_record_there_is_refused_here_whether_it_is_there_or_not() {
    for present in [false, true] {
        let mut world = World::default().ask(Resource {
            adopt: true,
            ..resource("a", &[])
        });
        if present {
            world = world.see("a", there("a", 30, Ownership::Shared));
        }
        let plan = world.plan_beside(&of_the_rival(entry("a", &[])));
        assert_eq!(rules(&plan), ["PLAN-15"]);
        assert_eq!(plan.actions[0].verb(), Verb::None);
        let reason = &plan.findings[0].reason;
        assert!(
            reason.ends_with("is on record in the project `rival`"),
            "{reason}"
        );
    }
}

/// One of another account or region is another one.
#[test]
fn what_is_on_record_there_at_another_place_is_free_here() {
    let elsewhere = Entry {
        location: Some(location("mail")),
        ..entry("a", &[])
    };
    let world = World::default().ask(resource("a", &[]));
    let plan = world.plan_beside(&of_the_rival(elsewhere));
    assert_eq!(verbs(&plan), [(Verb::Create, "a")]);
}

fn record(values: &[&str]) -> Entry {
    let spec = Spec::of::<Route53RecordSet>(route53_record_set::Spec {
        zone: Field::Known("Z1".to_owned()),
        zone_name: DOMAIN.to_owned(),
        record: Record {
            name: Field::Known(DOMAIN.to_owned()),
            rtype: RecordType::Txt,
            ttl: 300,
            values: values
                .iter()
                .map(|value| Field::Known(format!("\"{value}\"")))
                .collect(),
            alias: None,
            sharing: Sharing::default(),
        },
    });
    Entry {
        id: ResourceId::new(Route53RecordSet::NAME, DOMAIN, "a"),
        spec,
        ..entry("a", &[])
    }
}

/// A set of records can have values of two projects.
#[test]
fn what_both_have_on_record_stays_when_one_gives_it_up() {
    let ours = || World::default().record(record(&["one", "two"]));
    for (theirs, verb) in [
        (record(&["one", "two"]), Verb::Forget),
        (record(&["one"]), Verb::Delete),
    ] {
        let plan = ours().plan_beside(&of_the_rival(theirs));
        assert_eq!(verbs(&plan), [(verb, "a")]);
        if verb == Verb::Forget {
            assert_eq!(
                plan.actions[0].reason,
                "the project `rival` holds it as well"
            );
        }
    }
}
