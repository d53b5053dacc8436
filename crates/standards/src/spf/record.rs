//! A record as a whole: its version, its terms, and the faults of both.

use super::fault::Fault;
use super::parse::{Located, VERSION, is_separating, is_term, lets_all_send, read_term, words};
use super::{Spf, joined, lint};
use crate::dns::{Name, txt};
use crate::quote::quote;
use crate::rules;
use crate::{Edit, Finding, Place, pasted};

/// The record in `text`, if receivers can read it, and everything that is wrong with it, as the
/// record of `domain` where that is known.
pub(super) fn parse(text: &str, domain: Option<&Name>) -> (Option<Spf>, Vec<Finding>) {
    let mut damage = txt::lint_policy(text);
    let (record, others) = read(text, domain);
    let is_damaged = damage.iter().any(|finding| finding.is_of(rules::DNS_02));
    // What a tab or a line break does to SPF is told with the term that holds it.
    if after_version(text).is_some() {
        damage.retain(|finding| !finding.is_of(rules::DNS_02) || !is_separator(text, finding));
    }
    let mut findings = pasted::told_once(text, damage, others, |text| read(text, domain).1);
    txt::drop_told_characters(&mut findings, &[rules::SPF_04]);
    (record.filter(|_| !is_damaged), findings)
}

/// The record in `text`, and what is wrong with its terms.
fn read(text: &str, domain: Option<&Name>) -> (Option<Spf>, Vec<Finding>) {
    let mut findings = Vec::new();
    let Some(body) = after_version(text) else {
        findings.push(version_finding(text));
        return (None, findings);
    };
    let mut located = Vec::new();
    let mut unread = 0;
    let mut words = words(text, body).peekable();
    while let Some((at, word)) = words.next() {
        let split = words
            .peek()
            .and_then(|(next, rest)| split_term((at, word), (*next, rest)));
        let term = match split {
            Some(fault) => {
                words.next();
                Err(fault)
            }
            None => read_term(word, at).map_err(|fault| pasted_term(fault, word, at)),
        };
        match term {
            Ok(term) => located.push(Located {
                term,
                span: at..at + word.len(),
            }),
            Err(fault) => {
                unread += 1;
                findings.push(*fault.0);
            }
        }
    }
    let are_valid = lint::lint_terms(&located, text, domain, &mut findings);
    if unread > 0 {
        // One that could not be read may be the end of the record.
        findings.retain(|finding| !finding.is_of(rules::SPF_18));
    }
    let terms = located.into_iter().map(|located| located.term).collect();
    let is_valid = are_valid && unread == 0;
    (is_valid.then_some(Spf { terms }), findings)
}

/// The fault of a word and the next one that are one term with a space in it: `include: a.example`
/// or `~ all`.
fn split_term((at, word): (usize, &str), (next, rest): (usize, &str)) -> Option<Fault> {
    let is_cut = match word.as_bytes() {
        [b'+' | b'-' | b'~' | b'?'] => true,
        [.., last] => matches!(last, b':' | b'='),
        [] => false,
    };
    if !is_cut {
        return None;
    }
    let joined = format!("{word}{rest}");
    // A second term may follow, and one that receivers do not know is not to become a modifier.
    let is_meant = is_term(&joined) && (word.len() == 1 || !is_term(rest));
    is_meant.then(|| {
        let gap = at + word.len()..next;
        let reason = format!("a space stands within the term {}", quote(&joined));
        let finding = Finding::new(rules::SPF_03, reason).at(gap.clone());
        let finding = finding.fix(format!("write `{joined}`"));
        finding
            .with_meant(Edit::remove(gap), !lets_all_send(&joined))
            .into()
    })
}

