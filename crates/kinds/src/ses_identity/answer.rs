//! SES's answers about identities, read for everybody in a run.

use std::collections::{BTreeMap, BTreeSet};

use ::aws::{Key, Page, Session};
use aws_sdk_sesv2::operation::get_email_identity::GetEmailIdentityOutput;
use aws_sdk_sesv2::types::{BehaviorOnMxFailure, DkimAttributes, DkimSigningKeyLength};
use model::KindError;

use super::{DkimRecord, State};
use crate::sdk::found;
use crate::ses_v1::MailFromDomain;
use crate::tags::{self, Tags};

/// Everything about an identity, its MAIL FROM domain included. SES has no wider read for it, but one that
/// says which identities there are at all.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Identity(pub(crate) String);

/// SES's answer about an identity.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(super) state: State,
    /// The MAIL FROM domain, where there is one.
    pub(crate) mail_from: Option<MailFromDomain>,
}

impl Answer {
    fn of(domain: &str, region: &str, answer: &GetEmailIdentityOutput) -> Self {
        let mail_from = answer.mail_from_attributes().map(|it| MailFromDomain {
            domain: it.mail_from_domain().to_owned(),
            status: it.mail_from_domain_status().as_str().to_owned(),
            rejects: *it.behavior_on_mx_failure() == BehaviorOnMxFailure::RejectMessage,
        });
        Self {
            state: full_state(domain, region, answer),
            // SES answers with an empty name where there is none.
            mail_from: mail_from.filter(|it| !it.domain.is_empty()),
        }
    }

    /// Whether SES has verified it.
    pub(crate) fn is_verified(&self) -> bool {
        self.state.verification == "SUCCESS"
    }

    pub(crate) fn tags(&self) -> &Tags {
        &self.state.tags
    }
}

/// From how many identities on it is worth a request to learn which of them exist.
const WORTH_LISTING: usize = 4;

impl Key for Identity {
    type Snapshot = Answer;
    const MOST: usize = 1000;

    async fn read(session: &Session, keys: &[Self]) -> Result<BTreeMap<Self, Answer>, KindError> {
        let client = session.ses();
        let region = session.location().region.as_str();
        let mut keys = keys.to_vec();
        if keys.len() >= WORTH_LISTING {
            let listed = crate::ses_account::identities(session).await?;
            keys.retain(|key| listed.iter().any(|one| one.name == key.0));
        }
        let mut answers = BTreeMap::new();
        for key in keys {
            let request = client.get_email_identity().email_identity(&key.0);
            if let Some(answer) = found("GetEmailIdentity", request.send().await)? {
                let answer = Answer::of(&key.0, region, &answer);
                answers.insert(key, answer);
            }
        }
        Ok(answers)
    }
}

/// The names of all identities of an account and region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Identities;

impl Page for Identities {
    type Snapshot = BTreeSet<String>;
    const GLOBAL: bool = false;

    async fn read(&self, session: &Session) -> Result<Self::Snapshot, KindError> {
        let all = crate::ses_account::identities(session).await?;
        Ok(all.into_iter().map(|identity| identity.name).collect())
    }
}

fn key_length(length: &DkimSigningKeyLength) -> u32 {
    if *length == DkimSigningKeyLength::Rsa1024Bit {
        1024
    } else {
        2048
    }
}

/// The state of a new identity with these DKIM attributes.
pub(super) fn state(domain: &str, region: &str, dkim: Option<&DkimAttributes>) -> State {
    let tokens = dkim.map(|dkim| dkim.tokens().to_vec()).unwrap_or_default();
    let origin = dkim
        .and_then(|dkim| dkim.signing_attributes_origin())
        .map_or_else(|| "AWS_SES".to_owned(), |origin| origin.as_str().to_owned());
    let zone = dkim
        .and_then(|dkim| dkim.signing_hosted_zone())
        .map_or_else(
            || standards::ses::signing_zone(region).to_string(),
            |zone| zone.trim_end_matches('.').to_owned(),
        );
    let record = |token: &String| DkimRecord {
        name: format!("{token}._domainkey.{domain}"),
        target: format!("{token}.{zone}"),
    };
    // A change of the length takes effect later; the one that was asked for counts.
    let length = dkim.filter(|_| origin != "EXTERNAL").and_then(|dkim| {
        dkim.next_signing_key_length()
            .or_else(|| dkim.current_signing_key_length())
            .map(key_length)
    });
    State {
        domain: domain.to_owned(),
        verification: "PENDING".to_owned(),
        dkim_status: dkim
            .and_then(|dkim| dkim.status())
            .map(|status| status.as_str().to_owned())
            .unwrap_or_default(),
        failure: None,
        signing: dkim.is_some_and(DkimAttributes::signing_enabled),
        key_length: length,
        records: if origin == "EXTERNAL" {
            Vec::new()
        } else {
            tokens.iter().map(record).collect()
        },
        dkim_origin: origin,
        tokens,
        configuration_set: None,
        feedback: true,
        tags: Tags::new(),
    }
}

/// Everything that SES says of an identity.
fn full_state(domain: &str, region: &str, answer: &GetEmailIdentityOutput) -> State {
    let failure = answer
        .verification_info()
        .and_then(|info| info.error_type());
    let tags = answer
        .tags()
        .iter()
        .map(|tag| (tag.key().to_owned(), tag.value().to_owned()));
    State {
        verification: answer
            .verification_status()
            .map(|status| status.as_str().to_owned())
            .unwrap_or_default(),
        failure: failure.map(|failure| failure.as_str().to_owned()),
        configuration_set: answer.configuration_set_name().map(str::to_owned),
        feedback: answer.feedback_forwarding_status(),
        tags: tags::visible(tags),
        ..state(domain, region, answer.dkim_attributes())
    }
}
