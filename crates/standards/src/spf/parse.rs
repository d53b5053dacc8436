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
use crate::dns::txt;
use crate::quote::quote;
use crate::{Finding, Place};

/// What makes a term unreadable.
#[derive(Debug)]
pub(super) struct Fault {
    rule: &'static str,
    span: Range<usize>,
    reason: String,
}

impl Fault {
    pub(super) fn new(rule: &'static str, span: Range<usize>, reason: impl Into<String>) -> Self {
        Self {
            rule,
            span,
            reason: reason.into(),
        }
    }

    fn finding(self) -> Finding {
        Finding::new(self.rule, self.reason).at(self.span)
    }
}

/// A term and where it stands.
pub(super) struct Located {
    pub(super) term: Term,
    pub(super) span: Range<usize>,
}

/// The record in `text`, if receivers can read it, and everything that is wrong with it.
pub(super) fn parse(text: &str) -> (Option<Spf>, Vec<Finding>) {
    let mut findings = txt::lint_policy(text);
    let Some(body) = after_version(text) else {
        findings.push(version_finding(text));
        return (None, findings);
    };
    let is_readable = |finding: &Finding| finding.rule != "DNS-02";
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
                findings.push(fault.finding());
            }
        }
    }
    is_valid &= lint::lint_terms(&located, text.len(), &mut findings);
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

/// What follows `v=spf1`, if `text` is an SPF record at all (RFC 7208 §4.5).
pub(super) fn after_version(text: &str) -> Option<&str> {
    const VERSION: &str = "v=spf1";
    let head = text.get(..VERSION.len())?;
    let body = &text[VERSION.len()..];
    let is_version = head.eq_ignore_ascii_case(VERSION);
    (is_version && (body.is_empty() || body.starts_with(' '))).then_some(body)
}

fn version_finding(text: &str) -> Finding {
    let span = 0..text.find(' ').filter(|end| *end > 0).unwrap_or(text.len());
    if text.to_ascii_lowercase().starts_with("spf2.0/") {
        return Finding::new("SPF-29", "this is a Sender ID record").at(span);
    }
    let is_indented = after_version(text.trim_start()).is_some();
    let reason = if is_indented {
        "a space before the version makes receivers overlook the record".to_owned()
    } else {
        format!(
            "the record begins {} and not v=spf1 with a space",
            quote(&text[span.clone()])
        )
    };
    Finding::new("SPF-02", reason).at(span)
}

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
        return Err(Fault::new("SPF-03", at + stray..at + stray + 1, reason));
    }
    if has_bare_comma(word) {
        let reason = format!(
            "{} holds a comma, which separates nothing here",
            quote(word)
        );
        return Err(Fault::new("SPF-03", span, reason));
    }
    let qualifier = word.chars().next().and_then(Qualifier::from_sign);
    let start = usize::from(qualifier.is_some());
    let rest = &word[start..];
    let is_name = |octet: &u8| octet.is_ascii_alphanumeric() || b"-_.".contains(octet);
    let name_length = rest.bytes().take_while(|octet| is_name(octet)).count();
    let (name, argument) = rest.split_at(name_length);
    let argument_at = at + start + name_length;
    match argument.strip_prefix('=') {
        Some(_) if qualifier.is_some() => {
            let reason = format!("the modifier {} has a qualifier", quote(name));
            Err(Fault::new("SPF-05", span, reason))
        }
        Some(value) => read_modifier(name, value, argument_at + 1),
        None => {
            let mechanism = read_mechanism(name, argument, argument_at, span)?;
            Ok(Term::Directive(qualifier.unwrap_or_default(), mechanism))
        }
    }
}

/// A comma outside a macro: it would be part of a name, and stands there by mistake.
fn has_bare_comma(word: &str) -> bool {
    let mut is_inside = false;
    word.chars().any(|character| {
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
        return Err(Fault::new("SPF-04", at - 1 - name.len()..at, reason));
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
            Err(Fault::new("SPF-04", span, reason))
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
    let modifier = ["redirect", "exp"]
        .into_iter()
        .find(|known| name.eq_ignore_ascii_case(known));
    let reason = match (modifier, name) {
        (Some(modifier), _) => format!("{modifier} is a modifier, and takes an equals sign"),
        (None, "") => format!("{} is not a term", quote(argument)),
        (None, _) => format!("no mechanism is called {}", quote(name)),
    };
    Fault::new("SPF-05", span, reason)
}

fn required_domain(argument: &str, at: usize) -> Result<DomainSpec, Fault> {
    match optional_domain(argument, at)? {
        Some(domain) => Ok(domain),
        None => Err(Fault::new("SPF-08", at..at, "the domain is missing")),
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
        return Err(Fault::new("SPF-04", at..at + argument.len(), reason));
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
            Fault::new("SPF-07", at + rest.len()..end, reason)
        }),
    };
    let prefixes = Prefixes {
        ip4: read(ip4, 32)?,
        ip6: read(ip6, 128)?,
    };
    let last_label = rest.rsplit('.').next().unwrap_or(rest);
    if last_label.contains('/') && !last_label.contains('}') {
        let reason = format!("{} is not written as /N, //M or /N//M", quote(last_label));
        return Err(Fault::new("SPF-07", at..end, reason));
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
    let fault = |reason: String| Fault::new("SPF-06", span.clone(), reason);
    let Some(text) = argument.strip_prefix(':') else {
        return Err(fault(format!("ip{family} wants a colon and a network")));
    };
    let network: Network = text.parse().map_err(|error| match error {
        NetworkError::Address => fault(format!("{} is not an IPv{family} address", quote(text))),
        NetworkError::Prefix { .. } => fault(format!("{}: {error}", quote(text))),
    })?;
    match (network.address(), family) {
        (IpAddr::V4(_), 4) | (IpAddr::V6(_), 6) => Ok(network),
        (IpAddr::V4(_), _) => Err(fault(format!("{text} is an IPv4 network: use ip4"))),
        (IpAddr::V6(_), _) => Err(fault(format!("{text} is an IPv6 network: use ip6"))),
    }
}
