//! Macro strings (RFC 7208 §7): text that is filled in for each message.

use std::fmt;
use std::ops::Range;

use super::fault::Fault;
use crate::dns::Name;
use crate::quote::quote;
use crate::rules;

/// The value that a macro stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Letter {
    /// `s`: the sender's address.
    Sender,
    /// `l`: its local part.
    LocalPart,
    /// `o`: its domain.
    SenderDomain,
    /// `d`: the domain whose record is evaluated.
    Domain,
    /// `i`: the client's address, its parts separated by dots.
    Ip,
    /// `p`: the client's validated name.
    ValidatedName,
    /// `v`: `in-addr` or `ip6`.
    Family,
    /// `h`: the name given in HELO or EHLO.
    Helo,
    /// `c`: the client's address as people write it. In explanations only.
    ReadableIp,
    /// `r`: the name of the receiving host. In explanations only.
    Receiver,
    /// `t`: the time. In explanations only.
    Time,
}

const LETTERS: [(char, Letter); 11] = [
    ('s', Letter::Sender),
    ('l', Letter::LocalPart),
    ('o', Letter::SenderDomain),
    ('d', Letter::Domain),
    ('i', Letter::Ip),
    ('p', Letter::ValidatedName),
    ('v', Letter::Family),
    ('h', Letter::Helo),
    ('c', Letter::ReadableIp),
    ('r', Letter::Receiver),
    ('t', Letter::Time),
];

impl Letter {
    fn is_for_explanations(self) -> bool {
        matches!(self, Self::ReadableIp | Self::Receiver | Self::Time)
    }
}

/// One `%{…}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Macro {
    /// The value that it stands for.
    pub letter: Letter,
    /// Whether the result is escaped as in a URL: the letter was in upper case.
    pub is_escaped: bool,
    /// How many parts are kept, counted from the right; all when absent.
    pub keep: Option<u32>,
    /// Whether the parts are reversed.
    pub is_reversed: bool,
    /// The separators of the parts; a dot when empty.
    pub delimiters: String,
}

/// A piece of a macro string.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// Text that stands for itself.
    Literal(String),
    /// `%{…}`.
    Macro(Macro),
    /// `%%`, a percent sign.
    Percent,
    /// `%_`, a space.
    Space,
    /// `%-`, a space escaped as in a URL.
    EscapedSpace,
}

/// The place of a macro string, which decides what it may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// In a term of a record.
    Term,
    /// In the text that explains a refusal: spaces, and the letters c, r and t.
    Explanation,
}

/// Text with macros in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct MacroString(Vec<Part>);

impl MacroString {
    /// Reads `text`, which stands `at` bytes into the record.
    pub(super) fn parse(text: &str, at: usize, used: Use) -> Result<Self, Fault> {
        let mut parts = Vec::new();
        let mut position = 0;
        while position < text.len() {
            let (part, length) = read_part(&text[position..], at + position, used)?;
            parts.push(part);
            position += length;
        }
        Ok(Self(parts))
    }

    /// The text of an explanation (RFC 7208 §6.2), if it follows the grammar.
    pub fn explanation(text: &str) -> Option<Self> {
        Self::parse(text, 0, Use::Explanation).ok()
    }

    /// The pieces, in order.
    pub fn parts(&self) -> &[Part] {
        &self.0
    }

    /// The macros among the pieces.
    pub fn macros(&self) -> impl Iterator<Item = &Macro> {
        self.0.iter().filter_map(|part| match part {
            Part::Macro(found) => Some(found),
            _ => None,
        })
    }
}

impl fmt::Display for MacroString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| part.fmt(f))
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(text) => f.write_str(text),
            Self::Macro(found) => found.fmt(f),
            Self::Percent => f.write_str("%%"),
            Self::Space => f.write_str("%_"),
            Self::EscapedSpace => f.write_str("%-"),
        }
    }
}

impl fmt::Display for Macro {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = LETTERS.iter().find(|(_, letter)| *letter == self.letter);
        let letter = letter.map_or('s', |(character, _)| *character);
        let shown = if self.is_escaped {
            letter.to_ascii_uppercase()
        } else {
            letter
        };
        write!(f, "%{{{shown}")?;
        if let Some(keep) = self.keep {
            write!(f, "{keep}")?;
        }
        f.write_str(if self.is_reversed { "r" } else { "" })?;
        write!(f, "{}}}", self.delimiters)
    }
}

/// The first piece of `text` and its length.
fn read_part(text: &str, at: usize, used: Use) -> Result<(Part, usize), Fault> {
    let plain = text.find('%').unwrap_or(text.len());
    if plain > 0 {
        let is_strange = |c: char| !(c.is_ascii_graphic() || c == ' ' && used == Use::Explanation);
        if let Some(stray) = text[..plain].find(is_strange) {
            let place = at + stray..at + plain;
            return Err(Fault::new(
                rules::SPF_04,
                place,
                "a character that a record may not hold",
            ));
        }
        return Ok((Part::Literal(text[..plain].to_owned()), plain));
    }
    match text.as_bytes().get(1) {
        Some(b'%') => Ok((Part::Percent, 2)),
        Some(b'_') => Ok((Part::Space, 2)),
        Some(b'-') => Ok((Part::EscapedSpace, 2)),
        Some(b'{') => {
            let length = text.find('}').map(|end| end + 1).ok_or_else(|| {
                Fault::new(
                    rules::SPF_23,
                    at..at + text.len(),
                    "a macro is not closed with }",
                )
            })?;
            let place = at..at + length;
            read_macro(&text[2..length - 1], place, used).map(|found| (Part::Macro(found), length))
        }
        _ => {
            let reason = "a percent sign is followed by none of { % _ -";
            Err(Fault::new(rules::SPF_23, at..at + 1, reason))
        }
    }
}

