//! Identities on the wire of SES v2.

use serde_json::{Value, json};

use super::{Answer, Request, Route, print_tags, print_time};
use crate::call::place;
use crate::paging::page;
use crate::ses::Environment;
use crate::ses::check::Status;
use crate::ses::identity::{Identity, OnMxFailure, Signing};
use crate::ses::keys::KeyLength;
use crate::ses::problem::Problem;
use crate::ses::tags::PolicyName;
use crate::ses::verification::dkim_in_dns;

pub(super) const ROUTES: &[Route] = &[
    ("POST", "identities", "CreateEmailIdentity", create),
    ("GET", "identities", "ListEmailIdentities", list),
    ("POST", "list-identities", "ListEmailIdentities", list),
    ("GET", "identities/{}", "GetEmailIdentity", get),
    ("DELETE", "identities/{}", "DeleteEmailIdentity", delete),
    (
        "PUT",
        "identities/{}/dkim",
        "PutEmailIdentityDkimAttributes",
        put_dkim,
    ),
    (
        "PUT",
        "identities/{}/dkim/signing",
        "PutEmailIdentityDkimSigningAttributes",
        put_signing,
    ),
    (
        "POST",
        "identities/{}/dkim/signing",
        "PutEmailIdentityDkimSigningAttributes",
        put_signing,
    ),
    (
        "PUT",
        "identities/{}/mail-from",
        "PutEmailIdentityMailFromAttributes",
        put_mail_from,
    ),
    (
        "PUT",
        "identities/{}/feedback",
        "PutEmailIdentityFeedbackAttributes",
        put_feedback,
    ),
    (
        "PUT",
        "identities/{}/configuration-set",
        "PutEmailIdentityConfigurationSetAttributes",
        put_configuration_set,
    ),
    (
        "GET",
        "identities/{}/policies",
        "GetEmailIdentityPolicies",
        get_policies,
    ),
    (
        "POST",
        "identities/{}/policies/{}",
        "CreateEmailIdentityPolicy",
        create_policy,
    ),
    (
        "PUT",
        "identities/{}/policies/{}",
        "UpdateEmailIdentityPolicy",
        update_policy,
    ),
    (
        "DELETE",
        "identities/{}/policies/{}",
        "DeleteEmailIdentityPolicy",
        delete_policy,
    ),
];

fn create(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    let name = request.required("EmailIdentity")?;
    let signing = match &request.body["DkimSigningAttributes"] {
        Value::Null => None,
        attributes => Some(read_signing(
            attributes["DomainSigningAttributesOrigin"].as_str(),
            attributes,
        )?),
    };
    if world.ses().identity(request.caller, name).is_ok() {
        return Err(Problem::IdentityExists(name.to_owned()));
    }
    let tags = request.tags()?;
    let set = request
        .text("ConfigurationSetName")
        .filter(|set| !set.is_empty());
    if let Some(set) = set {
        world.ses().set(request.caller, set)?;
    }
    let identity = world
        .ses_mut()
        .create_identity(request.caller, name, signing)?;
    identity.tags = tags;
    identity.configuration_set = set.map(str::to_owned);
    let mut answer =
        json!({ "IdentityType": kind(name), "VerifiedForSendingStatus": identity.is_verified() });
    if !name.contains('@') {
        // AWS's answer says that the search has not started, and the next one that it has.
        answer["DkimAttributes"] = print_dkim(identity);
        answer["DkimAttributes"]["Status"] = json!(Status::NotStarted.v2());
    }
    Ok(answer)
}

/// Reads how keys are to be made. A selector without an origin is BYODKIM.
fn read_signing(origin: Option<&str>, attributes: &Value) -> Result<Signing, Problem> {
    let selector = attributes["DomainSigningSelector"].as_str();
    let private_key = attributes["DomainSigningPrivateKey"].as_str();
    let length = attributes["NextSigningKeyLength"]
        .as_str()
        .map(KeyLength::parse)
        .transpose()?;
    match (origin, selector, private_key) {
        (None | Some("EXTERNAL"), Some(selector), Some(private_key)) if length.is_none() => {
            Ok(Signing::Brought {
                selector: selector.to_owned(),
                private_key: private_key.to_owned(),
            })
        }
        (None | Some("AWS_SES"), None, None) => Ok(Signing::Easy(length)),
        (Some(origin), None, None) if origin.starts_with("AWS_SES_") && length.is_none() => {
            let region = origin
                .trim_start_matches("AWS_SES_")
                .to_lowercase()
                .replace('_', "-");
            Ok(Signing::Parent(region))
        }
        _ => Err(Problem::invalid(
            "Either the DKIM selector and private key, or the DKIM signing key length, must be specified, as the signing \
             attributes' origin has it.",
        )),
    }
}

