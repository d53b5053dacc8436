//! The ledger in a bucket of S3.
//!
//! S3 replaces an object as a whole, and only if it still has the version that the writer read:
//! `If-Match` with its `ETag`, or `If-None-Match: *` where there is none yet (S3 User Guide, "How to
//! prevent object overwrites with conditional writes"). What it answers:
//!
//! | answer | meaning |
//! |---|---|
//! | 412 `PreconditionFailed` | the object has another version, or is there already |
//! | 409 `ConditionalRequestConflict` | another write was under way: read the object, then try again |
//! | 404 `NoSuchKey` | `If-Match` names a version of an object that is gone; or the bucket is young |
//! | time-out, 500, a cut connection | nobody knows |
//!
//! Each write is attempted once. A repeated one, as the SDK makes it after a lost answer, would find
//! its own first attempt and be told 412. So after each of these answers the object is read: the
//! bytes say whose write it was, because no two contents are equal.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws::Session;
use aws::object::Whole;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::builders::LifecycleRuleBuilder;
use aws_sdk_s3::types::{
    BucketLifecycleConfiguration, ExpirationStatus, LifecycleExpiration, LifecycleRule,
    LifecycleRuleFilter, NoncurrentVersionExpiration, ServerSideEncryption,
};
use jiff::Timestamp;
use model::{ErrorClass, KindError};

use crate::error::LedgerError;
use crate::lease::{LIFETIME, RENEWAL};
use crate::store::{Content, Key, NotSwapped, Settled, Store, Stored, Version, settle};

/// How often a write whose answer says nothing is attempted.
const ATTEMPTS: u32 = 6;
/// The pause before the second attempt; it doubles with each.
const PAUSE: Duration = Duration::from_millis(200);
/// The pause before a call on a bucket that was not known yet; with `ATTEMPTS` they last two minutes.
const YOUNG_PAUSE: Duration = Duration::from_secs(24);

/// For how long S3 can answer a write with `NoSuchKey` after versioning was first enabled (S3 API
/// reference, `PutBucketVersioning`): a write that names no version that is gone can mean nothing else.
const YOUNG: Duration = Duration::from_mins(15);

/// A ledger in a bucket, below the project's name.
pub struct Bucket {
    session: Arc<Session>,
    name: String,
    project: String,
    key: Option<String>,
}

/// The outcome of one attempt.
enum Attempt {
    Written(Version),
    /// It had no effect, and may be made again.
    Again(KindError),
    /// Only the object itself says whether it was written.
    Unknown(KindError),
    Refused(KindError),
}

impl Bucket {
    /// The ledger of `project` in a bucket of the session's account and region.
    pub fn new(session: Arc<Session>, bucket: &str, project: &str) -> Self {
        Self {
            session,
            name: bucket.to_owned(),
            project: project.to_owned(),
            key: None,
        }
    }

    /// The same with everything that is written encrypted with a key of KMS. Each write names it, and not
    /// the bucket: so that it holds also for a bucket that somebody else set up.
    #[must_use]
    pub fn encrypted_with(self, key: Option<&str>) -> Self {
        Self {
            key: key.map(str::to_owned),
            ..self
        }
    }

    /// Lets old versions go after 90 days, and leases after 7.
    pub async fn set_lifecycle(&self) -> Result<(), LedgerError> {
        let old = |rule: LifecycleRuleBuilder, days: i32| {
            let old = NoncurrentVersionExpiration::builder().noncurrent_days(days);
            rule.status(ExpirationStatus::Enabled)
                .noncurrent_version_expiration(old.build())
        };
        let filter = |prefix: &str| LifecycleRuleFilter::builder().prefix(prefix).build();
        let versions = old(LifecycleRule::builder(), 90)
            .id("old-versions")
            .filter(filter(""));
        let leases = old(LifecycleRule::builder(), 7)
            .id("leases")
            .filter(filter(&format!("{}/runs/", self.project)))
            .expiration(LifecycleExpiration::builder().days(7).build());
        let rules = [versions, leases].map(LifecycleRuleBuilder::build);
        let [Ok(versions), Ok(leases)] = rules else {
            // Each rule has a status, which is all that it must have.
            return Ok(());
        };
        let rules = BucketLifecycleConfiguration::builder()
            .rules(versions)
            .rules(leases);
        let request = self
            .session
            .s3()
            .put_bucket_lifecycle_configuration()
            .bucket(&self.name)
            .expected_bucket_owner(self.session.account_id().as_str())
            .set_lifecycle_configuration(rules.build().ok());
        let mut attempt = 1;
        loop {
            let Err(error) = request.clone().send().await else {
                return Ok(());
            };
            let error = aws::error("PutBucketLifecycleConfiguration", &error);
            // A new bucket can be unknown to one call after another has found it.
            if error.class != ErrorClass::NotYet || attempt == ATTEMPTS {
                return Err(self.failed("could not set the lifecycle of", "", &error));
            }
            attempt += 1;
            self.session.clock().sleep(YOUNG_PAUSE).await;
        }
    }

