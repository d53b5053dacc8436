//! Reading an assertion record, tag by tag.

use super::{AvatarPreference, Bimi, LOGO_SUFFIXES};
use crate::bimi::selector::LocalPartPrefix;
use crate::bimi::uri::{self, HttpsUri, HttpsUriError};
use crate::dns::txt::drop_told_characters;
use crate::mail_uri;
use crate::pasted::{self, Syntax};
use crate::quote::quote;
use crate::rules::{self, Rule};
use crate::tag_list::{self, Tag, TagList, split_with_spans};
use crate::{Edit, Finding, Protocol, Severity, typo};

const KNOWN: &[&str] = &["v", "l", "a", "avp", "lps", "s"];
/// Those of them that a record is meant to have.
const MEANT: &[&str] = &["v", "l", "a", "avp", "lps"];

/// Suffixes of image formats that BIMI does not have.
const OTHER_IMAGES: &[&str] = &[
    ".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".ico", ".avif", ".heic",
    ".jxl", ".apng", ".eps", ".pdf",
];

/// Words that people write for "no logo", where the tag has to be empty.
const REFUSALS: &[&str] = &["none", "no", "null", "false", "-", "\"\"", "''"];

const SYNTAX: Syntax = Syntax {
    version: "BIMI1",
    known: MEANT,
    free: &[],
    is_spaced: true,
    rule: rules::BIMI_R13,
};

pub(super) fn parse(text: &str) -> (Option<Bimi>, Vec<Finding>) {
    let damage = pasted::faults(text, &SYNTAX);
    let (record, others) = read(text);
    let mut findings = pasted::told_once(text, damage, others, |text| read(text).1);
    drop_told_characters(
        &mut findings,
        &[rules::BIMI_R03, rules::BIMI_R04, rules::BIMI_R05],
    );
    (record, findings)
}

fn read(text: &str) -> (Option<Bimi>, Vec<Finding>) {
    let list = TagList::parse(text);
    let mut findings = Vec::new();
    findings.extend(tag_list::check_version(text, "BIMI1", rules::BIMI_R02));
    findings.extend(list.findings(rules::BIMI_R13));
    if !findings.is_empty() && !Protocol::Bimi.recognises(text) {
        return (None, findings);
    }
    findings.extend(
        list.unknown(KNOWN)
            .filter(|tag| !tag.name.is_empty())
            .map(|tag| list.ignored(tag, rules::BIMI_R13, MEANT, fits)),
    );
    if let Some(tag) = list.get("s") {
        // An unknown tag is ignored (RFC 6376 §3.2), and so is this one.
        let reason = "s= selects a record in a message's header; in a record it means nothing";
        let finding = Finding::new(rules::BIMI_R15, reason)
            .weighing(Severity::Warn)
            .with_edit(list.removal(tag));
        findings.push(finding.at(tag.span.clone()));
    }
    let location = read_location(&list, text, &mut findings);
    let authority = read_authority(&list, &mut findings);
    let avatar = read_avatar(&list, &mut findings);
    let local_parts = read_local_parts(&list, &mut findings);
    check_declination(&list, &mut findings);
    let location = match location {
        Location::Invalid => return (None, findings),
        Location::Empty => None,
        Location::At(uri) => Some(uri),
    };
    let record = Bimi {
        location,
        authority,
        avatar,
        local_parts,
    };
    (Some(record), findings)
}

/// The meaning of `l=`.
enum Location {
    Invalid,
    Empty,
    At(HttpsUri),
}

fn read_location(list: &TagList<'_>, text: &str, findings: &mut Vec<Finding>) -> Location {
    let Some(tag) = list.get("l") else {
        findings.push(
            Finding::new(rules::BIMI_R03, "the record has no l= tag").at(text.len()..text.len()),
        );
        return Location::Invalid;
    };
    if tag.value.is_empty() {
        return Location::Empty;
    }
    if REFUSALS.contains(&tag.value.to_ascii_lowercase().as_str()) {
        let reason = format!(
            "l= is {}, and declining means leaving it empty",
            quote(tag.value)
        );
        let value = match list.get("a") {
            Some(_) => "",
            None => "; a=",
        };
        let finding = Finding::new(rules::BIMI_R10, reason)
            .with_edit(Edit::replace(tag.value_span.clone(), value));
        findings.push(finding.at(tag.value_span.clone()));
        return Location::Invalid;
    }
    let Some(uri) = read_uri(tag, rules::BIMI_R03, findings) else {
        return Location::Invalid;
    };
    let suffix = check_suffix(&uri);
    findings.extend(suffix.map(|finding| finding.at(tag.value_span.clone())));
    Location::At(uri)
}

/// Whether the record can still be used when `tag` is called `name`.
fn fits(tag: &Tag<'_>, name: &str) -> bool {
    match name {
        "l" | "a" => tag.value.is_empty() || tag.value.parse::<HttpsUri>().is_ok(),
        "lps" => split_with_spans(tag.value, ',')
            .all(|part| part.text.parse::<LocalPartPrefix>().is_ok()),
        _ => true,
    }
}

/// BIMI-R06.
pub(super) fn check_suffix(uri: &HttpsUri) -> Option<Finding> {
    if uri.has_suffix(LOGO_SUFFIXES) {
        return None;
    }
    let reason = format!(
        "the path {} does not end in .svg or .svgz",
        quote(uri.path())
    );
    // Only another image format's suffix is a permanent error (BIMI §4.3.2).
    let severity = if uri.has_suffix(OTHER_IMAGES) {
        Severity::Error
    } else {
        Severity::Warn
    };
    let finding = Finding::new(rules::BIMI_R06, reason).weighing(severity);
    Some(finding.fix("publish the logo under a name that ends in .svg"))
}

