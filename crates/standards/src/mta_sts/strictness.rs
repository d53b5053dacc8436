//! From one MTA-STS policy to the next, for those who deliver to the domain.

use super::{Mode, MtaStsPolicy, MxPattern};
use crate::strictness::{Step, Strictness};

/// The steps for senders, from the policy `before` to the policy `after`. In testing mode senders
/// deliver as if there were no policy.
pub fn steps(before: Option<&MtaStsPolicy>, after: Option<&MtaStsPolicy>) -> Vec<Step> {
    let mode = |policy: Option<&MtaStsPolicy>| policy.map_or(Mode::None, MtaStsPolicy::mode);
    let enforces = |mode: Mode| mode == Mode::Enforce;
    let (from, to) = (mode(before), mode(after));
    let mut steps = Vec::new();
    if from != to {
        let strictness = Strictness::between(&enforces(from), &enforces(to));
        let strictness = match (strictness, to) {
            // A policy that goes takes its reports with it.
            (Strictness::Same, Mode::None) => Strictness::Weaker,
            (strictness, _) => strictness,
        };
        steps.push(Step::new(strictness, meaning(to)));
    }
    if let (Some(before), Some(after)) = (before, after) {
        steps.extend(patterns(before, after));
        if before.max_age() != after.max_age() {
            let what = format!(
                "senders hold the policy for {} s, not {} s",
                after.max_age(),
                before.max_age()
            );
            steps.push(Step::new(Strictness::Same, what));
        }
    }
    steps
}

fn meaning(mode: Mode) -> &'static str {
    match mode {
        Mode::None => "senders no longer check TLS by a policy",
        Mode::Testing => "senders check TLS and report, and deliver whatever they find",
        Mode::Enforce => {
            "senders refuse to deliver where TLS or the MX host is not as the policy says"
        }
    }
}

/// The hosts that may take the mail, where senders refuse the others.
fn patterns(before: &MtaStsPolicy, after: &MtaStsPolicy) -> Vec<Step> {
    let enforces = after.mode() == Mode::Enforce;
    let missing = |policy: &MtaStsPolicy, other: &MtaStsPolicy| -> Vec<String> {
        let patterns = policy.mx().iter();
        // What one of the others matches is not missing: `*.example.net` has `a.example.net` in it.
        let is_covered = |pattern: &MxPattern| {
            let mut others = other.mx().iter();
            others
                .any(|one| one == pattern || !pattern.is_wildcard() && one.matches(pattern.host()))
        };
        let gone = patterns.filter(|pattern| !is_covered(pattern));
        gone.map(ToString::to_string).collect()
    };
    let mut steps = Vec::new();
    let gone = missing(before, after);
    if !gone.is_empty() {
        let (strictness, refuse) = if enforces {
            (Strictness::Stricter, "senders refuse to deliver to")
        } else {
            (Strictness::Same, "senders report deliveries to")
        };
        steps.push(Step::new(
            strictness,
            format!("{refuse} {}", gone.join(" and ")),
        ));
    }
    let new = missing(after, before);
    if !new.is_empty() {
        let what = format!("the policy allows {} too", new.join(" and "));
        steps.push(Step::new(Strictness::Same, what));
    }
    steps
}