    fn object(&self, key: &Key) -> String {
        format!("{}/{}", self.project, key.path())
    }

    fn failed(&self, what: &'static str, object: &str, error: &KindError) -> LedgerError {
        let hint = match error.code.as_deref() {
            Some("NoSuchBucket") => "; `deploy ledger create` makes the bucket",
            // Whatever AWS refuses for another reason, its code has a hint of its own.
            Some("AccessDenied") => "; `deploy iam` prints what the role must be allowed",
            _ => "",
        };
        let code = error.code.as_deref().map(|code| format!("{code}: "));
        LedgerError::Remote {
            what,
            place: format!("s3://{}/{object}", self.name),
            reason: format!("{}{}{hint}", code.unwrap_or_default(), error.message),
        }
    }

    async fn get(&self, object: &str) -> Result<Option<Whole>, LedgerError> {
        let request = self
            .session
            .s3()
            .get_object()
            .bucket(&self.name)
            .expected_bucket_owner(self.session.account_id().as_str())
            .key(object);
        match aws::object::whole(&self.session, request).await {
            Ok(whole) => Ok(Some(whole)),
            Err(error) if aws::code(&error) == Some("NoSuchKey") => Ok(None),
            Err(error) => {
                let error = aws::error("GetObject", &error);
                Err(self.failed("could not read", object, &error))
            }
        }
    }

    async fn put(&self, object: &str, expected: Option<&Version>, bytes: &[u8]) -> Attempt {
        let once = aws_sdk_s3::config::Builder::new()
            .retry_config(RetryConfig::disabled())
            .time_source(self.session.server_clock());
        let request = self
            .session
            .s3()
            .put_object()
            .bucket(&self.name)
            .expected_bucket_owner(self.session.account_id().as_str())
            .key(object)
            .content_type("application/json")
            .set_server_side_encryption(self.key.as_ref().map(|_| ServerSideEncryption::AwsKms))
            .set_ssekms_key_id(self.key.clone())
            .body(ByteStream::from(bytes.to_vec()));
        let request = match expected {
            Some(version) => request.if_match(&version.0),
            None => request.if_none_match("*"),
        };
        let answer = request.customize().config_override(once).send().await;
        match answer {
            Ok(written) => Attempt::Written(Version(written.e_tag.unwrap_or_default())),
            Err(error) => attempt_of(&error),
        }
    }

    /// All pages of a listing of the bucket, below a prefix; with a delimiter it ends at folders.
    async fn pages(
        &self,
        prefix: &str,
        delimiter: Option<&str>,
    ) -> Result<Vec<ListObjectsV2Output>, LedgerError> {
        let request = self
            .session
            .s3()
            .list_objects_v2()
            .bucket(&self.name)
            .expected_bucket_owner(self.session.account_id().as_str())
            .prefix(prefix)
            .set_delimiter(delimiter.map(str::to_owned));
        let mut pages = request.into_paginator().send();
        let mut all = Vec::new();
        while let Some(page) = pages.next().await {
            all.push(page.map_err(|error| {
                let error = aws::error("ListObjectsV2", &error);
                self.failed("could not list", prefix, &error)
            })?);
        }
        Ok(all)
    }

    async fn list_below(&self, folder: &str) -> Result<Vec<Key>, LedgerError> {
        let below = format!("{}/", self.project);
        let pages = self.pages(&format!("{below}{folder}/"), None).await?;
        let objects = pages.iter().flat_map(ListObjectsV2Output::contents);
        let names = objects.filter_map(|object| object.key());
        let paths = names.filter_map(|name| name.strip_prefix(&below));
        Ok(paths.filter_map(Key::document_at).collect())
    }
}

