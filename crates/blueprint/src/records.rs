//! The policy records of a domain: MX, SPF, DMARC, TLS reporting, and the text of BIMI.

use kinds::record::{Record, Sharing};
use kinds::{PublishedRecord, Route53RecordSet, SesIdentity};
use manifest::{Bimi, Located};
use model::rules;
use model::{
    Dependency, Field, Impact, Kind, MailImpact, Precondition, PreconditionCheck, Resource,
    ResourceId,
};
use standards::dns::RecordType;
use standards::{Finding, Place, Protocol};

use crate::publisher::RecordDraft;
use crate::scope::Scope;

pub(crate) fn expand(scope: &mut Scope<'_>) {
    mx(scope);
    if let Some(spf) = &scope.domain.spf {
        let impact = Impact::new(
            MailImpact::Sending,
            "receivers check who may send for the domain",
        );
        let record = txt(scope.name, spf.text(), Protocol::Spf, scope.ttl());
        add(scope, "spf", record, impact, spf.place());
    }
    if let Some(tls_rpt) = &scope.domain.tls_rpt {
        let text = match tls_rpt.record() {
            Ok(record) => record.to_string(),
            Err(error) => {
                let finding =
                    Finding::new(rules::RPT_03, error.to_string()).in_place(tls_rpt.place());
                return scope.find(finding);
            }
        };
        let impact = Impact::new(MailImpact::None, "");
        let record = txt(
            &scope.under("_smtp._tls"),
            text,
            Protocol::TlsRpt,
            scope.ttl(),
        );
        add(scope, "tls-rpt", record, impact, tls_rpt.place());
    }
    dmarc(scope);
    if let Some(bimi) = scope.domain.bimi.as_ref().filter(|bimi| *bimi.decline) {
        let record = self::bimi(
            scope,
            bimi,
            standards::bimi::Bimi::declination().to_string(),
            Vec::new(),
        );
        scope.push(Resource {
            preconditions: Vec::new(),
            ..record
        });
    }
}

fn txt(name: &str, text: String, protocol: Protocol, ttl: u32) -> Record {
    Record {
        name: name.into(),
        rtype: RecordType::Txt,
        ttl,
        values: vec![Field::Known(text)],
        alias: None,
        sharing: Sharing::OneOf { protocol },
    }
}

fn add(
    scope: &mut Scope<'_>,
    name: &str,
    record: Record,
    impact: Impact,
    place: Place,
) -> ResourceId {
    let draft = RecordDraft {
        name: name.to_owned(),
        record,
        impact,
        dependencies: Vec::new(),
        place,
        adopt: *scope.domain.adopt,
    };
    scope.push(scope.publisher.record(draft))
}

fn mx(scope: &mut Scope<'_>) {
    let Some(first) = scope.domain.mx.first() else {
        return;
    };
    let values = scope
        .domain
        .mx
        .iter()
        .map(|mx| Field::Known(mx.to_string()))
        .collect();
    let record = Record {
        name: scope.name.into(),
        rtype: RecordType::Mx,
        ttl: scope.ttl(),
        values,
        alias: None,
        sharing: Sharing::Whole,
    };
    let impact = Impact::new(MailImpact::Receiving, "senders deliver to these hosts");
    add(scope, "mx", record, impact, first.place());
}

/// DMARC enforcement comes after every declared instance signs.
fn dmarc(scope: &mut Scope<'_>) {
    let Some(block) = &scope.domain.dmarc else {
        return;
    };
    authorizations(scope);
    let impact = Impact::new(MailImpact::Sending, "receivers refuse what does not pass");
    let record = txt(
        &scope.under("_dmarc"),
        block.record().to_string(),
        Protocol::Dmarc,
        scope.ttl(),
    );
    add(scope, "dmarc", record, impact, block.place());
    let authorized = authorized(scope.manifest, scope.name);
    scope.last().dependencies.extend(authorized);
    let weak = |policy: &manifest::DmarcPolicy| *policy == manifest::DmarcPolicy::None;
    let enforces = !weak(&block.p) || block.sp.as_ref().is_some_and(|sp| !weak(sp));
    if enforces {
        let instances = scope
            .domain
            .ses
            .iter()
            .map(|instance| crate::sending::instance_name(instance));
        let identities = instances.map(|name| ResourceId::new(SesIdentity::NAME, scope.name, name));
        let dependencies: Vec<Dependency> = identities
            .map(|id| {
                Dependency::ready(
                    &id,
                    "mail must pass before receivers are told to refuse what does not",
                )
            })
            .collect();
        scope.last().dependencies.extend(dependencies);
    }
}

/// Records by which this domain agrees to receive the DMARC reports about others of the manifest
/// (DMARC-23).
fn authorizations(scope: &mut Scope<'_>) {
    let ours = scope.manifest.report_authorizations().into_iter();
    let ours: Vec<_> = ours
        .filter(|authorization| authorization.location.as_str() == scope.name)
        .collect();
    for authorization in ours {
        let owner = authorization.owner.to_string();
        let record = txt(&owner, "v=DMARC1".to_owned(), Protocol::Dmarc, scope.ttl());
        let place = scope.domain.place();
        add(
            scope,
            &authorization_name(&owner),
            record,
            Impact::none(),
            place,
        );
    }
}

/// The name of an authorization among its domain's records.
fn authorization_name(owner: &str) -> String {
    format!("dmarc-reports.{owner}")
}

/// The records that must be published before this domain's reports are accepted elsewhere in the manifest.
pub(crate) fn authorized(manifest: &manifest::Manifest, domain: &str) -> Vec<Dependency> {
    let prefix = format!("{domain}._report._dmarc.");
    let ours = manifest.report_authorizations().into_iter();
    let ours = ours.filter(|authorization| authorization.owner.to_string().starts_with(&prefix));
    ours.map(|authorization| {
        let location = authorization.location.as_str();
        let manual = manifest
            .domains
            .get(&authorization.location)
            .is_some_and(|location| matches!(location.dns.value, manifest::Dns::Manual));
        let kind = if manual {
            PublishedRecord::NAME
        } else {
            Route53RecordSet::NAME
        };
        let id = ResourceId::new(
            kind,
            location,
            authorization_name(&authorization.owner.to_string()),
        );
        Dependency::ready(
            &id,
            "reports to another domain are dropped until it agrees (DMARC-22)",
        )
    })
    .collect()
}

/// The BIMI record, after DMARC enforcement is live (BIMI-X07).
pub(crate) fn bimi(
    scope: &Scope<'_>,
    bimi: &Located<Bimi>,
    text: String,
    mut dependencies: Vec<Dependency>,
) -> Resource {
    let selector = bimi.selector.as_str();
    if scope.domain.dmarc.is_some() {
        let dmarc = scope.publisher_id("dmarc");
        dependencies.push(Dependency::ready(
            &dmarc,
            "receivers show logos only under DMARC enforcement (BIMI-X07)",
        ));
    }
    let mut record = scope.publisher.record(RecordDraft {
        name: format!("bimi.{selector}"),
        record: txt(
            &scope.under(&format!("{selector}._bimi")),
            text,
            Protocol::Bimi,
            scope.ttl(),
        ),
        impact: Impact::new(MailImpact::Branding, "the logo beside messages"),
        dependencies,
        place: bimi.place(),
        adopt: *scope.domain.adopt,
    });
    record.preconditions.push(Precondition {
        rule: rules::BIMI_X07.id.to_owned(),
        check: PreconditionCheck::DmarcEnforced {
            domain: scope.name.to_owned(),
        },
        reason: "receivers ignore a BIMI record of a domain without DMARC enforcement".to_owned(),
    });
    record
}
