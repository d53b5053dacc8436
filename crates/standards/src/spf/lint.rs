//! Faults of a record that receivers can read, and of its surroundings.

use std::collections::BTreeSet;
use std::ops::Range;

use super::evaluation::LOOKUPS_MAX;
use super::parse::{Located, MECHANISMS, MODIFIERS, bare_comma, is_term};
use super::term::depends_on_message;
use super::term::evaluated;
use super::{
    DomainSpec, Letter, MacroString, Mechanism, Network, Prefixes, Qualifier, Spf, Term, joined,
    meant, redundancy, survey,
};
use crate::dns::name::is_plain;
use crate::dns::{Name, NameError, Presentation, RecordType, Txt};
use crate::quote::quote;
use crate::rules;
use crate::{Edit, Finding, Severity, typo};

/// The widest networks that somebody plausibly sends from.
const WIDEST_IP4: u8 = 9;
const WIDEST_IP6: u8 = 17;
/// Octets of an answer that fits a UDP packet everywhere (RFC 7208 §3.4).
const ANSWER_MAX: usize = 450;

/// The faults among `located`, the terms of the record `text` of `domain`, where that is
/// known. Returns whether receivers would still read the record.
pub(super) fn lint_terms(
    located: &[Located],
    text: &str,
    domain: Option<&Name>,
    findings: &mut Vec<Finding>,
) -> bool {
    let is_valid = lint_repeated_modifiers(located, findings);
    lint_cost(located, findings);
    lint_loops(located, domain, findings);
    lint_order(located, findings);
    for one in located {
        findings.extend(lint_term(one, located, text));
        findings.extend(joined::lint(one, text));
        findings.extend(lint_names(one, text));
    }
    redundancy::lint_repetition(located, text, findings);
    redundancy::lint_coverage(located, text, findings);
    let decides = |one: &Located| {
        matches!(
            one.term,
            Term::Redirect(_) | Term::Directive(_, Mechanism::All)
        )
    };
    if !located.iter().any(decides) {
        let reason = "the record ends in neither all nor redirect";
        findings.push(Finding::new(rules::SPF_18, reason).at(0..text.len()));
    }
    is_valid
}

/// The terms that a client comes to that nothing matches.
fn evaluated_of(located: &[Located]) -> impl Iterator<Item = &Located> {
    let terms = located.iter().map(|one| &one.term);
    evaluated(terms).map(|(position, _)| &located[position])
}

/// SPF-09 and SPF-10 from the text alone: includes can only add to it.
fn lint_cost(located: &[Located], findings: &mut Vec<Finding>) {
    let costly = || evaluated_of(located).filter(|one| one.term.causes_lookup());
    let count = costly().count();
    if let Some(first_beyond) = costly().nth(LOOKUPS_MAX) {
        let reason =
            format!("{count} terms of the record itself cause look-ups, {LOOKUPS_MAX} are allowed");
        findings.push(Finding::new(rules::SPF_09, reason).at(first_beyond.span.clone()));
    } else if let Some(last) = costly().last().filter(|_| count + 1 >= LOOKUPS_MAX) {
        let reason = format!("the record itself uses {count} of {LOOKUPS_MAX} look-ups");
        findings.push(Finding::new(rules::SPF_10, reason).at(last.span.clone()));
    }
}

/// SPF-15 from the text and the domain: a record that includes itself, or redirects to itself.
fn lint_loops(located: &[Located], domain: Option<&Name>, findings: &mut Vec<Finding>) {
    for one in evaluated_of(located) {
        let (Term::Redirect(target) | Term::Directive(_, Mechanism::Include(target))) = &one.term
        else {
            continue;
        };
        let is_own_name = |domain: &Name| {
            !depends_on_message(&one.term)
                && survey::target(Some(target), domain).as_ref() == Some(domain)
        };
        if target.is_own_domain() || domain.is_some_and(is_own_name) {
            let term = quote(&one.term.to_string());
            let reason = format!("{term} leads back to the record that it stands in");
            let fix = match &one.term {
                Term::Redirect(_) => {
                    "name the domain that has the record, or end this one in `~all`"
                }
                _ => "remove the term, or name the domain that is to be included",
            };
            findings.push(
                Finding::new(rules::SPF_15, reason)
                    .fix(fix)
                    .at(one.span.clone()),
            );
        }
    }
}

