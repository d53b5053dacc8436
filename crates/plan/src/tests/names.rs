//! AWS's names where they are on no record: an interrupted run made something, and did not learn how AWS calls it.

use kinds::record::{self, Record, Sharing};
use kinds::{
    AcmCertificate, Route53RecordSet, S3Object, acm_certificate, route53_record_set, s3_object,
};
use model::{Field, PhysicalId, rules};
use standards::dns::RecordType;

use super::*;

fn begun(name: &str, location: Location) -> Entry {
    Entry {
        location: Some(location),
        status: Status::Creating,
        ..entry(name, &[])
    }
}

fn elsewhere() -> Location {
    Location {
        region: "eu-west-1".into(),
        ..location("web")
    }
}

fn found(physical: &str) -> Observation {
    Observation::Present {
        physical: physical.into(),
        state: State::of::<S3Bucket>(bucket("a", 30).wanted()),
        ownership: Ownership::Ours,
    }
}

/// The names that the removals of a plan have.
fn removed(plan: &Plan) -> Vec<Option<&str>> {
    let actions = plan.actions.iter();
    let removals = actions.filter(|action| action.unwanted().is_some());
    removals
        .map(|action| action.physical().map(PhysicalId::as_str))
        .collect()
}

#[test]
fn what_was_made_goes_by_the_name_that_it_was_found_by() {
    let world = World::default().record(begun("a", location("web")));
    let plan = world.see("a", found("E1")).plan();
    assert_eq!(removed(&plan), [Some("E1")]);
}

/// With its successor on record, nothing but its name finds it again.
#[test]
fn what_was_made_elsewhere_is_retired_with_the_name_that_it_was_found_by() {
    let world = World::default()
        .ask(resource("a", &[]))
        .record(begun("a", elsewhere()))
        .see_at(elsewhere(), "a", found("E1"));
    let plan = world.plan();
    let mut wanted = plan.actions.iter().filter_map(model::Action::wanted);
    let retired = wanted.find(|wanted| wanted.retires).expect("it moves");
    let entry = retired.entry.as_ref().expect("the former one");
    assert_eq!(entry.physical().map(PhysicalId::as_str), Some("E1"));
    assert_eq!(removed(&plan), [Some("E1")]);
}

/// Under the id of a predecessor whose name nobody knows, its successor is found.
#[test]
fn a_successor_does_not_go_in_the_place_of_what_has_no_name() {
    let current = Entry {
        status: Status::Settled("E2".into()),
        ..entry("a", &[])
    };
    let mut world = World::default()
        .ask(resource("a", &[]))
        .record(current)
        .see("a", found("E2"));
    let held = world.ledger.domains.get_mut(DOMAIN).expect("a ledger");
    held.retired.push(Arc::new(begun("a", location("web"))));
    assert_eq!(removed(&world.plan()), [None]);
}

/// A move is taken back whose first run was killed before it learnt a name: what stands at the old place is what the
/// manifest asks for again, and stays.
#[test]
fn what_a_move_that_is_taken_back_left_stays() {
    let spec_of = |bucket: &str| {
        Spec::of::<S3Object>(s3_object::Spec {
            bucket: bucket.to_owned(),
            key: "logo.svg".to_owned(),
            ..s3_object::Spec::default()
        })
    };
    let id = || ResourceId::new(S3Object::NAME, DOMAIN, "logo");
    let object = |bucket: &str, status: Status| Entry {
        id: id(),
        status,
        spec: spec_of(bucket),
        ..entry("logo", &[])
    };
    let asked = Resource {
        id: id(),
        spec: spec_of("old"),
        ..resource("logo", &[])
    };
    let mut world = World::default()
        .ask(asked)
        .record(object("new", Status::Creating));
    let held = world.ledger.domains.get_mut(DOMAIN).expect("a ledger");
    held.retired.push(Arc::new(object(
        "old",
        Status::Settled("old/logo.svg".into()),
    )));
    let see = |target: &Target| {
        if target.spec != spec_of("old") {
            return Observation::Absent;
        }
        Observation::Present {
            physical: "old/logo.svg".into(),
            state: State::of::<S3Object>(s3_object::State::default()),
            ownership: Ownership::Ours,
        }
    };
    let plan = world.plan_of(see, &[]);
    let deleted = plan.actions.iter().filter(|one| one.verb() == Verb::Delete);
    assert_eq!(deleted.count(), 0, "{:?}", verbs(&plan));
}

