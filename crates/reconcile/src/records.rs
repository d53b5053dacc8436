//! The ledger of a project: where it is kept, and how a run opens it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use ledger::{Bucket, Claim, Folder, Journal, Store, Who};
use manifest::{Manifest, S3Ledger};
use model::{Ledger, Location};

use crate::{Error, Project, accounts, sandbox};

/// How often a run that waits for another one reads the ledger again.
const POLL: Duration = Duration::from_secs(5);

/// The place of a project's ledger.
#[derive(Clone, Debug)]
pub(crate) enum LedgerPlace {
    /// A local folder.
    Folder(PathBuf),
    /// A bucket.
    Bucket(BucketPlace),
}

/// A bucket that is to hold a ledger.
#[derive(Clone, Debug)]
pub(crate) struct BucketPlace {
    pub(crate) location: Location,
    pub(crate) name: String,
}

impl LedgerPlace {
    /// The place that the manifest names. The sandbox has its own folder: what was done in it was not
    /// done at AWS. Its buckets are its own anyway.
    pub(crate) fn of(manifest: &Manifest, beside: &Path, is_sandbox: bool) -> Self {
        match &manifest.ledger.value {
            manifest::Ledger::S3(s3) => Self::Bucket(BucketPlace::of(manifest, s3)),
            manifest::Ledger::Path(_) if is_sandbox => {
                Self::Folder(sandbox::folder(beside, manifest.project.as_str()))
            }
            manifest::Ledger::Path(path) if path.as_str().trim_end_matches('/') == ".deploy" => {
                Self::Folder(beside.join(".deploy").join(manifest.project.as_str()))
            }
            manifest::Ledger::Path(path) => Self::Folder(beside.join(path.as_str())),
        }
    }
}

impl BucketPlace {
    pub(crate) fn of(manifest: &Manifest, s3: &S3Ledger) -> Self {
        let account = manifest.account(&s3.account);
        let id = account.map(|account| account.id.as_str());
        Self {
            location: Location {
                account: s3.account.as_str().into(),
                account_id: id.unwrap_or_default().into(),
                region: s3.region.as_str().into(),
            },
            name: s3.bucket.as_str().to_owned(),
        }
    }
}

impl Project {
    /// The store that keeps the ledger.
    pub(crate) async fn store(&self, place: &LedgerPlace) -> Result<Box<dyn Store>, Error> {
        match place {
            LedgerPlace::Folder(root) => Ok(Box::new(Folder::new(root))),
            LedgerPlace::Bucket(place) => {
                let session = Box::pin(self.engine.session(&place.location)).await;
                let session =
                    session.map_err(|error| Error::outside("could not use the ledger", error))?;
                let project = self.manifest.project.as_str();
                Ok(Box::new(Bucket::new(session, &place.name, project)))
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

    /// The documents that this run is about and that other runs hold.
    pub async fn claims(&self, journal: &Journal) -> Result<Vec<Claim>, Error> {
        let mut claims = journal.claims().await?;
        if !claims.is_empty() {
            let ledger = self.in_scope(journal.ledger());
            claims.retain(|claim| ledger.domains.contains_key(&claim.document));
        }
        Ok(claims)
    }

    /// Reads the ledger. Nothing is claimed.
    pub async fn ledger(&self) -> Result<Ledger, Error> {
        let journal = self.journal(Who::default()).await?;
        let mut ledger = journal.ledger();
        ledger.rename_accounts(&accounts::ids(&self.manifest));
        Ok(ledger)
    }

    /// The runs that hold something that this run is about, one claim of each.
    pub async fn others_at_work(&self) -> Result<Vec<Claim>, Error> {
        let journal = self.journal(Who::default()).await?;
        let mut claims = self.claims(&journal).await?;
        claims.dedup_by(|one, other| one.holder.run == other.holder.run);
        Ok(claims)
    }

    /// The part of a ledger that the run is about.
    pub fn in_scope(&self, ledger: Ledger) -> Ledger {
        self.scope.within(ledger)
    }
}
