//! Reading a record: tolerant as RFC 9989 is, with every fault and its place.

use std::collections::BTreeSet;
use std::ops::Range;

use super::discovery::is_dmarc;
use super::{Alignment, Dmarc, FailureOption, Percent, Policy, Psd, ReportTarget, SizeLimit};
use crate::dns::txt::drop_told_characters;
use crate::dns::{Name, Txt};
use crate::mail_uri::{self, ReportUri, Scheme};
use crate::pasted::{self, Syntax};
use crate::quote::quote;
use crate::rules::{self, Rule};
use crate::tag_list::{self, Part, Tag, TagList, split_with_spans};
use crate::{Edit, Finding, Severity, is_sound, single, typo};

/// Every tag that RFC 9989 or RFC 7489 defines.
const KNOWN: &[&str] = &[
    "v", "p", "sp", "np", "adkim", "aspf", "t", "psd", "fo", "rua", "ruf", "pct", "rf", "ri",
];

const SYNTAX: Syntax = Syntax {
    version: "DMARC1",
    known: KNOWN,
    free: &[],
    is_spaced: true,
    rule: rules::DMARC_26,
};

impl Dmarc {
    /// The record among the TXT values at `owner`. DMARC-03 when there are several.
    pub fn among(owner: &Name, values: &[Txt]) -> (Option<Self>, Vec<Finding>) {
        single::read(owner, values, is_dmarc, rules::DMARC_03, Self::parse)
    }

    /// Reads a record: the policy that a receiver would apply, and every finding.
    pub fn parse(text: &str) -> (Option<Self>, Vec<Finding>) {
        let damage = pasted::faults(text, &SYNTAX);
        let (record, others) = read(text);
        let mut findings = pasted::told_once(text, damage, others, |text| read(text).1);
        drop_told_characters(&mut findings, &[rules::DMARC_16]);
        (record, findings)
    }
}

