//! The block of SPF: the record as it is published, by its terms or as a whole.

use model::Published;
use standards::receivers::Provider;
use standards::spf::{Mechanism, Qualifier, Spf, Term};

use super::page::Page;
use super::policies::{providers, show, unanswered};
use super::value::{Value, scalar};

/// The longest record that a manifest spells out.
const RECORD_MAX: usize = 3900;
/// The longest argument of a term that has a key.
const ARGUMENT_MAX: usize = 255;

pub(super) fn spf(page: &mut Page, seen: &Published) {
    if unanswered(page, &seen.spf, "spf") {
        return;
    }
    page.blank();
    if let Some((record, block)) = seen.spf.read.as_ref().zip(spf_block(seen)) {
        page.say(2, "Who may send for it.");
        if let Some(lookups) = seen.spf_lookups {
            page.say(
                2,
                &format!("Receivers need {lookups} of the 10 look-ups that they allow for it."),
            );
        }
        if matches!(record.all(), Some(Qualifier::Neutral | Qualifier::Pass)) {
            page.say(2, "Next: name everybody who sends, then `all: softfail`.");
        }
        others(page, seen);
        page.find(2, &seen.spf.findings);
        page.put(2, "spf", &block);
        return;
    }
    page.find(2, &seen.spf.findings);
    if seen.spf.values.is_empty() {
        page.say(
            2,
            "It has no SPF record. Name everybody who sends for it before you publish one; whoever is forgotten is not trusted any more:",
        );
        page.offer(2, "spf", &suggestion(&providers(seen)));
    } else if seen.spf.read.is_some() {
        show(page, &seen.spf);
        page.say(
            2,
            "It is too long for a manifest. Without `spf` it stays as it is.",
        );
    } else {
        show(page, &seen.spf);
        page.say(
            2,
            "Receivers can't use that. Without `spf` it stays as it is. Fixed, it would be one record with all who send:",
        );
        page.offer(2, "spf", &merged(&seen.spf.values));
    }
    others(page, seen);
}

fn others(page: &mut Page, seen: &Published) {
    match seen.other_texts {
        0 => {}
        1 => page.say(2, "One other TXT value is at its name: it stays."),
        many => page.say(
            2,
            &format!("{many} other TXT values are at its name: they stay."),
        ),
    }
}

/// The first record of a domain that has none.
fn suggestion(providers: &[&Provider]) -> Value {
    let included: Vec<&str> = providers.iter().filter_map(|one| one.spf).collect();
    let mut entries = Vec::new();
    if !included.is_empty() {
        entries.push(("include", Value::list(included)));
    }
    entries.push(("all", Value::text("softfail")));
    Value::Map(entries)
}

/// The mechanisms of several records, as one.
fn merged(values: &[String]) -> Value {
    let mut terms: Vec<Term> = Vec::new();
    for record in values.iter().filter_map(|value| Spf::parse(value).0) {
        let mechanisms = record.terms().iter();
        let new = mechanisms.filter(|term| !terms.contains(term)).cloned();
        terms.extend(new.collect::<Vec<_>>());
    }
    // In doubt, mail arrives.
    terms.retain(|term| !matches!(term, Term::Directive(_, Mechanism::All) | Term::Redirect(_)));
    terms.push(Term::Directive(Qualifier::SoftFail, Mechanism::All));
    grouped(&terms).unwrap_or_else(|| suggestion(&[]))
}

/// The block of a record, so that the same text is published again: by its terms where their order is
/// the one that the manifest writes, and otherwise as a whole.
fn spf_block(seen: &Published) -> Option<Value> {
    let [text] = seen.spf.values.as_slice() else {
        return None;
    };
    let record = seen.spf.read.as_ref()?;
    if let Some(block) = grouped(record.terms()).filter(|_| is_in_order(record, text)) {
        return Some(block);
    }
    let value = Value::Map(vec![("record", Value::text(text))]);
    let is_whole = text.chars().all(|c| c == ' ' || c.is_ascii_graphic());
    (is_whole && scalar(text).len() <= RECORD_MAX).then_some(value)
}

/// The keys of `spf`, in the order in which the manifest writes their terms.
const KEYS: [&str; 6] = ["ip4", "ip6", "a", "mx", "include", "exists"];

/// The key and the argument of a term that the manifest has a key for.
fn keyed(term: &Term) -> Option<(&'static str, String)> {
    let Term::Directive(Qualifier::Pass, mechanism) = term else {
        return None;
    };
    let text = mechanism.to_string();
    let key = KEYS.into_iter().find(|key| {
        let rest = text.strip_prefix(key);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
    })?;
    let argument = match &text[key.len()..] {
        rest if rest.is_empty() || rest.starts_with('/') => format!("@{rest}"),
        rest => rest[1..].to_owned(),
    };
    (argument.len() <= ARGUMENT_MAX).then_some((key, argument))
}

/// The block by its keys, if each term has one.
fn grouped(terms: &[Term]) -> Option<Value> {
    let mut groups: Vec<(&'static str, Vec<String>)> =
        KEYS.iter().map(|key| (*key, Vec::new())).collect();
    let mut ends = Vec::new();
    for term in terms {
        match term {
            Term::Directive(qualifier, Mechanism::All) => {
                let word = match qualifier {
                    Qualifier::Fail => "fail",
                    Qualifier::SoftFail => "softfail",
                    Qualifier::Neutral => "neutral",
                    Qualifier::Pass => "pass",
                };
                // A block has each key once: a record that says `all` again is written whole.
                if ends.iter().any(|(key, _)| *key == "all") {
                    return None;
                }
                ends.push(("all", Value::text(word)));
            }
            Term::Redirect(domain) if domain.to_string().len() <= ARGUMENT_MAX => {
                ends.push(("redirect", Value::text(domain)));
            }
            other => {
                let (key, argument) = keyed(other)?;
                let group = groups.iter_mut().find(|(known, _)| *known == key)?;
                group.1.push(argument);
            }
        }
    }
    let groups = groups
        .into_iter()
        .filter(|(_, arguments)| !arguments.is_empty());
    let mut entries: Vec<_> = groups
        .map(|(key, arguments)| (key, Value::list(arguments)))
        .collect();
    entries.extend(ends);
    Some(Value::Map(entries))
}

/// Whether the manifest would write exactly `text` from the record's terms.
fn is_in_order(record: &Spf, text: &str) -> bool {
    let rank = |term: &Term| match term {
        Term::Directive(_, Mechanism::All) => Some(KEYS.len()),
        Term::Redirect(_) => Some(KEYS.len() + 1),
        other => KEYS
            .iter()
            .position(|known| keyed(other).is_some_and(|(key, _)| key == *known)),
    };
    let ranks: Option<Vec<usize>> = record.terms().iter().map(rank).collect();
    let ends_as_written = record.all().is_some() != record.redirect().is_some();
    let said = |term: &Term| match term {
        Term::Directive(Qualifier::Pass, Mechanism::All) => "+all".to_owned(),
        other => other.to_string(),
    };
    let terms: Vec<String> = record.terms().iter().map(said).collect();
    ends_as_written
        && ranks.is_some_and(|ranks| ranks.is_sorted())
        && text == format!("v=spf1 {}", terms.join(" "))
}
