//! An identity that SES had verified, and does not vouch for any more.

use super::{Dkim, Spec, State};

/// The words of SES for a search that ended well, or has not ended.
const SUCCESS: &str = "SUCCESS";

/// SES's word on an identity that it had verified, where it is no longer `SUCCESS`; `was` is the word on
/// record. A failure for good is drift where the next apply can start anew, and is not told here then.
pub(crate) fn word<'s>(was: Option<&str>, is: &'s str, failed_is_drift: bool) -> Option<&'s str> {
    match is {
        SUCCESS => None,
        "TEMPORARY_FAILURE" => Some(is),
        "FAILED" => (!failed_is_drift).then_some(is),
        _ => (was == Some(SUCCESS)).then_some(is),
    }
}

/// The words of SES that an identity has fallen back to, as `DKIM TEMPORARY_FAILURE`.
pub fn fallen(spec: &Spec, recorded: Option<&State>, seen: &State) -> Option<String> {
    let failed_is_drift = !matches!(spec.dkim, Dkim::Deterministic { .. });
    let was = |part: fn(&State) -> &String| recorded.map(|state| part(state).as_str());
    let dkim = word(
        was(|state| &state.dkim_status),
        &seen.dkim_status,
        failed_is_drift,
    );
    let domain = word(
        was(|state| &state.verification),
        &seen.verification,
        failed_is_drift,
    );
    match (dkim, domain) {
        (None, None) => None,
        (Some(dkim), None) => Some(format!("DKIM {dkim}")),
        (None, Some(domain)) => Some(format!("identity {domain}")),
        (Some(dkim), Some(domain)) => Some(format!("identity {domain}, DKIM {dkim}")),
    }
}

#[cfg(test)]
mod tests {
    use model::Kind;

    use super::super::SesIdentity;
    use super::*;

    fn state(verification: &str, dkim: &str) -> State {
        State {
            verification: verification.to_owned(),
            dkim_status: dkim.to_owned(),
            ..State::default()
        }
    }

    #[test]
    fn an_identity_falls_back_from_success_alone() {
        let check = |was: (&str, &str), is: (&str, &str), expect: Option<&str>| {
            let told = fallen(
                &Spec::default(),
                Some(&state(was.0, was.1)),
                &state(is.0, is.1),
            );
            assert_eq!(told.as_deref(), expect, "{was:?} to {is:?}");
        };
        let verified = ("SUCCESS", "SUCCESS");
        let pending = ("PENDING", "PENDING");
        check(verified, verified, None);
        check(pending, pending, None);
        check(pending, verified, None);
        check(
            verified,
            ("TEMPORARY_FAILURE", "TEMPORARY_FAILURE"),
            Some("identity TEMPORARY_FAILURE, DKIM TEMPORARY_FAILURE"),
        );
        check(
            verified,
            ("SUCCESS", "TEMPORARY_FAILURE"),
            Some("DKIM TEMPORARY_FAILURE"),
        );
        check(verified, ("SUCCESS", "PENDING"), Some("DKIM PENDING"));
        // Drift says it, and `deploy apply` starts anew: `what_failed_is_drift`.
        check(verified, ("FAILED", "FAILED"), None);
        check(verified, ("FAILED", "SUCCESS"), None);
    }

    #[test]
    fn what_failed_is_drift() {
        let fields = |verification: &str, dkim: &str| -> Vec<String> {
            let seen = state(verification, dkim);
            let diff = SesIdentity::diff(&Spec::default(), &seen, None);
            let fields = diff.changes.iter().map(|change| change.field.clone());
            fields
                .filter(|field| field == "verification" || field == "dkim_status")
                .collect()
        };
        assert_eq!(fields("FAILED", "FAILED"), ["dkim_status"]);
        assert_eq!(fields("SUCCESS", "FAILED"), ["dkim_status"]);
        assert_eq!(fields("FAILED", "SUCCESS"), ["verification"]);
        assert!(fields("TEMPORARY_FAILURE", "SUCCESS").is_empty());
    }

    /// Others deleted it while a run asked for its domain token, and that made it again (seed 1813).
    #[test]
    fn an_identity_without_keys_is_drift() {
        let fields = |tokens: &[&str]| -> Vec<String> {
            let seen = State {
                tokens: tokens.iter().map(|token| (*token).to_owned()).collect(),
                ..state("PENDING", "NOT_STARTED")
            };
            let diff = SesIdentity::diff(&Spec::default(), &seen, None);
            let fields = diff.changes.iter().map(|change| change.field.clone());
            fields.filter(|field| field == "dkim_status").collect()
        };
        assert_eq!(fields(&[]), ["dkim_status"]);
        assert!(fields(&["a", "b", "c"]).is_empty());
    }

    #[test]
    fn a_replica_that_failed_cannot_start_anew_and_is_told() {
        let spec = Spec {
            dkim: Dkim::Deterministic {
                parent_region: "eu-west-1".to_owned(),
            },
            ..Spec::default()
        };
        let told = fallen(&spec, None, &state("FAILED", "FAILED"));
        assert_eq!(told.as_deref(), Some("identity FAILED, DKIM FAILED"));
    }
}
