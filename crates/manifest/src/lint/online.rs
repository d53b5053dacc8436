//! The effect of a manifest on mail beside what is published: the rules that need look-ups.
//!
//! Rules about what will be are judged on DNS with the manifest's records in it; rules about
//! what stands in the way, on DNS as it is.

use std::collections::BTreeMap;

use futures::{StreamExt, stream};
use jiff::Timestamp;
use model::rules::{self, Rule};
use standards::Finding;
use standards::bimi::{self, MarkCertificate, check_dmarc};
use standards::dkim::{self, DkimKey};
use standards::dmarc::discovery::{discover, walk};
use standards::dmarc::{self, Dmarc, Policy};
use standards::dns::questions::{check_mx_addresses, deciding_caa};
use standards::dns::zone::Zone;
use standards::dns::{
    Mx, Name, NoAnswer, RecordSet, RecordType, RecordValue, Resolver, Txt, caa, mx,
};
use standards::mta_sts::{self, MtaStsPolicy, MtaStsRecord};
use standards::spf::{self, Spf, survey};
use standards::tls_rpt::{self, TlsRpt};

use super::accepted;
use super::dns_after::DnsAfter;
use crate::domain::Domain;
use crate::in_common::together;
use crate::mail::named;
use crate::manifest::{Manifest, Parked};
use crate::places::{self, Named};
use crate::position::{Located, Position};
use crate::report::in_order;
use crate::ses::Dkim;

/// The number of domains that are probed side by side.
const AT_ONCE: usize = 16;

/// The MTA-STS policies that domains serve today.
pub type ServedPolicies = BTreeMap<Name, MtaStsPolicy>;

/// The findings of look-ups about each of these domains, beside those of [`lint`](super::lint). A
/// question without an answer is a finding: what could not be seen was not checked. `now` judges
/// acceptances that end.
pub async fn lint_online<R: Resolver>(
    manifest: &Manifest,
    domains: &[Name],
    resolver: &R,
    served: &ServedPolicies,
    now: Timestamp,
) -> BTreeMap<Name, Vec<Finding>> {
    let after = DnsAfter::new(manifest, resolver);
    let findings = stream::iter(domains).map(async |name| {
        let mut findings = Vec::new();
        if let Some(domain) = manifest.domains.get(name) {
            let probe = Probe {
                name,
                domain,
                resolver,
                after: &after,
                served: served.get(name),
                now,
            };
            findings.extend(probe.all().await);
        }
        if let Some(domain) = manifest.parked.get(name) {
            findings.extend(parked(&after, name, domain, now).await);
        }
        (name.clone(), findings)
    });
    findings.buffered(AT_ONCE).collect().await
}

/// The findings of several domains in the order of their places, each once: a fault in `defaults` is
/// met under every domain.
pub fn merge_findings(manifest: &Manifest, of: BTreeMap<Name, Vec<Finding>>) -> Vec<Finding> {
    let names: Vec<Name> = of.keys().cloned().collect();
    let found = names.iter().zip(of.into_values());
    let findings = found.flat_map(|(name, found)| found.into_iter().map(move |one| (name, one)));
    in_order(together(findings), &manifest.project.position.source.path)
}

/// DMARC-21 to DMARC-25 of a parked domain.
async fn parked(
    resolver: &impl Resolver,
    name: &Name,
    domain: &Located<Parked>,
    now: Timestamp,
) -> Vec<Finding> {
    let mut record = Dmarc::new(Policy::Reject);
    let addresses = domain.rua.iter();
    record.rua = addresses.map(|uri| uri.value.clone().into()).collect();
    let found = reports(resolver, name, &record).await;
    let found = at_values(&domain.position, &named(&domain.rua), found).into_iter();
    found
        .map(|finding| accepted(finding, &domain.accept, now))
        .collect()
}

type Found = Result<Vec<Finding>, NoAnswer>;

/// One domain that is probed.
struct Probe<'a, R> {
    name: &'a Name,
    domain: &'a Located<Domain>,
    /// DNS as it is.
    resolver: &'a R,
    /// DNS as it will be.
    after: &'a DnsAfter<'a, R>,
    /// The policy that it serves today.
    served: Option<&'a MtaStsPolicy>,
    /// When acceptances that end are judged.
    now: Timestamp,
}

/// The findings in the manifest, and LIVE-02 for a question that nobody answered.
fn at(position: &Position, found: Found) -> Vec<Finding> {
    places::at(
        position,
        found.unwrap_or_else(|error| vec![unanswered(&error)]),
    )
}

