//! Other projects: their resources are neither taken over nor deleted.

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
        location: Some(Location {
            region: "eu-west-1".into(),
            ..location("web")
        }),
        ..entry("a", &[])
    };
    let world = World::default().ask(resource("a", &[]));
    let plan = world.plan_beside(&of_the_rival(elsewhere));
    assert_eq!(verbs(&plan), [(Verb::Create, "a")]);
}

#[test]
fn what_both_have_on_record_stays_when_one_gives_it_up() {
    let ours = || {
        let world = World::default().record(entry("a", &[]));
        world.see("a", there("a", 30, Ownership::Ours))
    };
    assert_eq!(verbs(&ours().plan()), [(Verb::Delete, "a")]);
    let plan = ours().plan_beside(&of_the_rival(entry("a", &[])));
    assert_eq!(verbs(&plan), [(Verb::Forget, "a")]);
    let reason = &plan.actions[0].reason;
    assert_eq!(reason, "the project `rival` holds it as well");
}

/// A hosted zone that others made is on record in each project that writes there.
#[test]
fn what_neither_project_made_serves_both() {
    let used = Entry {
        origin: Origin::Adopted,
        ..entry("a", &[])
    };
    let world = World::default().ask(resource("a", &[]));
    let plan = world.plan_beside(&of_the_rival(used));
    assert_eq!(verbs(&plan), [(Verb::Create, "a")]);
}
