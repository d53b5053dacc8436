//! The plan for a terminal: the changes, then the findings, then what it comes to.

use std::collections::{BTreeMap, BTreeSet};

use model::{Action, Location, MailImpact, Plan, Spec, Verb};
use plan::{Binding, Estimate};
use standards::{Severity, Strictness};

use crate::action_text::{self, Columns};
use crate::grouping::{by_domain, stages};
use crate::page::{Page, Part};
use crate::{Palette, brief, findings_text, words};

/// How much of a plan is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// The changes that a person agrees to, by topic; those that several domains have in common stand once.
    #[default]
    Brief,
    /// Every action of every domain, with every field.
    Full,
}

/// The plan, as text for people.
///
/// The changes come first, then the findings, and the summary stands last, where the eye is: what the
/// plan comes to, its calls and its digest.
pub fn plan_text(plan: &Plan, estimate: &Estimate, palette: &Palette, detail: Detail) -> String {
    let mut page = Page::new(palette);
    match detail {
        Detail::Brief => brief::show(&mut page, plan),
        Detail::Full => {
            let stages = stages(plan);
            for (domain, actions) in by_domain(plan) {
                page.gap();
                let common = common_reason(&actions);
                heading(&mut page, domain, &actions, common);
                show(&mut page, &actions, &stages, common);
            }
        }
    }
    page.gap();
    let mut text = page.finish();
    if !plan.findings.is_empty() {
        text.push_str(&findings_text(&plan.findings, palette));
        text.push('\n');
    }
    let mut page = Page::new(palette);
    summary(&mut page, plan, estimate);
    text.push_str(&page.finish());
    text
}

fn show(
    page: &mut Page<'_>,
    actions: &[&Action],
    stages: &BTreeMap<usize, &Spec>,
    common: Option<&str>,
) {
    let locations = actions
        .iter()
        .map(|action| (&action.resource, action.location.as_ref()));
    let columns = Columns::of(locations);
    for action in actions {
        let reason = Some(action.reason.as_ref()).filter(|reason| Some(*reason) != common);
        action_text::title(page, action, &columns, reason);
        action_text::details(page, action, stages.get(&action.id).copied());
    }
}

fn heading(page: &mut Page<'_>, domain: &str, actions: &[&Action], common: Option<&str>) {
    let palette = *page.palette;
    let count = format!("  {}", words::counted(actions.len(), "change"));
    let reason = common.map(|reason| format!(", where no reason is shown: {reason}"));
    page.line(
        0,
        &[
            Part(palette.strong, domain),
            Part(palette.faint, &count),
            Part(palette.faint, reason.as_deref().unwrap_or_default()),
        ],
    );
}

/// The reason that most of several actions have: it is said once.
fn common_reason<'a>(actions: &[&'a Action]) -> Option<&'a str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for action in actions {
        *counts.entry(&action.reason).or_default() += 1;
    }
    let (reason, count) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    (count > 2).then_some(reason)
}

fn summary(page: &mut Page<'_>, plan: &Plan, estimate: &Estimate) {
    let palette = *page.palette;
    let errors = plan
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .count();
    let unchanged = plan.count(Verb::None);
    if plan.is_empty() && errors == 0 {
        let text = format!("{} as the manifest asks.", resources(unchanged));
        page.line(
            0,
            &[
                Part(palette.good, "No changes. "),
                Part(palette.good, &text),
            ],
        );
        digest(page, plan);
        return;
    }
    accounts(page, plan);
    page.folded(
        0,
        &Part(palette.strong, "Plan: "),
        &Part(palette.strong, &counts(plan)),
    );
    if let Some(text) = impacts(plan) {
        page.folded(
            0,
            &Part(palette.strong, "Mail impact: "),
            &Part(palette.strong, &text),
        );
    }
    page.folded(
        0,
        &Part(palette.faint, "Calls: "),
        &Part(palette.faint, &calls(estimate)),
    );
    digest(page, plan);
    if errors > 0 {
        let text = match errors {
            1 => "1 error above stands in the way: apply refuses until it is fixed.".to_owned(),
            errors => format!(
                "{} errors above stand in the way: apply refuses until they are fixed.",
                words::grouped(errors)
            ),
        };
        page.line(0, &[Part(palette.bad, &text)]);
    }
}

fn resources(count: usize) -> String {
    match count {
        1 => "1 resource is".to_owned(),
        count => format!("{} resources are", words::grouped(count)),
    }
}

fn digest(page: &mut Page<'_>, plan: &Plan) {
    let faint = page.palette.faint;
    page.line(0, &[Part(faint, "Digest: "), Part(faint, &plan.digest())]);
}

/// Each account that the plan changes something in, with its number.
fn accounts(page: &mut Page<'_>, plan: &Plan) {
    let changing = plan.actions.iter().filter(|action| action.changes());
    let locations: Vec<&Location> = changing
        .filter_map(|action| action.location.as_ref())
        .collect();
    let accounts: BTreeSet<String> = locations
        .iter()
        .map(|location| format!("{} ({})", location.account, location.account_id))
        .collect();
    if accounts.is_empty() {
        return;
    }
    let faint = page.palette.faint;
    let last = accounts.len() - 1;
    let texts: Vec<String> = accounts
        .into_iter()
        .enumerate()
        .map(|(at, account)| {
            if at == last {
                account
            } else {
                format!("{account},")
            }
        })
        .collect();
    let items = texts.iter().map(|text| vec![Part(faint, text)]).collect();
    page.packed(0, &Part(faint, "Accounts: "), " ", items);
}

