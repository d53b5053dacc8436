//! Whom and what a mark certificate names: VMC-14, VMC-15, VMC-16 and VMC-20.

use std::fmt;

use serde::{Deserialize, Serialize};
use x509_parser::der_parser::asn1_rs::Oid;
use x509_parser::prelude::X509Certificate;

use super::oids;
use crate::Finding;
use crate::quote::quote;
use crate::rules::{self, Rule};

/// The kind of mark that the logo is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkType {
    /// A registered trademark.
    Registered,
    /// A registered trademark with changes.
    ModifiedRegistered,
    /// A mark of a government, by statute.
    Government,
    /// A logo that was in use before.
    PriorUse,
    /// A trademark whose registration is pending.
    PendingRegistration,
}

const MARK_TYPES: &[(MarkType, &str)] = &[
    (MarkType::Registered, "Registered Mark"),
    (MarkType::ModifiedRegistered, "Modified Registered Mark"),
    (MarkType::Government, "Government Mark"),
    (MarkType::PriorUse, "Prior Use Mark"),
    (MarkType::PendingRegistration, "Pending Registration Mark"),
];

/// Since 2025-04-15 a prior use mark names the page that shows the use (MCR §7.1.4.2).
const PRIOR_USE_SOURCE_FROM: i64 = 1_744_675_200;

/// A field of the subject, and what it is called.
type Field = (Oid<'static>, &'static str);

const TRADEMARK: &[Field] = &[
    (oids::TRADEMARK_COUNTRY, "trademarkCountryOrRegionName"),
    (oids::TRADEMARK_IDENTIFIER, "trademarkIdentifier"),
];
const STATUTE: &[Field] = &[
    (oids::STATUTE_COUNTRY, "statuteCountryName"),
    (oids::STATUTE_CITATION, "statuteCitation"),
];
const PRIOR_USE: &[Field] = &[(oids::PRIOR_USE_SOURCE, "priorUseMarkSourceURL")];

/// Fields that every subject has.
const COMMON: &[Field] = &[
    (oids::ORGANIZATION, "organizationName"),
    (oids::STREET, "streetAddress"),
    (oids::COUNTRY, "countryName"),
    (oids::BUSINESS_CATEGORY, "businessCategory"),
    (oids::SERIAL_NUMBER, "serialNumber"),
    (oids::JURISDICTION_COUNTRY, "jurisdictionCountryName"),
];

impl MarkType {
    fn named(name: &str) -> Option<Self> {
        MARK_TYPES
            .iter()
            .find(|(_, known)| *known == name)
            .map(|(mark, _)| *mark)
    }

    /// Whether the certificate is a common mark certificate (CMC), not a verified one (VMC).
    pub fn is_common(self) -> bool {
        matches!(self, Self::PriorUse | Self::ModifiedRegistered)
    }

    /// The fields that a subject with this type of mark has, in a certificate issued at `issued`.
    fn fields(self, issued: i64) -> &'static [Field] {
        match self {
            Self::Registered | Self::ModifiedRegistered => TRADEMARK,
            Self::Government => STATUTE,
            Self::PriorUse if issued >= PRIOR_USE_SOURCE_FROM => PRIOR_USE,
            Self::PriorUse | Self::PendingRegistration => &[],
        }
    }
}

impl fmt::Display for MarkType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = MARK_TYPES
            .iter()
            .find(|(mark, _)| mark == self)
            .map(|(_, name)| *name);
        f.write_str(name.unwrap_or_default())
    }
}

/// The organization that the subject names.
pub(super) fn organization(leaf: &X509Certificate<'_>) -> Option<String> {
    field(leaf, &oids::ORGANIZATION)
}

/// The type of mark that the subject names.
pub(super) fn mark_type(leaf: &X509Certificate<'_>) -> Option<MarkType> {
    MarkType::named(&field(leaf, &oids::MARK_TYPE)?)
}

/// The text of a field of the subject, unless it is empty.
fn field(leaf: &X509Certificate<'_>, oid: &Oid<'_>) -> Option<String> {
    let attribute = leaf
        .subject()
        .iter_attributes()
        .find(|attribute| attribute.attr_type() == oid)?;
    let text = String::from_utf8_lossy(attribute.as_slice())
        .trim()
        .to_owned();
    Some(text).filter(|text| !text.is_empty())
}

/// Checks the fields of the subject.
pub(super) fn check(leaf: &X509Certificate<'_>) -> Vec<Finding> {
    let mut findings = missing(leaf, COMMON, rules::VMC_16);
    if field(leaf, &oids::LOCALITY).is_none() && field(leaf, &oids::STATE).is_none() {
        let reason = "the subject has neither localityName nor stateOrProvinceName";
        findings.push(Finding::new(rules::VMC_16, reason));
    }
    let Some(name) = field(leaf, &oids::MARK_TYPE) else {
        findings.push(Finding::new(
            rules::VMC_14,
            "the subject does not say what type of mark it is",
        ));
        return findings;
    };
    let Some(mark) = MarkType::named(&name) else {
        let reason = format!("{} is not a type of mark", quote(&name));
        findings.push(Finding::new(rules::VMC_14, reason));
        return findings;
    };
    let issued = leaf.validity().not_before.timestamp();
    findings.extend(missing(leaf, mark.fields(issued), rules::VMC_15));
    if mark.is_common() {
        let reason = format!(
            "a common mark certificate ({mark}): Gmail shows the logo without a check mark, Apple does not show it"
        );
        findings.push(Finding::new(rules::VMC_20, reason));
    }
    findings
}

fn missing(leaf: &X509Certificate<'_>, fields: &[Field], rule: &'static Rule) -> Vec<Finding> {
    fields
        .iter()
        .filter(|(oid, _)| field(leaf, oid).is_none())
        .map(|(_, name)| Finding::new(rule, format!("the subject has no {name}")))
        .collect()
}
