//! How ACM describes a certificate.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::validation::RENEWED_BEFORE;
use super::{Certificate, DomainValidation, Status, names};
use crate::weather::{Behaviour, Weather};

/// Since February 2026 a public certificate of ACM's lives for 198 days.
const LIFE_DAYS: i64 = 198;
const DAY_SECONDS: i64 = 86_400;
/// How long ACM tries by itself before it says that it waits for records. AWS does not say.
const RENEWAL_TRIED: SignedDuration = SignedDuration::from_hours(24);

/// The sight of a certificate at one moment.
pub(super) struct Sight<'a> {
    pub(super) certificate: &'a Certificate,
    /// The ARNs of what uses it.
    pub(super) in_use_by: Vec<String>,
    /// How long its validation records are not shown.
    pub(super) records_after: SignedDuration,
    pub(super) weather: Weather,
    pub(super) now: Timestamp,
}

impl Certificate {
    /// It is valid from the midnight before it was issued.
    pub fn not_before(&self) -> Option<Timestamp> {
        let issued = self.issued_at?.as_second();
        Timestamp::from_second(issued - issued.rem_euclid(DAY_SECONDS)).ok()
    }

    /// It is valid until the last second of its last day.
    pub fn not_after(&self) -> Option<Timestamp> {
        let begin = self.not_before()?;
        Some(begin + SignedDuration::from_secs(LIFE_DAYS * DAY_SECONDS - 1))
    }

    /// Its serial number: sixteen octets, positive.
    pub fn serial(&self) -> [u8; 16] {
        let mut serial = [0; 16];
        serial.copy_from_slice(&names::derive(&["acm serial", &self.arn])[..16]);
        serial[0] = serial[0] & 0x7f | 0x01;
        serial
    }

    /// Describe and list say `RSA-2048` where a request says `RSA_2048`.
    fn key_algorithm_shown(&self) -> String {
        match self.key_algorithm.strip_prefix("RSA_") {
            Some(bits) => format!("RSA-{bits}"),
            None => self.key_algorithm.clone(),
        }
    }

    fn signature_algorithm(&self) -> &'static str {
        match self.key_algorithm.as_str() {
            "EC_secp384r1" => "SHA384WITHECDSA",
            "EC_prime256v1" => "SHA256WITHECDSA",
            _ => "SHA256WITHRSA",
        }
    }
}

