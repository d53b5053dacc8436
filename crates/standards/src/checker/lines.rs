//! The records in a text of lines: bare values, what `dig` prints, lines of a zone file.

use std::ops::Range;

use crate::dns::txt::lint_presentation;
use crate::dns::{Name, Presentation, RecordType};
use crate::quote::quote;
use crate::rules;
use crate::spf::lint::lint_record_type;
use crate::{Edit, Finding};

/// The lines that an entry in parentheses may take: the longest key takes a dozen, and a text can
/// open thousands that are never closed.
const ENTRY_LINES_MAX: usize = 64;

/// One line that may be a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The bytes of the text that the value is written in.
    pub span: Range<usize>,
    /// The name that the record stands at, where the line says it.
    pub owner: Option<Name>,
    /// The decoded value.
    pub value: String,
    /// Whether the bytes of the text are those of the value: no quotes and no escapes.
    pub is_plain: bool,
    /// The faults of how the value is written (DNS-01), at bytes of the text.
    pub findings: Vec<Finding>,
}

/// The lines of `text` that are neither empty nor comments. In parentheses, one entry of a zone
/// file takes several.
///
/// ```
/// use standards::checker::lines;
///
/// let text = "; <<>> DiG 9.18 <<>>\nexample.com.\t300\tIN\tTXT\t\"v=spf1 \" \"-all\"\nv=BIMI1; l=; a=;\n";
/// let found = lines(text);
/// assert_eq!(found[0].owner.as_ref().map(|owner| owner.as_str()), Some("example.com"));
/// assert_eq!(found[0].value, "v=spf1 -all");
/// assert_eq!(found[1].value, "v=BIMI1; l=; a=;");
/// ```
pub fn lines(text: &str) -> Vec<Line> {
    let mut at = 0;
    let mut found: Vec<Line> = Vec::new();
    while at < text.len() {
        let line = first_line(&text[at..]);
        let is_empty = line.trim().is_empty() || line.trim_start().starts_with(';');
        if is_empty {
            at += line.len() + line_end(&text[at + line.len()..]);
            continue;
        }
        let before = found.last().and_then(|line| line.owner.clone());
        let (line, end) = read(text, at, before);
        found.push(line);
        at = end + line_end(&text[end..]);
    }
    found
}

fn first_line(text: &str) -> &str {
    let line = text.split('\n').next().unwrap_or_default();
    line.trim_end_matches('\r')
}

/// The octets of the line end that `text` begins with.
fn line_end(text: &str) -> usize {
    text.find('\n').map_or(text.len(), |at| at + 1)
}

/// The line of `text` at byte `start`, after a record of the owner `before`; and where it ends.
fn read(text: &str, start: usize, before: Option<Name>) -> (Line, usize) {
    let line = first_line(&text[start..]);
    let indent = line.len() - line.trim_start().len();
    let header = zone_file(line);
    let (owner, at) = match &header {
        // An entry without an owner has that of the entry before (RFC 1035 §5.1).
        Some(Header {
            owner: None, at, ..
        }) if indent > 0 => (before, *at),
        Some(header) => (header.owner.clone(), header.at),
        None => (None, indent),
    };
    if header.is_none() && !line[at..].starts_with('"') {
        // Leading white space is part of a bare value, and makes it another one.
        let bare = Line {
            span: start..start + line.len(),
            owner,
            value: line.to_owned(),
            is_plain: true,
            findings: Vec::new(),
        };
        return (bare, start + line.len());
    }
    let at = start + at;
    let whole = text[at..start + line.len()].trim_end();
    if let Some(finding) = lost_without_quotes(whole) {
        let bare = Line {
            span: at..at + whole.len(),
            owner,
            value: whole.to_owned(),
            is_plain: true,
            findings: vec![finding.shifted(at)],
        };
        return (bare, start + line.len());
    }
    let (data, length) = entry(&text[at..]);
    let written = data.trim_end();
    let (mut decoded, mut findings) = lint_presentation(written, Presentation::ZoneFile);
    if decoded.is_none() && written.starts_with('"') {
        // With its last quote it is the value that was meant.
        decoded = lint_presentation(&format!("{written}\""), Presentation::ZoneFile).0;
        if decoded.is_some() {
            let closed = Edit::insert(written.len(), "\"");
            findings = findings
                .into_iter()
                .map(|one| one.fix("close the quote").with_edit(closed.clone()))
                .collect();
        }
    }
    let value = decoded.map_or_else(|| written.to_owned(), |value| value.text().into_owned());
    if is_spf(&value) {
        findings.extend(joined_strings(written));
    }
    if header.is_some_and(|header| header.is_spf_type) {
        findings.extend(lint_record_type(RecordType::Spf));
    }
    let read = Line {
        span: at..at + written.len(),
        owner,
        is_plain: value == text[at..at + written.len()],
        value,
        findings: findings.into_iter().map(|one| one.shifted(at)).collect(),
    };
    (read, at + length)
}

