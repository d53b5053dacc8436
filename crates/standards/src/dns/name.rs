//! A domain name, in the one spelling that compares.

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::txt;
use crate::Finding;
use crate::quote::quote;
use crate::rules;

/// Octets of the longest label (RFC 1035 §2.3.4).
pub const LABEL_MAX: usize = 63;
/// Octets of the longest name, as it is written without its final dot.
pub const NAME_MAX: usize = 253;

/// A fully qualified domain name: lower case, A-labels, within the limits of DNS.
///
/// A final dot is understood and not kept: nothing in this program has a search list, so
/// that `example.com` and `example.com.` are the same name. Octets other than letters,
/// digits, `-` and `_` are kept as `\ooo`, in octal, which is how Route 53 writes them; a
/// label `*` is a wildcard.
///
/// ```
/// use standards::dns::Name;
///
/// let name = Name::parse("_dmarc.BÜCHER.example.")?;
/// assert_eq!(name.to_string(), "_dmarc.xn--bcher-kva.example");
/// assert!(name.is_below(&Name::parse("xn--bcher-kva.example")?));
/// # Ok::<(), standards::dns::NameError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

/// Why a text is not a domain name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// There is nothing.
    #[error("the name is empty")]
    Empty,
    /// Two dots meet, or a dot comes first.
    #[error("{} has an empty label", quote(.0))]
    EmptyLabel(String),
    /// A label is too long.
    #[error("the label {} has {octets} octets, {LABEL_MAX} are allowed", quote(.label))]
    LabelTooLong {
        /// The label.
        label: String,
        /// Its length.
        octets: usize,
    },
    /// The whole is too long.
    #[error("the name has {octets} octets, {NAME_MAX} are allowed")]
    NameTooLong {
        /// Its length without the final dot.
        octets: usize,
    },
    /// A character that names of mail domains and hosts do not have.
    #[error("{character:?} in {} does not belong in a name", quote(.name))]
    Character {
        /// The character.
        character: char,
        /// The whole text.
        name: String,
    },
    /// An international name that IDNA does not allow.
    #[error("{} is not a valid international name", quote(.0))]
    NotIdna(String),
    /// A backslash that is not followed by three digits.
    #[error("{} has an escape that is not three digits", quote(.0))]
    Escape(String),
}

impl NameError {
    /// The finding that this is, where a name stands in a record or a manifest.
    pub fn finding(&self) -> Finding {
        let fix = match self {
            Self::Empty | Self::EmptyLabel(_) => "write a label between the dots".to_owned(),
            Self::Character { character, .. } => format!("remove {character:?}"),
            _ => return Finding::new(rules::DNS_05, self.to_string()),
        };
        Finding::new(rules::DNS_05, self.to_string()).fix(fix)
    }
}

impl Name {
    /// The root of DNS, written `.`; also the target of a null MX.
    pub const ROOT: Self = Self(String::new());

