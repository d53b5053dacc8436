//! Reading a policy file: tolerant, with every fault and its place.

use std::collections::BTreeMap;
use std::ops::Range;

use super::policy::{OWN_KEYS, lint_max_age, lint_size};
use super::{MaxAge, Mode, MtaStsPolicy, MxPattern, PolicyExtension};
use crate::dns::Name;
use crate::fields::is_extension_name;
use crate::finding::FOREMOST;
use crate::pasted;
use crate::quote::quote;
use crate::rules::{self, Rule};
use crate::{Edit, Finding, Severity, typo};

impl MtaStsPolicy {
    /// Reads a policy file: the policy that a sender makes of it, and every finding.
    pub fn parse(body: &[u8]) -> (Option<Self>, Vec<Finding>) {
        let (policy, others) = Self::read(body);
        let Ok(text) = std::str::from_utf8(body) else {
            return (policy, others);
        };
        let damage = damage(text);
        let read = |text: &str| Self::read(text.as_bytes()).1;
        (policy, pasted::told_once(text, damage, others, read))
    }

    fn read(body: &[u8]) -> (Option<Self>, Vec<Finding>) {
        let mut reader = Reader::default();
        reader.findings.extend(lint_size(body.len()));
        let (body, start) = reader.without_bom(body);
        let mut offset = start;
        reader.start = start;
        for raw in body.split_inclusive(|&byte| byte == b'\n') {
            reader.next_line = offset + raw.len();
            reader.line(raw, offset);
            offset += raw.len();
        }
        reader.report_bare_line_feeds();
        reader.finish(offset)
    }
}

/// The damage to the lines of a policy: their ends, or the colons in them, were lost.
fn damage(text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let bare = text.match_indices('\r').map(|(at, _)| at);
    let octets = text.as_bytes();
    let is_bare = |at: &usize| octets.get(at + 1).is_some_and(|next| *next != b'\n');
    let bare: Vec<usize> = bare.filter(is_bare).collect();
    if let Some(&first) = bare.first() {
        let reason = "a carriage return without a line feed does not end a line";
        let edit = bare.iter().fold(Edit::default(), |edit, &at| {
            edit.and_replace(at + 1..at + 1, "\n")
        });
        findings.push(
            Finding::new(rules::STS_P01, reason)
                .at(first..first + 1)
                .with_edit(edit),
        );
    }
    let mut start = 0;
    for line in text.split_inclusive(['\r', '\n']).take(FOREMOST) {
        findings.extend(damaged_line(line.trim_end(), start));
        start += line.len();
    }
    findings
}

fn damaged_line(line: &str, start: usize) -> Option<Finding> {
    let is_own = |key: &str| OWN_KEYS.contains(&key.trim());
    let has_key = |field: &str| field.split_once(':').is_some_and(|(key, _)| is_own(key));
    let fault = |reason: &str, span: Range<usize>| Finding::new(rules::STS_P11, reason).at(span);
    if let Some((key, _)) = line.split_once('=')
        && is_own(key)
    {
        let at = start + key.len();
        let finding = fault("an equals sign stands where a colon belongs", at..at + 1);
        let value = &line[key.len() + 1..];
        let spaces = value.len() - value.trim_start().len();
        let edit = Edit::replace(start..at + 1 + spaces, format!("{}: ", key.trim()));
        return Some(
            finding
                .fix(format!("write `{}:`", key.trim()))
                .with_edit(edit),
        );
    }
    if !line.contains(';') && !line.contains(',') {
        return None;
    }
    let fields: Vec<&str> = line.split([';', ',']).map(str::trim).collect();
    let fields: Vec<&str> = fields
        .into_iter()
        .filter(|field| !field.is_empty())
        .collect();
    if fields.len() < 2 || !fields.iter().copied().all(has_key) {
        return None;
    }
    let at = start + line.find([';', ','])?;
    let finding = fault("several fields stand on one line", at..at + 1);
    let edit = Edit::replace(start..start + line.len(), fields.join("\r\n"));
    Some(
        finding
            .fix("write each field on a line of its own")
            .with_edit(edit),
    )
}

