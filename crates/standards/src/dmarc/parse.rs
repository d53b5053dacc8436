//! Reading a record: tolerant as RFC 9989 is, with every fault and its place.

use std::collections::BTreeSet;
use std::ops::Range;

use super::discovery::is_dmarc;
use super::{Alignment, Dmarc, FailureOption, Percent, Policy, Psd, ReportTarget, SizeLimit};
use crate::dns::{Name, Txt};
use crate::mail_uri::{ReportUri, Scheme};
use crate::quote::quote;
use crate::tag_list::{Part, Tag, TagList, split_with_spans};
use crate::{Finding, Severity, single};

/// Every tag that RFC 9989 or RFC 7489 defines.
const KNOWN: &[&str] = &[
    "v", "p", "sp", "np", "adkim", "aspf", "t", "psd", "fo", "rua", "ruf", "pct", "rf", "ri",
];

impl Dmarc {
    /// The record among the TXT values at `owner`. DMARC-03 when there are several.
    pub fn among(owner: &Name, values: &[Txt]) -> (Option<Self>, Vec<Finding>) {
        single::read(owner, values, is_dmarc, "DMARC-03", Self::parse)
    }

    /// Reads a record: the policy that a receiver would apply, and every finding.
    pub fn parse(text: &str) -> (Option<Self>, Vec<Finding>) {
        let list = TagList::parse(text);
        let mut reader = Reader {
            findings: list.findings("DMARC-26").collect(),
            list: &list,
        };
        if !reader.has_version() {
            return (None, reader.findings);
        }
        reader.unknown_tags();
        let record = reader.record(text.len());
        if let Some(record) = &record {
            for (tag, finding) in record.lint_with_tags() {
                let span = list
                    .get(tag)
                    .map_or(text.len()..text.len(), |tag| tag.span.clone());
                reader.findings.push(finding.at(span));
            }
        }
        if let Some(tag) = list.get("rf") {
            let reason = "rf was removed from DMARC";
            let finding = Finding::new("DMARC-13", reason);
            reader.findings.push(finding.at(tag.span.clone()));
        }
        let record = record.filter(|_| !list.has_duplicates());
        (record, reader.findings)
    }
}

/// `p`, `sp` and `np`.
type Policies = (Policy, Option<Policy>, Option<Policy>);

/// A tag that is there and has no meaning.
struct Invalid;

struct Reader<'a> {
    list: &'a TagList<'a>,
    findings: Vec<Finding>,
}

impl<'a> Reader<'a> {
    fn report(&mut self, rule: &'static str, span: Range<usize>, reason: impl Into<String>) {
        self.findings.push(Finding::new(rule, reason).at(span));
    }

    fn warn(&mut self, rule: &'static str, span: Range<usize>, reason: impl Into<String>) {
        let finding = Finding::new(rule, reason).weighing(Severity::Warn);
        self.findings.push(finding.at(span));
    }

    fn has_version(&mut self) -> bool {
        let first = self.list.first();
        let reason = match first {
            Some(tag) if tag.name == "v" && tag.value == "DMARC1" => return true,
            Some(tag) => format!(
                "the record starts with {}={} where receivers look for v=DMARC1",
                quote(tag.name),
                quote(tag.value)
            ),
            None => "the record does not start with v=DMARC1".to_owned(),
        };
        let span = first.map_or(0..0, |tag| tag.span.clone());
        self.report("DMARC-02", span, reason);
        false
    }

    fn unknown_tags(&mut self) {
        for tag in self.list.unknown(KNOWN) {
            let lower = tag.name.to_ascii_lowercase();
            let finding = if KNOWN.contains(&&*lower) {
                let reason = format!(
                    "receivers may ignore the tag {}, which is written {lower}",
                    quote(tag.name)
                );
                Finding::new("DMARC-26", reason)
            } else {
                Finding::new(
                    "DMARC-26",
                    format!("receivers ignore the tag {}", quote(tag.name)),
                )
            };
            self.findings.push(finding.at(tag.span.clone()));
        }
    }

    fn record(&mut self, end: usize) -> Option<Dmarc> {
        let policies = self.policies(end);
        let rua = self.targets("rua");
        let (policy, subdomain_policy, nonexistent_policy) = match policies {
            Ok(policies) => policies,
            // RFC 9989 §4.10.1: reports still go out, nothing is enforced.
            Err(Invalid) if !rua.is_empty() => (Policy::None, None, None),
            Err(Invalid) => return None,
        };
        Some(Dmarc {
            policy,
            subdomain_policy,
            nonexistent_policy,
            dkim_alignment: self.alignment("adkim"),
            spf_alignment: self.alignment("aspf"),
            testing: self.letter("t", "DMARC-10", "yn") == Some('y'),
            psd: match self.letter("psd", "DMARC-11", "ynu") {
                Some('y') => Psd::Yes,
                Some('n') => Psd::No,
                _ => Psd::Unknown,
            },
            failure_options: self.failure_options(),
            rua,
            ruf: self.targets("ruf"),
            percent: self.number("pct", "0 to 100", |value| {
                value.parse().ok().and_then(Percent::new)
            }),
            report_interval: self.number("ri", "0 to 4294967295", |value| value.parse().ok()),
        })
    }

