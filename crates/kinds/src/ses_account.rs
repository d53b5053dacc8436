//! An account's standing with Amazon SES in one region. It is no resource of anybody's manifest, and
//! decides whether mail goes out all the same.

#[cfg(feature = "aws")]
mod aws;

#[cfg(feature = "aws")]
pub use aws::{identities, standing, tracking};

use model::{Location, rules};
use serde::{Deserialize, Serialize};
use standards::Finding;

/// The place of an instance at the end of a sentence.
pub(crate) fn place(location: Option<&Location>) -> String {
    location.map_or_else(String::new, |location| {
        format!(" in {} of {}", location.region, location.account)
    })
}

/// How an account stands with SES in one region.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// Whether mail may go to people who did not confirm their address to SES.
    pub production: bool,
    /// The state of the request for production access: `PENDING`, `GRANTED`, `DENIED`, `FAILED`.
    pub review: Option<String>,
    /// Whether the account's own switch lets mail out.
    pub sending: bool,
    /// `HEALTHY`, `PROBATION` (under review) or `SHUTDOWN` (paused by AWS).
    pub enforcement: String,
    /// How many messages a day may go out.
    pub per_day: f64,
    /// How many a second.
    pub per_second: f64,
    /// How many went out in the last day.
    pub sent: f64,
}

/// One identity that SES has in an account and region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// A domain or an address.
    pub name: String,
    /// Whether it is a domain.
    pub is_domain: bool,
    /// Whether mail may go out in its name.
    pub sending: bool,
}

impl Standing {
    /// SES-25 and SES-26: what keeps mail from going out.
    pub fn findings(&self) -> Vec<Finding> {
        let findings = [self.sandboxed(), self.enforced(), self.switched_off()];
        findings.into_iter().flatten().collect()
    }

    fn sandboxed(&self) -> Option<Finding> {
        if self.production {
            return None;
        }
        let asked = match self.review.as_deref() {
            Some("PENDING") => "production access was asked for, and AWS is reviewing it",
            Some("DENIED" | "FAILED") => "AWS refused production access",
            _ => "production access was not asked for",
        };
        let reason = format!(
            "the account is in SES's sandbox here: mail goes to verified recipients only, \
             {} a day; {asked}",
            self.per_day
        );
        Some(Finding::new(rules::SES_25, reason))
    }

    fn enforced(&self) -> Option<Finding> {
        let reason = match self.enforcement.as_str() {
            // Where AWS says nothing, there is nothing that it enforces.
            "HEALTHY" | "" => return None,
            "PROBATION" => "AWS has the account under review (PROBATION)".to_owned(),
            "SHUTDOWN" => "AWS has paused the account: it sends nothing (SHUTDOWN)".to_owned(),
            other => format!("AWS says of the account: {other}"),
        };
        Some(Finding::new(rules::SES_26, reason))
    }

    fn switched_off(&self) -> Option<Finding> {
        // Who is paused by AWS is switched off as well: one finding is enough.
        if self.sending || self.enforcement == "SHUTDOWN" {
            return None;
        }
        let mut finding =
            Finding::new(rules::SES_26, "sending is switched off in the account here");
        "switch it on with `aws sesv2 put-account-sending-attributes --sending-enabled`"
            .clone_into(&mut finding.fix);
        Some(finding)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn healthy() -> Standing {
        Standing {
            production: true,
            review: None,
            sending: true,
            enforcement: "HEALTHY".to_owned(),
            per_day: 50_000.0,
            per_second: 14.0,
            sent: 0.0,
        }
    }

    #[track_caller]
    fn check(change: impl FnOnce(&mut Standing), expect: &[(&str, &str)]) {
        let mut standing = healthy();
        change(&mut standing);
        let findings = standing.findings();
        let found: Vec<&str> = findings.iter().map(|one| one.rule.as_ref()).collect();
        let rules: Vec<&str> = expect.iter().map(|(rule, _)| *rule).collect();
        assert_eq!(found, rules);
        for (finding, (_, text)) in findings.iter().zip(expect) {
            assert!(finding.reason.contains(text), "{}", finding.reason);
        }
    }

    #[test]
    fn what_keeps_mail_from_going_out_is_found() {
        check(|_| {}, &[]);
        check(|one| one.enforcement = String::new(), &[]);
        check(|one| one.production = false, &[("SES-25", "not asked for")]);
        check(
            |one| {
                one.production = false;
                one.review = Some("PENDING".to_owned());
            },
            &[("SES-25", "reviewing it")],
        );
        check(
            |one| {
                one.production = false;
                one.review = Some("DENIED".to_owned());
            },
            &[("SES-25", "refused")],
        );
        check(
            |one| one.enforcement = "PROBATION".to_owned(),
            &[("SES-26", "under review")],
        );
        check(|one| one.sending = false, &[("SES-26", "switched off")]);
        check(
            |one| {
                one.sending = false;
                one.enforcement = "SHUTDOWN".to_owned();
            },
            &[("SES-26", "paused")],
        );
    }
}