fn get(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    let identity = world.ses().identity(request.caller, request.name(0))?;
    // An address is signed as its domain is.
    let domain = request.name(0).split_once('@').map(|(_, domain)| domain);
    let of_domain = domain.and_then(|domain| world.ses().identity(request.caller, domain).ok());
    let mail_from = match &identity.mail_from {
        None => json!({ "BehaviorOnMxFailure": "USE_DEFAULT_VALUE" }),
        Some(mail_from) => json!({
            "MailFromDomain": mail_from.domain,
            "MailFromDomainStatus": mail_from.check.status.v2(),
            "BehaviorOnMxFailure": match mail_from.on_mx_failure {
                OnMxFailure::UseDefaultValue => "USE_DEFAULT_VALUE",
                OnMxFailure::RejectMessage => "REJECT_MESSAGE",
            },
        }),
    };
    let mut answer = json!({
        "IdentityType": kind(request.name(0)),
        "FeedbackForwardingStatus": identity.feedback,
        "VerifiedForSendingStatus": identity.is_verified(),
        "DkimAttributes": print_dkim(of_domain.unwrap_or(identity)),
        "MailFromAttributes": mail_from,
        "Policies": identity.policies,
        "Tags": print_tags(&identity.tags),
        "VerificationStatus": identity.verification.status.v2(),
        "VerificationInfo": verification_info(world, request, identity),
    });
    if let Some(set) = &identity.configuration_set {
        answer["ConfigurationSetName"] = json!(set);
    }
    Ok(answer)
}

fn kind(name: &str) -> &'static str {
    if name.contains('@') {
        "EMAIL_ADDRESS"
    } else {
        "DOMAIN"
    }
}

fn print_dkim(identity: &Identity) -> Value {
    let dkim = &identity.dkim;
    let mut printed = json!({
        "SigningEnabled": dkim.enabled,
        "Status": dkim.check.status.v2(),
        "SigningAttributesOrigin": dkim.origin.name(),
        "NextSigningKeyLength": dkim.next_length.name(),
    });
    if !dkim.tokens.is_empty() {
        printed["Tokens"] = json!(dkim.tokens);
    }
    if let Some(generated) = dkim.generated {
        printed["SigningHostedZone"] = json!(dkim.zone);
        printed["CurrentSigningKeyLength"] = json!(dkim.current_length.name());
        printed["LastKeyGenerationTimestamp"] = print_time(generated);
    }
    printed
}

/// When SES last looked, and what it found wrong.
fn verification_info(world: &dyn Environment, request: &Request<'_>, identity: &Identity) -> Value {
    let caller = request.caller;
    let mut info = json!({});
    if identity.dkim.check.status == Status::NotStarted {
        return info;
    }
    info["LastCheckedTimestamp"] = print_time(caller.now);
    if let Some(succeeded) = identity.dkim.check.succeeded {
        info["LastSuccessTimestamp"] = print_time(succeeded);
    }
    let here = place(caller.account, caller.region);
    let name = request.name(0).to_ascii_lowercase();
    if let Err(fault) = dkim_in_dns(world, &here, &name, &identity.dkim, caller.now) {
        info["ErrorType"] = json!(fault.name());
    }
    info
}

fn list(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    let size = request.body["PageSize"]
        .as_i64()
        .or_else(|| request.query("PageSize")?.parse().ok());
    let size = match size {
        None => 25,
        Some(size @ 1..=1000) => usize::try_from(size).unwrap_or(1000),
        Some(size) => {
            return Err(Problem::Invalid(format!(
                "Value {size} for parameter PageSize is invalid. PageSize must be between 1 and 1000."
            )));
        }
    };
    let filter = &request.body["Filter"];
    check_filter(filter)?;
    let token = request
        .text("NextToken")
        .or_else(|| request.query("NextToken"));
    let Some(here) = world.ses().here(request.caller) else {
        return Ok(json!({ "EmailIdentities": [] }));
    };
    let fitting = here
        .identities
        .iter()
        .filter(|(name, identity)| fits(filter, name, identity));
    let scope = format!("identity {} {filter}", request.caller.place());
    let (names, next) = page(fitting.map(|(name, _)| name.as_str()), &scope, size, token)
        .ok_or_else(|| {
            Problem::Invalid(format!(
                "Invalid NextToken <{}>.",
                token.unwrap_or_default()
            ))
        })?;
    let print = |name: &&str| {
        let identity = &here.identities[*name];
        json!({
            "IdentityType": kind(name),
            "IdentityName": name,
            "SendingEnabled": identity.is_verified(),
            "VerificationStatus": identity.verification.status.v2(),
        })
    };
    let mut answer = json!({ "EmailIdentities": names.iter().map(print).collect::<Vec<_>>() });
    if let Some(next) = next {
        answer["NextToken"] = json!(next);
    }
    Ok(answer)
}

