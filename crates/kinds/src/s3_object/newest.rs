//! The newest version of every object of a bucket in one listing.

use std::collections::BTreeMap;

use ::aws::{Page, Session};
use model::KindError;

use crate::sdk::done;

/// How many pages of a thousand versions are read. Objects beyond them are read one by one.
const PAGES_MAX: usize = 10;

/// The newest versions of the objects of a bucket.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Newest {
    bucket: String,
}

impl Newest {
    pub(super) fn of(bucket: &str) -> Self {
        Self {
            bucket: bucket.to_owned(),
        }
    }
}

impl Page for Newest {
    /// The version of each key that was read. What was deleted has none.
    type Snapshot = BTreeMap<String, String>;
    const GLOBAL: bool = false;

    async fn read(&self, session: &Session) -> Result<Self::Snapshot, KindError> {
        let operation = "ListObjectVersions";
        let client = session.s3();
        let mut newest = BTreeMap::new();
        let mut marker: Option<(String, Option<String>)> = None;
        for _ in 0..PAGES_MAX {
            let (key, version) = marker.take().unzip();
            let request = client
                .list_object_versions()
                .bucket(&self.bucket)
                .expected_bucket_owner(session.account_id().as_str())
                .set_key_marker(key)
                .set_version_id_marker(version.flatten());
            let page = done(operation, request.send().await)?;
            for version in page.versions() {
                if version.is_latest() == Some(true)
                    && let (Some(key), Some(version)) = (version.key(), version.version_id())
                {
                    newest.insert(key.to_owned(), version.to_owned());
                }
            }
            let Some(next) = page
                .next_key_marker()
                .filter(|_| page.is_truncated() == Some(true))
            else {
                break;
            };
            let version = page.next_version_id_marker().map(str::to_owned);
            marker = Some((next.to_owned(), version));
        }
        Ok(newest)
    }
}