/// `31 to create, 2 to update, 0 to replace, 1 to delete, 12 unchanged.` What a person publishes is
/// counted apart, and so is what is refused: nobody looked whether that is unchanged.
pub(crate) fn counts(plan: &Plan) -> String {
    let count = |by_hand: bool, verb: Verb| {
        let is = |action: &&Action| action.location.is_none() == by_hand && action.verb() == verb;
        plan.actions.iter().filter(is).count()
    };
    let mut parts: Vec<String> = [Verb::Create, Verb::Update, Verb::Replace, Verb::Delete]
        .into_iter()
        .map(|verb| (verb, count(false, verb)))
        .filter(|(_, count)| *count > 0)
        .map(|(verb, count)| format!("{} to {verb}", words::grouped(count)))
        .collect();
    let refused = plan.actions.iter().filter(|action| action.is_refused());
    let refused = refused.count();
    let sometimes = [
        (count(true, Verb::Create), "to publish by hand"),
        (count(true, Verb::Update), "to publish anew by hand"),
        (count(true, Verb::Delete), "to take out by hand"),
        (plan.count(Verb::Adopt), "to adopt"),
        (plan.count(Verb::Forget), "to forget"),
        (refused, "refused"),
    ];
    let present = sometimes.into_iter().filter(|(count, _)| *count > 0);
    parts.extend(present.map(|(count, what)| format!("{} {what}", words::grouped(count))));
    let unchanged = plan.count(Verb::None) - refused;
    parts.push(format!("{} unchanged.", words::grouped(unchanged)));
    parts.join(", ")
}

/// `1 change can affect receiving, 3 sending (1 stricter, 2 weaker).`
pub(crate) fn impacts(plan: &Plan) -> Option<String> {
    let of = |mail: MailImpact| {
        let changing = plan.actions.iter().filter(|action| action.changes());
        let impacts = changing.map(|action| &action.impact);
        impacts.filter(move |impact| impact.mail == mail)
    };
    let levels = [
        MailImpact::Receiving,
        MailImpact::Sending,
        MailImpact::Branding,
    ];
    let mut parts = Vec::new();
    for mail in levels {
        let count = of(mail).count();
        let mut part = match (count, parts.is_empty()) {
            (0, _) => continue,
            (count, true) => {
                let changes = words::counted(count, "change");
                format!("{changes} can affect {mail}")
            }
            (count, false) => format!("{} {mail}", words::grouped(count)),
        };
        let going = |direction| {
            of(mail)
                .filter(|impact| impact.direction == direction)
                .count()
        };
        let directions = [
            (going(Strictness::Stricter), "stricter"),
            (going(Strictness::Weaker), "weaker"),
        ];
        let directions: Vec<String> = directions
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{} {word}", words::grouped(count)))
            .collect();
        if !directions.is_empty() {
            part.push_str(" (");
            part.push_str(&directions.join(", "));
            part.push(')');
        }
        parts.push(part);
    }
    (!parts.is_empty()).then(|| format!("{}.", parts.join(", ")))
}

/// `about 58 (route53 4, ses 12), at least 11 s.`, with the requests that ask whether it is ready.
pub(crate) fn calls(estimate: &Estimate) -> String {
    if estimate.total() == 0 {
        return "none.".to_owned();
    }
    let mut services = estimate.calls.clone();
    for (service, polls) in &estimate.polls {
        *services.entry(service.clone()).or_default() += polls;
    }
    let services = services.iter();
    let services: Vec<String> = services
        .map(|(service, count)| format!("{service} {count}"))
        .collect();
    let whole = std::time::Duration::try_from_secs_f64(estimate.seconds.ceil()).unwrap_or_default();
    let time = match whole.as_secs() {
        0 => "less than a second".to_owned(),
        seconds => format!("at least {}", words::lasting(seconds)),
    };
    let binds = estimate.binds.as_ref();
    let binds = binds.filter(|_| whole.as_secs() >= LONG);
    let binds = binds.map(binding).unwrap_or_default();
    // How often something is asked about depends on when it is ready.
    let about = match estimate.total_polls() {
        0 => "",
        _ => "about ",
    };
    format!(
        "{about}{} ({}), {time}{binds}.",
        estimate.total() + estimate.total_polls(),
        services.join(", ")
    )
}

/// From so many seconds on, a person wants to know which quota it is that makes them wait.
const LONG: u64 = 60;

/// ` (ses in us-east-1: 200 calls at 1/s)`.
fn binding(binding: &Binding) -> String {
    let region = binding
        .region
        .as_ref()
        .map(|region| format!(" in {region}"));
    format!(
        " ({}{}: {} calls at {}/s)",
        binding.service,
        region.unwrap_or_default(),
        words::grouped(usize::try_from(binding.calls).unwrap_or(usize::MAX)),
        binding.per_second
    )
}

#[cfg(test)]
mod tests;