/// SPF-17.
fn lint_repeated_modifiers(located: &[Located], findings: &mut Vec<Finding>) -> bool {
    let before = findings.len();
    let mut seen = BTreeSet::new();
    for one in located {
        let name = match one.term {
            Term::Redirect(_) => "redirect",
            Term::Explanation(_) => "exp",
            Term::Directive(..) | Term::Unknown(..) => continue,
        };
        if !seen.insert(name) {
            let reason = format!("{name} appears a second time");
            findings.push(Finding::new(rules::SPF_17, reason).at(one.span.clone()));
        }
    }
    findings.len() == before
}

/// SPF-16.
fn lint_order(located: &[Located], findings: &mut Vec<Finding>) {
    let is_all = |one: &Located| matches!(one.term, Term::Directive(_, Mechanism::All));
    let Some(all) = located.iter().position(is_all) else {
        return;
    };
    for (index, one) in located.iter().enumerate() {
        let (reason, fix) = match one.term {
            Term::Directive(_, Mechanism::All) if index > all => (
                "is never reached: the record has all already",
                "keep the one that is meant, and remove the other",
            ),
            Term::Directive(..) if index > all => (
                "is never reached: it comes after all",
                "move it before `all`, or remove it",
            ),
            Term::Redirect(_) => (
                "is ignored: the record has all",
                "remove it, or `all` if the redirect is meant",
            ),
            _ => continue,
        };
        let reason = format!("{} {reason}", quote(&one.term.to_string()));
        let finding = Finding::new(rules::SPF_16, reason).fix(fix);
        findings.push(finding.at(one.span.clone()));
    }
}

/// SPF-19, SPF-20, SPF-22, and modifiers that were meant as something else.
fn lint_term(one: &Located, located: &[Located], text: &str) -> Option<Finding> {
    let finding = match &one.term {
        Term::Directive(Qualifier::Pass, Mechanism::All) => {
            Finding::new(rules::SPF_19, "+all lets everybody send as this domain")
        }
        Term::Directive(Qualifier::Neutral, Mechanism::All) => {
            let sign = one.span.start..one.span.start + 1;
            Finding::new(rules::SPF_20, "?all says nothing about anybody else")
                .with_guess(Edit::replace(sign, "~"))
        }
        Term::Directive(Qualifier::Pass, Mechanism::Ip(network))
            if let Some(what) = special(*network) =>
        {
            return Some(private_network(one, text, *network, what));
        }
        Term::Directive(Qualifier::Pass, mechanism) if is_too_wide(mechanism) => {
            let reason = format!("{mechanism} lets a large part of the Internet send");
            Finding::new(rules::SPF_19, reason)
        }
        Term::Directive(_, Mechanism::Ptr(_)) => Finding::new(rules::SPF_22, "ptr is used"),
        Term::Unknown(name, value) => return lint_unknown(one, name, value, located, text),
        _ => return None,
    };
    Some(finding.at(one.span.clone()))
}

/// Networks from which no mail arrives over the Internet (RFC 6890), by what they are. Those for
/// documentation are left out: every example has them.
const SPECIAL: [(Network, &str); 13] = [
    (Network::ip4([0, 0, 0, 0], 8), "means this host"),
    (Network::ip4([10, 0, 0, 0], 8), "is private"),
    (
        Network::ip4([100, 64, 0, 0], 10),
        "is shared by the customers of a carrier",
    ),
    (Network::ip4([127, 0, 0, 0], 8), "is a host's own loopback"),
    (Network::ip4([169, 254, 0, 0], 16), "is link-local"),
    (Network::ip4([172, 16, 0, 0], 12), "is private"),
    (Network::ip4([192, 168, 0, 0], 16), "is private"),
    (Network::ip4([224, 0, 0, 0], 4), "is for multicast"),
    (Network::ip4([240, 0, 0, 0], 4), "is reserved"),
    (Network::ip6(0, 1, 128), "is a host's own loopback"),
    (Network::ip6(0xfc00, 0, 7), "is private"),
    (Network::ip6(0xfe80, 0, 10), "is link-local"),
    (Network::ip6(0xff00, 0, 8), "is for multicast"),
];

