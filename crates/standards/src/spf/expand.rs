//! Fills the macros of a macro string in (RFC 7208 §7.3).

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr};

use super::{Letter, Macro, MacroString, Part, Session};
use crate::dns::Name;

/// The values of macros in one evaluation.
pub(super) struct Values<'a> {
    pub(super) session: &'a Session<'a>,
    /// The domain whose record is evaluated.
    pub(super) domain: &'a str,
    /// The client's validated name; `unknown` when it has none.
    pub(super) validated_name: &'a str,
}

/// `text` with its macros filled in.
pub(super) fn expand(text: &MacroString, values: &Values<'_>) -> String {
    text.parts()
        .iter()
        .map(|part| expand_part(part, values))
        .collect()
}

fn expand_part(part: &Part, values: &Values<'_>) -> String {
    match part {
        Part::Literal(text) => text.clone(),
        Part::Percent => "%".to_owned(),
        Part::Space => " ".to_owned(),
        Part::EscapedSpace => "%20".to_owned(),
        Part::Macro(found) => {
            let text = transform(found, &value(found.letter, values));
            if found.is_escaped {
                escape(&text)
            } else {
                text
            }
        }
    }
}

fn value(letter: Letter, values: &Values<'_>) -> String {
    let session = values.session;
    let (local_part, sender_domain) = session.sender_parts();
    match letter {
        Letter::Sender => format!("{local_part}@{sender_domain}"),
        Letter::LocalPart => local_part.to_owned(),
        Letter::SenderDomain => sender_domain.to_owned(),
        Letter::Domain => values.domain.to_owned(),
        Letter::Ip => dotted(session.client()),
        Letter::ValidatedName => values.validated_name.to_owned(),
        Letter::Family if session.client().is_ipv4() => "in-addr".to_owned(),
        Letter::Family => "ip6".to_owned(),
        Letter::Helo => session.helo.to_owned(),
        Letter::ReadableIp => session.client().to_string(),
        Letter::Receiver => session.receiver.to_owned(),
        Letter::Time => session.time.to_string(),
    }
}

/// An address as labels: the four numbers of IPv4, or the 32 hexadecimal digits of IPv6.
fn dotted(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let digits = format!("{:032x}", address.to_bits());
            let digits: Vec<String> = digits.chars().map(String::from).collect();
            digits.join(".")
        }
    }
}

/// Splits, reverses and cuts `text` as the macro says, and joins it with dots.
fn transform(found: &Macro, text: &str) -> String {
    let delimiters = if found.delimiters.is_empty() {
        "."
    } else {
        &found.delimiters
    };
    let mut parts: Vec<&str> = text.split(|c: char| delimiters.contains(c)).collect();
    if found.is_reversed {
        parts.reverse();
    }
    let keep = found
        .keep
        .and_then(|keep| usize::try_from(keep).ok())
        .unwrap_or(usize::MAX);
    parts[parts.len().saturating_sub(keep)..].join(".")
}

/// Escapes all but the unreserved characters of a URI (RFC 3986 §2.3).
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for octet in text.bytes() {
        if octet.is_ascii_alphanumeric() || b"-._~".contains(&octet) {
            escaped.push(char::from(octet));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(escaped, "%{octet:02X}");
        }
    }
    escaped
}

/// `text` filled in for no message in particular: only `%{d}` has a value.
pub(super) fn expand_domain(text: &MacroString, domain: &Name) -> String {
    let session = Session::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), "", "");
    let values = Values {
        session: &session,
        domain: domain.as_str(),
        validated_name: "",
    };
    expand(text, &values)
}
