//! A zone, a certificate and a record as an external observer should see them.

use jiff::Timestamp;
use kinds::record::{Record, Sharing, canonical};
use kinds::{acm_certificate, route53_hosted_zone};
use standards::dns::Name;
use verify::{Certificate, HostedZone, Validity};

/// A hosted zone.
pub(super) fn zone(state: &route53_hosted_zone::State) -> Option<HostedZone> {
    Some(HostedZone {
        name: Name::parse(&state.name).ok()?,
        servers: names(&state.name_servers).collect(),
    })
}

/// A certificate that ACM issues, and its dates and records once it is there.
pub(super) fn certificate(
    spec: &acm_certificate::Spec,
    state: Option<&acm_certificate::State>,
) -> Certificate {
    let validation = state
        .into_iter()
        .flat_map(|state| state.validation.values());
    Certificate {
        hosts: names(&spec.names).collect(),
        validity: state.and_then(validity),
        validation: validation
            .filter_map(|record| Name::parse(&record.name).ok())
            .collect(),
    }
}

/// The lifetime of a certificate that was issued, and that ACM was asked about.
pub(crate) fn validity(state: &acm_certificate::State) -> Option<Validity> {
    Some(Validity {
        not_before: Timestamp::from_second(state.not_before?).ok()?,
        not_after: Timestamp::from_second(state.not_after?).ok()?,
    })
}

/// A record. What is known only after apply can't be expected yet.
pub(super) fn record(record: &Record) -> Option<verify::Record> {
    // Where an alias leads matters to nobody who follows it.
    if !record.is_known() && record.alias.is_none() {
        return None;
    }
    let values = record.known_values();
    let values = values.iter();
    Some(verify::Record {
        name: Name::parse(record.name.known()?).ok()?,
        rtype: record.rtype,
        values: values.map(|value| canonical(record.rtype, value)).collect(),
        ttl: record.ttl,
        alone: record.sharing == Sharing::Whole,
    })
}

fn names(texts: &[String]) -> impl Iterator<Item = Name> {
    texts.iter().filter_map(|text| Name::parse(text).ok())
}