fn check_filter(filter: &Value) -> Result<(), Problem> {
    let length = filter["IDENTITY_NAME_CONTAINS"]
        .as_str()
        .map_or(3, |text| text.trim().chars().count());
    if length < 3 {
        return Err(Problem::invalid(
            "Filter IDENTITY_NAME_CONTAINS must be at least 3 characters.",
        ));
    }
    if length > 320 {
        return Err(Problem::invalid(
            "Filter IDENTITY_NAME_CONTAINS must be at most 320 characters.",
        ));
    }
    Ok(())
}

fn fits(filter: &Value, name: &str, identity: &Identity) -> bool {
    let asked = |key: &str| filter[key].as_str();
    asked("IDENTITY_NAME_CONTAINS").is_none_or(|text| name.contains(&text.trim().to_lowercase()))
        && asked("IDENTITY_TYPE").is_none_or(|text| text == kind(name))
        && asked("VERIFICATION_STATUS").is_none_or(|text| text == identity.verification.status.v2())
}

fn delete(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    world
        .ses_mut()
        .delete_identity(request.caller, request.name(0))?;
    Ok(json!({}))
}

fn put_dkim(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    world.ses_mut().enable_dkim(
        request.caller,
        request.name(0),
        request.flag("SigningEnabled"),
    )?;
    Ok(json!({}))
}

fn put_signing(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    let origin = request.required("SigningAttributesOrigin")?;
    let signing = read_signing(Some(origin), &request.body["SigningAttributes"])?;
    let identity = world
        .ses_mut()
        .put_signing(request.caller, request.name(0), signing)?;
    let dkim = &identity.dkim;
    let mut answer = json!({ "DkimStatus": dkim.check.status.v2(), "DkimTokens": dkim.tokens });
    if dkim.generated.is_some() {
        answer["SigningHostedZone"] = json!(dkim.zone);
    }
    Ok(answer)
}

fn put_mail_from(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    let on_mx_failure = match request.text("BehaviorOnMxFailure") {
        None | Some("USE_DEFAULT_VALUE") => OnMxFailure::UseDefaultValue,
        Some("REJECT_MESSAGE") => OnMxFailure::RejectMessage,
        Some(_) => {
            return Err(Problem::invalid(
                "1 validation error detected: Value at 'behaviorOnMxFailure' failed to satisfy constraint: Member must \
                 satisfy enum value set: [USE_DEFAULT_VALUE, REJECT_MESSAGE]",
            ));
        }
    };
    let domain = request.text("MailFromDomain");
    world
        .ses_mut()
        .put_mail_from(request.caller, request.name(0), domain, on_mx_failure)?;
    Ok(json!({}))
}

fn put_feedback(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    let name = request.name(0);
    let identity = world
        .ses_mut()
        .identity_mut(request.caller, name)
        .map_err(|_| {
            Problem::Invalid(format!(
                "Identity {name} is invalid. Must be a verified email address or domain."
            ))
        })?;
    identity.feedback = request.flag("EmailForwardingEnabled");
    Ok(json!({}))
}

fn put_configuration_set(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    let set = request
        .text("ConfigurationSetName")
        .filter(|set| !set.is_empty());
    world.ses().identity(request.caller, request.name(0))?;
    if let Some(set) = set {
        world.ses().set(request.caller, set)?;
    }
    world
        .ses_mut()
        .identity_mut(request.caller, request.name(0))?
        .configuration_set = set.map(str::to_owned);
    Ok(json!({}))
}

fn get_policies(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    let identity = world.ses().identity(request.caller, request.name(0))?;
    Ok(json!({ "Policies": identity.policies }))
}

fn create_policy(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    put_policy(world, request, false)
}

fn update_policy(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    put_policy(world, request, true)
}

fn put_policy(world: &mut dyn Environment, request: &Request<'_>, exists: bool) -> Answer {
    let named = PolicyName {
        identity: request.name(0),
        name: request.name(1),
    };
    let policy = request.required("Policy")?;
    world
        .ses_mut()
        .put_policy(request.caller, named, policy, Some(exists))?;
    Ok(json!({}))
}

fn delete_policy(world: &mut dyn Environment, request: &Request<'_>) -> Answer {
    let identity = world
        .ses_mut()
        .identity_mut(request.caller, request.name(0))?;
    let name = request.name(1);
    match identity.policies.remove(name) {
        Some(_) => Ok(json!({})),
        None => Err(Problem::NoPolicy(name.to_owned())),
    }
}
