//! Emptying a bucket, so that it can go.

use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use model::{ErrorClass, KindError};

use super::aws::Bucket;
use super::listing::{Held, Listing, Version, versions};
use crate::sdk::{built, found};
use crate::tags::FILE_HASH;

/// How many versions one request deletes (S3 API reference, `DeleteObjects`).
const DELETED_MAX: usize = 1000;

impl Bucket<'_> {
    /// The keys of what would be lost with the bucket, each once.
    ///
    /// Older versions below a delete marker count, unless they are this program's own: a run that was
    /// interrupted after it deleted the files of a domain, whose ledger has let them go, meets them.
    pub(super) async fn lost(&self, listing: &Listing) -> Result<Vec<String>, KindError> {
        let mut lost = Vec::new();
        for (key, held) in &listing.held {
            let is_lost = match held {
                Held::There => true,
                Held::Deleted(None) => false,
                Held::Deleted(Some(version)) => !self.was_ours(key, Some(version)).await?,
            };
            if is_lost {
                lost.push(key.clone());
            }
        }
        Ok(lost)
    }

    /// Whether this program wrote a version: its files carry their hash.
    async fn was_ours(&self, key: &str, version: Option<&str>) -> Result<bool, KindError> {
        let request = self
            .client
            .head_object()
            .bucket(self.name)
            .expected_bucket_owner(&self.owner)
            .key(key)
            .set_version_id(version.map(str::to_owned));
        let answer = found("HeadObject", request.send().await)?;
        let metadata = answer.as_ref().and_then(|answer| answer.metadata());
        Ok(metadata.is_some_and(|metadata| metadata.contains_key(FILE_HASH)))
    }

    /// Refuses to go on where one of the versions came into the bucket after the plan listed it: nobody has
    /// agreed to lose that. A condition in the request that deletes it would not do: S3 holds it to the current
    /// version only (S3 User Guide, "How to perform conditional deletes").
    async fn keep_what_came(
        &self,
        planned: &Listing,
        versions: &[Version],
    ) -> Result<(), KindError> {
        for version in planned.came_after(versions) {
            if !self.was_ours(&version.key, version.id.as_deref()).await? {
                let message = format!(
                    "`{}` came into the bucket after the plan was made, and stays: plan again, which \
                     shows it",
                    version.key
                );
                return Err(KindError::new(
                    ErrorClass::Conflict,
                    "DeleteBucket",
                    message,
                ));
            }
        }
        Ok(())
    }

    /// Deletes versions by their ids.
    pub(super) async fn delete_versions(
        &self,
        versions: impl IntoIterator<Item = &Version>,
    ) -> Result<(), KindError> {
        let operation = "DeleteObjects";
        let versions: Vec<&Version> = versions.into_iter().collect();
        for some in versions.chunks(DELETED_MAX) {
            let object = |version: &&Version| {
                let object = ObjectIdentifier::builder()
                    .key(&version.key)
                    .set_version_id(version.id.clone());
                built(operation, object.build())
            };
            let objects: Result<Vec<_>, KindError> = some.iter().map(object).collect();
            let delete = Delete::builder().set_objects(Some(objects?)).quiet(true);
            let request = self
                .client
                .delete_objects()
                .bucket(self.name)
                .expected_bucket_owner(&self.owner)
                .delete(built(operation, delete.build())?);
            let Some(answer) = found(operation, request.send().await)? else {
                return Ok(());
            };
            // The call succeeds although single objects refuse to go: under a legal hold, say.
            if let Some(error) = answer.errors().first() {
                return Err(stays(error));
            }
        }
        Ok(())
    }

    /// Deletes every version and delete marker, but nothing that came after the plan listed the bucket, if it
    /// did. False when the bucket itself is not there.
    pub(super) async fn empty(&self, planned: Option<&Listing>) -> Result<bool, KindError> {
        loop {
            let request = self
                .client
                .list_object_versions()
                .bucket(self.name)
                .expected_bucket_owner(&self.owner);
            let Some(page) = found("ListObjectVersions", request.send().await)? else {
                return Ok(false);
            };
            let versions: Vec<Version> = versions(&page).collect();
            if let Some(planned) = planned {
                self.keep_what_came(planned, &versions).await?;
            }
            self.delete_versions(&versions).await?;
            // What is written in the meantime, the bucket's own deletion meets.
            if page.is_truncated() != Some(true) {
                return Ok(true);
            }
        }
    }
}

fn stays(error: &aws_sdk_s3::types::Error) -> KindError {
    let code = error.code().unwrap_or_default();
    let what = error.key().unwrap_or_default();
    let message = error.message().unwrap_or_default();
    let row = aws::codes::find("DeleteObjects", code, message);
    // Retention and legal holds have codes of their own, and somebody who set them.
    let class = row.map_or(ErrorClass::Conflict, |row| row.means.class());
    KindError {
        code: Some(code.to_owned()),
        ..KindError::new(class, "DeleteObjects", format!("`{what}` stays: {message}"))
    }
}
