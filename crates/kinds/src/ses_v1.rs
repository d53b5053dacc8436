//! SES v1's questions about a hundred identities at once, for which v2 has no call. They say how far
//! verification is, at one request a second for each operation (SES API reference, version
//! 2010-12-01).

use std::collections::BTreeMap;

use aws::{Key, Session};
use model::KindError;

use crate::sdk::done;

/// How many identities one request can name (SES API reference, `GetIdentityDkimAttributes`).
const MOST: usize = 100;

/// Whether SES has verified a domain, and its `_amazonses` token.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Verification(pub(crate) String);

/// SES's answer about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verified {
    /// v1's word: `Success`.
    pub(crate) status: String,
    pub(crate) token: Option<String>,
}

/// How far the DKIM records of a domain are, in v2's words: `SUCCESS`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct DkimStatus(pub(crate) String);

/// The MAIL FROM domain of an identity.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct MailFrom(pub(crate) String);

/// SES's answer about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MailFromDomain {
    pub(crate) domain: String,
    /// In v2's words: `SUCCESS`.
    pub(crate) status: String,
    pub(crate) rejects: bool,
}

/// `TemporaryFailure` of v1 as v2 spells it: `TEMPORARY_FAILURE`.
fn in_v2(word: &str) -> String {
    let mut spelled = String::new();
    for letter in word.chars() {
        if letter.is_uppercase() && !spelled.is_empty() {
            spelled.push('_');
        }
        spelled.push(letter.to_ascii_uppercase());
    }
    spelled
}

impl Key for Verification {
    type Snapshot = Verified;
    const MOST: usize = MOST;
    const IS_WIDE: bool = true;

    async fn read(session: &Session, keys: &[Self]) -> Result<BTreeMap<Self, Verified>, KindError> {
        let names = keys.iter().map(|key| key.0.clone()).collect();
        let client = session.ses_v1();
        let request = client
            .get_identity_verification_attributes()
            .set_identities(Some(names));
        let answer = done("GetIdentityVerificationAttributes", request.send().await)?;
        let seen = answer
            .verification_attributes
            .into_iter()
            .map(|(name, it)| {
                let verified = Verified {
                    status: it.verification_status.as_str().to_owned(),
                    token: it.verification_token,
                };
                (Self(name), verified)
            });
        Ok(seen.collect())
    }
}

impl Key for DkimStatus {
    type Snapshot = String;
    const MOST: usize = MOST;
    const IS_WIDE: bool = true;

    async fn read(session: &Session, keys: &[Self]) -> Result<BTreeMap<Self, String>, KindError> {
        let names = keys.iter().map(|key| key.0.clone()).collect();
        let client = session.ses_v1();
        let request = client
            .get_identity_dkim_attributes()
            .set_identities(Some(names));
        let answer = done("GetIdentityDkimAttributes", request.send().await)?;
        let seen = answer.dkim_attributes.into_iter();
        let seen = seen.map(|(name, it)| (Self(name), in_v2(it.dkim_verification_status.as_str())));
        Ok(seen.collect())
    }
}

impl Key for MailFrom {
    type Snapshot = MailFromDomain;
    const MOST: usize = MOST;
    const IS_WIDE: bool = true;

    async fn read(
        session: &Session,
        keys: &[Self],
    ) -> Result<BTreeMap<Self, MailFromDomain>, KindError> {
        let names = keys.iter().map(|key| key.0.clone()).collect();
        let client = session.ses_v1();
        let request = client
            .get_identity_mail_from_domain_attributes()
            .set_identities(Some(names));
        let answer = done("GetIdentityMailFromDomainAttributes", request.send().await)?;
        let seen = answer.mail_from_domain_attributes.into_iter();
        // An identity without a MAIL FROM domain is listed with an empty one.
        let seen = seen.filter(|(_, it)| !it.mail_from_domain.is_empty());
        let seen = seen.map(|(name, it)| {
            let domain = MailFromDomain {
                status: in_v2(it.mail_from_domain_status.as_str()),
                rejects: it.behavior_on_mx_failure.as_str() == "RejectMessage",
                domain: it.mail_from_domain,
            };
            (Self(name), domain)
        });
        Ok(seen.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn v1_s_words_are_spelled_as_in_v2() {
        for (v1, v2) in [
            ("Success", "SUCCESS"),
            ("TemporaryFailure", "TEMPORARY_FAILURE"),
            ("NotStarted", "NOT_STARTED"),
        ] {
            assert_eq!(in_v2(v1), v2);
        }
    }
}