/// The use of `network`, if it lies within one of [`SPECIAL`].
fn special(network: Network) -> Option<&'static str> {
    let covers = |(special, _): &&(Network, &str)| special.covers(network);
    SPECIAL.iter().find(covers).map(|(_, what)| *what)
}

fn private_network(one: &Located, text: &str, network: Network, what: &str) -> Finding {
    let colon = text[one.span.clone()].find(':').map_or(0, |at| at + 1);
    let reason = format!("{network} {what}: no mail arrives from there over the Internet");
    Finding::new(rules::SPF_19, reason)
        .weighing(Severity::Warn)
        .fix("remove the term, and list the public address that the mail is sent from")
        .at(one.span.start + colon..one.span.end)
}

fn is_too_wide(mechanism: &Mechanism) -> bool {
    let are_wide = |prefixes: &Prefixes| prefixes.ip4 < WIDEST_IP4 || prefixes.ip6 < WIDEST_IP6;
    match mechanism {
        Mechanism::Ip(network) if network.address().is_ipv4() => network.prefix() < WIDEST_IP4,
        Mechanism::Ip(network) => network.prefix() < WIDEST_IP6,
        Mechanism::A(_, prefixes) | Mechanism::Mx(_, prefixes) => are_wide(prefixes),
        _ => false,
    }
}

/// `ip4=192.0.2.1` and `redirct=example.com` are modifiers that nobody knows, so that receivers
/// pass over them.
fn lint_unknown(
    one: &Located,
    name: &str,
    value: &MacroString,
    located: &[Located],
    text: &str,
) -> Option<Finding> {
    let start = one.span.start;
    let place = start..start + name.len();
    if name == "v" {
        let reason = format!("a second version, v={value}, stands in the record");
        let finding = Finding::new(rules::SPF_05, reason).weighing(Severity::Warn);
        return Some(finding.fix("remove it").at(one.span.clone()));
    }
    let known = MECHANISMS.iter().chain(&MODIFIERS).copied();
    let Some(near) = typo::nearest(name, known) else {
        return lint_comma(one, text);
    };
    let word = near.word;
    if word == "all" {
        let reason = format!(
            "{} has an equals sign, so that receivers ignore it",
            quote(name)
        );
        let finding = Finding::new(rules::SPF_05, reason).weighing(Severity::Warn);
        return Some(finding.fix("write `~all` or `-all` alone").at(place));
    }
    let is_modifier = MODIFIERS.contains(&word);
    let sign = if is_modifier { '=' } else { ':' };
    let reason = if word == name {
        format!(
            "{} has an equals sign, so that receivers ignore it",
            quote(name)
        )
    } else {
        let name = quote(name);
        format!("receivers ignore the modifier {name}: did you mean {word}?")
    };
    let finding = Finding::new(rules::SPF_05, reason)
        .weighing(Severity::Warn)
        .fix(format!("write `{word}{sign}`"))
        .at(place);
    // The term that comes of it has to be one that receivers read and come to.
    let meant = format!("{word}{sign}{value}");
    let is_free = |other: &Located| match &other.term {
        Term::Redirect(_) | Term::Explanation(_) => !is_modifier,
        Term::Directive(_, Mechanism::All) => !is_modifier && other.span.start > start,
        _ => true,
    };
    let is_sure = near.is_sure && is_term(&meant) && located.iter().all(is_free);
    let edit = Edit::replace(start..start + name.len() + 1, format!("{word}{sign}"));
    Some(finding.with_meant(edit, is_sure))
}

