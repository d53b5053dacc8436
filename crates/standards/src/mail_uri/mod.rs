//! The URIs that reports are sent to, as TLS-RPT and DMARC write them.
//!
//! ```
//! use standards::mail_uri::{ReportUri, Scheme};
//!
//! let uri: ReportUri = "mailto:reports@Example.com".parse()?;
//! assert_eq!(uri.scheme(), Scheme::Mailto);
//! assert_eq!(uri.host().unwrap().as_str(), "example.com");
//! assert!("reports@example.com".parse::<ReportUri>().is_err());
//! # Ok::<(), standards::mail_uri::ReportUriError>(())
//! ```

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};

use crate::dns::Name;
use crate::host;
use crate::quote::quote;
use crate::rules::{self, Rule};
use crate::{Edit, Finding, Severity, typo};

/// How a report is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// By mail.
    Mailto,
    /// By an HTTPS POST.
    Https,
    /// By something else, which few or no reporters speak.
    Other,
}

/// A URI that a report can be sent to: one mail address, or an HTTPS host.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReportUri {
    scheme: Scheme,
    host: Option<Name>,
    text: String,
}

/// Why a text is not a URI that a report can be sent to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReportUriError {
    /// Nothing there.
    #[error("there is nothing where a URI should be")]
    Empty,
    /// An address without `mailto:`, or no URI at all.
    #[error("{} has no scheme", quote(text))]
    NoScheme {
        /// The text as written.
        text: String,
    },
    /// A character that must be percent-encoded, or no character of a URI at all.
    #[error("{} must be written {encoded} inside a URI", quote(&character.to_string()))]
    Character {
        /// The text as written.
        character: char,
        /// Its percent-encoded form.
        encoded: String,
        /// The place, in bytes of the URI.
        at: usize,
    },
    /// A character outside ASCII, which no encoding brings into a report address.
    #[error("{} is not ASCII, and report addresses are", quote(&character.to_string()))]
    NotAscii {
        /// The text as written.
        character: char,
        /// The place, in bytes of the URI.
        at: usize,
    },
    /// A `%` without two hexadecimal digits.
    #[error("a `%` is not followed by two hexadecimal digits")]
    Percent,
    /// `mailto:` with something else than one address.
    #[error("{} is not one mail address: {reason}", quote(text))]
    Address {
        /// The text as written.
        text: String,
        /// The fault.
        reason: String,
    },
    /// `https:` without a valid host.
    #[error("the URI has no valid host: {reason}")]
    Host {
        /// The fault.
        reason: String,
    },
}

impl ReportUriError {
    /// The bytes that the error is about, in a text in which the URI stands at `span`.
    pub(crate) fn place(&self, span: &Range<usize>) -> Range<usize> {
        match self {
            Self::Character { character, at, .. } | Self::NotAscii { character, at } => {
                let start = span.start + at;
                start..start + character.len_utf8()
            }
            _ => span.clone(),
        }
    }
}

/// `finding` about the URI `text` at `span`, with its fix: the URI that was meant, if it can be
/// told from what is written.
pub(crate) fn with_fix(finding: Finding, text: &str, span: &Range<usize>) -> Finding {
    if let Some(list) = separated(text) {
        return finding
            .fix("write a comma between the addresses")
            .with_edit(Edit::replace(span.clone(), list));
    }
    match ReportUri::meant_by(text) {
        Some(uri) => {
            // White space can stand between an address and something else, but behind `mailto:`.
            let bare = text.rsplit("mailto:").next().unwrap_or_default();
            let is_sure = !bare.trim().contains(char::is_whitespace);
            let edit = Edit::replace(span.clone(), uri.to_string());
            finding
                .fix(format!("write `{uri}`"))
                .with_meant(edit, is_sure)
        }
        None if !text.is_ascii() => {
            finding.fix("name a mailbox whose address is plain ASCII before the `@`")
        }
        None if text.to_ascii_lowercase().starts_with("https:") => {
            finding.fix("write `https://` and the name of a host")
        }
        None if finding.is_of(rules::RPT_05) => finding,
        None if text.to_ascii_lowercase().starts_with("mailto:") => {
            finding.fix("write one mail address after `mailto:`")
        }
        None => finding.fix("write `mailto:` and one mail address"),
    }
}

