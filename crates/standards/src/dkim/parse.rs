//! Reading a key record: tolerant, with every fault and its place.

use std::collections::BTreeSet;
use std::ops::Range;

use super::material::{Material, meant_base64};
use super::public_key::{RsaPublicKey, decode_base64, encode_base64};
use super::{DkimKey, HashAlgorithm, PublicKey, PublicKeyError, Service};
use crate::pasted::{self, Syntax};
use crate::quote::quote;
use crate::rules::{self, Rule};
use crate::tag_list::{Part, Tag, TagList, split_with_spans};
use crate::{Edit, Finding, Severity, typo};

/// Every tag of RFC 6376, and `g` of RFC 4871.
const KNOWN: &[&str] = &["v", "g", "h", "k", "n", "p", "s", "t"];

const SYNTAX: Syntax = Syntax {
    version: "DKIM1",
    known: KNOWN,
    free: &["n"],
    is_spaced: true,
    rule: rules::DKIM_14,
};

/// A tag whose value is a list of words, the words, and the rule that speaks of them.
struct WordList {
    tag: &'static str,
    words: &'static [&'static str],
    rule: &'static Rule,
}

/// The words of a list that are compared with the known ones: a list that a person wrote has
/// fewer.
const MOST_WORDS: usize = 100;

const WORD_LISTS: [WordList; 3] = [
    WordList {
        tag: "h",
        words: &["sha1", "sha256"],
        rule: rules::DKIM_10,
    },
    WordList {
        tag: "s",
        words: &["*", "email", "tlsrpt"],
        rule: rules::DKIM_11,
    },
    WordList {
        tag: "t",
        words: &["y", "s"],
        rule: rules::DKIM_14,
    },
];

impl DkimKey {
    /// Reads a key record: the key that a verifier would use, and every finding.
    pub fn parse(text: &str) -> (Option<Self>, Vec<Finding>) {
        let damage = pasted::faults(text, &SYNTAX);
        let (key, others) = read(text);
        let findings = pasted::told_once(text, damage, others, |text| read(text).1);
        (key, findings)
    }
}

fn read(text: &str) -> (Option<DkimKey>, Vec<Finding>) {
    let list = TagList::parse(text);
    let mut findings: Vec<Finding> = list.findings(rules::DKIM_14).collect();
    let has_version = check_version(&list, &mut findings);
    findings.extend(near_tags(&list));
    let has_words = check_words(&list, &mut findings);
    let key = read_key(&list, text.len(), &mut findings);
    let key = key.map(|key| DkimKey {
        key,
        hashes: words(&list, "h").map(hash).collect(),
        services: words(&list, "s").map(service).collect(),
        testing: words(&list, "t").any(|flag| flag == "y"),
        same_domain: words(&list, "t").any(|flag| flag == "s"),
    });
    if let Some(key) = &key {
        for (tag, finding) in key.lint_with_tags() {
            let tag = list.get(tag);
            let span = tag.map_or(0..text.len(), |tag| tag.span.clone());
            let edit = tag.and_then(|tag| edit(&list, tag, &finding));
            let finding = finding.at(span);
            findings.push(match edit {
                Some(edit) => finding.with_guess(edit),
                None => finding,
            });
        }
    }
    let valid = has_version && has_words && !list.has_duplicates();
    (key.filter(|_| valid), findings)
}

/// The fix of a finding about the value as a change of its tag: what the key may be used for is
/// decided by a person.
fn edit(list: &TagList<'_>, tag: &Tag<'_>, finding: &Finding) -> Option<Edit> {
    let rule = |rule: &Rule| finding.is_of(rule);
    if rule(rules::DKIM_10) {
        return Some(Edit::replace(tag.value_span.clone(), "sha256"));
    }
    if rule(rules::DKIM_11) {
        return Some(list.removal(tag));
    }
    if !rule(rules::DKIM_12) {
        return None;
    }
    let flags = split_with_spans(tag.value, ':').map(|part| part.text);
    let flags: Vec<&str> = flags.filter(|flag| !["", "y"].contains(flag)).collect();
    Some(match &*flags {
        [] => list.removal(tag),
        left => Edit::replace(tag.value_span.clone(), left.join(":")),
    })
}

