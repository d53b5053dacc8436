//! Reads the terms of an SPF record, and says what is wrong with each.
//!
//! SPF is not tolerant: one mistake makes the record a permanent error (RFC 7208 §4.6).
//! So a record with a mistake has no value, and all its mistakes are found at once.

use std::net::IpAddr;
use std::ops::Range;

use super::fault::Fault;
use super::macro_string::Use;
use super::network::{NetworkError, parse_prefix};
use super::{DomainSpec, MacroString, Mechanism, Network, Prefixes, Qualifier, Term};
use crate::quote::quote;
use crate::rules;
use crate::{Edit, Finding, typo};

/// A term and where it stands.
pub(super) struct Located {
    pub(super) term: Term,
    pub(super) span: Range<usize>,
}

/// Separators that people write between terms.
pub(super) fn is_separating(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n' | ',' | ';')
}

pub(super) const VERSION: &str = "v=spf1";

/// The words of `body`, the end of `text`, each with its place in `text`.
pub(super) fn words<'a>(text: &'a str, body: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
    let mut at = text.len() - body.len();
    body.split(' ').filter_map(move |word| {
        let start = at;
        at += word.len() + 1;
        (!word.is_empty()).then_some((start, word))
    })
}

pub(super) fn read_term(word: &str, at: usize) -> Result<Term, Fault> {
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