/// The doubt about `uri`, which stands at `span`, as a warning of `rule`.
pub(crate) fn doubt(uri: &ReportUri, rule: &'static Rule, span: &Range<usize>) -> Option<Finding> {
    let (reason, meant) = uri.doubt()?;
    let finding = Finding::new(rule, reason)
        .weighing(Severity::Warn)
        .at(span.clone());
    Some(match meant {
        Some(meant) => finding
            .fix(format!("write `{meant}`"))
            .with_guess(Edit::replace(span.clone(), meant.as_str())),
        None => finding.fix("write the full name of what takes the reports"),
    })
}

/// `finding` about an entry of the list `list` of URIs in which nothing stands, at byte `at`: the
/// comma goes. `start` is the place of the list.
pub(crate) fn without_entry(finding: Finding, list: &str, start: usize, at: usize) -> Finding {
    let removed = match (list[..at].rfind(','), list[at..].find(',')) {
        (Some(comma), _) => comma..at,
        (None, Some(after)) => at..at + after + 1,
        (None, None) => return finding.fix("write an address there, or remove the tag"),
    };
    let edit = Edit::remove(start + removed.start..start + removed.end);
    finding.fix("remove the comma").with_edit(edit)
}

/// Whether each entry of the list is a URI, or one can be told that was meant.
pub(crate) fn is_list(text: &str) -> bool {
    let is_uri = |entry: &str| entry.parse::<ReportUri>().is_ok();
    let mut entries = text.split(',').map(str::trim);
    entries.all(|entry| is_uri(entry) || ReportUri::meant_by(entry).is_some())
}

/// The URIs of `text` joined by commas, where white space alone separates them.
fn separated(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let are_uris = words.iter().all(|word| word.parse::<ReportUri>().is_ok());
    (words.len() > 1 && are_uris).then(|| words.join(","))
}

/// Quotes and brackets that people write around an address.
fn is_around(character: char) -> bool {
    matches!(character, '<' | '>' | '(' | ')' | '[' | ']' | '"' | '\'')
        || matches!(character, '\u{2018}'..='\u{201f}')
}

/// `10m`, as RFC 7489 has it, `10MB`, or nothing.
fn is_limit(text: &str) -> bool {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let unit = unit.to_ascii_lowercase();
    ["", "k", "m", "g", "t", "kb", "mb", "gb", "tb"].contains(&unit.as_str())
}

/// Whether `scheme` was meant as `mailto`.
fn is_mail(scheme: &str) -> bool {
    let near = typo::nearest(scheme, ["mailto"]);
    let scheme = scheme.to_ascii_lowercase();
    near.is_some() || ["mail", "email", "e-mail"].contains(&scheme.as_str())
}

/// `text` after a `mailto` whose colon is missing, if slashes or the like stand in its place.
fn without_mailto(text: &str) -> &str {
    let is_scheme = |start: &str| start.eq_ignore_ascii_case("mailto");
    let rest = text
        .get(..6)
        .filter(|start| is_scheme(start))
        .map(|_| &text[6..]);
    match rest {
        Some(rest) if rest.starts_with(['/', '=', ';']) => rest.trim_start_matches(['/', '=', ';']),
        _ => text,
    }
}

/// The `mailto:` URI of what stands after the scheme.
fn mailbox(rest: &str) -> Option<ReportUri> {
    let (to, headers) = rest.split_at(rest.find('?').unwrap_or(rest.len()));
    let to = to.trim_start_matches('/').trim_matches(is_around);
    let to = percent_decode_str(to).decode_utf8().ok()?;
    let (local, domain) = to.rsplit_once('@')?;
    let domain = Name::parse(domain).ok()?;
    let uri = ReportUri::mailto(&format!("{local}@{domain}")).ok()?;
    format!("{uri}{headers}").parse().ok()
}

impl ReportUri {
    /// The `mailto:` URI of an address, with what must be encoded encoded.
    pub fn mailto(address: &str) -> Result<Self, ReportUriError> {
        let mut text = "mailto:".to_owned();
        for character in address.chars() {
            if is_uri_character(character)
                && !matches!(character, ',' | '!' | ';' | '?' | '#' | '%' | '/')
            {
                text.push(character);
            } else {
                text.push_str(&percent_encoded(character));
            }
        }
        text.parse()
    }

