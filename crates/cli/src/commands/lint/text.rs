//! Records and files of anybody's: what they are, and what is wrong with them.

use std::path::Path;

use clock::Clock;
use standards::Finding;
use standards::checker::{
    Checked, Kind, Line, check_owner, check_record_at, check_together, is_html, kind_of_file,
    kind_of_record, lines,
};
use standards::finding::foremost;

use super::drawn::check_drawn_as;
use super::{STDIN, fix, read};
use crate::exit::Failure;
use crate::printer::Printer;

/// The data of a record has its length in two octets (RFC 1035 §3.2.1).
const RECORD_BYTES_MAX: usize = 65_535;

/// The findings of one file, at its lines.
pub(super) fn file(
    path: &Path,
    kind: Option<Kind>,
    with_fix: bool,
    printer: &Printer,
) -> Result<Vec<Finding>, Failure> {
    let is_stdin = path == Path::new(STDIN);
    let (name, bytes) = if is_stdin {
        ("stdin".to_owned(), read(std::io::stdin())?)
    } else {
        let name = path.display().to_string();
        let opened = std::fs::File::open(path)
            .map_err(|error| Failure::outside(&format!("could not read {name}"), error))?;
        (name, read(opened)?)
    };
    let of_file = kind.or_else(|| kind_of_file(&name, &bytes));
    let now = Clock::real().now();
    if let Some(of_file) = of_file
        && let Some(checked) = check_drawn_as(of_file, &name, &bytes, now)
    {
        if !printer.json {
            printer.note(&verdict(&name, &checked));
        }
        let text = std::str::from_utf8(&bytes).ok();
        if let Some(text) = text.filter(|_| with_fix) {
            let (new, left) = fix::file(path, of_file, &name, text, printer)?;
            return Ok(in_file(left, &name, new.as_bytes()));
        }
        return Ok(in_file(checked.findings, &name, &bytes));
    }
    if is_html(&bytes) {
        let reason = format!("{name} is a web page, such as a server's error page");
        return Err(Failure::Usage(reason));
    }
    if with_fix && std::str::from_utf8(&bytes).is_err() {
        let reason =
            format!("{name} is not UTF-8, so nothing can be fixed in it: save it as UTF-8 first");
        return Err(Failure::Usage(reason));
    }
    let records = Records {
        name: &name,
        kind,
        with_fix,
        file: (!is_stdin).then_some(path),
    };
    records.check(&String::from_utf8_lossy(&bytes), printer)
}

/// The findings of records on the command line, each a line of a file that is not there.
pub(super) fn records(
    texts: &[String],
    kind: Option<Kind>,
    with_fix: bool,
    printer: &Printer,
) -> Result<Vec<Finding>, Failure> {
    let mut whole = String::new();
    for text in texts {
        if text == STDIN {
            whole.push_str(&String::from_utf8_lossy(&read(std::io::stdin())?));
        } else {
            whole.push_str(text);
        }
        whole.push_str(if whole.ends_with('\n') { "" } else { "\n" });
    }
    let records = Records {
        name: "record",
        kind,
        with_fix,
        file: None,
    };
    records.check(&whole, printer)
}

/// Records in the lines of one text.
struct Records<'a> {
    name: &'a str,
    kind: Option<Kind>,
    with_fix: bool,
    /// The file that holds them, where there is one.
    file: Option<&'a Path>,
}

/// The verdicts on records.
#[derive(Default)]
struct Judged {
    /// The kind and the verdict of each line, for people.
    notes: Vec<String>,
    findings: Vec<Finding>,
}

