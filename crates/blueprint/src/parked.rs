//! A parked domain: it gets no mail and sends none, and says so in every way there is (DMARC-34).

use kinds::record::{Record, Sharing};
use manifest::{Located, Manifest, Parked};
use model::{Impact, MailImpact, Resource};
use standards::Protocol;
use standards::dmarc::{Dmarc, Policy};
use standards::dns::{Name, RecordType};

use crate::publisher::{Publisher, RecordDraft};
use crate::scope::texts;

/// A record that says that the domain has no mail.
struct ParkedRecord {
    label: &'static str,
    owner: String,
    rtype: RecordType,
    value: String,
    sharing: Sharing,
}

pub(crate) fn expand(manifest: &Manifest, name: &Name, parked: &Located<Parked>) -> Vec<Resource> {
    let domain = name.as_str();
    let publisher = Publisher::new(manifest, domain, &parked.dns, &texts(&parked.tags));
    let dmarc = dmarc_text(parked);
    let one_of = |protocol| Sharing::OneOf { protocol };
    let records = [
        ParkedRecord {
            label: "mx",
            owner: domain.to_owned(),
            rtype: RecordType::Mx,
            value: "0 .".to_owned(),
            sharing: Sharing::Whole,
        },
        ParkedRecord {
            label: "spf",
            owner: domain.to_owned(),
            rtype: RecordType::Txt,
            value: "v=spf1 -all".to_owned(),
            sharing: one_of(Protocol::Spf),
        },
        ParkedRecord {
            label: "dmarc",
            owner: format!("_dmarc.{domain}"),
            rtype: RecordType::Txt,
            value: dmarc,
            sharing: one_of(Protocol::Dmarc),
        },
        ParkedRecord {
            label: "dkim",
            owner: format!("*._domainkey.{domain}"),
            rtype: RecordType::Txt,
            value: standards::dkim::DkimKey::revoked().to_string(),
            sharing: one_of(Protocol::Dkim),
        },
    ];
    let ttl = u32::try_from(parked.ttl.seconds).unwrap_or(u32::MAX);
    let zone = publisher.zone(&parked.dns, *parked.adopt);
    let authorized = crate::records::authorized(manifest, domain);
    let record = |parked_record: ParkedRecord| {
        publisher.record(RecordDraft {
            name: parked_record.label.to_owned(),
            record: Record {
                name: parked_record.owner.into(),
                rtype: parked_record.rtype,
                ttl,
                values: vec![parked_record.value.into()],
                alias: None,
                sharing: parked_record.sharing,
            },
            impact: Impact::new(
                MailImpact::Sending,
                "without it others can send in the domain's name",
            ),
            dependencies: if parked_record.label == "dmarc" {
                authorized.clone()
            } else {
                Vec::new()
            },
            place: parked.place(),
            adopt: *parked.adopt,
        })
    };
    zone.into_iter().chain(records.map(record)).collect()
}

fn dmarc_text(parked: &Parked) -> String {
    let mut dmarc = Dmarc::new(Policy::Reject);
    dmarc.subdomain_policy = Some(Policy::Reject);
    dmarc.nonexistent_policy = Some(Policy::Reject);
    dmarc.rua = parked
        .rua
        .iter()
        .map(|uri| uri.value.clone().into())
        .collect();
    dmarc.to_string()
}
