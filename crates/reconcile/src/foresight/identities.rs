//! Identities of SES that fall back: it had verified them, and does not find their records any more.

use jiff::{SignedDuration, Timestamp};
use kinds::ses_mail_from::OnMxFailure;
use kinds::{SesIdentity, SesMailFrom, ses_identity, ses_mail_from};
use model::{Entry, Foreseen, Ledger, MailImpact, rules};
use plan::Actual;

/// For how long SES looks for records after it was asked to (SES-23). Until then it is pending because
/// of our own change.
const PATIENCE: SignedDuration = SignedDuration::from_hours(72);

/// The identities and MAIL FROM domains that SES does not vouch for any more.
pub(super) fn fallen(ledger: &Ledger, actual: &Actual, now: Timestamp) -> Vec<Foreseen> {
    let entries = ledger.entries();
    entries
        .filter_map(|entry| {
            let (reason, fix) =
                identity(entry, actual, now).or_else(|| mail_from(entry, actual, now))?;
            let place = entry.location.as_ref();
            let place = place.map(|at| format!(" of {} in {}", at.account, at.region));
            Some(Foreseen {
                rule: Some(rules::LIVE_05.id),
                subject: entry.id.domain.clone(),
                // SES does not say since when.
                at: now,
                mail: MailImpact::Sending,
                reason: format!("SES{} {reason}", place.unwrap_or_default()),
                fix,
            })
        })
        .collect()
}

/// Whether SES may still be looking for the records of what we changed.
fn is_pending_by_us(entry: &Entry, now: Timestamp) -> bool {
    now.duration_since(entry.changed) < PATIENCE
}

fn identity(entry: &Entry, actual: &Actual, now: Timestamp) -> Option<(String, String)> {
    let spec = entry.spec.get::<SesIdentity>()?;
    let seen = actual.of(&entry.target())?.state()?.get::<SesIdentity>()?;
    let recorded = entry.state.as_ref();
    let recorded = recorded.and_then(|state| state.get::<SesIdentity>());
    let recorded = recorded.filter(|_| !is_pending_by_us(entry, now));
    let words = ses_identity::fallen(spec, recorded, seen)?;
    let failure = seen.failure.as_deref();
    let failure = failure.map(|failure| format!("; {failure}"));
    let reason = format!(
        "does not vouch for {} any more ({words}{}): its mail goes unsigned, and after 72 hours SES refuses to send it",
        spec.domain,
        failure.unwrap_or_default()
    );
    let fix = match spec.dkim {
        ses_identity::Dkim::Deterministic { .. } => {
            "look after the identity that it replicates, in its region; then publish its DKIM records as `deploy records` prints them"
        }
        _ => "publish its DKIM records as `deploy records` prints them, and apply again",
    };
    Some((reason, fix.to_owned()))
}

fn mail_from(entry: &Entry, actual: &Actual, now: Timestamp) -> Option<(String, String)> {
    let spec = entry.spec.get::<SesMailFrom>()?;
    let seen = actual.of(&entry.target())?.state()?.get::<SesMailFrom>()?;
    let recorded = entry.state.as_ref();
    let recorded = recorded.and_then(|state| state.get::<SesMailFrom>());
    let recorded = recorded.filter(|_| !is_pending_by_us(entry, now));
    let word = ses_mail_from::fallen(recorded, seen)?;
    let effect = match seen.on_mx_failure {
        OnMxFailure::UseDefaultValue => {
            "bounces go to SES's own name in its place, so that SPF does not align"
        }
        OnMxFailure::RejectMessage => "it refuses to send",
    };
    Some((
        format!(
            "does not find the MX record of the MAIL FROM domain {} any more ({word}): {effect}",
            spec.mail_from
        ),
        format!(
            "let the one MX record at {} be the one that `deploy records` prints",
            spec.mail_from
        ),
    ))
}
