//! S3's calls for an object, and CloudFront's to forget the old one.

use async_trait::async_trait;
use aws::object::Whole;
use aws_sdk_cloudfront::types::{InvalidationBatch, Paths};
use aws_sdk_s3::primitives::ByteStream;
use model::kind::{CallResult, Called, Update};
use model::{
    ErrorClass, KindError, Mutate, Nothing, Observation, Observe, Ownership, PhysicalId, Target,
};

use super::{S3Object, Spec, State, sha256};
use crate::cloudfront_distribution::listing::{Distributions, Listed};
use crate::context::Context;
use crate::s3_bucket::listing::Contents;
use crate::s3_bucket::names::versioned;
use crate::sdk::{built, done, found};
use crate::tags::FILE_HASH;

fn physical(spec: &Spec) -> PhysicalId {
    format!("{}/{}", spec.bucket, spec.key).into()
}

#[async_trait]
impl Observe<Context> for S3Object {
    async fn observe(
        &self,
        context: &Context,
        target: &Target<Spec>,
    ) -> Result<Observation<State>, KindError> {
        let session = context.session()?;
        let client = session.s3();
        let Spec { bucket, key, .. } = &target.spec;
        let is_on_record = target.physical.is_some();
        if versioned(context, bucket, is_on_record).await?.is_none() {
            return Ok(Observation::Absent);
        }
        let request = client
            .get_object()
            .bucket(bucket)
            .key(key)
            .expected_bucket_owner(session.account_id().as_str());
        // The files are small: their bytes say more than a hash that somebody noted beside them.
        let read = aws::object::whole(session, request).await;
        let Some(Whole { answer, bytes }) = found("GetObject", read)? else {
            return Ok(Observation::Absent);
        };
        Ok(Observation::Present {
            physical: physical(&target.spec),
            state: State {
                sha256: sha256(&bytes),
                media_type: answer.content_type.unwrap_or_default(),
                cache_control: answer.cache_control.unwrap_or_default(),
                version: kept(answer.version_id),
            },
            // The bucket says whose it is.
            ownership: Ownership::Ours,
        })
    }

    /// One listing answers for all objects of a bucket: where the newest version is the recorded one,
    /// its bytes and headers are too.
    async fn confirm(
        &self,
        context: &Context,
        target: &Target<Spec>,
        recorded: &State,
    ) -> Result<Observation<State>, KindError> {
        let Spec { bucket, key, .. } = &target.spec;
        if recorded.version.is_some() {
            // A role of an older policy may not list versions; it may read the object.
            let listing = context.read(&Contents::of(bucket)).await.ok();
            let listing = listing
                .as_ref()
                .and_then(|listing| listing.as_ref().as_ref());
            let newest = listing.and_then(|listing| listing.newest(key));
            if newest == recorded.version.as_ref() {
                return Ok(Observation::Present {
                    physical: physical(&target.spec),
                    state: recorded.clone(),
                    ownership: Ownership::Ours,
                });
            }
        }
        self.observe(context, target).await
    }
}

/// The version that stands for an object's state. While versioning is off there is none, or one called
/// `null`, which the next write replaces (S3 User Guide, "Using versioning in S3 buckets").
fn kept(version: Option<String>) -> Option<String> {
    version.filter(|version| version != "null")
}

/// Writes the file, and returns the version that S3 gave it.
async fn put(context: &Context, spec: &Spec) -> Result<Option<String>, KindError> {
    let session = context.session()?;
    let client = session.s3();
    let bytes = spec.bytes();
    let request = client
        .put_object()
        .bucket(&spec.bucket)
        .key(&spec.key)
        .expected_bucket_owner(session.account_id().as_str())
        .content_type(&spec.media_type)
        .cache_control(&spec.cache_control)
        .metadata(FILE_HASH, sha256(&bytes))
        .body(ByteStream::from(bytes));
    let answer = done("PutObject", request.send().await)?;
    Ok(kept(answer.version_id))
}

/// The outcome of a write.
fn written(spec: &Spec, version: Option<String>) -> CallResult<Nothing> {
    CallResult::from(physical(spec)).in_state::<S3Object>(spec.wanted(version))
}

/// Makes CloudFront forget the path. A repeated call for the same version of a file is the same
/// invalidation to CloudFront, by its caller reference.
async fn invalidate(
    context: &Context,
    spec: &Spec,
    version: Option<&str>,
) -> Result<(), KindError> {
    let operation = "CreateInvalidation";
    let client = context.session()?.cloudfront();
    let Some(distribution) = serving(context, &spec.host).await? else {
        return Ok(());
    };
    let path = distribution.path_of(&spec.bucket, &spec.key);
    // The same content may come back later, and must be invalidated then as well. Where the bucket keeps no
    // versions, the time tells the one from the other.
    let minute = context.clock.now().as_second() / 60;
    let version = version.map_or_else(|| minute.to_string(), str::to_owned);
    let reference = sha256(format!("{path} {} {version}", spec.content).as_bytes());
    let paths = built(operation, Paths::builder().quantity(1).items(path).build())?;
    let batch = built(
        operation,
        InvalidationBatch::builder()
            .paths(paths)
            .caller_reference(reference)
            .build(),
    )?;
    let request = client
        .create_invalidation()
        .distribution_id(distribution.id)
        .invalidation_batch(batch);
    match found(operation, request.send().await) {
        Ok(_) => Ok(()),
        // The object does not show whether its path was invalidated: do it again.
        Err(error) if error.class == ErrorClass::Ambiguous => Err(not_yet(error)),
        Err(error) => Err(error),
    }
}

/// The distribution of this account that has the name. An alias belongs to one in all of AWS.
async fn serving(context: &Context, host: &str) -> Result<Option<Listed>, KindError> {
    let all = context.read(&Distributions).await?;
    Ok(all.iter().find(|one| one.serves(host)).cloned())
}

fn not_yet(error: KindError) -> KindError {
    KindError {
        class: ErrorClass::NotYet,
        ..error
    }
}

#[async_trait]
impl Mutate<Context> for S3Object {
    async fn create(&self, context: &Context, target: &Target<Spec>) -> Called<Nothing> {
        let version = put(context, &target.spec).await?;
        Ok(written(&target.spec, version))
    }

    async fn update(
        &self,
        context: &Context,
        target: &Target<Spec>,
        _update: &Update<'_, Spec>,
    ) -> Called<Nothing> {
        // Asked again because the invalidation did not go through: the file is there already.
        let spec = &target.spec;
        let there = match self.observe(context, target).await? {
            Observation::Present { state, .. } => Some(state),
            Observation::Absent | Observation::Unknown(_) => None,
        };
        let version = match there {
            Some(state) if state == spec.wanted(state.version.clone()) => state.version,
            _ => put(context, spec).await?,
        };
        invalidate(context, spec, version.as_deref()).await?;
        Ok(written(spec, version))
    }

    /// The file is there; whether the edges were told to forget the old one, nobody knows.
    async fn resume(&self, context: &Context, target: &Target<Spec>) -> Result<(), KindError> {
        let there = self.observe(context, target).await?;
        let version = there.state().and_then(|state| state.version.as_deref());
        invalidate(context, &target.spec, version).await
    }

    async fn delete(&self, context: &Context, target: &Target<Spec>) -> Result<(), KindError> {
        let session = context.session()?;
        let client = session.s3();
        let Spec { bucket, key, .. } = &target.spec;
        let request = client
            .delete_object()
            .bucket(bucket)
            .key(key)
            .expected_bucket_owner(session.account_id().as_str());
        found("DeleteObject", request.send().await)?;
        Ok(())
    }
}
