//! An account: whether it can be entered, what may be done in it, what room it has.

use kinds::ses_account::Standing;
use model::Region;
use model::check::{About, Check};
use model::rules;
use standards::{Finding, Severity};

use super::{Notes, counted};
use crate::facts::{AccountFacts, Entry, Permissions, Seen, Simulated, Unseen, Usage};

pub(super) fn judge(account: &AccountFacts) -> Vec<Check> {
    let mut notes = Notes::on(About::Account {
        name: account.name.clone(),
        id: account.id.clone(),
    });
    if entry(account, &mut notes) {
        for permissions in &account.permissions {
            judge_permissions(permissions, &mut notes);
        }
        for (region, standing) in &account.standings {
            judge_standing(region, standing, &mut notes);
        }
        for usage in &account.usage {
            judge_usage(usage, &mut notes);
        }
    }
    notes.done()
}

/// PLAN-03, PLAN-04: whether the account was entered.
fn entry(account: &AccountFacts, notes: &mut Notes) -> bool {
    let what = "credentials";
    match &account.entry {
        Entry::Entered(caller) => {
            notes.good(rules::PLAN_03, what, caller);
            true
        }
        Entry::WrongAccount(actual) => {
            let reason = format!(
                "the manifest says {}, and the credentials act in {actual}",
                account.id
            );
            notes.broken(what, Finding::new(rules::PLAN_03, reason));
            false
        }
        Entry::Refused(reason) => {
            let mut finding = Finding::new(rules::PLAN_04, reason.clone());
            "log in, or correct the account's `role`, `profile` or `external_id`, and let the role trust you"
                .clone_into(&mut finding.fix);
            notes.broken(what, finding);
            false
        }
    }
}

/// AWS-02: what was refused, and what would be.
fn judge_permissions(permissions: &Permissions, notes: &mut Notes) {
    let what = format!("permissions for {}", permissions.service);
    let empty = Simulated::default();
    let simulated = match &permissions.simulated {
        Some(Ok(simulated)) => simulated,
        _ => &empty,
    };
    let mut denied: Vec<String> = permissions
        .refused
        .iter()
        .map(|action| format!("{action} (refused when it was tried)"))
        .collect();
    let foreseen = simulated.denied.iter();
    denied.extend(
        foreseen
            .filter(|(action, ..)| !permissions.refused.contains(action))
            .map(|(action, on, word)| format!("{action} on {on} ({word})")),
    );
    if !denied.is_empty() {
        let reason = format!("not allowed: {}", denied.join(", "));
        return notes.broken(&what, Finding::new(rules::AWS_02, reason));
    }
    match &permissions.simulated {
        Some(Err(unseen)) => notes.unseen(rules::AWS_02, &what, unseen),
        Some(Ok(Simulated { open, .. })) if !open.is_empty() => {
            notes.unseen(rules::AWS_02, &what, &conditional(open));
        }
        Some(Ok(simulated)) => {
            let seen = format!("{} allowed, says IAM", counted(simulated.allowed, "action"));
            notes.good(rules::AWS_02, &what, seen);
        }
        None => {}
    }
}

/// Actions that are not allowed without values which only a call has.
fn conditional(open: &[(String, Vec<String>)]) -> Unseen {
    let (action, keys) = &open[0];
    let more = match open.len() {
        1 => String::new(),
        more => format!(", and {} more", more - 1),
    };
    Unseen::new(
        format!(
            "{action} depends on conditions that a simulation cannot meet ({}){more}",
            keys.join(", ")
        ),
        "compare the conditions of the role's policies with the policy of `deploy iam`",
    )
}

/// SES-25, SES-26.
fn judge_standing(region: &Region, standing: &Seen<Standing>, notes: &mut Notes) {
    let what = format!("SES in {region}");
    let standing = match standing {
        Ok(standing) => standing,
        Err(unseen) => return notes.unseen(rules::SES_25, &what, unseen),
    };
    let findings = standing.findings();
    if findings.is_empty() {
        let seen = format!(
            "in production, {} a day, {} a second, {} in the last day",
            standing.per_day, standing.per_second, standing.sent
        );
        notes.good(rules::SES_25, &what, seen);
    }
    for mut finding in findings {
        if finding.is_of(rules::SES_25) {
            finding.fix =
                format!("request production access in {region}: AWS answers within a day or so");
        }
        notes.broken(&what, finding);
    }
}

/// AWS-03.
fn judge_usage(usage: &Usage, notes: &mut Notes) {
    let what = format!("{} {}", usage.quota.what, usage.place);
    let what = what.trim_end();
    let held = match &usage.held {
        Ok(held) => *held,
        Err(unseen) => return notes.unseen(rules::AWS_03, what, unseen),
    };
    let limit = usage.quota.limit;
    if usage.granted.is_none() && held > limit && usage.wanted > 0 {
        let unseen = Unseen::new(
            format!(
                "{held} are there, more than AWS's default of {limit}: the quota was raised, and how far is not known"
            ),
            "read the quota's value in the AWS console, under Service Quotas",
        );
        return notes.unseen(rules::AWS_03, what, &unseen);
    }
    match over(usage) {
        Some(finding) => notes.broken(what, finding),
        None => notes.good(rules::AWS_03, what, seen(usage, held)),
    }
}

/// The use of a quota in words.
fn seen(usage: &Usage, held: usize) -> String {
    let Usage { quota, wanted, .. } = usage;
    match usage.granted {
        Some(limit) => format!("{held} of {limit}, {wanted} more wanted"),
        None => format!("{held} of {} by default, {wanted} more wanted", quota.limit),
    }
}

/// AWS-03: a quota that has no room for what is wanted, or little after it. What is beyond a quota that
/// AWS, or the manifest, states will be refused. AWS's default warns, because it may have been raised.
pub(crate) fn over(usage: &Usage) -> Option<Finding> {
    let Usage { quota, wanted, .. } = usage;
    let held = *usage.held.as_ref().ok()?;
    let limit = usage.granted.unwrap_or(quota.limit);
    let wanted_all = held + wanted;
    // Whoever holds more than the default was granted more.
    let is_unknown = usage.granted.is_none() && held > limit;
    if *wanted == 0 || is_unknown || wanted_all * 10 <= limit * 9 {
        return None;
    }
    let place = &usage.place;
    let what = format!("{} {place}", quota.what);
    let reason = format!(
        "{}: {} ({})",
        what.trim_end(),
        seen(usage, held),
        quota.source
    );
    let mut finding = Finding::new(rules::AWS_03, reason);
    if wanted_all > limit {
        if usage.granted.is_some() {
            finding.severity = Severity::Error;
        }
        let more = wanted_all - limit;
        finding.fix = format!(
            "ask AWS for {more} more at {}, or remove what is not used",
            quota.page()
        );
    }
    Some(finding)
}
