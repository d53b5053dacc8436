//! The MTA-STS policy: its file, and the record that announces it.

use kinds::record::{Record, Sharing};
use kinds::{CloudfrontDistribution, s3_object};
use manifest::{Located, MtaSts, MtaStsFault};
use model::rules;
use model::{
    Dependency, Impact, MailImpact, Precondition, PreconditionCheck, ResourceId, ServedPolicy,
};
use standards::dns::{Name, RecordType};
use standards::mta_sts::{Mode, MtaStsPolicy, MtaStsRecord, PolicyId};
use standards::{Finding, Protocol};

use super::{Served, Site};
use crate::Facts;
use crate::publisher::RecordDraft;
use crate::scope::Scope;

/// The path of MTA-STS policies (RFC 8461 section 3.3).
const POLICY_KEY: &str = ".well-known/mta-sts.txt";

/// The policy that the block asks for, from a file or from the domain's MX hosts.
pub(super) fn policy<'a>(
    scope: &mut Scope<'a>,
    block: &'a Located<MtaSts>,
    facts: &Facts,
) -> Option<(&'a Located<MtaSts>, Vec<u8>)> {
    let declared: Vec<Name> = scope
        .domain
        .mx
        .iter()
        .map(|mx| mx.exchange.clone())
        .collect();
    let hosts = if declared.is_empty() {
        facts.mx.get(scope.name).cloned().unwrap_or_default()
    } else {
        declared
    };
    match block.policy(&hosts) {
        Ok((_, body)) => Some((block, body)),
        Err(fault) => {
            let text = match fault {
                MtaStsFault::Keys(_) if hosts.is_empty() => format!(
                    "no MX record of {} was found, and the manifest names no mail host, so that the policy \
                     would allow none",
                    scope.name
                ),
                fault => fault.to_string(),
            };
            let finding = Finding::new(rules::STS_P07, text)
                .in_place(block.place())
                .fix("list patterns in `mta_sts.mx`, or hosts in `mx`");
            scope.find(finding);
            None
        }
    }
}

impl Site<'_, '_> {
    /// The policy's file.
    pub(super) fn policy_object(&mut self, body: &[u8]) -> ResourceId {
        let host = self.scope.under("mta-sts");
        let object = self.object(&Served {
            name: "mta-sts-policy",
            key: POLICY_KEY,
            host: &host,
            bytes: body,
            media_type: "text/plain",
            // STS-H07: proxies may keep it for a minute at most.
            cache_control: "max-age=60",
            impact: Impact::new(MailImpact::Receiving, "senders deliver as this policy says"),
        });
        let (policy, _) = MtaStsPolicy::parse(body);
        self.scope.last().serves_policy = policy.as_ref().map(ServedPolicy::from);
        if let Some(policy) = policy.filter(|policy| policy.mode() == Mode::Enforce) {
            let preconditions = enforce_preconditions(self.scope.name, &policy);
            self.scope.last().preconditions.extend(preconditions);
        }
        object
    }

    /// The record that announces the policy, after `needs`.
    pub(super) fn policy_record(
        &mut self,
        block: &Located<MtaSts>,
        body: &[u8],
        mut dependencies: Vec<Dependency>,
    ) {
        let tls_rpt = self.scope.publisher_id("tls-rpt");
        if self.scope.domain.tls_rpt.is_some() {
            dependencies.push(Dependency::ready(
                &tls_rpt,
                "failures are reported from the first day (STS-O07)",
            ));
        }
        let policy_host = self.scope.under("mta-sts");
        let mut record = self.scope.publisher.record(RecordDraft {
            name: "mta-sts".to_owned(),
            record: policy_record(self.scope, body),
            impact: Impact::new(
                MailImpact::Receiving,
                "tells senders that there is a policy",
            ),
            dependencies,
            place: block.place(),
            adopt: *self.scope.domain.adopt,
        });
        record
            .preconditions
            .push(served_precondition(&policy_host, body));
        // The id derives from the policy, and only the distribution serves it.
        record.through = Some(self.scope.id::<CloudfrontDistribution>("assets"));
        self.scope.push(record);
    }
}

/// Enforcing needs evidence (STS-P13, STS-P16).
fn enforce_preconditions(domain: &str, policy: &MtaStsPolicy) -> [Precondition; 2] {
    let matches = Precondition {
        rule: rules::STS_P13.id.to_owned(),
        check: PreconditionCheck::MxMatches {
            domain: domain.to_owned(),
            patterns: policy.mx().iter().map(ToString::to_string).collect(),
        },
        reason: "an enforced policy makes senders refuse hosts that it does not name".to_owned(),
    };
    let offers_tls = Precondition {
        rule: rules::STS_P16.id.to_owned(),
        check: PreconditionCheck::MxOffersTls {
            domain: domain.to_owned(),
        },
        reason: "an enforced policy makes senders refuse hosts without valid TLS".to_owned(),
    };
    [matches, offers_tls]
}

fn policy_record(scope: &Scope<'_>, body: &[u8]) -> Record {
    Record {
        name: scope.under("_mta-sts").into(),
        rtype: RecordType::Txt,
        ttl: scope.ttl(),
        values: vec![mta_sts_text(body).into()],
        alias: None,
        sharing: Sharing::OneOf {
            protocol: Protocol::MtaSts,
        },
    }
}

/// The TXT value that announces a policy.
pub(crate) fn mta_sts_text(body: &[u8]) -> String {
    MtaStsRecord::new(PolicyId::of(body)).to_string()
}

/// The precondition of STS-O01: an external observer gets the planned policy.
pub(crate) fn served_precondition(policy_host: &str, body: &[u8]) -> Precondition {
    Precondition {
        rule: rules::STS_O01.id.to_owned(),
        check: PreconditionCheck::Served {
            url: format!("https://{policy_host}/{POLICY_KEY}"),
            sha256: s3_object::sha256(body),
        },
        reason: "a sender that sees the new id must get the new policy".to_owned(),
    }
}
