//! From one DMARC record to the next, for the mail that fails.

use super::{Alignment, Dmarc, Policy, Psd, Subject};
use crate::strictness::{Step, Strictness};

/// The steps for mail that fails, from the record `before` to the record `after`. No record is as
/// good as `p=none`.
pub fn steps(before: Option<&Dmarc>, after: Option<&Dmarc>) -> Vec<Step> {
    let mut steps = policies(before, after);
    let enforced = |record: Option<&Dmarc>| record.is_some_and(is_enforced);
    if let (Some(before), Some(after)) = (before, after)
        && enforced(Some(before))
        && enforced(Some(after))
    {
        steps.extend(share(before, after));
        steps.extend(alignments(before, after));
    }
    // Where mail goes otherwise, where reports go is a detail.
    if steps.is_empty() {
        steps.extend(reports(before, after));
    }
    steps
}

fn reports(before: Option<&Dmarc>, after: Option<&Dmarc>) -> Option<Step> {
    let places = |record: Option<&Dmarc>| {
        let places = record.map(|record| record.rua.iter().chain(&record.ruf));
        let places = places.into_iter().flatten();
        places.map(ToString::to_string).collect::<Vec<_>>()
    };
    let (from, to) = (places(before), places(after));
    let what = match (from == to, to.is_empty()) {
        (true, _) => return None,
        (false, true) => "no reports are asked for any more".to_owned(),
        (false, false) => format!("reports go to {}", to.join(" and ")),
    };
    Some(Step::new(Strictness::Same, what))
}

fn is_enforced(record: &Dmarc) -> bool {
    let subjects = [Subject::Domain, Subject::Subdomain, Subject::Nonexistent];
    let mut policies = subjects
        .into_iter()
        .map(|subject| record.effective_policy(subject));
    policies.any(|policy| policy != Policy::None)
}

/// The policies for the domain and what is below it; what changes in the same way is said once.
fn policies(before: Option<&Dmarc>, after: Option<&Dmarc>) -> Vec<Step> {
    let policy = |record: Option<&Dmarc>, subject| {
        record.map_or(Policy::None, |record| record.effective_policy(subject))
    };
    let subjects = [
        (Subject::Domain, ""),
        (Subject::Subdomain, " of subdomains"),
        (Subject::Nonexistent, " of names that do not exist"),
    ];
    let mut steps = Vec::new();
    let mut above = (Policy::None, Policy::None);
    for (subject, whose) in subjects {
        let change = (policy(before, subject), policy(after, subject));
        let (from, to) = change;
        if from != to && (steps.is_empty() || change != above) {
            let strictness = Strictness::between(&from, &to);
            let what = match after {
                Some(_) => request(whose, from, to),
                None => given_up(whose, from),
            };
            steps.push(Step::new(strictness, what));
        }
        above = change;
    }
    steps
}

fn request(whose: &str, from: Policy, to: Policy) -> String {
    let asked = match to {
        Policy::None => "to deliver",
        Policy::Quarantine => "to quarantine",
        Policy::Reject => "to reject",
    };
    format!("receivers are asked {asked} mail{whose} that fails DMARC, where it was {from}")
}

/// Without a record of the domain's own, receivers go by one of a domain above, where there is one
/// (RFC 9989, section 4.10).
fn given_up(whose: &str, from: Policy) -> String {
    format!(
        "receivers are no longer asked to {from} mail{whose} that fails DMARC, unless a domain above asks \
         for it"
    )
}

fn share(before: &Dmarc, after: &Dmarc) -> Option<Step> {
    let percent = |record: &Dmarc| record.percent.map_or(100, super::Percent::get);
    let (from, to) = (percent(before), percent(after));
    (from != to).then(|| {
        let what = format!("the policy is asked for {to} % of the mail that fails, not {from} %");
        Step::new(Strictness::between(&from, &to), what)
    })
}

fn alignments(before: &Dmarc, after: &Dmarc) -> Vec<Step> {
    let rank = |alignment: Alignment| u8::from(alignment == Alignment::Strict);
    let pairs = [
        ("DKIM", before.dkim_alignment, after.dkim_alignment),
        ("SPF", before.spf_alignment, after.spf_alignment),
    ];
    let differing = pairs.into_iter().filter(|(_, from, to)| from != to);
    let step = |(name, from, to): (&str, Alignment, Alignment)| {
        let what = match to {
            Alignment::Strict => {
                format!("{name} passes for the exact domain only, not for its subdomains")
            }
            Alignment::Relaxed => format!("{name} passes for subdomains too"),
        };
        Step::new(Strictness::between(&rank(from), &rank(to)), what)
    };
    let mut steps: Vec<Step> = differing.map(step).collect();
    steps.extend(top(before, after));
    steps
}

/// A name that says `psd=n` is an organizational domain of its own: domains above it no longer align with
/// it (RFC 9989, section 4.10.2).
fn top(before: &Dmarc, after: &Dmarc) -> Option<Step> {
    let is_top = |record: &Dmarc| record.psd == Psd::No;
    match (is_top(before), is_top(after)) {
        (false, true) => Some(Step::new(
            Strictness::Stricter,
            "mail that is signed or sent by a domain above no longer aligns",
        )),
        (true, false) => Some(Step::new(
            Strictness::Weaker,
            "mail that is signed or sent by a domain above aligns too",
        )),
        _ => None,
    }
}
