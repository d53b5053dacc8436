//! The contents of a bucket in one listing, for everybody in a run.

use std::collections::BTreeMap;

use ::aws::{Page, Session};
use aws_sdk_s3::operation::list_object_versions::ListObjectVersionsOutput;
use model::KindError;

use crate::sdk::found;

/// How many pages of a thousand versions are read: of what is in a bucket, a person has seen enough then,
/// and objects beyond them are read one by one.
const PAGES_MAX: usize = 10;

/// The question about a bucket's contents.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Contents {
    bucket: String,
    /// Whether the first level is enough: a log bucket has any number of objects.
    folders: bool,
}

impl Contents {
    /// Every object of a bucket.
    pub(crate) fn of(bucket: &str) -> Self {
        Self {
            bucket: bucket.to_owned(),
            folders: false,
        }
    }

    /// The first level of a bucket that takes logs.
    pub(crate) fn of_logs(bucket: &str) -> Self {
        Self {
            folders: true,
            ..Self::of(bucket)
        }
    }
}

/// The content of a bucket at one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Held {
    /// An object, or a folder.
    There,
    /// A delete marker, and the newest version below it.
    Deleted(Option<String>),
}

/// A version of an object, or a delete marker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Version {
    pub(super) key: String,
    pub(super) id: Option<String>,
}

/// Every version and delete marker of a page.
pub(super) fn versions(page: &ListObjectVersionsOutput) -> impl Iterator<Item = Version> {
    let versions = page.versions().iter();
    let versions = versions.map(|version| (version.key(), version.version_id()));
    let markers = page.delete_markers().iter();
    let markers = markers.map(|marker| (marker.key(), marker.version_id()));
    versions.chain(markers).map(|(key, id)| Version {
        key: key.unwrap_or_default().to_owned(),
        id: id.map(str::to_owned),
    })
}

/// The contents of a bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Listing {
    pub(super) held: BTreeMap<String, Held>,
    /// Every version that was listed.
    pub(super) versions: Vec<Version>,
    /// Whether it was read to its end.
    is_whole: bool,
    newest: BTreeMap<String, String>,
}

impl Listing {
    /// The newest version of an object, as far as it was listed. What was deleted has none.
    pub(crate) fn newest(&self, key: &str) -> Option<&String> {
        self.newest.get(key)
    }

    /// The newest version of each object that is not in a listing from before. One that was too long to be
    /// read to its end says nothing about what came later.
    pub(super) fn came_after(&self, before: &Self) -> Vec<Version> {
        if !before.is_whole {
            return Vec::new();
        }
        let newest = self.newest.iter().map(|(key, id)| Version {
            key: key.clone(),
            id: Some(id.clone()),
        });
        newest
            .filter(|version| !before.versions.contains(version))
            .collect()
    }

    /// Takes down a page of the versions. Those of one key come from the newest to the oldest, and may
    /// go on in the next page (S3 API reference, `ListObjectVersions`).
    fn note(&mut self, page: &ListObjectVersionsOutput) {
        self.versions.extend(versions(page));
        let markers = page.delete_markers().iter();
        for marker in markers.filter(|marker| marker.is_latest() == Some(true)) {
            if let Some(key) = marker.key() {
                let held = self.held.entry(key.to_owned());
                held.or_insert(Held::Deleted(None));
            }
        }
        for version in page.versions() {
            let Some(key) = version.key() else {
                continue;
            };
            let id = version.version_id().map(str::to_owned);
            if version.is_latest() == Some(true)
                && let Some(id) = &id
            {
                self.newest.insert(key.to_owned(), id.clone());
            }
            match self.held.entry(key.to_owned()).or_insert(Held::There) {
                Held::Deleted(below @ None) => *below = id,
                Held::Deleted(Some(_)) | Held::There => {}
            }
        }
        for folder in page.common_prefixes() {
            if let Some(prefix) = folder.prefix() {
                self.held.insert(prefix.to_owned(), Held::There);
            }
        }
    }
}

impl Page for Contents {
    /// Nothing where there is no such bucket.
    type Snapshot = Option<Listing>;
    const GLOBAL: bool = false;

    async fn read(&self, session: &Session) -> Result<Self::Snapshot, KindError> {
        let client = session.s3();
        let mut listing = Listing::default();
        let mut marker: Option<(String, Option<String>)> = None;
        for _ in 0..PAGES_MAX {
            let (key, version) = marker.take().unzip();
            let request = client
                .list_object_versions()
                .bucket(&self.bucket)
                .expected_bucket_owner(session.account_id().as_str())
                .set_delimiter(self.folders.then(|| "/".to_owned()))
                .set_key_marker(key)
                .set_version_id_marker(version.flatten());
            let Some(page) = found("ListObjectVersions", request.send().await)? else {
                return Ok(None);
            };
            listing.note(&page);
            let Some(next) = page
                .next_key_marker()
                .filter(|_| page.is_truncated() == Some(true))
            else {
                listing.is_whole = true;
                break;
            };
            let version = page.next_version_id_marker().map(str::to_owned);
            marker = Some((next.to_owned(), version));
        }
        Ok(Some(listing))
    }
}
