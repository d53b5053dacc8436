//! SES v1 on the wire: the Query protocol.
#![expect(clippy::unnecessary_wraps, reason = "all handlers have one signature")]

use super::caller::{Caller, spelled};
use super::check::Status;
use super::identity::{Identity, OnMxFailure};
use super::keys;
use super::problem::Problem;
use super::state::State;
use super::tags::PolicyName;
use crate::call::{Call, Reply};
use crate::paging::page;
use crate::query::{Dialect, Form, Xml};
use crate::service::ServiceError;
use crate::ses::Environment;

const DIALECT: Dialect = Dialect {
    namespace: "http://ses.amazonaws.com/doc/2010-12-01/",
};

/// The most identities of a batch read.
const MOST_IN_A_BATCH: usize = 100;

type Handler = fn(&mut State, Caller<'_>, &Form, &mut Xml) -> Result<(), ServiceError>;

const OPERATIONS: [(&str, Handler); 16] = [
    ("VerifyDomainIdentity", verify_domain_identity),
    ("VerifyDomainDkim", verify_domain_dkim),
    ("VerifyEmailIdentity", verify_email_identity),
    (
        "GetIdentityVerificationAttributes",
        get_verification_attributes,
    ),
    ("GetIdentityDkimAttributes", get_dkim_attributes),
    (
        "GetIdentityMailFromDomainAttributes",
        get_mail_from_attributes,
    ),
    ("SetIdentityDkimEnabled", set_dkim_enabled),
    ("SetIdentityMailFromDomain", set_mail_from),
    ("SetIdentityFeedbackForwardingEnabled", set_feedback),
    ("DeleteIdentity", delete_identity),
    ("ListIdentities", list_identities),
    ("GetSendQuota", get_send_quota),
    ("PutIdentityPolicy", put_policy),
    ("GetIdentityPolicies", get_policies),
    ("ListIdentityPolicies", list_policies),
    ("DeleteIdentityPolicy", delete_policy),
];

/// The name of a call's operation.
#[expect(clippy::result_large_err, reason = "the trait has it so")]
pub(super) fn operation(call: &Call) -> Result<&'static str, Reply> {
    let form = Form::of(call);
    let action = form.get("Action").unwrap_or_default();
    let found = OPERATIONS.iter().find(|(name, _)| *name == action);
    found.map(|(name, _)| *name).ok_or_else(|| {
        let message = format!("Could not find operation {action} for version 2010-12-01");
        error(call, &ServiceError::new(400, "InvalidAction", message))
    })
}

/// The identities that a call names.
pub(super) fn names(call: &Call) -> Vec<String> {
    let form = Form::of(call);
    let one = ["Identity", "Domain", "EmailAddress"]
        .into_iter()
        .filter_map(|field| form.get(field));
    one.chain(form.list("Identities")).map(spelled).collect()
}

/// Carries a call out.
pub(super) fn handle(world: &mut dyn Environment, call: &Call, operation: &str) -> Reply {
    let Some((_, handler)) = OPERATIONS.iter().find(|(name, _)| *name == operation) else {
        return error(
            call,
            &ServiceError::new(400, "InvalidAction", "no such operation"),
        );
    };
    let mut result = Xml::default();
    match handler(
        world.ses_mut(),
        Caller::of(call),
        &Form::of(call),
        &mut result,
    ) {
        Ok(()) => DIALECT.reply(call, operation, |xml| xml.append(&result)),
        Err(refused) => error(call, &refused),
    }
}

/// An error in the protocol's shape.
pub(super) fn error(call: &Call, error: &ServiceError) -> Reply {
    DIALECT.error(call, error)
}

fn required<'a>(form: &'a Form, name: &str) -> Result<&'a str, ServiceError> {
    form.get(name).filter(|value| !value.is_empty()).ok_or_else(|| {
        let member = format!("{}{}", name[..1].to_lowercase(), &name[1..]);
        let message = format!(
            "1 validation error detected: Value null at '{member}' failed to satisfy constraint: Member must not be null"
        );
        ServiceError::new(400, "ValidationError", message)
    })
}

fn flag(form: &Form, name: &str) -> Result<bool, ServiceError> {
    Ok(required(form, name)? == "true")
}

fn verify_domain_identity(
    state: &mut State,
    caller: Caller<'_>,
    form: &Form,
    xml: &mut Xml,
) -> Result<(), ServiceError> {
    let domain = required_domain(form)?;
    state.verify(caller, &domain).map_err(Problem::v1)?;
    xml.text(
        "VerificationToken",
        &keys::domain_token(&caller.place(), &domain),
    );
    Ok(())
}

fn verify_domain_dkim(
    state: &mut State,
    caller: Caller<'_>,
    form: &Form,
    xml: &mut Xml,
) -> Result<(), ServiceError> {
    let tokens = state
        .verify_dkim(caller, &required_domain(form)?)
        .map_err(Problem::v1)?;
    xml.list("DkimTokens", tokens.iter().map(String::as_str));
    Ok(())
}