/// The fields that have been read so far.
#[derive(Default)]
struct Reader {
    findings: Vec<Finding>,
    seen: BTreeMap<String, Range<usize>>,
    has_version: bool,
    mode: Option<Mode>,
    max_age: Option<MaxAge>,
    mx: Vec<MxPattern>,
    extensions: Vec<PolicyExtension>,
    keys: usize,
    /// The start of the first line.
    start: usize,
    /// The start of the line after the present one.
    next_line: usize,
    /// The line feeds without a carriage return before them.
    bare_line_feeds: Vec<usize>,
}

impl Reader {
    fn report(&mut self, rule: &'static Rule, span: Range<usize>, reason: impl Into<String>) {
        self.findings.push(Finding::new(rule, reason).at(span));
    }

    fn push(&mut self, finding: Finding, span: Range<usize>) {
        self.findings.push(finding.at(span));
    }

    fn without_bom<'a>(&mut self, body: &'a [u8]) -> (&'a [u8], usize) {
        match body.strip_prefix("\u{feff}".as_bytes()) {
            Some(rest) => {
                let mark = "\u{feff}".as_bytes();
                let marks = 3 * body.chunks(3).take_while(|chunk| *chunk == mark).count();
                let finding =
                    Finding::new(rules::STS_P11, "the file starts with a byte order mark")
                        .fix("remove the byte order mark")
                        .with_edit(Edit::remove(0..marks));
                self.push(finding, 0..3);
                (rest, 3)
            }
            None => (body, 0),
        }
    }

    fn line(&mut self, raw: &[u8], start: usize) {
        let line = match raw.strip_suffix(b"\n") {
            None => raw,
            Some(line) => line.strip_suffix(b"\r").unwrap_or_else(|| {
                self.bare_line_feeds.push(start + line.len());
                line
            }),
        };
        let span = start..start + line.len();
        if let Some(at) = line.iter().position(|&byte| byte == b'\r') {
            self.report(
                rules::STS_P01,
                start + at..start + at + 1,
                "a carriage return without a line feed does not end a line",
            );
        }
        let Ok(text) = std::str::from_utf8(line) else {
            self.report(rules::STS_P11, span, "the line is not UTF-8");
            return;
        };
        if text.trim_matches([' ', '\t', '\r']).is_empty() {
            // Senders read over it, though the grammar has no such line.
            let finding = Finding::new(rules::STS_P11, "there is an empty line")
                .weighing(Severity::Warn)
                .fix("remove the line")
                .with_edit(Edit::remove(start..self.next_line));
            return self.push(finding, span);
        }
        self.key_and_value(text, start);
    }

    /// One note for the whole file: the grammar has LF beside CRLF (RFC 8461 §3.2), and nearly
    /// every policy on the web uses it.
    fn report_bare_line_feeds(&mut self) {
        let Some(&first) = self.bare_line_feeds.first() else {
            return;
        };
        let reason = format!("{} lines end in LF without CR", self.bare_line_feeds.len());
        let insertions = self.bare_line_feeds.iter();
        let edit = insertions.fold(Edit::default(), |edit, &at| edit.and_replace(at..at, "\r"));
        let finding = Finding::new(rules::STS_P01, reason)
            .weighing(Severity::Info)
            .with_edit(edit);
        self.push(finding, first..first + 1);
    }

    fn key_and_value(&mut self, text: &str, start: usize) {
        let end = start + text.len();
        let Some((key, value)) = text.split_once(':') else {
            let reason = format!("{} has no `:`, so it is not a field", quote(text));
            return self.report(rules::STS_P11, start..end, reason);
        };
        let value_start = start + key.len() + 1;
        let trimmed = key.trim_matches([' ', '\t']);
        if trimmed != key {
            let reason = format!("there is white space around the key {}", quote(trimmed));
            let span = start..start + key.len();
            let finding = Finding::new(rules::STS_P09, reason)
                .fix(format!("write `{trimmed}:` from the first column"));
            let edit = Edit::replace(span.clone(), trimmed);
            let finding = finding.with_meant(edit, is_extension_name(trimmed));
            self.push(finding, span);
        }
        let inner = value.trim_start_matches([' ', '\t']);
        let value_start = value_start + value.len() - inner.len();
        // White space may follow a field (RFC 8461 §3.2).
        let value = inner.trim_end_matches([' ', '\t', '\r']);
        let value_span = value_start..value_start + value.len();
        self.field(trimmed, value, start..end, value_span);
    }

    fn field(&mut self, key: &str, value: &str, line: Range<usize>, value_span: Range<usize>) {
        self.keys += 1;
        if key != "mx" {
            if self.seen.contains_key(key) {
                let reason = format!(
                    "the key {} appears a second time, and senders use only the first",
                    quote(key)
                );
                let finding = Finding::new(rules::STS_P10, reason)
                    .fix("remove the line")
                    .with_edit(Edit::remove(line.start..self.next_line));
                return self.push(finding, line);
            }
            self.seen.insert(key.to_owned(), value_span.clone());
        }
        match key {
            "version" => self.version(value, line, value_span),
            "mode" => self.mode(value, value_span),
            "max_age" => self.max_age(value, value_span),
            "mx" => self.mx(value, value_span),
            _ => self.extension(key, value, line),
        }
    }

    fn version(&mut self, value: &str, line: Range<usize>, span: Range<usize>) {
        self.has_version = value == "STSv1";
        if !self.has_version {
            let reason = format!("the version is {}, and the only one is STSv1", quote(value));
            let finding = Finding::new(rules::STS_P02, reason).fix("write `version: STSv1`");
            let edit = Edit::replace(span.clone(), "STSv1");
            let finding = if value.eq_ignore_ascii_case("STSv1") {
                finding.with_edit(edit)
            } else {
                finding.with_guess(edit)
            };
            self.push(finding, span);
        } else if self.keys > 1 {
            let reason = "the version is not the first line, where some senders look for it";
            let moved = Edit::insert(self.start, "version: STSv1\r\n")
                .and_replace(line.start..self.next_line, "");
            let finding = Finding::new(rules::STS_P02, reason)
                .weighing(Severity::Warn)
                .with_edit(moved);
            self.push(finding, span);
        }
    }

    fn mode(&mut self, value: &str, span: Range<usize>) {
        let error = match value.parse::<Mode>() {
            Ok(mode) => {
                self.mode = Some(mode);
                return;
            }
            Err(error) => error,
        };
        let finding = Finding::new(rules::STS_P03, error.to_string());
        let finding = match typo::nearest(value, ["enforce", "testing", "none"]) {
            Some(near) => {
                let edit = Edit::replace(span.clone(), near.word);
                let finding = finding.fix(format!("write `mode: {}`", near.word));
                finding.with_meant(edit, near.is_sure)
            }
            None => finding,
        };
        self.push(finding, span);
    }

    fn max_age(&mut self, value: &str, span: Range<usize>) {
        if !(1..=10).contains(&value.len()) || !value.bytes().all(|b| b.is_ascii_digit()) {
            let reason = format!("max_age is {}, and it takes 1 to 10 digits", quote(value));
            let finding = Finding::new(rules::STS_P04, reason);
            let finding = match meant_age(value) {
                Some((meant, is_sure)) => finding
                    .fix(format!("write `max_age: {meant}`"))
                    .with_meant(Edit::replace(span.clone(), meant.to_string()), is_sure),
                None => finding,
            };
            return self.push(finding, span);
        }
        let seconds = value.parse().expect("ten digits fit 64 bits");
        self.max_age = MaxAge::from_seconds(seconds);
        if self.max_age.is_none() {
            let reason = format!(
                "max_age is {value} seconds, and {} are the most",
                MaxAge::LONGEST
            );
            let longest = MaxAge::LONGEST.to_string();
            let finding = Finding::new(rules::STS_P04, reason)
                .fix(format!("write `max_age: {longest}`, or less"))
                .with_edit(Edit::replace(span.clone(), longest));
            self.push(finding, span);
            self.max_age = Some(MaxAge::LONGEST);
        }
    }

    fn mx(&mut self, value: &str, span: Range<usize>) {
        match value.parse::<MxPattern>() {
            Ok(pattern) => {
                let finding = pattern.lint();
                self.findings
                    .extend(finding.map(|finding| finding.at(span)));
                self.mx.push(pattern);
            }
            Err(error) => {
                let reason = format!("{} is not an mx pattern: {error}", quote(value));
                let finding = Finding::new(rules::STS_P08, reason);
                let finding = match meant_patterns(value) {
                    Some((patterns, is_sure)) => {
                        let edit = Edit::replace(span.clone(), patterns.join("\r\nmx: "));
                        let finding = finding.fix(format!("write {}", listed(&patterns)));
                        finding.with_meant(edit, is_sure)
                    }
                    None if value.is_empty() => finding.fix("name a mail host, or remove the line"),
                    None => finding,
                };
                self.push(finding, span);
            }
        }
    }

    fn extension(&mut self, key: &str, value: &str, line: Range<usize>) {
        let start = line.start;
        if let Some(near) = typo::nearest(key, OWN_KEYS.iter().copied()) {
            let span = start..start + key.len();
            self.near_key(key, near, span);
            return;
        }
        if key == "id" {
            let finding = Finding::new(rules::STS_P11, "senders ignore an id in the policy")
                .weighing(Severity::Warn)
                .fix("remove the line, and write the id into the record at `_mta-sts`")
                .with_guess(Edit::remove(start..self.next_line));
            self.push(finding, start..start + key.len());
        }
        match PolicyExtension::new(key, value) {
            Some(extension) => self.extensions.push(extension),
            None => self.report(rules::STS_P11, line, no_extension(key, value)),
        }
    }

    /// A key that senders ignore and that was meant as one of the RFC's own.
    fn near_key(&mut self, key: &str, near: typo::Near<'_>, span: Range<usize>) {
        let word = near.word;
        let rule = match word {
            "version" => rules::STS_P02,
            "mode" => rules::STS_P03,
            "max_age" => rules::STS_P04,
            _ => rules::STS_P07,
        };
        let reason = format!(
            "senders ignore the key {}: did you mean {word}?",
            quote(key)
        );
        let finding = Finding::new(rule, reason).weighing(Severity::Warn);
        let edit = Edit::replace(span.clone(), word);
        let finding = if word != "mx" && self.seen.contains_key(word) {
            finding.fix(format!("remove the line: {word} is there already"))
        } else if near.is_sure {
            finding.fix(format!("write `{word}:`")).with_edit(edit)
        } else {
            finding.fix(format!("write `{word}:`")).with_guess(edit)
        };
        self.push(finding, span);
    }

    fn finish(mut self, end: usize) -> (Option<MtaStsPolicy>, Vec<Finding>) {
        for (key, rule) in [
            ("version", rules::STS_P02),
            ("mode", rules::STS_P03),
            ("max_age", rules::STS_P04),
        ] {
            if !self.seen.contains_key(key) {
                self.report(rule, end..end, format!("the policy has no {key}"));
            }
        }
        if self.mx.is_empty() && self.mode.is_some_and(|mode| mode != Mode::None) {
            self.report(
                rules::STS_P07,
                end..end,
                "the policy has no mx pattern, so senders ignore it",
            );
        }
        if let (Some(mode), Some(max_age)) = (self.mode, self.max_age) {
            let span = self.seen.get("max_age").cloned().unwrap_or(end..end);
            self.findings
                .extend(lint_max_age(mode, max_age).map(|finding| finding.at(span)));
        }
        let policy = match (self.has_version, self.mode, self.max_age) {
            (true, Some(mode), Some(max_age)) => MtaStsPolicy::new(mode, max_age, self.mx).ok(),
            _ => None,
        };
        let policy = policy.map(|policy| {
            self.extensions
                .into_iter()
                .fold(policy, MtaStsPolicy::with_extension)
        });
        (policy, self.findings)
    }
}

