//! Certificates: how they are asked for, kept, listed and given up.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{error, names};
use crate::call::place;
use crate::service::ServiceError;

/// How long an idempotency token is remembered.
const TOKEN_LIFE: SignedDuration = SignedDuration::from_hours(1);

/// The certificates of every account and region.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// By `account/region`, then by ARN.
    pub certificates: BTreeMap<String, BTreeMap<String, Certificate>>,
    /// The limits of an account.
    #[serde(rename = "~limits")]
    pub limits: Limits,
    /// When certificates were requested within the last year, by `account/region`.
    #[serde(rename = "~year")]
    year: BTreeMap<String, Vec<Timestamp>>,
    /// How often each name was asked for: what ids follow from.
    #[serde(rename = "~requested")]
    requested: BTreeMap<String, u64>,
    /// Those that were deleted within the hour, by `account/region`: their tokens still answer, and
    /// lists may still show them.
    #[serde(rename = "~deleted")]
    deleted: BTreeMap<String, Vec<Deleted>>,
    /// The authority that signs the certificates.
    #[serde(rename = "~authority")]
    pub authority: crate::ca::Authority,
}

/// A certificate that was deleted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Deleted {
    pub(super) at: Timestamp,
    pub(super) certificate: Certificate,
}

/// ACM's quotas on what is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Names in one certificate.
    pub names: usize,
    /// Certificates in one account and region.
    pub certificates: usize,
    /// Certificates requested in one account and region within a year, deleted ones too: twice what may
    /// be held at first, and 20 in some accounts (aws-cdk issue 13651).
    pub yearly: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            names: 10,
            certificates: 2_500,
            yearly: 5_000,
        }
    }
}

/// The stage of a certificate's life, as ACM spells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// It waits for its validation records.
    PendingValidation,
    /// It can be used.
    Issued,
    /// A certification authority refused.
    Failed,
    /// Its records were not seen within 72 hours.
    ValidationTimedOut,
    /// Its time is over.
    Expired,
}

impl Status {
    /// ACM's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PendingValidation => "PENDING_VALIDATION",
            Self::Issued => "ISSUED",
            Self::Failed => "FAILED",
            Self::ValidationTimedOut => "VALIDATION_TIMED_OUT",
            Self::Expired => "EXPIRED",
        }
    }
}

/// How the owner of a domain proves that it is theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Method {
    /// By a CNAME.
    Dns,
    /// By following a link in a message.
    Email,
}

impl Method {
    /// ACM's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dns => "DNS",
            Self::Email => "EMAIL",
        }
    }
}

/// One certificate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Certificate {
    /// `arn:aws:acm:us-east-1:111111111111:certificate/…`
    pub arn: String,
    /// The account that it belongs to.
    pub account: String,
    /// The first name.
    pub domain_name: String,
    /// All names, the first among them.
    pub names: Vec<String>,
    /// How its names are proved.
    pub method: Method,
    /// `RSA_2048`, `EC_prime256v1`, `EC_secp384r1`.
    pub key_algorithm: String,
    /// One for each name.
    pub validations: Vec<DomainValidation>,
    /// Whether its private key may be exported.
    pub exportable: bool,
    /// In the order in which they were set.
    pub tags: IndexMap<String, String>,
    /// The stage of its life.
    pub status: Status,
    /// Why it failed: `CAA_ERROR`.
    pub failure: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it was issued.
    pub issued_at: Option<Timestamp>,
    #[serde(rename = "~token")]
    pub(super) token: Option<String>,
    /// When ACM last searched for its records.
    #[serde(rename = "~checked")]
    pub(super) checked: Option<Timestamp>,
    /// Its place in the order of requests.
    #[serde(rename = "~sequence")]
    pub(super) sequence: u64,
}

/// How far one name of a certificate has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainValidation {
    /// The name in the certificate.
    pub domain_name: String,
    /// The domain whose postmasters would be written to.
    pub validation_domain: String,
    /// When it was proved.
    pub validated_at: Option<Timestamp>,
    /// Since when its record can be seen, once it was found.
    #[serde(rename = "~seen")]
    pub(super) seen: Option<Timestamp>,
}

