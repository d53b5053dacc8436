//! Reads an SPF record, and says what is wrong with every term of it.
//!
//! SPF is not tolerant: one mistake makes the record a permanent error (RFC 7208 §4.6).
//! So a record with a mistake has no value, and all its mistakes are found at once.

use std::net::IpAddr;
use std::ops::Range;

use super::network::{NetworkError, parse_prefix};
use super::{
    DomainSpec, MacroString, Mechanism, Network, Prefixes, Qualifier, Spf, Term, lint,
    macro_string::Use,
};
use crate::dns::{Name, txt};
use crate::quote::quote;
use crate::rules::{self, Rule};
use crate::{Edit, Finding, Place, typo};

/// The fault that makes a term unreadable: a finding at its place.
#[derive(Debug)]
pub(super) struct Fault(Box<Finding>);

impl From<Finding> for Fault {
    fn from(finding: Finding) -> Self {
        Self(Box::new(finding))
    }
}

impl Fault {
    pub(super) fn new(rule: &'static Rule, span: Range<usize>, reason: impl Into<String>) -> Self {
        Finding::new(rule, reason).at(span).into()
    }

    /// The same fault, whose fix is `text` in the place of `span`.
    pub(super) fn meant(self, span: Range<usize>, text: &str, is_sure: bool) -> Self {
        let finding = self.0.fix(format!("write `{text}`"));
        let edit = Edit::replace(span, text);
        if is_sure {
            finding.with_edit(edit).into()
        } else {
            finding.with_guess(edit).into()
        }
    }
}

/// A term and where it stands.
pub(super) struct Located {
    pub(super) term: Term,
    pub(super) span: Range<usize>,
}

/// The record in `text`, if receivers can read it, and everything that is wrong with it, as the
/// record of `domain` where that is known.
pub(super) fn parse(text: &str, domain: Option<&Name>) -> (Option<Spf>, Vec<Finding>) {
    let mut findings = txt::lint_policy(text);
    let Some(body) = after_version(text) else {
        findings.push(version_finding(text));
        return (None, findings);
    };
    let is_readable = |finding: &Finding| !finding.is_of(rules::DNS_02);
    let mut is_valid = findings.iter().all(is_readable);
    // What a tab or a line break does to SPF is told with the term that holds it.
    findings.retain(|finding| is_readable(finding) || !is_separator(text, finding));
    let mut located = Vec::new();
    for (at, word) in words(text, body) {
        match read_term(word, at) {
            Ok(term) => located.push(Located {
                term,
                span: at..at + word.len(),
            }),
            Err(fault) => {
                is_valid = false;
                findings.push(*fault.0);
            }
        }
    }
    is_valid &= lint::lint_terms(&located, text, domain, &mut findings);
    txt::drop_told_characters(&mut findings, &[rules::SPF_04]);
    let terms = located.into_iter().map(|located| located.term).collect();
    (is_valid.then_some(Spf { terms }), findings)
}

/// Whether `finding` points at a tab or a line break.
fn is_separator(text: &str, finding: &Finding) -> bool {
    let Place::Span(span) = &finding.place else {
        return false;
    };
    text[span.clone()].starts_with(['\t', '\r', '\n'])
}

/// The text after `v=spf1`, if `text` is an SPF record at all (RFC 7208 §4.5).
pub(super) fn after_version(text: &str) -> Option<&str> {
    let head = text.get(..VERSION.len())?;
    let body = &text[VERSION.len()..];
    let is_version = head.eq_ignore_ascii_case(VERSION);
    (is_version && (body.is_empty() || body.starts_with(' '))).then_some(body)
}