fn required_domain(form: &Form) -> Result<String, ServiceError> {
    let domain = required(form, "Domain")?;
    if domain.contains('@') {
        return Err(ServiceError::new(
            400,
            "InvalidParameterValue",
            format!("Domain {domain} is invalid."),
        ));
    }
    Ok(spelled(domain))
}

fn verify_email_identity(
    state: &mut State,
    caller: Caller<'_>,
    form: &Form,
    _: &mut Xml,
) -> Result<(), ServiceError> {
    let address = required(form, "EmailAddress")?;
    if !address.contains('@') {
        return Err(Problem::v1(Problem::Invalid(format!(
            "Invalid email address <{address}>."
        ))));
    }
    state.verify(caller, address).map_err(Problem::v1).map(drop)
}

/// An identity, and the name it was asked for by.
struct Found<'a> {
    name: String,
    identity: &'a Identity,
}

/// The identities of a batch read that are there.
fn batch<'a>(
    state: &'a State,
    caller: Caller<'_>,
    form: &Form,
) -> Result<Vec<Found<'a>>, ServiceError> {
    let names = form.list("Identities");
    if names.len() > MOST_IN_A_BATCH {
        let message = format!(
            "1 validation error detected: Value at 'identities' failed to satisfy constraint: Member must have length less \
             than or equal to {MOST_IN_A_BATCH}"
        );
        return Err(ServiceError::new(400, "ValidationError", message));
    }
    let found = |name: &&str| {
        Some(Found {
            name: (*name).to_owned(),
            identity: state.identity(caller, name).ok()?,
        })
    };
    Ok(names.iter().filter_map(found).collect())
}

