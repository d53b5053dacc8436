//! TXT values: the octets that receivers read, and the quoted strings that carry them.

use std::borrow::Cow;
use std::ops::Range;

use crate::rules::{self, Rule};
use crate::{Edit, Finding, Severity};

/// Octets of the longest character string (RFC 1035 §3.3).
pub const STRING_MAX: usize = 255;
/// Characters of the longest TXT value that Route 53 takes.
pub const ROUTE53_MAX: usize = 4000;

/// How character strings are written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presentation {
    /// Route 53: every string in quotes, octets escaped as `\ooo` in octal.
    Route53,
    /// A zone file (RFC 1035 §5.1): quotes where they are needed, escapes as `\DDD` in decimal.
    ZoneFile,
}

impl Presentation {
    fn radix(self) -> u32 {
        match self {
            Self::Route53 => 8,
            Self::ZoneFile => 10,
        }
    }
}

/// The value of a TXT record: the octets of all its strings, joined as receivers join them.
///
/// Where the strings are split has no meaning, so that it is not kept.
///
/// ```
/// use standards::dns::{Presentation, Txt};
///
/// let txt = Txt::parse(r#""v=spf1 " "~all""#, Presentation::Route53)?;
/// assert_eq!(txt.text(), "v=spf1 ~all");
/// assert_eq!(txt.print(Presentation::Route53), r#""v=spf1 ~all""#);
/// # Ok::<(), standards::dns::TxtError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Txt(Vec<u8>);

/// Why a text is not the presentation of a TXT value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TxtError {
    /// There is no string at all.
    #[error("the value is empty; an empty string is written \"\"")]
    Empty,
    /// A string without quotes around it, where they are needed.
    #[error("a string without quotes at byte {0}")]
    Unquoted(usize),
    /// A quote that is never closed.
    #[error("the quote at byte {0} is not closed")]
    Unclosed(usize),
    /// A backslash with nothing after it, or with a number that is no octet.
    #[error("the escape at byte {0} is not an octet")]
    Escape(usize),
    /// A string of more octets than DNS can carry.
    #[error("the string at byte {at} has {octets} octets, {STRING_MAX} are allowed")]
    StringTooLong {
        /// The start of the string.
        at: usize,
        /// How long it is, decoded.
        octets: usize,
    },
}

impl Txt {
    /// A value of these octets.
    pub fn new(octets: impl Into<Vec<u8>>) -> Self {
        Self(octets.into())
    }

    /// The value that receivers make of these strings.
    pub fn from_strings<'a>(strings: impl IntoIterator<Item = &'a [u8]>) -> Self {
        Self(strings.into_iter().flatten().copied().collect())
    }

    /// Reads one or more character strings, as `presentation` writes them.
    pub fn parse(text: &str, presentation: Presentation) -> Result<Self, TxtError> {
        let strings = parse_strings(text, presentation)?;
        Ok(Self::from_strings(strings.iter().map(Vec::as_slice)))
    }

    /// The octets, joined.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The text, with what is not UTF-8 replaced. Untrusted: escape it before printing.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }

    /// The text, if it is plain ASCII.
    pub fn ascii(&self) -> Option<&str> {
        std::str::from_utf8(&self.0)
            .ok()
            .filter(|text| text.is_ascii())
    }

    /// The character strings: as long as they may be, the last one with what is left.
    /// An empty value is one empty string.
    pub fn strings(&self) -> impl Iterator<Item = &[u8]> {
        let empty = self.0.is_empty().then_some(&self.0[..]);
        empty.into_iter().chain(self.0.chunks(STRING_MAX))
    }

    /// The canonical way to write the value down.
    pub fn print(&self, presentation: Presentation) -> String {
        let strings: Vec<String> = self
            .strings()
            .map(|string| print_string(string, presentation))
            .collect();
        strings.join(" ")
    }
}

impl From<&str> for Txt {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }
}

impl From<String> for Txt {
    fn from(text: String) -> Self {
        Self(text.into_bytes())
    }
}

/// One character string in quotes.
pub(super) fn print_string(string: &[u8], presentation: Presentation) -> String {
    let mut text = String::with_capacity(string.len() + 2);
    text.push('"');
    for octet in string {
        match (octet, presentation) {
            (b'"' | b'\\', _) => text.extend(['\\', char::from(*octet)]),
            (b' '..=b'~', _) => text.push(char::from(*octet)),
            _ => text.extend(escape(*octet, presentation.radix())),
        }
    }
    text.push('"');
    text
}

/// The character strings of `text`, decoded.
pub(super) fn parse_strings(
    text: &str,
    presentation: Presentation,
) -> Result<Vec<Vec<u8>>, TxtError> {
    let mut reader = Reader {
        text: text.as_bytes(),
        at: 0,
        presentation,
    };
    let mut strings = Vec::new();
    reader.skip_space();
    while reader.at < reader.text.len() {
        // Space between quoted strings is not needed: Route 53 and BIND take `"a""b"`.
        strings.push(reader.string()?);
        reader.skip_space();
    }
    if strings.is_empty() {
        Err(TxtError::Empty)
    } else {
        Ok(strings)
    }
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    presentation: Presentation,
}

