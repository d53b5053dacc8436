//! The ledger of a project, as a run opens it.

use std::collections::BTreeMap;
use std::time::Duration;

use aws::SessionError;
use ledger::{Claim, Folder, Journal, Store, Who};
use model::Ledger;

use crate::ledger_place::LedgerPlace;
use crate::{Error, Project, accounts};

/// How often a run that waits for another one reads the ledger again.
const POLL: Duration = Duration::from_secs(5);

impl Project {
    /// The store that keeps the ledger.
    pub(crate) async fn store(&self, place: &LedgerPlace) -> Result<Box<dyn Store>, Error> {
        match place {
            LedgerPlace::Folder(root) => Ok(Box::new(Folder::new(root))),
            LedgerPlace::Bucket(place) => {
                let session = Box::pin(self.engine.session(&place.location)).await;
                let session = session.map_err(unopened)?;
                let project = self.manifest.project.as_str();
                Ok(Box::new(place.of_project(project, session)))
            }
        }
    }

    /// Opens the ledger for a run of `who`. Nothing is claimed before something is to be changed.
    pub async fn journal(&self, who: Who) -> Result<Journal, Error> {
        let store = self.store(&self.ledger_place).await?;
        Ok(Journal::open(store, self.engine.kinds(), self.clock, who).await?)
    }

    /// The same, as soon as no other run holds a document that this run is about. It waits for `limit`
    /// at most, and then opens it all the same: who wants to change something is refused. `waits` is
    /// told whom it waits for.
    pub async fn journal_when_free(
        &self,
        who: Who,
        limit: Duration,
        waits: &(dyn Fn(&Claim) + Sync),
    ) -> Result<Journal, Error> {
        let until = self.clock.now() + limit;
        let mut is_told = false;
        loop {
            let journal = self.journal(who.clone()).await?;
            let claims = self.claims(&journal).await?;
            let Some(claim) = claims.first().filter(|_| self.clock.now() < until) else {
                return Ok(journal);
            };
            if !is_told {
                waits(claim);
                is_told = true;
            }
            self.clock.sleep(POLL).await;
        }
    }

    /// The documents that this run is about and that other runs hold: also of what it is about to share
    /// with others, whose domains alone hold it so far.
    pub async fn claims(&self, journal: &Journal) -> Result<Vec<Claim>, Error> {
        let mut claims = journal.claims().await?;
        if !claims.is_empty() {
            let ledger = self.in_scope(journal.ledger());
            // A run that waits asks again every few seconds: so nothing is looked up for it.
            let desired = self.documents(&ledger);
            claims.retain(|Claim { document, .. }| {
                ledger.domains.contains_key(document) || desired.contains(document)
            });
        }
        Ok(claims)
    }

    /// Reads the ledger. Nothing is claimed.
    pub async fn ledger(&self) -> Result<Ledger, Error> {
        let journal = self.journal(Who::default()).await?;
        Ok(self.renamed(journal.ledger()))
    }

    /// Reads the ledger, and with it the runs that hold something that this run is about, one claim of each:
    /// of a fleet in a bucket, each document is a request.
    pub async fn ledger_and_others(&self) -> Result<(Ledger, Vec<Claim>), Error> {
        let journal = self.journal(Who::default()).await?;
        let mut claims = self.claims(&journal).await?;
        claims.dedup_by(|one, other| one.holder.run == other.holder.run);
        Ok((self.renamed(journal.ledger()), claims))
    }

    /// A ledger with the accounts by their names in the manifest.
    fn renamed(&self, mut ledger: Ledger) -> Ledger {
        ledger.rename_accounts(&accounts::ids(&self.manifest));
        ledger
    }

    /// The part of a ledger that the run is about.
    pub fn in_scope(&self, ledger: Ledger) -> Ledger {
        self.scope.within(ledger)
    }
}

/// Without the ledger's account nothing can be planned, as without any other.
fn unopened(error: SessionError) -> Error {
    match error {
        SessionError::Unavailable { account, reason }
        | SessionError::Credentials { account, reason } => {
            Error::Closed(BTreeMap::from([(account, reason)]))
        }
        other => Error::outside("could not use the ledger", other),
    }
}
