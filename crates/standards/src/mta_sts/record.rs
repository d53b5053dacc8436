//! The `_mta-sts` TXT record (RFC 8461 §3.1).

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use crate::dns::{Name, NameError, Txt};
use crate::fields::{self, Extension, Field, FieldRules};
use crate::quote::quote;
use crate::rules;
use crate::{Edit, Finding, Place, Protocol, owner, pasted, single};

const RULES: FieldRules = FieldRules {
    names: &["v", "id"],
    version: "STSv1",
    version_rule: rules::STS_R02,
    field_rule: rules::STS_R04,
    unknown_rule: rules::STS_R05,
    foreign: (
        &["mode", "mx", "max_age", "version"],
        "remove it here, and write it into the policy file, `/.well-known/mta-sts.txt`",
    ),
    fits: |id| id.contains(|c: char| c.is_ascii_alphanumeric()),
};

/// The id that tells senders a policy has changed: 1 to 32 letters and digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyId(String);

/// Why a text is not a policy id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyIdError {
    /// Nothing there.
    #[error("the id is empty")]
    Empty,
    /// More than 32 characters.
    #[error("the id has {0} characters, and 32 are the most")]
    TooLong(usize),
    /// Something that is neither a letter nor a digit.
    #[error("the id holds {0:?}, and only letters and digits may stand in it")]
    Character(char),
}

