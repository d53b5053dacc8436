//! The layout of a brief plan: the changes that several domains have in common, and those that are folded.

use std::collections::BTreeMap;

use kinds::{Purpose, S3Object};
use model::{Action, MailImpact, Plan, Spec, Verb};

use super::Section;
use super::item::Item;
use crate::alike::UNFOLD;
use crate::grouping::{by_domain, stages};
use crate::topic::Topic;
use crate::words;

/// So many resources of hosting are told one by one.
const HOSTING_MAX: usize = 2;

/// An item that one or several domains have.
struct Shared<'p> {
    domains: Vec<(&'p str, usize)>,
    own: Item,
    general: Item,
}

/// The sections of a plan, those of the most domains first.
pub(crate) fn sections(plan: &Plan) -> Vec<Section<'_>> {
    let stages = stages(plan);
    let mut at: BTreeMap<String, usize> = BTreeMap::new();
    let mut shared: Vec<Shared<'_>> = Vec::new();
    for (domain, actions) in by_domain(plan) {
        for (own, changes) in told(domain, &actions, &stages) {
            let general = own.anywhere(domain);
            let position = *at.entry(general.key()).or_insert_with(|| {
                shared.push(Shared {
                    domains: Vec::new(),
                    own,
                    general,
                });
                shared.len() - 1
            });
            let domains = &mut shared[position].domains;
            match domains.last_mut() {
                Some((last, count)) if *last == domain => *count += changes,
                _ => domains.push((domain, changes)),
            }
        }
    }
    by_domains(shared)
}

fn by_domains(shared: Vec<Shared<'_>>) -> Vec<Section<'_>> {
    let mut sections: Vec<Section<'_>> = Vec::new();
    let mut at: BTreeMap<Vec<&str>, usize> = BTreeMap::new();
    for one in shared {
        let domains: Vec<&str> = one.domains.iter().map(|(domain, _)| *domain).collect();
        let item = if domains.len() == 1 {
            one.own
        } else {
            one.general
        };
        let position = *at.entry(domains.clone()).or_insert_with(|| {
            sections.push(Section {
                domains,
                items: Vec::new(),
                changes: 0,
            });
            sections.len() - 1
        });
        sections[position].items.push(item);
        sections[position].changes += one.domains.iter().map(|(_, count)| count).sum::<usize>();
    }
    // The sort is stable: sections of as many domains stay in the plan's order.
    sections.sort_by_key(|section| std::cmp::Reverse(section.domains.len()));
    sections
}

/// The items of one domain, each with the number of actions that it tells of.
fn told(domain: &str, actions: &[&Action], stages: &BTreeMap<usize, &Spec>) -> Vec<(Item, usize)> {
    let one = |action: &Action| {
        let before = stages.get(&action.id).copied();
        (Item::of(domain, action, before), 1)
    };
    let mut told = Vec::new();
    let mut hosting: BTreeMap<&'static str, Vec<&Action>> = BTreeMap::new();
    let mut wholes: BTreeMap<(Topic, &'static str, &str), Vec<String>> = BTreeMap::new();
    for action in actions {
        if is_noted(domain, action) {
            continue;
        }
        if let Some((label, whole, part)) = part_of(domain, action) {
            let topic = Topic::of(domain, action.spec());
            wholes.entry((topic, label, whole)).or_default().push(part);
        } else if is_foldable(domain, action) {
            hosting
                .entry(words::sign(action.verb()))
                .or_default()
                .push(action);
        } else {
            told.push(one(action));
        }
    }
    for ((topic, label, whole), parts) in wholes {
        let text = match label {
            "DKIM" => {
                let records = words::counted(parts.len(), "record");
                format!("{records} of {whole} (known after apply)")
            }
            _ => format!("{} of {whole}", parts.join(", ")),
        };
        told.push((Item::folded(topic, Verb::Create, label, text), parts.len()));
    }
    for actions in hosting.into_values() {
        if actions.len() <= HOSTING_MAX {
            told.extend(actions.iter().map(|action| one(action)));
        } else {
            told.push((resources(&actions), actions.len()));
        }
    }
    told
}

/// Whether it is there already as it should be and serves files: only the ledger notes it.
fn is_noted(domain: &str, action: &Action) -> bool {
    action.verb() == Verb::Adopt
        && action.diff().is_empty()
        && Topic::of(domain, action.spec()) == Topic::Hosting
}

/// The thing that is made as a part of something that is told in one line: its label, of what, and which part.
fn part_of<'a>(domain: &str, action: &'a Action) -> Option<(&'static str, &'a str, String)> {
    if action.verb() != Verb::Create {
        return None;
    }
    let spec = action.spec();
    let Some(record) = kinds::record_of(spec) else {
        if spec.get::<S3Object>().is_some_and(|file| !file.is_policy()) {
            return Some(("files", "BIMI", action.resource.name.clone()));
        }
        let kind = spec.kind().name().strip_prefix("ses_")?;
        return Some(("SES", &action.resource.name, words::field(kind)));
    };
    match (
        Purpose::of(record),
        record.name.known(),
        record.name.reference(),
    ) {
        (Purpose::Dkim, _, Some(reference)) => {
            Some(("DKIM", &reference.resource.name, String::new()))
        }
        (Purpose::MailFromMx | Purpose::Spf, Some(name), _) if name != domain => {
            let label = Topic::label(spec)?;
            Some(("records", name, label.to_owned()))
        }
        _ => None,
    }
}

/// Whether nothing about it is worth a line of its own: it serves files, and no mail depends on the
/// change.
fn is_foldable(domain: &str, action: &Action) -> bool {
    let comes = matches!(action.verb(), Verb::Create | Verb::Adopt);
    let is_quiet = action.impact.mail == MailImpact::None;
    Topic::of(domain, action.spec()) == Topic::Hosting && (comes || is_quiet)
}

/// `3 s3_bucket, 2 acm_certificate (…)`.
fn resources(actions: &[&Action]) -> Item {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for action in actions {
        *kinds.entry(action.resource.kind.as_str()).or_default() += 1;
    }
    let kinds: Vec<String> = kinds
        .iter()
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect();
    let label = words::counted(actions.len(), "resource");
    let text = format!("{} ({})", kinds.join(", "), UNFOLD);
    Item::folded(Topic::Hosting, actions[0].verb(), &label, text)
}