/// The same, each at the value that it names.
fn at_values(block: &Position, values: &[Named<'_>], found: Found) -> Vec<Finding> {
    let found = found.unwrap_or_else(|error| vec![unanswered(&error)]);
    places::at_values(block, values, found)
}

fn unanswered(error: &NoAnswer) -> Finding {
    Finding::new(rules::LIVE_02, error.to_string())
}

/// Only those of `rules`: what else is wrong with a live record is about to be replaced.
fn only(mut findings: Vec<Finding>, rules: &[&Rule]) -> Vec<Finding> {
    findings.retain(|finding| rules.iter().any(|rule| finding.is_of(rule)));
    findings
}

/// DMARC-21 and DMARC-22 to DMARC-25: where the reports of `record` go.
async fn reports(resolver: &impl Resolver, domain: &Name, record: &Dmarc) -> Found {
    let mut findings = record.check_report_mail(resolver).await?;
    findings.extend(record.check_external_hosts(resolver, domain).await?);
    Ok(findings)
}

impl<R: Resolver> Probe<'_, R> {
    async fn all(&self) -> Vec<Finding> {
        let domain = self.domain;
        let whole = &domain.position;
        let mut findings = at(whole, self.wildcards().await);
        let hosts = self.hosts();
        findings.extend(at_values(whole, &hosts, self.mx().await));
        findings.extend(at(whole, self.certificates().await));
        if let Some(block) = &domain.spf {
            let found = self.spf(&block.text()).await;
            findings.extend(at_values(&block.position, &block.named(), found));
        }
        if let Some(block) = &domain.dmarc {
            let found = self.dmarc(&block.record()).await;
            findings.extend(at_values(&block.position, &block.named(), found));
        }
        if let Some(block) = &domain.tls_rpt
            && let Ok(record) = block.record()
        {
            let found = self.tls_rpt(&record).await;
            findings.extend(at_values(&block.position, &named(&block.rua), found));
        }
        if let Some(block) = &domain.mta_sts {
            let found = self.mta_sts(block).await;
            findings.extend(at_values(&block.position, &hosts, found));
        }
        if let Some(block) = &domain.bimi {
            findings.extend(at(&block.position, self.bimi(block).await));
        }
        for instance in &domain.ses {
            findings.extend(at(&instance.position, self.instance(instance).await));
        }
        findings
            .into_iter()
            .map(|finding| accepted(finding, &domain.accept, self.now))
            .collect()
    }

    /// The declared mail hosts, by their names.
    fn hosts(&self) -> Vec<Named<'_>> {
        let hosts = self.domain.mx.iter();
        hosts
            .map(|mx| (mx.exchange.to_string(), &mx.position))
            .collect()
    }

    /// SPF-02, SPF-09 to SPF-15, SPF-24, SPF-28, SPF-29 and SPF-31.
    async fn spf(&self, text: &str) -> Found {
        let (record, told) = Spf::parse_at(text, self.name);
        let Some(record) = record else {
            return Ok(Vec::new());
        };
        let cost = survey(self.after, self.name, &record).await;
        let mut findings = cost.findings;
        // Some of SPF-09 and SPF-15 is in the text, and was told without a look-up.
        findings.retain(|finding| told.iter().all(|one| one.rule != finding.rule));
        findings.extend(cost.unanswered.iter().map(unanswered));
        let live = self.resolver.txt(self.name).await?;
        findings.extend(spf::lint::lint_values(&live));
        let (ours, beside): (Vec<Txt>, Vec<Txt>) = live.into_iter().partition(Spf::is_record);
        if let [one] = ours.as_slice()
            && let Some(live) = Spf::parse(&one.text()).0
            && !self.domain.adopt.value
        {
            findings.extend(spf::lint::lint_replacement(&live, &record));
        }
        let around = spf::lint::Surroundings {
            owner: self.name,
            beside: &beside,
            is_parked: false,
            is_dmarc_enforced: false,
        };
        findings.extend(spf::lint::lint_surroundings(&record, &around));
        if let Some(target) = record.explanation()
            && let Some(name) = target.name()
        {
            let values = self.resolver.txt(&name).await?;
            findings.extend(spf::lint::lint_explanation(target, &values));
        }
        Ok(findings)
    }

    /// DMARC-03, DMARC-21 to DMARC-25, DMARC-27 and DMARC-33.
    async fn dmarc(&self, record: &Dmarc) -> Found {
        let Ok(owner) = dmarc::record_owner(self.name) else {
            return Ok(Vec::new());
        };
        let live = self.resolver.txt(&owner).await?;
        let (published, faults) = Dmarc::among(&owner, &live);
        let mut findings = only(faults, &[rules::DMARC_03]);
        findings.extend(record.check_step(published.as_ref()));
        findings.extend(discover(self.after, self.name).await?.findings);
        findings.extend(reports(self.after, self.name, record).await?);
        Ok(findings)
    }

    /// RPT-07 and RPT-09.
    async fn tls_rpt(&self, record: &TlsRpt) -> Found {
        let mut findings = record.check_report_mail(self.after).await?;
        if let Ok(owner) = tls_rpt::record_owner(self.name) {
            let live = self.resolver.txt(&owner).await?;
            findings.extend(only(TlsRpt::among(&owner, &live).1, &[rules::RPT_07]));
        }
        Ok(findings)
    }

    /// STS-R06, STS-R07, the policy beside the MX (STS-P13, STS-P14), and the step to it.
    async fn mta_sts(&self, block: &crate::mail::MtaSts) -> Found {
        let mut findings = Vec::new();
        let mut announced = None;
        if let Ok(owner) = mta_sts::record_owner(self.name) {
            let live = self.resolver.txt(&owner).await?;
            let rules = [rules::STS_R06, rules::STS_R07];
            let (record, faults) = MtaStsRecord::among(&owner, &live);
            findings.extend(only(faults, &rules));
            announced = record;
        }
        let records = self.after.mx(self.name).await?;
        let hosts: Vec<&Name> = records.iter().map(|mx| &mx.exchange).collect();
        match block.policy(hosts.iter().copied()) {
            Ok((policy, _)) => {
                findings.extend(mta_sts::check_mx(&policy, hosts));
                let published = announced.is_some();
                findings.extend(self.policy_step(&policy, published, &records).await?);
            }
            // Without an MX there is nothing to make a policy from.
            Err(_) if hosts.is_empty() => {
                let reason = format!("{} has no MX, so no policy can be made from it", self.name);
                findings.push(Finding::new(rules::STS_R11, reason));
            }
            Err(_) => {}
        }
        Ok(findings)
    }

    /// STS-O02, STS-O03, STS-O07, STS-O08 and STS-P06: from the policy that is served to `next`.
    async fn policy_step(&self, next: &MtaStsPolicy, announced: bool, mx: &[Mx]) -> Found {
        let has_tls_rpt = self.domain.tls_rpt.is_some();
        let served = match self.served.filter(|_| announced) {
            Some(served) => served,
            None if announced => return Ok(Vec::new()), // It can't be seen from here.
            None => return Ok(mta_sts::check_step(None, next, has_tls_rpt)),
        };
        let mut findings = mta_sts::check_step(Some(served), next, has_tls_rpt);
        let live = self.resolver.mx(self.name).await?;
        let (after, live) = (hosts(mx), hosts(&live));
        findings.extend(mta_sts::check_removed_hosts(
            served,
            next,
            live.iter().copied(),
        ));
        let added = after.into_iter().filter(|host| !live.contains(host));
        findings.extend(mta_sts::check_added_hosts(served, added));
        Ok(findings)
    }

    /// BIMI-R12, and BIMI-X01 to BIMI-X05 on the records that receivers will find.
    async fn bimi(&self, block: &crate::domain::Bimi) -> Found {
        let mut findings = Vec::new();
        let selector = block.selector.as_str();
        if let Ok(owner) = self.name.child(&format!("{selector}._bimi")) {
            let live = self.resolver.txt(&owner).await?;
            findings.extend(only(bimi::Bimi::among(&owner, &live).1, &[rules::BIMI_R12]));
        }
        if block.decline.value {
            return Ok(findings);
        }
        let walk = walk(self.after, self.name).await?;
        let organization = walk.organizational_domain();
        let counts = |domain: &Name| *domain == *self.name || *domain == organization;
        let records = walk.found.into_iter().filter(|found| counts(&found.domain));
        let records: Vec<Dmarc> = records.map(|found| found.record).collect();
        findings.extend(check_dmarc(&records));
        findings.extend(self.mark_authority(block).await?);
        Ok(findings)
    }

    /// DNS-14: whether the authority of the mark certificate may issue the next one.
    async fn mark_authority(&self, block: &crate::domain::Bimi) -> Found {
        let file = block.certificate.as_ref();
        let certificate = file.and_then(|file| MarkCertificate::parse(&file.bytes).0);
        let Some(authority) = certificate.and_then(|certificate| certificate.authority()) else {
            return Ok(Vec::new());
        };
        let records = deciding_caa(self.resolver, self.name).await?;
        let finding = caa::lint_mark(self.name, &records, &authority);
        Ok(finding.into_iter().collect())
    }

    /// MX-03 and MX-06.
    async fn mx(&self) -> Found {
        let records = self.after.mx(self.name).await?;
        let mut findings = check_mx_addresses(self.resolver, &records).await?;
        findings.extend(mx::lint_regions(self.name, &records));
        Ok(findings)
    }

    /// MX-07, SES-39, and DKIM-02 and DNS-07 at the names that only the instance uses.
    async fn instance(&self, instance: &crate::ses::Instance) -> Found {
        let mut findings = Vec::new();
        let mut names = Vec::new();
        if let Some(host) = &instance.mail_from
            && let Ok(name) = host.under(self.name)
        {
            let records = self.resolver.mx(&name).await?;
            findings.extend(mx::lint_mail_from(&name, &records));
            findings.extend(foreign_partition(instance));
            names.push(name);
        }
        if let Dkim::Byo(byo) = &instance.dkim.value
            && let Ok(owner) = self
                .name
                .child(&format!("{}._domainkey", byo.selector.as_str()))
        {
            let live = self.resolver.txt(&owner).await?;
            findings.extend(only(DkimKey::among(&owner, &live).1, &[rules::DKIM_02]));
            names.push(owner);
        }
        let mut sets = Vec::new();
        for name in names {
            sets.push(texts(name.clone(), self.resolver.txt(&name).await?));
        }
        let zone = Zone {
            apex: self.name,
            sets: &sets,
        };
        findings.extend(zone.lint(std::slice::from_ref(self.name)));
        Ok(findings)
    }

    /// DNS-06 and DKIM-18.
    async fn wildcards(&self) -> Found {
        let Ok(wildcard) = self.name.child("*") else {
            return Ok(Vec::new());
        };
        let everywhere = self.resolver.txt(&wildcard).await?;
        if everywhere.is_empty() {
            return if self.domain.ses.is_empty() {
                Ok(Vec::new())
            } else {
                let finding = dkim::check_wildcard(self.resolver, self.name).await?;
                Ok(finding.into_iter().collect())
            };
        }
        // What answers as the wildcard does is the wildcard.
        let mut sets = Vec::new();
        for name in self.published() {
            sets.push(texts(name, Vec::new()));
        }
        for labels in ["_dmarc", "_mta-sts", "_smtp._tls", "default._bimi"] {
            if let Ok(name) = self.name.child(labels) {
                let values = self.resolver.txt(&name).await?;
                if !values.is_empty() && values != everywhere {
                    sets.push(texts(name, values));
                }
            }
        }
        sets.push(texts(wildcard, everywhere));
        let zone = Zone {
            apex: self.name,
            sets: &sets,
        };
        let findings = zone.lint(std::slice::from_ref(self.name));
        Ok(only(findings, &[rules::DNS_06]))
    }

    /// The names of policies that the manifest publishes, so that no wildcard answers there.
    fn published(&self) -> Vec<Name> {
        let domain = self.domain;
        let bimi = domain.bimi.as_ref();
        let bimi = bimi.map(|block| format!("{}._bimi", block.selector.as_str()));
        let labels = [
            domain.dmarc.is_some().then(|| "_dmarc".to_owned()),
            domain.mta_sts.is_some().then(|| "_mta-sts".to_owned()),
            domain.mta_sts.is_some().then(|| "mta-sts".to_owned()),
            domain.tls_rpt.is_some().then(|| "_smtp._tls".to_owned()),
            (!domain.ses.is_empty()).then(|| "_domainkey".to_owned()),
            bimi,
        ];
        let labels = labels.into_iter().flatten();
        labels
            .filter_map(|labels| self.name.child(&labels).ok())
            .collect()
    }

    /// DNS-13, for the names that a certificate is to be requested for.
    async fn certificates(&self) -> Found {
        let Some(hosting) = &self.domain.hosting else {
            return Ok(Vec::new());
        };
        let mut hosts = Vec::new();
        if hosting.certificate.is_none() {
            let has_logo = self
                .domain
                .bimi
                .as_ref()
                .is_some_and(|block| block.logo.is_some());
            let assets = has_logo.then(|| hosting.assets_host.under(self.name).ok());
            hosts.extend(assets.flatten());
            let policy = self.domain.mta_sts.as_ref();
            hosts.extend(policy.and_then(|_| self.name.child("mta-sts").ok()));
        }
        let mut findings = Vec::new();
        for host in hosts {
            let records = deciding_caa(self.resolver, &host).await?;
            findings.extend(caa::lint_host(&host, &records));
        }
        Ok(findings)
    }
}

fn hosts(records: &[Mx]) -> Vec<&Name> {
    records.iter().map(|mx| &mx.exchange).collect()
}

/// SES-39: the MX of a MAIL FROM is named in the partition that everybody uses, and in that of
/// the government of the United States. What it is called in Europe's own is not known here.
fn foreign_partition(instance: &crate::ses::Instance) -> Option<Finding> {
    let region = instance.region.as_str();
    region.starts_with("eusc-").then(|| {
        let reason = format!(
            "the MX of a MAIL FROM would be feedback-smtp.{region}.amazonses.com, and {region} is in a partition of AWS with other host names"
        );
        Finding::new(rules::SES_39, reason)
    })
}

/// TXT values as a record set.
fn texts(name: Name, values: Vec<Txt>) -> RecordSet {
    RecordSet {
        name,
        kind: RecordType::Txt,
        ttl: 0,
        values: values.into_iter().map(RecordValue::Txt).collect(),
    }
}
