//! A parked domain: it gets no mail and sends none, and says so in every way there is (DMARC-34).

use kinds::record::{Record, Sharing};
use manifest::{Located, Manifest, Parked};
use model::{Impact, MailImpact, Resource};
use standards::Protocol;
use standards::dmarc::{Dmarc, Policy};
use standards::dns::Name;

use crate::publisher::{Publisher, RecordDraft};
use crate::scope::texts;

pub(crate) fn expand(manifest: &Manifest, name: &Name, parked: &Located<Parked>) -> Vec<Resource> {
    let domain = name.as_str();
    let publisher = Publisher::new(manifest, domain, &parked.dns, &texts(&parked.tags));
    let dmarc = dmarc_text(parked);
    let one_of = |protocol| Sharing::OneOf { protocol };
    let records = [
        (
            "mx",
            domain.to_owned(),
            "MX",
            "0 .".to_owned(),
            Sharing::Whole,
        ),
        (
            "spf",
            domain.to_owned(),
            "TXT",
            "v=spf1 -all".to_owned(),
            one_of(Protocol::Spf),
        ),
        (
            "dmarc",
            format!("_dmarc.{domain}"),
            "TXT",
            dmarc,
            one_of(Protocol::Dmarc),
        ),
        (
            "dkim",
            format!("*._domainkey.{domain}"),
            "TXT",
            standards::dkim::DkimKey::revoked().to_string(),
            one_of(Protocol::Dkim),
        ),
    ];
    let ttl = u32::try_from(parked.ttl.seconds).unwrap_or(u32::MAX);
    let zone = publisher.zone(&parked.dns, *parked.adopt);
    let authorized = crate::records::authorized(manifest, domain);
    let record = |(name, owner, rtype, value, sharing): (&str, String, &str, String, Sharing)| {
        publisher.record(RecordDraft {
            name: name.to_owned(),
            record: Record {
                name: owner.into(),
                rtype: rtype.to_owned(),
                ttl,
                values: vec![value.into()],
                alias: None,
                sharing,
            },
            impact: Impact::new(
                MailImpact::Sending,
                "without it others can send in the domain's name",
            ),
            dependencies: if name == "dmarc" {
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
