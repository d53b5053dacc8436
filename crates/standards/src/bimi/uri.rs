//! The https URIs of an assertion record.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use crate::dns::Name;
use crate::{host, quote::quote};

/// An `https:` URI with a full host name, as it can stand in an assertion record.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HttpsUri {
    text: String,
    host: Name,
    path: Range<usize>,
}

/// Why a text is not such a URI.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpsUriError {
    /// Another scheme, or none.
    #[error("{} does not start with https://", quote(text))]
    Scheme {
        /// The text as written.
        text: String,
    },
    /// A host that is not a full domain name: an address, a single label, a user name before it.
    #[error("{} is not a full domain name: {reason}", quote(host))]
    Host {
        /// The text as written.
        host: String,
        /// The fault.
        reason: String,
    },
    /// A character that must be percent-encoded.
    #[error("{} must be written {encoded} inside a URI", quote(&character.to_string()))]
    Character {
        /// The text as written.
        character: char,
        /// Its percent-encoded form.
        encoded: String,
        /// The place, in bytes of the URI.
        at: usize,
    },
    /// A `%` without two hexadecimal digits.
    #[error("a % without two hexadecimal digits")]
    Percent {
        /// The place, in bytes of the URI.
        at: usize,
    },
}

impl HttpsUri {
    /// The host.
    pub fn host(&self) -> &Name {
        &self.host
    }

    /// The path, which starts with `/` or is empty; without query and fragment.
    pub fn path(&self) -> &str {
        &self.text[self.path.clone()]
    }

    /// The URI as it is written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the last part of the path ends in one of these suffixes, in any case.
    pub(super) fn has_suffix(&self, suffixes: &[&str]) -> bool {
        let path = self.path().to_ascii_lowercase();
        suffixes.iter().any(|suffix| path.ends_with(suffix))
    }
}

impl FromStr for HttpsUri {
    type Err = HttpsUriError;

    fn from_str(text: &str) -> Result<Self, HttpsUriError> {
        const SCHEME: &str = "https://";
        let rest = text
            .get(..SCHEME.len())
            .filter(|scheme| scheme.eq_ignore_ascii_case(SCHEME))
            .map(|_| &text[SCHEME.len()..])
            .ok_or_else(|| HttpsUriError::Scheme {
                text: text.to_owned(),
            })?;
        let authority_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at(authority_end);
        // Before the characters: a host in Unicode is written in A-labels, not percent-encoded.
        let host = read_host(authority)?;
        check_characters(text)?;
        let path_start = SCHEME.len() + authority_end;
        let path_length = tail.find(['?', '#']).unwrap_or(tail.len());
        Ok(Self {
            // The scheme is the one part whose case means nothing and can be made canonical.
            text: format!("{SCHEME}{rest}"),
            host,
            path: path_start..path_start + path_length,
        })
    }
}

impl fmt::Display for HttpsUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<HttpsUri> for String {
    fn from(uri: HttpsUri) -> Self {
        uri.text
    }
}

/// The URI that `text` was meant as, and whether nothing else can be meant: with its host in
/// A-labels, its characters encoded and `https:` before it. Of several URIs none is.
pub(super) fn correction(text: &str) -> Option<(HttpsUri, bool)> {
    let is_around = |c: char| matches!(c, '<' | '>' | '"' | '\'' | '(' | ')' | '[' | ']');
    // A link as wikis write it has its target in parentheses.
    let target = text.rsplit_once("](").map_or(text, |(_, target)| target);
    let text = target.trim_matches(|c| is_around(c) || c.is_whitespace());
    // After three slashes the host is missing, and what follows is a path.
    if text.match_indices("://").count() > 1 || text.contains(":///") {
        return None;
    }
    let after = |scheme: &str| {
        let start = text.get(..scheme.len())?;
        let rest = &text[scheme.len()..];
        let is_scheme = start.eq_ignore_ascii_case(scheme) && rest.starts_with([':', '/']);
        is_scheme.then(|| rest.trim_start_matches([':', '/']))
    };
    let (rest, mut is_sure) = match (after("https"), after("http")) {
        (Some(rest), _) => (rest, true),
        (None, Some(rest)) => (rest, false),
        (None, None) => (text.trim_start_matches('/'), false),
    };
    let (authority, tail) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let (host, port) = authority.split_at(authority.find(':').unwrap_or(authority.len()));
    let host = Name::parse(host).ok()?;
    let mut encoded = String::new();
    for (at, character) in tail.char_indices() {
        let follows = tail.as_bytes().get(at + 1..at + 3);
        if is_bare(character) && (character != '%' || is_hexadecimal(follows)) {
            encoded.push(character);
        } else {
            // `%2` and another letter was meant as an octet.
            let digit = tail
                .as_bytes()
                .get(at + 1)
                .is_some_and(u8::is_ascii_hexdigit);
            is_sure &= character != '%' || !digit;
            encoded.push_str(&percent_encoded(character));
        }
    }
    let uri = format!("https://{host}{port}{encoded}").parse().ok()?;
    Some((uri, is_sure))
}

fn read_host(authority: &str) -> Result<Name, HttpsUriError> {
    let fault = |reason: &str| HttpsUriError::Host {
        host: authority.to_owned(),
        reason: reason.to_owned(),
    };
    if authority.contains('@') {
        return Err(fault("a user name does not belong here"));
    }
    let (name, port) = authority.split_once(':').unwrap_or((authority, "443"));
    if port.parse::<u16>().is_err() || port.starts_with('+') {
        return Err(fault("the port is not a number"));
    }
    let name = host::parse(name).map_err(|reason| fault(&reason))?;
    if name.label_count() < 2 {
        return Err(fault("a single label is not a full domain name"));
    }
    Ok(name)
}

/// Refuses what RFC 3986 does not allow bare, and the comma, which BIMI reserves (§4.3).
fn check_characters(text: &str) -> Result<(), HttpsUriError> {
    for (at, character) in text.char_indices() {
        if !is_bare(character) {
            return Err(HttpsUriError::Character {
                character,
                encoded: percent_encoded(character),
                at,
            });
        }
        if character == '%' && !is_hexadecimal(text.as_bytes().get(at + 1..at + 3)) {
            return Err(HttpsUriError::Percent { at });
        }
    }
    Ok(())
}

fn is_bare(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || matches!(
            character,
            '!' | '#'..='+' | '-'..=';' | '=' | '?' | '@' | '[' | ']' | '_' | '~'
        )
}

fn is_hexadecimal(digits: Option<&[u8]>) -> bool {
    digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
}

fn percent_encoded(character: char) -> String {
    let mut bytes = [0; 4];
    let encoded = character.encode_utf8(&mut bytes).bytes();
    encoded
        .map(|byte| format!("%{byte:02X}"))
        .collect::<Vec<_>>()
        .concat()
}
