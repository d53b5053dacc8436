//! A record as a whole: its version, its terms, and the faults of both.

use super::parse::{Located, VERSION, is_separating, read_term, words};
use super::{Spf, lint};
use crate::dns::{Name, txt};
use crate::quote::quote;
use crate::rules;
use crate::{Edit, Finding, Place};

/// The record in `text`, if receivers can read it, and everything that is wrong with it, as the
/// record of `domain` where that is known.
pub(super) fn parse(text: &str, domain: Option<&Name>) -> (Option<Spf>, Vec<Finding>) {
    let mut findings = txt::lint_policy(text);
    let Some(body) = after_version(text) else {
        findings.push(version_finding(text));
        return (None, findings);
    };
    let is_readable = |finding: &Finding| !finding.is_of(rules::DNS_02);
    let mut is_valid = findings.iter().all(is_readable);
    // What a tab or a line break does to SPF is told with the term that holds it.
    findings.retain(|finding| is_readable(finding) || !is_separator(text, finding));
    let mut located = Vec::new();
    for (at, word) in words(text, body) {
        match read_term(word, at) {
            Ok(term) => located.push(Located {
                term,
                span: at..at + word.len(),
            }),
            Err(fault) => {
                is_valid = false;
                findings.push(*fault.0);
            }
        }
    }
    is_valid &= lint::lint_terms(&located, text, domain, &mut findings);
    txt::drop_told_characters(&mut findings, &[rules::SPF_04]);
    let terms = located.into_iter().map(|located| located.term).collect();
    (is_valid.then_some(Spf { terms }), findings)
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
    let finding = Finding::new(rules::SPF_02, reason).at(span);
    let version = text.get(..VERSION.len());
    let is_version = version.is_some_and(|start| start.eq_ignore_ascii_case(VERSION));
    match text.get(VERSION.len()..) {
        Some(rest) if is_version && rest.starts_with(['\t', '\r', '\n', ',', ';']) => {
            let end = VERSION.len() + rest.len() - rest.trim_start_matches(is_separating).len();
            finding.with_edit(Edit::replace(VERSION.len()..end, " "))
        }
        _ => finding,
    }
}