/// `fault` of a word that is a term but for quotes in it or punctuation behind it, or that is two
/// terms without a space between.
fn pasted_term(fault: Fault, word: &str, at: usize) -> Fault {
    if let Some(finding) = joined::fault(word, at) {
        return finding.into();
    }
    let is_stray = |c: char| matches!(c, '"' | '\'');
    let bare = word
        .trim_end_matches([',', ';', '.', ')'])
        .replace(is_stray, "");
    if bare.is_empty() || bare == word || !is_term(&bare) {
        return fault;
    }
    let end = bare.len().min(word.len());
    let first = word
        .bytes()
        .zip(bare.bytes())
        .position(|(one, other)| one != other);
    let first = first.unwrap_or(end);
    let stray = word[first..].chars().next().unwrap_or_default();
    let reason = format!("{stray:?} does not belong in the term {}", quote(&bare));
    let place = at + first..at + first + stray.len_utf8();
    let finding = Finding::new(rules::SPF_04, reason).at(place);
    let finding = finding.fix(format!("write `{bare}`"));
    finding
        .with_edit(Edit::replace(at..at + word.len(), bare))
        .into()
}

/// Whether `finding` points at a tab or a line break.
fn is_separator(text: &str, finding: &Finding) -> bool {
    let Place::Span(span) = &finding.place else {
        return false;
    };
    text[span.clone()].starts_with(['\t', '\r', '\n'])
}

/// The text after `v=spf1`, if `text` is an SPF record at all (RFC 7208 §4.5).
pub(super) fn after_version(text: &str) -> Option<&str> {
    let head = text.get(..VERSION.len())?;
    let body = &text[VERSION.len()..];
    let is_version = head.eq_ignore_ascii_case(VERSION);
    (is_version && (body.is_empty() || body.starts_with(' '))).then_some(body)
}

fn version_finding(text: &str) -> Finding {
    let span = 0..text.find(' ').filter(|end| *end > 0).unwrap_or(text.len());
    if text.to_ascii_lowercase().starts_with("spf2.0/") {
        return Finding::new(rules::SPF_29, "this is a Sender ID record").at(span);
    }
    let indent = text.len() - text.trim_start().len();
    if indent > 0 && after_version(&text[indent..]).is_some() {
        let reason = "a space before the version makes receivers overlook the record";
        return Finding::new(rules::SPF_02, reason)
            .at(0..indent)
            .fix("remove the white space at the start")
            .with_edit(Edit::remove(0..indent));
    }
    let reason = format!(
        "the record begins {} and not v=spf1 with a space",
        quote(&text[span.clone()])
    );
    let finding = Finding::new(rules::SPF_02, reason).at(span.clone());
    let finding = finding.fix("start the record with `v=spf1` and a space");
    match meant_version(text) {
        Some((end, is_sure)) => {
            let start = if end == text.len() {
                "v=spf1"
            } else {
                "v=spf1 "
            };
            let edit = Edit::replace(0..end, start);
            finding.with_meant(edit, is_sure)
        }
        None => finding,
    }
}

/// The end of what stands in the place of the version and its space, and whether nothing else can
/// be meant by it.
fn meant_version(text: &str) -> Option<(usize, bool)> {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_whitespace());
    let rest = match rest.strip_prefix(['v', 'V']) {
        Some(rest) => rest.trim_start_matches([' ', '\t', '=', ':']),
        None => rest,
    };
    let head = rest.get(..4)?;
    if !head.eq_ignore_ascii_case("spf1") {
        // Another number: no other version was ever used for a policy.
        let digits = rest
            .get(3..)?
            .trim_start_matches(|c: char| c.is_ascii_digit());
        let is_spf = rest.get(..3)?.eq_ignore_ascii_case("spf");
        let is_end = is_spf && (digits.is_empty() || digits.starts_with(' '));
        let spaces = digits.len() - digits.trim_start().len();
        return is_end.then(|| (text.len() - digits.len() + spaces, false));
    }
    let after = &rest[4..];
    let terms = after
        .trim_start_matches(is_separating)
        .trim_start_matches([':', ' ']);
    let first = terms.split(' ').next().unwrap_or_default();
    let is_separated = terms.len() < after.len() || after.is_empty();
    let is_sure = is_separated || is_term(first);
    // `v=spf10` is another word.
    (is_sure && !after.starts_with(|c: char| c.is_ascii_digit()))
        .then(|| (text.len() - terms.len(), is_separated))
}
