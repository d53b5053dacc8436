//! Leases: who is at work. They tell who waits for whom; safety does not come from them.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::{Holder, LedgerError};
use crate::store::{Key, Store};

/// How often a lease is renewed where the store does not know who is alive.
pub(crate) const RENEWAL: Duration = Duration::from_secs(20);
/// After how long without a renewal another run may take over, by the store's own clock.
pub(crate) const LIFETIME: Duration = Duration::from_secs(90);
/// After how long without a renewal a run stops by itself: some time before others take over.
pub(crate) const SILENCE: Duration = Duration::from_secs(75);

/// The origin of a run, for those who wait for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Who {
    /// The person, or the account of the machine.
    pub name: String,
    /// The machine.
    pub host: String,
    /// The run's page in a CI system.
    pub link: Option<String>,
    /// The command: `deploy apply deploy.yaml`.
    pub command: String,
}

/// A lease as it is written. Its content decides nothing but whether the run ended: it is read by
/// people.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Lease {
    pub(crate) who: String,
    pub(crate) host: String,
    pub(crate) link: Option<String>,
    pub(crate) command: String,
    pub(crate) since: Timestamp,
    /// How often it was renewed, so that no two contents are equal.
    pub(crate) renewals: u64,
    /// Whether the run ended in order.
    pub(crate) ended: bool,
}

impl Lease {
    pub(crate) fn of(who: &Who, since: Timestamp) -> Self {
        Self {
            who: who.name.clone(),
            host: who.host.clone(),
            link: who.link.clone(),
            command: who.command.clone(),
            since,
            renewals: 0,
            ended: false,
        }
    }

    pub(crate) fn text(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).unwrap_or_default()
    }
}

/// The run that holds a document, when it is alive.
pub(crate) async fn holder(store: &dyn Store, run: &str) -> Result<Option<Holder>, LedgerError> {
    let stored = store.read(&Key::Run(run.to_owned())).await?;
    // A lease that cannot be read says nothing, and does not stand in the way of the question.
    let lease: Option<Lease> = stored.and_then(|stored| serde_json::from_slice(&stored.bytes).ok());
    if lease.as_ref().is_some_and(|lease| lease.ended) || !store.is_held(run).await? {
        return Ok(None);
    }
    let unknown = || "somebody".to_owned();
    Ok(Some(match lease {
        Some(lease) => Holder {
            run: run.to_owned(),
            who: lease.who,
            host: lease.host,
            link: lease.link,
            command: lease.command,
            since: Some(lease.since),
        },
        None => Holder {
            run: run.to_owned(),
            who: unknown(),
            host: "an unknown machine".to_owned(),
            link: None,
            command: "deploy".to_owned(),
            since: None,
        },
    }))
}
