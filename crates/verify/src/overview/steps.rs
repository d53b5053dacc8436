//! The next steps, the most urgent first.
//!
//! First what loses mail today, then what lets others send in the domain's name, then what is begun
//! and protects nobody yet, and the logo last: no receiver shows it before DMARC is enforced.

use std::borrow::Cow;

use model::rules::{self, Rule};
use model::{Grade, NextStep, Published, Standard, Subject};
use standards::dmarc::Policy;
use standards::mta_sts::Mode;
use standards::{Finding, Severity};

use super::subjects::{has_null_mx, is_whole, live_keys, policy, uses_ses};

/// The order in which faults are fixed: what keeps mail from arriving first.
const BY_URGENCY: [Standard; 8] = [
    Standard::Dns,
    Standard::Mx,
    Standard::MtaSts,
    Standard::Spf,
    Standard::Dkim,
    Standard::Dmarc,
    Standard::TlsRpt,
    Standard::Bimi,
];

/// Everything that there is to do.
pub(super) fn steps(published: &Published, subjects: &[Subject]) -> Vec<NextStep> {
    let mut steps = broken(subjects, Severity::Error);
    steps.extend(missing(published, subjects));
    steps.extend(stricter(published));
    steps.extend(transport(published, subjects));
    steps.extend(broken(subjects, Severity::Warn));
    steps.extend(logo(published, subjects));
    steps
}

/// The fixes of findings of this weight, one for each rule.
fn broken(subjects: &[Subject], severity: Severity) -> Vec<NextStep> {
    let mut steps: Vec<NextStep> = Vec::new();
    let of = |standard| subjects.iter().find(|subject| subject.standard == standard);
    for subject in BY_URGENCY.into_iter().filter_map(of) {
        let same = subject
            .findings
            .iter()
            .filter(|one| one.severity == severity);
        // Nothing can be done about an answer that did not come, but to ask again.
        for finding in same.filter(|one| !one.is_of(rules::LIVE_02)) {
            let is_known = |step: &NextStep| {
                step.standard == subject.standard && step.rule.as_deref() == Some(&finding.rule)
            };
            if !steps.iter().any(is_known) {
                steps.push(fix(subject.standard, finding));
            }
        }
    }
    steps
}

fn fix(standard: Standard, finding: &Finding) -> NextStep {
    NextStep {
        standard,
        action: finding.fix.clone(),
        reason: finding.reason.clone(),
        rule: Some(finding.rule.clone()),
    }
}

fn step(
    standard: Standard,
    rule: Option<&'static Rule>,
    action: impl Into<String>,
    reason: impl Into<String>,
) -> NextStep {
    NextStep {
        standard,
        action: action.into(),
        reason: reason.into(),
        rule: rule.map(|rule| Cow::Borrowed(rule.id)),
    }
}

fn is_absent(subjects: &[Subject], standard: Standard) -> bool {
    let mut absent = subjects.iter().filter(|one| one.grade == Grade::Absent);
    absent.any(|one| one.standard == standard)
}

/// The policies that keep others from sending in the domain's name.
fn missing(published: &Published, subjects: &[Subject]) -> Vec<NextStep> {
    let domain = &published.domain;
    let mut steps = Vec::new();
    let refused = "Gmail, Yahoo and Outlook.com refuse or defer bulk mail without it";
    if is_absent(subjects, Standard::Spf) {
        steps.push(if has_null_mx(published) {
            let why = "anybody can send in the name of a domain without mail";
            step(
                Standard::Spf,
                Some(rules::SPF_26),
                "publish `v=spf1 -all`",
                why,
            )
        } else {
            let action =
                format!("publish an SPF record at {domain} that names everybody who sends");
            step(Standard::Spf, Some(rules::RCV_01), action, refused)
        });
    }
    if live_keys(published).next().is_none() && !uses_ses(published) && !has_null_mx(published) {
        let action = "make sure that every service that sends signs with a key of the domain";
        let why = format!("no key was found, and {refused}");
        steps.push(step(Standard::Dkim, Some(rules::RCV_01), action, why));
    }
    if is_absent(subjects, Standard::Dmarc) {
        steps.push(if has_null_mx(published) {
            let action = format!("publish `v=DMARC1; p=reject` at _dmarc.{domain}");
            let why = "anybody can send in the name of a domain without mail";
            step(Standard::Dmarc, Some(rules::DMARC_34), action, why)
        } else {
            let action = format!(
                "publish `v=DMARC1; p=none; rua=mailto:…` at _dmarc.{domain}, and read the reports"
            );
            step(Standard::Dmarc, Some(rules::RCV_01), action, refused)
        });
    }
    steps
}

/// The way to a DMARC policy that protects.
fn stricter(published: &Published) -> Option<NextStep> {
    let (policy, record, above) = policy(published)?;
    if has_null_mx(published) {
        let why = "anybody can send in the name of a domain without mail";
        let action = "set p=reject: no mail is lost, because there is none";
        return (policy != Policy::Reject)
            .then(|| step(Standard::Dmarc, Some(rules::DMARC_34), action, why));
    }
    let place = above.map_or_else(String::new, |above| format!(" at {above}"));
    let (action, why) = match policy {
        Policy::None => (
            format!(
                "go to p=quarantine{place} when the reports show that all that is yours passes"
            ),
            "receivers deliver forged mail in the domain's name",
        ),
        _ if !is_whole(record) => (
            format!("take `t=y` or `pct`{place} out when the reports are good"),
            "the policy is not asked for all mail",
        ),
        Policy::Quarantine => (
            format!("go to p=reject{place} when the reports show nothing of yours that fails"),
            "forged mail in the domain's name still reaches the junk folder",
        ),
        Policy::Reject => return None,
    };
    Some(step(Standard::Dmarc, None, action, why))
}

/// TLS on the way to the mail hosts: reports first, then a policy in testing, then enforced.
fn transport(published: &Published, subjects: &[Subject]) -> Vec<NextStep> {
    let domain = &published.domain;
    let mut steps = Vec::new();
    if is_absent(subjects, Standard::TlsRpt) {
        let action = format!("publish `v=TLSRPTv1; rua=mailto:…` at _smtp._tls.{domain}");
        let why = "nobody tells you when senders fail to reach your mail hosts with TLS";
        let with_policy = published.mta_sts.read.is_some().then_some(rules::RPT_12);
        steps.push(step(Standard::TlsRpt, with_policy, action, why));
    }
    let mode = published
        .policy
        .read
        .as_ref()
        .map(standards::mta_sts::MtaStsPolicy::mode);
    if is_absent(subjects, Standard::MtaSts) {
        let action = "publish an MTA-STS policy in mode testing";
        let why = "an attacker between a sender and your mail hosts can read mail, or divert it";
        steps.push(step(Standard::MtaSts, None, action, why));
    } else if published.mta_sts.read.is_some() && mode == Some(Mode::Testing) {
        let action = "go to mode enforce when the TLS reports are good";
        let why = "in mode testing senders deliver without TLS too";
        steps.push(step(Standard::MtaSts, None, action, why));
    }
    steps
}

/// A logo: only where DMARC is enforced already.
fn logo(published: &Published, subjects: &[Subject]) -> Option<NextStep> {
    let (policy, record, _) = policy(published)?;
    let is_enforced = policy != Policy::None && is_whole(record);
    let why = "DMARC is enforced, so that inboxes can show your logo";
    (is_absent(subjects, Standard::Bimi) && is_enforced && !has_null_mx(published)).then(|| {
        step(
            Standard::Bimi,
            None,
            "publish a logo with a mark certificate",
            why,
        )
    })
}
