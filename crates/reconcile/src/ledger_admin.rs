//! The runs that look after the ledger itself: make its bucket, unlock a document, move it.

use std::path::Path;
use std::sync::Arc;

use kinds::{S3Bucket, S3BucketPolicy, s3_bucket, s3_bucket_policy, tags};
use ledger::{Journal, Who};
use manifest::S3Ledger;
use model::{Observation, Ownership, ResourceId, Spec, Target};

use crate::ledger_place::{BucketPlace, LedgerPlace};
use crate::{Error, Project};

/// The outcome for a ledger's bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// It was made.
    New,
    /// It was there, made by this project, and was brought in line.
    Again,
}

/// The bucket that the manifest names for the ledger.
fn bucket(project: &Project) -> Result<(&S3Ledger, BucketPlace), Error> {
    match &project.manifest.ledger.value {
        manifest::Ledger::S3(s3) => Ok((s3, BucketPlace::of(&project.manifest, s3))),
        manifest::Ledger::Path(_) => Err(Error::Usage(
            "the manifest keeps its ledger in a folder, which needs nothing made; for a bucket write \
             `ledger: { s3: { account: …, bucket: …, region: … } }`"
                .to_owned(),
        )),
    }
}

/// Makes the bucket of the ledger: private, versioned, TLS only, with conditional writes only. Old
/// versions stay for 90 days and leases for 7. It returns when the bucket takes writes.
pub async fn create_ledger(project: &Project) -> Result<Made, Error> {
    let (_, place) = bucket(project)?;
    let id = ResourceId::new("s3_bucket", "ledger", &place.name);
    let tags = tags::tags(
        project.manifest.project.as_str(),
        &id,
        &std::collections::BTreeMap::new(),
    );
    let target = Target {
        id,
        location: Some(place.location.clone()),
        spec: Spec::of::<S3Bucket>(s3_bucket::Spec {
            name: place.name.clone(),
            tags,
            ..s3_bucket::Spec::default()
        }),
        physical: None,
    };
    let failed = |error: &dyn std::fmt::Display| {
        Error::outside(
            format!("could not make the bucket {}", place.name),
            error.to_string(),
        )
    };
    let seen = Box::pin(project.engine.observe_one(&target)).await;
    let made = match seen.map_err(|error| failed(&error))? {
        Observation::Absent => Made::New,
        Observation::Present {
            ownership: Ownership::Ours,
            ..
        } => Made::Again,
        Observation::Present { .. } => {
            return Err(Error::Usage(format!(
                "the bucket {} is there and does not carry the tags of this project: nothing was \
                 changed; name another one",
                place.name
            )));
        }
        Observation::Unknown(reason) => return Err(failed(&reason)),
    };
    let policy = Target {
        id: ResourceId::new("s3_bucket_policy", "ledger", &place.name),
        spec: Spec::of::<S3BucketPolicy>(s3_bucket_policy::Spec {
            bucket: place.name.clone(),
            grant: s3_bucket_policy::Grant::ConditionalWrites,
        }),
        ..target.clone()
    };
    let session = Box::pin(project.engine.session(&place.location)).await;
    let session = session.map_err(|error| failed(&error))?;
    let name = project.manifest.project.as_str();
    let kept = || place.of_project(name, Arc::clone(&session));
    let kinds = project.engine.kinds();
    let open = || Journal::open(Box::new(kept()), kinds, project.clock, Who::default());
    if made == Made::Again {
        // A ledger that moved away from here is told before anything is changed.
        open().await?;
    }
    for target in [&target, &policy] {
        let created = Box::pin(project.engine.create(target)).await;
        created.map_err(|error| failed(&error))?;
    }
    kept().set_lifecycle().await?;
    // A bucket that was made a moment ago can refuse writes, and it is better to wait here than in the
    // first apply.
    open().await?.try_out().await?;
    Ok(made)
}

/// Takes documents away from the run that holds them. Says whether it held them.
pub async fn unlock_ledger(
    project: &Project,
    document: &str,
    run: &str,
    who: Who,
) -> Result<bool, Error> {
    let journal = project.journal(who).await?;
    Ok(journal.unlock(document, run).await?)
}

/// The place to which a ledger moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    /// The bucket that the manifest names.
    S3,
    /// The folder beside the manifest.
    Folder,
}

/// Moves the ledger between the folder beside the manifest and the bucket that the manifest names.
/// Gives the number of documents and the name of the new place.
pub async fn move_ledger(
    project: &Project,
    beside: &Path,
    destination: Destination,
    who: Who,
) -> Result<(usize, String), Error> {
    let (_, place) = bucket(project)?;
    let name = project.manifest.project.as_str();
    let folder = if project.sandbox.is_some() {
        crate::sandbox::folder(beside, name)
    } else {
        beside.join(".deploy").join(name)
    };
    let in_bucket = (
        format!("s3://{}/{name}", place.name),
        LedgerPlace::Bucket(place),
    );
    let in_folder = (folder.display().to_string(), LedgerPlace::Folder(folder));
    let ((_, from), (to_name, to)) = match destination {
        Destination::S3 => (in_folder, in_bucket),
        Destination::Folder => (in_bucket, in_folder),
    };
    let from = project.store(&from).await?;
    let to = project.store(&to).await?;
    let kinds = project.engine.kinds();
    let run = (project.clock, who);
    let journal = Journal::open_to_move(from, kinds, run, &to_name).await?;
    let moved = journal.move_to(to.as_ref(), kinds, &to_name).await?;
    Ok((moved, to_name))
}