/// The record in `text`, and what is wrong with its tags.
fn read(text: &str) -> (Option<Dmarc>, Vec<Finding>) {
    let list = TagList::parse(text);
    let mut reader = Reader {
        findings: list.findings(rules::DMARC_26).collect(),
        list: &list,
    };
    if let Some(finding) = tag_list::check_version(text, "DMARC1", rules::DMARC_02) {
        // The first part is told once.
        let is_told = |one: &Finding| one.is_of(rules::DMARC_26) && one.span() == finding.span();
        reader.findings.retain(|one| !is_told(one));
        reader.findings.push(finding);
        return (None, reader.findings);
    }
    reader.unknown_tags();
    let record = reader.record(text.len());
    if let Some(record) = &record {
        reader.lint(record, text.len());
    }
    if let Some(tag) = list.get("rf") {
        let finding = Finding::new(rules::DMARC_13, "rf was removed from DMARC").fix("remove `rf`");
        reader.push(finding.with_edit(list.removal(tag)), tag.span.clone());
    }
    let record = record.filter(|_| !list.has_duplicates());
    (record, reader.findings)
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
    fn push(&mut self, finding: Finding, span: Range<usize>) {
        self.findings.push(finding.at(span));
    }

    /// Reports the faults of the record as a value, at the tags that say so.
    fn lint(&mut self, record: &Dmarc, end: usize) {
        for (tag, finding) in record.lint_with_tags() {
            let Some(tag) = self.list.get(tag) else {
                self.push(finding, end..end);
                continue;
            };
            let is_harmless = tag.name == "ri" || tag.value == "100";
            let finding = if finding.is_of(rules::DMARC_08) {
                let policy = record.policy.as_str();
                finding.with_guess(Edit::replace(tag.value_span.clone(), policy))
            } else if finding.is_of(rules::DMARC_13) && is_harmless {
                finding.with_edit(self.list.removal(tag))
            } else if finding.is_of(rules::DMARC_20) {
                Finding::new(
                    rules::DMARC_20,
                    "no address in rua can be read, so no reports are sent",
                )
                .fix("correct the addresses in `rua`")
            } else if finding.is_of(rules::DMARC_13) || finding.is_of(rules::DMARC_15) {
                finding.with_guess(self.list.removal(tag))
            } else {
                finding
            };
            self.push(finding, tag.span.clone());
        }
    }

    fn unknown_tags(&mut self) {
        for tag in self.list.unknown(KNOWN) {
            // A value that is no policy undoes the whole record (RFC 9989 §4.10.1).
            let finding = self.list.ignored(tag, rules::DMARC_26, KNOWN, |tag, name| {
                fits(name, tag.value)
            });
            self.findings.push(finding);
        }
    }

    fn record(&mut self, end: usize) -> Option<Dmarc> {
        let before = self.findings.len();
        let rua = self.targets("rua");
        let of_rua = self.findings.split_off(before);
        let policies = self.policies(end, !rua.is_empty());
        self.findings.extend(of_rua);
        let (policy, subdomain_policy, nonexistent_policy) = match policies {
            Ok(policies) => policies,
            // RFC 9989 §4.10.1: as if a record with p=none and this rua was retrieved.
            Err(Invalid) if !rua.is_empty() => (Policy::None, None, None),
            Err(Invalid) => return None,
        };
        Some(Dmarc {
            policy,
            subdomain_policy,
            nonexistent_policy,
            dkim_alignment: self.alignment("adkim"),
            spf_alignment: self.alignment("aspf"),
            testing: self.letter("t", rules::DMARC_10, "yn") == Some('y'),
            psd: match self.letter("psd", rules::DMARC_11, "ynu") {
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

    /// `p`, `sp` and `np`. One of them that is not a policy, or no `p`, undoes all three.
    fn policies(&mut self, end: usize, has_rua: bool) -> Result<Policies, Invalid> {
        let p = self.policy("p", rules::DMARC_04);
        let sp = self.policy("sp", rules::DMARC_06);
        let np = self.policy("np", rules::DMARC_06);
        match self.list.get("p") {
            None => self.missing_policy(end, has_rua),
            Some(tag) if self.list.tags.get(1) != Some(tag) => self.misplaced_policy(tag),
            Some(_) => {}
        }
        Ok((p?.ok_or(Invalid)?, sp?, np?))
    }

    fn missing_policy(&mut self, end: usize, has_rua: bool) {
        let (severity, reason) = if has_rua {
            let reason = "the record has no p, which older receivers refuse and newer ones take for p=none, whatever sp and np say";
            (Severity::Warn, reason)
        } else {
            let reason = "the record has no p and no valid rua, so that receivers apply no DMARC";
            (Severity::Error, reason)
        };
        let finding = Finding::new(rules::DMARC_04, reason)
            .weighing(severity)
            .fix("write `p=none` after the version, or the policy that is meant");
        // With p there, sp and np would come into force; and another part may have been meant as p.
        let may_be_p = |tag: &Tag<'_>| typo::nearest(tag.name, ["p"]).is_some();
        let is_the_same = has_rua
            && self.list.get("sp").or(self.list.get("np")).is_none()
            && !self.list.unknown(KNOWN).any(may_be_p)
            && self.list.faults.is_empty();
        let at = self.list.first().map_or(end, |version| version.span.end);
        let edit = Edit::insert(at, "; p=none");
        let finding = finding.with_meant(edit, is_the_same);
        self.push(finding, end..end);
    }

    fn misplaced_policy(&mut self, tag: &Tag<'_>) {
        let finding = Finding::new(rules::DMARC_05, "p is not the second tag, directly after v");
        let finding = match self.list.first() {
            Some(version) if version.span.end < tag.span.start => {
                let at = version.span.end;
                let mut edit = Edit::insert(at, format!("; p={}", tag.value));
                edit.replacements
                    .extend(self.list.removal(tag).replacements);
                finding.with_edit(edit)
            }
            _ => finding,
        };
        self.push(finding, tag.span.clone());
    }

    /// The tag's policy, if the tag is there.
    fn policy(&mut self, name: &str, rule: &'static Rule) -> Result<Option<Policy>, Invalid> {
        let Some(tag) = self.list.get(name) else {
            return Ok(None);
        };
        if let Ok(policy) = tag.value.parse::<Policy>() {
            self.case(rule, tag, policy.as_str());
            return Ok(Some(policy));
        }
        let reason = format!(
            "{name} is {}, and it can be none, quarantine or reject",
            quote(tag.value)
        );
        let finding = Finding::new(rule, reason);
        let policies = [Policy::None, Policy::Quarantine, Policy::Reject];
        let finding = match typo::nearest(tag.value, policies.map(Policy::as_str)) {
            Some(near) => {
                let edit = Edit::replace(tag.value_span.clone(), near.word);
                let finding = finding.fix(format!("write `{name}={}`", near.word));
                finding.with_meant(edit, near.is_sure)
            }
            None => finding.fix(format!(
                "write `{name}=none`, `{name}=quarantine` or `{name}=reject`"
            )),
        };
        self.push(finding, tag.value_span.clone());
        Err(Invalid)
    }

    fn case(&mut self, rule: &'static Rule, tag: &Tag<'_>, written: &str) {
        if tag.value != written {
            let reason = format!("{} is written {written}, in lower case", quote(tag.value));
            let finding = Finding::new(rule, reason)
                .weighing(Severity::Warn)
                .fix(format!("write `{}={written}`", tag.name))
                .with_edit(Edit::replace(tag.value_span.clone(), written));
            self.push(finding, tag.value_span.clone());
        }
    }

    fn alignment(&mut self, name: &str) -> Alignment {
        match self.letter(name, rules::DMARC_09, "rs") {
            Some('s') => Alignment::Strict,
            _ => Alignment::Relaxed,
        }
    }

    /// A tag whose value is one of these letters; receivers take the default otherwise.
    fn letter(&mut self, name: &str, rule: &'static Rule, letters: &str) -> Option<char> {
        let tag = self.list.get(name)?;
        let mut characters = tag.value.chars();
        let letter = match (characters.next(), characters.next()) {
            (Some(letter), None) => letter.to_ascii_lowercase(),
            _ => '\0',
        };
        if !letters.contains(letter) {
            let finding = wrong_letter(tag, rule, letters);
            self.push(finding, tag.value_span.clone());
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
            // RFC 9989 appendix C removed the tag: receivers of today ignore it, whatever it says.
            let reason = format!("{name} is {}, and it can be {range}", quote(tag.value));
            let finding = Finding::new(rules::DMARC_14, reason)
                .weighing(Severity::Warn)
                .with_edit(self.list.removal(tag));
            self.push(finding, tag.value_span.clone());
        }
        number
    }

    fn failure_options(&mut self) -> BTreeSet<FailureOption> {
        let mut options = BTreeSet::new();
        let Some(tag) = self.list.get("fo") else {
            return options;
        };
        let before = self.findings.len();
        let pieces = |part: Part<'a>| {
            let start = part.span.start;
            split_with_spans(part.text, ',')
                .map(move |piece| (piece.text, shifted(&piece.span, start)))
        };
        let parts = split_with_spans(tag.value, ':').flat_map(pieces);
        for (text, span) in parts {
            let span = shifted(&span, tag.value_span.start);
            let option = match text {
                "0" => FailureOption::All,
                "1" => FailureOption::Any,
                "d" | "D" => FailureOption::Dkim,
                "s" | "S" => FailureOption::Spf,
                other => {
                    let reason =
                        format!("fo holds {}, and it can hold 0 or 1, d and s", quote(other));
                    self.push(Finding::new(rules::DMARC_15, reason), span);
                    continue;
                }
            };
            if !options.insert(option) {
                let reason = format!("fo holds {} twice", option.as_str());
                self.push(Finding::new(rules::DMARC_15, reason), span);
            }
        }
        if let Some(comma) = tag.value.find(',') {
            let at = tag.value_span.start + comma;
            let reason = "a comma stands in fo, whose values are joined by colons";
            self.push(Finding::new(rules::DMARC_15, reason), at..at + 1);
        }
        if options.contains(&FailureOption::Any) && options.remove(&FailureOption::All) {
            // RFC 7489's grammar allowed both; 1 includes 0.
            let reason = "fo holds both 0 and 1, which exclude each other";
            let finding = Finding::new(rules::DMARC_15, reason).weighing(Severity::Warn);
            self.push(finding, tag.value_span.clone());
        }
        self.rewrite_failure_options(before, tag, &options);
        // RFC 9989 §4.8: a list with an error is discarded for the default.
        if !is_sound(&self.findings[before..]) {
            options.clear();
        }
        options
    }

    /// Gives the findings about `fo` since `before` their fix: the options that are understood.
    fn rewrite_failure_options(
        &mut self,
        before: usize,
        tag: &Tag<'_>,
        options: &BTreeSet<FailureOption>,
    ) {
        let words: Vec<&str> = options.iter().map(|option| option.as_str()).collect();
        let words = words.join(":");
        let (fix, edit) = if words.is_empty() {
            ("remove `fo`".to_owned(), self.list.removal(tag))
        } else {
            let edit = Edit::replace(tag.value_span.clone(), words.as_str());
            (format!("write `fo={words}`"), edit)
        };
        for finding in &mut self.findings[before..] {
            finding.fix.clone_from(&fix);
            finding.edit = Some(edit.clone());
        }
    }

    fn targets(&mut self, name: &'static str) -> Vec<ReportTarget> {
        let Some(tag) = self.list.get(name) else {
            return Vec::new();
        };
        split_with_spans(tag.value, ',')
            .filter_map(|part| self.target(&part, tag))
            .collect()
    }

    fn target(&mut self, part: &Part<'a>, tag: &Tag<'a>) -> Option<ReportTarget> {
        let start = tag.value_span.start;
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
            let limit = span.start + uri.len()..span.end;
            let finding = Finding::new(rules::DMARC_17, reason);
            self.push(finding.with_edit(Edit::remove(limit.clone())), limit);
        }
        let span = span.start..span.start + uri.len();
        match uri.parse::<ReportUri>() {
            Ok(uri) => {
                let doubt = mail_uri::doubt(&uri, rules::DMARC_16, &span);
                self.findings.extend(doubt);
                Some(ReportTarget { uri, size_limit })
            }
            Err(error) => {
                let finding = Finding::new(rules::DMARC_16, error.to_string());
                let finding = if uri.is_empty() {
                    mail_uri::without_entry(finding, tag.value, start, part.span.start)
                } else {
                    mail_uri::with_fix(finding, uri, &span)
                };
                self.push(finding, error.place(&span));
                None
            }
        }
    }
}

/// The finding about a tag with a value that is none of `letters`.
fn wrong_letter(tag: &Tag<'_>, rule: &'static Rule, letters: &str) -> Finding {
    const WORDS: [(&str, char); 7] = [
        ("yes", 'y'),
        ("no", 'n'),
        ("true", 'y'),
        ("false", 'n'),
        ("unknown", 'u'),
        ("relaxed", 'r'),
        ("strict", 's'),
    ];
    let name = tag.name;
    let list: Vec<String> = letters.chars().map(String::from).collect();
    let reason = format!(
        "{name} is {}, and it can be {}",
        quote(tag.value),
        list.join(" or ")
    );
    let finding = Finding::new(rule, reason);
    let meant = WORDS
        .iter()
        .find(|(word, letter)| letters.contains(*letter) && tag.value.eq_ignore_ascii_case(word));
    if let Some((_, letter)) = meant {
        let edit = Edit::replace(tag.value_span.clone(), String::from(*letter));
        return finding
            .fix(format!("write `{name}={letter}`"))
            .with_edit(edit);
    }
    let ways: Vec<String> = list.iter().map(|one| format!("`{name}={one}`")).collect();
    finding.fix(format!("write {}, or leave it out", ways.join(" or ")))
}

fn shifted(span: &Range<usize>, start: usize) -> Range<usize> {
    start + span.start..start + span.end
}

impl ReportTarget {
    pub(super) fn is_mail(&self) -> bool {
        self.uri.scheme() == Scheme::Mailto
    }
}

/// Whether a record can be used in which the tag `name` has this value, or its own fix.
fn fits(name: &str, value: &str) -> bool {
    match name {
        "rua" | "ruf" => mail_uri::is_list(value),
        "p" => value.parse::<Policy>().is_ok(),
        _ => is_sound(&Dmarc::parse(&format!("v=DMARC1; p=none; {name}={value}")).1),
    }
}