/// The patterns that were meant by a value that is none, and whether nothing else can be meant:
/// without a final dot, in A-labels, and one to a line where several stand in one.
fn meant_patterns(value: &str) -> Option<(Vec<String>, bool)> {
    let words = value.split([',', ';', ' ', '\t']);
    let mut words = words.filter(|word| !word.is_empty()).peekable();
    // The preference of an MX record.
    let is_number = |word: &&str| word.bytes().all(|octet| octet.is_ascii_digit());
    let is_record = words.next_if(is_number).is_some();
    let patterns: Option<Vec<(String, bool)>> = words.map(meant_pattern).collect();
    let patterns = patterns.filter(|patterns| !patterns.is_empty())?;
    // A word without a dot is more likely a remark than a host.
    let is_host = |(pattern, is_sure): &(String, bool)| *is_sure && pattern.contains('.');
    let is_sure = !is_record && patterns.iter().all(is_host);
    Some((
        patterns.into_iter().map(|(pattern, _)| pattern).collect(),
        is_sure,
    ))
}

fn meant_pattern(word: &str) -> Option<(String, bool)> {
    let bare = word.trim_matches(['"', '\'']);
    let bare = bare.split_once("://").map_or(bare, |(_, rest)| rest);
    let host = bare.split([':', '/']).next().unwrap_or_default();
    let is_whole = host.len() == bare.len() && bare.len() + 2 >= word.len();
    let (wildcard, host, is_plain) = match (host.strip_prefix("*."), host.strip_prefix(['*', '.']))
    {
        (Some(host), _) => ("*.", host, true),
        (None, Some(host)) => ("*.", host, false),
        (None, None) => ("", host, true),
    };
    let host = Name::parse(host.strip_suffix('.').unwrap_or(host)).ok()?;
    let pattern: MxPattern = format!("{wildcard}{host}").parse().ok()?;
    Some((pattern.to_string(), is_plain && is_whole))
}

