//! SES v2's calls that read an account's standing. They change nothing.

use ::aws::Session;
use aws_sdk_sesv2::types::{HttpsPolicy, IdentityType, SendQuota};
use model::KindError;

use super::{Identity, Standing};
use crate::sdk::done;

/// How the account stands with SES in the session's region: one call.
pub async fn standing(session: &Session) -> Result<Standing, KindError> {
    let client = session.ses();
    let account = done("GetAccount", client.get_account().send().await)?;
    let quota = account.send_quota();
    let review = account
        .details()
        .and_then(|details| details.review_details())
        .and_then(|review| review.status());
    Ok(Standing {
        production: account.production_access_enabled(),
        review: review.map(|status| status.as_str().to_owned()),
        sending: account.sending_enabled(),
        enforcement: account.enforcement_status().unwrap_or_default().to_owned(),
        per_day: quota.map_or(0.0, SendQuota::max24_hour_send),
        per_second: quota.map_or(0.0, SendQuota::max_send_rate),
        sent: quota.map_or(0.0, SendQuota::sent_last24_hours),
    })
}

/// The domain through which links of mail with a configuration set lead, and whether by https;
/// nothing where they lead through SES's own: one call.
pub async fn tracking(session: &Session, set: &str) -> Result<Option<(String, bool)>, KindError> {
    let client = session.ses();
    let request = client.get_configuration_set().configuration_set_name(set);
    let set = done("GetConfigurationSet", request.send().await)?;
    let Some(options) = set.tracking_options() else {
        return Ok(None);
    };
    let is_https = matches!(
        options.https_policy(),
        Some(HttpsPolicy::Require | HttpsPolicy::RequireOpenOnly)
    );
    Ok(Some((
        options.custom_redirect_domain().to_owned(),
        is_https,
    )))
}

/// Every identity that SES has in the session's account and region: a call for each thousand.
pub async fn identities(session: &Session) -> Result<Vec<Identity>, KindError> {
    let client = session.ses();
    let mut identities = Vec::new();
    let mut next: Option<String> = None;
    loop {
        let request = client
            .list_email_identities()
            .page_size(1000)
            .set_next_token(next.take());
        let page = done("ListEmailIdentities", request.send().await)?;
        for identity in page.email_identities() {
            identities.push(Identity {
                name: identity.identity_name().unwrap_or_default().to_owned(),
                is_domain: identity.identity_type() == Some(&IdentityType::Domain),
                sending: identity.sending_enabled(),
            });
        }
        next = page.next_token().map(str::to_owned);
        if next.is_none() {
            return Ok(identities);
        }
    }
}