/// Tags that verifiers ignore and that were meant as others. Any other tag may be there, and
/// means nothing (RFC 6376 §3.2).
fn near_tags(list: &TagList<'_>) -> Vec<Finding> {
    list.unknown(KNOWN)
        .filter(|tag| typo::nearest(tag.name, KNOWN.iter().copied()).is_some())
        .map(|tag| {
            let is_first = list.first() == Some(tag);
            let fits = |tag: &Tag<'_>, name: &str| fits(tag, name, is_first);
            list.ignored(tag, rules::DKIM_14, KNOWN, fits)
        })
        .collect()
}

/// Whether each list has the word that its grammar asks for (RFC 6376 §3.6.1). A word that
/// nobody knows is ignored; it is told where it was meant as another one.
fn check_words(list: &TagList<'_>, findings: &mut Vec<Finding>) -> bool {
    let mut valid = true;
    for known in WORD_LISTS {
        let Some(tag) = list.get(known.tag) else {
            continue;
        };
        let name = known.tag;
        if split_with_spans(tag.value, ':').all(|part| part.text.is_empty()) {
            valid = false;
            let reason = format!("{name}= is empty, which its grammar does not allow");
            let finding = Finding::new(known.rule, reason)
                .weighing(Severity::Error)
                .fix(format!("leave `{name}=` out, or name what it is for"))
                .with_edit(list.removal(tag));
            findings.push(finding.at(tag.span.clone()));
            continue;
        }
        let mut empty = None;
        for part in split_with_spans(tag.value, ':').take(MOST_WORDS) {
            if part.text.is_empty() {
                empty.get_or_insert(part.span);
            } else {
                findings.extend(near_word(tag, &part, &known));
            }
        }
        findings.extend(empty.map(|place| empty_word(tag, &place, &known)));
    }
    valid
}

/// The fault of a list with nothing before a colon or after it. Verifiers read over it, though its
/// grammar has no such list.
fn empty_word(tag: &Tag<'_>, place: &Range<usize>, known: &WordList) -> Finding {
    let words = split_with_spans(tag.value, ':').map(|part| part.text);
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let words = words.join(":");
    let name = known.tag;
    let reason = format!("there is nothing beside a colon of {name}=");
    let start = tag.value_span.start;
    let finding = Finding::new(known.rule, reason)
        .weighing(Severity::Error)
        .fix(format!("write `{name}={words}`"))
        .at(start + place.start..start + place.end);
    finding.with_edit(Edit::replace(tag.value_span.clone(), words))
}

/// Whether a key is still one for mail when `tag` is called `name`.
fn fits(tag: &Tag<'_>, name: &str, is_first: bool) -> bool {
    let has = |words: &[&str]| {
        let mut parts = split_with_spans(tag.value, ':');
        parts.any(|part| words.contains(&part.text))
    };
    match name {
        "v" => is_first && tag.value == "DKIM1",
        "k" => ["rsa", "ed25519"].contains(&tag.value),
        "h" => has(&["sha256"]),
        "s" => has(&["*", "email"]),
        _ => true,
    }
}

fn near_word(tag: &Tag<'_>, part: &Part<'_>, known: &WordList) -> Option<Finding> {
    if known.words.contains(&part.text) {
        return None;
    }
    let start = tag.value_span.start;
    let span = start + part.span.start..start + part.span.end;
    let name = known.tag;
    let separated = part
        .text
        .split([',', ' ', '\t'])
        .filter(|word| !word.is_empty());
    let separated: Vec<&str> = separated.collect();
    if separated.len() > 1 && separated.iter().all(|word| known.words.contains(word)) {
        let reason = format!(
            "colons separate the words of {name}=, and {} has none",
            quote(part.text)
        );
        let words = separated.join(":");
        let finding = Finding::new(known.rule, reason).fix(format!("write `{words}`"));
        return Some(
            finding
                .at(span.clone())
                .with_edit(Edit::replace(span, words)),
        );
    }
    // Nobody is to be led to a hash that verifiers refuse.
    let is_offered = |word: &&str| *word != "sha1" || part.text.eq_ignore_ascii_case(word);
    let offered = known.words.iter().copied().filter(is_offered);
    let near = typo::nearest(part.text, offered)?;
    let word = near.word;
    let reason = format!(
        "verifiers ignore {} in {name}=: did you mean {word}?",
        quote(part.text)
    );
    let finding = Finding::new(known.rule, reason)
        .weighing(Severity::Warn)
        .fix(format!("write `{word}`"))
        .at(span.clone());
    let edit = Edit::replace(span, word);
    Some(if near.is_sure && word != "y" {
        finding.with_edit(edit)
    } else {
        finding.with_guess(edit)
    })
}

