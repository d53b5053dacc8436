//! Emptying a bucket, so that it can go.

use std::collections::BTreeMap;

use aws_sdk_s3::operation::list_object_versions::ListObjectVersionsOutput;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use model::{ErrorClass, KindError};

use super::aws::Bucket;
use crate::sdk::{built, done, found};
use crate::tags::FILE_HASH;

/// How many pages of a listing are read for what is in a bucket: beyond that a person has seen enough.
const PAGES_MAX: usize = 10;

/// The content of a bucket at one key.
enum Held {
    /// An object, or a folder.
    There,
    /// A delete marker, and the newest version below it.
    Deleted(Option<String>),
}

/// Takes down a page of the versions. Those of one key come from the newest to the oldest, and may
/// go on in the next page (S3 API reference, `ListObjectVersions`).
fn note(held: &mut BTreeMap<String, Held>, page: &ListObjectVersionsOutput) {
    let markers = page.delete_markers().iter();
    for marker in markers.filter(|marker| marker.is_latest() == Some(true)) {
        if let Some(key) = marker.key() {
            held.entry(key.to_owned()).or_insert(Held::Deleted(None));
        }
    }
    for version in page.versions() {
        let Some(key) = version.key() else {
            continue;
        };
        match held.entry(key.to_owned()).or_insert(Held::There) {
            Held::Deleted(below @ None) => *below = version.version_id().map(str::to_owned),
            Held::Deleted(Some(_)) | Held::There => {}
        }
    }
    for folder in page.common_prefixes() {
        if let Some(prefix) = folder.prefix() {
            held.insert(prefix.to_owned(), Held::There);
        }
    }
}

impl Bucket<'_> {
    /// The keys of what would be lost with the bucket, each once; with `folders` the first level only.
    ///
    /// Older versions below a delete marker count, unless they are this program's own: a run that was
    /// interrupted after it deleted the files of a domain, whose ledger has let them go, meets them.
    pub(super) async fn contents(&self, folders: bool) -> Result<Vec<String>, KindError> {
        let mut contents = Vec::new();
        for (key, held) in self.held(folders).await? {
            let is_lost = match held {
                Held::There => true,
                Held::Deleted(None) => false,
                Held::Deleted(Some(version)) => !self.was_ours(&key, &version).await?,
            };
            if is_lost {
                contents.push(key);
            }
        }
        Ok(contents)
    }

    /// The content of the bucket at each key.
    async fn held(&self, folders: bool) -> Result<BTreeMap<String, Held>, KindError> {
        let mut held = BTreeMap::new();
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
            note(&mut held, &page);
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
        Ok(held)
    }

    /// Whether this program wrote a version: its files carry their hash.
    async fn was_ours(&self, key: &str, version: &str) -> Result<bool, KindError> {
        let request = self
            .client
            .head_object()
            .bucket(self.name)
            .expected_bucket_owner(&self.owner)
            .key(key)
            .version_id(version);
        let answer = found("HeadObject", request.send().await)?;
        let metadata = answer.as_ref().and_then(|answer| answer.metadata());
        Ok(metadata.is_some_and(|metadata| metadata.contains_key(FILE_HASH)))
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
