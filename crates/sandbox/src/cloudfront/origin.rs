//! The origins of the edge: S3 buckets.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::config::Asker;
use super::error;
use super::owned::Owned;
use super::xml::Element;
use crate::cloudfront::Environment;
use crate::s3::{Refusal, Source};
use crate::service::ServiceError;

/// The answer of an origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OriginAnswer {
    pub(super) status: u16,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: Bytes,
}

impl OriginAnswer {
    fn error(status: u16, code: &str, message: &str) -> Self {
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>"
        );
        let headers = BTreeMap::from([("content-type".to_owned(), "application/xml".to_owned())]);
        Self {
            status,
            headers,
            body: Bytes::from(body),
        }
    }

    fn access_denied() -> Self {
        Self::error(403, "AccessDenied", "Access Denied")
    }
}

/// The bucket in `bucket.s3.amazonaws.com` and `bucket.s3.eu-west-1.amazonaws.com`.
pub(super) fn bucket_of(domain: &str) -> Option<String> {
    split(domain).map(|(bucket, _)| bucket.to_owned())
}

/// Bucket and, where the domain names one, region.
fn split(domain: &str) -> Option<(&str, Option<&str>)> {
    let host = domain.strip_suffix(".amazonaws.com")?;
    if let Some(bucket) = host.strip_suffix(".s3") {
        return (!bucket.is_empty()).then_some((bucket, None));
    }
    let (bucket, region) = host
        .rsplit_once(".s3.")
        .or_else(|| host.rsplit_once(".s3-"))?;
    let plain = |part: &str| !part.is_empty() && !part.contains('.');
    (!bucket.is_empty() && plain(region)).then_some((bucket, Some(region)))
}

/// Whether standard logs can be delivered to a bucket.
pub(super) fn allows_logs(world: &dyn Environment, bucket: &str) -> bool {
    world.s3().allows_log_delivery(bucket)
}

/// Fills in a custom origin that does not say which protocols it speaks.
pub(super) fn fill(origin: &mut Element) {
    if let Some(custom) = origin.child_mut("CustomOriginConfig")
        && custom.child("OriginSslProtocols").is_none()
    {
        let protocols = ["TLSv1", "SSLv3"].map(|name| Element::leaf("SslProtocol", name));
        custom.set(Element::node(
            "OriginSslProtocols",
            vec![
                Element::leaf("Quantity", protocols.len()),
                Element::node("Items", protocols.to_vec()),
            ],
        ));
    }
}

/// Checks the origins of a configuration.
pub(super) fn check(
    world: &dyn Environment,
    asker: &Asker<'_>,
    config: &Element,
) -> Result<(), ServiceError> {
    let origins = config.items("Origins");
    if origins.is_empty() {
        return Err(error::argument(
            "The parameter Origins must have at least one member.",
        ));
    }
    for (index, origin) in origins.iter().enumerate() {
        let id = origin.text_at("Id");
        if id.is_empty()
            || origins[..index]
                .iter()
                .any(|other| other.text_at("Id") == id)
        {
            return Err(error::argument(
                "The parameter Origin Id must be unique and not empty.",
            ));
        }
        check_kind(origin)?;
        check_access(world, asker, origin)?;
        check_numbers(origin)?;
    }
    Ok(())
}

fn check_kind(origin: &Element) -> Result<(), ServiceError> {
    let kinds = ["S3OriginConfig", "CustomOriginConfig", "VpcOriginConfig"];
    if kinds
        .iter()
        .filter(|kind| origin.child(kind).is_some())
        .count()
        != 1
    {
        return Err(error::argument(
            "Exactly one of S3OriginConfig, CustomOriginConfig and VpcOriginConfig must be specified.",
        ));
    }
    let domain = origin.text_at("DomainName");
    if origin.child("S3OriginConfig").is_some() && bucket_of(domain).is_none() {
        return Err(error::argument(
            "The parameter Origin DomainName does not refer to a valid S3 bucket.",
        ));
    }
    if domain.is_empty() || domain.contains(['/', ':', ' ']) {
        return Err(error::argument(
            "The parameter origin name must be a domain name.",
        ));
    }
    let path = origin.text_at("OriginPath");
    if !path.is_empty() && (!path.starts_with('/') || path.ends_with('/')) {
        return Err(error::argument(
            "The parameter OriginPath must begin with a slash and must not end with one.",
        ));
    }
    Ok(())
}