/// The lifetime that was meant by `7d`, `1 week`, `86,400` or `604800.0`, and whether nothing else can
/// be meant: `1m` is a minute, which makes no policy, or a month.
fn meant_age(text: &str) -> Option<(MaxAge, bool)> {
    let plain = text.strip_suffix(".0").unwrap_or(text);
    let plain: String = plain
        .chars()
        .filter(|c| !matches!(c, ',' | '_' | '\'' | '"'))
        .collect();
    let unit = plain.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = &plain[..plain.len() - unit.len()];
    let word = unit.trim().to_ascii_lowercase();
    let units = ["seconds", "minutes", "hours", "days", "weeks"];
    let whole = units
        .iter()
        .find(|unit| **unit == word || unit.trim_end_matches('s') == word);
    let unit = whole.map_or(word.as_str(), |unit| &unit[..1]);
    let age = format!("{number}{unit}").parse().ok()?;
    Some((age, whole.is_some() || unit != "m"))
}

fn listed(patterns: &[String]) -> String {
    let lines: Vec<String> = patterns.iter().map(|one| format!("`mx: {one}`")).collect();
    lines.join(" and ")
}

/// Why a line that has a colon is no field (RFC 8461 §3.2, `sts-policy-ext`).
fn no_extension(key: &str, value: &str) -> String {
    let name = quote(key);
    if !is_extension_name(key) {
        format!(
            "{name} is no name of a field, which has up to 32 letters, digits, `_`, `-` and `.`"
        )
    } else if value.is_empty() {
        format!("the field {name} has no value")
    } else {
        format!("the value of the field {name} has a control character")
    }
}