fn is_spf(value: &str) -> bool {
    let start = value.get(..6);
    start.is_some_and(|start| start.eq_ignore_ascii_case("v=spf1"))
}

/// DNS-01 for the data of an entry without quotes of which a zone file would lose a part: what
/// follows a semicolon is a comment there, and each word is a string of its own.
fn lost_without_quotes(data: &str) -> Option<Finding> {
    if data.contains(['"', '(']) || !data.to_ascii_lowercase().starts_with("v=") {
        return None;
    }
    let comment = data
        .match_indices(';')
        .find(|(at, _)| !data[..*at].ends_with('\\'));
    let reason = match comment {
        Some((at, _)) if data[at..].contains('=') => {
            "without quotes, a semicolon begins a comment: what follows it is not published"
        }
        _ if is_spf(data) && data.contains([' ', '\t']) && comment.is_none() => {
            "without quotes, each word is a string of its own, and receivers join them without spaces"
        }
        _ => return None,
    };
    let quoted = Edit::insert(0, "\"").and_replace(data.len()..data.len(), "\"");
    let finding = Finding::new(rules::DNS_01, reason).at(0..data.len());
    Some(finding.fix("write the value in quotes").with_edit(quoted))
}

/// DNS-01 for strings of an SPF record between which a space was lost: one ends in a term, and the
/// next begins with one.
fn joined_strings(written: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut strings = written.match_indices('"').map(|(at, _)| at).skip(1);
    while let (Some(end), Some(start)) = (strings.next(), strings.next()) {
        let (before, after) = (&written[..end], &written[start + 1..]);
        let is_lost = !before.ends_with([' ', '"', '\\']) && begins_term(after);
        if is_lost {
            let term = after.split([' ', '"']).next().unwrap_or_default();
            let reason = format!(
                "no space stands before {}: receivers join the strings as they are",
                quote(term)
            );
            let finding = Finding::new(rules::DNS_01, reason).at(start..start + 1);
            let edit = Edit::insert(start + 1, " ");
            findings.push(
                finding
                    .fix("write a space before it, within the quotes")
                    .with_edit(edit),
            );
        }
    }
    findings
}

/// Whether `text` begins with a whole term, which is no part of a name that was split.
fn begins_term(text: &str) -> bool {
    let term = text.split([' ', '"']).next().unwrap_or_default();
    let bare = term
        .trim_start_matches(['+', '-', '~', '?'])
        .to_ascii_lowercase();
    let names = [
        "include:",
        "ip4:",
        "ip6:",
        "exists:",
        "redirect=",
        "exp=",
        "a:",
        "mx:",
    ];
    let is_named = names.iter().any(|name| bare.starts_with(name));
    is_named || (bare == "all" && bare.len() < term.len())
}