impl Records<'_> {
    fn check(&self, text: &str, printer: &Printer) -> Result<Vec<Finding>, Failure> {
        let judged = self.judge(text)?;
        for note in judged.notes.iter().filter(|_| !printer.json) {
            printer.note(note);
        }
        if !self.with_fix {
            return Ok(in_file(judged.findings, self.name, text.as_bytes()));
        }
        let (new, left) =
            fix::to_the_end(text, judged.findings, |text| Ok(self.judge(text)?.findings))?;
        fix::records(self.file, self.name, text, &new, printer)?;
        Ok(in_file(left, self.name, new.as_bytes()))
    }

    /// The verdicts on the lines of `text`.
    fn judge(&self, text: &str) -> Result<Judged, Failure> {
        let lines = lines(text);
        if lines.is_empty() {
            let reason = format!("{} is empty: there is nothing to check", self.name);
            return Err(Failure::Usage(reason));
        }
        // A record that a CNAME leads to stands at a name of its owner's choice.
        let is_alias = |word: &str| word.eq_ignore_ascii_case("CNAME");
        let has_alias = lines
            .iter()
            .any(|line| line.value.split_whitespace().any(is_alias));
        let mut judged = Judged::default();
        let mut seen = Vec::new();
        for (position, line) in lines.iter().enumerate() {
            let label = format!("{}:{}", self.name, position + 1);
            let Some(checked) = self.read(line)? else {
                let shown: String = line.value.chars().take(60).collect();
                let text = format!("{label}: `{shown}` is no record that is known here");
                judged.notes.push(report::escape(&text));
                continue;
            };
            judged.notes.push(verdict(&label, &checked));
            seen.push((checked.kind, line));
            judged.findings.extend(line.findings.iter().cloned());
            let owner = line.owner.as_ref().filter(|_| !has_alias);
            let misplaced = owner.and_then(|owner| check_owner(checked.kind, owner));
            let misplaced = misplaced.map(|finding| finding.at(line.span.clone()));
            judged.findings.extend(misplaced);
            let of_value = foremost(checked.findings).into_iter();
            judged
                .findings
                .extend(of_value.map(|finding| placed(finding, line, text)));
        }
        if seen.is_empty() {
            let reason = "there is no record that is known here: SPF, DKIM, DMARC, MTA-STS, TLS reporting or BIMI; --kind names what a text is";
            return Err(Failure::Usage(reason.to_owned()));
        }
        let owners: Vec<_> = seen
            .iter()
            .map(|(kind, line)| (*kind, line.owner.as_ref()))
            .collect();
        let together = check_together(&owners).into_iter();
        let at_line = |(at, finding): (usize, Finding)| finding.at(seen[at].1.span.clone());
        judged.findings.extend(together.map(at_line));
        Ok(judged)
    }

    /// The record in a line; nothing where it is none.
    fn read(&self, line: &Line) -> Result<Option<Checked>, Failure> {
        if line.value.len() > RECORD_BYTES_MAX {
            return Err(Failure::Usage(format!(
                "more than {RECORD_BYTES_MAX} bytes are no record: DNS has no room for them"
            )));
        }
        let kind = self.kind.or_else(|| kind_of_record(&line.value));
        Ok(kind.and_then(|kind| check_record_at(&line.value, line.owner.as_ref(), kind)))
    }
}

/// A finding about a line's value, at the bytes of the whole text. Where quotes and escapes make
/// the bytes others, it stands from the value's place on, and its edit cannot be made there.
fn placed(finding: Finding, line: &Line, text: &str) -> Finding {
    let written = &text[line.span.clone()];
    let within = written
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let is_one_string = within == Some(line.value.as_str());
    let at = match finding.span() {
        None => return finding.at(line.span.clone()),
        Some(_) if line.is_plain => return finding.shifted(line.span.start),
        // One string without an escape: the value begins after the quote.
        Some(_) if is_one_string => return finding.shifted(line.span.start + 1),
        Some(span) => span.start,
    };
    let start = (line.span.start + 1 + at).min(line.span.end);
    let mut finding = finding.at(start..line.span.end);
    finding.edit = None;
    finding
}

fn in_file(findings: Vec<Finding>, name: &str, bytes: &[u8]) -> Vec<Finding> {
    let findings = foremost(findings).into_iter();
    findings
        .map(|finding| finding.in_file(name, bytes))
        .collect()
}

/// Says to people what something was taken for.
fn verdict(name: &str, checked: &Checked) -> String {
    let kind = checked.kind;
    let text = match &checked.canonical {
        Some(canonical) if !canonical.contains('\n') => format!("{name}: {kind}: {canonical}"),
        _ => format!("{name}: {kind}"),
    };
    // A logo or a certificate with an error is refused whole; of a record, a part can be ignored.
    let verdict = match &checked.canonical {
        _ if checked.is_usable() => "receivers can use it",
        Some(_) => "receivers read it as shown, but it has errors",
        None => "receivers can't use it as it is",
    };
    report::escape(&format!("{text}: {verdict}"))
}