/// SPF-03 in a modifier that nobody knows: the grammar allows the comma, and receivers ignore
/// the modifier, whatever it was meant to separate.
fn lint_comma(one: &Located, text: &str) -> Option<Finding> {
    let at = one.span.start + bare_comma(&text[one.span.clone()])?;
    let reason = "a comma separates nothing here: it belongs to a modifier that receivers ignore";
    let finding = Finding::new(rules::SPF_03, reason).weighing(Severity::Warn);
    let fix = "write a space in its place, if another term begins there; or remove the comma";
    Some(finding.fix(fix).at(at..at + 1))
}

/// SPF-22 for `%{p}`, and DNS-05 for names that DNS cannot hold, whatever their macros stand for.
fn lint_names(one: &Located, text: &str) -> Option<Finding> {
    let domain = one.term.domain()?;
    let letters = domain.text().macros().map(|found| found.letter);
    if letters
        .into_iter()
        .any(|letter| letter == Letter::ValidatedName)
    {
        let finding = Finding::new(rules::SPF_22, "the macro %{p} is used")
            .fix("write `%{i}`, the client's address, and publish names by it");
        return Some(finding.at(one.span.clone()));
    }
    let literal = domain.with_placeholders();
    if is_plain(&literal) {
        return None;
    }
    let error = Name::parse(&literal).err()?;
    let written = domain.to_string();
    let reason = error
        .to_string()
        .replace(&quote(&literal), &quote(&written));
    let found = text[one.span.clone()].rfind(&written);
    let place = match found.map(|at| one.span.start + at) {
        Some(start) => {
            let wrong = error_place(&error, &written);
            start + wrong.start..start + wrong.end
        }
        None => one.span.clone(),
    };
    let finding = Finding {
        reason,
        ..error.finding()
    };
    let span = found.map(|at| one.span.start + at..one.span.start + at + written.len());
    let finding = match (
        span,
        doubled_mechanism(&written),
        meant::bare_domain(&written),
    ) {
        (Some(span), Some(doubled), _) => finding
            .fix(format!("remove `{doubled}`"))
            .with_guess(Edit::remove(span.start..span.start + doubled.len())),
        (Some(span), None, Some(domain)) => finding
            .fix(format!("write `{domain}`"))
            .with_guess(Edit::replace(span, domain)),
        _ => finding,
    };
    Some(finding.at(place))
}

/// The mechanism and its colon that stand a second time before a domain: `include:include:…`.
fn doubled_mechanism(domain: &str) -> Option<&str> {
    let end = domain.find(':')? + 1;
    let name = &domain[..end - 1];
    let is_mechanism = |known: &&str| name.eq_ignore_ascii_case(known);
    MECHANISMS
        .iter()
        .any(is_mechanism)
        .then_some(&domain[..end])
}

/// The place of `error` in `written`.
fn error_place(error: &NameError, written: &str) -> Range<usize> {
    let found = match error {
        NameError::Character { character, .. } => written
            .find(*character)
            .map(|at| at..at + character.len_utf8()),
        NameError::Empty | NameError::EmptyLabel(_) => match written.find("..") {
            Some(at) => Some(at..at + 2),
            None => written.starts_with('.').then_some(0..1),
        },
        _ => None,
    };
    found.unwrap_or(0..written.len())
}

/// The surroundings of a record, as far as its rules need it.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// The name that holds the record.
    pub owner: &'a Name,
    /// Other TXT values at the same name.
    pub beside: &'a [Txt],
    /// Whether the domain neither sends nor receives.
    pub is_parked: bool,
    /// Whether its DMARC policy is quarantine or reject.
    pub is_dmarc_enforced: bool,
}

