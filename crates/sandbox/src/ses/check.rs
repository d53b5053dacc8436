//! How SES looks for records: pending for at most 72 hours, found, lost, given up.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// For how long SES looks for records before it gives up.
const PATIENCE: SignedDuration = SignedDuration::from_hours(72);

/// The status of records that SES searches for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Status {
    /// Nobody asked it to look.
    NotStarted,
    /// It looks.
    Pending,
    /// It found them.
    Success,
    /// It did not find them in 72 hours, or they cannot be right. Asking again starts anew.
    Failed,
    /// It had found them, and does not find them any more.
    TemporaryFailure,
}

impl Status {
    /// As SES v2 writes it.
    pub(crate) fn v2(self) -> &'static str {
        match self {
            Self::NotStarted => "NOT_STARTED",
            Self::Pending => "PENDING",
            Self::Success => "SUCCESS",
            Self::Failed => "FAILED",
            Self::TemporaryFailure => "TEMPORARY_FAILURE",
        }
    }

    /// As SES v1 writes it.
    pub(crate) fn v1(self) -> &'static str {
        match self {
            Self::NotStarted => "NotStarted",
            Self::Pending => "Pending",
            Self::Success => "Success",
            Self::Failed => "Failed",
            Self::TemporaryFailure => "TemporaryFailure",
        }
    }
}

/// A search for records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Check {
    pub(crate) status: Status,
    /// When it was asked for.
    asked: Timestamp,
    /// When it last succeeded for the first time.
    pub(crate) succeeded: Option<Timestamp>,
    /// Since when what was found is missing.
    #[serde(rename = "~lost")]
    lost: Option<Timestamp>,
}

/// The answer of DNS about records that SES searches for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sight {
    /// They are right, and SES knows from then on.
    Right(Timestamp),
    /// They are not there, or not right yet.
    Missing,
    /// They cannot become right, and SES knows from then on.
    Hopeless(Timestamp),
}

impl Check {
    /// A search that nobody asked for.
    pub(crate) fn not_started(now: Timestamp) -> Self {
        Self {
            status: Status::NotStarted,
            asked: now,
            succeeded: None,
            lost: None,
        }
    }

    /// A search that starts now.
    pub(crate) fn start(now: Timestamp) -> Self {
        Self {
            status: Status::Pending,
            ..Self::not_started(now)
        }
    }

    /// When SES has seen what has been visible since `since`.
    pub(crate) fn noticed(&self, since: Timestamp, delay: SignedDuration) -> Timestamp {
        let asked = match self.status {
            Status::TemporaryFailure => self.lost.unwrap_or(self.asked),
            _ => self.asked,
        };
        asked.max(since) + delay
    }

    /// Moves to where the search is by `now`.
    pub(crate) fn check(&mut self, sight: Sight, delay: SignedDuration, now: Timestamp) {
        match self.status {
            Status::NotStarted | Status::Failed => {}
            Status::Pending => self.check_first(sight, now),
            Status::Success => self.check_again(sight, delay, now),
            Status::TemporaryFailure => self.check_back(sight, now),
        }
    }

    fn check_first(&mut self, sight: Sight, now: Timestamp) {
        let deadline = self.asked + PATIENCE;
        match sight {
            Sight::Right(at) if at <= now && at <= deadline => {
                self.status = Status::Success;
                self.succeeded = Some(at);
            }
            Sight::Hopeless(at) if at <= now => self.status = Status::Failed,
            _ if deadline <= now => self.status = Status::Failed,
            _ => {}
        }
    }

    fn check_again(&mut self, sight: Sight, delay: SignedDuration, now: Timestamp) {
        if matches!(sight, Sight::Right(_)) {
            self.lost = None;
            return;
        }
        let lost = *self.lost.get_or_insert(now);
        if lost + delay <= now {
            self.status = Status::TemporaryFailure;
            self.check_back(sight, now);
        }
    }

    fn check_back(&mut self, sight: Sight, now: Timestamp) {
        let deadline = self.lost.unwrap_or(self.asked) + PATIENCE;
        match sight {
            Sight::Right(at) if at <= now => {
                self.status = Status::Success;
                self.lost = None;
            }
            _ if deadline <= now => self.status = Status::Failed,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: SignedDuration = SignedDuration::from_secs(60);

    fn at(hours: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
    }

    fn after(sight: Sight, hours: i64) -> Status {
        let mut check = Check::start(at(0));
        check.check(sight, MINUTE, at(hours));
        check.status
    }

    #[test]
    fn a_search_succeeds_when_the_records_were_noticed_and_not_before() {
        assert_eq!(after(Sight::Right(at(2)), 1), Status::Pending);
        assert_eq!(after(Sight::Right(at(2)), 2), Status::Success);
    }

    #[test]
    fn a_search_ends_after_72_hours() {
        assert_eq!(after(Sight::Missing, 71), Status::Pending);
        assert_eq!(after(Sight::Missing, 72), Status::Failed);
        assert_eq!(after(Sight::Right(at(73)), 80), Status::Failed);
        assert_eq!(after(Sight::Right(at(71)), 80), Status::Success);
    }

    #[test]
    fn records_that_vanish_are_a_temporary_failure_and_then_a_lasting_one() {
        let mut check = Check::start(at(0));
        check.check(Sight::Right(at(1)), MINUTE, at(1));
        check.check(Sight::Missing, MINUTE, at(2));
        assert_eq!(check.status, Status::Success);
        check.check(Sight::Missing, MINUTE, at(3));
        assert_eq!(check.status, Status::TemporaryFailure);
        check.check(Sight::Right(at(4)), MINUTE, at(4));
        assert_eq!(check.status, Status::Success);
        check.check(Sight::Missing, MINUTE, at(5));
        check.check(Sight::Missing, MINUTE, at(77));
        assert_eq!(check.status, Status::Failed);
    }
}
