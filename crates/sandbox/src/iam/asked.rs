//! The permissions that a call needs: the action, the resource and the condition keys by which policies
//! decide.

use serde_json::Value;

use super::actions::actions;
use super::reference::reference;
use crate::call::Call;
use crate::conditions::Context;
use crate::query::{Form, pairs};
use crate::sts::Ask;
use crate::{route53, s3};

/// The permissions that `operation` needs.
pub(crate) fn asked(call: &Call, operation: &str) -> Vec<Ask> {
    let context = match operation {
        "ChangeResourceRecordSets" => route53::condition_keys(call),
        "RequestCertificate" => of_certificate(call),
        _ => Context::new(),
    };
    let named = match operation {
        // It names its objects in its body, each of which has to be allowed.
        "DeleteObjects" => named(call).map(|bucket| format!("{bucket}/*")),
        _ => named(call),
    };
    let asks = actions(&call.service, operation).into_iter();
    let mut asks: Vec<Ask> = asks
        .map(|action| Ask {
            resource: if reference().knows_no_resources(&action) {
                Some("*".to_owned())
            } else {
                named.clone()
            },
            action,
            context: context.clone(),
        })
        .collect();
    asks.extend(passed_role(call, operation));
    asks.extend(data_key(call, operation));
    asks
}

/// An object that is to be encrypted with a key of KMS needs a data key (S3 User Guide, "Using server-side
/// encryption with AWS KMS keys").
fn data_key(call: &Call, operation: &str) -> Option<Ask> {
    let named = call
        .request
        .headers
        .get("x-amz-server-side-encryption-aws-kms-key-id");
    let key = named.filter(|_| operation == "PutObject")?.to_str().ok()?;
    Some(through_s3(call, "kms:GenerateDataKey", key.to_owned()))
}

/// The permission that S3 needs of KMS in the name of its caller (KMS Developer Guide, `kms:ViaService`).
pub(crate) fn through_s3(call: &Call, action: &str, key: String) -> Ask {
    let service = format!("s3.{}.amazonaws.com", call.region);
    Ask {
        action: action.to_owned(),
        resource: Some(key),
        context: Context::from([("kms:viaservice".to_owned(), vec![service])]),
    }
}

/// The condition keys of a request for a certificate (ACM user guide, "Using condition keys with ACM").
fn of_certificate(call: &Call) -> Context {
    let body: Value = serde_json::from_slice(&call.body).unwrap_or_default();
    let others = body["SubjectAlternativeNames"].as_array();
    let names = [&body["DomainName"]]
        .into_iter()
        .chain(others.into_iter().flatten());
    let texts = |values: &mut dyn Iterator<Item = &Value>| -> Vec<String> {
        values
            .filter_map(|value| Some(value.as_str()?.to_owned()))
            .collect()
    };
    Context::from([
        ("acm:domainnames".to_owned(), texts(&mut names.into_iter())),
        (
            "acm:validationmethod".to_owned(),
            texts(&mut [&body["ValidationMethod"]].into_iter()),
        ),
    ])
}

/// The resource that a call names.
fn named(call: &Call) -> Option<String> {
    let account = &call.account;
    let path: Vec<String> = call.request.uri.path().split('/').map(decoded).collect();
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match call.service.as_str() {
        "s3" => s3::arn_named(call),
        "route53" => match path.as_slice() {
            [_, _, "hostedzone", id, ..] | [_, _, "tags", "hostedzone", id, ..] => {
                Some(format!("arn:aws:route53:::hostedzone/{id}"))
            }
            [_, _, "change", id] => Some(format!("arn:aws:route53:::change/{id}")),
            _ => None,
        },
        "cloudfront" => match path.as_slice() {
            [
                _,
                _,
                sort @ ("distribution" | "origin-access-control"),
                id,
                ..,
            ] => Some(format!("arn:aws:cloudfront::{account}:{sort}/{id}")),
            [_, _, "conflicting-alias"] => {
                let id = queried(call, "DistributionId")?;
                Some(format!("arn:aws:cloudfront::{account}:distribution/{id}"))
            }
            [_, _, "tagging"] => queried(call, "Resource"),
            _ => None,
        },
        "acm" => field(call, "CertificateArn"),
        "ses" => ses(call, path.get(3..).unwrap_or_default()),
        "sns" => Form::of(call).get("TopicArn").map(str::to_owned),
        "iam" => Form::of(call).get("PolicySourceArn").map(str::to_owned),
        _ => None,
    }
}

/// The identity or the configuration set of a call of SES v2, by its path below `/v2/email/`.
fn ses(call: &Call, path: &[&str]) -> Option<String> {
    let name = match path {
        ["identities", name, ..] => format!("identity/{name}"),
        ["identities"] => format!("identity/{}", field(call, "EmailIdentity")?),
        ["configuration-sets", name, ..] => format!("configuration-set/{name}"),
        ["configuration-sets"] => {
            format!("configuration-set/{}", field(call, "ConfigurationSetName")?)
        }
        ["tags"] => return queried(call, "ResourceArn").or_else(|| field(call, "ResourceArn")),
        _ => return None,
    };
    Some(format!(
        "arn:aws:ses:{}:{}:{name}",
        call.region, call.account
    ))
}

/// An event destination of Firehose hands SES a role, which is a permission of its own (R-17; Service
/// Authorization Reference, `iam:PassRole`).
fn passed_role(call: &Call, operation: &str) -> Option<Ask> {
    let makes = [
        "CreateConfigurationSetEventDestination",
        "UpdateConfigurationSetEventDestination",
    ];
    let body: Value = makes
        .contains(&operation)
        .then(|| serde_json::from_slice(&call.body).ok())??;
    let role = &body["EventDestination"]["KinesisFirehoseDestination"]["IamRoleArn"];
    let service = ("iam:passedtoservice", "ses.amazonaws.com");
    Some(Ask {
        action: "iam:PassRole".to_owned(),
        resource: Some(role.as_str()?.to_owned()),
        context: Context::from([(service.0.to_owned(), vec![service.1.to_owned()])]),
    })
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8_lossy()
        .into_owned()
}

/// A parameter of the query.
fn queried(call: &Call, name: &str) -> Option<String> {
    let query = call.request.uri.query().unwrap_or_default();
    let found = pairs(query).find(|(key, _)| key == name);
    found.map(|(_, value)| value)
}

/// A field of a body in JSON.
fn field(call: &Call, name: &str) -> Option<String> {
    let body: Value = serde_json::from_slice(&call.body).ok()?;
    Some(body.get(name)?.as_str()?.to_owned())
}
