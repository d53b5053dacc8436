//! STS: who one is, and roles in other accounts.
//!
//! What it does not emulate is a table in the README of the crate.

mod policy;
mod state;
mod web_identity;

use jiff::SignedDuration;

pub(crate) use policy::Ask;
pub use policy::{Conditions, Effect, Policy, Statement};
pub use state::{Account, Issued, Role, State, User};
pub(crate) use state::{Assume, Principal};
pub(crate) use web_identity::needs_no_signature;

use crate::call::{Call, Reply};
use crate::query::{Dialect, Form, Xml};
use crate::quotas::Charge;
use crate::service::{Service, ServiceError};

const DIALECT: Dialect = Dialect {
    namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
};

/// The service on the wire.
pub struct Sts;

impl Service for Sts {
    fn operation(&self, call: &Call) -> Result<&'static str, Reply> {
        let form = Form::of(call);
        match form.get("Action").unwrap_or_default() {
            "GetCallerIdentity" => Ok("GetCallerIdentity"),
            "AssumeRole" => Ok("AssumeRole"),
            "GetSessionToken" => Ok("GetSessionToken"),
            "AssumeRoleWithWebIdentity" => Ok("AssumeRoleWithWebIdentity"),
            unknown => {
                let message = format!("Could not find operation {unknown} for version 2011-06-15");
                Err(self.error(call, &ServiceError::new(400, "InvalidAction", message)))
            }
        }
    }

    fn is_read(&self, operation: &'static str) -> bool {
        operation == "GetCallerIdentity"
    }

    fn charges(&self, _call: &Call, _operation: &'static str) -> Vec<Charge> {
        vec![Charge::one("sts.requests")]
    }

    fn error(&self, call: &Call, error: &ServiceError) -> Reply {
        DIALECT.error(call, error)
    }
}

/// Carries a call out.
pub(crate) fn handle(state: &mut State, call: &Call, operation: &'static str) -> Reply {
    let form = Form::of(call);
    let answer = match operation {
        "AssumeRole" => assume_role(state, call, &form),
        "GetSessionToken" => get_session_token(state, call, &form),
        "AssumeRoleWithWebIdentity" => web_identity::assume(state, call, &form),
        _ => Ok(get_caller_identity(call)),
    };
    answer.unwrap_or_else(|error| Sts.error(call, &error))
}

fn get_caller_identity(call: &Call) -> Reply {
    let user_id = match call.principal.rsplit_once('/') {
        Some((role, session)) if role.contains(":assumed-role/") => {
            format!("{}:{session}", unique_id("AROA", role))
        }
        Some(_) => unique_id("AIDA", &call.principal),
        None => call.account.clone(),
    };
    DIALECT.reply(call, "GetCallerIdentity", |xml| {
        xml.text("Arn", &call.principal);
        xml.text("UserId", &user_id);
        xml.text("Account", &call.account);
    })
}

fn assume_role(state: &mut State, call: &Call, form: &Form) -> Result<Reply, ServiceError> {
    let session_name = required(form, "RoleSessionName")?;
    check_session_name(session_name)?;
    let role_arn = required(form, "RoleArn")?;
    if role_arn.len() < 20 {
        let message = format!(
            "1 validation error detected: Value '{role_arn}' at 'roleArn' failed to satisfy constraint: \
             Member must have length greater than or equal to 20"
        );
        return Err(ServiceError::new(400, "ValidationError", message));
    }
    let ask = Assume {
        caller: &call.principal,
        role_arn,
        session_name,
        external_id: form.get("ExternalId"),
        duration: duration(form, 3600, 900..=43_200)?,
    };
    let issued = state.assume(ask, call.caller_now)?;
    let role = issued
        .principal
        .rsplit_once('/')
        .map_or("", |(role, _)| role);
    Ok(DIALECT.reply(call, "AssumeRole", |xml| {
        print_credentials(xml, &issued);
        xml.element("AssumedRoleUser", |xml| {
            xml.text(
                "AssumedRoleId",
                &format!("{}:{session_name}", unique_id("AROA", role)),
            );
            xml.text("Arn", &issued.principal);
        });
    }))
}

fn get_session_token(state: &mut State, call: &Call, form: &Form) -> Result<Reply, ServiceError> {
    if call.principal.contains(":assumed-role/") {
        let message = "Cannot call GetSessionToken with session credentials";
        return Err(ServiceError::new(403, "AccessDenied", message));
    }
    let expires = call.caller_now + duration(form, 3600, 900..=129_600)?;
    let issued = state.issue(
        call.account.clone(),
        call.principal.clone(),
        expires,
        call.caller_now,
    );
    Ok(DIALECT.reply(call, "GetSessionToken", |xml| {
        print_credentials(xml, &issued);
    }))
}

fn print_credentials(xml: &mut Xml, issued: &Issued) {
    xml.element("Credentials", |xml| {
        xml.text("AccessKeyId", &issued.access_key_id);
        xml.text("SecretAccessKey", &issued.secret);
        xml.text("SessionToken", &issued.token);
        xml.text(
            "Expiration",
            &issued.expires.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        );
    });
}

/// The unique id that AWS gives a role or user, here from an ARN.
fn unique_id(prefix: &str, arn: &str) -> String {
    use sha2::{Digest, Sha256};
    let hash = crate::hex::hex(&Sha256::digest(arn)).to_uppercase();
    format!("{prefix}{}", &hash[..17])
}

fn required<'a>(form: &'a Form, name: &str) -> Result<&'a str, ServiceError> {
    let field = format!("{}{}", name[..1].to_lowercase(), &name[1..]);
    form.get(name).ok_or_else(|| {
        let message = format!(
            "1 validation error detected: Value null at '{field}' failed to satisfy constraint: Member must not be null"
        );
        ServiceError::new(400, "ValidationError", message)
    })
}

fn check_session_name(name: &str) -> Result<(), ServiceError> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte);
    if (2..=64).contains(&name.len()) && name.bytes().all(fits) {
        return Ok(());
    }
    let message = format!(
        "1 validation error detected: Value '{name}' at 'roleSessionName' failed to satisfy constraint: \
         Member must satisfy regular expression pattern: [\\w+=,.@-]*"
    );
    Err(ServiceError::new(400, "ValidationError", message))
}

fn duration(
    form: &Form,
    default: i64,
    allowed: std::ops::RangeInclusive<i64>,
) -> Result<SignedDuration, ServiceError> {
    let text = form.get("DurationSeconds");
    let seconds = text.map_or(Some(default), |text| text.parse().ok());
    match seconds {
        Some(seconds) if allowed.contains(&seconds) => Ok(SignedDuration::from_secs(seconds)),
        _ => {
            let message = format!(
                "1 validation error detected: Value '{}' at 'durationSeconds' failed to satisfy constraint: \
                 Member must have value between {} and {}",
                text.unwrap_or_default(),
                allowed.start(),
                allowed.end()
            );
            Err(ServiceError::new(400, "ValidationError", message))
        }
    }
}