fn attempt_of(
    error: &SdkError<
        aws_sdk_s3::operation::put_object::PutObjectError,
        aws_sdk_s3::config::http::HttpResponse,
    >,
) -> Attempt {
    let status = error.raw_response().map(|answer| answer.status().as_u16());
    let error = aws::error("PutObject", error);
    match (error.code.as_deref(), status) {
        (Some("NoSuchBucket"), _) => Attempt::Refused(error),
        (_, Some(404 | 409 | 412)) => Attempt::Unknown(error),
        _ => match error.class {
            ErrorClass::Ambiguous | ErrorClass::Conflict => Attempt::Unknown(error),
            ErrorClass::Throttled | ErrorClass::NotYet => Attempt::Again(error),
            _ => Attempt::Refused(error),
        },
    }
}

#[async_trait]
impl Store for Bucket {
    fn place(&self, key: &Key) -> String {
        format!("s3://{}/{}", self.name, self.object(key))
    }

    async fn list(&self) -> Result<Vec<Key>, LedgerError> {
        let mut keys = self.list_below("ledger").await?;
        keys.extend(self.list_below("shared").await?);
        Ok(keys)
    }

    /// The projects whose names begin the keys of the bucket.
    async fn others(&self) -> Result<Vec<(String, Box<dyn Store>)>, LedgerError> {
        let pages = self.pages("", Some("/")).await?;
        let folders = pages.iter().flat_map(ListObjectsV2Output::common_prefixes);
        let names = folders.filter_map(|one| one.prefix()?.strip_suffix('/'));
        let others = names.filter(|name| *name != self.project);
        let other = |name: &str| -> (String, Box<dyn Store>) {
            let other = Self::new(Arc::clone(&self.session), &self.name, name);
            (name.to_owned(), Box::new(other))
        };
        Ok(others.map(other).collect())
    }

    async fn read(&self, key: &Key) -> Result<Option<Stored>, LedgerError> {
        let whole = self.get(&self.object(key)).await?;
        Ok(whole.map(|whole| Stored {
            bytes: whole.bytes,
            version: Version(whole.answer.e_tag.unwrap_or_default()),
            snapshot: None,
        }))
    }

    async fn swap(
        &self,
        key: &Key,
        expected: Option<&Version>,
        content: Content<'_>,
    ) -> Result<Version, NotSwapped> {
        let object = self.object(key);
        let mut expected = expected.cloned();
        let mut pause = PAUSE;
        let until = self.session.clock().now() + YOUNG;
        let mut attempt = 0;
        loop {
            let error = match self.put(&object, expected.as_ref(), content.bytes).await {
                Attempt::Written(version) => return Ok(version),
                Attempt::Refused(error) => {
                    return Err(self.failed("could not write", &object, &error).into());
                }
                Attempt::Again(error) => error,
                Attempt::Unknown(error) => {
                    let found = self.read(key).await?;
                    match settle(found, expected.as_ref(), content) {
                        Settled::Written(version) => return Ok(version),
                        Settled::Again(version) => expected = version,
                        Settled::Moved => return Err(NotSwapped::Moved),
                    }
                    error
                }
            };
            // The object is as this write expects it.
            let is_young = error.code.as_deref() == Some("NoSuchKey");
            if is_young && self.session.clock().now() < until {
                self.session.clock().sleep(YOUNG_PAUSE).await;
                continue;
            }
            attempt += 1;
            if attempt == ATTEMPTS {
                return Err(self.failed("could not write", &object, &error).into());
            }
            self.session.clock().sleep(pause).await;
            pause *= 2;
        }
    }

    async fn hold(&self, _run: &str) -> Result<(), LedgerError> {
        Ok(())
    }

    /// By S3's clock alone: the time of its answer, less the time of the last renewal. The clocks of
    /// two machines are never compared.
    async fn is_held(&self, run: &str) -> Result<bool, LedgerError> {
        let key = Key::Run(run.to_owned());
        let Some(whole) = self.get(&self.object(&key)).await? else {
            return Ok(false);
        };
        let renewed = whole.answer.last_modified.map_or(0, |time| time.secs());
        let renewed = Timestamp::from_second(renewed).unwrap_or(Timestamp::UNIX_EPOCH);
        let age = self.session.server_time().duration_since(renewed);
        Ok(Duration::try_from(age).unwrap_or_default() <= LIFETIME)
    }

    fn heartbeat(&self) -> Option<Duration> {
        Some(RENEWAL)
    }
}
