//! Whether buckets are there: each asked by itself, or many at once by the account's list.

use std::collections::{BTreeMap, BTreeSet};

use ::aws::{Key, Page, Session};
use aws_sdk_s3::types::BucketVersioningStatus;
use model::{ErrorClass, KindError};

use crate::context::Context;
use crate::sdk::{done, found};

/// From how many names on it is worth to list all buckets of the account, ten thousand a request.
const WORTH_LISTING: usize = 4;

/// Whether a bucket is versioned; nothing where there is no such bucket.
pub(crate) async fn versioned(
    context: &Context,
    name: &str,
    is_on_record: bool,
) -> Result<Option<bool>, KindError> {
    if !is_on_record && !may_be_there(context, name).await? {
        return Ok(None);
    }
    Ok(*context.read(&Versioning::of(name)).await?)
}

/// Whether this account may have a bucket of this name: the bucket itself knows. Of few names, each may; of many,
/// those that the account lists. That a name is another account's then shows when the bucket is made.
async fn may_be_there(context: &Context, name: &str) -> Result<bool, KindError> {
    let among_many = context.read_key(&Name(name.to_owned())).await?;
    if among_many.is_none() {
        return Ok(true);
    }
    match context.read(&Buckets).await {
        Ok(names) => Ok(names.contains(name)),
        // A role of an older policy may not list them.
        Err(error) if error.class == ErrorClass::Denied => Ok(true),
        Err(error) => Err(error),
    }
}

/// Whether a bucket is versioned; nothing where there is no such bucket. Every bucket answers this
/// question, so that nobody has to ask first whether it exists.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Versioning {
    bucket: String,
}

impl Versioning {
    pub(crate) fn of(bucket: &str) -> Self {
        Self {
            bucket: bucket.to_owned(),
        }
    }
}

impl Page for Versioning {
    type Snapshot = Option<bool>;
    const GLOBAL: bool = false;

    async fn read(&self, session: &Session) -> Result<Self::Snapshot, KindError> {
        let request = session
            .s3()
            .get_bucket_versioning()
            .bucket(&self.bucket)
            .expected_bucket_owner(session.account_id().as_str());
        let answer = found("GetBucketVersioning", request.send().await);
        let answer = answer.map_err(|error| hidden(&self.bucket, error))?;
        Ok(answer.map(|answer| answer.status() == Some(&BucketVersioningStatus::Enabled)))
    }
}

/// S3 answers 403 for the bucket of another account and for one that the role may not see alike.
fn hidden(name: &str, error: KindError) -> KindError {
    if error.class != ErrorClass::Denied {
        return error;
    }
    let message = format!(
        "the bucket `{name}` is not shown: it may be somebody else's, because all of AWS shares the \
         names of buckets, or the role lacks s3:GetBucketVersioning. Choose another name for the \
         project, or let the role read it"
    );
    KindError { message, ..error }
}

/// The name of a bucket that is not on record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Name(String);

impl Key for Name {
    /// There for a name that is asked about together with many others.
    type Snapshot = ();
    const MOST: usize = 10_000;

    async fn read(_session: &Session, keys: &[Self]) -> Result<BTreeMap<Self, ()>, KindError> {
        let many = keys.iter().filter(|_| keys.len() >= WORTH_LISTING);
        Ok(many.map(|key| (key.clone(), ())).collect())
    }
}

/// The names of the buckets that the account has, in all regions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Buckets;

impl Page for Buckets {
    type Snapshot = BTreeSet<String>;
    const GLOBAL: bool = true;

    async fn read(&self, session: &Session) -> Result<Self::Snapshot, KindError> {
        let client = session.s3();
        let mut names = BTreeSet::new();
        let mut token: Option<String> = None;
        loop {
            let request = client
                .list_buckets()
                .max_buckets(10_000)
                .set_continuation_token(token.take());
            let page = done("ListBuckets", request.send().await)?;
            let buckets = page.buckets().iter();
            names.extend(buckets.filter_map(|bucket| bucket.name().map(str::to_owned)));
            token = page.continuation_token().map(str::to_owned);
            if token.is_none() {
                return Ok(names);
            }
        }
    }
}
