//! Registrations of domains that end, as their registries tell it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use model::{DomainLedger, Foreseen, Ledger, MailImpact, Outside, rules};
use standards::dns::{Name, registered_domain};

use super::is_accepted;
use crate::Project;

/// The time before its end from which a registration is told: whoever pays for it may have left.
const TOLD: SignedDuration = SignedDuration::from_hours(24 * 60);
/// How many domains a note names.
const NAMED: usize = 3;

/// The registrations that end, and those of which it is not known. Each registered domain is asked about
/// once, for all of the manifest's domains in it that are applied.
pub(crate) async fn ending(
    project: &Project,
    ledger: &Ledger,
    outside: &dyn Outside,
) -> (Vec<Foreseen>, Vec<String>) {
    let now = project.clock.now();
    let registered = registered(&project.domains(), ledger);
    let names = registered.keys().cloned().collect();
    let asked = || verify::registrations(names, outside);
    let found = project.registrations.get_or_init(asked).await;
    let (mut foreseen, mut unknown) = (Vec::new(), BTreeMap::new());
    for (name, until) in found {
        match until {
            Ok(at) if at.duration_since(now) <= TOLD => {
                let within = registered.get(name);
                foreseen.extend(within.map(|within| told(name, within, *at)));
            }
            Ok(_) => {}
            Err(reason) => {
                let same: &mut Vec<&Name> = unknown.entry(reason.as_str()).or_default();
                same.push(name);
            }
        }
    }
    foreseen.retain(|one| !is_accepted(&project.manifest, one, now));
    let notes = unknown.into_iter();
    let notes = notes.map(|(reason, names)| note(reason, &names));
    (foreseen, notes.collect())
}

/// The registered domains, each with those of the manifest in it that the ledger has something of.
fn registered(domains: &[Name], ledger: &Ledger) -> BTreeMap<Name, BTreeSet<Name>> {
    let mut registered: BTreeMap<Name, BTreeSet<Name>> = BTreeMap::new();
    for name in domains {
        let held = ledger.domains.get(name.as_str());
        let is_applied = held.is_some_and(|held| !DomainLedger::is_empty(held));
        if let Some(domain) = registered_domain(name).filter(|_| is_applied) {
            registered.entry(domain).or_default().insert(name.clone());
        }
    }
    registered
}

/// An event is about the registered domain itself where the manifest has it, and else about the first of those
/// in it.
fn told(name: &Name, within: &BTreeSet<Name>, at: Timestamp) -> Foreseen {
    let first = within.first().unwrap_or(name);
    let subject = if within.contains(name) { name } else { first };
    Foreseen {
        rule: Some(rules::LIVE_08.id),
        subject: subject.to_string(),
        at,
        mail: MailImpact::Receiving,
        reason: format!(
            "the registration of {name} ends; without it nobody finds its mail hosts, keys and policies, and somebody else may register it"
        ),
        fix: format!("renew {name} at its registrar, and let the registrar renew it by itself"),
    }
}

fn note(reason: &str, names: &[&Name]) -> String {
    let first = names.iter().take(NAMED).map(|name| name.as_str());
    let first: Vec<&str> = first.collect();
    let more = match names.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!(
        "until when {}{more} is registered is not known: {reason}",
        first.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(texts: &[&str]) -> BTreeSet<Name> {
        let names = texts.iter().map(|text| Name::parse(text).expect("a name"));
        names.collect()
    }

    #[test]
    fn an_event_is_about_a_domain_of_the_manifest() {
        let check = |within: &[&str], expect: &str| {
            let name = Name::parse("example.com").expect("a name");
            let told = told(&name, &names(within), Timestamp::UNIX_EPOCH);
            assert_eq!(told.subject, expect);
            assert!(told.reason.contains("of example.com ends"), "{told:?}");
        };
        check(&["a.example.com", "example.com"], "example.com");
        check(&["b.example.com", "c.example.com"], "b.example.com");
    }

    #[test]
    fn a_note_names_three_domains() {
        let check = |texts: &[&str], expect: &str| {
            let names = names(texts);
            let names: Vec<&Name> = names.iter().collect();
            let note = note("nobody answers", &names);
            assert_eq!(
                note,
                format!("until when {expect} is not known: nobody answers")
            );
        };
        check(&["a.com"], "a.com is registered");
        check(
            &["a.com", "b.com", "c.com", "d.com", "e.com"],
            "a.com, b.com, c.com and 2 more is registered",
        );
    }
}
