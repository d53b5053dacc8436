//! How a certificate comes to be issued: its records are seen in the public DNS, or they are not.

use jiff::{SignedDuration, Timestamp};

use super::{Certificate, DomainValidation, Method, Status, caa, names};
use crate::dns::Lookup;
use crate::world::World;

/// ACM stops looking after this time.
const PATIENCE: SignedDuration = SignedDuration::from_hours(72);

/// The CNAME that proves a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidationRecord {
    /// `_<32 hex>.example.com.`
    pub name: String,
    /// `_<32 hex>.<10 letters>.acm-validations.aws.`
    pub value: String,
}

impl ValidationRecord {
    /// The record of a name: it depends on the account and the domain alone, so that all
    /// certificates of an account share it, and so do a domain and its wildcard.
    pub fn of(account: &str, domain_name: &str) -> Self {
        let domain = domain_name.strip_prefix("*.").unwrap_or(domain_name);
        let name = names::hex(
            &names::derive(&["acm validation name", account, domain]),
            16,
        );
        let value = names::derive(&["acm validation value", account, domain]);
        Self {
            name: format!("_{name}.{domain}."),
            value: format!(
                "_{}.{}.acm-validations.aws.",
                names::hex(&value, 16),
                names::letters(&value[16..])
            ),
        }
    }

    /// Since when a stranger who asks at `at` has been able to see it.
    fn seen(&self, world: &World, at: Timestamp) -> Option<Timestamp> {
        let asked = self.name.trim_end_matches('.');
        let wanted = self.value.trim_end_matches('.');
        match world.resolve(asked, "CNAME", at) {
            Lookup::Found { records, since, .. } => records
                .iter()
                .any(|record| {
                    record
                        .value
                        .trim_end_matches('.')
                        .eq_ignore_ascii_case(wanted)
                })
                .then_some(since),
            _ => None,
        }
    }
}

impl Certificate {
    /// The record of one of its names, once ACM shows it.
    pub fn record(
        &self,
        validation: &DomainValidation,
        shown_after: SignedDuration,
        now: Timestamp,
    ) -> Option<ValidationRecord> {
        let shown = self.method == Method::Dns && now >= self.created_at + shown_after;
        shown.then(|| ValidationRecord::of(&self.account, &validation.domain_name))
    }
}

/// Lets certificates be issued, fail, time out and expire, each at its exact moment.
pub fn advance(world: &mut World, now: Timestamp) {
    let mut moved = Vec::new();
    for (place, held) in &world.acm.certificates {
        for certificate in held.values() {
            if let Some(next) = step(world, certificate, now) {
                moved.push((place.clone(), next));
            }
        }
    }
    for (place, certificate) in moved {
        if let Some(held) = world.acm.certificates.get_mut(&place) {
            held.insert(certificate.arn.clone(), certificate);
        }
    }
}

/// The certificate as it is at `now`, when that differs.
fn step(world: &World, certificate: &Certificate, now: Timestamp) -> Option<Certificate> {
    match certificate.status {
        Status::PendingValidation if is_due(world, certificate, now) => {
            let mut next = certificate.clone();
            pend(world, &mut next, now);
            Some(next)
        }
        Status::Issued if certificate.not_after().is_some_and(|end| now > end) => {
            let mut next = certificate.clone();
            next.status = Status::Expired;
            Some(next)
        }
        _ => None,
    }
}

/// Whether something can happen to a pending certificate. Its records need not be looked up at
/// every call to the sandbox: the DNS says since when they have been visible, and it is enough to
/// find them before they have been so for as long as ACM takes.
fn is_due(world: &World, certificate: &Certificate, now: Timestamp) -> bool {
    let interval = world.delays.acm_issue / 4;
    let look = certificate
        .looked
        .is_none_or(|looked| now >= looked + interval);
    let ripe = certificate.validations.iter().any(|name| {
        name.validated_at.is_none()
            && name
                .seen
                .is_some_and(|seen| now >= ripe(world, certificate, seen))
    });
    look || ripe || now >= certificate.created_at + PATIENCE
}

/// When a record that has been visible since `seen` counts.
fn ripe(world: &World, certificate: &Certificate, seen: Timestamp) -> Timestamp {
    seen.max(certificate.created_at + world.delays.acm_records) + world.delays.acm_issue
}

fn pend(world: &World, certificate: &mut Certificate, now: Timestamp) {
    let deadline = certificate.created_at + PATIENCE;
    certificate.looked = Some(now);
    if certificate.method == Method::Dns {
        for index in 0..certificate.validations.len() {
            let looked = look(
                world,
                certificate,
                &certificate.validations[index],
                now.min(deadline),
            );
            certificate.validations[index] = looked;
        }
    }
    let proved: Option<Vec<Timestamp>> = certificate
        .validations
        .iter()
        .map(|name| name.validated_at)
        .collect();
    match proved.and_then(|times| times.into_iter().max()) {
        Some(at) => issue(world, certificate, at),
        None if now >= deadline => certificate.status = Status::ValidationTimedOut,
        None => {}
    }
}

/// One name at `now`. Its record is looked up until it is found, and once more at the moment at
/// which it counts.
fn look(
    world: &World,
    certificate: &Certificate,
    name: &DomainValidation,
    now: Timestamp,
) -> DomainValidation {
    let mut name = name.clone();
    if name.validated_at.is_some() {
        return name;
    }
    let record = ValidationRecord::of(&certificate.account, &name.domain_name);
    if name.seen.is_none() {
        name.seen = record.seen(world, now);
    }
    if let Some(seen) = name.seen {
        let ripe = ripe(world, certificate, seen);
        if ripe <= now && record.seen(world, ripe).is_some() {
            name.validated_at = Some(ripe);
        } else if ripe <= now {
            name.seen = None;
        }
    }
    name
}

fn issue(world: &World, certificate: &mut Certificate, at: Timestamp) {
    let refused = certificate
        .names
        .iter()
        .any(|name| !caa::permits(world, name, at));
    if refused {
        certificate.status = Status::Failed;
        certificate.failure = Some("CAA_ERROR".to_owned());
    } else {
        certificate.status = Status::Issued;
        certificate.issued_at = Some(at);
    }
}
