//! Reading a key record: tolerant, with every fault and its place.

use std::collections::BTreeSet;

use super::public_key::{RsaPublicKey, decode_base64};
use super::{DkimKey, HashAlgorithm, PublicKey, PublicKeyError, Service};
use crate::quote::quote;
use crate::tag_list::{Tag, TagList, split_with_spans};
use crate::{Finding, Severity};

impl DkimKey {
    /// Reads a key record: the key that a verifier would use, and every finding.
    pub fn parse(text: &str) -> (Option<Self>, Vec<Finding>) {
        let list = TagList::parse(text);
        let mut findings: Vec<Finding> = list.findings("DKIM-14").collect();
        let has_version = check_version(&list, &mut findings);
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
        let valid = has_version && !list.has_duplicates();
        (key.filter(|_| valid), findings)
    }
}

fn check_version(list: &TagList<'_>, findings: &mut Vec<Finding>) -> bool {
    let Some(version) = list.get("v") else {
        return true;
    };
    let fault = if version.value != "DKIM1" {
        format!(
            "the version is {}, and the only one is DKIM1",
            quote(version.value)
        )
    } else if list.first() != Some(version) {
        "v= is not the first tag".to_owned()
    } else {
        return true;
    };
    findings.push(Finding::new("DKIM-03", fault).at(version.span.clone()));
    false
}

fn read_key(list: &TagList<'_>, end: usize, findings: &mut Vec<Finding>) -> Option<PublicKey> {
    let Some(tag) = list.get("p") else {
        findings
            .push(Finding::new("DKIM-04", "the record has no p=, so it holds no key").at(end..end));
        return None;
    };
    if tag.value.is_empty() {
        return Some(PublicKey::Revoked);
    }
    let key_type = list.get("k");
    match key_type.map_or("rsa", |tag| tag.value) {
        "rsa" => read_bytes(tag, findings).and_then(|bytes| {
            let key = RsaPublicKey::from_der(&bytes).map(PublicKey::Rsa);
            report("DKIM-08", tag, key, findings)
        }),
        "ed25519" => read_bytes(tag, findings).and_then(|bytes| {
            let length = bytes.len();
            let key = <[u8; 32]>::try_from(bytes)
                .map(PublicKey::Ed25519)
                .map_err(|_| PublicKeyError::Ed25519(length));
            report("DKIM-09", tag, key, findings)
        }),
        other => {
            let reason = format!(
                "the key is of the type {}, which no verifier knows",
                quote(other)
            );
            let span = key_type.map_or(tag.span.clone(), |tag| tag.value_span.clone());
            findings.push(Finding::new("DKIM-05", reason).at(span));
            None
        }
    }
}

fn read_bytes(tag: &Tag<'_>, findings: &mut Vec<Finding>) -> Option<Vec<u8>> {
    let (bytes, exact) = report("DKIM-04", tag, decode_base64(tag.value), findings)?;
    if !exact {
        let reason = "the key's base64 is not padded to a multiple of four characters, or its last bits are not zero";
        let finding = Finding::new("DKIM-04", reason).weighing(Severity::Warn);
        findings.push(finding.at(tag.value_span.clone()));
    }
    Some(bytes)
}

fn report<T>(
    rule: &'static str,
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
