//! Listing certificates: filters, order, pages.

use serde::Deserialize;

use super::{Certificate, Status, error};
use crate::service::ServiceError;

/// Without a filter ACM lists only these kinds of keys.
const DEFAULT_KEY_TYPES: [&str; 2] = ["RSA_1024", "RSA_2048"];
const PAGE_LIMIT: usize = 1000;

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct ListCertificates {
    certificate_statuses: Vec<String>,
    includes: Includes,
    next_token: Option<String>,
    max_items: Option<usize>,
    sort_by: Option<String>,
    sort_order: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Includes {
    key_types: Vec<String>,
    key_usage: Vec<String>,
    extended_key_usage: Vec<String>,
    export_option: Option<String>,
    managed_by: Option<String>,
}

pub(super) struct Page<'a> {
    pub(super) items: Vec<&'a Certificate>,
    pub(super) next: Option<String>,
}

pub(super) fn page<'a>(
    all: &[&'a Certificate],
    asked: &ListCertificates,
) -> Result<Page<'a>, ServiceError> {
    let size = match asked.max_items {
        None => PAGE_LIMIT,
        Some(size @ 1..=PAGE_LIMIT) => size,
        Some(size) => {
            let rule = if size == 0 {
                "Member must have value greater than or equal to 1"
            } else {
                "Member must have value less than or equal to 1000"
            };
            return Err(error::constraint(&size.to_string(), "maxItems", rule));
        }
    };
    let descending = order(asked)?;
    let mut chosen: Vec<&Certificate> = all
        .iter()
        .copied()
        .filter(|certificate| asked.includes(certificate))
        .collect();
    if descending {
        chosen.reverse();
    }
    let start = match &asked.next_token {
        None => 0,
        Some(token) => position(token, &chosen)?,
    };
    let items: Vec<&Certificate> = chosen.iter().copied().skip(start).take(size).collect();
    let next = chosen
        .get(start + size)
        .map(|next| next.arn.rsplit('/').next().unwrap_or("").to_owned());
    Ok(Page { items, next })
}

/// The token of the next page is the id of its first certificate.
fn position(token: &str, chosen: &[&Certificate]) -> Result<usize, ServiceError> {
    chosen
        .iter()
        .position(|certificate| certificate.arn.ends_with(&format!("/{token}")))
        .ok_or_else(|| error::arguments("The next token is not valid."))
}

/// Whether the newest comes first.
fn order(asked: &ListCertificates) -> Result<bool, ServiceError> {
    match (asked.sort_by.as_deref(), asked.sort_order.as_deref()) {
        (None, None) | (Some("CREATED_AT"), Some("ASCENDING")) => Ok(false),
        (Some("CREATED_AT"), Some("DESCENDING")) => Ok(true),
        _ => Err(error::arguments(
            "If you specify SortBy, you must also specify SortOrder.",
        )),
    }
}

impl ListCertificates {
    fn includes(&self, certificate: &Certificate) -> bool {
        let status = certificate.status.as_str();
        let statuses = &self.certificate_statuses;
        (statuses.is_empty() || statuses.iter().any(|asked| asked == status))
            && self.includes.key_type(certificate)
            && self.includes.usages(certificate)
            && self.includes.managed_by.is_none()
            && match self.includes.export_option.as_deref() {
                None => true,
                Some(option) => (option == "ENABLED") == certificate.exportable,
            }
    }
}

impl Includes {
    fn key_type(&self, certificate: &Certificate) -> bool {
        let algorithm = certificate.key_algorithm.as_str();
        if self.key_types.is_empty() {
            return DEFAULT_KEY_TYPES.contains(&algorithm);
        }
        self.key_types.iter().any(|asked| asked == algorithm)
    }

    /// Usages are known from the day on which a certificate is issued.
    fn usages(&self, certificate: &Certificate) -> bool {
        let issued = matches!(certificate.status, Status::Issued | Status::Expired);
        let has = |asked: &[String], own: &[&str]| {
            asked.is_empty()
                || asked
                    .iter()
                    .any(|usage| usage == "ANY" || (issued && own.contains(&usage.as_str())))
        };
        has(&self.key_usage, &["DIGITAL_SIGNATURE", "KEY_ENCIPHERMENT"])
            && has(&self.extended_key_usage, &["TLS_WEB_SERVER_AUTHENTICATION"])
    }
}
