//! Reads the terms of an SPF record, and says what is wrong with each.
//!
//! SPF is not tolerant: one mistake makes the record a permanent error (RFC 7208 §4.6).
//! So a record with a mistake has no value, and all its mistakes are found at once.

use std::net::IpAddr;
use std::ops::Range;

use super::fault::Fault;
use super::macro_string::Use;
use super::meant;
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
        let fault = Finding::new(rules::SPF_03, reason).at(place.clone());
        return Err(match meant_list(word) {
            Some(terms) => {
                let is_sure = !terms.split(' ').any(lets_all_send);
                Fault::from(fault).meant(span, &terms, is_sure)
            }
            None => fault.with_guess(Edit::replace(place, " ")).into(),
        });
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

/// The terms of a list with commas, each whole or with the name of the first before it:
/// `ip4:192.0.2.1,192.0.2.2`.
fn meant_list(word: &str) -> Option<String> {
    let mechanism = &word[..=word.find(':')?];
    if mechanism.contains(',') {
        return None;
    }
    let pieces = word.split(',').filter(|piece| !piece.is_empty());
    let terms = pieces.map(|piece| {
        let named = format!("{mechanism}{piece}");
        [piece.to_owned(), named]
            .into_iter()
            .find(|term| is_term(term))
    });
    let terms: Option<Vec<String>> = terms.collect();
    Some(terms?.join(" "))
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
    // Behind a wrong prefix the domain is right as it stands.
    let meant = |fault: Fault| {
        if fault.0.is_of(rules::SPF_07) {
            fault
        } else {
            meant::domain(fault, argument, at, name.len())
        }
    };
    let domain = |argument| required_domain(argument, at);
    match name.to_ascii_lowercase().as_str() {
        "all" if argument.is_empty() => Ok(Mechanism::All),
        "all" => {
            let reason = format!("{} follows all, which takes nothing", quote(argument));
            Err(Fault::new(rules::SPF_04, span, reason))
        }
        "include" => domain(argument).map(Mechanism::Include).map_err(meant),
        "exists" => domain(argument).map(Mechanism::Exists).map_err(meant),
        "a" => host(argument, at)
            .map(|(domain, prefixes)| Mechanism::A(domain, prefixes))
            .map_err(meant),
        "mx" => host(argument, at)
            .map(|(domain, prefixes)| Mechanism::Mx(domain, prefixes))
            .map_err(meant),
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
        let reason = match argument {
            "" => "a qualifier stands alone".to_owned(),
            _ => format!("{} is not a term", quote(argument)),
        };
        let bare = argument.trim_start_matches(['+', '-', '~', '?']);
        let fault = Fault::new(rules::SPF_05, span.clone(), reason);
        // Two qualifiers: which one holds, a person has to say.
        return if bare.len() < argument.len() && is_term(bare) {
            fault.meant(span, &format!("{}{bare}", &argument[..1]), false)
        } else {
            fault
        };
    }
    // `192.0.2.1/24` and `2001:db8::1` without their mechanism.
    let bare = format!("{name}{argument}");
    if let Ok(network) = bare.parse::<Network>() {
        let family = if network.address().is_ipv4() {
            "ip4"
        } else {
            "ip6"
        };
        let reason = format!("{} stands without {family} before it", quote(&bare));
        let fault = Fault::new(rules::SPF_05, place.start..end + argument.len(), reason);
        return fault.meant(
            place.start..end + argument.len(),
            &format!("{family}:{bare}"),
            true,
        );
    }
    let modifier = MODIFIERS.iter().find(|own| name.eq_ignore_ascii_case(own));
    if let Some(modifier) = modifier {
        let reason = format!("{modifier} is a modifier, and takes an equals sign");
        let fault = Fault::new(rules::SPF_05, place.clone(), reason);
        let has_domain = argument.starts_with(':') && DomainSpec::is_written(&argument[1..]);
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
    // A modifier is not written like a mechanism, and its name can be longer than what stands here.
    let is_sure = near.is_sure
        && MECHANISMS.contains(&word)
        && read_mechanism(word, argument, end, span).is_ok();
    fault.meant(place, word, is_sure)
}

pub(super) const MECHANISMS: [&str; 8] =
    ["all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"];
pub(super) const MODIFIERS: [&str; 2] = ["redirect", "exp"];

/// Whether `term` lets everybody send, which is nothing to decide for its owner.
pub(super) fn lets_all_send(term: &str) -> bool {
    let bare = term.strip_prefix('+').unwrap_or(term);
    bare.eq_ignore_ascii_case("all")
}

/// Whether `text` is one term that receivers can read.
pub(super) fn is_term(text: &str) -> bool {
    !text.contains(' ') && read_term(text, 0).is_ok()
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
            let span = at + rest.len()..end;
            let bare = |digits: &str| digits.trim_start_matches('0').to_owned();
            if parse_prefix(&bare(digits), max).is_none() {
                let reason = format!("the prefix length {} is not 0 to {max}", quote(digits));
                return Fault::new(rules::SPF_07, span, reason);
            }
            let reason = format!("the prefix length {} has a zero before it", quote(digits));
            let both: Vec<String> = argument[rest.len()..].split('/').map(bare).collect();
            let meant = both.join("/");
            Fault::new(rules::SPF_07, span.clone(), reason).meant(span, &meant, true)
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
    let colon = usize::from(argument.starts_with(':'));
    let span = at + colon..at + argument.len();
    let fault = |reason: String| Fault::new(rules::SPF_06, span.clone(), reason);
    let Some(text) = argument.strip_prefix(':') else {
        return Err(fault(format!(
            "no colon and network stand after ip{family}"
        )));
    };
    let most = if family == 4 { 32 } else { 128 };
    let network: Network = text.parse().map_err(|error| {
        let (reason, fix) = match error {
            NetworkError::Address => (
                format!("{} is not an IPv{family} address", quote(text)),
                format!(
                    "write an IPv{family} address, with a prefix length where a network is meant"
                ),
            ),
            NetworkError::Prefix { .. } => (
                format!("{}: {error}", quote(text)),
                format!("write a prefix length from 0 to {most}"),
            ),
        };
        // `ip4`, which stands before the argument.
        let whole = at.saturating_sub(3)..at + argument.len();
        let Some((term, is_sure)) = meant::network(text, family) else {
            return fault(reason).0.fix(fix).into();
        };
        match term.strip_prefix(&format!("ip{family}:")) {
            // Where the network stands alone, only it is another one.
            Some(network) => fault(reason).meant(span.clone(), network, is_sure),
            None => fault(reason).meant(whole, &term, is_sure),
        }
    })?;
    let meant = match (network.address(), family) {
        (IpAddr::V4(_), 4) | (IpAddr::V6(_), 6) => return Ok(network),
        (IpAddr::V4(_), _) => format!("ip4:{text}"),
        // Receivers take the client of such an address for one of IPv4 (RFC 7208 §5).
        (IpAddr::V6(address), _) => match (address.to_ipv4_mapped(), text.contains('/')) {
            (Some(mapped), false) => format!("ip4:{mapped}"),
            _ => format!("ip6:{text}"),
        },
    };
    let other = &meant[..3];
    let kind = other.replace("ip", "IPv");
    let fault = fault(format!("{text} is an {kind} network: use {other}"));
    Err(fault.meant(at.saturating_sub(3)..at + argument.len(), &meant, true))
}
