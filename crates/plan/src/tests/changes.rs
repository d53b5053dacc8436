//! Each kind of change, as a person would review it.

use std::collections::BTreeSet;

use insta::assert_snapshot;
use kinds::{
    PublishedRecord, SesConfigurationSet, SesDomainToken, SesMailFrom, published_record, record,
    ses_configuration_set, ses_domain_token, ses_mail_from,
};
use model::id::SHARED;
use model::{Field, OutputRef};
use standards::dns::RecordType;

use super::review::review;
use super::*;

fn ours(name: &str, days: u32) -> Observation {
    there(name, days, Ownership::Ours)
}

/// The same, of somebody else and with the tags of a CloudFormation stack.
fn of_stack(name: &str, stack: &str) -> Observation {
    let mut state = bucket(name, 30).wanted();
    let key = "aws:cloudformation:stack-name".to_owned();
    state.tags.insert(key, stack.to_owned());
    Observation::Present {
        physical: name.into(),
        state: State::of::<S3Bucket>(state),
        ownership: Ownership::Foreign,
    }
}

fn asking(name: &str, days: u32) -> Resource {
    Resource {
        spec: spec(name, days),
        ..resource(name, &[])
    }
}

pub(super) fn reviewed(world: &World) -> String {
    review(&world.plan())
}

