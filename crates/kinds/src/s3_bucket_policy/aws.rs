//! S3's calls for a bucket policy.

use async_trait::async_trait;
use model::kind::{CallResult, Called, Update};
use model::{KindError, Mutate, Nothing, Observation, Observe, Ownership, PhysicalId, Target};
use serde_json::Value;

use super::{Grant, S3BucketPolicy, Spec, State, beside_others, without_ours};
use crate::context::Context;
use crate::s3_bucket::listing::Contents;
use crate::s3_bucket::names::versioned;
use crate::sdk::{built, done, found, known};

#[async_trait]
impl Observe<Context> for S3BucketPolicy {
    async fn observe(
        &self,
        context: &Context,
        target: &Target<Spec>,
    ) -> Result<Observation<State>, KindError> {
        let is_on_record = target.physical.is_some();
        let versioned = versioned(context, &target.spec.bucket, is_on_record);
        if versioned.await?.is_none() {
            return Ok(Observation::Absent);
        }
        seen(context, &target.spec.bucket).await
    }

    /// The bucket is on record too, so that nothing else has to be asked whether it is there.
    async fn confirm(
        &self,
        context: &Context,
        target: &Target<Spec>,
        _recorded: &State,
    ) -> Result<Observation<State>, KindError> {
        seen(context, &target.spec.bucket).await
    }

    /// It goes with its bucket. By itself it goes by a call that reads it first.
    async fn observe_leaving(
        &self,
        context: &Context,
        target: &Target<Spec>,
        recorded: Option<&State>,
    ) -> Result<Observation<State>, KindError> {
        let Some(recorded) = recorded else {
            return self.observe(context, target).await;
        };
        if context.read(&contents(&target.spec)).await?.is_none() {
            return Ok(Observation::Absent);
        }
        Ok(Observation::Present {
            physical: target.spec.bucket.as_str().into(),
            state: recorded.clone(),
            ownership: Ownership::Ours,
        })
    }
}

/// The listing by which the bucket of a policy is known to be there: the one that is read when the bucket
/// goes too.
fn contents(spec: &Spec) -> Contents {
    match spec.grant {
        Grant::AccessLogs(_) => Contents::of_logs(&spec.bucket),
        Grant::Reading(_) | Grant::ReadingByAccount(_) | Grant::ConditionalWrites => {
            Contents::of(&spec.bucket)
        }
    }
}

/// The policy of a bucket that is there.
async fn seen(context: &Context, bucket: &str) -> Result<Observation<State>, KindError> {
    let Some(document) = live(context, bucket).await? else {
        return Ok(Observation::Absent);
    };
    // A policy without any statement of ours is as good as none.
    if without_ours(&document).as_ref() == Some(&document) {
        return Ok(Observation::Absent);
    }
    Ok(Observation::Present {
        physical: bucket.into(),
        state: State { document },
        // The bucket says whose it is.
        ownership: Ownership::Ours,
    })
}

/// The bucket's policy, if it has one.
async fn live(context: &Context, bucket: &str) -> Result<Option<Value>, KindError> {
    let operation = "GetBucketPolicy";
    let session = context.session()?;
    let client = session.s3();
    let request = client
        .get_bucket_policy()
        .bucket(bucket)
        .expected_bucket_owner(session.account_id().as_str());
    let answer = found(operation, request.send().await)?;
    let policy = answer.map(|answer| {
        let text = answer.policy().unwrap_or("null");
        built(operation, serde_json::from_str(text))
    });
    policy.transpose()
}

async fn send(context: &Context, bucket: &str, document: &Value) -> Result<(), KindError> {
    let session = context.session()?;
    let client = session.s3();
    let request = client
        .put_bucket_policy()
        .bucket(bucket)
        .expected_bucket_owner(session.account_id().as_str())
        .policy(document.to_string());
    done("PutBucketPolicy", request.send().await)?;
    Ok(())
}

async fn put(context: &Context, spec: &Spec) -> Called<Nothing> {
    let operation = "PutBucketPolicy";
    if let Grant::Reading(distribution) = &spec.grant {
        known(operation, distribution)?;
    }
    // In a bucket that this run has just made, there is no statement of others yet.
    let others = if context
        .shared
        .is_just_made(&spec.bucket, context.clock.now())
    {
        None
    } else {
        live(context, &spec.bucket).await?
    };
    let document = beside_others(&spec.document(), &others.unwrap_or_default());
    send(context, &spec.bucket, &document).await?;
    let outcome = CallResult::from(PhysicalId::from(spec.bucket.as_str()));
    Ok(outcome.in_state::<S3BucketPolicy>(State { document }))
}

#[async_trait]
impl Mutate<Context> for S3BucketPolicy {
    async fn create(&self, context: &Context, target: &Target<Spec>) -> Called<Nothing> {
        put(context, &target.spec).await
    }

    async fn update(
        &self,
        context: &Context,
        target: &Target<Spec>,
        _update: &Update<'_, Spec>,
    ) -> Called<Nothing> {
        put(context, &target.spec).await
    }

    async fn delete(&self, context: &Context, target: &Target<Spec>) -> Result<(), KindError> {
        let bucket = &target.spec.bucket;
        if let Some(live) = live(context, bucket).await?
            && let Some(others) = without_ours(&live)
        {
            return send(context, bucket, &others).await;
        }
        let session = context.session()?;
        let client = session.s3();
        let request = client
            .delete_bucket_policy()
            .bucket(bucket)
            .expected_bucket_owner(session.account_id().as_str());
        found("DeleteBucketPolicy", request.send().await)?;
        Ok(())
    }
}
