//! Faults of a record that is well written: on its own, at its domain, and
//! for the mail that the domain sends.

use super::{
    Alignment, Dmarc, Policy, Psd, ReportTarget, Subject, is_aligned_by_psl,
    organizational_domain_by_psl,
};
use crate::dns::Name;
use crate::mail_uri::ReportUri;
use crate::rules;
use crate::{Finding, Severity};

/// A source of mail with the domain in its From header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sender<'a> {
    /// The domain that its DKIM signatures name in `d=`, if it signs.
    pub dkim_domain: Option<&'a Name>,
    /// The domain of its envelope sender, if SPF passes for it.
    pub mail_from: Option<&'a Name>,
}

impl Dmarc {
    /// The faults of the record as a value.
    pub fn lint(&self) -> Vec<Finding> {
        let findings = self.lint_with_tags().into_iter();
        findings.map(|(_, finding)| finding).collect()
    }

    /// DMARC-07, DMARC-11 and DMARC-12: what the record can't say at `domain`, by the
    /// public suffix list.
    pub fn lint_at(&self, domain: &Name) -> Vec<Finding> {
        let mut findings = Vec::new();
        let organizational = organizational_domain_by_psl(domain);
        let is_organizational = organizational.as_ref() == Some(domain);
        let is_suffix = organizational.is_none();
        if !is_organizational && !is_suffix && self.psd == Psd::Unknown {
            let tags = [
                ("sp", self.subdomain_policy),
                ("np", self.nonexistent_policy),
            ];
            for (tag, _) in tags.iter().filter(|(_, policy)| policy.is_some()) {
                let reason = format!(
                    "{domain} is not an organizational domain, and receivers ignore {tag} there"
                );
                let fix = match &organizational {
                    Some(above) => format!("remove `{tag}`, or publish it at {above}"),
                    None => format!("remove `{tag}`"),
                };
                findings.push(Finding::new(rules::DMARC_07, reason).fix(fix));
            }
        }
        if self.psd == Psd::Yes && !is_suffix {
            let reason = format!(
                "psd=y says that {domain} is a public suffix, and the public suffix list does not have it"
            );
            findings.push(Finding::new(rules::DMARC_11, reason));
        }
        if self.psd == Psd::No && !is_organizational {
            let reason = format!(
                "psd=n makes {domain} its own organizational domain, so it no longer aligns with its parent"
            );
            findings.push(Finding::new(rules::DMARC_12, reason));
        }
        findings
    }

    /// DMARC-08: `np=reject` for names below `domain` that are not in DNS, where no author writes
    /// from a name below it and such mail can only be forged. The domain of a MAIL FROM is not an
    /// author's: `np` is about the From header alone (RFC 9989 §4.7).
    pub fn check_nonexistent(&self, domain: &Name, has_authors_below: bool) -> Option<Finding> {
        let is_organizational = organizational_domain_by_psl(domain).as_ref() == Some(domain);
        let written = self.written_policy(Subject::Nonexistent);
        let is_open = self.nonexistent_policy.is_none() && written < Policy::Reject;
        (is_organizational && is_open && !has_authors_below).then(|| {
            let reason = format!(
                "np is absent, so that {written} holds for invented names below the domain, from which nobody writes"
            );
            Finding::new(rules::DMARC_08, reason)
                .weighing(Severity::Info)
                .fix("write `np=reject`")
        })
    }