impl Reader<'_> {
    fn skip_space(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest
            .iter()
            .take_while(|octet| octet.is_ascii_whitespace())
            .count();
    }

    fn string(&mut self) -> Result<Vec<u8>, TxtError> {
        let start = self.at;
        let is_quoted = self.text[start] == b'"';
        if !is_quoted && self.presentation == Presentation::Route53 {
            return Err(TxtError::Unquoted(start));
        }
        self.at += usize::from(is_quoted);
        let is_special =
            |octet: &u8| matches!(octet, b'"' | b'\\') || !is_quoted && octet.is_ascii_whitespace();
        let mut string = Vec::new();
        loop {
            let rest = &self.text[self.at..];
            let plain = rest.iter().position(is_special).unwrap_or(rest.len());
            string.extend_from_slice(&rest[..plain]);
            self.at += plain;
            match rest.get(plain) {
                Some(b'\\') => string.push(self.escape()?),
                Some(b'"') if is_quoted => {
                    self.at += 1;
                    break;
                }
                None if is_quoted => return Err(TxtError::Unclosed(start)),
                _ => break,
            }
        }
        match string.len() {
            octets if octets > STRING_MAX => Err(TxtError::StringTooLong { at: start, octets }),
            _ => Ok(string),
        }
    }

    /// The octet after a backslash: three digits are its number, another character itself.
    fn escape(&mut self) -> Result<u8, TxtError> {
        let bad = TxtError::Escape(self.at);
        let rest = &self.text[self.at + 1..];
        let first = *rest.first().ok_or(bad.clone())?;
        if !first.is_ascii_digit() {
            self.at += 2;
            return Ok(first);
        }
        let octet = rest
            .get(..3)
            .and_then(|digits| escaped_octet(digits, self.presentation.radix()))
            .ok_or(bad)?;
        self.at += 4;
        Ok(octet)
    }
}

/// A backslash and the three digits of `octet`.
pub(super) fn escape(octet: u8, radix: u32) -> [char; 4] {
    let digit = |value: u32| char::from_digit(value % radix, radix).unwrap_or('0');
    let octet = u32::from(octet);
    [
        '\\',
        digit(octet / radix / radix),
        digit(octet / radix),
        digit(octet),
    ]
}

/// The octet that `digits` stand for in an escape.
pub(super) fn escaped_octet(digits: &[u8], radix: u32) -> Option<u8> {
    let number = digits.iter().try_fold(0, |number, digit| {
        Some(number * radix + char::from(*digit).to_digit(radix)?)
    })?;
    u8::try_from(number).ok()
}

/// DNS-02, DNS-03 and DNS-11: what is wrong with `text` as the decoded value of a policy
/// record, whatever the policy.
pub fn lint_policy(text: &str) -> Vec<Finding> {
    // Nearly every value is plain, and to see that is quicker than to look at each character.
    let is_plain = text.bytes().all(|octet| matches!(octet, b' '..=b'~'));
    let strange = if is_plain { "" } else { text };
    let mut findings: Vec<Finding> = strange
        .char_indices()
        .filter(|(_, character)| !matches!(character, ' '..='~'))
        .map(|(at, character)| stray_character(character, at..at + character.len_utf8()))
        .collect();
    findings.extend(text.match_indices("\\;").map(|(at, _)| {
        Finding::new(
            rules::DNS_03,
            "the value holds a backslash before a semicolon",
        )
        .fix("remove the backslash")
        .at(at..at + 2)
        .with_edit(Edit::remove(at..at + 1))
    }));
    findings.extend(lint_quotes(text));
    findings.extend(lint_length(&Txt::from(text)));
    findings
}

/// DNS-03 for the quotes around a value, or one of them that was left.
fn lint_quotes(text: &str) -> Option<Finding> {
    let is_at = |at: usize| matches!(text.as_bytes().get(at), Some(b'"' | b'\''));
    let last = text.len().checked_sub(1)?;
    let (starts, ends) = (is_at(0), last > 0 && is_at(last));
    let (reason, span, edit) = match (starts, ends) {
        (true, true) => (
            "the value has quotes around it",
            0..text.len(),
            Edit::remove(0..1).and_replace(last..text.len(), ""),
        ),
        (true, false) => ("the value begins with a quote", 0..1, Edit::remove(0..1)),
        // A quoted value of one tag ends in a quote too.
        (false, true) if text.matches(char::from(text.as_bytes()[last])).count() == 1 => (
            "the value ends in a quote",
            last..text.len(),
            Edit::remove(last..text.len()),
        ),
        _ => return None,
    };
    let fix = match (starts, ends) {
        (true, true) => "remove the quotes around it",
        _ => "remove the quote",
    };
    let finding = Finding::new(rules::DNS_03, reason).fix(fix).at(span);
    // A URI may end in an apostrophe (RFC 3986, section 2.2), and no value in a double quote.
    if !starts && text.ends_with('\'') {
        return Some(finding.weighing(Severity::Warn).with_guess(edit));
    }
    Some(finding.with_edit(edit))
}