fn version_finding(text: &str) -> Finding {
    let span = 0..text.find(' ').filter(|end| *end > 0).unwrap_or(text.len());
    if text.to_ascii_lowercase().starts_with("spf2.0/") {
        return Finding::new(rules::SPF_29, "this is a Sender ID record").at(span);
    }
    let indent = text.len() - text.trim_start().len();
    if indent > 0 && after_version(&text[indent..]).is_some() {
        let reason = "a space before the version makes receivers overlook the record";
        return Finding::new(rules::SPF_02, reason)
            .at(0..indent)
            .fix("remove the white space at the start")
            .with_edit(Edit::remove(0..indent));
    }
    let reason = format!(
        "the record begins {} and not v=spf1 with a space",
        quote(&text[span.clone()])
    );
    let finding = Finding::new(rules::SPF_02, reason).at(span);
    let version = text.get(..VERSION.len());
    let is_version = version.is_some_and(|start| start.eq_ignore_ascii_case(VERSION));
    match text.get(VERSION.len()..) {
        Some(rest) if is_version && rest.starts_with(['\t', '\r', '\n', ',', ';']) => {
            let end = VERSION.len() + rest.len() - rest.trim_start_matches(is_separating).len();
            finding.with_edit(Edit::replace(VERSION.len()..end, " "))
        }
        _ => finding,
    }
}

/// Separators that people write between terms.
fn is_separating(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n' | ',' | ';')
}

const VERSION: &str = "v=spf1";

/// The words of `body`, the end of `text`, each with its place in `text`.
fn words<'a>(text: &'a str, body: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
    let mut at = text.len() - body.len();
    body.split(' ').filter_map(move |word| {
        let start = at;
        at += word.len() + 1;
        (!word.is_empty()).then_some((start, word))
    })
}

fn read_term(word: &str, at: usize) -> Result<Term, Fault> {
    let span = at..at + word.len();
    if let Some(stray) = word.find(['\t', '\r', '\n']) {
        let reason = "a tab or a line break stands where a space belongs";
        let place = at + stray..at + stray + 1;
        let rest = &word[stray..];
        let run = rest.len() - rest.trim_start_matches(['\t', '\r', '\n']).len();
        let edit = Edit::replace(at + stray..at + stray + run, " ");
        let fault = Finding::new(rules::SPF_03, reason)
            .at(place)
            .with_edit(edit);
        return Err(fault.fix("write a space in its place").into());
    }
    let qualifier = word.chars().next().and_then(Qualifier::from_sign);
    let start = usize::from(qualifier.is_some());
    let rest = &word[start..];
    let is_name = |octet: &u8| octet.is_ascii_alphanumeric() || b"-_.".contains(octet);
    let name_length = rest.bytes().take_while(|octet| is_name(octet)).count();
    let (name, argument) = rest.split_at(name_length);
    let argument_at = at + start + name_length;
    let is_unknown = argument.starts_with('=') && !is_own_modifier(name);
    if !is_unknown && let Some(comma) = bare_comma(word) {
        let place = at + comma..at + comma + 1;
        let reason = format!(
            "{} holds a comma, which separates nothing here",
            quote(word)
        );
        let guess = Edit::replace(place.clone(), " ");
        let fault = Finding::new(rules::SPF_03, reason)
            .at(place)
            .with_guess(guess);
        return Err(fault.into());
    }
    match argument.strip_prefix('=') {
        Some(_) if qualifier.is_some() => {
            let reason = format!("the modifier {} has a qualifier", quote(name));
            Err(Fault::new(rules::SPF_05, span, reason).meant(
                at..at + start + name_length,
                name,
                true,
            ))
        }
        Some(value) => read_modifier(name, value, argument_at + 1),
        None => {
            let mechanism = read_mechanism(name, argument, argument_at, span)?;
            Ok(Term::Directive(qualifier.unwrap_or_default(), mechanism))
        }
    }
}

/// Whether the RFC defines the modifier.
fn is_own_modifier(name: &str) -> bool {
    ["redirect", "exp"]
        .iter()
        .any(|own| name.eq_ignore_ascii_case(own))
}

/// The first comma outside of macros. In a name it stands there by mistake; in the value of a
/// modifier that nobody knows the grammar allows it (RFC 7208 §12, `macro-string`).
pub(super) fn bare_comma(word: &str) -> Option<usize> {
    // Terms are short: to compare each octet is quicker than to search for a character.
    if word.bytes().all(|octet| octet != b',') {
        return None;
    }
    let mut is_inside = false;
    word.find(|character| {
        match character {
            '{' => is_inside = true,
            '}' => is_inside = false,
            _ => {}
        }
        character == ',' && !is_inside
    })
}