    /// The URI that `text` was meant as: without white space, brackets, quotes and a size limit,
    /// with its scheme, and with the A-labels of its host.
    pub fn meant_by(text: &str) -> Option<Self> {
        let compact: String = text.split_whitespace().collect();
        // A link as wikis write it has its target in parentheses.
        let target = compact.rsplit_once("](").map(|(_, target)| target);
        let bare = target.unwrap_or(&compact).trim_matches(is_around);
        let bare = match bare.rsplit_once('!') {
            Some((uri, limit)) if is_limit(limit) => uri,
            _ => bare,
        };
        match split_scheme(bare) {
            Ok((scheme, rest)) if is_mail(scheme) && rest.contains('@') => mailbox(rest),
            // After three slashes the host is missing, and what follows is a path.
            Ok((scheme, rest))
                if scheme.eq_ignore_ascii_case("https") && !rest.starts_with("///") =>
            {
                let rest = rest.trim_start_matches('/');
                let end = rest.find(['/', '?', '#', ':']).unwrap_or(rest.len());
                let (host, tail) = rest.split_at(end);
                format!("https://{}{tail}", Name::parse(host).ok()?)
                    .parse()
                    .ok()
            }
            Err(_) if bare.contains('@') => mailbox(without_mailto(bare)),
            Ok(_) | Err(_) => None,
        }
    }

    /// Why the URI is probably not the one that was meant, and the one that was, if that can be
    /// told.
    pub(crate) fn doubt(&self) -> Option<(String, Option<Self>)> {
        let mailto = self.text.strip_prefix("mailto:");
        if let Some(rest) = mailto.filter(|rest| rest.starts_with('/')) {
            let reason = format!(
                "the slashes of {} are taken for a part of the mailbox's name",
                quote(&self.text)
            );
            return Some((reason, mailbox(rest)));
        }
        let host = self.host()?;
        (!host.as_str().contains('.')).then(|| {
            let what = match self.scheme {
                Scheme::Mailto => "mail domain",
                _ => "host",
            };
            let reason = format!("{host} has one label, and every {what} of the Internet has more");
            (reason, None)
        })
    }

    /// How the report is sent.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The mail domain or the HTTPS host.
    pub fn host(&self) -> Option<&Name> {
        self.host.as_ref()
    }

    /// The domain that a mailed report goes to.
    pub fn mail_domain(&self) -> Option<&Name> {
        self.host().filter(|_| self.scheme == Scheme::Mailto)
    }

    /// The URI as it is written in a record.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for ReportUri {
    type Err = ReportUriError;

    fn from_str(text: &str) -> Result<Self, ReportUriError> {
        check_characters(text)?;
        let (scheme, rest) = split_scheme(text)?;
        let scheme_text = scheme.to_ascii_lowercase();
        let (scheme, host, rest) = match &*scheme_text {
            "mailto" => {
                let (host, rest) = read_mailto(rest)?;
                (Scheme::Mailto, Some(host), rest)
            }
            "https" => {
                let (host, rest) = read_https(rest)?;
                (Scheme::Https, Some(host), rest)
            }
            _ => (Scheme::Other, None, rest.to_owned()),
        };
        Ok(Self {
            scheme,
            host,
            text: format!("{scheme_text}:{rest}"),
        })
    }
}

impl fmt::Display for ReportUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<ReportUri> for String {
    fn from(uri: ReportUri) -> Self {
        uri.text
    }
}

/// Both standards have reports go to lists of URIs inside a record of fields, so the
/// separators `,` and `;` and DMARC's old `!` must be encoded on top of RFC 3986.
fn check_characters(text: &str) -> Result<(), ReportUriError> {
    if text.is_empty() {
        return Err(ReportUriError::Empty);
    }
    for (at, character) in text.char_indices() {
        if !character.is_ascii() {
            return Err(ReportUriError::NotAscii { character, at });
        }
        if !is_uri_character(character) || matches!(character, ',' | '!' | ';') {
            return Err(ReportUriError::Character {
                character,
                encoded: percent_encoded(character),
                at,
            });
        }
    }
    let bytes = text.as_bytes();
    let percents = bytes.iter().enumerate().filter(|&(_, &byte)| byte == b'%');
    for (at, _) in percents {
        let digits = bytes.get(at + 1..at + 3);
        if !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) {
            return Err(ReportUriError::Percent);
        }
    }
    Ok(())
}

