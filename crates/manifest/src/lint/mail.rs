//! The records of a domain's mail: MX, SPF, DMARC, TLS reporting and MTA-STS.

use std::collections::BTreeSet;

use jiff::Timestamp;
use model::rules;
use standards::dmarc::{self, Policy, Sender, Subject as Of};
use standards::dns::Name;
use standards::dns::mx::{self, Mx, MxUse};
use standards::dns::txt;
use standards::mta_sts::{self, Mode, MtaStsPolicy};
use standards::spf::{self, Spf};
use standards::tls_rpt::{self, TlsRpt};
use standards::{Finding, Severity};

use super::Subject;
use crate::manifest::Manifest;
use crate::places;
use crate::position::Located;

/// Regions whose SES receives mail. Source: the email receiving endpoints of the AWS General
/// Reference as quoted in public course notes of 2024. AWS has opened receiving in further
/// regions before, so a region that is not here is a warning.
const RECEIVING_REGIONS: &[&str] = &[
    "ap-northeast-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ca-central-1",
    "eu-central-1",
    "eu-west-1",
    "eu-west-2",
    "us-east-1",
    "us-east-2",
    "us-west-2",
];

impl Subject<'_> {
    /// The declared hosts that receive mail; nothing when the manifest leaves MX alone.
    fn mx_hosts(&self) -> Vec<&Name> {
        self.domain.mx.iter().map(|mx| &mx.exchange).collect()
    }

    /// MX-01 to MX-05.
    pub(super) fn mx(&self) -> Vec<Finding> {
        let Some(first) = self.domain.mx.first() else {
            return Vec::new();
        };
        let records: Vec<Mx> = self.domain.mx.iter().map(|mx| mx.value.clone()).collect();
        let has_sts_policy = self
            .policy()
            .is_some_and(|(policy, _)| policy.mode() != Mode::None);
        let used = MxUse {
            domain: self.name,
            sends: !self.domain.ses.is_empty(),
            has_sts_policy,
        };
        let mut findings = places::at(&first.position, mx::lint_set(&records, &used));
        for mx in &self.domain.mx {
            // MX-03 needs the name as it was written, which is the same.
            let (_, faults) = mx::lint_entry(&mx.to_string());
            findings.extend(places::at(&mx.position, faults));
            findings.extend(receiving_region(mx));
        }
        findings
    }

    /// The rules of SPF, for the record that the block makes.
    pub(super) fn spf(&self) -> Vec<Finding> {
        let Some(block) = &self.domain.spf else {
            return Vec::new();
        };
        let composed = block.composed();
        let (record, mut findings) = Spf::parse_at(&composed.text, self.name);
        findings.extend(txt::lint_policy(&composed.text));
        if let Some(record) = &record {
            let enforced = self
                .dmarc_record()
                .is_some_and(|record| record.effective_policy(Of::Domain) > Policy::None);
            let around = spf::lint::Surroundings {
                owner: self.name,
                beside: &[],
                is_parked: false,
                is_dmarc_enforced: enforced,
            };
            findings.extend(spf::lint::lint_surroundings(record, &around));
        }
        composed.placed_by(&block.position, &block.named(), findings)
    }

    /// The record that the domain's block makes.
    pub(super) fn dmarc_record(&self) -> Option<dmarc::Dmarc> {
        self.domain.dmarc.as_ref().map(|dmarc| dmarc.record())
    }

    /// The rules of DMARC, for the record and for the instances that send under it.
    pub(super) fn dmarc(&self) -> Vec<Finding> {
        let (Some(block), Some(record)) = (&self.domain.dmarc, self.dmarc_record()) else {
            return Vec::new();
        };
        let composed = block.composed();
        let (_, mut findings) = dmarc::Dmarc::parse(&composed.text);
        findings.extend(record.lint_at(self.name));
        findings.extend(record.check_use(self.domain.people.value));
        // SES signs with the domain itself, whatever the key.
        let mail_from: Vec<Option<Name>> = self
            .domain
            .ses
            .iter()
            .map(|instance| instance.mail_from.as_ref()?.under(self.name).ok())
            .collect();
        let senders: Vec<Sender<'_>> = mail_from
            .iter()
            .map(|mail_from| Sender {
                dkim_domain: Some(self.name),
                mail_from: mail_from.as_ref(),
            })
            .collect();
        // Without an instance here, what sends is not known, and only a look-up can tell.
        if !senders.is_empty() {
            findings.extend(record.check_senders(self.name, &senders));
            // The domain of a MAIL FROM is not an author's, and its MX makes it exist: np is about
            // neither (RFC 9989 §4.7).
            let mut declared = self.manifest.domains.keys();
            let has_authors_below = declared.any(|name| name.is_below(self.name));
            findings.extend(record.check_nonexistent(self.name, has_authors_below));
        }
        findings.extend(self.unplanned_reports(&record));
        composed.placed_by(&block.position, &block.named(), findings)
    }

    /// DMARC-23 and DMARC-25: reports to another of our domains, which must agree to them.
    fn unplanned_reports(&self, record: &dmarc::Dmarc) -> Vec<Finding> {
        let is_ours = |host: &Name| self.manifest.location_of(host).is_some();
        record.check_owned_hosts(self.name, is_ours, |owner| {
            self.authorizations.contains(owner)
        })
    }

    /// The rules of TLS reporting.
    pub(super) fn tls_rpt(&self) -> Vec<Finding> {
        let has_policy = self
            .policy()
            .is_some_and(|(policy, _)| policy.mode() != Mode::None);
        let Some(block) = &self.domain.tls_rpt else {
            let position = self
                .domain
                .mta_sts
                .as_ref()
                .map_or(&self.domain.position, |block| &block.position);
            return places::at(position, tls_rpt::check_presence(has_policy, false, false));
        };
        let Some(composed) = block.composed() else {
            return Vec::new();
        };
        let (_, findings) = TlsRpt::parse(&composed.text);
        composed.placed(&block.position, findings)
    }

    /// The policy of the domain, and the bytes that serve it. With neither `mx` in the block nor MX
    /// in the domain it depends on what is published, and there is none yet.
    fn policy(&self) -> Option<(MtaStsPolicy, Vec<u8>)> {
        self.domain.mta_sts.as_ref()?.policy(self.mx_hosts()).ok()
    }

    /// The rules of MTA-STS, for the policy and for the MX that it is to cover.
    pub(super) fn mta_sts(&self) -> Vec<Finding> {
        let Some(block) = &self.domain.mta_sts else {
            return Vec::new();
        };
        let mut findings = match &block.policy {
            // What the file says is judged with its lines; what the keys say has only its values.
            Some(file) => places::in_file(file, MtaStsPolicy::parse(&file.bytes).1),
            None => match self.policy() {
                Some((policy, _)) => {
                    let composed = block.composed(&policy);
                    let (_, findings) = MtaStsPolicy::parse(composed.text.as_bytes());
                    composed.placed(&block.position, findings)
                }
                None => Vec::new(),
            },
        };
        let hosts = self.mx_hosts();
        let only_null = !hosts.is_empty() && hosts.iter().all(|host| host.is_root());
        match self.policy() {
            Some((policy, _)) if !hosts.is_empty() => {
                findings.extend(places::at(
                    &block.position,
                    mta_sts::check_mx(&policy, hosts),
                ));
            }
            // No policy can be made for a null MX, which is the same fault.
            None if only_null => findings.extend(places::at(
                &block.position,
                [Finding::new(
                    rules::STS_R11,
                    "the domain has a null MX, so there is nothing for the policy to protect",
                )],
            )),
            _ => {}
        }
        findings
    }
}