impl Sight<'_> {
    /// `CertificateDetail`.
    pub(super) fn detail(&self) -> Value {
        let certificate = self.certificate;
        let mut detail = json!({
            "CertificateArn": certificate.arn,
            "DomainName": certificate.domain_name,
            "SubjectAlternativeNames": certificate.names,
            "DomainValidationOptions": certificate
                .validations
                .iter()
                .map(|validation| self.validation(validation))
                .collect::<Vec<_>>(),
            "Subject": format!("CN={}", certificate.domain_name),
            "Issuer": "Amazon",
            "CreatedAt": seconds(certificate.created_at),
            "Status": certificate.status.as_str(),
            "KeyAlgorithm": certificate.key_algorithm_shown(),
            "SignatureAlgorithm": certificate.signature_algorithm(),
            "InUseBy": self.in_use_by,
            "Type": "AMAZON_ISSUED",
            "KeyUsages": [],
            "ExtendedKeyUsages": [],
            "RenewalEligibility": self.renewal_eligibility(),
            "Options": {
                "CertificateTransparencyLoggingPreference": "ENABLED",
                "Export": on_off(certificate.exportable),
            },
            "CertificateKeyPairOrigin": "AWS_MANAGED",
        });
        if let Some(failure) = &certificate.failure {
            detail["FailureReason"] = json!(failure);
        }
        if let (Some(issued), Some(begin), Some(end)) = (
            certificate.issued_at,
            certificate.not_before(),
            certificate.not_after(),
        ) {
            detail["Serial"] = json!(colons(&certificate.serial()));
            detail["IssuedAt"] = seconds(issued);
            detail["NotBefore"] = seconds(begin);
            detail["NotAfter"] = seconds(end);
            detail["KeyUsages"] = json!([
                { "Name": "DIGITAL_SIGNATURE" },
                { "Name": "KEY_ENCIPHERMENT" },
            ]);
            detail["ExtendedKeyUsages"] = json!([
                { "Name": "TLS_WEB_SERVER_AUTHENTICATION", "OID": "1.3.6.1.5.5.7.3.1" },
            ]);
            if let Some(renewal) = self.renewal(end) {
                detail["RenewalSummary"] = renewal;
            }
        }
        detail
    }

    /// `RenewalSummary` of a certificate whose time to be renewed has come and that is still the old
    /// one: ACM does not see its records. A certificate that was renewed has none here, because it has
    /// its time before it again.
    fn renewal(&self, end: Timestamp) -> Option<Value> {
        let begun = end - RENEWED_BEFORE;
        if self.renewal_eligibility() != "ELIGIBLE" || self.now < begun {
            return None;
        }
        let waits = self.now >= begun + RENEWAL_TRIED;
        let status = if waits {
            "PENDING_VALIDATION"
        } else {
            "PENDING_AUTO_RENEWAL"
        };
        let validations = self.certificate.validations.iter();
        let validations: Vec<Value> = validations
            .map(|validation| {
                let mut option = self.validation(validation);
                option["ValidationStatus"] = "PENDING_VALIDATION".into();
                option
            })
            .collect();
        Some(json!({
            "RenewalStatus": status,
            "DomainValidationOptions": validations,
            "UpdatedAt": seconds(begun),
        }))
    }

    /// `CertificateSummary`.
    pub(super) fn summary(&self) -> Value {
        let certificate = self.certificate;
        let mut summary = json!({
            "CertificateArn": certificate.arn,
            "DomainName": certificate.domain_name,
            "SubjectAlternativeNameSummaries": certificate.names,
            "HasAdditionalSubjectAlternativeNames": false,
            "Status": certificate.status.as_str(),
            "Type": "AMAZON_ISSUED",
            "KeyAlgorithm": certificate.key_algorithm_shown(),
            "KeyUsages": [],
            "ExtendedKeyUsages": [],
            "Exported": false,
            "InUse": !self.in_use_by.is_empty(),
            "RenewalEligibility": self.renewal_eligibility(),
            "CreatedAt": seconds(certificate.created_at),
            "CertificateKeyPairOrigin": "AWS_MANAGED",
        });
        if let (Some(issued), Some(begin), Some(end)) = (
            certificate.issued_at,
            certificate.not_before(),
            certificate.not_after(),
        ) {
            summary["KeyUsages"] = json!(["DIGITAL_SIGNATURE", "KEY_ENCIPHERMENT"]);
            summary["ExtendedKeyUsages"] = json!(["TLS_WEB_SERVER_AUTHENTICATION"]);
            summary["IssuedAt"] = seconds(issued);
            summary["NotBefore"] = seconds(begin);
            summary["NotAfter"] = seconds(end);
        }
        summary
    }

    fn validation(&self, validation: &DomainValidation) -> Value {
        let status = match (validation.validated_at, self.certificate.status) {
            (Some(_), _) => "SUCCESS",
            (None, Status::ValidationTimedOut | Status::Failed) => "FAILED",
            (None, _) => "PENDING_VALIDATION",
        };
        let mut value = json!({
            "DomainName": validation.domain_name,
            "ValidationDomain": validation.validation_domain,
            "ValidationEmails": [],
            "ValidationStatus": status,
            "ValidationMethod": self.certificate.method.as_str(),
        });
        // A name that was validated before needs no record, and none is shown then
        // (terraform-provider-aws, internal/service/acm/certificate.go).
        let name = format!("{} {}", self.certificate.arn, validation.domain_name);
        let hidden = validation.validated_at.is_some()
            && self.weather.meets(Behaviour::ValidatedWithoutRecord, &name);
        let record = self
            .certificate
            .record(validation, self.records_after, self.now);
        if let Some(record) = record.filter(|_| !hidden) {
            value["ResourceRecord"] = json!({
                "Name": record.name,
                "Type": "CNAME",
                "Value": record.value,
            });
        }
        value
    }

    fn renewal_eligibility(&self) -> &'static str {
        let used = self.certificate.status == Status::Issued && !self.in_use_by.is_empty();
        if used { "ELIGIBLE" } else { "INELIGIBLE" }
    }
}

fn on_off(on: bool) -> &'static str {
    if on { "ENABLED" } else { "DISABLED" }
}

/// The JSON protocols write a time as seconds with a fraction.
#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds of this era fit a double"
)]
fn seconds(time: Timestamp) -> Value {
    json!(time.as_millisecond() as f64 / 1000.0)
}

fn colons(octets: &[u8]) -> String {
    octets
        .iter()
        .map(|octet| format!("{octet:02x}"))
        .collect::<Vec<_>>()
        .join(":")
}
