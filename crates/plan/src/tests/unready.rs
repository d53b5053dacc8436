//! Successors that an earlier run made, and that are not ready yet.

use kinds::{SesIdentity, ses_identity};

use super::*;

fn identity(name: &str) -> ResourceId {
    ResourceId::new(SesIdentity::NAME, DOMAIN, name)
}

fn spec_of() -> Spec {
    Spec::of::<SesIdentity>(ses_identity::Spec {
        domain: DOMAIN.to_owned(),
        feedback: true,
        ..ses_identity::Spec::default()
    })
}

fn recorded(name: &str) -> Entry {
    Entry {
        id: identity(name),
        spec: spec_of(),
        status: Status::Settled(DOMAIN.into()),
        impact: Impact::new(MailImpact::Sending, "sends"),
        ..entry(name, &[])
    }
}

/// An identity of which SES says this.
fn said(word: &str) -> Observation {
    Observation::Present {
        physical: DOMAIN.into(),
        state: State::of::<SesIdentity>(ses_identity::State {
            verification: word.to_owned(),
            dkim_status: word.to_owned(),
            dkim_origin: "AWS_SES".to_owned(),
            key_length: Some(2048),
            signing: true,
            feedback: true,
            ..ses_identity::State::default()
        }),
        ownership: Ownership::Ours,
    }
}

/// The actions that the removal of the former identity comes after, while SES says this of its successor.
fn comes_after(word: &str) -> Vec<String> {
    let successor = Resource {
        id: identity("new"),
        spec: spec_of(),
        wait: true,
        ..resource("new", &[])
    };
    let former = Entry {
        location: Some(Location {
            region: "eu-west-1".into(),
            ..location("web")
        }),
        ..recorded("old")
    };
    let scene = World::default()
        .ask(successor)
        .record(recorded("new"))
        .record(former)
        .see("old", said("SUCCESS"))
        .see("new", said(word));
    let plan = scene.plan();
    let mut actions = plan.actions.iter();
    let removal = actions.find(|action| action.verb() == Verb::Delete);
    let after = &removal.expect("the former one goes").after;
    after
        .iter()
        .map(|edge| {
            format!(
                "{} {:?}",
                plan.actions[edge.action].resource.name, edge.level
            )
        })
        .collect()
}

/// The run that made the successor was killed before it deleted the former one. The next one waits as that would have.
#[test]
fn what_goes_waits_for_a_successor_that_is_not_ready() {
    assert_eq!(comes_after("PENDING"), ["new Ready"]);
    assert!(comes_after("SUCCESS").is_empty());
}
