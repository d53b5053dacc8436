//! Changes on their way to all name servers of Route 53.

use ::aws::{Page, Session};
use aws_sdk_route53::types::ChangeStatus;
use jiff::Timestamp;
use model::{KindError, Ledger};

use super::{Route53RecordSet, Spec};
use crate::context::Shared;
use crate::record::State;
use crate::sdk::found;
use crate::zones::Zones;

/// Takes up the waiting of an earlier run that ended before its records were answered by all name
/// servers. What was written longer ago than `since` is answered, and is not asked for.
pub async fn resume(shared: &Shared, ledger: &Ledger, since: Timestamp) {
    for entry in ledger.entries().filter(|entry| entry.changed > since) {
        let state = entry
            .state
            .as_ref()
            .and_then(model::State::get::<Route53RecordSet>);
        if let (Some(spec), Some(state)) = (entry.spec.get::<Route53RecordSet>(), state) {
            resume_record(&shared.zones, spec, state).await;
        }
    }
}

async fn resume_record(zones: &Zones, spec: &Spec, recorded: &State) {
    let Some(change) = recorded.pending.clone() else {
        return;
    };
    let (Some(zone), Some(set)) = (spec.zone.known(), spec.record.key()) else {
        return;
    };
    zones
        .zone(zone)
        .await
        .lock()
        .await
        .await_change(set, change);
}

/// Forgets the listing that would hold the record, so that the next question lists its zone anew.
/// Other kinds are asked about each by itself, or by pages that have an age.
pub async fn forget_list(shared: &Shared, target: &model::Target) {
    let spec = target.spec.get::<Route53RecordSet>();
    if let Some(zone) = spec.and_then(|spec| spec.zone.known()) {
        shared.zones.zone(zone).await.lock().await.sets = None;
    }
}

/// Whether all name servers answer a change. One answer serves every record of the batch.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct InSync(pub(super) String);

impl Page for InSync {
    type Snapshot = bool;
    const GLOBAL: bool = true;

    async fn read(&self, session: &Session) -> Result<bool, KindError> {
        let answer = session.route53().get_change().id(&self.0).send().await;
        // A change that Route 53 no longer knows is long answered.
        let info = found("GetChange", answer)?.and_then(|answer| answer.change_info);
        Ok(info.is_none_or(|info| *info.status() == ChangeStatus::Insync))
    }
}
