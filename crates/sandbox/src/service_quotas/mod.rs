//! Service Quotas: how much an account was granted of what it may hold.
//!
//! What it does not emulate is a table in the README of the crate.

use serde_json::Value;

use crate::call::{Call, Reply};
use crate::json;
use crate::quotas::Charge;
use crate::service::{Service, ServiceError};

/// A quota that an account was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Granted {
    /// The service's code: `cloudfront`.
    pub(crate) service: &'static str,
    /// The quota's code: `L-24B04930`.
    pub(crate) code: &'static str,
    /// The quota's name.
    pub(crate) name: &'static str,
    /// Whether it is told in us-east-1 only (Service Quotas User Guide, "Considerations").
    pub(crate) is_global: bool,
    /// How many there may be.
    pub(crate) value: usize,
}

/// The service on the wire.
pub struct ServiceQuotas;

impl Service for ServiceQuotas {
    fn operation(&self, call: &Call) -> Result<&'static str, Reply> {
        match json::operation(call, "ServiceQuotasV20190624.") {
            Some("ListServiceQuotas") => Ok("ListServiceQuotas"),
            _ => Err(self.error(
                call,
                &ServiceError::new(400, "UnknownOperationException", ""),
            )),
        }
    }

    fn charges(&self, _call: &Call, _operation: &'static str) -> Vec<Charge> {
        vec![Charge::one("servicequotas.requests")]
    }

    fn error(&self, call: &Call, error: &ServiceError) -> Reply {
        json::error(call, error)
    }
}

/// Carries a call out.
pub(crate) fn handle(granted: &[Granted], call: &Call) -> Reply {
    match list(granted, call) {
        Ok(document) => json::reply(call, 200, &document),
        Err(error) => ServiceQuotas.error(call, &error),
    }
}

fn list(granted: &[Granted], call: &Call) -> Result<Value, ServiceError> {
    let invalid = |code: &str, message: &str| ServiceError::new(400, code, message);
    let document = json::document(call)?;
    let Some(service) = document["ServiceCode"].as_str() else {
        return Err(invalid(
            "IllegalArgumentException",
            "ServiceCode is required.",
        ));
    };
    let size = match document["MaxResults"].as_u64() {
        None => 100,
        Some(size @ 1..=100) => usize::try_from(size).unwrap_or(100),
        Some(_) => {
            return Err(invalid(
                "IllegalArgumentException",
                "MaxResults must be between 1 and 100.",
            ));
        }
    };
    let here =
        |one: &&Granted| one.service == service && (!one.is_global || call.region == "us-east-1");
    let of_service: Vec<&Granted> = granted.iter().filter(here).collect();
    if of_service.is_empty() {
        return Err(invalid(
            "NoSuchResourceException",
            "The request failed because the specified service does not exist.",
        ));
    }
    let codes = of_service.iter().map(|one| one.code);
    let scope = format!("quotas {service} {}", call.place());
    let token = document["NextToken"].as_str();
    let Some((page, next)) = crate::paging::page(codes, &scope, size, token) else {
        return Err(invalid("InvalidPaginationTokenException", "Invalid token."));
    };
    let quotas = of_service.iter().filter(|one| page.contains(&one.code));
    let mut answer =
        serde_json::json!({ "Quotas": quotas.map(|one| print(one, call)).collect::<Vec<_>>() });
    if let Some(next) = next {
        answer["NextToken"] = next.into();
    }
    Ok(answer)
}

fn print(one: &Granted, call: &Call) -> Value {
    let region = if one.is_global { "" } else { &call.region };
    serde_json::json!({
        "ServiceCode": one.service,
        "ServiceName": one.service,
        "QuotaArn": format!(
            "arn:aws:servicequotas:{region}:{}:{}/{}",
            call.account, one.service, one.code
        ),
        "QuotaCode": one.code,
        "QuotaName": one.name,
        "Value": one.value,
        "Unit": "None",
        "Adjustable": true,
        "GlobalQuota": one.is_global,
        "QuotaAppliedAtLevel": "ACCOUNT",
    })
}