/// The properties of a requested certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestedCertificate {
    /// The first name.
    pub domain_name: String,
    /// Further names.
    pub alternative_names: Vec<String>,
    /// How they are proved.
    pub method: Method,
    /// The kind of its key.
    pub key_algorithm: String,
    /// Domains to write to, by name.
    pub validation_domains: BTreeMap<String, String>,
    /// The caller's idempotency token.
    pub token: Option<String>,
    /// Whether its private key may be exported.
    pub exportable: bool,
    /// The first tags.
    pub tags: IndexMap<String, String>,
}

impl RequestedCertificate {
    /// All names once, in lower case, the first one first.
    fn names(&self) -> Result<Vec<String>, ServiceError> {
        let mut all = vec![names::domain_name(&self.domain_name)?];
        for name in names::alternative_names(&self.alternative_names)? {
            if !all.contains(&name) {
                all.push(name);
            }
        }
        Ok(all)
    }

    fn validation_domain(&self, name: &str) -> Result<String, ServiceError> {
        let Some(domain) = self.validation_domains.get(name) else {
            return Ok(name.to_owned());
        };
        let bare = name.strip_prefix("*.").unwrap_or(name);
        if bare == domain || bare.ends_with(&format!(".{domain}")) {
            return Ok(domain.clone());
        }
        Err(error::domain_validation(format!(
            "The validation domain {domain} is not a superdomain of {name}."
        )))
    }
}

impl Certificate {
    /// Whether TLS with this certificate is good for `host`: a wildcard stands for one label.
    pub fn covers(&self, host: &str) -> bool {
        let parent = host.split_once('.').map(|(_, parent)| parent);
        self.names.iter().any(|name| {
            name == host || (name.strip_prefix("*.").is_some() && name.strip_prefix("*.") == parent)
        })
    }

    fn answers(&self, request: &RequestedCertificate, all: &[String], now: Timestamp) -> bool {
        let mut mine = self.names.clone();
        let mut theirs = all.to_vec();
        mine.sort();
        theirs.sort();
        request.token.is_some()
            && self.token == request.token
            && now < self.created_at + TOKEN_LIFE
            && self.domain_name == request.domain_name.to_ascii_lowercase()
            && mine == theirs
            && self.method == request.method
            && self.key_algorithm == request.key_algorithm
    }
}

impl State {
    /// Asks for a certificate and gives its ARN. The same token with the same names within an hour
    /// gives the certificate that was asked for first.
    pub fn request(
        &mut self,
        account: &str,
        region: &str,
        request: &RequestedCertificate,
        now: Timestamp,
    ) -> Result<String, ServiceError> {
        let all = request.names()?;
        self.check_request(request, &all)?;
        let held = self.certificates.entry(place(account, region)).or_default();
        // The token answers for its hour, whatever became of the first certificate.
        let gone = self.deleted.get(&place(account, region));
        let gone = gone
            .into_iter()
            .flatten()
            .map(|deleted| &deleted.certificate);
        if let Some(first) = held
            .values()
            .chain(gone)
            .find(|held| held.answers(request, &all, now))
        {
            return Ok(first.arn.clone());
        }
        if held.len() >= self.limits.certificates {
            return Err(error::limit(format!(
                "Error: you have reached your limit of {} certificates.",
                self.limits.certificates
            )));
        }
        let year = self.year.entry(place(account, region)).or_default();
        check_year(year, self.limits.yearly, now)?;
        let validations = all
            .iter()
            .map(|name| DomainValidation::new(name, request))
            .collect::<Result<_, _>>()?;
        year.push(now);
        let sequence = self.requested.values().sum::<u64>() + 1;
        let times = self
            .requested
            .entry(format!("{account}/{region}/{}", all[0]))
            .or_default();
        *times += 1;
        let id = names::derive(&[
            "acm certificate",
            account,
            region,
            &all[0],
            &times.to_string(),
        ]);
        let arn = format!(
            "arn:aws:acm:{region}:{account}:certificate/{}",
            names::uuid(&id)
        );
        let certificate = Certificate {
            arn: arn.clone(),
            account: account.to_owned(),
            domain_name: request.domain_name.to_ascii_lowercase(),
            names: all,
            method: request.method,
            key_algorithm: request.key_algorithm.clone(),
            validations,
            exportable: request.exportable,
            tags: request.tags.clone(),
            status: Status::PendingValidation,
            failure: None,
            created_at: now,
            issued_at: None,
            token: request.token.clone(),
            checked: None,
            sequence,
        };
        held.insert(arn.clone(), certificate);
        Ok(arn)
    }