/// The data of an entry that `text` begins with, and the bytes that it takes. Parentheses, the line
/// ends in them and comments are spaces, so that every byte stays in its place.
fn entry(text: &str) -> (String, usize) {
    let mut data = String::with_capacity(80);
    let (mut depth, mut line_ends) = (0_usize, 0);
    let mut end = text.len();
    // The end of the first line, where a parenthesis is never closed.
    let mut first_end = None;
    let (mut is_quoted, mut is_escaped, mut is_comment) = (false, false, false);
    for (at, character) in text.char_indices() {
        let was_escaped = is_escaped;
        let is_plain = !is_quoted && !was_escaped && !is_comment;
        is_escaped = character == '\\' && !was_escaped && !is_comment;
        match character {
            // A quote that is not closed takes its line only.
            '\n' if depth == 0 || is_quoted => {
                end = at;
                break;
            }
            '\n' => {
                first_end.get_or_insert((data.len(), at));
                line_ends += 1;
                if line_ends == ENTRY_LINES_MAX {
                    break;
                }
                is_comment = false;
                data.push(' ');
            }
            ';' if is_plain => {
                is_comment = true;
                data.push(' ');
            }
            '(' | ')' if is_plain => {
                depth = if character == '(' {
                    depth + 1
                } else {
                    depth.saturating_sub(1)
                };
                data.push(' ');
            }
            _ if is_comment || (character == '\r' && !is_quoted) => {
                data.extend(std::iter::repeat_n(' ', character.len_utf8()));
            }
            _ => {
                is_quoted ^= character == '"' && !was_escaped;
                data.push(character);
            }
        }
    }
    match first_end {
        Some((length, at)) if depth > 0 => {
            data.truncate(length);
            (data, at)
        }
        _ => (data, end),
    }
}

/// The part of an entry before its data.
struct Header {
    owner: Option<Name>,
    /// The offset at which the data begins.
    at: usize,
    /// Whether the type is the withdrawn one of SPF.
    is_spf_type: bool,
}

/// The header of `name [TTL] [class] TXT data`, as zone files and `dig` have it; and of what `host`
/// and `nslookup` print.
fn zone_file(line: &str) -> Option<Header> {
    let mut at = 0;
    let mut owner = None;
    let mut words = line
        .split([' ', '\t'])
        .enumerate()
        .filter(|(_, word)| !word.is_empty())
        .peekable();
    while let Some((position, word)) = words.next() {
        let start = line[at..].find(word).map(|offset| at + offset)?;
        at = start + word.len();
        let is_word = |expected: &str| word.eq_ignore_ascii_case(expected);
        let follows = words.peek().map(|(_, next)| *next);
        let is_host = is_word("descriptive") && follows == Some("text");
        let is_nslookup = is_word("text") && follows == Some("=");
        if is_host || is_nslookup {
            at += line[at..].find(follows?)? + follows?.len();
        }
        let is_spf_type = is_word("SPF") && line[at..].trim_start().starts_with('"');
        if is_host || is_nslookup || is_word("TXT") || is_spf_type {
            let rest = &line[at..];
            let at = at + rest.len() - rest.trim_start().len();
            return (at < line.len()).then_some(Header {
                owner,
                at,
                is_spf_type,
            });
        }
        let is_class = ["IN", "CH", "HS"].iter().any(|class| is_word(class));
        if position == 0 {
            // `@` is the origin, which the text does not say.
            owner = (word != "@").then(|| Name::parse(word)).transpose().ok()?;
        } else if !is_class && !is_lifetime(word) {
            return None;
        }
    }
    None
}