impl PolicyId {
    /// The id of the policy with these bytes: the first 128 bits of their SHA-256, so that
    /// it changes whenever the policy changes and never otherwise (STS-R08).
    pub fn of(policy: &[u8]) -> Self {
        use fmt::Write;
        let digest = Sha256::digest(policy);
        let mut id = String::with_capacity(32);
        for byte in &digest[..16] {
            write!(id, "{byte:02x}").expect("writing to a string can't fail");
        }
        Self(id)
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PolicyId {
    type Err = PolicyIdError;

    fn from_str(text: &str) -> Result<Self, PolicyIdError> {
        if text.is_empty() {
            return Err(PolicyIdError::Empty);
        }
        if let Some(character) = text.chars().find(|c| !c.is_ascii_alphanumeric()) {
            return Err(PolicyIdError::Character(character));
        }
        if text.len() > 32 {
            return Err(PolicyIdError::TooLong(text.len()));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for PolicyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The record that says a domain has a policy, and which one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MtaStsRecord {
    /// Changes with the policy.
    pub id: PolicyId,
    /// Fields of later specifications.
    pub extensions: Vec<Extension>,
}

impl MtaStsRecord {
    /// The record that announces the policy with this id.
    pub fn new(id: PolicyId) -> Self {
        Self {
            id,
            extensions: Vec::new(),
        }
    }

    /// Reads a record: what a sender would make of it, and every finding.
    pub fn parse(text: &str) -> (Option<Self>, Vec<Finding>) {
        let damage = pasted::faults(text, &RULES.syntax());
        let (record, others) = Self::read(text);
        let findings = pasted::told_once(text, damage, others, |text| Self::read(text).1);
        (record, findings)
    }

    fn read(text: &str) -> (Option<Self>, Vec<Finding>) {
        let (fields, mut findings) = fields::parse(text, &RULES);
        let Some(fields) = fields else {
            return (None, findings);
        };
        let id = read_id(text, &fields, &mut findings);
        let mut extensions = Vec::new();
        for field in fields.iter().filter(|field| field.name != "id") {
            let (extension, finding) = fields::extension(field, &fields, &RULES);
            extensions.extend(extension);
            findings.push(finding);
        }
        (id.map(|id| Self { id, extensions }), findings)
    }

    /// The record among the TXT values at `owner`. STS-R06 when there are several, STS-R07
    /// for values that are something else.
    pub fn among(owner: &Name, values: &[Txt]) -> (Option<Self>, Vec<Finding>) {
        let is_ours = |text: &str| Protocol::MtaSts.recognises(text);
        let (record, mut findings) =
            single::read(owner, values, is_ours, rules::STS_R06, Self::parse);
        for other in values.iter().filter(|value| !is_ours(&value.text())) {
            let reason = format!(
                "{owner} also has {}, which is no MTA-STS record",
                quote(&other.text())
            );
            let place = Place::Live(owner.to_string());
            findings.push(Finding::new(rules::STS_R07, reason).in_place(place));
        }
        (record, findings)
    }

    /// The faults of the record as a value.
    pub fn lint(&self) -> Vec<Finding> {
        self.extensions
            .iter()
            .map(|extension| {
                Finding::new(
                    rules::STS_R05,
                    format!("senders ignore the field {}", quote(extension.name())),
                )
            })
            .collect()
    }
}

impl fmt::Display for MtaStsRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v=STSv1; id={};", self.id)?;
        for extension in &self.extensions {
            write!(f, " {extension};")?;
        }
        Ok(())
    }
}

/// The label that the record stands at, under its domain.
const OWNER: &str = "_mta-sts";

/// The name that the record of `domain` stands at.
pub fn record_owner(domain: &Name) -> Result<Name, NameError> {
    domain.child(OWNER)
}

/// STS-R01: the record of `domain` stands at `_mta-sts.<domain>` and nowhere else.
pub fn check_record_owner(owner: &Name, domain: &Name) -> Option<Finding> {
    owner::check(rules::STS_R01, OWNER, owner, domain)
}

/// STS-R10: a parent's policy is never inherited, so every domain among `mail_domains`
/// below one that `has_policy` wants its own.
pub fn check_mail_subdomains<'a>(
    mail_domains: impl IntoIterator<Item = &'a Name>,
    has_policy: impl Fn(&Name) -> bool,
) -> Vec<Finding> {
    mail_domains
        .into_iter()
        .filter(|domain| !has_policy(domain))
        .filter_map(|domain| {
            let parents = std::iter::successors(domain.parent(), Name::parent);
            let parent = parents.into_iter().find(|parent| has_policy(parent))?;
            let reason = format!(
                "{domain} receives mail without a policy, and the one of {parent} does not cover it"
            );
            Some(Finding::new(rules::STS_R10, reason).in_place(Place::Live(domain.to_string())))
        })
        .collect()
}

fn read_id(text: &str, fields: &[Field<'_>], findings: &mut Vec<Finding>) -> Option<PolicyId> {
    let mut ids = fields.iter().filter(|field| field.name == "id");
    let Some(first) = ids.next() else {
        findings.push(
            Finding::new(rules::STS_R03, "the record has no `id`")
                .fix("add `id=` with letters and digits, such as the time of the policy")
                .at(text.len()..text.len()),
        );
        return None;
    };
    for again in ids {
        let finding = Finding::new(rules::STS_R03, "the record has a second `id`");
        let before = text[..again.span.start].rfind(';');
        let finding = match before {
            Some(before) if again.value == first.value => finding
                .fix("remove the second one")
                .with_edit(Edit::remove(before..again.span.end)),
            _ => finding.fix("keep the one that is meant, and remove the other"),
        };
        findings.push(finding.at(again.span.clone()));
    }
    match first.value.parse::<PolicyId>() {
        Ok(id) => Some(id),
        Err(error) => {
            let finding = Finding::new(rules::STS_R03, error.to_string());
            let finding = match meant_id(first.value) {
                // Any other id does as well: it only has to differ from the one before.
                Some(id) => finding
                    .fix(format!("write `id={id}`"))
                    .with_edit(Edit::replace(first.value_span.clone(), id.as_str())),
                None => finding,
            };
            findings.push(finding.at(first.value_span.clone()));
            None
        }
    }
}

/// The letters and digits of `text`, as many as an id may have.
fn meant_id(text: &str) -> Option<PolicyId> {
    let kept = text.chars().filter(char::is_ascii_alphanumeric).take(32);
    kept.collect::<String>().parse().ok()
}
