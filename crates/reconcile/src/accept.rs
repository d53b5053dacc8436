//! Takes what is there into the ledger as the new record: drift that an operator accepts. Nothing changes
//! but the ledger.

use std::collections::BTreeMap;
use std::sync::Arc;

use ledger::{Event, Journal};
use model::{Authority, Ledger};
use plan::{Acceptance, Accepted};

use crate::drift::{Seen, inputs, observe};
use crate::reading::Earlier;
use crate::{Error, Project, accounts};

impl Project {
    /// Observes every resource of a ledger, and says what accepting its drift would make of the record.
    pub async fn acceptance(&self, ledger: &Ledger) -> Result<Acceptance, Error> {
        let mut ledger = self.in_scope(ledger.clone());
        ledger.rename_accounts(&accounts::ids(&self.manifest));
        // What goes on record is read by itself.
        let earlier = Earlier::nothing(self.clock.now());
        let Seen { actual, drifts, .. } = observe(self, &ledger, &earlier).await?;
        let authority = Authority::default();
        let inputs = inputs(self, &ledger, &actual, &authority);
        Ok(plan::accept(drifts, inputs))
    }
}

/// Writes what an operator accepts.
pub async fn record_accepted(journal: &Journal, acceptance: &Acceptance) -> Result<(), Error> {
    let mut events: BTreeMap<String, Vec<Event>> = BTreeMap::new();
    for one in &acceptance.accepted {
        let of_document = events.entry(one.entry.id.document().into_owned());
        of_document.or_default().extend(events_of(one));
    }
    Ok(journal.record(events).await?)
}

fn events_of(one: &Accepted) -> Vec<Event> {
    let Accepted { entry, becomes, .. } = one;
    if let Some(entry) = becomes {
        let entry = Arc::clone(entry);
        return vec![Event::Applied { entry }];
    }
    let mut events = vec![Event::Removed {
        id: entry.id.clone(),
        physical: entry.physical().cloned(),
        location: entry.location.clone(),
    }];
    // Senders may hold it still: the ledger remembers until when (STS-O06).
    if entry.serves_policy.is_some() {
        events.push(Event::Served { policy: None });
    }
    events
}