    /// Reads a name as people write it: Unicode or A-labels, with or without the final dot.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        if text == "." {
            return Ok(Self::ROOT);
        }
        // Nearly every name is done with here, and a hostile record has thousands.
        let body = text.strip_suffix('.').unwrap_or(text);
        if is_plain(body) {
            return Ok(Self(body.to_ascii_lowercase()));
        }
        let ascii = if text.is_ascii() && !text.to_ascii_lowercase().contains("xn--") {
            Cow::Borrowed(text)
        } else {
            idna::domain_to_ascii_cow(text.as_bytes(), idna::AsciiDenyList::EMPTY)
                .map_err(|_| NameError::NotIdna(text.to_owned()))?
        };
        let body = ascii.strip_suffix('.').unwrap_or(&ascii);
        let strange =
            |label: &&str| *label != "*" && label.bytes().any(|octet| !is_plain_octet(octet));
        if let Some(label) = body.split('.').find(strange) {
            let character = label
                .chars()
                .find(|c| !c.is_ascii() || !is_plain_octet(*c as u8));
            return Err(NameError::Character {
                character: character.unwrap_or('*'),
                name: text.to_owned(),
            });
        }
        if body.is_empty() {
            return Err(NameError::Empty);
        }
        Self::from_labels(body.split('.').map(str::as_bytes)).map_err(|error| match error {
            NameError::EmptyLabel(_) => NameError::EmptyLabel(text.to_owned()),
            other => other,
        })
    }

    /// Reads a name as Route 53 returns it: any octet but letters, digits, `-` and `_` may
    /// stand there as a backslash with three octal digits, so that a wildcard is `\052`.
    pub fn parse_route53(text: &str) -> Result<Self, NameError> {
        if text == "." {
            return Ok(Self::ROOT);
        }
        let body = text.strip_suffix('.').unwrap_or(text);
        if body.is_empty() {
            return Err(NameError::Empty);
        }
        let labels: Vec<Vec<u8>> = body
            .split('.')
            .map(|label| unescape(label).ok_or_else(|| NameError::Escape(text.to_owned())))
            .collect::<Result<_, _>>()?;
        Self::from_labels(labels.iter().map(Vec::as_slice))
    }

    /// Reads a name as zone files have it (RFC 1035 §5.1): a backslash with three decimal digits is
    /// an octet, a backslash with another character that character.
    pub fn parse_zone_file(text: &str) -> Result<Self, NameError> {
        let wrong = || NameError::Escape(text.to_owned());
        let mut labels = vec![Vec::new()];
        let mut rest = text.strip_suffix('.').unwrap_or(text).as_bytes();
        while let [first, tail @ ..] = rest {
            rest = tail;
            match (first, tail) {
                (b'.', _) => labels.push(Vec::new()),
                (b'\\', [digit, ..]) if digit.is_ascii_digit() => {
                    let digits = tail.get(..3).ok_or_else(wrong)?;
                    let octet = txt::escaped_octet(digits, 10).ok_or_else(wrong)?;
                    labels.last_mut().ok_or_else(wrong)?.push(octet);
                    rest = &tail[3..];
                }
                (b'\\', [character, after @ ..]) => {
                    labels.last_mut().ok_or_else(wrong)?.push(*character);
                    rest = after;
                }
                (octet, _) => labels.last_mut().ok_or_else(wrong)?.push(*octet),
            }
        }
        Self::from_labels(labels.iter().map(Vec::as_slice))
    }

    /// The name at which the names of `address` are.
    ///
    /// ```
    /// use standards::dns::Name;
    ///
    /// let name = Name::reverse("192.0.2.1".parse()?);
    /// assert_eq!(name.as_str(), "1.2.0.192.in-addr.arpa");
    /// # Ok::<(), std::net::AddrParseError>(())
    /// ```
    pub fn reverse(address: IpAddr) -> Self {
        let (mut labels, zone): (Vec<String>, _) = match address {
            IpAddr::V4(address) => {
                let octets = address.octets();
                (octets.iter().map(u8::to_string).collect(), "in-addr.arpa")
            }
            IpAddr::V6(address) => {
                let nibbles = address.octets().into_iter();
                let nibbles = nibbles.flat_map(|octet| [octet >> 4, octet & 0xf]);
                (
                    nibbles.map(|nibble| format!("{nibble:x}")).collect(),
                    "ip6.arpa",
                )
            }
        };
        labels.reverse();
        labels.push(zone.to_owned());
        Self(labels.join("."))
    }

    /// The name of these labels, first to last, each with any octets: for names that come
    /// from DNS itself, or from an SPF macro.
    pub fn from_labels<'a>(labels: impl IntoIterator<Item = &'a [u8]>) -> Result<Self, NameError> {
        let mut text = String::new();
        let mut octets = 0;
        for label in labels {
            check_label(label)?;
            if !text.is_empty() {
                text.push('.');
                octets += 1;
            }
            push_label(&mut text, label);
            octets += label.len();
        }
        if octets > NAME_MAX {
            return Err(NameError::NameTooLong { octets });
        }
        Ok(Self(text))
    }

    /// The name `labels.self`: `domain.child("_dmarc")`, `domain.child("default._bimi")`.
    pub fn child(&self, labels: &str) -> Result<Self, NameError> {
        if self.is_root() {
            return Self::parse(labels);
        }
        Self::parse(labels)?.join(self)
    }

    /// The name `self.domain`.
    pub fn join(&self, domain: &Self) -> Result<Self, NameError> {
        if self.is_root() || domain.is_root() {
            return Ok(Self(format!("{}{}", self.0, domain.0)));
        }
        let joined = Self(format!("{}.{}", self.0, domain.0));
        match joined.octets() {
            octets if octets > NAME_MAX => Err(NameError::NameTooLong { octets }),
            _ => Ok(joined),
        }
    }

    /// The labels, first to last; none for the root.
    pub fn labels(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('.').filter(|label| !label.is_empty())
    }

    /// The octets of each label as they go over the wire, without escapes, first to last.
    ///
    /// ```
    /// use standards::dns::Name;
    ///
    /// let name = Name::parse_route53("a\\056b.example")?;
    /// assert_eq!(name.labels().next(), Some("a\\056b"));
    /// assert_eq!(name.wire_labels().next().as_deref(), Some(b"a.b".as_slice()));
    /// # Ok::<(), standards::dns::NameError>(())
    /// ```
    pub fn wire_labels(&self) -> impl DoubleEndedIterator<Item = Vec<u8>> {
        // A name holds only escapes that are octets.
        self.labels()
            .map(|label| unescape(label).unwrap_or_else(|| label.as_bytes().to_vec()))
    }

    /// How many labels there are.
    pub fn label_count(&self) -> usize {
        self.labels().count()
    }

    /// The name without its first label; none of the root.
    pub fn parent(&self) -> Option<Self> {
        if self.is_root() {
            return None;
        }
        let rest = self.0.split_once('.').map_or("", |(_, rest)| rest);
        Some(Self(rest.to_owned()))
    }

    /// The name of the last `count` labels, or the whole name if it has fewer.
    #[must_use]
    pub fn last_labels(&self, count: usize) -> Self {
        let skipped = self.label_count().saturating_sub(count);
        let labels: Vec<&str> = self.labels().skip(skipped).collect();
        Self(labels.join("."))
    }

    /// Whether this name is `domain` or lies below it.
    pub fn is_within(&self, domain: &Self) -> bool {
        self == domain || self.is_below(domain)
    }

    /// Whether this name lies below `domain` and is not `domain` itself.
    pub fn is_below(&self, domain: &Self) -> bool {
        self.relative_to(domain)
            .is_some_and(|labels| !labels.is_empty())
    }

    /// The labels before `domain` in this name, without the dot between; empty when they
    /// are the same, nothing when this name is elsewhere.
    pub fn relative_to(&self, domain: &Self) -> Option<&str> {
        if domain.is_root() || self == domain {
            return self.0.strip_suffix(&domain.0);
        }
        self.0.strip_suffix(&domain.0)?.strip_suffix('.')
    }

    /// Whether this is the root.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the first label is `*`.
    pub fn is_wildcard(&self) -> bool {
        self.labels().next() == Some("*")
    }

    /// Whether a host may have this name: letters, digits and inner hyphens, and a last
    /// label that is not a number, so that an IP address is no host name.
    pub fn is_host(&self) -> bool {
        let is_host_label = |label: &str| {
            !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|octet| octet.is_ascii_alphanumeric() || octet == b'-')
        };
        let is_numeric = |label: &str| label.bytes().all(|octet| octet.is_ascii_digit());
        self.labels().all(is_host_label)
            && self.labels().next_back().is_some_and(|l| !is_numeric(l))
    }

    /// DNS-10: whether `domain` was appended to a name that already ended in it.
    pub fn repeats(&self, domain: &Self) -> bool {
        self.relative_to(domain)
            .and_then(|labels| labels.strip_suffix(&domain.0))
            .is_some_and(|before| before.is_empty() || before.ends_with('.'))
            && !domain.is_root()
    }

    /// The name in lower case and A-labels, without the final dot; empty for the root.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name with its final dot, as zone files want it.
    pub fn with_dot(&self) -> String {
        format!("{}.", self.0)
    }

    /// Octets of the name as it is looked up, without the final dot. An escape is one.
    pub fn octets(&self) -> usize {
        self.0.len() - 3 * self.0.matches('\\').count()
    }
}

