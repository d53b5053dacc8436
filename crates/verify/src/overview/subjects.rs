//! How far a domain is with each standard.

use model::rules;
use model::{Check, Grade, Published, Seen, SeenKey, Standard, Subject};
use standards::bimi::Bimi;
use standards::dkim::PublicKey;
use standards::dmarc::{Dmarc, Policy};
use standards::dns::{Mx, Name};
use standards::mta_sts::Mode;
use standards::receivers::provider;
use standards::spf::Qualifier;
use standards::{Finding, Severity};

/// Names that are written out.
const SHOWN: usize = 3;

/// A subject for each standard, in the order in which they are read.
pub(super) fn subjects(published: &Published, checks: &[Check]) -> Vec<Subject> {
    vec![
        dns(published, checks),
        mx(published),
        spf(published),
        dkim(published),
        dmarc(published),
        mta_sts(published),
        tls_rpt(published),
        bimi(published),
    ]
}

/// Lets the findings of a subject decide: what receivers refuse is faulty, whatever it says, and of
/// what nobody answered nothing is known.
pub(super) fn settle(subject: &mut Subject) {
    let is_unseen = |finding: &Finding| finding.is_of(rules::LIVE_02);
    let errors = || {
        let all = subject.findings.iter();
        all.filter(|finding| finding.severity == Severity::Error)
    };
    if errors().any(|finding| !is_unseen(finding)) {
        subject.grade = Grade::Faulty;
    } else if errors().any(is_unseen) {
        subject.grade = Grade::Unseen;
    }
}

/// Whether the domain says that it receives no mail.
pub(super) fn has_null_mx(published: &Published) -> bool {
    published.mx.read.as_deref() == Some(&[Mx::NULL])
}

/// The policy that receivers apply to the domain, its own or that of one above, and whose it is.
pub(super) fn policy(published: &Published) -> Option<(Policy, &Dmarc, Option<&Name>)> {
    if let Some(record) = &published.dmarc.read {
        return Some((record.policy, record, None));
    }
    let (above, record) = published.dmarc_above.as_ref()?;
    let policy = record.subdomain_policy.unwrap_or(record.policy);
    Some((policy, record, Some(above)))
}

/// Whether a policy is asked for all mail of a domain.
pub(super) fn is_whole(record: &Dmarc) -> bool {
    !record.testing && record.percent.is_none_or(|percent| percent.get() == 100)
}

/// The keys that are not revoked.
pub(super) fn live_keys(published: &Published) -> impl Iterator<Item = &SeenKey> {
    let is_live = |key: &&SeenKey| {
        let read = key.key.read.as_ref();
        read.is_some_and(|read| read.key != PublicKey::Revoked)
    };
    published.keys.iter().filter(is_live)
}

/// Whether Amazon SES left a mark: the selectors of Easy DKIM are random.
pub(super) fn uses_ses(published: &Published) -> bool {
    !published.mail_from.is_empty() || !published.ses_tokens.values.is_empty()
}

fn subject<T>(standard: Standard, seen: &Seen<T>, state: (Grade, String)) -> Subject {
    let (grade, summary) = if seen.is_answered {
        state
    } else {
        (Grade::Unseen, "nobody answered".to_owned())
    };
    Subject {
        standard,
        grade,
        summary,
        values: seen.values.clone(),
        findings: seen.findings.clone(),
    }
}

fn dns(published: &Published, checks: &[Check]) -> Subject {
    let (grade, summary, values) = match &published.zone {
        None => (
            Grade::Unseen,
            "no name server is visible".to_owned(),
            vec![],
        ),
        Some(zone) => {
            let servers: Vec<String> = zone.servers.iter().map(Name::to_string).collect();
            let state = signed(checks).map_or_else(String::new, |state| format!("; {state}"));
            let text = format!("the zone {} at {}{state}", zone.name, list(&servers));
            (Grade::Good, text, servers)
        }
    };
    Subject {
        standard: Standard::Dns,
        grade,
        summary,
        values,
        findings: published.certificate_findings.clone(),
    }
}