/// DNS-01: strings of a presentation that are too long; with the value, if it can be read.
pub fn lint_presentation(text: &str, presentation: Presentation) -> (Option<Txt>, Vec<Finding>) {
    match Txt::parse(text, presentation) {
        Ok(value) => {
            let findings = lint_length(&value).into_iter().collect();
            (Some(value), findings)
        }
        Err(error) => {
            let span = error_span(&error, text);
            (
                None,
                vec![Finding::new(rules::DNS_01, error.to_string()).at(span)],
            )
        }
    }
}

fn error_span(error: &TxtError, text: &str) -> Range<usize> {
    match *error {
        TxtError::Empty => 0..text.len(),
        TxtError::Unquoted(at)
        | TxtError::Unclosed(at)
        | TxtError::Escape(at)
        | TxtError::StringTooLong { at, .. } => at..text.len(),
    }
}

/// Drops what DNS-02 says of characters that a more exact finding is about already: a name in
/// Unicode is one fault, and its fix is the name's A-labels, not another character.
pub(crate) fn drop_told_characters(findings: &mut Vec<Finding>, among: &[&Rule]) {
    let told: Vec<Range<usize>> = findings
        .iter()
        .filter(|finding| among.iter().any(|rule| finding.is_of(rule)))
        .filter_map(|finding| finding.span().cloned())
        .collect();
    findings.retain(|finding| {
        let is_told = |span: &Range<usize>| {
            told.iter()
                .any(|outer| outer.start <= span.start && span.end <= outer.end)
        };
        !finding.is_of(rules::DNS_02) || !finding.span().is_some_and(is_told)
    });
}

fn stray_character(character: char, span: Range<usize>) -> Finding {
    let code = character as u32;
    let looks_like = match character {
        '\u{2018}'..='\u{201f}' | '\u{ab}' | '\u{bb}' => "a curly quote",
        '\u{a0}' | '\u{202f}' | '\u{2007}' => "a no-break space",
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => "an invisible character",
        '\u{2010}'..='\u{2015}' => "a dash",
        '\t' => "a tab",
        '\r' | '\n' => "a line break",
        control if control.is_control() => "a control character",
        _ => "a character outside ASCII",
    };
    let finding = Finding::new(
        rules::DNS_02,
        format!("{looks_like} (U+{code:04X}) in the value"),
    )
    .at(span.clone());
    match plain(character) {
        // WSP, which every grammar but SPF's allows between tokens, includes HTAB (RFC 5234
        // appendix B.1). Some parsers split at spaces only.
        Some(space) if character == '\t' => finding
            .weighing(Severity::Warn)
            .fix("write a space in place of the tab")
            .with_edit(Edit::replace(span, space)),
        // In a name such as O’Brien it is an apostrophe.
        Some("") if matches!(character, '\u{2018}'..='\u{201b}') => finding
            .fix("remove the character, or write `'` in its place")
            .with_guess(Edit::remove(span)),
        Some("") => finding
            .fix("remove the character")
            .with_edit(Edit::remove(span)),
        // A dash can be a qualifier, or part of a word that nobody knows.
        Some("-") => finding
            .fix("write `-` in its place")
            .with_guess(Edit::replace(span, "-")),
        Some(ascii) => finding
            .fix(format!("write `{ascii}` in its place"))
            .with_edit(Edit::replace(span, ascii)),
        None => finding,
    }
}

/// The ASCII text that a character stands for in what a word processor made of it.
fn plain(character: char) -> Option<&'static str> {
    match character {
        '\t' | '\u{a0}' | '\u{202f}' | '\u{2007}' => Some(" "),
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'
        // No value here stands in quotes: those of a zone file are straight, and not part of it.
        | '\u{2018}'..='\u{201f}' | '\u{ab}' | '\u{bb}' => Some(""),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Some("-"),
        _ => None,
    }
}

fn lint_length(txt: &Txt) -> Option<Finding> {
    let characters = printed_length(txt);
    (characters > ROUTE53_MAX).then(|| {
        Finding::new(
            rules::DNS_11,
            format!("the value takes {characters} characters, Route 53 allows {ROUTE53_MAX}"),
        )
    })
}

/// The length of the value as Route 53 has it, which is counted for every record that is read.
fn printed_length(txt: &Txt) -> usize {
    let printed = |octet: &u8| match octet {
        b'"' | b'\\' => 2,
        b' '..=b'~' => 1,
        _ => 4,
    };
    let lengths = txt
        .strings()
        .map(|string| 2 + string.iter().map(printed).sum::<usize>());
    lengths
        .map(|length| length + 1)
        .sum::<usize>()
        .saturating_sub(1)
}

#[cfg(test)]
#[path = "txt_tests.rs"]
mod tests;
