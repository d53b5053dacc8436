//! Reports to another organization: the record by which it agrees to receive them
//! (RFC 9990, RFC 7489 §7.1).

use std::collections::BTreeSet;

use super::discovery::{Records, is_dmarc};
use super::{Dmarc, ReportTarget, organizational_domain_by_psl};
use crate::dns::{Name, NameError, NoAnswer, Resolver, Txt};
use crate::mail_host::why_unreachable;
use crate::mail_uri::ReportUri;
use crate::quote::quote;
use crate::rules;
use crate::tag_list::{TagList, split_with_spans};
use crate::{Finding, Place};

/// The text that the other organization publishes at the authorization name.
pub const AUTHORIZATION: &str = "v=DMARC1;";

/// The name at which `report_host` agrees to receive reports on `policy_domain`.
pub fn authorization_name(policy_domain: &Name, report_host: &Name) -> Result<Name, NameError> {
    policy_domain.join(&report_host.child("_report._dmarc")?)
}

impl Dmarc {
    /// The hosts of `rua` and `ruf` outside the organization of `policy_domain`, by the
    /// public suffix list.
    pub fn external_hosts(&self, policy_domain: &Name) -> BTreeSet<&Name> {
        let organization =
            |domain: &Name| organizational_domain_by_psl(domain).unwrap_or_else(|| domain.clone());
        let ours = organization(policy_domain);
        self.report_hosts()
            .filter(|host| organization(host) != ours)
            .collect()
    }

    /// DMARC-23: external hosts in our own zones want the record by which they agree in
    /// the same change.
    pub fn check_owned_hosts(
        &self,
        policy_domain: &Name,
        is_ours: impl Fn(&Name) -> bool,
        is_planned: impl Fn(&Name) -> bool,
    ) -> Vec<Finding> {
        let hosts = self.external_hosts(policy_domain).into_iter();
        hosts
            .filter(|host| is_ours(host))
            .filter_map(|host| match authorization_name(policy_domain, host) {
                Err(error) => Some(no_name(policy_domain, host, &error)),
                Ok(name) if is_planned(&name) => None,
                Ok(name) => {
                    let reason = format!(
                        "reports go to {host}, which is ours too, and {name} is not planned"
                    );
                    Some(Finding::new(rules::DMARC_23, reason))
                }
            })
            .collect()
    }

    /// DMARC-22, DMARC-24 and DMARC-25: whether every external host agrees to receive
    /// reports on `policy_domain`, by its records today.
    pub async fn check_external_hosts(
        &self,
        resolver: &impl Resolver,
        policy_domain: &Name,
    ) -> Result<Vec<Finding>, NoAnswer> {
        let mut findings = Vec::new();
        let mut records = Records::of(resolver);
        let ours = records.walk(policy_domain).await.organizational_domain()?;
        let hosts: BTreeSet<&Name> = self.report_hosts().collect();
        for host in hosts {
            if records.walk(host).await.organizational_domain()? == ours {
                continue;
            }
            match authorization_name(policy_domain, host) {
                Err(error) => findings.push(no_name(policy_domain, host, &error)),
                Ok(name) => {
                    let values = resolver.txt(&name).await?;
                    let finding = check_authorization(&values, policy_domain, host);
                    let place = Place::Live(name.to_string());
                    findings.extend(finding.map(|finding| finding.in_place(place)));
                }
            }
        }
        Ok(findings)
    }

    /// DMARC-21: mail for the domains that reports go to can arrive.
    pub async fn check_report_mail(
        &self,
        resolver: &impl Resolver,
    ) -> Result<Vec<Finding>, NoAnswer> {
        let targets = self.rua.iter().chain(&self.ruf);
        let domains: BTreeSet<&Name> = targets
            .filter_map(|target| target.uri.mail_domain())
            .collect();
        let mut findings = Vec::new();
        for domain in domains {
            if let Some(why) = why_unreachable(resolver, domain).await? {
                let reason = format!("reports go to {domain}, which {why}");
                let place = Place::Live(domain.to_string());
                findings.push(Finding::new(rules::DMARC_21, reason).in_place(place));
            }
        }
        Ok(findings)
    }

    fn report_hosts(&self) -> impl Iterator<Item = &Name> {
        let targets = self.rua.iter().chain(&self.ruf);
        targets.filter_map(|ReportTarget { uri, .. }| uri.host())
    }
}

/// DMARC-22 and DMARC-24: whether the values at the authorization name let reports on
/// `policy_domain` go to `host`.
pub fn check_authorization(values: &[Txt], policy_domain: &Name, host: &Name) -> Option<Finding> {
    let Some(text) = values.iter().map(Txt::text).find(|text| is_dmarc(text)) else {
        let reason = format!(
            "{host} does not agree to receive reports on {policy_domain}, so they are dropped"
        );
        let finding = Finding::new(rules::DMARC_22, reason);
        return Some(match authorization_name(policy_domain, host) {
            Ok(name) => finding.fix(format!("have {name} published with `v=DMARC1`")),
            Err(_) => finding,
        });
    };
    let list = TagList::parse(&text);
    let elsewhere = split_with_spans(list.value("rua")?, ',')
        .filter_map(|part| part.text.parse::<ReportUri>().ok())
        .find(|uri| uri.host() != Some(host))?;
    let reason = format!(
        "{host} sends reports on to {}, which is on another host, so receivers ignore it",
        quote(elsewhere.as_str())
    );
    Some(Finding::new(rules::DMARC_24, reason))
}

/// DMARC-25.
fn no_name(policy_domain: &Name, host: &Name, error: &NameError) -> Finding {
    let reason = format!("{host} can't agree to reports on {policy_domain}: {error}");
    Finding::new(rules::DMARC_25, reason)
}
