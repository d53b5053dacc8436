//! Emptying a bucket, so that it can go.

use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use model::{ErrorClass, KindError};

use super::aws::Bucket;
use crate::sdk::{built, done, found};

impl Bucket<'_> {
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