/// SPF-21, SPF-24 and SPF-26: a valid record in its place.
pub fn lint_surroundings(record: &Spf, around: &Surroundings<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let is_refusal = record.all() == Some(Qualifier::Fail);
    if around.is_parked && record != &Spf::nobody() {
        let reason = format!("the parked domain {} publishes {record}", around.owner);
        findings.push(Finding::new(rules::SPF_26, reason));
    }
    if is_refusal && around.is_dmarc_enforced && !around.is_parked {
        let reason = "the record ends in -all although DMARC is enforced";
        findings.push(Finding::new(rules::SPF_21, reason));
    }
    let octets = answer_octets(around.owner, &Txt::from(record.to_string()), around.beside);
    if octets > ANSWER_MAX {
        let reason = format!(
            "the TXT records of {} make an answer of {octets} octets",
            around.owner
        );
        findings.push(Finding::new(rules::SPF_24, reason));
    }
    findings
}

/// Octets of a DNS answer with these values: a header and the question, and for each value
/// a compressed name, type, class, TTL, length, and its strings with their lengths.
fn answer_octets(owner: &Name, record: &Txt, beside: &[Txt]) -> usize {
    const HEADER: usize = 12;
    const QUESTION: usize = 2 + 4;
    const RECORD: usize = 2 + 2 + 2 + 4 + 2;
    let value = |txt: &Txt| RECORD + txt.strings().map(|string| string.len() + 1).sum::<usize>();
    let values = beside.iter().chain([record]).map(value).sum::<usize>();
    HEADER + owner.octets() + QUESTION + values
}

/// SPF-01: a record set of the withdrawn type.
pub fn lint_record_type(kind: RecordType) -> Option<Finding> {
    let reason = "a record set of type SPF is declared";
    (kind == RecordType::Spf).then(|| Finding::new(rules::SPF_01, reason))
}

/// SPF-02 and SPF-29 among all TXT values of one name.
pub fn lint_values(values: &[Txt]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let count = values.iter().filter(|value| Spf::is_record(value)).count();
    if count > 1 {
        let reason = format!("{count} SPF records stand at the name");
        findings.push(Finding::new(rules::SPF_02, reason));
    }
    let is_sender_id = |value: &&Txt| value.text().to_ascii_lowercase().starts_with("spf2.0/");
    findings.extend(values.iter().filter(is_sender_id).map(|value| {
        let text = value.print(Presentation::Route53);
        Finding::new(
            rules::SPF_29,
            format!("{} is a Sender ID record", quote(&text)),
        )
    }));
    findings
}

/// SPF-27: names that send and have no record of their own.
pub fn lint_senders<'a>(
    senders: impl IntoIterator<Item = &'a Name>,
    published: &BTreeSet<Name>,
) -> Vec<Finding> {
    senders
        .into_iter()
        .filter(|name| !published.contains(*name))
        .map(|name| Finding::new(rules::SPF_27, format!("{name} sends and has no SPF record")))
        .collect()
}

/// SPF-28: the TXT values at the name that `exp` gives.
pub fn lint_explanation(target: &DomainSpec, values: &[Txt]) -> Option<Finding> {
    let reason = match values {
        [] => "has no TXT record".to_owned(),
        [value] => match value.ascii().and_then(MacroString::explanation) {
            Some(_) => return None,
            None => "is not plain ASCII with macros".to_owned(),
        },
        several => format!("has {} TXT records", several.len()),
    };
    Some(Finding::new(
        rules::SPF_28,
        format!("the explanation at {target} {reason}"),
    ))
}

/// SPF-31: what `live` lets send and `planned` would not, term by term.
pub fn lint_replacement(live: &Spf, planned: &Spf) -> Vec<Finding> {
    let kept: BTreeSet<String> = passing(planned).collect();
    passing(live)
        .filter(|term| !kept.contains(term))
        .map(|term| {
            Finding::new(
                rules::SPF_31,
                format!("the live record has {}", quote(&term)),
            )
        })
        .collect()
}

/// The terms that let somebody send, in one case of letters.
fn passing(record: &Spf) -> impl Iterator<Item = String> {
    let terms = record.terms().iter().filter(|term| {
        matches!(
            term,
            Term::Directive(Qualifier::Pass, _) | Term::Redirect(_)
        )
    });
    terms.map(|term| term.to_string().to_ascii_lowercase())
}
