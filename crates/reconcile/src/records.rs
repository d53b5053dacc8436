//! The ledger of a project: where it is kept, and how a run opens it.

use std::path::{Path, PathBuf};

use ledger::{Folder, Journal};
use manifest::Manifest;
use model::Ledger;

use crate::{Error, Project, accounts, sandbox};

impl Project {
    /// Opens the ledger for writing, in the name of `holder`.
    pub async fn journal(&self, holder: &str) -> Result<Journal, Error> {
        let store = Box::new(Folder::new(&self.ledger_folder));
        Ok(Journal::open(store, self.engine.kinds(), self.clock, holder).await?)
    }

    /// Reads the ledger, without a lock.
    pub async fn ledger(&self) -> Result<Ledger, Error> {
        let store = Box::new(Folder::new(&self.ledger_folder));
        let journal = Journal::read(store, self.engine.kinds(), self.clock).await?;
        let mut ledger = journal.ledger().await;
        ledger.rename_accounts(&accounts::ids(&self.manifest));
        Ok(ledger)
    }

    /// The part of a ledger that the run is about.
    pub fn in_scope(&self, ledger: Ledger) -> Ledger {
        self.scope.within(ledger)
    }
}

/// The folder of the ledger. The sandbox has its own: what was done in it was not done at AWS.
pub(crate) fn folder(
    manifest: &Manifest,
    beside: &Path,
    is_sandbox: bool,
) -> Result<PathBuf, Error> {
    let project = manifest.project.as_str();
    if is_sandbox {
        return Ok(sandbox::folder(beside, project));
    }
    match &manifest.ledger.value {
        manifest::Ledger::Path(path) if path.as_str().trim_end_matches('/') == ".deploy" => {
            Ok(beside.join(".deploy").join(project))
        }
        manifest::Ledger::Path(path) => Ok(beside.join(path.as_str())),
        manifest::Ledger::S3(_) => Err(Error::Usage(
            "ledger.s3: this version keeps its ledger in a local folder only; use `ledger: { path: … }`".to_owned(),
        )),
    }
}
