//! The custom MAIL FROM domain of one SES instance.
//!
//! ```yaml
//! ses:
//!   - { account: marketing, region: us-east-1, mail_from: mail1, on_mx_failure: reject }
//! ```
//!
//! It is a kind of its own because its order is: MX and SPF first, in sync, then the attribute,
//! and `REJECT_MESSAGE` only after SES says SUCCESS (SES-17), which is a second stage.
//!
//! Quirks of SES: it looks for exactly one MX record at the name, that of its own region; it gives up
//! after 72 hours and begins anew when it is told the name again (SES-23); the name without a value
//! removes it. Who owns the identity owns this.

#[cfg(feature = "aws")]
mod aws;

use std::time::Duration;

use model::{
    Calls, Container, Diff, Impact, Kind, Location, MailImpact, Nothing, Permission, PhysicalId,
    Polls, Readiness, Trail, Transition, Verb, diff,
};
use serde::{Deserialize, Serialize};

use crate::ses_identity::fallen_word;
use crate::{SesIdentity, calls, ses_account};

/// The kind.
#[derive(Clone, Copy, Debug, Default)]
pub struct SesMailFrom;

/// The behaviour of SES when it does not find the MX record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OnMxFailure {
    /// It sends with its own MAIL FROM: SPF no longer aligns.
    #[default]
    UseDefaultValue,
    /// It refuses to send.
    RejectMessage,
}

/// The desired properties.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The identity's domain.
    pub identity: String,
    /// The MAIL FROM domain: `mail1.example.com`.
    pub mail_from: String,
    /// The behaviour of SES when it does not find the MX record.
    pub on_mx_failure: OnMxFailure,
}

/// The observed properties.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// The MAIL FROM domain.
    pub mail_from: String,
    /// The behaviour of SES when it does not find the MX record.
    pub on_mx_failure: OnMxFailure,
    /// SES's word: `PENDING`, `SUCCESS`, `FAILED`, `TEMPORARY_FAILURE`.
    pub status: String,
}

/// The compared properties.
#[derive(Serialize)]
struct Compared<'a> {
    mail_from: &'a str,
    on_mx_failure: OnMxFailure,
    status: Option<&'a str>,
}

/// The behaviour of SES from now on where it does not find the MX record.
fn on_mx_failure(to: &Spec) -> Impact {
    let sending = |reason: &str| Impact::new(MailImpact::Sending, reason);
    match to.on_mx_failure {
        OnMxFailure::RejectMessage => {
            sending("SES refuses to send while it does not find the MX record").stricter()
        }
        OnMxFailure::UseDefaultValue => {
            sending("SES sends without an aligned SPF while it does not find the MX record")
                .weaker()
        }
    }
}

/// SES's word on a MAIL FROM domain that it had verified, where it is no longer `SUCCESS`. `FAILED` is
/// drift, and is not told here.
pub fn fallen<'s>(recorded: Option<&State>, seen: &'s State) -> Option<&'s str> {
    let was = recorded.map(|state| state.status.as_str());
    fallen_word(was, &seen.status, true)
}

/// The events of CloudTrail that change one.
const EVENTS: &[&str] = &[
    "PutEmailIdentityMailFromAttributes",
    "SetIdentityMailFromDomain",
    "DeleteEmailIdentity",
    "DeleteIdentity",
];

impl Kind for SesMailFrom {
    const NAME: &'static str = "ses_mail_from";
    type Spec = Spec;
    type State = State;
    type Before = Nothing;

    fn diff(desired: &Spec, actual: &State, _owned: Option<&Spec>) -> Diff {
        // SES gives up after 72 hours, and begins anew when it is told the name again (SES-23).
        let failed = actual.status == "FAILED";
        let wanted = Compared {
            mail_from: &desired.mail_from,
            on_mx_failure: desired.on_mx_failure,
            status: failed.then_some("PENDING"),
        };
        let seen = Compared {
            mail_from: &actual.mail_from,
            on_mx_failure: actual.on_mx_failure,
            status: failed.then_some("FAILED"),
        };
        diff::compare(&wanted, &seen, &[])
    }