fn entries(
    xml: &mut Xml,
    name: &str,
    identities: &[Found<'_>],
    print: impl Fn(&mut Xml, &str, &Identity),
) {
    xml.element(name, |xml| {
        for Found { name, identity } in identities {
            xml.element("entry", |xml| {
                xml.text("key", name);
                xml.element("value", |xml| print(xml, name, identity));
            });
        }
    });
}

fn get_verification_attributes(
    state: &mut State,
    caller: Caller<'_>,
    form: &Form,
    xml: &mut Xml,
) -> Result<(), ServiceError> {
    let identities = batch(state, caller, form)?;
    entries(
        xml,
        "VerificationAttributes",
        &identities,
        |xml, name, identity| {
            xml.text("VerificationStatus", identity.verification.status.v1());
            if !name.contains('@') {
                xml.text(
                    "VerificationToken",
                    &keys::domain_token(&caller.place(), &spelled(name)),
                );
            }
        },
    );
    Ok(())
}

fn get_dkim_attributes(
    state: &mut State,
    caller: Caller<'_>,
    form: &Form,
    xml: &mut Xml,
) -> Result<(), ServiceError> {
    let identities = batch(state, caller, form)?;
    entries(xml, "DkimAttributes", &identities, |xml, _, identity| {
        let dkim = &identity.dkim;
        xml.text("DkimEnabled", if dkim.enabled { "true" } else { "false" });
        xml.text("DkimVerificationStatus", dkim.check.status.v1());
        if dkim.check.status != Status::NotStarted {
            xml.list("DkimTokens", dkim.tokens.iter().map(String::as_str));
        }
    });
    Ok(())
}

fn get_mail_from_attributes(
    state: &mut State,
    caller: Caller<'_>,
    form: &Form,
    xml: &mut Xml,
) -> Result<(), ServiceError> {
    let identities = batch(state, caller, form)?;
    entries(
        xml,
        "MailFromDomainAttributes",
        &identities,
        |xml, _, identity| {
            let on_mx_failure = identity
                .mail_from
                .as_ref()
                .map(|mail_from| mail_from.on_mx_failure)
                .unwrap_or_default();
            if let Some(mail_from) = &identity.mail_from {
                xml.text("MailFromDomain", &mail_from.domain);
                xml.text("MailFromDomainStatus", mail_from.check.status.v1());
            }
            xml.text(
                "BehaviorOnMXFailure",
                match on_mx_failure {
                    OnMxFailure::UseDefaultValue => "UseDefaultValue",
                    OnMxFailure::RejectMessage => "RejectMessage",
                },
            );
        },
    );
    Ok(())
}

fn set_dkim_enabled(
    state: &mut State,
    caller: Caller<'_>,
    form: &Form,
    _: &mut Xml,
) -> Result<(), ServiceError> {
    state
        .enable_dkim(
            caller,
            required(form, "Identity")?,
            flag(form, "DkimEnabled")?,
        )
        .map_err(Problem::v1)
}

fn set_mail_from(
    state: &mut State,
    caller: Caller<'_>,
    form: &Form,
    _: &mut Xml,
) -> Result<(), ServiceError> {
    let on_mx_failure = match form.get("BehaviorOnMXFailure") {
        None | Some("UseDefaultValue") => OnMxFailure::UseDefaultValue,
        Some("RejectMessage") => OnMxFailure::RejectMessage,
        Some(_) => {
            let message = "1 validation error detected: Value at 'behaviorOnMXFailure' failed to satisfy constraint: Member \
                           must satisfy enum value set: [RejectMessage, UseDefaultValue]";
            return Err(ServiceError::new(400, "ValidationError", message));
        }
    };
    let domain = form.get("MailFromDomain");
    state
        .put_mail_from(caller, required(form, "Identity")?, domain, on_mx_failure)
        .map_err(Problem::v1)
}

fn set_feedback(
    state: &mut State,
    caller: Caller<'_>,
    form: &Form,
    _: &mut Xml,
) -> Result<(), ServiceError> {
    let name = required(form, "Identity")?;
    let invalid = |_| {
        Problem::Invalid(format!(
            "Identity {name} is invalid. Must be a verified email address or domain."
        ))
    };
    let enabled = flag(form, "ForwardingEnabled")?;
    state
        .identity_mut(caller, name)
        .map_err(invalid)
        .map_err(Problem::v1)?
        .feedback = enabled;
    Ok(())
}

/// Deleting what is not there succeeds in v1.
fn delete_identity(
    state: &mut State,
    caller: Caller<'_>,
    form: &Form,
    _: &mut Xml,
) -> Result<(), ServiceError> {
    match state.delete_identity(caller, required(form, "Identity")?) {
        Err(Problem::NoIdentity(_)) | Ok(()) => Ok(()),
        Err(problem) => Err(problem.v1()),
    }
}

fn list_identities(
    state: &mut State,
    caller: Caller<'_>,
    form: &Form,
    xml: &mut Xml,
) -> Result<(), ServiceError> {
    let size = match form.get("MaxItems").map(str::parse::<usize>) {
        None => 1000,
        Some(Ok(size @ 1..=1000)) => size,
        Some(_) => {
            let size = form.get("MaxItems").unwrap_or_default();
            let message = format!(
                "Value {size} for parameter MaxItems is invalid. MaxItems must be between 1 and 1000."
            );
            return Err(Problem::v1(Problem::Invalid(message)));
        }
    };
    let kind = form.get("IdentityType");
    let fits = |name: &&str| kind.is_none_or(|kind| (kind == "EmailAddress") == name.contains('@'));
    let names = state
        .here(caller)
        .into_iter()
        .flat_map(|here| here.identities.keys().map(String::as_str))
        .filter(fits);
    let token = form.get("NextToken");
    let scope = format!("identity {}", caller.place());
    let (names, next) = page(names, &scope, size, token).ok_or_else(|| {
        Problem::v1(Problem::Invalid(format!(
            "Invalid NextToken <{}>.",
            token.unwrap_or_default()
        )))
    })?;
    xml.list("Identities", names);
    if let Some(next) = next {
        xml.text("NextToken", &next);
    }
    Ok(())
}

fn get_send_quota(
    state: &mut State,
    caller: Caller<'_>,
    _: &Form,
    xml: &mut Xml,
) -> Result<(), ServiceError> {
    let standing = state.standing(caller);
    let production = standing.in_production(caller.now);
    xml.text(
        "Max24HourSend",
        if production { "50000.0" } else { "200.0" },
    );
    xml.text("MaxSendRate", if production { "14.0" } else { "1.0" });
    xml.text("SentLast24Hours", &format!("{:.1}", standing.sent));
    Ok(())
}

fn put_policy(
    state: &mut State,
    caller: Caller<'_>,
    form: &Form,
    _: &mut Xml,
) -> Result<(), ServiceError> {
    let named = PolicyName {
        identity: required(form, "Identity")?,
        name: required(form, "PolicyName")?,
    };
    state
        .put_policy(caller, named, required(form, "Policy")?, None)
        .map_err(Problem::v1)
}

fn get_policies(
    state: &mut State,
    caller: Caller<'_>,
    form: &Form,
    xml: &mut Xml,
) -> Result<(), ServiceError> {
    let identity = state
        .identity(caller, required(form, "Identity")?)
        .map_err(Problem::v1)?;
    xml.element("Policies", |xml| {
        for (name, policy) in form
            .list("PolicyNames")
            .iter()
            .filter_map(|name| Some((name, identity.policies.get(*name)?)))
        {
            xml.element("entry", |xml| {
                xml.text("key", name);
                xml.text("value", policy);
            });
        }
    });
    Ok(())
}

fn list_policies(
    state: &mut State,
    caller: Caller<'_>,
    form: &Form,
    xml: &mut Xml,
) -> Result<(), ServiceError> {
    let identity = state
        .identity(caller, required(form, "Identity")?)
        .map_err(Problem::v1)?;
    xml.list("PolicyNames", identity.policies.keys().map(String::as_str));
    Ok(())
}

fn delete_policy(
    state: &mut State,
    caller: Caller<'_>,
    form: &Form,
    _: &mut Xml,
) -> Result<(), ServiceError> {
    let identity = state
        .identity_mut(caller, required(form, "Identity")?)
        .map_err(Problem::v1)?;
    let name = required(form, "PolicyName")?;
    match identity.policies.remove(name) {
        Some(_) => Ok(()),
        None => Err(Problem::NoPolicy(name.to_owned()).v1()),
    }
}
