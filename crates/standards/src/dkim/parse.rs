//! Reading a key record: tolerant, with every fault and its place.

use std::collections::BTreeSet;

use super::public_key::{RsaPublicKey, decode_base64};
use super::{DkimKey, HashAlgorithm, PublicKey, PublicKeyError, Service};
use crate::quote::quote;
use crate::rules::{self, Rule};
use crate::tag_list::{Part, Tag, TagList, split_with_spans};
use crate::{Edit, Finding, Severity, typo};

/// Every tag of RFC 6376, and `g` of RFC 4871.
const KNOWN: &[&str] = &["v", "g", "h", "k", "n", "p", "s", "t"];

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
        let list = TagList::parse(text);
        let mut findings: Vec<Finding> = list.findings(rules::DKIM_14).collect();
        let has_version = check_version(&list, &mut findings);
        findings.extend(near_tags(&list));
        let has_words = check_words(&list, &mut findings);
        let key = read_key(&list, text.len(), &mut findings);
        let key = key.map(|key| Self {
            key,
            hashes: words(&list, "h").map(hash).collect(),
            services: words(&list, "s").map(service).collect(),
            testing: words(&list, "t").any(|flag| flag == "y"),
            same_domain: words(&list, "t").any(|flag| flag == "s"),
        });
        if let Some(key) = &key {
            for (tag, finding) in key.lint_with_tags() {
                let span = list.get(tag).map_or(0..text.len(), |tag| tag.span.clone());
                findings.push(finding.at(span));
            }
        }
        let valid = has_version && has_words && !list.has_duplicates();
        (key.filter(|_| valid), findings)
    }
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
            let reason = format!("{name}= names nothing, and its grammar asks for a word");
            let finding = Finding::new(known.rule, reason)
                .weighing(Severity::Error)
                .fix(format!("leave `{name}=` out, or name what it is for"))
                .with_edit(list.removal(tag));
            findings.push(finding.at(tag.span.clone()));
        }
        let parts = split_with_spans(tag.value, ':').take(MOST_WORDS);
        findings.extend(parts.filter_map(|part| near_word(tag, &part, &known)));
    }
    valid
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
    let near = typo::nearest(part.text, known.words.iter().copied())?;
    let start = tag.value_span.start;
    let span = start + part.span.start..start + part.span.end;
    let (name, word) = (known.tag, near.word);
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
        Finding::new(rules::DKIM_03, "v= is not the first tag").fix("move `v=DKIM1` to the start")
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
        "rsa" => read_bytes(tag, findings).and_then(|bytes| {
            let key = RsaPublicKey::from_der(&bytes).map(PublicKey::Rsa);
            report(rules::DKIM_08, tag, key, findings)
        }),
        "ed25519" => read_bytes(tag, findings).and_then(|bytes| {
            let length = bytes.len();
            let key = <[u8; 32]>::try_from(bytes)
                .map(PublicKey::Ed25519)
                .map_err(|_| PublicKeyError::Ed25519(length));
            report(rules::DKIM_09, tag, key, findings)
        }),
        other => {
            let reason = format!(
                "the key is of the type {}, which no verifier knows",
                quote(other)
            );
            let span = key_type.map_or(tag.span.clone(), |tag| tag.value_span.clone());
            let finding = Finding::new(rules::DKIM_05, reason);
            let finding = match typo::nearest(other, ["rsa", "ed25519"]) {
                Some(near) => {
                    let edit = Edit::replace(span.clone(), near.word);
                    let finding = finding.fix(format!("write `k={}`", near.word));
                    if near.is_sure {
                        finding.with_edit(edit)
                    } else {
                        finding.with_guess(edit)
                    }
                }
                None => finding,
            };
            findings.push(finding.at(span));
            None
        }
    }
}

fn read_bytes(tag: &Tag<'_>, findings: &mut Vec<Finding>) -> Option<Vec<u8>> {
    let (bytes, exact) = report(rules::DKIM_04, tag, decode_base64(tag.value), findings)?;
    if !exact {
        let reason = "the key's base64 is not padded to a multiple of four characters, or its last bits are not zero";
        let finding = Finding::new(rules::DKIM_04, reason).weighing(Severity::Warn);
        findings.push(finding.at(tag.value_span.clone()));
    }
    Some(bytes)
}

fn report<T>(
    rule: &'static Rule,
    tag: &Tag<'_>,
    result: Result<T, PublicKeyError>,
    findings: &mut Vec<Finding>,
) -> Option<T> {
    result
        .map_err(|error| {
            let reason = format!("the key can't be read: {error}");
            findings.push(Finding::new(rule, reason).at(tag.value_span.clone()));
        })
        .ok()
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
