//! Checks a claim again before a call that starts long after its intent was written.
//!
//! The intent says that this run holds the document. Between it and the call, a request waits for its
//! quota, or was refused and is repeated, and meanwhile another run may have taken the document over.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws::Guard;
use clock::{Clock, Stopwatch};
use futures::FutureExt as _;
use ledger::{Held, LedgerError};

/// How long an intent, or the last check, serves.
pub(crate) const FRESH: Duration = Duration::from_secs(10);

/// The documents that a call is about, and when this run was last known to hold them.
pub(crate) struct Fresh {
    clock: Clock,
    held: Vec<Held>,
    since: Mutex<Stopwatch>,
}

impl Fresh {
    /// Documents in which an intent was written just now.
    pub(crate) fn new(clock: Clock, held: Vec<Held>) -> Arc<Self> {
        Arc::new(Self {
            clock,
            held,
            since: Mutex::new(clock.stopwatch()),
        })
    }

    /// The guard of a session whose requests may change something.
    pub(crate) fn guard(self: &Arc<Self>) -> Guard {
        let fresh = self.clone();
        Guard::new(move || {
            let fresh = fresh.clone();
            async move { fresh.check().await.map_err(|error| error.to_string()) }.boxed()
        })
    }

    /// Reads the documents again, when they were written or read too long ago.
    pub(crate) async fn check(&self) -> Result<(), LedgerError> {
        let begun = self.clock.stopwatch();
        let since = *self.since.lock().unwrap_or_else(PoisonError::into_inner);
        // A stopwatch counts the sleep of a laptop too.
        if since.passed() <= FRESH {
            return Ok(());
        }
        for held in &self.held {
            held.confirm().await?;
        }
        *self.since.lock().unwrap_or_else(PoisonError::into_inner) = begun;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::Timestamp;
    use ledger::{Journal, Memory, Who};

    use super::*;

    const DOMAIN: &str = "example.com";

    async fn open(store: &Memory, clock: Clock) -> Journal {
        let kinds = kinds::pure();
        let opened = Journal::open(Box::new(store.clone()), &kinds, clock, Who::default()).await;
        opened.expect("the ledger can be read")
    }

    /// A call that waited for long is not made when another run has the domain; one that did not wait
    /// costs nothing.
    #[tokio::test(start_paused = true)]
    async fn a_claim_is_checked_again_ten_seconds_after_its_intent() {
        let clock = Clock::starting_at(Timestamp::UNIX_EPOCH, 1.0);
        let store = Memory::default();
        let journal = open(&store, clock).await;
        let documents = BTreeSet::from([DOMAIN.to_owned()]);
        journal.claim(&documents).await.expect("it is free");
        let fresh = Fresh::new(clock, vec![journal.held(DOMAIN)]);
        clock.sleep(FRESH + Duration::from_secs(1)).await;
        fresh.check().await.expect("nobody took it over");
        let other = open(&store, clock).await;
        other.claim(&documents).await.expect("the first is silent");
        fresh
            .check()
            .await
            .expect("the last check serves for ten seconds");
        clock.sleep(FRESH + Duration::from_secs(1)).await;
        let lost = fresh.check().await;
        assert!(matches!(lost, Err(LedgerError::Lost { .. })), "{lost:?}");
    }
}