/// DNS-05 and DNS-10 for a name `text` that is to hold a record of `domain`.
pub fn lint_owner(text: &str, domain: &Name) -> (Option<Name>, Vec<Finding>) {
    match Name::parse(text) {
        Err(error) => (None, vec![error.finding()]),
        Ok(name) if name.repeats(domain) => {
            let reason = format!("{name} carries {domain} twice");
            let fix = format!("end the name in {domain} once");
            (
                Some(name),
                vec![Finding::new(rules::DNS_10, reason).fix(fix)],
            )
        }
        Ok(name) => (Some(name), Vec::new()),
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_root() { "." } else { &self.0 })
    }
}

impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Name {
    type Error = NameError;

    /// Both spellings are understood, so that a ledger can hold any name of a zone.
    fn try_from(text: String) -> Result<Self, NameError> {
        if text.contains('\\') {
            Self::parse_route53(&text)
        } else {
            Self::parse(&text)
        }
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.to_string()
    }
}

/// Names sort by label from the last to the first, so that a domain comes before what
/// lies below it (the canonical order of RFC 4034 §6.1).
impl Ord for Name {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.labels().rev().cmp(other.labels().rev())
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Whether `text` is a name of letters, digits, hyphens and underscores whose labels stand for
/// nothing else.
pub(crate) fn is_plain(text: &str) -> bool {
    let is_label = |label: &[u8]| {
        (1..=LABEL_MAX).contains(&label.len())
            && label.iter().copied().all(is_plain_octet)
            && !label
                .get(..4)
                .is_some_and(|start| start.eq_ignore_ascii_case(b"xn--"))
    };
    text.len() <= NAME_MAX && text.as_bytes().split(|octet| *octet == b'.').all(is_label)
}

fn is_plain_octet(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || octet == b'-' || octet == b'_'
}

fn check_label(label: &[u8]) -> Result<(), NameError> {
    let text = || String::from_utf8_lossy(label).into_owned();
    match label.len() {
        0 => Err(NameError::EmptyLabel(text())),
        octets if octets > LABEL_MAX => Err(NameError::LabelTooLong {
            label: text(),
            octets,
        }),
        _ => Ok(()),
    }
}

fn push_label(text: &mut String, label: &[u8]) {
    if label == b"*" {
        text.push('*');
        return;
    }
    text.reserve(label.len());
    for octet in label {
        if is_plain_octet(*octet) {
            text.push(char::from(octet.to_ascii_lowercase()));
        } else {
            text.extend(txt::escape(*octet, 8));
        }
    }
}

/// The octets of a label in which `\ooo` stands for any octet.
fn unescape(label: &str) -> Option<Vec<u8>> {
    let mut octets = Vec::with_capacity(label.len());
    let mut rest = label.as_bytes();
    while let [first, tail @ ..] = rest {
        if *first == b'\\' {
            octets.push(txt::escaped_octet(tail.get(..3)?, 8)?);
            rest = &tail[3..];
        } else {
            octets.push(*first);
            rest = tail;
        }
    }
    Some(octets)
}

#[cfg(test)]
#[path = "name_tests.rs"]
mod tests;
