//! How a certificate comes to be issued: its records are seen in the public DNS, or they are not.

use jiff::{SignedDuration, Timestamp};

use super::{Certificate, DomainValidation, Method, Status, caa, names};
use crate::acm::Environment;
use crate::dns::Lookup;

/// ACM stops looking after this time.
const PATIENCE: SignedDuration = SignedDuration::from_hours(72);

/// No certificate is renewed or ends so soon after it was issued.
const YOUTH: SignedDuration = SignedDuration::from_hours(130 * 24);

/// How long before its end a certificate is renewed (ACM User Guide, "Managed certificate renewal").
pub(super) const RENEWED_BEFORE: SignedDuration = SignedDuration::from_hours(60 * 24);

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

    /// Since when an external observer who asks at `at` has been able to see it.
    fn seen(&self, world: &dyn Environment, at: Timestamp) -> Option<Timestamp> {
        let asked = self.name.trim_end_matches('.');
        let wanted = self.value.trim_end_matches('.');
        // A provider may refuse the underscore that the value begins with: ACM does without it.
        let without = wanted.trim_start_matches('_');
        let is_right = |value: &str| {
            let value = value.trim_end_matches('.');
            value.eq_ignore_ascii_case(wanted) || value.eq_ignore_ascii_case(without)
        };
        match world.resolve(asked, "CNAME", at) {
            Lookup::Found { records, since, .. } => records
                .iter()
                .any(|record| is_right(&record.value))
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
pub fn advance(world: &mut dyn Environment, now: Timestamp) {
    let reach = Reach::at(world, now);
    let mut moved = Vec::new();
    for (place, held) in &world.acm().certificates {
        for certificate in held.values() {
            if let Some(next) = step(world, certificate, &reach) {
                moved.push((place.clone(), next));
            }
        }
    }
    for (place, certificate) in moved {
        if let Some(held) = world.acm_mut().certificates.get_mut(&place) {
            held.insert(certificate.arn.clone(), certificate);
        }
    }
}

/// How far back something must lie to have consequences now. Every call to the sandbox asks all
/// certificates, so that each is only compared with these.
struct Reach {
    now: Timestamp,
    /// Looked up until then: it is time to look again.
    checked: Timestamp,
    /// Asked for until then: ACM has lost its patience.
    asked: Timestamp,
    /// Issued until then: it may be renewed, or have ended.
    issued: Timestamp,
}

impl Reach {
    fn at(world: &dyn Environment, now: Timestamp) -> Self {
        Self {
            now,
            checked: now - world.delays().acm_issue / 4,
            asked: now - PATIENCE,
            issued: now - YOUTH,
        }
    }
}

/// The certificate as it is now, when that differs.
fn step(world: &dyn Environment, certificate: &Certificate, reach: &Reach) -> Option<Certificate> {
    let now = reach.now;
    match certificate.status {
        Status::PendingValidation if is_due(world, certificate, reach) => {
            let mut next = certificate.clone();
            pend(world, &mut next, now);
            Some(next)
        }
        Status::Issued if certificate.issued_at <= Some(reach.issued) => {
            aged(world, certificate, now)
        }
        _ => None,
    }
}

/// An old certificate: renewed, as often as its time has come since, or at its end.
fn aged(world: &dyn Environment, certificate: &Certificate, now: Timestamp) -> Option<Certificate> {
    let mut next = certificate.clone();
    while let Some(at) = renewal(world, &next, now) {
        next.issued_at = Some(at);
    }
    if next.not_after().is_some_and(|end| now > end) {
        next.status = Status::Expired;
    }
    (next != *certificate).then_some(next)
}

/// When a certificate that is used is issued anew: as soon as its time has come and all of its
/// records are seen.
fn renewal(
    world: &dyn Environment,
    certificate: &Certificate,
    now: Timestamp,
) -> Option<Timestamp> {
    let end = certificate.not_after()?;
    let mut at = end - RENEWED_BEFORE;
    if now < at || world.users_of_certificate(&certificate.arn).is_empty() {
        return None;
    }
    for name in &certificate.validations {
        let record = ValidationRecord::of(&certificate.account, &name.domain_name);
        at = at.max(record.seen(world, now)?);
    }
    let at = at + world.delays().acm_issue;
    (at <= now.min(end)).then_some(at)
}

/// Whether something can happen to a pending certificate. Its records need not be looked up at
/// every call to the sandbox: the DNS says since when they have been visible, and it is enough to
/// find them before they have been so for as long as ACM takes.
fn is_due(world: &dyn Environment, certificate: &Certificate, reach: &Reach) -> bool {
    let check = certificate
        .checked
        .is_none_or(|checked| checked <= reach.checked);
    let ripe = || {
        certificate.validations.iter().any(|name| {
            name.validated_at.is_none()
                && name
                    .seen
                    .is_some_and(|seen| reach.now >= ripe(world, certificate, seen))
        })
    };
    check || certificate.created_at <= reach.asked || ripe()
}

/// When a record that has been visible since `seen` counts.
fn ripe(world: &dyn Environment, certificate: &Certificate, seen: Timestamp) -> Timestamp {
    seen.max(certificate.created_at + world.delays().acm_records) + world.delays().acm_issue
}

fn pend(world: &dyn Environment, certificate: &mut Certificate, now: Timestamp) {
    let deadline = certificate.created_at + PATIENCE;
    certificate.checked = Some(now);
    if certificate.method == Method::Dns {
        for index in 0..certificate.validations.len() {
            let checked = check(
                world,
                certificate,
                &certificate.validations[index],
                now.min(deadline),
            );
            certificate.validations[index] = checked;
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
fn check(
    world: &dyn Environment,
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

fn issue(world: &dyn Environment, certificate: &mut Certificate, at: Timestamp) {
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