/// Checks the origin access control, which must be the asker's own.
fn check_access(
    world: &dyn Environment,
    asker: &Asker<'_>,
    origin: &Element,
) -> Result<(), ServiceError> {
    let identity = origin.text_at("S3OriginConfig/OriginAccessIdentity");
    if !identity.is_empty() {
        return Err(error::error(
            400,
            "InvalidOriginAccessIdentity",
            "The specified origin access identity does not exist or is not valid.",
        ));
    }
    let id = origin.text_at("OriginAccessControlId");
    if id.is_empty() {
        return Ok(());
    }
    let account = asker.account;
    let control = world.cloudfront().access_control(Owned { account, id })?;
    if control.config.text_at("OriginAccessControlOriginType") == "s3"
        && bucket_of(origin.text_at("DomainName")).is_none()
    {
        return Err(error::error(
            400,
            "InvalidDomainNameForOriginAccessControl",
            "An origin access control is associated with an origin whose domain name is not supported.",
        ));
    }
    let others = world
        .cloudfront()
        .list(asker.account)
        .iter()
        .filter(|other| Some(other.id.as_str()) != asker.id)
        .filter(|other| {
            other
                .config
                .items("Origins")
                .iter()
                .any(|origin| origin.text_at("OriginAccessControlId") == id)
        })
        .count();
    if others >= world.cloudfront().limits.distributions_per_access_control {
        return Err(error::error(
            400,
            "TooManyDistributionsAssociatedToOriginAccessControl",
            "The maximum number of distributions have been associated with the specified origin access control.",
        ));
    }
    Ok(())
}

fn check_numbers(origin: &Element) -> Result<(), ServiceError> {
    let number = |path: &str| origin.text_at(path).parse::<i64>().ok();
    let within = |path: &str, low: i64, high: i64| match number(path) {
        Some(value) if !(low..=high).contains(&value) => {
            let field = path.rsplit('/').next().unwrap_or(path);
            Err(error::argument(format!(
                "The parameter {field} must be between {low} and {high}."
            )))
        }
        _ => Ok(()),
    };
    within("ConnectionAttempts", 1, 3)?;
    within("ConnectionTimeout", 1, 10)?;
    within("S3OriginConfig/OriginReadTimeout", 1, 120)
}

/// Asks an origin for a path in the name of a distribution.
pub(super) fn fetch(
    world: &dyn Environment,
    source: Source<'_>,
    origin: &Element,
    path: &str,
) -> OriginAnswer {
    let Some((bucket, region)) = split(origin.text_at("DomainName")) else {
        return OriginAnswer::error(
            502,
            "BadGateway",
            "Only S3 buckets are emulated as origins.",
        );
    };
    let actual = world
        .s3()
        .bucket(bucket)
        .map(|bucket| bucket.region.as_str());
    match (actual, region) {
        (Err(_), _) => {
            return OriginAnswer::error(404, "NoSuchBucket", "The specified bucket does not exist");
        }
        (Ok(actual), Some(named)) if actual != named => {
            return OriginAnswer::error(
                301,
                "PermanentRedirect",
                "The bucket you are attempting to access must be addressed using the specified endpoint.",
            );
        }
        _ => {}
    }
    let control = world.cloudfront().access_control(Owned {
        account: source.account,
        id: origin.text_at("OriginAccessControlId"),
    });
    if !control.is_ok_and(super::access_control::OriginAccessControl::signs) {
        return OriginAnswer::access_denied();
    }
    let key = format!("{}{path}", origin.text_at("OriginPath"));
    let key = percent_encoding::percent_decode_str(&key).decode_utf8_lossy();
    let key = key.strip_prefix('/').unwrap_or(&key);
    match world
        .s3()
        .object_for_service(bucket, key, "cloudfront.amazonaws.com", source)
    {
        Ok((modified, object)) => {
            let mut headers = object.headers.clone();
            headers.insert("content-type".to_owned(), object.content_type().to_owned());
            headers.insert("etag".to_owned(), format!("\"{}\"", object.etag));
            headers.insert("server".to_owned(), "AmazonS3".to_owned());
            let modified = modified.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
            headers.insert("last-modified".to_owned(), modified);
            for (name, value) in &object.metadata {
                headers.insert(format!("x-amz-meta-{name}"), value.clone());
            }
            OriginAnswer {
                status: 200,
                headers,
                body: object.body.bytes(),
            }
        }
        Err(Refusal::NoSuchKey) => {
            OriginAnswer::error(404, "NoSuchKey", "The specified key does not exist.")
        }
        Err(Refusal::AccessDenied) => OriginAnswer::access_denied(),
    }
}