fn check_version(list: &TagList<'_>, findings: &mut Vec<Finding>) -> bool {
    let Some(version) = list.get("v") else {
        return true;
    };
    let finding = if version.value != "DKIM1" {
        let reason = format!(
            "the version is {}, and the only one is DKIM1",
            quote(version.value)
        );
        let finding = Finding::new(rules::DKIM_03, reason).fix("write `v=DKIM1`");
        let edit = Edit::replace(version.value_span.clone(), "DKIM1");
        if version.value.eq_ignore_ascii_case("DKIM1") {
            finding.with_edit(edit)
        } else {
            finding.with_guess(edit)
        }
    } else if list.first() != Some(version) {
        let mut moved = Edit::insert(0, "v=DKIM1; ");
        moved
            .replacements
            .extend(list.removal(version).replacements);
        Finding::new(rules::DKIM_03, "v= is not the first tag")
            .fix("move `v=DKIM1` to the start")
            .with_edit(moved)
    } else {
        return true;
    };
    findings.push(finding.at(version.span.clone()));
    false
}

fn read_key(list: &TagList<'_>, end: usize, findings: &mut Vec<Finding>) -> Option<PublicKey> {
    let Some(tag) = list.get("p") else {
        findings.push(
            Finding::new(rules::DKIM_04, "the record has no p=, so it holds no key")
                .fix("add `p=` with the public key in base64")
                .at(end..end),
        );
        return None;
    };
    if tag.value.is_empty() {
        return Some(PublicKey::Revoked);
    }
    let key_type = list.get("k");
    match key_type.map_or("rsa", |tag| tag.value) {
        "rsa" => {
            let bytes = read_bytes(tag, findings)?;
            match RsaPublicKey::from_der(&bytes) {
                Ok(key) => Some(PublicKey::Rsa(key)),
                Err(error) => {
                    let finding = unreadable(rules::DKIM_08, tag, &error);
                    findings.push(meant(finding, list, tag, &bytes));
                    None
                }
            }
        }
        "ed25519" => {
            let bytes = read_bytes(tag, findings)?;
            if let Ok(key) = <[u8; 32]>::try_from(&*bytes) {
                return Some(PublicKey::Ed25519(key));
            }
            let error = PublicKeyError::Ed25519(bytes.len());
            let finding = unreadable(rules::DKIM_09, tag, &error);
            findings.push(meant(finding, list, tag, &bytes));
            None
        }
        other => {
            findings.push(unknown_type(list, tag, other));
            None
        }
    }
}

/// A type of key that nobody knows: the key itself says what it is, if it can be read.
fn unknown_type(list: &TagList<'_>, tag: &Tag<'_>, written: &str) -> Finding {
    let reason = format!(
        "the key is of the type {}, which no verifier knows",
        quote(written)
    );
    let key_type = list.get("k").unwrap_or(tag);
    let span = key_type.value_span.clone();
    let finding = Finding::new(rules::DKIM_05, reason).at(span.clone());
    let base64 = meant_base64(tag.value).map(|(base64, _)| base64);
    let bytes = decode_base64(base64.as_deref().unwrap_or(tag.value)).map(|(bytes, _)| bytes);
    let material = bytes.map(|bytes| Material::of(&bytes));
    let (word, is_sure) = match material {
        Ok(Material::Rsa) => ("rsa", true),
        Ok(Material::Ed25519(_)) => ("ed25519", true),
        _ => match typo::nearest(written, ["rsa", "ed25519"]) {
            Some(near) => (near.word, false),
            None => return finding,
        },
    };
    let finding = finding.fix(format!("write `k={word}`"));
    let edit = Edit::replace(span, word);
    finding.with_meant(edit, is_sure)
}

