//! Reading a policy file: tolerant, with every fault and its place.

use std::collections::BTreeMap;
use std::ops::Range;

use super::policy::{is_own_key, lint_max_age, lint_size};
use super::{MaxAge, Mode, MtaStsPolicy, MxPattern, PolicyExtension};
use crate::quote::quote;
use crate::{Finding, Severity};

impl MtaStsPolicy {
    /// Reads a policy file: the policy a sender could make of it, and every finding.
    pub fn parse(body: &[u8]) -> (Option<Self>, Vec<Finding>) {
        let mut reader = Reader::default();
        reader.findings.extend(lint_size(body.len()));
        let (body, start) = reader.without_bom(body);
        let mut offset = start;
        for raw in body.split_inclusive(|&byte| byte == b'\n') {
            reader.line(raw, offset);
            offset += raw.len();
        }
        reader.report_bare_line_feeds();
        reader.finish(offset)
    }
}

/// What has been read so far.
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
    bare_line_feeds: usize,
    first_bare_line_feed: usize,
}

impl Reader {
    fn report(&mut self, rule: &'static str, span: Range<usize>, reason: impl Into<String>) {
        self.findings.push(Finding::new(rule, reason).at(span));
    }

    fn without_bom<'a>(&mut self, body: &'a [u8]) -> (&'a [u8], usize) {
        match body.strip_prefix("\u{feff}".as_bytes()) {
            Some(rest) => {
                self.report("STS-P11", 0..3, "the file starts with a byte order mark");
                (rest, 3)
            }
            None => (body, 0),
        }
    }

    fn line(&mut self, raw: &[u8], start: usize) {
        let line = match raw.strip_suffix(b"\n") {
            None => raw,
            Some(line) => line.strip_suffix(b"\r").unwrap_or_else(|| {
                if self.bare_line_feeds == 0 {
                    self.first_bare_line_feed = start + line.len();
                }
                self.bare_line_feeds += 1;
                line
            }),
        };
        let span = start..start + line.len();
        if let Some(at) = line.iter().position(|&byte| byte == b'\r') {
            self.report(
                "STS-P01",
                start + at..start + at + 1,
                "a carriage return without a line feed does not end a line",
            );
        }
        let Ok(text) = std::str::from_utf8(line) else {
            self.report("STS-P11", span, "the line is not UTF-8");
            return;
        };
        if text.trim_matches([' ', '\t', '\r']).is_empty() {
            // Senders read over it, though the grammar has no such line.
            let finding =
                Finding::new("STS-P11", "there is an empty line").weighing(Severity::Warn);
            self.findings.push(finding.at(span));
            return;
        }
        self.key_and_value(text, start);
    }

    /// One warning for the whole file: the grammar accepts LF, some senders do not.
    fn report_bare_line_feeds(&mut self) {
        if self.bare_line_feeds > 0 {
            let reason = format!("{} lines end in LF without CR", self.bare_line_feeds);
            let at = self.first_bare_line_feed;
            let finding = Finding::new("STS-P01", reason).weighing(Severity::Warn);
            self.findings.push(finding.at(at..at + 1));
        }
    }

    fn key_and_value(&mut self, text: &str, start: usize) {
        let end = start + text.len();
        let Some((key, value)) = text.split_once(':') else {
            let reason = format!("{} has no `:`, so it is not a field", quote(text));
            return self.report("STS-P11", start..end, reason);
        };
        let value_start = start + key.len() + 1;
        let trimmed = key.trim_matches([' ', '\t']);
        if trimmed != key {
            let reason = format!("there is white space around the key {}", quote(trimmed));
            self.report("STS-P09", start..start + key.len(), reason);
        }
        let inner = value.trim_start_matches([' ', '\t']);
        let value_start = value_start + value.len() - inner.len();
        let value = inner.trim_end_matches([' ', '\t', '\r']);
        let value_span = value_start..value_start + value.len();
        if value.len() < inner.len() {
            let reason = format!("there is white space after the value of {}", quote(trimmed));
            self.report("STS-P11", value_span.end..end, reason);
        }
        self.field(trimmed, value, start..end, value_span);
    }

    fn field(&mut self, key: &str, value: &str, line: Range<usize>, value_span: Range<usize>) {
        self.keys += 1;
        if key != "mx" {
            if self.seen.contains_key(key) {
                let reason = format!(
                    "the key {} is there before, and senders use only the first",
                    quote(key)
                );
                return self.report("STS-P10", line, reason);
            }
            self.seen.insert(key.to_owned(), value_span.clone());
        }
        match key {
            "version" => self.version(value, value_span),
            "mode" => match value.parse::<Mode>() {
                Ok(mode) => self.mode = Some(mode),
                Err(error) => {
                    let reason = error.to_string();
                    self.report("STS-P03", value_span, reason);
                }
            },
            "max_age" => self.max_age(value, value_span),
            "mx" => self.mx(value, value_span),
            _ => self.extension(key, value, line),
        }
    }

    fn version(&mut self, value: &str, span: Range<usize>) {
        self.has_version = value == "STSv1";
        if !self.has_version {
            let reason = format!("the version is {}, and the only one is STSv1", quote(value));
            self.report("STS-P02", span, reason);
        } else if self.keys > 1 {
            let finding = Finding::new(
                "STS-P02",
                "the version is not the first line, where some senders look for it",
            );
            self.findings
                .push(finding.weighing(Severity::Warn).at(span));
        }
    }

    fn max_age(&mut self, value: &str, span: Range<usize>) {
        if !(1..=10).contains(&value.len()) || !value.bytes().all(|b| b.is_ascii_digit()) {
            let reason = format!("max_age is {}, and 1 to 10 digits are wanted", quote(value));
            return self.report("STS-P04", span, reason);
        }
        let seconds = value.parse().expect("ten digits fit 64 bits");
        self.max_age = MaxAge::from_seconds(seconds);
        if self.max_age.is_none() {
            let reason = format!(
                "max_age is {value} seconds, and {} are the most",
                MaxAge::LONGEST
            );
            self.report("STS-P04", span, reason);
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
                self.report("STS-P08", span, reason);
            }
        }
    }

    fn extension(&mut self, key: &str, value: &str, span: Range<usize>) {
        let lower = key.to_ascii_lowercase();
        if is_own_key(&lower) {
            let rule = match &*lower {
                "version" => "STS-P02",
                "mode" => "STS-P03",
                "max_age" => "STS-P04",
                _ => "STS-P07",
            };
            let reason = format!("the key {} is written {lower}, in lower case", quote(key));
            return self.report(rule, span, reason);
        }
        match PolicyExtension::new(key, value) {
            Some(extension) => self.extensions.push(extension),
            None => self.report(
                "STS-P11",
                span,
                format!("{} is not a field", quote(&format!("{key}: {value}"))),
            ),
        }
    }

    fn finish(mut self, end: usize) -> (Option<MtaStsPolicy>, Vec<Finding>) {
        for (key, rule) in [
            ("version", "STS-P02"),
            ("mode", "STS-P03"),
            ("max_age", "STS-P04"),
        ] {
            if !self.seen.contains_key(key) {
                self.report(rule, end..end, format!("the policy has no {key}"));
            }
        }
        if self.mx.is_empty() && self.mode.is_some_and(|mode| mode != Mode::None) {
            self.report(
                "STS-P07",
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