/// The macro whose inside is `text`.
fn read_macro(text: &str, place: Range<usize>, used: Use) -> Result<Macro, Fault> {
    let fault = |reason: String| Fault::new(rules::SPF_23, place.clone(), reason);
    let first = text.chars().next();
    let first = first.ok_or_else(|| fault("a macro is empty".to_owned()))?;
    let known = LETTERS
        .iter()
        .find(|(character, _)| *character == first.to_ascii_lowercase());
    let (_, letter) = known.ok_or_else(|| fault(format!("no macro is called {first:?}")))?;
    if letter.is_for_explanations() && used == Use::Term {
        return Err(fault(format!(
            "the macro {first} works only in an explanation"
        )));
    }
    let rest = &text[first.len_utf8()..];
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    // No address has more than 32 parts: a number beyond u32 keeps all of them, as any
    // large number does.
    let number = |text: &str| text.parse().unwrap_or(u32::MAX);
    let keep = (digits > 0).then(|| number(&rest[..digits]));
    if keep == Some(0) {
        return Err(fault("a macro keeps none of its parts".to_owned()));
    }
    let rest = &rest[digits..];
    let (is_reversed, delimiters) = match rest.strip_prefix(['r', 'R']) {
        Some(delimiters) => (true, delimiters),
        None => (false, rest),
    };
    if let Some(stray) = delimiters.chars().find(|c| !".-+,/_=".contains(*c)) {
        return Err(fault(format!(
            "{stray:?} is none of the delimiters . - + , / _ ="
        )));
    }
    Ok(Macro {
        letter: *letter,
        is_escaped: first.is_ascii_uppercase(),
        keep,
        is_reversed,
        delimiters: delimiters.to_owned(),
    })
}

/// A macro string that ends as a domain name does: in a top label or in a macro.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DomainSpec(MacroString);

impl DomainSpec {
    /// Whether `text` can stand where a term names a domain.
    pub(super) fn is_written(text: &str) -> bool {
        Self::parse(text, 0).is_ok()
    }

    /// Reads `text`, which stands `at` bytes into the record.
    pub(super) fn parse(text: &str, at: usize) -> Result<Self, Fault> {
        let place = at..at + text.len();
        if text.is_empty() {
            return Err(Fault::new(rules::SPF_08, place, "the domain is missing"));
        }
        let parsed = MacroString::parse(text, at, Use::Term).map_err(|fault| {
            match Name::parse(text) {
                // A name in Unicode: what resolvers ask for is its A-labels.
                Ok(name) if !text.is_ascii() => fault.meant(place.clone(), name.as_str(), true),
                _ => fault,
            }
        })?;
        match parsed.parts().last() {
            Some(Part::Literal(end)) if !ends_in_top_label(end) => {
                let quoted = quote(text);
                let bare = text.trim_matches(['[', ']']);
                let reason = if bare.parse::<std::net::IpAddr>().is_ok() {
                    format!("{quoted} is an address, and stands where a domain belongs")
                } else {
                    format!("{quoted} is not a full domain name")
                };
                Err(Fault::new(rules::SPF_08, place, reason))
            }
            _ => Ok(Self(parsed)),
        }
    }

    /// The text and its macros.
    pub fn text(&self) -> &MacroString {
        &self.0
    }

    /// The name it always stands for, when it has no macros and is a name.
    pub fn name(&self) -> Option<Name> {
        match self.0.parts() {
            [Part::Literal(text)] => Name::parse(text).ok(),
            _ => None,
        }
    }

    /// The text with a letter in the place of each macro: the labels that are there whatever the
    /// message.
    pub(super) fn with_placeholders(&self) -> String {
        let parts = self.0.parts().iter();
        parts.fold(String::new(), |text, part| match part {
            Part::Literal(literal) => text + literal,
            _ => text + "x",
        })
    }

    /// Whether it is `%{d}` as it stands: the domain of the record itself.
    pub(super) fn is_own_domain(&self) -> bool {
        matches!(
            self.0.parts(),
            [Part::Macro(Macro {
                letter: Letter::Domain,
                keep: None,
                is_reversed: false,
                delimiters,
                ..
            })] if delimiters.is_empty()
        )
    }

    /// Whether what it stands for depends on the message.
    pub fn has_macros(&self) -> bool {
        self.0
            .parts()
            .iter()
            .any(|part| !matches!(part, Part::Literal(_)))
    }
}

impl From<&Name> for DomainSpec {
    /// The name as it stands; what has no top label, as the root, makes a term that
    /// receivers refuse, and [`Spf::parse`](super::Spf::parse) reports it.
    fn from(name: &Name) -> Self {
        Self(MacroString(vec![Part::Literal(name.to_string())]))
    }
}

impl fmt::Display for DomainSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Whether `text` ends in a dot and a label that is not a number (RFC 7208 §7.1).
fn ends_in_top_label(text: &str) -> bool {
    let body = text.strip_suffix('.').unwrap_or(text);
    body.rsplit_once('.').is_some_and(|(_, label)| {
        let is_outer = |octet: Option<u8>| octet.is_some_and(|o| o.is_ascii_alphanumeric());
        is_outer(label.bytes().next())
            && is_outer(label.bytes().next_back())
            && label
                .bytes()
                .all(|octet| octet.is_ascii_alphanumeric() || octet == b'-')
            && !label.bytes().all(|octet| octet.is_ascii_digit())
    })
}