/// `finding` about `bytes`, which are no key of the type that the record names, with what they are.
fn meant(finding: Finding, list: &TagList<'_>, tag: &Tag<'_>, bytes: &[u8]) -> Finding {
    let typed = |word: &str| match list.get("k") {
        Some(key_type) => Edit::replace(key_type.value_span.clone(), word),
        None => Edit::insert(tag.span.start, format!("k={word}; ")),
    };
    match Material::of(bytes) {
        Material::Private => meant_private(finding),
        Material::Cut { octets, whole } => Finding {
            reason: format!("the key is cut off: {octets} of its {whole} octets are there"),
            ..finding
                .fix("publish the whole key; a value of more than 255 octets takes a second string")
        },
        Material::Rsa => finding.fix("write `k=rsa`").with_edit(typed("rsa")),
        Material::Ed25519(key) => {
            let key = encode_base64(&key);
            let is_typed = list.value("k") == Some("ed25519");
            let mut edit = if is_typed {
                Edit::default()
            } else {
                typed("ed25519")
            };
            if decode_base64(tag.value) != decode_base64(&key) {
                edit = edit.and_replace(tag.value_span.clone(), key.as_str());
                edit.replacements.sort_by_key(|one| one.span.start);
            }
            let fix = if is_typed {
                format!("write `p={key}`: the key without its wrapping")
            } else {
                format!("write `k=ed25519; p={key}`")
            };
            finding.fix(fix).with_edit(edit)
        }
        Material::Other => finding,
    }
}

/// `finding` about a private key, which is no secret any more.
fn meant_private(finding: Finding) -> Finding {
    Finding {
        reason: "p= holds a private key, with which everybody who reads the record can sign"
            .to_owned(),
        ..finding.fix(
            "remove the record, generate a new key pair, and publish the public half under another selector",
        )
    }
}

fn read_bytes(tag: &Tag<'_>, findings: &mut Vec<Finding>) -> Option<Vec<u8>> {
    let span = tag.value_span.clone();
    match decode_base64(tag.value) {
        Ok((bytes, true)) => Some(bytes),
        Ok((bytes, false)) => {
            let reason = "the key's base64 is not padded to a multiple of four characters, or its last bits are not zero";
            let whole = encode_base64(&bytes);
            let end = &whole[whole.len().saturating_sub(4)..];
            let finding = Finding::new(rules::DKIM_04, reason)
                .weighing(Severity::Warn)
                .fix(format!("end the key in `{end}`"))
                .with_edit(Edit::replace(span.clone(), whole.as_str()));
            findings.push(finding.at(span));
            Some(bytes)
        }
        Err(error) => {
            let finding = unreadable(rules::DKIM_04, tag, &error);
            findings.push(match meant_base64(tag.value) {
                Some((base64, around)) => finding
                    .fix(format!("write the key's base64 alone, without {around}"))
                    .with_edit(Edit::replace(span, base64)),
                None if tag.value.contains("PRIVATE KEY") => meant_private(finding),
                None => finding,
            });
            None
        }
    }
}

fn unreadable(rule: &'static Rule, tag: &Tag<'_>, error: &PublicKeyError) -> Finding {
    let reason = format!("the key can't be read: {error}");
    Finding::new(rule, reason).at(tag.value_span.clone())
}

/// The words of a tag's colon-separated value.
fn words<'a>(list: &TagList<'a>, tag: &str) -> impl Iterator<Item = &'a str> {
    let words: BTreeSet<&str> = list
        .value(tag)
        .into_iter()
        .flat_map(|value| split_with_spans(value, ':'))
        .map(|part| part.text)
        .filter(|word| !word.is_empty())
        .collect();
    words.into_iter()
}

fn hash(word: &str) -> HashAlgorithm {
    match word {
        "sha1" => HashAlgorithm::Sha1,
        "sha256" => HashAlgorithm::Sha256,
        _ => HashAlgorithm::Unknown,
    }
}

fn service(word: &str) -> Service {
    match word {
        "*" => Service::Any,
        "email" => Service::Email,
        "tlsrpt" => Service::TlsRpt,
        _ => Service::Unknown,
    }
}
