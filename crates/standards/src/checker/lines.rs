//! The records in a text of lines: bare values, what `dig` prints, lines of a zone file.

use std::ops::Range;

use crate::Finding;
use crate::dns::txt::lint_presentation;
use crate::dns::{Name, Presentation};

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

/// The lines of `text` that are neither empty nor comments.
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
    let mut start = 0;
    let mut found = Vec::new();
    for whole in text.split_inclusive('\n') {
        let line = whole.trim_end_matches(['\r', '\n']);
        if !line.trim().is_empty() && !line.trim_start().starts_with(';') {
            found.push(read(line, start));
        }
        start += whole.len();
    }
    found
}

/// The line of text at byte `start`.
fn read(line: &str, start: usize) -> Line {
    let (owner, at) = match zone_file(line) {
        Some((owner, at)) => (owner, at),
        None => (None, line.len() - line.trim_start().len()),
    };
    let data = &line[at..];
    if !data.starts_with('"') && owner.is_none() {
        // Leading white space is part of a bare value, and makes it another one.
        return Line {
            span: start..start + line.len(),
            owner,
            value: line.to_owned(),
            is_plain: true,
            findings: Vec::new(),
        };
    }
    let (txt, findings) = lint_presentation(data, Presentation::ZoneFile);
    let value = txt.map_or_else(|| data.to_owned(), |txt| txt.text().into_owned());
    Line {
        span: start + at..start + line.len(),
        owner,
        is_plain: value == data,
        value,
        findings: findings
            .into_iter()
            .map(|one| one.shifted(start + at))
            .collect(),
    }
}

/// The owner of `name [TTL] [class] TXT data`, and where the data begins.
fn zone_file(line: &str) -> Option<(Option<Name>, usize)> {
    let mut at = 0;
    let mut owner = None;
    for (position, word) in line
        .split([' ', '\t'])
        .enumerate()
        .filter(|(_, word)| !word.is_empty())
    {
        let start = line[at..].find(word).map(|offset| at + offset)?;
        at = start + word.len();
        if word.eq_ignore_ascii_case("TXT") {
            let rest = &line[at..];
            let data = at + rest.len() - rest.trim_start().len();
            return (data < line.len()).then_some((owner, data));
        }
        let is_class = ["IN", "CH", "HS"]
            .iter()
            .any(|class| word.eq_ignore_ascii_case(class));
        let is_lifetime = word.bytes().all(|octet| octet.is_ascii_digit());
        if position == 0 {
            owner = Some(Name::parse(word).ok()?);
        } else if !is_class && !is_lifetime {
            return None;
        }
    }
    None
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
        check("\"unclosed", None, "\"unclosed", "\"unclosed");
        assert_eq!(lines("\n\r\n; comment\n ;; ANSWER SECTION:\n"), []);
    }
}
