//! Emptying a bucket, so that it can go.

use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use model::{ErrorClass, KindError};

use super::aws::Bucket;
use crate::sdk::{built, done, found};

/// How many pages of a listing are read for what is in a bucket: beyond that a person has seen enough.
const PAGES_MAX: usize = 10;

impl Bucket<'_> {
    /// The key of each object that is there now; with `folders` the first level only.
    ///
    /// A key whose latest version is a delete marker is no object any more: somebody deleted it. After
    /// an interrupted run those are this project's own files, which its ledger has let go already.
    pub(super) async fn contents(&self, folders: bool) -> Result<Vec<String>, KindError> {
        let mut keys = Vec::new();
        let mut token: Option<String> = None;
        for _ in 0..PAGES_MAX {
            let request = self
                .client
                .list_objects_v2()
                .bucket(self.name)
                .expected_bucket_owner(&self.owner)
                .set_delimiter(folders.then(|| "/".to_owned()))
                .set_continuation_token(token);
            let Some(page) = found("ListObjectsV2", request.send().await)? else {
                break;
            };
            let objects = page.contents().iter().filter_map(|object| object.key());
            let folders = page.common_prefixes().iter();
            let folders = folders.filter_map(|folder| folder.prefix());
            keys.extend(objects.chain(folders).map(str::to_owned));
            token = page.next_continuation_token().map(str::to_owned);
            if token.is_none() {
                break;
            }
        }
        Ok(keys)
    }

    /// Deletes every version and delete marker. False when the bucket itself is not there.
    pub(super) async fn empty(&self) -> Result<bool, KindError> {
        loop {
            let request = self
                .client
                .list_object_versions()
                .bucket(self.name)
                .expected_bucket_owner(&self.owner);
            let Some(page) = found("ListObjectVersions", request.send().await)? else {
                return Ok(false);
            };
            let versions = page
                .versions()
                .iter()
                .map(|version| (version.key(), version.version_id()));
            let markers = page
                .delete_markers()
                .iter()
                .map(|marker| (marker.key(), marker.version_id()));
            let mut objects = Vec::new();
            for (key, version) in versions.chain(markers) {
                let object = ObjectIdentifier::builder()
                    .key(key.unwrap_or_default())
                    .set_version_id(version.map(str::to_owned));
                objects.push(built("DeleteObjects", object.build())?);
            }
            if objects.is_empty() {
                return Ok(true);
            }
            let delete = built(
                "DeleteObjects",
                Delete::builder()
                    .set_objects(Some(objects))
                    .quiet(true)
                    .build(),
            )?;
            let request = self
                .client
                .delete_objects()
                .bucket(self.name)
                .expected_bucket_owner(&self.owner)
                .delete(delete);
            let answer = done("DeleteObjects", request.send().await)?;
            // The call succeeds although single objects refuse to go: under a legal hold, say.
            if let Some(error) = answer.errors().first() {
                return Err(stays(error));
            }
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