/// MX-05: SES receives in some regions only.
fn receiving_region(mx: &Located<Mx>) -> Option<Finding> {
    let region = mx.ses_inbound_region()?;
    (!RECEIVING_REGIONS.contains(&region)).then(|| {
        Finding::new(
            rules::MX_05,
            format!("SES is not known to receive mail in {region}"),
        )
        .weighing(Severity::Warn)
        .in_place(mx.place())
    })
}

/// STS-R10 and SPF-27: a subdomain inherits neither the policy nor the SPF record of the domain above.
pub(super) fn across(manifest: &Manifest, now: Timestamp) -> Vec<Finding> {
    let has_policy = |name: &Name| {
        let domain = manifest.domains.get(name);
        domain.is_some_and(|domain| domain.mta_sts.is_some())
    };
    let has_spf = |name: &Name| {
        let domain = manifest.domains.get(name);
        domain.is_some_and(|domain| domain.spf.is_some())
    };
    let mut findings = Vec::new();
    for (name, domain) in &manifest.domains {
        let mut faults = Vec::new();
        if domain.mx.iter().any(|mx| !mx.is_null()) {
            faults.extend(mta_sts::check_mail_subdomains([name], has_policy));
        }
        // A record that is not in the manifest may be published; but where the domain above has one
        // here and this has none, it was probably thought to be inherited.
        let mut above = std::iter::successors(name.parent(), Name::parent);
        if !domain.ses.is_empty() && !has_spf(name) && above.any(|above| has_spf(&above)) {
            faults.extend(spf::lint::lint_senders([name], &BTreeSet::new()));
        }
        let placed = places::at(&domain.position, faults);
        findings.extend(
            placed
                .into_iter()
                .map(|finding| super::accepted(finding, &domain.accept, now)),
        );
    }
    findings
}