/// The state of DNSSEC, as its check saw it.
fn signed(checks: &[Check]) -> Option<&str> {
    let mut kept = checks.iter().filter(|check| check.is_good());
    let check = kept.find(|check| check.rule == rules::DNS_12.id)?;
    check.seen.as_deref()
}

fn mx(published: &Published) -> Subject {
    let state = match &published.mx.read {
        Some(_) if has_null_mx(published) => (Grade::Good, "a null MX: no mail".to_owned()),
        Some(hosts) => {
            let mut providers: Vec<String> = hosts
                .iter()
                .filter_map(|mx| Some(provider(&mx.exchange)?.name.to_owned()))
                .collect();
            providers.dedup();
            let names: Vec<String> = hosts.iter().map(|mx| mx.exchange.to_string()).collect();
            let of = if providers.is_empty() {
                String::new()
            } else {
                format!(" ({})", providers.join(", "))
            };
            (Grade::Good, format!("{}{of}", list(&names)))
        }
        None if published.mx.is_absent() => (
            Grade::Absent,
            "no mail host: mail goes to the address of the domain's name, or nowhere".to_owned(),
        ),
        None => (Grade::Faulty, list(&published.mx.values)),
    };
    subject(Standard::Mx, &published.mx, state)
}

fn spf(published: &Published) -> Subject {
    let state = match &published.spf.read {
        Some(record) => {
            let cost = published.spf_lookups;
            let cost = cost.map_or_else(String::new, |cost| format!("; {cost} of 10 look-ups"));
            match record.all() {
                Some(Qualifier::Fail) => (
                    Grade::Good,
                    format!("mail from all other hosts fails{cost}"),
                ),
                Some(Qualifier::SoftFail) => (
                    Grade::Good,
                    format!("mail from all other hosts is suspect{cost}"),
                ),
                None if record.redirect().is_some() => (
                    Grade::Good,
                    format!("another domain's record decides{cost}"),
                ),
                _ => (Grade::Begun, format!("all other hosts may send too{cost}")),
            }
        }
        None if published.spf.is_absent() => (Grade::Absent, "not published".to_owned()),
        None => (Grade::Faulty, "receivers can't use it".to_owned()),
    };
    let mut subject = subject(Standard::Spf, &published.spf, state);
    let mail_from = published.mail_from.iter();
    subject
        .findings
        .extend(mail_from.flat_map(|one| one.findings.iter().cloned()));
    subject
}

fn dkim(published: &Published) -> Subject {
    let live: Vec<String> = live_keys(published)
        .map(|key| key.selector.clone())
        .collect();
    let (grade, summary) = if !live.is_empty() {
        (Grade::Good, format!("keys at {}", list(&live)))
    } else if has_null_mx(published) {
        (
            Grade::Unused,
            "no key is found, and none is expected".to_owned(),
        )
    } else if uses_ses(published) {
        let text = "Amazon SES sends for it, and its selectors can't be guessed";
        (Grade::Unseen, text.to_owned())
    } else {
        let text = "no key at the selectors that mail services use; others can't be guessed";
        (Grade::Unseen, text.to_owned())
    };
    let keys = published.keys.iter();
    let findings = keys.flat_map(|key| key.key.findings.iter());
    let mut findings: Vec<Finding> = findings.cloned().collect();
    findings.extend(published.key_findings.iter().cloned());
    Subject {
        standard: Standard::Dkim,
        grade,
        summary,
        values: published.keys.iter().map(key_text).collect(),
        findings,
    }
}

fn key_text(key: &SeenKey) -> String {
    match &key.target {
        Some(target) => format!("{}: an alias of {target}", key.selector),
        None => format!("{}: {}", key.selector, key.key.values.join(" ")),
    }
}

