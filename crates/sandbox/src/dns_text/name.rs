//! A domain name as octets, whatever its spelling was.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::dns_text::strings::{self, Escapes};

/// A fully qualified domain name in lower case. The root has no labels.
///
/// Names sort as Route 53 lists them: by their labels from the right, each with the dot behind
/// it, octet by octet. All names below a name therefore follow it without a gap.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DnsName {
    /// Leftmost first.
    labels: Vec<Vec<u8>>,
}

/// Why a text is not a domain name, in Route 53's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameProblem {
    /// Nothing was given.
    #[error("DomainNameEmpty (Domain name is empty)")]
    Empty,
    /// Two dots in a row, or one in front.
    #[error("DomainLabelEmpty (Domain label is empty)")]
    LabelEmpty,
    /// A label of more than 63 octets.
    #[error("DomainLabelTooLong (Domain label is too long)")]
    LabelTooLong,
    /// More than 255 octets on the wire.
    #[error("DomainNameTooLong (Domain name is too long)")]
    TooLong,
    /// White space, a control character, an escape that is not three octal digits, or not ASCII.
    #[error("UnsupportedCharacter (Value contains unsupported characters)")]
    Unsupported,
}

impl DnsName {
    /// Reads a name as Route 53 does: `\ooo` is an octet in octal, a dot at the end is optional.
    pub fn parse(text: &str) -> Result<Self, NameProblem> {
        Self::parse_with(text, Escapes::Octal)
    }

    /// Reads what [`Self::plain`] wrote.
    pub(crate) fn parse_plain(text: &str) -> Option<Self> {
        Self::parse_with(text, Escapes::Decimal).ok()
    }

    fn parse_with(text: &str, escapes: Escapes) -> Result<Self, NameProblem> {
        if text.is_empty() {
            return Err(NameProblem::Empty);
        }
        let mut labels = Vec::new();
        let mut label = Vec::new();
        let mut rest = text.strip_suffix('.').unwrap_or(text).bytes();
        let mut ended = text == ".";
        while let Some(byte) = rest.next() {
            match byte {
                b'.' => labels.push(full_label(std::mem::take(&mut label))?),
                b'\\' => {
                    let octet = strings::read_escape(&mut rest, escapes);
                    label.push(octet.map_err(|_| NameProblem::Unsupported)?);
                }
                0x21..=0x7e => label.push(byte),
                _ => return Err(NameProblem::Unsupported),
            }
            ended = false;
        }
        if !ended {
            labels.push(full_label(label)?);
        }
        let name = Self { labels };
        if name.wire_len() > 255 {
            return Err(NameProblem::TooLong);
        }
        Ok(name)
    }

    /// A name from the labels of a message, leftmost first.
    pub(crate) fn from_labels<'a>(labels: impl Iterator<Item = &'a [u8]>) -> Self {
        Self {
            labels: labels.map(<[u8]>::to_ascii_lowercase).collect(),
        }
    }

    /// The labels, leftmost first.
    pub fn labels(&self) -> impl DoubleEndedIterator<Item = &[u8]> {
        self.labels.iter().map(Vec::as_slice)
    }

    /// How many labels it has.
    pub fn depth(&self) -> usize {
        self.labels.len()
    }

    /// The name without its leftmost label; nothing for the root.
    pub fn parent(&self) -> Option<Self> {
        let labels = self.labels.get(1..)?.to_vec();
        Some(Self { labels })
    }

    /// The last `depth` labels of the name.
    #[must_use]
    pub fn ancestor(&self, depth: usize) -> Self {
        let from = self.labels.len().saturating_sub(depth);
        Self {
            labels: self.labels[from..].to_vec(),
        }
    }

    /// Whether it is `zone` or below it.
    pub fn is_within(&self, zone: &Self) -> bool {
        self.labels.ends_with(&zone.labels)
    }

    /// `*.` in front of the name.
    #[must_use]
    pub fn wildcard(&self) -> Self {
        let mut labels = vec![b"*".to_vec()];
        labels.extend(self.labels.iter().cloned());
        Self { labels }
    }

    /// The name as zone files spell it, without the dot at the end: only what has to be escaped is.
    pub fn plain(&self) -> String {
        if self.labels.is_empty() {
            return ".".to_owned();
        }
        let spelled = |byte: u8| match byte {
            b'.' | b'\\' | b'"' | b';' | b'(' | b')' => format!("\\{}", char::from(byte)),
            0x21..=0x7e => char::from(byte).to_string(),
            _ => format!("\\{byte:03}"),
        };
        let labels = self.labels.iter();
        let labels = labels.map(|label| label.iter().copied().map(spelled).collect::<String>());
        labels.collect::<Vec<_>>().join(".")
    }

    fn wire_len(&self) -> usize {
        1 + self
            .labels
            .iter()
            .map(|label| label.len() + 1)
            .sum::<usize>()
    }

    fn cmp_octets(&self, other: &Self) -> Ordering {
        self.sort_octets()
            .cmp(other.sort_octets())
            .then_with(|| self.labels.cmp(&other.labels))
    }

    fn sort_octets(&self) -> impl Iterator<Item = u8> {
        self.labels
            .iter()
            .rev()
            .flat_map(|label| label.iter().copied().chain([b'.']))
    }
}

