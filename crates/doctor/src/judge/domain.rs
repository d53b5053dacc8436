//! A domain: its zone and who is sent there, who may issue for its hosts, and who has their names.

use std::collections::BTreeSet;

use model::check::{About, Check};
use model::rules;
use standards::Finding;
use standards::dns::Name;
use standards::dns::caa::{Caa, lint_host};
use standards::dns::zone::lint_delegation;

use super::Notes;
use crate::facts::{DomainFacts, Host, Hosting, PointsTo, Seen, Unseen, ZoneFacts};

pub(super) fn judge(domain: &DomainFacts) -> Vec<Check> {
    let mut notes = Notes::on(About::Domain(domain.name.clone()));
    zone(domain, &mut notes);
    for host in &domain.hosts {
        caa(host, &mut notes);
        if let Some(hosting) = &host.hosting {
            alias(host, hosting, &mut notes);
        }
    }
    notes.done()
}

/// PLAN-07, DNS-08: the zone is there, and the world is sent to it.
fn zone(domain: &DomainFacts, notes: &mut Notes) {
    let what = format!("hosted zone of {}", domain.name);
    match &domain.zone {
        ZoneFacts::Found {
            account,
            id,
            name,
            servers,
            delegated,
        } => {
            notes.good(
                rules::PLAN_07,
                &what,
                format!("{name} is {id} in account {account}"),
            );
            delegation(name, servers, delegated, notes);
        }
        ZoneFacts::ToCreate => {
            notes.good(rules::PLAN_07, &what, "not there yet: the plan makes it");
            let unseen = Unseen::new(
                "a zone that is not there has no name servers",
                "after apply, let the registrar or the zone above name the servers of the new zone",
            );
            notes.unseen(rules::DNS_08, &format!("{} NS", domain.name), &unseen);
        }
        ZoneFacts::Missing(account) => {
            let reason = format!(
                "account {account} has no public hosted zone {}",
                domain.name
            );
            notes.broken(&what, Finding::new(rules::PLAN_07, reason));
        }
        ZoneFacts::Several(account, ids) => {
            let reason = format!(
                "account {account} has {} public hosted zones {}: {}",
                ids.len(),
                domain.name,
                ids.join(", ")
            );
            notes.broken(&what, Finding::new(rules::PLAN_11, reason));
        }
        ZoneFacts::Refused(finding) => notes.broken(&what, finding.clone()),
        ZoneFacts::Unclear(reason) => {
            notes.broken(&what, Finding::new(rules::PLAN_04, reason.clone()));
        }
        ZoneFacts::Unseen(unseen) => notes.unseen(rules::PLAN_07, &what, unseen),
        ZoneFacts::Manual(servers) => {
            let what = format!("{} NS", domain.name);
            match servers {
                Ok(servers) => notes.good(rules::LIVE_02, &what, shown(servers)),
                Err(Unseen { why, .. }) => {
                    notes.broken(&what, Finding::new(rules::LIVE_02, why.clone()));
                }
            }
        }
    }
}

fn delegation(
    zone: &Name,
    servers: &BTreeSet<Name>,
    delegated: &Seen<BTreeSet<Name>>,
    notes: &mut Notes,
) {
    let what = format!("{zone} NS");
    match delegated {
        Err(unseen) => notes.unseen(rules::DNS_08, &what, unseen),
        Ok(delegated) => {
            if let Some(finding) = lint_delegation(zone, delegated, servers) {
                return notes.broken(&what, finding);
            }
            let names: Vec<String> = delegated.iter().map(Name::to_string).collect();
            notes.good(rules::DNS_08, &what, shown(&names));
        }
    }
}

/// DNS-13: ACM may issue for the host.
fn caa(host: &Host, notes: &mut Notes) {
    let what = format!("{} CAA", host.name);
    match &host.caa {
        None => {}
        Some(Err(unseen)) => notes.unseen(rules::DNS_13, &what, unseen),
        Some(Ok(values)) => {
            let records: Vec<Caa> = values
                .iter()
                .filter_map(|value| value.parse().ok())
                .collect();
            match lint_host(&host.name, &records) {
                Some(finding) => notes.broken(&what, finding),
                None if values.is_empty() => {
                    notes.good(rules::DNS_13, &what, "no CAA: anybody may issue");
                }
                None => notes.good(rules::DNS_13, &what, shown(values)),
            }
        }
    }
}

/// PLAN-09: nobody else has the name. What other accounts hold shows only where DNS leads there.
fn alias(host: &Host, hosting: &Hosting, notes: &mut Notes) {
    let what = format!("{} at CloudFront", host.name);
    let Hosting {
        account,
        holder,
        points_to,
    } = hosting;
    let holder = match holder {
        Ok(holder) => holder,
        Err(unseen) => return notes.unseen(rules::PLAN_09, &what, unseen),
    };
    match (holder, points_to) {
        (Some((id, true)), _) => {
            notes.good(
                rules::PLAN_09,
                &what,
                format!("our distribution {id} has it"),
            );
        }
        (Some((id, false)), _) => {
            let reason = format!("distribution {id} of account {account} has it, and is not ours");
            let mut finding = Finding::new(rules::PLAN_09, reason);
            finding.fix += ", or take the distribution over with `adopt: true`";
            notes.broken(&what, finding);
        }
        (None, Ok(PointsTo::Foreign(target))) => {
            let reason = format!(
                "DNS leads to {target}, which account {account} does not have: CloudFront gives a name to \
                 one distribution in all of AWS"
            );
            notes.broken(&what, Finding::new(rules::PLAN_09, reason));
        }
        (None, Err(unseen)) => notes.unseen(rules::PLAN_09, &what, unseen),
        (None, Ok(PointsTo::Own(target))) => {
            let seen =
                format!("DNS leads to {target} of account {account}, which does not have the name");
            notes.good(rules::PLAN_09, &what, seen);
        }
        (None, Ok(PointsTo::Nowhere)) => {
            let unseen = Unseen::new(
                format!(
                    "no distribution of account {account} has it, and DNS leads to none; what other accounts \
                     have, CloudFront tells only who has a distribution"
                ),
                "nothing: apply stops at this step if somebody has it (CNAMEAlreadyExists)",
            );
            notes.unseen(rules::PLAN_09, &what, &unseen);
        }
    }
}

/// Values as one short line.
fn shown(values: &[String]) -> String {
    const SHOWN: usize = 4;
    let mut line: Vec<&str> = values.iter().take(SHOWN).map(String::as_str).collect();
    let more = format!("and {} more", values.len().saturating_sub(SHOWN));
    if values.len() > SHOWN {
        line.push(&more);
    }
    line.join(", ")
}