#[test]
fn create() {
    let world = World::default()
        .ask(resource("logs", &[]))
        .ask(resource("assets", &["logs"]));
    assert_snapshot!(reviewed(&world), @r"
    0 create s3_bucket/example.com/logs (web us-east-1): declared, but does not exist
    1 create s3_bucket/example.com/assets (web us-east-1): declared, but does not exist
        after 0 done: needs it
    ");
}

#[test]
fn create_again_after_somebody_deleted_it() {
    let world = World::default()
        .ask(resource("logs", &[]))
        .record(entry("logs", &[]));
    assert_snapshot!(reviewed(&world), @r"
     0 create s3_bucket/example.com/logs (web us-east-1): was deleted by somebody else
    ");
}

#[test]
fn keep() {
    let world = World::default()
        .ask(resource("logs", &[]))
        .record(entry("logs", &[]))
        .see("logs", ours("logs", 30));
    assert_snapshot!(reviewed(&world), @" 0 keep s3_bucket/example.com/logs (web us-east-1): in sync");
}

#[test]
fn update() {
    let world = World::default()
        .ask(asking("logs", 60))
        .record(entry("logs", &[]))
        .see("logs", ours("logs", 30));
    assert_snapshot!(reviewed(&world), @r"
    0 update s3_bucket/example.com/logs (web us-east-1): differs from the manifest
        expire_days: 30 → 60
    ");
}

#[test]
fn take_back_what_somebody_else_changed() {
    let world = World::default()
        .ask(resource("logs", &[]))
        .record(entry("logs", &[]))
        .see("logs", ours("logs", 90));
    assert_snapshot!(reviewed(&world), @r"
    0 update s3_bucket/example.com/logs (web us-east-1): drift: somebody else changed it, and it is taken back
        expire_days: 90 → 30
    ");
}

#[test]
fn what_was_never_as_asked_for_has_not_been_changed_by_somebody() {
    // The time to live of a record that was there before us, or a record that nobody has published.
    let seven = ours("logs", 7);
    let recorded = Entry {
        state: seven.state().cloned(),
        ..entry("logs", &[])
    };
    let world = World::default()
        .ask(resource("logs", &[]))
        .record(recorded)
        .see("logs", seven);
    assert_snapshot!(reviewed(&world), @r"
    0 update s3_bucket/example.com/logs (web us-east-1): differs from the manifest
        expire_days: 7 → 30
    ");
}

#[test]
fn replace() {
    let renamed = Resource {
        spec: spec("other-name", 30),
        ..resource("logs", &[])
    };
    let world = World::default()
        .ask(renamed)
        .record(entry("logs", &[]))
        .see("logs", ours("logs", 30));
    assert_snapshot!(reviewed(&world), @r#"
    0 replace s3_bucket/example.com/logs (web us-east-1): `name` can't be changed in place
        name: "logs" → "other-name"
        tags.deploy:resource: "s3_bucket/example.com/logs" → "s3_bucket/example.com/other-name"
    1 delete s3_bucket/example.com/logs (web us-east-1): no longer declared
        after 0 ready: its successor is there first
    "#);
}

#[test]
fn delete() {
    let world = World::default()
        .record(entry("logs", &[]))
        .record(entry("assets", &["logs"]))
        .see("logs", ours("logs", 30))
        .see("assets", ours("assets", 30));
    assert_snapshot!(reviewed(&world), @r"
    0 delete s3_bucket/example.com/assets (web us-east-1): no longer declared
    1 delete s3_bucket/example.com/logs (web us-east-1): no longer declared
        after 0 ready: goes away after what needs it (needs it)
    ");
}

#[test]
fn delete_a_bucket_with_files_of_others() {
    let filled = Observation::Present {
        physical: "logs".into(),
        state: State::of::<S3Bucket>(s3_bucket::State {
            contents: vec!["invoice.pdf".to_owned()],
            ..bucket("logs", 30).wanted()
        }),
        ownership: Ownership::Ours,
    };
    let world = World::default()
        .record(entry("logs", &[]))
        .see("logs", filled);
    assert_snapshot!(reviewed(&world), @r"
     0 delete s3_bucket/example.com/logs (web us-east-1): no longer declared
    PLAN-20 s3_bucket/example.com/logs: the bucket `logs` has what this project has no record of, and it would be deleted with every version: invoice.pdf
    ");
}

#[test]
fn move_to_another_region() {
    let before = Location {
        region: "eu-west-1".into(),
        ..location("web")
    };
    let world = World::default()
        .ask(resource("logs", &[]))
        .record(Entry {
            location: Some(before.clone()),
            ..entry("logs", &[])
        })
        .see_at(before, "logs", ours("logs", 30));
    assert_snapshot!(reviewed(&world), @r"
    0 replace s3_bucket/example.com/logs (web us-east-1): moves to another account or region
    1 delete s3_bucket/example.com/logs (web eu-west-1): no longer declared
        after 0 ready: its successor is there first
    ");
}

#[test]
fn adopt_what_carries_our_tags() {
    let world = World::default()
        .ask(resource("logs", &[]))
        .see("logs", ours("logs", 90));
    assert_snapshot!(reviewed(&world), @r"
    0 adopt s3_bucket/example.com/logs (web us-east-1): carries our tags
        expire_days: 90 → 30
    ");
}

#[test]
fn adopt_what_the_manifest_says_to_take_over() {
    let taking_over = Resource {
        adopt: true,
        ..resource("logs", &[])
    };
    let world = World::default()
        .ask(taking_over)
        .see("logs", there("logs", 30, Ownership::Foreign));
    assert_snapshot!(reviewed(&world), @r"
     0 adopt s3_bucket/example.com/logs (web us-east-1): the manifest says `adopt`
    ");
}

#[test]
fn r_58_what_belongs_to_a_stack_is_adopted_only_at_the_operators_risk() {
    let taking_over = Resource {
        adopt: true,
        ..resource("logs", &[])
    };
    let world = World::default()
        .ask(taking_over)
        .see("logs", of_stack("logs", "MailStack"));
    assert_snapshot!(reviewed(&world), @r"
     0 adopt s3_bucket/example.com/logs (web us-east-1): the manifest says `adopt`
    PLAN-22 s3_bucket/example.com/logs: carries the tag of the CloudFormation stack `MailStack`
    ");
}

#[test]
fn forget_what_is_gone_and_what_was_there_before_us() {
    let adopted = Entry {
        origin: Origin::Adopted,
        ..entry("assets", &[])
    };
    let unknown = Entry {
        origin: Origin::Unknown,
        ..entry("old", &[])
    };
    let world = World::default()
        .record(entry("logs", &[]))
        .record(adopted)
        .record(unknown)
        .see("assets", ours("assets", 30))
        .see("old", ours("old", 30));
    assert_snapshot!(reviewed(&world), @r"
    0 forget s3_bucket/example.com/assets (web us-east-1): was there before us, and stays
    1 forget s3_bucket/example.com/logs (web us-east-1): is gone already
    2 forget s3_bucket/example.com/old (web us-east-1): origin unknown: it was there when the ledger began, and stays
    ");
}

/// AWS does not show a new bucket everywhere at once. One that an interrupted run may have made is not
/// forgotten because it was not seen.
#[test]
fn what_an_interrupted_run_may_have_made_is_not_forgotten() {
    let begun = Entry {
        status: Status::Creating,
        ..entry("logs", &[])
    };
    let plan = World::default().record(begun).plan();
    let [action] = plan.actions.as_slice() else {
        panic!("{plan:?}");
    };
    assert_eq!(action.verb(), Verb::Delete);
    let rules: Vec<&str> = action
        .preconditions()
        .iter()
        .map(|one| &*one.rule)
        .collect();
    assert_eq!(rules, ["PLAN-24"]);
}

/// A record that a person is to publish is on record before AWS has said what is in it. Where the run was killed
/// before that, nobody waits for it any more.
#[test]
fn what_nobody_was_told_to_publish_is_not_waited_for() {
    let token = ResourceId::new(SesDomainToken::NAME, DOMAIN, "token");
    let begun = |id: &ResourceId, spec: Spec| Entry {
        id: id.clone(),
        status: Status::Creating,
        spec,
        ..entry("any", &[])
    };
    let published = ResourceId::new(PublishedRecord::NAME, DOMAIN, "published");
    let value = Field::Output(OutputRef {
        resource: token.clone(),
        output: ses_domain_token::TOKEN.to_owned(),
    });
    let spec = |value: Field<String>| {
        Spec::of::<PublishedRecord>(published_record::Spec {
            record: record::Record {
                name: Field::Known("_amazonses.example.com".to_owned()),
                rtype: RecordType::Txt,
                values: vec![value],
                ttl: 3600,
                alias: None,
                sharing: record::Sharing::Many,
            },
        })
    };
    let there = |state: State| Observation::Present {
        physical: "any".into(),
        state,
        ownership: Ownership::Foreign,
    };
    let said = there(State::of::<SesDomainToken>(ses_domain_token::State {
        token: "abc".to_owned(),
        status: "Pending".to_owned(),
    }));
    let world = World::default().record(begun(&published, spec(value))).see(
        "published",
        there(State::of::<PublishedRecord>(record::State::default())),
    );
    let plan = world.plan();
    assert_eq!(verbs(&plan), [(Verb::Forget, "published")]);
    let token_spec = Spec::of::<SesDomainToken>(ses_domain_token::Spec {
        domain: DOMAIN.to_owned(),
    });
    let world = world.record(begun(&token, token_spec)).see("token", said);
    let plan = world.plan();
    let mut actions = plan.actions.iter();
    let removal = actions.find(|action| action.resource == published);
    let removal = removal
        .and_then(model::Action::unwanted)
        .expect("a removal");
    assert_eq!(removal.spec, spec(Field::Known("abc".to_owned())));
}

#[test]
fn rename() {
    let old = Entry {
        status: Status::Settled("one".into()),
        ..entry("old", &[])
    };
    let new = Resource {
        spec: spec("one", 30),
        ..resource("new", &[])
    };
    let world = World::default()
        .ask(new)
        .record(old)
        .see("new", there("one", 30, Ownership::Foreign))
        .see("old", there("one", 30, Ownership::Foreign));
    assert_snapshot!(reviewed(&world), @r"
    0 adopt s3_bucket/example.com/new (web us-east-1): carries our tags
    1 forget s3_bucket/example.com/old (web us-east-1): renamed: now managed under another id
    ");
}

#[test]
fn refuse_what_somebody_else_made() {
    let world = World::default()
        .ask(resource("logs", &[]))
        .see("logs", there("logs", 30, Ownership::Foreign));
    assert_snapshot!(reviewed(&world), @r"
     0 refuse s3_bucket/example.com/logs (web us-east-1): refused
    PLAN-02 s3_bucket/example.com/logs: s3_bucket/example.com/logs exists, and was not made by this project
    ");
}

#[test]
fn refuse_what_another_project_made() {
    let mut theirs = bucket("logs", 30);
    theirs.tags = tags::tags("another", &id("logs"), &tags::Tags::new());
    let seen = Observation::Present {
        physical: "logs".into(),
        state: State::of::<S3Bucket>(theirs.wanted()),
        ownership: Ownership::Foreign,
    };
    let taking_over = Resource {
        adopt: true,
        ..resource("logs", &[])
    };
    let world = World::default().ask(taking_over).see("logs", seen);
    assert_snapshot!(reviewed(&world), @r"
     0 refuse s3_bucket/example.com/logs (web us-east-1): refused
    PLAN-15 s3_bucket/example.com/logs: s3_bucket/example.com/logs exists, and carries the tags of the project `another`
    ");
}

#[test]
fn refuse_what_could_not_be_observed() {
    let denied = || Observation::Unknown("s3:GetBucketTagging was denied".to_owned());
    let world = World::default()
        .ask(resource("logs", &[]))
        .record(entry("assets", &[]))
        .see("logs", denied())
        .see("assets", denied());
    assert_snapshot!(reviewed(&world), @r"
     0 refuse s3_bucket/example.com/logs (web us-east-1): refused
     1 refuse removal of s3_bucket/example.com/assets (web us-east-1): refused
    PLAN-04 s3_bucket/example.com/logs: could not be observed: s3:GetBucketTagging was denied
    PLAN-04 s3_bucket/example.com/assets: could not be observed: s3:GetBucketTagging was denied
    ");
}

#[test]
fn refuse_dependencies_in_a_circle() {
    let world = World::default()
        .ask(resource("a", &["b"]))
        .ask(resource("b", &["a"]));
    assert_snapshot!(reviewed(&world), @r"
    0 create s3_bucket/example.com/b (web us-east-1): declared, but does not exist
    1 create s3_bucket/example.com/a (web us-east-1): declared, but does not exist
        after 0 done: needs it
    ");
}

#[test]
fn resume_what_an_interrupted_run_began() {
    let creating = Entry {
        status: Status::Creating,
        ..entry("logs", &[])
    };
    let world = World::default()
        .ask(resource("logs", &[]))
        .record(creating.clone());
    assert_snapshot!(reviewed(&world), @r"
     0 create s3_bucket/example.com/logs (web us-east-1): an earlier run stopped before it was made
    ");
    let world = World::default()
        .ask(resource("logs", &[]))
        .record(creating)
        .see("logs", ours("logs", 30));
    assert_snapshot!(reviewed(&world), @r"
     0 update s3_bucket/example.com/logs (web us-east-1): an earlier run stopped inside its change
    ");
}

/// A MAIL FROM that refuses to send without its MX record begins as one that does not.
#[test]
fn create_in_stages() {
    let mail_from = Resource {
        id: ResourceId::new(SesMailFrom::NAME, DOMAIN, "marketing"),
        spec: Spec::of::<SesMailFrom>(ses_mail_from::Spec {
            identity: DOMAIN.to_owned(),
            mail_from: "mail.example.com".to_owned(),
            on_mx_failure: ses_mail_from::OnMxFailure::RejectMessage,
        }),
        ..resource("marketing", &[])
    };
    assert_snapshot!(reviewed(&World::default().ask(mail_from)), @r#"
    0 create ses_mail_from/example.com/marketing (web us-east-1): declared, but does not exist
        sending: bounces go to mail.example.com, and SPF aligns
    1 advance ses_mail_from/example.com/marketing (web us-east-1): the step before is ready
        on_mx_failure: "USE_DEFAULT_VALUE" → "REJECT_MESSAGE"
        sending: SES refuses to send while it does not find the MX record
        after 0 ready: each step is ready before the next
    "#);
}

/// A distribution that answers `aliases`, on record and in the world with both names.
fn distribution_with_one_name_less() -> World {
    let both = ["mta-sts.example.com", "logo.example.com"].map(str::to_owned);
    let answering = |aliases: &[String]| {
        Spec::of::<CloudfrontDistribution>(cloudfront_distribution::Spec {
            aliases: aliases.to_vec(),
            ..cloudfront_distribution::Spec::default()
        })
    };
    let seen = Observation::Present {
        physical: "E1".into(),
        state: State::of::<CloudfrontDistribution>(cloudfront_distribution::State {
            id: "E1".to_owned(),
            aliases: both.to_vec(),
            enabled: true,
            ..cloudfront_distribution::State::default()
        }),
        ownership: Ownership::Ours,
    };
    World::default()
        .ask(Resource {
            id: cdn(),
            spec: answering(&both[1..]),
            ..resource("cdn", &[])
        })
        .record(Entry {
            id: cdn(),
            spec: answering(&both),
            status: Status::Settled("E1".into()),
            ..entry("cdn", &[])
        })
        .see_at(location("web"), "cdn", seen)
}

fn cdn() -> ResourceId {
    ResourceId::new(CloudfrontDistribution::NAME, DOMAIN, "cdn")
}

/// Something on record that leads to the distribution.
fn leading(name: &str) -> Entry {
    Entry {
        dependencies: vec![Dependency::done(&cdn(), "leads there")],
        ..entry(name, &[])
    }
}

/// The resources whose actions `name`'s action comes after.
fn before<'p>(plan: &'p Plan, name: &str) -> BTreeSet<&'p str> {
    let mut actions = plan.actions.iter();
    let action = actions.find(|action| action.resource.name == name);
    let after = action.expect("an action").after.iter();
    after
        .map(|edge| plan.actions[edge.action].resource.name.as_str())
        .collect()
}

/// The policy host's record and the announcement of the policy go while the logo's host stays.
#[test]
fn a_name_is_let_go_after_what_leads_to_it() {
    let plan = distribution_with_one_name_less()
        .record(leading("host"))
        .record(entry("announcement", &["host"]))
        .see("host", ours("host", 30))
        .see("announcement", ours("announcement", 30))
        .plan();
    assert!(plan.findings.is_empty(), "{:?}", plan.findings);
    assert_eq!(before(&plan, "cdn"), BTreeSet::from(["host"]));
    assert_eq!(before(&plan, "host"), BTreeSet::from(["announcement"]));
    assert_eq!(before(&plan, "announcement"), BTreeSet::new());
}

/// A host is renamed: what leads to the old name is switched to the new one, which the update brings.
#[test]
fn a_name_is_let_go_at_once_where_its_user_waits_for_the_new_one() {
    let switched = Resource {
        dependencies: vec![Dependency::done(&cdn(), "serves the new name")],
        ..asking("announcement", 60)
    };
    let plan = distribution_with_one_name_less()
        .record(leading("host"))
        .ask(switched)
        .record(entry("announcement", &["host"]))
        .see("host", ours("host", 30))
        .see("announcement", ours("announcement", 30))
        .plan();
    assert!(plan.findings.is_empty(), "{:?}", plan.findings);
    assert_eq!(before(&plan, "cdn"), BTreeSet::new());
    assert_eq!(before(&plan, "announcement"), BTreeSet::from(["cdn"]));
    assert!(before(&plan, "host").contains("announcement"));
}

/// A configuration set that domains share: one domain joins and one leaves, and nothing is called.
#[test]
fn hold_and_leave_what_domains_share() {
    let id = ResourceId::new(SesConfigurationSet::NAME, SHARED, "outgoing");
    let set = Spec::of::<SesConfigurationSet>(ses_configuration_set::Spec {
        name: "outgoing".to_owned(),
        ..ses_configuration_set::Spec::default()
    });
    let held_by = |domains: &[&str]| {
        let names = domains.iter().map(|domain| (*domain).to_owned());
        names.collect::<BTreeSet<String>>()
    };
    let shared = Resource {
        id: id.clone(),
        spec: set.clone(),
        holders: held_by(&["example.com", "example.net"]),
        ..resource("outgoing", &[])
    };
    let on_record = Entry {
        id,
        spec: set,
        holders: held_by(&["example.com", "example.org"]),
        ..entry("outgoing", &[])
    };
    let seen = Observation::Present {
        physical: "outgoing".into(),
        state: State::of::<SesConfigurationSet>(ses_configuration_set::Spec {
            name: "outgoing".to_owned(),
            ..ses_configuration_set::Spec::default()
        }),
        ownership: Ownership::Ours,
    };
    let mut world = World::default().ask(shared).see("outgoing", seen);
    let document = world
        .ledger
        .domains
        .entry(on_record.id.document().into_owned());
    document
        .or_default()
        .entries
        .insert(on_record.id.clone(), Arc::new(on_record));
    assert_snapshot!(reviewed(&world), @r"
    0 adopt ses_configuration_set/shared/outgoing (web us-east-1): is held by example.net from now on
    1 forget ses_configuration_set/shared/outgoing (web us-east-1): example.com, example.net still holds it, example.org no longer
        after 0 ready: its successor is there first
    ");
}
