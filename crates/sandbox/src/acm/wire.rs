//! ACM's wire protocol: JSON 1.1, the operation in a header.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::detail::Sight;
use super::list::{self, ListCertificates};
use super::tags::{self, Tag};
use super::{Certificate, Method, RequestedCertificate, Status, error};
use crate::acm::Environment;
use crate::call::{Call, Reply};
use crate::quotas::Charge;
use crate::service::{Service, ServiceError};
use crate::weather::Behaviour;

const TARGET: &str = "CertificateManager.";

/// The algorithms that a request may ask for; ACM can import more.
const KEY_ALGORITHMS: [&str; 3] = ["RSA_2048", "EC_prime256v1", "EC_secp384r1"];

const OPERATIONS: [&str; 9] = [
    "AddTagsToCertificate",
    "DeleteCertificate",
    "DescribeCertificate",
    "GetCertificate",
    "ListCertificates",
    "ListTagsForCertificate",
    "RemoveTagsFromCertificate",
    "RequestCertificate",
    "UpdateCertificateOptions",
];

/// The ACM service.
#[derive(Clone, Copy, Debug)]
pub struct Acm;

type Answer = Result<Option<Value>, ServiceError>;

impl Service for Acm {
    fn operation(&self, call: &Call) -> Result<&'static str, Reply> {
        let target = call
            .request
            .headers
            .get("x-amz-target")
            .and_then(|value| value.to_str().ok());
        let asked = target
            .and_then(|target| target.strip_prefix(TARGET))
            .unwrap_or_default();
        OPERATIONS
            .into_iter()
            .find(|known| *known == asked)
            .ok_or_else(|| self.error(call, &error::unknown_operation()))
    }

    fn charges(&self, _call: &Call, operation: &'static str) -> Vec<Charge> {
        let bucket = match operation {
            "RequestCertificate" => "acm.request_certificate",
            "DescribeCertificate" => "acm.describe_certificate",
            "ListCertificates" => "acm.list_certificates",
            "DeleteCertificate" => "acm.delete_certificate",
            "AddTagsToCertificate" => "acm.add_tags",
            _ => return Vec::new(),
        };
        vec![Charge::one(bucket)]
    }

    fn error(&self, call: &Call, error: &ServiceError) -> Reply {
        let body = json!({ "__type": error.code, "message": error.message });
        reply(call, error.status, body.to_string())
    }
}

/// Carries a call out.
pub(crate) fn handle(world: &mut dyn Environment, call: &Call, operation: &'static str) -> Reply {
    let answer = match operation {
        "RequestCertificate" => request(world, call),
        "DescribeCertificate" => describe(world, call),
        "ListCertificates" => list(world, call),
        "GetCertificate" => get(world, call),
        "DeleteCertificate" => delete(world, call),
        "AddTagsToCertificate" => add_tags(world, call),
        "RemoveTagsFromCertificate" => remove_tags(world, call),
        "ListTagsForCertificate" => list_tags(world, call),
        "UpdateCertificateOptions" => update_options(world, call),
        _ => Err(error::unknown_operation()),
    };
    match answer {
        Ok(Some(value)) => reply(call, 200, value.to_string()),
        Ok(None) => reply(call, 200, String::new()),
        Err(refusal) => Acm.error(call, &refusal),
    }
}

fn reply(call: &Call, status: u16, body: String) -> Reply {
    let mut reply = Reply::new(Bytes::from(body));
    *reply.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    let headers = reply.headers_mut();
    headers.insert(
        "content-type",
        http::HeaderValue::from_static("application/x-amz-json-1.1"),
    );
    if let Ok(id) = http::HeaderValue::from_str(&call.request_id) {
        headers.insert("x-amzn-requestid", id);
    }
    reply
}