fn dmarc(published: &Published) -> Subject {
    let state = match policy(published) {
        Some((policy, record, above)) => {
            let of = above.map_or_else(String::new, |above| format!(", by the record of {above}"));
            let part = if is_whole(record) {
                ""
            } else {
                ", for a part of the mail or as a test"
            };
            let reports = if record.rua.is_empty() {
                "; no reports"
            } else {
                "; with reports"
            };
            let grade = match policy {
                Policy::None => Grade::Begun,
                _ if is_whole(record) => Grade::Good,
                _ => Grade::Begun,
            };
            (grade, format!("p={policy}{part}{of}{reports}"))
        }
        None if published.dmarc.values.is_empty() => (Grade::Absent, "not published".to_owned()),
        None => (Grade::Faulty, "receivers can't use it".to_owned()),
    };
    subject(Standard::Dmarc, &published.dmarc, state)
}

fn mta_sts(published: &Published) -> Subject {
    let announced = published.mta_sts.read.is_some();
    let state = match &published.policy.read {
        Some(policy) if announced => {
            let grade = match policy.mode() {
                Mode::Enforce => Grade::Good,
                Mode::Testing | Mode::None => Grade::Begun,
            };
            (
                grade,
                format!(
                    "mode {}, max_age {}",
                    policy.mode(),
                    policy.max_age().seconds()
                ),
            )
        }
        Some(_) => (
            Grade::Begun,
            "a policy is served and not announced".to_owned(),
        ),
        None if published.mta_sts.is_absent() && has_null_mx(published) => (
            Grade::Unused,
            "not published, and no mail to protect".to_owned(),
        ),
        None if published.mta_sts.is_absent() => (Grade::Absent, "not published".to_owned()),
        None => (Grade::Faulty, "senders can't use it".to_owned()),
    };
    let mut subject = subject(Standard::MtaSts, &published.mta_sts, state);
    subject
        .values
        .extend(published.policy.values.iter().cloned());
    subject
        .findings
        .extend(published.policy.findings.iter().cloned());
    subject
}

fn tls_rpt(published: &Published) -> Subject {
    let state = match &published.tls_rpt.read {
        Some(record) => {
            let to: Vec<String> = record.rua().iter().map(ToString::to_string).collect();
            (Grade::Good, format!("reports go to {}", list(&to)))
        }
        None if published.tls_rpt.is_absent() && has_null_mx(published) => (
            Grade::Unused,
            "not published, and no mail to report about".to_owned(),
        ),
        None if published.tls_rpt.is_absent() => (Grade::Absent, "not published".to_owned()),
        None => (Grade::Faulty, "senders can't use it".to_owned()),
    };
    subject(Standard::TlsRpt, &published.tls_rpt, state)
}

fn bimi(published: &Published) -> Subject {
    let state = match &published.bimi.read {
        Some(record) if record.is_declination() => (
            Grade::Unused,
            "the domain declines to show a logo".to_owned(),
        ),
        Some(record) => logo(record),
        None if published.bimi.is_absent() && has_null_mx(published) => (
            Grade::Unused,
            "not published, and no mail to show it beside".to_owned(),
        ),
        None if published.bimi.is_absent() => (Grade::Absent, "not published".to_owned()),
        None => (Grade::Faulty, "receivers can't use it".to_owned()),
    };
    subject(Standard::Bimi, &published.bimi, state)
}

fn logo(record: &Bimi) -> (Grade, String) {
    match record.authority() {
        Some(_) => (Grade::Good, "a logo with a mark certificate".to_owned()),
        None => (
            Grade::Begun,
            "a logo without a mark certificate: Gmail and Apple Mail do not show it".to_owned(),
        ),
    }
}

/// `a, b, c and 2 more`.
fn list(texts: &[String]) -> String {
    let shown = texts.iter().take(SHOWN).cloned().collect::<Vec<_>>();
    match texts.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
