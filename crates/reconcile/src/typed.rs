//! Reads the specs and states that still are JSON as those of their kinds. It is the one place in
//! this crate that does so.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kinds::record::{self, LiveSet, Record, Sharing, canonical};
use kinds::{
    acm_certificate, route53_hosted_zone, route53_record_set, s3_object, ses_configuration_set,
    ses_mail_from,
};
use model::{Action, Entry, Readiness};
use serde::de::DeserializeOwned;
use serde_json::Value;
use standards::dns::Name;
use verify::{Certificate, HostedZone};

use crate::Project;

fn read<T: DeserializeOwned>(value: &Value) -> Option<T> {
    T::deserialize(value).ok()
}

/// A hosted zone, from its state.
pub(crate) fn zone(state: &Value) -> Option<HostedZone> {
    let state: route53_hosted_zone::State = read(state)?;
    let servers = state.name_servers.iter();
    Some(HostedZone {
        name: Name::parse(&state.name).ok()?,
        servers: servers.filter_map(|name| Name::parse(name).ok()).collect(),
    })
}

/// A certificate that ACM issues, from its spec and, once it is there, its state.
pub(crate) fn certificate(spec: &Value, state: Option<&Value>) -> Certificate {
    let spec: Option<acm_certificate::Spec> = read(spec);
    let state: Option<acm_certificate::State> = state.and_then(read);
    let hosts = spec.map(|spec| spec.names).unwrap_or_default();
    let validation = state.iter().flat_map(|state| state.validation.values());
    Certificate {
        hosts: hosts
            .iter()
            .filter_map(|name| Name::parse(name).ok())
            .collect(),
        not_after: state
            .as_ref()
            .and_then(|state| Timestamp::from_second(state.not_after?).ok()),
        validation: validation
            .filter_map(|record| Name::parse(&record.name).ok())
            .collect::<BTreeSet<Name>>(),
    }
}

/// The bytes of an object, from its spec.
pub(crate) fn object_bytes(spec: &Value) -> Option<Vec<u8>> {
    let spec: s3_object::Spec = read(spec)?;
    Some(spec.bytes())
}

/// The MAIL FROM domain of an instance, from the spec of its `ses_mail_from`.
pub(crate) fn mail_from(spec: &Value) -> Option<Name> {
    let spec: ses_mail_from::Spec = read(spec)?;
    Name::parse(&spec.mail_from).ok()
}

/// The name of a configuration set, from its spec.
pub(crate) fn set_name(spec: &Value) -> Option<String> {
    let spec: ses_configuration_set::Spec = read(spec)?;
    Some(spec.name)
}

/// The record as an external observer should see it, from the spec of a record of either kind. What
/// is known only after apply can't be expected yet.
pub(crate) fn record(spec: &Value) -> Option<verify::Record> {
    let record: Record = spec.get("record").and_then(read)?;
    // Where an alias leads matters to nobody who follows it.
    if !record.is_known() && record.alias.is_none() {
        return None;
    }
    let values = record.known_values();
    let values = values.iter();
    Some(verify::Record {
        name: Name::parse(record.name.known()?).ok()?,
        rtype: record.rtype.clone(),
        values: values
            .map(|value| canonical(&record.rtype, value))
            .collect(),
        ttl: record.ttl,
        alone: record.sharing == Sharing::Whole,
    })
}

/// The name and type of the record of a spec.
pub(crate) fn name_and_type(spec: &Value) -> Option<(Name, String)> {
    let record: Record = spec.get("record").and_then(read)?;
    let name = Name::parse(record.name.known()?).ok()?;
    Some((name, record.rtype))
}

/// Whether an entry is a record that validates a certificate of ACM.
pub(crate) fn validates(entry: &Entry) -> bool {
    let value = entry.spec.pointer("/record/values/0");
    let value = value.and_then(Value::as_str).unwrap_or_default();
    value
        .trim_end_matches('.')
        .ends_with(".acm-validations.aws")
}

/// The seconds for which an action's record is to be kept, and the record set that stands there.
pub(crate) fn planned_ttl_and_set(action: &Action, state: &Value) -> Option<(u32, LiveSet)> {
    let spec: route53_record_set::Spec = read(&action.spec)?;
    let state: record::State = read(state)?;
    Some((spec.record.ttl, state.set?))
}

/// Whether the ledger says of a record by hand that nobody has seen it live yet.
pub(crate) fn is_awaited(project: &Project, entry: Option<&Entry>) -> bool {
    let Some(entry) = entry.filter(|entry| !entry.open) else {
        return true;
    };
    let kind = project.engine.kinds().get(entry.id.kind.as_str());
    let readiness = kind.map(|kind| kind.readiness(&entry.spec, &entry.state));
    !matches!(readiness, Some(Ok(Readiness::Ready)))
}