fn input<T: DeserializeOwned>(call: &Call) -> Result<T, ServiceError> {
    serde_json::from_slice(&call.body).map_err(|e| error::serialization(e.to_string()))
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Requested {
    domain_name: Option<String>,
    validation_method: Option<String>,
    subject_alternative_names: Vec<String>,
    idempotency_token: Option<String>,
    domain_validation_options: Vec<ValidationOption>,
    options: Options,
    certificate_authority_arn: Option<String>,
    tags: Vec<Tag>,
    key_algorithm: Option<String>,
    managed_by: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct ValidationOption {
    domain_name: String,
    validation_domain: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Options {
    certificate_transparency_logging_preference: Option<String>,
    export: Option<String>,
}

fn request(world: &mut dyn Environment, call: &Call) -> Answer {
    let asked: Requested = input(call)?;
    if asked.certificate_authority_arn.is_some() || asked.managed_by.is_some() {
        return Err(error::parameter(
            "Private and managed certificates are not emulated.",
        ));
    }
    let domain_name = asked
        .domain_name
        .ok_or_else(|| error::missing("domainName"))?;
    let validation_domains: BTreeMap<String, String> = asked
        .domain_validation_options
        .into_iter()
        .map(|option| (option.domain_name, option.validation_domain))
        .collect();
    let requested = RequestedCertificate {
        domain_name,
        alternative_names: asked.subject_alternative_names,
        method: method(asked.validation_method.as_deref())?,
        key_algorithm: key_algorithm(asked.key_algorithm)?,
        validation_domains,
        token: asked.idempotency_token,
        exportable: export(&asked.options)?.unwrap_or(false),
        tags: tags::added(&indexmap::IndexMap::new(), asked.tags)?,
    };
    let arn = world
        .acm_mut()
        .request(&call.account, &call.region, &requested, call.now)?;
    Ok(Some(json!({ "CertificateArn": arn })))
}

/// Without a method ACM writes messages, as it did before it knew DNS.
fn method(asked: Option<&str>) -> Result<Method, ServiceError> {
    match asked {
        None | Some("EMAIL") => Ok(Method::Email),
        Some("DNS") => Ok(Method::Dns),
        Some("HTTP") => Err(error::parameter(
            "The HTTP validation method is only available for certificates managed by CloudFront.",
        )),
        Some(other) => Err(error::constraint(
            other,
            "validationMethod",
            "Member must satisfy enum value set: [EMAIL, DNS, HTTP]",
        )),
    }
}

fn key_algorithm(asked: Option<String>) -> Result<String, ServiceError> {
    let algorithm = asked.unwrap_or_else(|| "RSA_2048".to_owned());
    if KEY_ALGORITHMS.contains(&algorithm.as_str()) {
        return Ok(algorithm);
    }
    let rule = format!(
        "Member must satisfy enum value set: [{}]",
        KEY_ALGORITHMS.join(", ")
    );
    Err(error::constraint(&algorithm, "keyAlgorithm", &rule))
}

/// Whether the key is to be exportable, when that is said.
fn export(options: &Options) -> Result<Option<bool>, ServiceError> {
    if options
        .certificate_transparency_logging_preference
        .as_deref()
        == Some("DISABLED")
    {
        return Err(error::parameter(
            "Certificate transparency logging opt-out is no longer available.",
        ));
    }
    match options.export.as_deref() {
        None => Ok(None),
        Some("ENABLED") => Ok(Some(true)),
        Some("DISABLED") => Ok(Some(false)),
        Some(other) => Err(error::constraint(
            other,
            "options.export",
            "Member must satisfy enum value set: [ENABLED, DISABLED]",
        )),
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Named {
    certificate_arn: Option<String>,
    tags: Option<Vec<Tag>>,
    options: Option<Options>,
}

impl Named {
    fn arn(&self) -> Result<&str, ServiceError> {
        self.certificate_arn
            .as_deref()
            .ok_or_else(|| error::missing("certificateArn"))
    }
}

fn sight<'a>(
    world: &dyn Environment,
    call: &Call,
    certificate: &'a Certificate,
    in_use_by: Vec<String>,
) -> Sight<'a> {
    Sight {
        certificate,
        in_use_by,
        records_after: world.delays().acm_records,
        weather: world.weather(),
        now: call.now,
    }
}

fn describe(world: &dyn Environment, call: &Call) -> Answer {
    let asked: Named = input(call)?;
    let certificate = world.acm().certificate(&call.place(), asked.arn()?)?;
    let users = world.users_of_certificate(&certificate.arn);
    let detail = sight(world, call, certificate, users).detail();
    Ok(Some(json!({ "Certificate": detail })))
}

fn list(world: &dyn Environment, call: &Call) -> Answer {
    let asked: ListCertificates = input(call)?;
    let mut all = world.acm().list(&call.place());
    all.extend(still_listed(world, call));
    let page = list::page(&all, &asked)?;
    let mut users = world.users_of_certificates();
    let summaries = page.items.iter().map(|certificate| {
        let users = users.remove(certificate.arn.as_str()).unwrap_or_default();
        sight(world, call, certificate, users.into_iter().collect()).summary()
    });
    let summaries: Vec<Value> = summaries.collect();
    let mut answer = json!({ "CertificateSummaryList": summaries });
    if let Some(next) = page.next {
        answer["NextToken"] = json!(next);
    }
    Ok(Some(answer))
}

/// Deleted certificates that the list still shows: ACM's lists follow its deletions late (ACM API
/// reference, `DeleteCertificate`).
fn still_listed<'a>(
    world: &'a dyn Environment,
    call: &Call,
) -> impl Iterator<Item = &'a Certificate> {
    let (weather, now) = (world.weather(), call.now);
    let deleted = world.acm().deleted(&call.place());
    deleted
        .iter()
        .filter(move |gone| {
            let behaviour = Behaviour::DeletedListed;
            weather.lasts(behaviour, &gone.certificate.arn, gone.at, now)
        })
        .map(|gone| &gone.certificate)
}

fn get(world: &dyn Environment, call: &Call) -> Answer {
    let asked: Named = input(call)?;
    let certificate = world.acm().certificate(&call.place(), asked.arn()?)?;
    if !matches!(certificate.status, Status::Issued | Status::Expired) {
        return Err(error::not_issued_yet(&certificate.arn));
    }
    let authority = &world.acm().authority;
    let leaf = certificate
        .leaf(authority)
        .ok_or_else(|| error::not_issued_yet(&certificate.arn))?;
    Ok(Some(json!({
        "Certificate": leaf.certificate_pem,
        "CertificateChain": authority.certificate_pem(),
    })))
}

fn delete(world: &mut dyn Environment, call: &Call) -> Answer {
    let asked: Named = input(call)?;
    let arn = asked.arn()?;
    let is_used = !world.users_of_certificate(arn).is_empty();
    world
        .acm_mut()
        .delete(&call.place(), arn, is_used, call.now)?;
    Ok(None)
}

fn add_tags(world: &mut dyn Environment, call: &Call) -> Answer {
    let asked: Named = input(call)?;
    let certificate = world
        .acm_mut()
        .certificate_mut(&call.place(), asked.arn()?)?;
    let added = asked.tags.ok_or_else(|| error::missing("tags"))?;
    certificate.tags = tags::added(&certificate.tags, added)?;
    Ok(None)
}

fn remove_tags(world: &mut dyn Environment, call: &Call) -> Answer {
    let asked: Named = input(call)?;
    let certificate = world
        .acm_mut()
        .certificate_mut(&call.place(), asked.arn()?)?;
    let removed = asked.tags.ok_or_else(|| error::missing("tags"))?;
    tags::remove(&mut certificate.tags, &removed);
    Ok(None)
}

fn list_tags(world: &dyn Environment, call: &Call) -> Answer {
    let asked: Named = input(call)?;
    let certificate = world.acm().certificate(&call.place(), asked.arn()?)?;
    Ok(Some(json!({ "Tags": tags::shown(&certificate.tags) })))
}

fn update_options(world: &mut dyn Environment, call: &Call) -> Answer {
    let asked: Named = input(call)?;
    let certificate = world
        .acm_mut()
        .certificate_mut(&call.place(), asked.arn()?)?;
    let options = asked
        .options
        .as_ref()
        .ok_or_else(|| error::missing("options"))?;
    let exportable = export(options)?;
    if certificate.status != Status::Issued {
        return Err(error::wrong_state(
            "The certificate is not in a state that allows this operation.",
        ));
    }
    certificate.exportable = exportable.unwrap_or(certificate.exportable);
    Ok(None)
}
