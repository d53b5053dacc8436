//! Records that AWS names move with what names them, and with nothing else.

use std::sync::Arc;

use kinds::record::{Record, Sharing};
use kinds::{Route53RecordSet, SesIdentity, route53_record_set, ses_identity};
use model::{
    Dependency, Entry, Field, Impact, Kind, Ledger, Location, MailImpact, OutputRef, Resource,
    ResourceId, Spec, Status,
};

use standards::dns::RecordType;

use super::{DOMAIN, entry, location, resource};
use crate::claims::moved;

fn identity() -> ResourceId {
    ResourceId::new(SesIdentity::NAME, DOMAIN, "mail")
}

fn record() -> ResourceId {
    ResourceId::new(Route53RecordSet::NAME, DOMAIN, "mail.dkim.1")
}

fn record_spec(name: Field<String>) -> Spec {
    Spec::of::<Route53RecordSet>(route53_record_set::Spec {
        zone: Field::Known("Z1".to_owned()),
        zone_name: DOMAIN.to_owned(),
        record: Record {
            name,
            rtype: RecordType::Cname,
            ttl: 3600,
            values: Vec::new(),
            alias: None,
            sharing: Sharing::default(),
        },
    })
}

fn elsewhere() -> Location {
    Location {
        region: "eu-west-1".into(),
        ..location("web")
    }
}

fn identity_entry(location: Location, status: Status) -> Entry {
    Entry {
        id: identity(),
        location: Some(location),
        status,
        spec: Spec::of::<SesIdentity>(ses_identity::Spec::default()),
        ..entry("mail", &[])
    }
}

/// The record of the identity, beside a record of its keys.
#[derive(Default)]
struct Recorded {
    current: Option<Entry>,
    retired: Option<Entry>,
}

impl Recorded {
    /// Why the record moves, if it does.
    fn why(self, name: Field<String>) -> Option<&'static str> {
        let output = OutputRef {
            resource: identity(),
            output: "dkim_name_1".to_owned(),
        };
        let giver = Resource {
            id: identity(),
            spec: Spec::of::<SesIdentity>(ses_identity::Spec::default()),
            ..resource("mail", &[])
        };
        let named = Resource {
            id: record(),
            spec: record_spec(Field::Output(output)),
            dependencies: vec![Dependency::done(&identity(), "its keys")],
            impact: Impact::new(MailImpact::Sending, "because"),
            ..resource("mail", &[])
        };
        let on_record = Entry {
            id: record(),
            spec: record_spec(name),
            ..entry("mail", &[])
        };
        let mut ledger = Ledger::default();
        let held = ledger.domains.entry(DOMAIN.to_owned()).or_default();
        for entry in self.current.into_iter().chain([on_record]) {
            held.entries.insert(entry.id.clone(), Arc::new(entry));
        }
        held.retired.extend(self.retired.map(Arc::new));
        let (giver, named) = (Arc::new(giver), Arc::new(named));
        moved(&[&giver, &named], &ledger).get(&record()).copied()
    }
}

#[test]
fn a_record_moves_with_the_identity_that_names_it() {
    let known = || Field::Known("abc._domainkey.example.com".to_owned());
    let settled = || Status::Settled("example.com".into());
    let here = || Some(identity_entry(location("web"), settled()));
    let begun = || Some(identity_entry(location("web"), Status::Creating));
    let away = || Some(identity_entry(elsewhere(), settled()));
    let check = |current: Option<Entry>, retired: Option<Entry>, moves: bool| {
        let why = Recorded { current, retired }.why(known());
        assert_eq!(why, moves.then_some("AWS gives it another name"));
    };
    // It moves now, or an earlier run has moved it and was killed.
    check(away(), None, true);
    check(begun(), away(), true);
    check(None, away(), true);
    // What the ledger does not say is no proof: the run that made it could not read it back, or its
    // creation in the same place was refused.
    check(here(), None, false);
    check(begun(), None, false);
    check(begun(), here(), false);
    // A record that a person publishes is on record before it has a name.
    let nameless = Field::Output(OutputRef {
        resource: identity(),
        output: "dkim_name_1".to_owned(),
    });
    let recorded = Recorded {
        current: away(),
        retired: None,
    };
    assert_eq!(recorded.why(nameless), None);
}
