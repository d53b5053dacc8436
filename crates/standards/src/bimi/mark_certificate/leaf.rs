//! The duties of the leaf and its issuer besides the subject: VMC-03 to VMC-05, VMC-11 to VMC-13
//! and VMC-17 to VMC-19.

use x509_parser::der_parser::asn1_rs::Oid;
use x509_parser::extensions::ExtendedKeyUsage;
use x509_parser::prelude::{GeneralName, ParsedExtension, X509Certificate};

use super::oids;
use crate::dns::Name;
use crate::rules;
use crate::{Finding, Severity};

/// The longest that a mark certificate may be valid (MCR §6.3.2), in seconds.
const LONGEST_VALIDITY: i64 = 825 * 24 * 60 * 60;
/// Certificates issued from 2025-03-15 on are no pilots any more (MCR §7.1.2.7).
const NO_PILOT_FROM: i64 = 1_741_996_800;
/// The smallest RSA key (MCR §6.1.5), in bits.
const SMALLEST_RSA_KEY: usize = 2048;

/// Checks the leaf alone.
pub(super) fn check(leaf: &X509Certificate<'_>) -> Vec<Finding> {
    let checks: [fn(&X509Certificate<'_>) -> Option<Finding>; 10] = [
        check_purpose,
        check_logotype,
        check_revocation,
        check_timestamps,
        check_policy,
        check_practice_statement,
        check_constraints,
        check_key_usage,
        check_pilot,
        check_validity,
    ];
    let mut findings: Vec<Finding> = checks.iter().filter_map(|check| check(leaf)).collect();
    findings.extend(check_key(leaf));
    findings
}

/// Checks that the authority may issue mark certificates (VMC-04).
pub(super) fn check_issuer(issuer: &X509Certificate<'_>) -> Option<Finding> {
    let allowed =
        purposes(issuer).is_some_and(|purposes| purposes.other.contains(&oids::BIMI_KEY_USAGE));
    (!allowed).then(|| {
        let reason = "the issuer's certificate does not have the key usage of mark certificates";
        Finding::new(rules::VMC_04, reason)
    })
}

/// The names that the leaf is for.
pub(super) fn names(leaf: &X509Certificate<'_>) -> Vec<Name> {
    let Ok(Some(names)) = leaf.subject_alternative_name() else {
        return Vec::new();
    };
    let names = names.value.general_names.iter();
    names
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Name::parse(name).ok(),
            _ => None,
        })
        .collect()
}

fn extension<'c>(
    certificate: &'c X509Certificate<'_>,
    oid: &Oid<'_>,
) -> Option<&'c ParsedExtension<'c>> {
    let extension = certificate
        .iter_extensions()
        .find(|extension| extension.oid == *oid)?;
    Some(extension.parsed_extension())
}

fn purposes<'c>(certificate: &'c X509Certificate<'_>) -> Option<&'c ExtendedKeyUsage<'c>> {
    match extension(certificate, &oids::EXTENDED_KEY_USAGE)? {
        ParsedExtension::ExtendedKeyUsage(purposes) => Some(purposes),
        _ => None,
    }
}

fn check_purpose(leaf: &X509Certificate<'_>) -> Option<Finding> {
    let Some(purposes) = purposes(leaf) else {
        return Some(Finding::new(
            rules::VMC_03,
            "the certificate has no extended key usage",
        ));
    };
    if !purposes.other.contains(&oids::BIMI_KEY_USAGE) {
        let reason = "the certificate does not have the key usage of mark certificates";
        return Some(Finding::new(rules::VMC_03, reason));
    }
    let other = purposes.any
        || purposes.server_auth
        || purposes.client_auth
        || purposes.code_signing
        || purposes.email_protection
        || purposes.time_stamping
        || purposes.ocsp_signing
        || purposes.other.len() > 1;
    other.then(|| {
        Finding::new(
            rules::VMC_03,
            "the certificate has other key usages beside that of mark certificates",
        )
    })
}

fn check_logotype(leaf: &X509Certificate<'_>) -> Option<Finding> {
    match leaf
        .iter_extensions()
        .find(|extension| extension.oid == oids::LOGOTYPE)
    {
        None => Some(Finding::new(
            rules::VMC_05,
            "the certificate has no logotype extension",
        )),
        Some(extension) if extension.critical => Some(Finding::new(
            rules::VMC_05,
            "the logotype extension is marked critical",
        )),
        Some(_) => None,
    }
}

fn check_revocation(leaf: &X509Certificate<'_>) -> Option<Finding> {
    let lists = match extension(leaf, &oids::CRL_DISTRIBUTION_POINTS) {
        Some(ParsedExtension::CRLDistributionPoints(points)) => points.points.len(),
        _ => 0,
    };
    (lists == 0).then(|| Finding::new(rules::VMC_11, "the certificate names no revocation list"))
}

