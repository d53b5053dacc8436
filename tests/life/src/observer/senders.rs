//! The identities that send through SES: read from the sandbox's state as it is kept, because AWS shows it to
//! nobody but its owner.

use serde_json::Value;

/// An identity in an account and a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sender {
    /// `333333333333/eu-west-1`.
    pub(super) place: String,
    /// The domain.
    pub(super) domain: String,
    /// Whether SES lets it send: it is verified, and its default configuration set is there.
    pub(super) can_send: bool,
    /// Whether it signs, with keys that SES has found.
    pub(super) signs: bool,
    /// Whether SES has found its keys.
    pub(super) is_dkim_verified: bool,
    /// The names under `_domainkey` of its keys.
    pub(super) selectors: Vec<String>,
    /// Its MAIL FROM.
    pub(super) mail_from: Option<MailFrom>,
}

/// The MAIL FROM of an identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MailFrom {
    /// The name.
    pub(super) domain: String,
    /// Whether SES has found its MX.
    pub(super) is_verified: bool,
    /// Whether SES refuses to send without it.
    pub(super) rejects: bool,
}

/// All identities that are domains.
pub(super) fn senders(ses: &Value) -> Vec<Sender> {
    let mut senders = Vec::new();
    for (place, held) in fields(&ses["places"]) {
        for (domain, identity) in fields(&held["identities"]) {
            senders.push(sender(place, held, domain, identity));
        }
    }
    senders
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn sender(place: &str, held: &Value, domain: &str, identity: &Value) -> Sender {
    let is_success = |check: &Value| check["status"] == "Success";
    let mail_from = &identity["mail_from"];
    let mail_from = mail_from["domain"].as_str().map(|domain| MailFrom {
        domain: domain.to_owned(),
        is_verified: is_success(&mail_from["check"]),
        rejects: mail_from["on_mx_failure"] == "RejectMessage",
    });
    let has_set = identity["configuration_set"]
        .as_str()
        .is_none_or(|set| !held["sets"][set].is_null());
    let refuses = mail_from
        .as_ref()
        .is_some_and(|from| from.rejects && !from.is_verified);
    let dkim = &identity["dkim"];
    let tokens = dkim["tokens"].as_array().into_iter().flatten();
    let is_dkim_verified = is_success(&dkim["check"]);
    Sender {
        place: place.to_owned(),
        domain: domain.to_owned(),
        can_send: is_success(&identity["verification"]) && has_set && !refuses,
        signs: dkim["enabled"] == true && is_dkim_verified,
        is_dkim_verified,
        selectors: tokens
            .filter_map(|token| token.as_str().map(str::to_owned))
            .collect(),
        mail_from,
    }
}