    fn accepted(recorded: &Spec, actual: &State) -> Option<Spec> {
        Some(Spec {
            mail_from: actual.mail_from.clone(),
            on_mx_failure: actual.on_mx_failure,
            ..recorded.clone()
        })
    }

    fn mail_impact(change: &Transition<'_, Spec, State, Nothing>) -> Impact {
        let sending = |reason: String| Impact::new(MailImpact::Sending, reason);
        let before = change
            .seen
            .map(|seen| (&seen.mail_from, seen.on_mx_failure));
        let was = change.was.map(|was| (&was.mail_from, was.on_mx_failure));
        let impact = match (before.or(was), change.becomes) {
            (Some((name, _)), None) => sending(format!(
                "SPF no longer aligns: bounces go to SES's own name instead of {name}"
            ))
            .weaker(),
            (Some((name, _)), Some(to)) if *name != to.mail_from => {
                sending(format!("bounces go to {} instead of {name}", to.mail_from))
            }
            (Some((_, from)), Some(to)) if from != to.on_mx_failure => on_mx_failure(to),
            (None, Some(to)) => sending(format!("bounces go to {}, and SPF aligns", to.mail_from)),
            _ => Impact::none(),
        };
        impact.about(&change.id.domain)
    }

    fn describe_ready(desired: &Spec, location: Option<&Location>) -> String {
        let place = ses_account::place(location);
        format!("SES has verified {} as MAIL FROM{place}", desired.mail_from)
    }

    fn readiness(_desired: &Spec, actual: &State) -> Readiness {
        match actual.status.as_str() {
            "SUCCESS" => Readiness::Ready,
            "FAILED" => Readiness::Failed(
                "SES did not find exactly one right MX record at the MAIL FROM domain for 72 hours"
                    .to_owned(),
            ),
            _ => Readiness::Waiting(
                "SES verification (usually minutes, 72 hours at most): SES has to see the MAIL FROM domain's MX \
                 record"
                    .to_owned(),
            ),
        }
    }

    fn calls(verb: Verb, _desired: &Spec, _seen: Option<&State>, _diff: &Diff) -> Vec<Calls> {
        match verb {
            Verb::Forget | Verb::None => Vec::new(),
            _ => vec![Calls::new("ses", "PutEmailIdentityMailFromAttributes", 1)],
        }
    }

    fn trail(spec: &Spec, _physical: Option<&PhysicalId>) -> Option<Trail> {
        let identity = (&["emailIdentity", "identity"][..], spec.identity.clone());
        Some(Trail::of("ses.amazonaws.com", EVENTS, [identity]))
    }

    fn permissions(desired: &Spec) -> Vec<Permission> {
        vec![
            // v1's questions about many identities know no resources.
            Permission::anywhere(&["ses:GetIdentityMailFromDomainAttributes"]),
            Permission::named(
                &["ses:PutEmailIdentityMailFromAttributes"],
                "arn:{partition}:ses:{region}:{account}:identity/{name}",
                &desired.identity,
            ),
        ]
    }

    fn container(spec: &Spec) -> Option<Container> {
        Some(Container {
            kind: SesIdentity::NAME,
            physical: spec.identity.as_str().into(),
        })
    }

    fn stages(desired: &Spec) -> Vec<Spec> {
        match desired.on_mx_failure {
            OnMxFailure::UseDefaultValue => vec![desired.clone()],
            OnMxFailure::RejectMessage => {
                vec![
                    Spec {
                        on_mx_failure: OnMxFailure::UseDefaultValue,
                        ..desired.clone()
                    },
                    desired.clone(),
                ]
            }
        }
    }

    fn polls(verb: Verb) -> Polls {
        calls::polls_of_ses(verb, 1)
    }

    fn poll() -> Duration {
        Duration::from_secs(15)
    }

    fn expected() -> Duration {
        Duration::from_mins(1)
    }
}