/// A record that AWS names, of which a run was killed while it gave it another name: the one that it has now goes.
#[test]
fn what_was_renamed_goes_by_its_new_name() {
    let named = |name: &str| {
        Spec::of::<Route53RecordSet>(route53_record_set::Spec {
            zone: Field::Known("Z1".to_owned()),
            zone_name: DOMAIN.to_owned(),
            record: Record {
                name: Field::Known(format!("{name}.{DOMAIN}")),
                rtype: RecordType::Cname,
                ttl: 3600,
                values: vec![Field::Known("target.example.net".to_owned())],
                alias: None,
                sharing: Sharing::default(),
            },
        })
    };
    let renaming = || Entry {
        id: ResourceId::new(Route53RecordSet::NAME, DOMAIN, "dkim"),
        status: Status::Changing {
            physical: Some("Z1/old/CNAME".into()),
            to: named("new"),
        },
        spec: named("old"),
        ..entry("dkim", &[])
    };
    let current = || World::default().record(renaming());
    let retired = || {
        let mut world = World::default();
        let held = world.ledger.domains.entry(DOMAIN.to_owned()).or_default();
        held.retired.push(Arc::new(renaming()));
        world
    };
    for world in [current(), retired()] {
        let plan = |of_new: Observation| {
            let see = |target: &Target| {
                if target.spec == named("new") {
                    of_new.clone()
                } else {
                    Observation::Absent
                }
            };
            world.plan_of(see, &[])
        };
        let seen = plan(Observation::Present {
            physical: "Z1/new/CNAME".into(),
            state: State::of::<Route53RecordSet>(record::State::default()),
            ownership: Ownership::Foreign,
        });
        assert_eq!(verbs(&seen), [(Verb::Delete, "dkim")]);
        let unwanted = seen.actions[0].unwanted().expect("a removal");
        assert_eq!(unwanted.spec, named("new"));
        assert_eq!(verbs(&plan(Observation::Absent)), [(Verb::Forget, "dkim")]);
        // What nobody could see is not gone.
        let unknown = plan(Observation::Unknown("denied".to_owned()));
        assert_eq!(unknown.findings[0].rule, rules::PLAN_04.id);
    }
}

/// A certificate was requested for names that the manifest has no more when the next run comes.
#[test]
fn what_was_made_for_another_spec_goes() {
    let certificate = |names: &[&str]| {
        Spec::of::<AcmCertificate>(acm_certificate::Spec {
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            ..acm_certificate::Spec::default()
        })
    };
    let id = || ResourceId::new(AcmCertificate::NAME, DOMAIN, "hosts");
    let both = certificate(&["logo.example.com", "mta-sts.example.com"]);
    let see = |target: &Target| {
        if target.spec != both {
            return Observation::Absent;
        }
        Observation::Present {
            physical: "arn:1".into(),
            state: State::of::<AcmCertificate>(acm_certificate::State::default()),
            ownership: Ownership::Ours,
        }
    };
    let went_on = Status::Changing {
        physical: None,
        to: both.clone(),
    };
    for status in [Status::Creating, went_on] {
        let asked = Resource {
            id: id(),
            spec: certificate(&["mta-sts.example.com"]),
            ..resource("hosts", &[])
        };
        let world = World::default().ask(asked).record(Entry {
            id: id(),
            status,
            spec: both.clone(),
            ..entry("hosts", &[])
        });
        let plan = world.plan_of(see, &[]);
        assert_eq!(
            verbs(&plan),
            [(Verb::Replace, "hosts"), (Verb::Delete, "hosts")]
        );
        assert_eq!(removed(&plan), [Some("arn:1")]);
    }
}