fn full_label(mut label: Vec<u8>) -> Result<Vec<u8>, NameProblem> {
    match label.len() {
        0 => Err(NameProblem::LabelEmpty),
        1..=63 => {
            label.make_ascii_lowercase();
            Ok(label)
        }
        _ => Err(NameProblem::LabelTooLong),
    }
}

impl Ord for DnsName {
    /// Label by label, which is what nearly all comparisons need; octet by octet where an octet of a
    /// label is a dot itself.
    fn cmp(&self, other: &Self) -> Ordering {
        let pairs = self.labels.iter().rev().zip(other.labels.iter().rev());
        for (ours, theirs) in pairs {
            if ours != theirs {
                return first_difference(ours, theirs).unwrap_or_else(|| self.cmp_octets(other));
            }
        }
        self.labels.len().cmp(&other.labels.len())
    }
}

/// The order of two labels that differ, each with a dot behind it; nothing where that dot meets an
/// octet that is one.
fn first_difference(ours: &[u8], theirs: &[u8]) -> Option<Ordering> {
    let same = ours.iter().zip(theirs).take_while(|(a, b)| a == b).count();
    match (ours.get(same), theirs.get(same)) {
        (Some(a), Some(b)) => Some(a.cmp(b)),
        (Some(a), None) if *a != b'.' => Some(a.cmp(&b'.')),
        (None, Some(b)) if *b != b'.' => Some(b'.'.cmp(b)),
        _ => None,
    }
}

impl PartialOrd for DnsName {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// As Route 53 answers it: everything but letters, digits, `-` and `_` as `\ooo`, a dot at the end.
impl fmt::Display for DnsName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.labels.is_empty() {
            return f.write_str(".");
        }
        for label in &self.labels {
            for &byte in label {
                match byte {
                    b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => write!(f, "{}", char::from(byte))?,
                    _ => write!(f, "\\{byte:03o}")?,
                }
            }
            f.write_str(".")?;
        }
        Ok(())
    }
}

impl FromStr for DnsName {
    type Err = NameProblem;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for DnsName {
    type Error = NameProblem;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<DnsName> for String {
    fn from(name: DnsName) -> Self {
        name.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> DnsName {
        DnsName::parse(text).expect("a domain name")
    }

    #[test]
    fn names_are_lower_case_with_octal_escapes_and_a_dot() {
        for (input, printed, plain) in [
            ("WWW.Example.com", "www.example.com.", "www.example.com"),
            ("*.example.com.", "\\052.example.com.", "*.example.com"),
            ("\\052.example.com", "\\052.example.com.", "*.example.com"),
            ("a@b.example.com", "a\\100b.example.com.", "a@b.example.com"),
            (
                "_dmarc.example.com",
                "_dmarc.example.com.",
                "_dmarc.example.com",
            ),
            (".", ".", "."),
        ] {
            assert_eq!(name(input).to_string(), printed);
            assert_eq!(name(input).plain(), plain);
            assert_eq!(name(printed), name(input));
        }
    }

    #[test]
    fn what_is_not_a_name_is_refused_for_its_reason() {
        for (input, problem) in [
            ("", NameProblem::Empty),
            ("a..example.com", NameProblem::LabelEmpty),
            (".example.com", NameProblem::LabelEmpty),
            ("a b.example.com", NameProblem::Unsupported),
            ("ü.example.com", NameProblem::Unsupported),
            ("a\\9.example.com", NameProblem::Unsupported),
            (
                &format!("{}.com", "a".repeat(64)),
                NameProblem::LabelTooLong,
            ),
            (&"abcdefg.".repeat(33), NameProblem::TooLong),
        ] {
            assert_eq!(DnsName::parse(input), Err(problem), "{input}");
        }
    }

    #[test]
    fn names_sort_by_labels_from_the_right_with_the_dot_counted() {
        let mut names = [
            "www.example.com",
            "b.a.example.com",
            "example-a.com",
            "example.com",
            "z.example.com",
            "a.example.com",
            "example.co",
        ]
        .map(name);
        names.sort();
        assert_eq!(
            names.map(|name| name.plain()),
            [
                "example.co",
                "example-a.com",
                "example.com",
                "a.example.com",
                "b.a.example.com",
                "www.example.com",
                "z.example.com",
            ]
        );
    }

    proptest::proptest! {
        #[test]
        fn the_short_way_to_compare_names_agrees_with_the_octets(
            ours in proptest::collection::vec("[-.a]{1,3}", 0..4),
            theirs in proptest::collection::vec("[-.a]{1,3}", 0..4),
        ) {
            let name = |labels: &[String]| DnsName::from_labels(labels.iter().map(String::as_bytes));
            let (ours, theirs) = (name(&ours), name(&theirs));
            proptest::prop_assert_eq!(ours.cmp(&theirs), ours.cmp_octets(&theirs));
        }
    }
}