fn read_authority(list: &TagList<'_>, findings: &mut Vec<Finding>) -> Option<HttpsUri> {
    let tag = list.get("a").filter(|tag| !tag.value.is_empty())?;
    let authority = read_uri(tag, rules::BIMI_R04, findings)?;
    if !authority.has_suffix(&[".pem"]) {
        // The certificate's suffix is only a SHOULD.
        let reason = format!("the path {} does not end in .pem", quote(authority.path()));
        let finding = Finding::new(rules::BIMI_R06, reason)
            .weighing(Severity::Warn)
            .fix("publish the certificate under a name that ends in .pem");
        findings.push(finding.at(tag.value_span.clone()));
    }
    Some(authority)
}

/// The URI in `tag`. A character that has to be encoded is BIMI-R05, anything else is `rule`.
fn read_uri(tag: &Tag<'_>, rule: &'static Rule, findings: &mut Vec<Finding>) -> Option<HttpsUri> {
    let error = match tag.value.parse() {
        Ok(uri) => return Some(uri),
        Err(error) => error,
    };
    let at = tag.value_span.start;
    let finding = match &error {
        HttpsUriError::Character {
            at: offset,
            character,
            ..
        } => {
            let start = at + offset;
            let span = start..start + character.len_utf8();
            Finding::new(rules::BIMI_R05, error.to_string()).at(span)
        }
        HttpsUriError::Percent { at: offset } => {
            Finding::new(rule, error.to_string()).at(at + offset..at + offset + 1)
        }
        HttpsUriError::Scheme { .. } | HttpsUriError::Host { .. } => {
            Finding::new(rule, error.to_string()).at(tag.value_span.clone())
        }
    };
    findings.push(match uri::correction(tag.value) {
        Some((uri, is_sure)) => {
            let edit = Edit::replace(tag.value_span.clone(), uri.as_str());
            let finding = finding.fix(format!("write `{}={uri}`", tag.name));
            finding.with_meant(edit, is_sure)
        }
        None if is_several(tag.value) => finding.fix(format!(
            "name one URL in `{}=`: a record has one logo",
            tag.name
        )),
        None => finding.fix(format!(
            "give `{}=` an https URL whose host has a full name",
            tag.name
        )),
    });
    None
}

/// Whether a second URL follows after the first.
fn is_several(value: &str) -> bool {
    value.match_indices("://").count() > 1
}

/// `avp=`, in any case of letters; another value is ignored.
fn read_avatar(list: &TagList<'_>, findings: &mut Vec<Finding>) -> AvatarPreference {
    const WORDS: [&str; 2] = ["brand", "personal"];
    let Some(tag) = list.get("avp") else {
        return AvatarPreference::Brand;
    };
    if tag.value.eq_ignore_ascii_case("personal") {
        return AvatarPreference::Personal;
    }
    if !tag.value.eq_ignore_ascii_case("brand") {
        let reason = format!("avp= is {}, not brand or personal", quote(tag.value));
        let finding = Finding::new(rules::BIMI_R07, reason).weighing(Severity::Warn);
        let finding = match typo::nearest(tag.value, WORDS) {
            Some(near) => finding
                .fix(format!("write `avp={}`", near.word))
                .with_guess(Edit::replace(tag.value_span.clone(), near.word)),
            None => finding.with_edit(list.removal(tag)),
        };
        findings.push(finding.at(tag.value_span.clone()));
    }
    AvatarPreference::Brand
}

fn read_local_parts(
    list: &TagList<'_>,
    findings: &mut Vec<Finding>,
) -> Option<Vec<LocalPartPrefix>> {
    let tag = list.get("lps")?;
    if tag.value.is_empty() {
        return Some(Vec::new());
    }
    let mut prefixes = Vec::new();
    for part in split_with_spans(tag.value, ',') {
        match part.text.parse::<LocalPartPrefix>() {
            Ok(prefix) => prefixes.push(prefix),
            Err(error) => {
                let start = tag.value_span.start;
                let span = start + part.span.start..start + part.span.end;
                let finding = Finding::new(rules::BIMI_R08, error.to_string()).at(span.clone());
                let meant = part.text.replace(['_', '.'], "-");
                findings.push(if part.text.is_empty() {
                    mail_uri::without_entry(finding, tag.value, start, part.span.start)
                } else if meant.parse::<LocalPartPrefix>().is_ok() {
                    // Receivers compare local parts in this form (BIMI §4.5).
                    let fix = format!("write `{meant}`");
                    finding.fix(fix).with_edit(Edit::replace(span, meant))
                } else {
                    finding
                });
            }
        }
    }
    Some(prefixes)
}

fn check_declination(list: &TagList<'_>, findings: &mut Vec<Finding>) {
    let Some(location) = list.get("l").filter(|tag| tag.value.is_empty()) else {
        return;
    };
    match list.value("a") {
        Some("") => {}
        // A missing a= counts as empty (BIMI §4.3), so receivers that follow the text decline.
        None => {
            let reason = "l= is empty and a= is missing: to decline, leave both empty";
            let finding = Finding::new(rules::BIMI_R10, reason).weighing(Severity::Warn);
            findings.push(finding.at(location.span.clone()));
        }
        Some(_) => {
            let reason = "a= names a certificate and l= names no logo";
            findings.push(Finding::new(rules::BIMI_R11, reason).at(location.span.clone()));
        }
    }
}
