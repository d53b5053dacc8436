//! Names: what is made for one block is not made or declared by another.

use std::collections::BTreeMap;

use crate::domain::Domain;
use crate::manifest::Manifest;
use crate::position::Position;
use crate::report::Report;
use model::rules;
use standards::dns::{Name, NameError};

use super::domains;

/// MAN-17 and DNS-05: every host name can be one, and has one use.
pub(super) fn collisions(manifest: &Manifest, report: &mut Report) {
    let declared = |name: &Name| {
        let domain = manifest.domains.get(name).map(|domain| &domain.position);
        domain.or_else(|| manifest.parked.get(name).map(|parked| &parked.position))
    };
    for (name, domain) in domains(manifest) {
        let mut uses: BTreeMap<Name, &str> = BTreeMap::new();
        for (host, what, position) in made(name, domain) {
            let host = match host {
                Ok(host) => host,
                Err(error) => {
                    let reason = format!("{what} of {name} can't have its name: {error}");
                    report.add(rules::DNS_05, position, reason, "choose a shorter name");
                    continue;
                }
            };
            if host.repeats(name) {
                let reason = format!("{what} of {name} is {host}, with the domain in it twice");
                report.add(
                    rules::DNS_10,
                    position,
                    reason,
                    format!("write a label, or a whole name that ends in {name} once"),
                );
            }
            // The domain itself as MAIL FROM is another fault, SES-12.
            if let Some(first) = declared(&host).filter(|_| host != *name) {
                report.add(
                    rules::MAN_17,
                    position,
                    format!("{what} of {name} is {host}, and that is a domain of its own, declared at {first}"),
                    "choose another name, or take the domain out",
                );
            }
            // One MAIL FROM may serve several instances of a region.
            let other = uses
                .insert(host.clone(), what)
                .filter(|other| *other != what);
            if let Some(other) = other {
                report.add(
                    rules::MAN_17,
                    position,
                    format!("{what} of {name} is {host}, and so is {other}"),
                    "give one of them another name",
                );
            }
        }
    }
}

/// How many octets the first name of a certificate may have (ACM User Guide, "Certificate
/// characteristics": it becomes the subject's common name, which X.509 limits).
const FIRST_NAME_MAX: usize = 64;

/// MAN-20: a certificate that is requested has a first name that ACM takes. The order of its names is
/// ours to choose, so one short host is enough.
pub(super) fn certificate(manifest: &Manifest, report: &mut Report) {
    for (name, domain) in domains(manifest) {
        let Some(hosting) = domain
            .hosting
            .as_ref()
            .filter(|hosting| hosting.certificate.is_none())
        else {
            continue;
        };
        let has_logo = domain.bimi.as_ref().is_some_and(|bimi| !*bimi.decline);
        let assets = has_logo.then(|| hosting.assets_host.under(name));
        let policy = domain.mta_sts.as_ref().map(|_| name.child("mta-sts"));
        let hosts: Vec<Name> = assets.into_iter().chain(policy).flatten().collect();
        let shortest = hosts.iter().min_by_key(|host| host.as_str().len());
        if let Some(host) = shortest.filter(|host| host.as_str().len() > FIRST_NAME_MAX) {
            let length = host.as_str().len();
            report.add(
                rules::MAN_20,
                &hosting.position,
                format!(
                    "the first name of the certificate of {name} has at most {FIRST_NAME_MAX} octets, \
                     and its shortest, {host}, has {length}"
                ),
                "let hosting name a certificate that is there already: `certificate: arn:…`",
            );
        }
    }
}

/// A host name, or why there can't be one; what it is; where that was said.
type Made<'m> = (Result<Name, NameError>, &'static str, &'m Position);

/// The host names that are made for a domain.
fn made<'m>(name: &Name, domain: &'m Domain) -> Vec<Made<'m>> {
    let mut made = Vec::new();
    if let Some(hosting) = &domain.hosting {
        let host = &hosting.assets_host;
        made.push((host.under(name), "the assets host", &host.position));
    }
    if let Some(mta_sts) = &domain.mta_sts {
        made.push((name.child("mta-sts"), "the policy host", &mta_sts.position));
    }
    for instance in &domain.ses {
        if let Some(host) = &instance.mail_from {
            made.push((host.under(name), "the MAIL FROM", &host.position));
        }
    }
    made
}
