//! Identities: what sends, how it is signed, and from where it says that it comes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::check::{Check, Status};
use super::keys::KeyLength;

/// An identity: a domain, or an address.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Identity {
    /// Whether it is verified to be the account's.
    pub(crate) verification: Check,
    pub(crate) dkim: Dkim,
    pub(crate) mail_from: Option<MailFrom>,
    /// Whether bounces and complaints come as mail.
    pub(crate) feedback: bool,
    /// The configuration set that is used where a message names none.
    pub(crate) configuration_set: Option<String>,
    pub(crate) tags: BTreeMap<String, String>,
    /// Sending authorization policies, by name.
    pub(crate) policies: BTreeMap<String, String>,
}

/// How an identity's mail is signed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Dkim {
    pub(crate) enabled: bool,
    pub(crate) origin: Origin,
    /// Easy DKIM's three tokens, or the one selector that was brought.
    pub(crate) tokens: Vec<String>,
    /// The zone in which SES publishes the keys behind the tokens.
    pub(crate) zone: String,
    pub(crate) current_length: KeyLength,
    pub(crate) next_length: KeyLength,
    /// When the key's length was last changed.
    pub(crate) length_changed: Option<Timestamp>,
    /// When the keys were made.
    pub(crate) generated: Option<Timestamp>,
    pub(crate) check: Check,
}

/// The origin of an identity's keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Origin {
    /// SES made them (Easy DKIM).
    Easy,
    /// The user brought them (BYODKIM): the public half.
    Brought(String),
    /// They are those of the same domain's identity in another region (Deterministic Easy DKIM).
    Parent(String),
}

impl Origin {
    /// As AWS writes it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Easy => "AWS_SES".to_owned(),
            Self::Brought(_) => "EXTERNAL".to_owned(),
            Self::Parent(region) => format!("AWS_SES_{}", region.to_uppercase().replace('-', "_")),
        }
    }
}

impl Dkim {
    /// Whether SES publishes the keys itself, in this region.
    pub(crate) fn is_easy(&self) -> bool {
        self.origin == Origin::Easy
    }
}

/// The MAIL FROM domain of an identity's mail.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct MailFrom {
    pub(crate) domain: String,
    /// `USE_DEFAULT_VALUE` or `REJECT_MESSAGE`.
    pub(crate) on_mx_failure: OnMxFailure,
    pub(crate) check: Check,
}

/// The treatment of mail while the MAIL FROM domain has no right MX.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum OnMxFailure {
    /// It says that it comes from amazonses.com.
    #[default]
    UseDefaultValue,
    /// It is not sent.
    RejectMessage,
}

/// How the keys of an identity are to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Signing {
    /// By SES, of this length.
    Easy(Option<KeyLength>),
    /// By the user.
    Brought {
        /// The name under `_domainkey`.
        selector: String,
        /// Base64.
        private_key: String,
    },
    /// As in the region that is named.
    Parent(String),
}

impl Identity {
    pub(super) fn new(now: Timestamp, dkim: Dkim) -> Self {
        Self {
            verification: Check::start(now),
            dkim,
            mail_from: None,
            feedback: true,
            configuration_set: None,
            tags: BTreeMap::new(),
            policies: BTreeMap::new(),
        }
    }

    /// Whether mail can be sent from it.
    pub(crate) fn is_verified(&self) -> bool {
        self.verification.status == Status::Success
    }
}