/// `300`, or BIND's `1h30m`.
fn is_lifetime(word: &str) -> bool {
    let is_part = |octet: u8| octet.is_ascii_digit() || b"smhdwSMHDW".contains(&octet);
    word.starts_with(|first: char| first.is_ascii_digit()) && word.bytes().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::lines;
    use crate::dns::Name;

    #[test]
    fn lines_of_every_form() {
        let check = |text: &str, owner: Option<&str>, value: &str, written: &str| {
            let found = lines(text);
            assert_eq!(found.len(), 1, "{text}");
            let found_owner = found[0].owner.as_ref().map(Name::as_str);
            assert_eq!((found_owner, &*found[0].value), (owner, value), "{text}");
            assert_eq!(&text[found[0].span.clone()], written, "{text}");
        };
        check(
            " v=DMARC1; p=none",
            None,
            " v=DMARC1; p=none",
            " v=DMARC1; p=none",
        );
        check(
            "\"v=spf1 \" \"-all\"",
            None,
            "v=spf1 -all",
            "\"v=spf1 \" \"-all\"",
        );
        check(
            "a.example. 300 IN TXT \"x\"",
            Some("a.example"),
            "x",
            "\"x\"",
        );
        check(
            "_dmarc.a.example.\tTXT\t\"v=DMARC1\\; p=none\"\r\n",
            Some("_dmarc.a.example"),
            "v=DMARC1; p=none",
            "\"v=DMARC1\\; p=none\"",
        );
        check(
            "a.example. 300 IN MX 10 b.example.",
            None,
            "a.example. 300 IN MX 10 b.example.",
            "a.example. 300 IN MX 10 b.example.",
        );
        check("\"unclosed", None, "unclosed", "\"unclosed");
        // What `host` and `nslookup` print.
        check(
            "a.example descriptive text \"v=spf1 -all\"",
            Some("a.example"),
            "v=spf1 -all",
            "\"v=spf1 -all\"",
        );
        check(
            "a.example\ttext = \"v=spf1 -all\"",
            Some("a.example"),
            "v=spf1 -all",
            "\"v=spf1 -all\"",
        );
        // What `opendkim-genkey` and others write, and what people write behind a record.
        check(
            "mail._domainkey\tIN\tTXT\t( \"v=DKIM1; k=rsa; \"\r\n\t  \"p=MIG\" )  ; ----- DKIM key (mail) for a.example\r\n",
            Some("mail._domainkey"),
            "v=DKIM1; k=rsa; p=MIG",
            "( \"v=DKIM1; k=rsa; \"\r\n\t  \"p=MIG\"",
        );
        check(
            "@ 1h IN TXT \"v=spf1 -all\" ; ours, for now",
            None,
            "v=spf1 -all",
            "\"v=spf1 -all\"",
        );
        check("@ TXT v=x ; note", None, "v=x", "v=x");
        assert_eq!(lines("\n\r\n; comment\n ;; ANSWER SECTION:\n"), []);
    }

    #[test]
    fn what_a_zone_file_would_lose_is_told() {
        let check = |text: &str, value: &str, told: &[(&str, &str)]| {
            let found = lines(text);
            assert_eq!(found[0].value, value, "{text}");
            let fixed = |one: &crate::Finding| match &one.edit {
                Some(edit) => edit.apply(text),
                None => String::new(),
            };
            let findings = found[0].findings.iter();
            let found: Vec<_> = findings.map(|one| (&*one.rule, fixed(one))).collect();
            let told: Vec<_> = told
                .iter()
                .map(|(rule, fixed)| (*rule, (*fixed).to_owned()))
                .collect();
            assert_eq!(found, told, "{text}");
        };
        check(
            "a TXT v=DMARC1; p=none",
            "v=DMARC1; p=none",
            &[("DNS-01", "a TXT \"v=DMARC1; p=none\"")],
        );
        check(
            "a TXT v=spf1 -all",
            "v=spf1 -all",
            &[("DNS-01", "a TXT \"v=spf1 -all\"")],
        );
        check("a TXT v=DMARC1\\; p=none", "v=DMARC1;p=none", &[]);
        check(
            "a TXT \"v=spf1 a:b.example\" \"-all\"",
            "v=spf1 a:b.example-all",
            &[("DNS-01", "a TXT \"v=spf1 a:b.example\" \" -all\"")],
        );
        check(
            "a TXT \"v=spf1 a:b.ex\" \"ample -all\"",
            "v=spf1 a:b.example -all",
            &[],
        );
        check(
            "a TXT \"v=spf1 -all",
            "v=spf1 -all",
            &[("DNS-01", "a TXT \"v=spf1 -all\"")],
        );
        check("a IN SPF \"v=spf1 -all\"", "v=spf1 -all", &[("SPF-01", "")]);
    }

    #[test]
    fn one_line_does_not_take_the_next() {
        let values = |text: &str| -> Vec<(Option<String>, String)> {
            let owner = |line: &super::Line| line.owner.as_ref().map(ToString::to_string);
            let found = lines(text);
            found
                .iter()
                .map(|line| (owner(line), line.value.clone()))
                .collect()
        };
        let entry =
            |owner: Option<&str>, value: &str| (owner.map(ToOwned::to_owned), value.to_owned());
        assert_eq!(
            values("a.example. TXT \"x\"\n  IN TXT \"y\"\nv=spf1 -all\n"),
            [
                entry(Some("a.example"), "x"),
                entry(Some("a.example"), "y"),
                entry(None, "v=spf1 -all"),
            ]
        );
        assert_eq!(
            values("a.example. TXT ( \"x\"\nv=spf1 -all\n\"open\n\"z\"\n"),
            [
                entry(Some("a.example"), "x"),
                entry(None, "v=spf1 -all"),
                entry(None, "open"),
                entry(None, "z"),
            ]
        );
    }
}