    /// `p`, `sp` and `np`. One of them that is not a policy undoes all three.
    fn policies(&mut self, end: usize) -> Result<Policies, Invalid> {
        let p = self.policy("p", "DMARC-04");
        let sp = self.policy("sp", "DMARC-06");
        let np = self.policy("np", "DMARC-06");
        match self.list.get("p") {
            None => {
                let reason = "the record has no p, which older receivers refuse and newer ones take for none";
                self.report("DMARC-04", end..end, reason);
            }
            Some(tag) if self.list.tags.get(1) != Some(tag) => {
                let reason = "p is not the second tag, directly after v";
                self.report("DMARC-05", tag.span.clone(), reason);
            }
            Some(_) => {}
        }
        Ok((p?.unwrap_or(Policy::None), sp?, np?))
    }

    /// The tag's policy, if the tag is there.
    fn policy(&mut self, name: &str, rule: &'static str) -> Result<Option<Policy>, Invalid> {
        let Some(tag) = self.list.get(name) else {
            return Ok(None);
        };
        let Ok(policy) = tag.value.parse::<Policy>() else {
            let reason = format!(
                "{name} is {}, and it can be none, quarantine or reject",
                quote(tag.value)
            );
            self.report(rule, tag.value_span.clone(), reason);
            return Err(Invalid);
        };
        self.case(rule, tag, policy.as_str());
        Ok(Some(policy))
    }

    fn case(&mut self, rule: &'static str, tag: &Tag<'_>, written: &str) {
        if tag.value != written {
            let reason = format!("{} is written {written}, in lower case", quote(tag.value));
            self.warn(rule, tag.value_span.clone(), reason);
        }
    }

    fn alignment(&mut self, name: &str) -> Alignment {
        match self.letter(name, "DMARC-09", "rs") {
            Some('s') => Alignment::Strict,
            _ => Alignment::Relaxed,
        }
    }

    /// A tag whose value is one of these letters; receivers take the default otherwise.
    fn letter(&mut self, name: &str, rule: &'static str, letters: &str) -> Option<char> {
        let tag = self.list.get(name)?;
        let mut characters = tag.value.chars();
        let letter = match (characters.next(), characters.next()) {
            (Some(letter), None) => letter.to_ascii_lowercase(),
            _ => '\0',
        };
        if !letters.contains(letter) {
            let letters: Vec<String> = letters.chars().map(String::from).collect();
            let reason = format!(
                "{name} is {}, and it can be {}",
                quote(tag.value),
                letters.join(" or ")
            );
            self.report(rule, tag.value_span.clone(), reason);
            return None;
        }
        self.case(rule, tag, &letter.to_string());
        Some(letter)
    }

    fn number<T>(
        &mut self,
        name: &str,
        range: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let tag = self.list.get(name)?;
        // Rust's own parser would take a sign.
        let digits = !tag.value.is_empty() && tag.value.bytes().all(|b| b.is_ascii_digit());
        let number = read(tag.value).filter(|_| digits);
        if number.is_none() {
            let reason = format!("{name} is {}, and it can be {range}", quote(tag.value));
            self.report("DMARC-14", tag.value_span.clone(), reason);
        }
        number
    }

    fn failure_options(&mut self) -> BTreeSet<FailureOption> {
        let mut options = BTreeSet::new();
        let Some(tag) = self.list.get("fo") else {
            return options;
        };
        for part in split_with_spans(tag.value, ':') {
            let span = shifted(&part.span, tag.value_span.start);
            let option = match part.text {
                "0" => FailureOption::All,
                "1" => FailureOption::Any,
                "d" | "D" => FailureOption::Dkim,
                "s" | "S" => FailureOption::Spf,
                other => {
                    let reason =
                        format!("fo holds {}, and it can hold 0 or 1, d and s", quote(other));
                    self.report("DMARC-15", span, reason);
                    continue;
                }
            };
            if !options.insert(option) {
                self.report(
                    "DMARC-15",
                    span,
                    format!("fo holds {} twice", option.as_str()),
                );
            }
        }
        if options.contains(&FailureOption::Any) && options.remove(&FailureOption::All) {
            // RFC 7489's grammar allowed both; 1 includes 0.
            self.warn(
                "DMARC-15",
                tag.value_span.clone(),
                "fo holds both 0 and 1, which exclude each other",
            );
        }
        options
    }

    fn targets(&mut self, name: &'static str) -> Vec<ReportTarget> {
        let Some(tag) = self.list.get(name) else {
            return Vec::new();
        };
        split_with_spans(tag.value, ',')
            .filter_map(|part| self.target(&part, tag.value_span.start))
            .collect()
    }

    fn target(&mut self, part: &Part<'a>, start: usize) -> Option<ReportTarget> {
        let span = shifted(&part.span, start);
        let (uri, size_limit) = match part.text.rsplit_once('!') {
            None => (part.text, None),
            Some((uri, size)) => match size.parse::<SizeLimit>() {
                Ok(limit) => (uri, Some(limit)),
                Err(_) => (part.text, None),
            },
        };
        if size_limit.is_some() {
            let reason = format!(
                "{} ends in a size limit, which receivers no longer read",
                quote(part.text)
            );
            self.report("DMARC-17", span.start + uri.len()..span.end, reason);
        }
        match uri.parse::<ReportUri>() {
            Ok(uri) => Some(ReportTarget { uri, size_limit }),
            Err(error) => {
                self.report("DMARC-16", span, error.to_string());
                None
            }
        }
    }
}

fn shifted(span: &Range<usize>, start: usize) -> Range<usize> {
    start + span.start..start + span.end
}

impl ReportTarget {
    pub(super) fn is_mail(&self) -> bool {
        self.uri.scheme() == Scheme::Mailto
    }
}