fn read_modifier(name: &str, value: &str, at: usize) -> Result<Term, Fault> {
    if !name.starts_with(|first: char| first.is_ascii_alphabetic()) {
        let reason = format!("{} is not the name of a modifier", quote(name));
        return Err(Fault::new(rules::SPF_04, at - 1 - name.len()..at, reason));
    }
    match name.to_ascii_lowercase().as_str() {
        "redirect" => DomainSpec::parse(value, at).map(Term::Redirect),
        "exp" => DomainSpec::parse(value, at).map(Term::Explanation),
        other => {
            let value = MacroString::parse(value, at, Use::Term)?;
            Ok(Term::Unknown(other.to_owned(), value))
        }
    }
}

fn read_mechanism(
    name: &str,
    argument: &str,
    at: usize,
    span: Range<usize>,
) -> Result<Mechanism, Fault> {
    match name.to_ascii_lowercase().as_str() {
        "all" if argument.is_empty() => Ok(Mechanism::All),
        "all" => {
            let reason = format!("{} follows all, which takes nothing", quote(argument));
            Err(Fault::new(rules::SPF_04, span, reason))
        }
        "include" => required_domain(argument, at).map(Mechanism::Include),
        "exists" => required_domain(argument, at).map(Mechanism::Exists),
        "a" => host(argument, at).map(|(domain, prefixes)| Mechanism::A(domain, prefixes)),
        "mx" => host(argument, at).map(|(domain, prefixes)| Mechanism::Mx(domain, prefixes)),
        "ptr" => optional_domain(argument, at).map(Mechanism::Ptr),
        "ip4" => network(argument, at, 4).map(Mechanism::Ip),
        "ip6" => network(argument, at, 6).map(Mechanism::Ip),
        _ => Err(unknown_mechanism(name, argument, span)),
    }
}

fn unknown_mechanism(name: &str, argument: &str, span: Range<usize>) -> Fault {
    // `name` stands before `argument`, which the term ends with.
    let end = span.end - argument.len();
    let place = end - name.len()..end;
    if name.is_empty() {
        return Fault::new(
            rules::SPF_05,
            span,
            format!("{} is not a term", quote(argument)),
        );
    }
    let modifier = MODIFIERS.iter().find(|own| name.eq_ignore_ascii_case(own));
    if let Some(modifier) = modifier {
        let reason = format!("{modifier} is a modifier, and takes an equals sign");
        let fault = Fault::new(rules::SPF_05, place.clone(), reason);
        let has_domain = argument.starts_with(':') && is_domain(&argument[1..]);
        let written = place.start..end + usize::from(argument.starts_with(':'));
        return fault.meant(
            written,
            &format!("{modifier}="),
            has_domain && place.start == span.start,
        );
    }
    let known = MECHANISMS.iter().chain(&MODIFIERS).copied();
    let Some(near) = typo::nearest(name, known) else {
        let reason = format!("no mechanism is called {}", quote(name));
        return Fault::new(rules::SPF_05, place, reason);
    };
    let word = near.word;
    let reason = format!(
        "no mechanism is called {}: did you mean {word}?",
        quote(name)
    );
    let fault = Fault::new(rules::SPF_05, place.clone(), reason);
    let is_sure = near.is_sure && read_mechanism(word, argument, end, span).is_ok();
    fault.meant(place, word, is_sure)
}

pub(super) const MECHANISMS: [&str; 8] =
    ["all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"];
pub(super) const MODIFIERS: [&str; 2] = ["redirect", "exp"];

/// Whether `text` is one term that receivers can read.
pub(super) fn is_term(text: &str) -> bool {
    !text.contains(' ') && read_term(text, 0).is_ok()
}

/// Whether `text` can stand where a term names a domain.
pub(super) fn is_domain(text: &str) -> bool {
    DomainSpec::parse(text, 0).is_ok()
}

