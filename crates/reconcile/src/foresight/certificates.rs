//! Certificates that ACM does not renew. It says what it waits for, and is not asked before the last
//! third of their lifetime.

use jiff::Timestamp;
use kinds::AcmCertificate;
use kinds::acm_certificate::{self, Renewal, State};
use model::rules;
use model::{Entry, Foreseen, Ledger, MailImpact};
use plan::Actual;

use crate::Project;
use crate::expected::validity;

/// The certificates that ACM does not renew, and why some could not be asked about.
pub(super) async fn unrenewed(
    project: &Project,
    ledger: &Ledger,
    actual: &Actual,
    now: Timestamp,
) -> (Vec<Foreseen>, Vec<String>) {
    let (mut foreseen, mut unasked) = (Vec::new(), Vec::new());
    for entry in ledger.entries() {
        let Some((state, end)) = near_its_end(entry, actual, now) else {
            continue;
        };
        match renewal(project, entry, state).await {
            Ok(Some(renewal)) if renewal.is_stuck() => {
                foreseen.push(told(entry, state, &renewal, end));
            }
            Ok(_) => {}
            Err(reason) => unasked.push(format!(
                "ACM could not be asked whether it renews {}: {reason}",
                state.arn
            )),
        }
    }
    (foreseen, unasked)
}

fn near_its_end<'a>(
    entry: &Entry,
    actual: &'a Actual,
    now: Timestamp,
) -> Option<(&'a State, Timestamp)> {
    let state = actual.of(&entry.target())?.state()?;
    let state = state.get::<AcmCertificate>()?;
    let validity = validity(state)?;
    let is_due = validity.is_to_be_renewed(now);
    is_due.then_some((state, validity.not_after))
}

async fn renewal(
    project: &Project,
    entry: &Entry,
    state: &State,
) -> Result<Option<Renewal>, String> {
    let location = entry.location.as_ref().ok_or("it has no location")?;
    let session = project.engine.session(location).await;
    let session = session.map_err(|error| error.to_string())?;
    let renewal = acm_certificate::renewal(&session, &state.arn).await;
    renewal.map_err(|error| error.to_string())
}

fn told(entry: &Entry, state: &State, renewal: &Renewal, end: Timestamp) -> Foreseen {
    let serves_policy = state.names.iter().any(|name| name.starts_with("mta-sts."));
    let failure = renewal.failure.as_deref();
    let failure = failure.map(|failure| format!(", {failure}"));
    Foreseen {
        rule: Some(rules::STS_H11.id),
        subject: entry.id.domain.clone(),
        at: end,
        // Without a valid certificate senders cannot fetch the policy; receivers cannot fetch the logo.
        mail: if serves_policy {
            MailImpact::Receiving
        } else {
            MailImpact::Branding
        },
        reason: format!(
            "ACM does not renew the certificate of {} ({}{}), which ends",
            state.names.join(", "),
            renewal.status,
            failure.unwrap_or_default()
        ),
        fix: "publish its validation records again (`deploy apply`), and let CAA permit amazon.com"
            .to_owned(),
    }
}