fn check_timestamps(leaf: &X509Certificate<'_>) -> Option<Finding> {
    match extension(leaf, &oids::TIMESTAMPS) {
        None => Some(Finding::new(
            rules::VMC_12,
            "the certificate has no signed certificate timestamps",
        )),
        Some(ParsedExtension::SCT(list)) if !list.is_empty() => None,
        Some(_) => Some(Finding::new(
            rules::VMC_12,
            "the list of certificate timestamps is empty or broken",
        )),
    }
}

fn check_policy(leaf: &X509Certificate<'_>) -> Option<Finding> {
    let has_policy = match extension(leaf, &oids::CERTIFICATE_POLICIES) {
        Some(ParsedExtension::CertificatePolicies(policies)) => policies
            .iter()
            .any(|policy| policy.policy_id == oids::GENERAL_POLICY),
        _ => false,
    };
    (!has_policy).then(|| {
        let reason = format!(
            "the certificate does not have the policy {}",
            oids::GENERAL_POLICY
        );
        Finding::new(rules::VMC_13, reason)
    })
}

fn check_practice_statement(leaf: &X509Certificate<'_>) -> Option<Finding> {
    let has_statement = match extension(leaf, &oids::CERTIFICATE_POLICIES) {
        Some(ParsedExtension::CertificatePolicies(policies)) => policies
            .iter()
            .filter_map(|policy| policy.policy_qualifiers.as_ref())
            .flatten()
            .any(|qualifier| qualifier.policy_qualifier_id == oids::PRACTICE_STATEMENT),
        _ => false,
    };
    (!has_statement)
        .then(|| Finding::new(rules::VMC_13, "the certificate names no practice statement"))
}

fn check_constraints(leaf: &X509Certificate<'_>) -> Option<Finding> {
    if leaf.is_ca() {
        return Some(Finding::new(
            rules::VMC_17,
            "the certificate is that of an authority",
        ));
    }
    let constrained = extension(leaf, &oids::NAME_CONSTRAINTS).is_some();
    constrained.then(|| Finding::new(rules::VMC_17, "the certificate has name constraints"))
}

/// A missing key usage is a warning only: the requirements ask for one, and two of the three
/// authorities issue certificates without it, which receivers accept.
fn check_key_usage(leaf: &X509Certificate<'_>) -> Option<Finding> {
    let fault = |reason| Some(Finding::new(rules::VMC_17, reason));
    match leaf.key_usage() {
        Ok(Some(usage)) if !usage.value.digital_signature() => {
            fault("the key may not make digital signatures")
        }
        Ok(Some(usage)) if !usage.critical => fault("the key usage is not marked critical"),
        Ok(Some(_)) => None,
        Ok(None) => fault("the certificate has no key usage").map(|f| f.weighing(Severity::Warn)),
        Err(_) => fault("the certificate has two key usages"),
    }
}

fn check_pilot(leaf: &X509Certificate<'_>) -> Option<Finding> {
    let is_late = leaf.validity().not_before.timestamp() >= NO_PILOT_FROM;
    let is_pilot = extension(leaf, &oids::PILOT).is_some();
    (is_late && is_pilot).then(|| {
        Finding::new(
            rules::VMC_18,
            "a pilot certificate, issued after pilots ended on 2025-03-15",
        )
    })
}

fn check_validity(leaf: &X509Certificate<'_>) -> Option<Finding> {
    let validity = leaf.validity();
    let seconds = validity.not_after.timestamp() - validity.not_before.timestamp();
    (seconds > LONGEST_VALIDITY).then(|| {
        let days = seconds / (24 * 60 * 60);
        Finding::new(
            rules::VMC_19,
            format!("the certificate is valid for {days} days, more than 825"),
        )
    })
}

fn check_key(leaf: &X509Certificate<'_>) -> Option<Finding> {
    let key = leaf.public_key();
    let algorithm = &key.algorithm.algorithm;
    if *algorithm == oids::RSA_KEY {
        let bits = key.parsed().map_or(0, |key| key.key_size());
        return (bits < SMALLEST_RSA_KEY).then(|| {
            Finding::new(
                rules::VMC_19,
                format!("the RSA key has {bits} bits, less than {SMALLEST_RSA_KEY}"),
            )
        });
    }
    let curve = key
        .algorithm
        .parameters
        .as_ref()
        .and_then(|parameters| parameters.as_oid().ok());
    let on_curve = curve.is_some_and(|curve| [oids::P256, oids::P384].contains(&curve));
    (*algorithm != oids::EC_KEY || !on_curve).then(|| {
        Finding::new(
            rules::VMC_19,
            "the key is neither RSA nor on the curve P-256 or P-384",
        )
    })
}
