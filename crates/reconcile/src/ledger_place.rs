//! The place of a project's ledger: a folder or a bucket.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws::Session;
use ledger::Bucket;
use manifest::{Manifest, S3Ledger};
use model::Location;

use crate::sandbox;

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
    /// The key of KMS that it is encrypted with.
    pub(crate) key: Option<String>,
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
        let account = account.expect("loading has checked that the account is declared");
        Self {
            location: Location {
                account: s3.account.value.clone(),
                account_id: account.id.value.clone(),
                region: s3.region.as_str().into(),
            },
            name: s3.bucket.as_str().to_owned(),
            key: s3.kms_key.as_ref().map(|key| key.as_str().to_owned()),
        }
    }

    /// The ledger of a project in the bucket, through a session of its account and region.
    pub(crate) fn of_project(&self, project: &str, session: Arc<Session>) -> Bucket {
        Bucket::new(session, &self.name, project).encrypted_with(self.key.as_deref())
    }
}
