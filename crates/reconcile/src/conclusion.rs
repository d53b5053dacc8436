//! The statement at the end of a run. It is made from what was observed, and exit codes derive from
//! it, so that a test compares a value with the world and reads no text.

use engine::{ActionOutcome, Report};
use jiff::Timestamp;
use model::FailOn;
use verify::Verdict;

use crate::{Drifted, ExistingResources, Planned, Settled};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conclusion {
    /// Everything that was compared is as it should be.
    InSync,
    /// The changes are done.
    Done,
    /// Everything that is desired or was owned was observed again, and nothing of ours is there.
    NothingLeft,
    /// Nothing is there that is known to be ours. Something is there that may be ours, because no
    /// record says otherwise.
    OriginUnknown,
    /// Changes are pending, something moved without us, or a live domain has a fault.
    Differs,
    /// Something waits, or is done in part. A later run goes on.
    Waiting,
    /// A finding, a precondition or the operator forbids it.
    Refused,
    /// The ledger has nothing, so that there is nothing to compare with.
    Unrecorded,
    /// Something failed, or could not be observed.
    Failed,
}

impl Conclusion {
    /// The conclusion of carrying a plan out.
    pub fn of_report(report: &Report) -> Self {
        let outcomes = || report.unfinished().map(|(_, outcome)| outcome);
        if outcomes()
            .any(|outcome| matches!(outcome, ActionOutcome::Failed(_) | ActionOutcome::Broken(_)))
        {
            Self::Failed
        } else if outcomes().any(|outcome| matches!(outcome, ActionOutcome::Refused(..))) {
            Self::Refused
        } else if report.is_complete() {
            Self::Done
        } else {
            Self::Waiting
        }
    }

    /// The conclusion of a plan that nobody carries out.
    pub fn of_plan(planned: &Planned) -> Self {
        match planned.is_refused() {
            true => Self::Refused,
            false if planned.plan.is_empty() => Self::InSync,
            false => Self::Differs,
        }
    }

    /// The conclusion of an apply, after the second observation.
    pub fn of_apply(settled: &Settled) -> Self {
        let mut findings = settled.again.plan.findings.iter();
        if settled.is_in_sync() {
            Self::InSync
        } else if findings.any(|finding| finding.is_of(model::rules::PLAN_04)) {
            Self::Failed
        } else {
            Self::Waiting
        }
    }

    /// The conclusion of a drift run at `now`. It is "in sync" only beside a ledger that holds
    /// something. `fail_on` says which of the foreseen events count.
    pub fn of_drift(drifted: &Drifted, fail_on: FailOn, now: Timestamp) -> Self {
        let is_in_sync = drifted.is_in_sync();
        let mut foreseen = drifted.foreseen.iter();
        let is_foreseen = foreseen.any(|one| fail_on.fails(one, now));
        if drifted.owned == 0 {
            Self::Unrecorded
        } else if !drifted.findings.is_empty() || !is_in_sync && drifted.is_unseen() {
            // That it could not be observed is another thing than that it moved.
            Self::Failed
        } else if !is_in_sync || is_foreseen {
            Self::Differs
        } else if drifted.awaited > 0 {
            Self::Waiting
        } else {
            Self::InSync
        }
    }

    /// The conclusion of the probes of live domains.
    pub fn of_checks(checks: &[model::Check]) -> Self {
        match Verdict::of(checks) {
            Verdict::Good => Self::InSync,
            Verdict::Waiting => Self::Waiting,
            Verdict::Faulty => Self::Differs,
        }
    }

    /// The conclusion of a destroy that was carried out with this conclusion, from what stands after
    /// it.
    pub fn of_destroy(carried_out: Self, existing: &ExistingResources) -> Self {
        match carried_out {
            Self::Done if !existing.unseen.is_empty() => Self::Failed,
            Self::Done if existing.recorded > 0 || !existing.ours.is_empty() => Self::Waiting,
            Self::Done if !existing.unknown.is_empty() || !existing.foreign.is_empty() => {
                Self::OriginUnknown
            }
            Self::Done => Self::NothingLeft,
            other => other,
        }
    }
}
