//! The legacy `_amazonses` token of one SES instance (SES v1 `VerifyDomainIdentity`).
//!
//! ```yaml
//! ses:
//!   - { account: marketing, region: us-east-1, domain_token: true }
//! ```
//!
//! SES no longer needs it (SES-22), but the seed's records have it. Every instance has its own token,
//! and all of them are values of one TXT record set (SES-21).
//!
//! Quirks of SES: only its first version knows the token, at one call a second; asking for it again
//! gives the same one; it has no call to take it back, so it goes with its identity.

#[cfg(feature = "aws")]
mod aws;

use std::time::Duration;

use model::{
    Calls, Container, Diff, Kind, Nothing, Permission, PhysicalId, Polls, Readiness, Trail, Verb,
};
use serde::{Deserialize, Serialize};

use crate::{SesIdentity, calls};

/// The kind.
#[derive(Clone, Copy, Debug, Default)]
pub struct SesDomainToken;

/// The desired properties.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The identity's domain.
    pub domain: String,
}

/// The observed properties.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// The value to publish.
    pub token: String,
    /// SES's word: `Pending`, `Success`, …
    pub status: String,
}

/// SES v1's word for a domain that it has verified.
const VERIFIED: &str = "Success";

/// The output that is the value to publish.
pub const TOKEN: &str = "token";

/// Actions of SES v1, which know no resources.
const PERMISSIONS: &[Permission] = &[Permission::anywhere(&[
    "ses:GetIdentityVerificationAttributes",
    "ses:VerifyDomainIdentity",
])];

/// The events of CloudTrail that change one.
const EVENTS: &[&str] = &[
    "DeleteIdentity",
    "DeleteEmailIdentity",
    "VerifyDomainIdentity",
];

impl Kind for SesDomainToken {
    const NAME: &'static str = "ses_domain_token";
    type Spec = Spec;
    type State = State;
    type Before = Nothing;

    fn output(state: &State, name: &str) -> Option<String> {
        (name == TOKEN).then(|| state.token.clone())
    }

    fn diff(_desired: &Spec, _actual: &State, _owned: Option<&Spec>) -> Diff {
        Diff::default()
    }

    fn readiness(_desired: &Spec, actual: &State) -> Readiness {
        match actual.status.as_str() {
            VERIFIED => Readiness::Ready,
            status => Readiness::Waiting(format!(
                "SES verification (usually minutes, 72 hours at most): the domain is {status}"
            )),
        }
    }

    fn container(spec: &Spec) -> Option<Container> {
        Some(Container {
            kind: SesIdentity::NAME,
            physical: spec.domain.as_str().into(),
        })
    }

    fn calls(verb: Verb, _desired: &Spec, _seen: Option<&State>, _diff: &Diff) -> Vec<Calls> {
        match verb {
            Verb::Create | Verb::Replace => vec![Calls::new("ses", "VerifyDomainIdentity", 1)],
            // The token goes with its identity; SES has no call for it alone.
            _ => Vec::new(),
        }
    }

    fn trail(spec: &Spec, _physical: Option<&PhysicalId>) -> Option<Trail> {
        let domain = (
            &["domain", "identity", "emailIdentity"][..],
            spec.domain.clone(),
        );
        Some(Trail::of("ses.amazonaws.com", EVENTS, [domain]))
    }

    fn permissions(_desired: &Spec) -> Vec<Permission> {
        PERMISSIONS.to_vec()
    }

    fn polls(verb: Verb) -> Polls {
        calls::polls_of_ses(verb, 1)
    }

    fn poll() -> Duration {
        Duration::from_secs(15)
    }

    fn expected() -> Duration {
        Duration::from_secs(75)
    }
}