fn split_scheme(text: &str) -> Result<(&str, &str), ReportUriError> {
    let split = text.split_once(':').filter(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    });
    split.ok_or_else(|| ReportUriError::NoScheme {
        text: text.to_owned(),
    })
}

/// The mail domain, and what follows `mailto:` with that domain in lower case.
fn read_mailto(rest: &str) -> Result<(Name, String), ReportUriError> {
    let end = rest.find('?').unwrap_or(rest.len());
    let (to, headers) = rest.split_at(end);
    let wrong = |reason: String| ReportUriError::Address {
        text: to.to_owned(),
        reason,
    };
    let decoded = percent_decode_str(to)
        .decode_utf8()
        .map_err(|_| wrong("it is not UTF-8".to_owned()))?;
    let Some((local, domain)) = decoded.rsplit_once('@') else {
        return Err(wrong("there is no `@`".to_owned()));
    };
    if !is_local_part(local) {
        return Err(wrong(
            "what stands before `@` is not a local part".to_owned(),
        ));
    }
    let domain = host::parse(domain).map_err(wrong)?;
    // The last `@` may be written %40.
    let plain = to.rfind('@').map_or(0, |at| at + 1);
    let encoded = to.rfind("%40").map_or(0, |at| at + 3);
    let local_and_at = &to[..plain.max(encoded)];
    Ok((domain.clone(), format!("{local_and_at}{domain}{headers}")))
}

/// The host, and what follows `https:` with that host in lower case.
fn read_https(rest: &str) -> Result<(Name, String), ReportUriError> {
    let wrong = |reason: &str| ReportUriError::Host {
        reason: reason.to_owned(),
    };
    let after = rest
        .strip_prefix("//")
        .ok_or_else(|| wrong("`https:` is not followed by `//`"))?;
    let end = after.find(['/', '?', '#']).unwrap_or(after.len());
    let (authority, tail) = after.split_at(end);
    if authority.contains('@') {
        return Err(wrong("a user name stands before it"));
    }
    if authority.starts_with('[') {
        return Err(wrong("it is an IP address, and a certificate names a host"));
    }
    let (name, port) = match authority.rsplit_once(':') {
        Some((name, port)) => (name, Some(port)),
        None => (authority, None),
    };
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return Err(wrong("the port is not a number up to 65535"));
    }
    let name = host::parse(name).map_err(|reason| ReportUriError::Host { reason })?;
    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
    Ok((name.clone(), format!("//{name}{port}{tail}")))
}

/// A dot-atom or a quoted string (RFC 5322 §3.4.1) within SMTP's 64 octets.
fn is_local_part(local: &str) -> bool {
    let is_quoted = local.len() > 2
        && local.starts_with('"')
        && local.ends_with('"')
        && local.chars().all(|c| c.is_ascii_graphic() || c == ' ');
    let is_dot_atom = local
        .split('.')
        .all(|atom| !atom.is_empty() && atom.chars().all(is_atom_character));
    local.len() <= 64 && (is_quoted || is_dot_atom)
}

fn is_atom_character(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || matches!(
            character,
            '!' | '#'..='\'' | '*' | '+' | '-' | '/' | '=' | '?' | '^'..='`' | '{'..='~'
        )
}

fn is_uri_character(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || matches!(
            character,
            '!' | '#'..=';' | '=' | '?' | '@' | '[' | ']' | '_' | '~'
        )
}

fn percent_encoded(character: char) -> String {
    use fmt::Write;
    let mut encoded = String::new();
    for byte in character.encode_utf8(&mut [0; 4]).bytes() {
        write!(encoded, "%{byte:02X}").expect("writing to a string can't fail");
    }
    encoded
}

#[cfg(test)]
mod tests;