    /// Checks a request as far as it does not depend on what is held.
    fn check_request(
        &self,
        request: &RequestedCertificate,
        all: &[String],
    ) -> Result<(), ServiceError> {
        if let Some(token) = &request.token {
            names::check_token(token)?;
        }
        if all.len() > self.limits.names {
            return Err(error::limit(format!(
                "The number of domain names ({}) exceeds the limit of {} for this account.",
                all.len(),
                self.limits.names
            )));
        }
        if let Some(unasked) = request
            .validation_domains
            .keys()
            .find(|name| !all.contains(name))
        {
            return Err(error::domain_validation(format!(
                "The domain name {unasked} is not in the certificate request."
            )));
        }
        Ok(())
    }

    /// The certificate of an account and region with this ARN.
    pub fn certificate(&self, place: &str, arn: &str) -> Result<&Certificate, ServiceError> {
        names::check_arn(arn)?;
        self.certificates
            .get(place)
            .and_then(|held| held.get(arn))
            .ok_or_else(|| error::not_found(arn))
    }

    /// The same, to change it.
    pub fn certificate_mut(
        &mut self,
        place: &str,
        arn: &str,
    ) -> Result<&mut Certificate, ServiceError> {
        names::check_arn(arn)?;
        self.certificates
            .get_mut(place)
            .and_then(|held| held.get_mut(arn))
            .ok_or_else(|| error::not_found(arn))
    }

    /// Lets the time of a certificate that was issued run out, as where it could not be renewed.
    pub fn expire(&mut self, arn: &str) {
        let mut held = self.certificates.values_mut();
        let certificate = held.find_map(|held| held.get_mut(arn));
        if let Some(certificate) = certificate.filter(|one| one.status == Status::Issued) {
            certificate.status = Status::Expired;
        }
    }

    /// Gives a certificate up, unless another service still uses it.
    pub fn delete(
        &mut self,
        place: &str,
        arn: &str,
        is_used: bool,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let account = self.certificate(place, arn)?.account.clone();
        if is_used {
            return Err(error::in_use(arn, &account));
        }
        let held = self.certificates.get_mut(place);
        if let Some(certificate) = held.and_then(|held| held.remove(arn)) {
            let deleted = self.deleted.entry(place.to_owned()).or_default();
            deleted.retain(|gone| now < gone.at + TOKEN_LIFE);
            deleted.push(Deleted {
                at: now,
                certificate,
            });
        }
        Ok(())
    }

    /// The certificates of an account and region that were deleted lately.
    pub(super) fn deleted(&self, place: &str) -> &[Deleted] {
        self.deleted.get(place).map_or(&[], Vec::as_slice)
    }

    /// The certificates of an account and region, oldest first.
    pub fn list(&self, place: &str) -> Vec<&Certificate> {
        let mut list: Vec<&Certificate> = self
            .certificates
            .get(place)
            .into_iter()
            .flat_map(BTreeMap::values)
            .collect();
        list.sort_by_key(|certificate| certificate.sequence);
        list
    }

    /// A certificate by its ARN alone, wherever it is.
    pub fn by_arn(&self, arn: &str) -> Option<&Certificate> {
        self.certificates.values().find_map(|held| held.get(arn))
    }
}

/// Counts the requests of the last year, deleted certificates too.
fn check_year(year: &mut Vec<Timestamp>, most: usize, now: Timestamp) -> Result<(), ServiceError> {
    year.retain(|at| now < *at + SignedDuration::from_hours(365 * 24));
    if year.len() < most {
        return Ok(());
    }
    Err(error::limit(format!(
        "Error: you have reached your limit of {most} certificates in the last year."
    )))
}

impl DomainValidation {
    fn new(name: &str, request: &RequestedCertificate) -> Result<Self, ServiceError> {
        Ok(Self {
            domain_name: name.to_owned(),
            validation_domain: request.validation_domain(name)?,
            validated_at: None,
            seen: None,
        })
    }
}
