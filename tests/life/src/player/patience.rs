//! How long a person waits between two runs, and what they do not wait for.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{PAUSE, Player};

/// How long resolvers keep the servers of a delegation: a person who has moved one waits for that.
const DELEGATION: Duration = Duration::from_hours(48);

/// How long before senders have forgotten a policy the program is run once more, to no effect: time
/// enough to take a record out, and no more.
const EARLY: SignedDuration = SignedDuration::from_secs(45);

impl Player {
    /// How long a person waits until the next run: until just before senders have forgotten the policy
    /// that goes, and then beyond it, where it is that which the run waits for, or as long as the program
    /// says; and as long as resolvers may still ask the servers that a domain has left.
    pub(super) fn pause(
        &self,
        for_policy: bool,
        grace_until: Option<Timestamp>,
        what: &str,
    ) -> Duration {
        if what.contains(model::rules::PLAN_13.id) && self.can_converge() {
            return DELEGATION + PAUSE;
        }
        // SES takes another key length then.
        if what.contains("once per day") {
            return Duration::from_hours(24) + PAUSE;
        }
        let until = self.observer().policies_held_until().or(grace_until);
        let early = until.map(|until| until - EARLY - self.now());
        let early = early.and_then(|early| Duration::try_from(early).ok());
        early.filter(|_| for_policy).unwrap_or_default().max(PAUSE)
    }

    /// Whether a run says that a name or a certificate is held by another distribution, which is ours and nobody
    /// knows it any more: who loses the ledger and moves hosting, or drops it, takes the name off by hand, or deletes
    /// the distribution.
    pub(super) fn is_unknown_holder(&self, what: &str) -> bool {
        let of_holders = [model::rules::PLAN_09.id, "ResourceInUseException"];
        self.forgot && of_holders.iter().any(|word| what.contains(word))
    }

    /// Whether the world reads each domain where the manifest has its DNS.
    pub(super) fn can_converge(&self) -> bool {
        let mut domains = self.setup.domains.iter();
        domains.all(|domain| self.authority_of(domain.name) == domain.dns)
    }
}
