//! `AssumeRoleWithWebIdentity`: roles for whoever has an `OpenID` Connect token, such as GitHub's
//! workflows.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::Deserialize;

use super::{
    Assume, DIALECT, State, check_session_name, duration, print_credentials, required, unique_id,
};
use crate::call::{Call, Reply};
use crate::query::Form;
use crate::service::ServiceError;

/// The claims of a token that the answer shows, or that decide.
#[derive(Debug, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    #[serde(default)]
    aud: Audience,
    exp: i64,
}

/// RFC 7519, section 4.1.3: one audience, or a list.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Default for Audience {
    fn default() -> Self {
        Self::Several(Vec::new())
    }
}

/// Whether a request authenticates itself by a token in its form.
pub(crate) fn needs_no_signature(call: &Call) -> bool {
    call.service == "sts" && Form::of(call).get("Action") == Some("AssumeRoleWithWebIdentity")
}

pub(super) fn assume(state: &mut State, call: &Call, form: &Form) -> Result<Reply, ServiceError> {
    let session_name = required(form, "RoleSessionName")?;
    check_session_name(session_name)?;
    let role_arn = required(form, "RoleArn")?;
    let claims = read(required(form, "WebIdentityToken")?, call.caller_now)?;
    let ask = Assume {
        // It is nobody's principal before it has the role.
        caller: "",
        role_arn,
        session_name,
        external_id: None,
        duration: duration(form, 3600, 900..=43_200)?,
    };
    let issued = state
        .assume(ask, call.caller_now)
        .map_err(|error| match error.code.as_str() {
            "AccessDenied" => ServiceError::new(
                403,
                "AccessDenied",
                "Not authorized to perform sts:AssumeRoleWithWebIdentity",
            ),
            _ => error,
        })?;
    let (role, _) = issued.principal.rsplit_once('/').unwrap_or_default();
    Ok(DIALECT.reply(call, "AssumeRoleWithWebIdentity", |xml| {
        print_credentials(xml, &issued);
        xml.element("AssumedRoleUser", |xml| {
            let id = format!("{}:{session_name}", unique_id("AROA", role));
            xml.text("AssumedRoleId", &id);
            xml.text("Arn", &issued.principal);
        });
        xml.text("SubjectFromWebIdentityToken", &claims.sub);
        xml.text("Audience", claims.aud.first());
        xml.text("Provider", &claims.iss);
    }))
}

impl Audience {
    fn first(&self) -> &str {
        match self {
            Self::One(audience) => audience,
            Self::Several(audiences) => audiences.first().map_or("", String::as_str),
        }
    }
}

/// Reads the claims of a token (RFC 7519). The issuer's signature is not verified: its keys are on
/// the Internet, where the sandbox never goes.
fn read(token: &str, now: Timestamp) -> Result<Claims, ServiceError> {
    let parts: Vec<&str> = token.split('.').collect();
    let claims = match parts[..] {
        [_, claims, _] => URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok(),
        _ => None,
    };
    let claims: Option<Claims> = claims.and_then(|claims| serde_json::from_slice(&claims).ok());
    let claims = claims.ok_or_else(|| {
        ServiceError::new(
            400,
            "InvalidIdentityToken",
            "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
        )
    })?;
    if claims.exp > now.as_second() {
        return Ok(claims);
    }
    let message = format!(
        "Token expired: current date/time {} must be before the expiration date/time {}",
        now.as_second(),
        claims.exp
    );
    Err(ServiceError::new(400, "ExpiredTokenException", message))
}
