//! Accounts: every name leads to one, and every role is in its own.

use crate::domain::Dns;
use crate::manifest::{Ledger, Manifest};
use crate::position::Located;
use crate::read::Meant;
use crate::report::Report;
use model::{AccountName, rules};
use standards::Finding;

use super::domains;

/// MAN-08: every account that a block names is declared.
pub(super) fn declared(manifest: &Manifest, report: &mut Report) {
    for name in named(manifest) {
        // An account with a fault of its own is declared all the same.
        if manifest.account(name).is_some() || report.unreadable.contains(name.as_str()) {
            continue;
        }
        let known = manifest.accounts.keys().map(AccountName::as_str);
        let reason = format!("no account is called `{name}`");
        let finding = Finding::new(rules::MAN_08, reason).in_place(name.place());
        report.push(match Meant::near(name.as_str(), known) {
            Some(near) => {
                let finding = finding.fix(format!("did you mean `{}`?", near.text));
                // Another account is another place, however near its name.
                let guess = Meant {
                    is_sure: false,
                    ..near
                };
                guess.fix(finding, name.as_str(), &name.position)
            }
            None => finding.fix(format!(
                "declare it under `accounts`, with its id: `{name}: {{ id: \"…\" }}`"
            )),
        });
    }
}

/// Every place where a block names an account.
fn named(manifest: &Manifest) -> Vec<&Located<AccountName>> {
    let mut names = Vec::new();
    if let Ledger::S3(bucket) = &manifest.ledger.value {
        names.push(&bucket.account);
    }
    let receivers = manifest.notify.values();
    let topics = receivers.filter_map(|receiver| receiver.topic());
    names.extend(topics.map(|topic| &topic.account));
    let zones = domains(manifest)
        .map(|(_, domain)| &domain.dns)
        .chain(manifest.parked.values().map(|parked| &parked.dns));
    names.extend(zones.filter_map(|dns| match &dns.value {
        Dns::Route53(zone) => Some(&zone.account),
        Dns::Manual => None,
    }));
    for (_, domain) in domains(manifest) {
        names.extend(domain.hosting.as_ref().map(|hosting| &hosting.account));
        names.extend(domain.ses.iter().map(|instance| &instance.account));
    }
    names
}

/// MAN-18 and MAN-12: a role's ARN is of its account, and what only a role needs has one.
pub(super) fn roles(manifest: &Manifest, report: &mut Report) {
    for (name, account) in &manifest.accounts {
        if let Some(role) = &account.role {
            let of = role.as_str().split(':').nth(4);
            if let Some(of) = of.filter(|of| *of != account.id.as_str()) {
                report.add(
                    rules::MAN_18,
                    &role.position,
                    format!(
                        "the role is of account {of}, and `{name}` is {}",
                        account.id
                    ),
                    "correct the role or the id",
                );
            }
            continue;
        }
        let external_id = account
            .external_id
            .as_ref()
            .map(|id| ("external_id", &id.position));
        let session_name = account
            .session_name
            .as_ref()
            .map(|name| ("session_name", &name.position));
        for (key, position) in external_id.into_iter().chain(session_name) {
            report.add(
                rules::MAN_12,
                position,
                format!("`{key}` is used to assume a role, and `{name}` has no `role`"),
                format!("add `role`, or take `{key}` out"),
            );
        }
    }
}