    /// DMARC-29, DMARC-30 and DMARC-32: whether what the domain sends passes its own policy.
    pub fn check_senders(&self, domain: &Name, senders: &[Sender<'_>]) -> Vec<Finding> {
        let mut findings = Vec::new();
        for sender in senders {
            self.check_strictness(domain, sender, &mut findings);
        }
        let by_dkim = senders
            .iter()
            .any(|sender| self.dkim_aligns(domain, sender));
        let by_spf = senders.iter().any(|sender| self.spf_aligns(domain, sender));
        let strictest = self.policy.max(self.written_policy(Subject::Subdomain));
        if strictest > Policy::None && !by_dkim && !by_spf {
            let reason = format!(
                "the policy is {strictest}, and no declared sender of {domain} is aligned by DKIM or SPF"
            );
            findings.push(Finding::new(rules::DMARC_29, reason));
        }
        if self.policy == Policy::Reject && by_spf && !by_dkim {
            let reason = format!(
                "p=reject rests on SPF alone, which fails whenever mail of {domain} is forwarded"
            );
            findings.push(Finding::new(rules::DMARC_30, reason));
        }
        findings
    }

    /// DMARC-31: mail of people goes through lists and forwarders, which break alignment.
    pub fn check_use(&self, used_by_people: bool) -> Option<Finding> {
        (used_by_people && self.policy == Policy::Reject).then(|| {
            Finding::new(
                rules::DMARC_31,
                "p=reject on a domain that people write from loses their mail to mailing lists",
            )
        })
    }

    /// DMARC-34: a domain that sends no mail has all of it refused.
    pub fn check_parked(&self) -> Vec<Finding> {
        let subjects = [
            ("p", Subject::Domain),
            ("sp", Subject::Subdomain),
            ("np", Subject::Nonexistent),
        ];
        subjects
            .into_iter()
            .filter(|(_, subject)| self.effective_policy(*subject) != Policy::Reject)
            .map(|(tag, subject)| {
                let policy = self.effective_policy(subject);
                let reason =
                    format!("the domain sends no mail, and {tag} comes to {policy}, not reject");
                Finding::new(rules::DMARC_34, reason)
            })
            .collect()
    }

    /// DMARC-33: the step from the record that is published to this one skips quarantine
    /// and the test mode.
    pub fn check_step(&self, previous: Option<&Self>) -> Option<Finding> {
        let before = previous.map_or(Policy::None, |record| record.policy);
        let is_enforced = self.effective_policy(Subject::Domain) == Policy::Reject;
        (before == Policy::None && is_enforced).then(|| {
            let reason = "the policy goes to p=reject without a time of quarantine or t=y";
            Finding::new(rules::DMARC_33, reason)
        })
    }

    fn check_strictness(&self, domain: &Name, sender: &Sender<'_>, findings: &mut Vec<Finding>) {
        let pairs = [
            ("adkim", "DKIM d=", self.dkim_alignment, sender.dkim_domain),
            ("aspf", "MAIL FROM ", self.spf_alignment, sender.mail_from),
        ];
        for (tag, what, alignment, authenticated) in pairs {
            let Some(authenticated) = authenticated else {
                continue;
            };
            let only_relaxed = is_aligned_by_psl(Alignment::Relaxed, domain, authenticated)
                && !is_aligned_by_psl(Alignment::Strict, domain, authenticated);
            if alignment == Alignment::Strict && only_relaxed {
                let reason = format!(
                    "{tag}=s, and {what}{authenticated} is not {domain} itself, so it never aligns"
                );
                let fix = format!("write `{tag}=r`");
                findings.push(Finding::new(rules::DMARC_32, reason).fix(fix));
            }
        }
    }

    fn dkim_aligns(&self, domain: &Name, sender: &Sender<'_>) -> bool {
        sender
            .dkim_domain
            .is_some_and(|signer| is_aligned_by_psl(self.dkim_alignment, domain, signer))
    }

    fn spf_aligns(&self, domain: &Name, sender: &Sender<'_>) -> bool {
        sender
            .mail_from
            .is_some_and(|mail_from| is_aligned_by_psl(self.spf_alignment, domain, mail_from))
    }

    /// Findings, each with the name of the tag it is about.
    pub(super) fn lint_with_tags(&self) -> Vec<(&'static str, Finding)> {
        let mut findings = self.lint_policies();
        for (tag, targets) in [("rua", &self.rua), ("ruf", &self.ruf)] {
            findings.extend(
                lint_targets(tag, targets)
                    .into_iter()
                    .map(|finding| (tag, finding)),
            );
        }
        if self.rua.is_empty() {
            findings.push((
                "rua",
                Finding::new(
                    rules::DMARC_20,
                    "the record has no rua, so no reports are sent",
                ),
            ));
        }
        if !self.ruf.is_empty() {
            let reason = "failure reports hold parts of people's mail";
            findings.push(("ruf", Finding::new(rules::DMARC_35, reason)));
        } else if !self.failure_options.is_empty() {
            let reason = "fo has no effect without ruf";
            findings.push((
                "fo",
                Finding::new(rules::DMARC_15, reason)
                    .weighing(Severity::Warn)
                    .fix("remove `fo`, or add a `ruf` that takes the reports"),
            ));
        }
        findings.extend(self.lint_history());
        findings
    }

    /// DMARC-08.
    fn lint_policies(&self) -> Vec<(&'static str, Finding)> {
        let tags = [
            ("sp", self.subdomain_policy),
            ("np", self.nonexistent_policy),
        ];
        tags.into_iter()
            .filter_map(|(tag, policy)| policy.map(|policy| (tag, policy)))
            .filter(|(_, policy)| *policy < self.policy)
            .map(|(tag, policy)| {
                let reason = format!("{tag}={policy} is weaker than p={}", self.policy);
                let fix = format!("write `{tag}={}`", self.policy);
                (tag, Finding::new(rules::DMARC_08, reason).fix(fix))
            })
            .collect()
    }

    /// DMARC-13.
    fn lint_history(&self) -> Vec<(&'static str, Finding)> {
        let mut findings = Vec::new();
        if let Some(percent) = self.percent {
            let old = "pct was removed from DMARC, and only old receivers read it";
            let (reason, fix) = match percent.get() {
                // It had receivers apply one step less (RFC 9989 appendix A.6).
                0 if self.policy > Policy::None => (old, "write `t=y` in its place"),
                0 | 100 => (old, "remove `pct`"),
                _ => (
                    "pct was removed from DMARC, and never worked well between 0 and 100",
                    "remove `pct`, or write `t=y` in its place to try the policy out",
                ),
            };
            findings.push(("pct", Finding::new(rules::DMARC_13, reason).fix(fix)));
        }
        if self.report_interval.is_some() {
            findings.push((
                "ri",
                Finding::new(rules::DMARC_13, "ri was removed from DMARC").fix("remove `ri`"),
            ));
        }
        findings
    }
}

/// DMARC-18 and DMARC-19.
fn lint_targets(tag: &str, targets: &[ReportTarget]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = targets
        .iter()
        .filter(|target| !target.is_mail())
        .map(|target| {
            let uri = crate::quote::quote(target.uri.as_str());
            let reason = format!("{tag} holds {uri}, and receivers need to support only mailto:");
            let finding = Finding::new(rules::DMARC_18, reason);
            match ReportUri::meant_by(target.uri.as_str()).filter(|meant| *meant != target.uri) {
                Some(meant) => finding.fix(format!("write `{meant}`")),
                None => finding,
            }
        })
        .collect();
    if targets.len() > 2 {
        let reason = format!(
            "{tag} holds {} URIs, and receivers need to send to two only",
            targets.len()
        );
        findings.push(Finding::new(rules::DMARC_19, reason));
    }
    findings
}
