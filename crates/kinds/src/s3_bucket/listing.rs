//! The contents of a bucket in one listing, for everybody in a run.

use std::collections::{BTreeMap, BTreeSet};

use ::aws::{Page, Session};
use aws_sdk_s3::operation::list_object_versions::ListObjectVersionsOutput;
use aws_smithy_types::DateTime;
use model::KindError;

use crate::sdk::found;

/// How many pages of a thousand versions are read: of what is in a bucket, a person has seen enough then,
/// and objects beyond them are read one by one.
const PAGES_MAX: usize = 10;

/// How far S3's clock may be from what its answers have shown of it: their times are in whole seconds.
const CLOCK_MARGIN_SECONDS: i64 = 5;

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
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    pub(super) key: String,
    pub(super) id: Option<String>,
    /// The content's entity tag. A delete marker has none.
    etag: Option<String>,
    /// When it was written, in seconds since 1970.
    modified: Option<i64>,
}

impl Version {
    /// Whether a later write can take its place under the same id: while a bucket is not versioned, every write
    /// makes the version `null` (S3 User Guide, "Using versioning in S3 buckets").
    fn is_replaceable(&self) -> bool {
        self.id.as_deref().is_none_or(|id| id == "null")
    }
}

/// Every version and delete marker of a page.
pub(super) fn versions(page: &ListObjectVersionsOutput) -> impl Iterator<Item = Version> {
    let versions = page.versions().iter().map(|version| Version {
        key: version.key().unwrap_or_default().to_owned(),
        id: version.version_id().map(str::to_owned),
        etag: Some(version.e_tag().unwrap_or_default().to_owned()),
        modified: version.last_modified().map(DateTime::secs),
    });
    let markers = page.delete_markers().iter().map(|marker| Version {
        key: marker.key().unwrap_or_default().to_owned(),
        id: marker.version_id().map(str::to_owned),
        etag: None,
        modified: marker.last_modified().map(DateTime::secs),
    });
    versions.chain(markers)
}

/// The contents of a bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Listing {
    pub(super) held: BTreeMap<String, Held>,
    /// Every version that was listed.
    pub(super) versions: BTreeSet<Version>,
    /// When it was begun by S3's clock, in seconds since 1970, if it was too long to be read to its end.
    cut: Option<i64>,
    newest: BTreeMap<String, String>,
}

impl Listing {
    /// The newest version of an object, as far as it was listed. What was deleted has none.
    pub(crate) fn newest(&self, key: &str) -> Option<&String> {
        self.newest.get(key)
    }

    /// The listing of a bucket that nobody has seen anything in.
    pub(super) fn empty() -> Self {
        Self::default()
    }

    /// Whether its versions can be deleted by their ids: what they stand for cannot change.
    pub(super) fn is_lasting(&self) -> bool {
        !self.versions.iter().any(Version::is_replaceable)
    }

    /// Those of the versions that came into the bucket after this listing, if they are lost with it: a delete
    /// marker is nothing to lose. Behind the end of a listing that was cut, their time tells. S3 dates an object
    /// that came in parts from the start of its upload (S3 API reference, `CompleteMultipartUpload`), so that one
    /// whose upload was under way counts as listed there.
    pub(super) fn came_after<'a>(
        &'a self,
        versions: &'a [Version],
    ) -> impl Iterator<Item = &'a Version> {
        // Keys come in the order of their bytes: before the last one that was listed, nothing is missing.
        let end = self.versions.last().map_or("", |last| last.key.as_str());
        let is_older = move |version: &Version| {
            let began = self.cut.zip(version.modified);
            let is_before =
                |(listed, modified): (i64, i64)| modified < listed - CLOCK_MARGIN_SECONDS;
            version.key.as_str() >= end && began.is_some_and(is_before)
        };
        versions
            .iter()
            .filter(|version| version.etag.is_some() && !self.versions.contains(*version))
            .filter(move |version| !is_older(version))
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
        let mut listing = Listing::empty();
        let begun = session.server_time().as_second();
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
                return Ok(Some(listing));
            };
            let version = page.next_version_id_marker().map(str::to_owned);
            marker = Some((next.to_owned(), version));
        }
        listing.cut = Some(begun);
        Ok(Some(listing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(key: &str, modified: i64) -> Version {
        Version {
            key: key.to_owned(),
            id: Some(format!("{key} of {modified}")),
            etag: Some("e".to_owned()),
            modified: Some(modified),
        }
    }

    #[test]
    fn time_decides_behind_the_end_of_a_listing_only() {
        let listed = [version("a", 100), version("m", 100)];
        let listing = Listing {
            versions: listed.clone().into(),
            cut: Some(10_000),
            ..Listing::empty()
        };
        let check = |key, modified, expect| {
            let mut now = listed.to_vec();
            now.push(version(key, modified));
            let came: Vec<&Version> = listing.came_after(&now).collect();
            assert_eq!(came.len(), expect, "{key} {modified}");
        };
        // It came in parts whose upload began long ago: its place was read, and was empty.
        check("b", 50, 1);
        check("z", 50, 0);
        check("z", 20_000, 1);
        // The versions of the last key may go on.
        check("m", 50, 0);
    }
}
