//! S3's calls for a bucket policy.

use async_trait::async_trait;
use model::kind::{Outcome, Update};
use model::{KindError, Mutate, Nothing, Observation, Observe, Ownership, PhysicalId, Target};

use super::{Grant, S3BucketPolicy, Spec, State};
use crate::context::Context;
use crate::s3_bucket::aws::Versioning;
use crate::sdk::{built, done, found, known};

#[async_trait]
impl Observe<Context> for S3BucketPolicy {
    async fn observe(
        &self,
        context: &Context,
        target: &Target<Spec>,
    ) -> Result<Observation<State>, KindError> {
        let session = context.session()?;
        let client = session.s3();
        let versioning = Versioning::of(&target.spec.bucket);
        if context.read(&versioning).await?.is_none() {
            return Ok(Observation::Absent);
        }
        let request = client
            .get_bucket_policy()
            .bucket(&target.spec.bucket)
            .expected_bucket_owner(session.account_id());
        let Some(answer) = found("GetBucketPolicy", request.send().await)? else {
            return Ok(Observation::Absent);
        };
        let document = built(
            "GetBucketPolicy",
            serde_json::from_str(answer.policy().unwrap_or("null")),
        )?;
        Ok(Observation::Present {
            physical: target.spec.bucket.as_str().into(),
            state: State { document },
            // The bucket says whose it is.
            ownership: Ownership::Ours,
        })
    }
}

async fn put(context: &Context, spec: &Spec) -> Result<Outcome<Nothing>, KindError> {
    let operation = "PutBucketPolicy";
    if let Grant::Reading(distribution) = &spec.grant {
        known(operation, distribution)?;
    }
    let session = context.session()?;
    let client = session.s3();
    let request = client
        .put_bucket_policy()
        .bucket(&spec.bucket)
        .expected_bucket_owner(session.account_id())
        .policy(spec.document().to_string());
    done(operation, request.send().await)?;
    let outcome = Outcome::from(PhysicalId::from(spec.bucket.as_str()));
    Ok(outcome.in_state::<S3BucketPolicy>(State {
        document: spec.document(),
    }))
}

#[async_trait]
impl Mutate<Context> for S3BucketPolicy {
    async fn create(
        &self,
        context: &Context,
        target: &Target<Spec>,
    ) -> Result<Outcome<Nothing>, KindError> {
        put(context, &target.spec).await
    }

    async fn update(
        &self,
        context: &Context,
        target: &Target<Spec>,
        _update: &Update<'_, Spec>,
    ) -> Result<Outcome<Nothing>, KindError> {
        put(context, &target.spec).await
    }

    async fn delete(&self, context: &Context, target: &Target<Spec>) -> Result<(), KindError> {
        let session = context.session()?;
        let client = session.s3();
        let request = client
            .delete_bucket_policy()
            .bucket(&target.spec.bucket)
            .expected_bucket_owner(session.account_id());
        found("DeleteBucketPolicy", request.send().await)?;
        Ok(())
    }
}