fn required_domain(argument: &str, at: usize) -> Result<DomainSpec, Fault> {
    match optional_domain(argument, at)? {
        Some(domain) => Ok(domain),
        None => Err(Fault::new(rules::SPF_08, at..at, "the domain is missing")),
    }
}

fn optional_domain(argument: &str, at: usize) -> Result<Option<DomainSpec>, Fault> {
    if argument.is_empty() {
        return Ok(None);
    }
    let Some(domain) = argument.strip_prefix(':') else {
        let reason = format!(
            "{} stands where a colon and a domain belong",
            quote(argument)
        );
        return Err(Fault::new(rules::SPF_04, at..at + argument.len(), reason));
    };
    DomainSpec::parse(domain, at + 1).map(Some)
}

/// `[:domain][/bits][//bits]`.
fn host(argument: &str, at: usize) -> Result<(Option<DomainSpec>, Prefixes), Fault> {
    let (rest, ip6) = split_digits(argument, "//");
    let (rest, ip4) = split_digits(rest, "/");
    let end = at + argument.len();
    let read = |digits: Option<&str>, max: u8| match digits {
        None => Ok(max),
        Some(digits) => parse_prefix(digits, max).ok_or_else(|| {
            let reason = format!("the prefix length {} is not 0 to {max}", quote(digits));
            Fault::new(rules::SPF_07, at + rest.len()..end, reason)
        }),
    };
    let prefixes = Prefixes {
        ip4: read(ip4, 32)?,
        ip6: read(ip6, 128)?,
    };
    let last_label = rest.rsplit('.').next().unwrap_or(rest);
    if last_label.contains('/') && !last_label.contains('}') {
        let reason = format!("{} is not written as /N, //M or /N//M", quote(last_label));
        return Err(Fault::new(rules::SPF_07, at..end, reason));
    }
    Ok((optional_domain(rest, at)?, prefixes))
}

/// Splits digits after the last `separator` off the end of `text`.
fn split_digits<'a>(text: &'a str, separator: &str) -> (&'a str, Option<&'a str>) {
    match text.rsplit_once(separator) {
        Some((rest, digits))
            if !digits.is_empty() && digits.bytes().all(|octet| octet.is_ascii_digit()) =>
        {
            (rest, Some(digits))
        }
        _ => (text, None),
    }
}

fn network(argument: &str, at: usize, family: u8) -> Result<Network, Fault> {
    let span = at..at + argument.len();
    let fault = |reason: String| Fault::new(rules::SPF_06, span.clone(), reason);
    // The digit of `ip4` stands directly before the argument.
    let digit = at.saturating_sub(1)..at;
    let Some(text) = argument.strip_prefix(':') else {
        return Err(fault(format!("ip{family} wants a colon and a network")));
    };
    let network: Network = text.parse().map_err(|error| match error {
        NetworkError::Address => fault(format!("{} is not an IPv{family} address", quote(text))),
        NetworkError::Prefix { .. } => {
            let fault = fault(format!("{}: {error}", quote(text)));
            match without_zeros(text) {
                Some(network) => fault.meant(at + 1..at + argument.len(), &network, true),
                None => fault,
            }
        }
    })?;
    match (network.address(), family) {
        (IpAddr::V4(_), 4) | (IpAddr::V6(_), 6) => Ok(network),
        (IpAddr::V4(_), _) => {
            let fault = fault(format!("{text} is an IPv4 network: use ip4"));
            let edit = Edit::replace(digit, "4");
            Err(fault.0.fix("write `ip4:`").with_edit(edit).into())
        }
        (IpAddr::V6(_), _) => {
            let fault = fault(format!("{text} is an IPv6 network: use ip6"));
            let edit = Edit::replace(digit, "6");
            Err(fault.0.fix("write `ip6:`").with_edit(edit).into())
        }
    }
}

/// The network of `text` without leading zeros in its prefix length, if that makes it one.
fn without_zeros(text: &str) -> Option<String> {
    let (address, prefix) = text.split_once('/')?;
    let digits = prefix.trim_start_matches('0');
    let network = format!("{address}/{}", if digits.is_empty() { "0" } else { digits });
    network.parse::<Network>().is_ok().then_some(network)
}
