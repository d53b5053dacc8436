//! Emptying a bucket, so that it can go.

use std::collections::BTreeSet;

use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use model::{ErrorClass, KindError};

use super::aws::Bucket;
use crate::sdk::{built, done, found};

/// How many pages of a listing are read for what is in a bucket: beyond that a person has seen enough.
const PAGES_MAX: usize = 10;

impl Bucket<'_> {
    /// The key of each version and delete marker, each once; with `folders` the first level only.
    pub(super) async fn contents(&self, folders: bool) -> Result<Vec<String>, KindError> {
        let mut keys = BTreeSet::new();
        let mut marker: Option<(String, Option<String>)> = None;
        for _ in 0..PAGES_MAX {
            let (key, version) = marker.take().unzip();
            let request = self
                .client
                .list_object_versions()
                .bucket(self.name)
                .expected_bucket_owner(&self.owner)
                .set_delimiter(folders.then(|| "/".to_owned()))
                .set_key_marker(key)
                .set_version_id_marker(version.flatten());
            let Some(page) = found("ListObjectVersions", request.send().await)? else {
                break;
            };
            let versions = page.versions().iter().filter_map(|version| version.key());
            let markers = page.delete_markers().iter();
            let markers = markers.filter_map(|marker| marker.key());
            let folders = page.common_prefixes().iter();
            let folders = folders.filter_map(|folder| folder.prefix());
            keys.extend(versions.chain(markers).chain(folders).map(str::to_owned));
            match page
                .next_key_marker()
                .filter(|_| page.is_truncated() == Some(true))
            {
                Some(key) => {
                    let version = page.next_version_id_marker().map(str::to_owned);
                    marker = Some((key.to_owned(), version));
                }
                None => break,
            }
        }
        Ok(keys.into_iter().collect())
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
