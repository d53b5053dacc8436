//! S3's calls for a bucket. Each names the account that we expect to own it.

use async_trait::async_trait;
use aws_sdk_s3::Client;
use aws_sdk_s3::types::{
    BucketLifecycleConfiguration, BucketLocationConstraint, BucketLoggingStatus,
    BucketVersioningStatus, CreateBucketConfiguration, ExpirationStatus, LifecycleExpiration,
    LifecycleRule, LifecycleRuleFilter, LoggingEnabled, NoncurrentVersionExpiration,
    ObjectOwnership, OwnershipControls, OwnershipControlsRule, PublicAccessBlockConfiguration,
    ServerSideEncryption, ServerSideEncryptionByDefault, ServerSideEncryptionConfiguration,
    ServerSideEncryptionRule, Tag, Tagging, VersioningConfiguration,
};
use model::kind::{Outcome, Update};
use model::{KindError, Mutate, Nothing, Observation, Observe, PhysicalId, Target};

use super::{AccessLog, S3Bucket, Spec, State};
use crate::context::Context;
use crate::sdk::{built, done, found, made};
use crate::tags::{self, Tags};

/// A bucket's calls: the client, its name, and its expected owner.
pub(super) struct Bucket<'a> {
    pub(super) client: Client,
    pub(super) name: &'a str,
    pub(super) owner: String,
    region: String,
}

impl<'a> Bucket<'a> {
    fn new(context: &Context, name: &'a str) -> Result<Self, KindError> {
        let session = context.session()?;
        Ok(Self {
            client: session.s3(),
            name,
            owner: session.account_id().to_owned(),
            region: session.location().region.to_string(),
        })
    }
}

#[async_trait]
impl Observe<Context> for S3Bucket {
    async fn observe(
        &self,
        context: &Context,
        target: &Target<Spec>,
    ) -> Result<Observation<State>, KindError> {
        let bucket = Bucket::new(context, &target.spec.name)?;
        let head = bucket
            .client
            .head_bucket()
            .bucket(bucket.name)
            .expected_bucket_owner(&bucket.owner);
        if found("HeadBucket", head.send().await)?.is_none() {
            return Ok(Observation::Absent);
        }
        let tags = bucket.tags().await?;
        let state = State {
            name: bucket.name.to_owned(),
            public_access_blocked: bucket.is_blocked().await?,
            encrypted: bucket.is_encrypted().await?,
            versioned: bucket.is_versioned().await?,
            accepts_log_delivery: bucket.accepts_acls().await?,
            access_log: bucket.access_log().await?,
            expire_days: bucket.expire_days().await?,
            tags: tags.clone(),
        };
        let ownership = tags::ownership(&target.spec.tags, &tags);
        Ok(Observation::Present {
            physical: bucket.name.into(),
            state,
            ownership,
        })
    }
}

impl Bucket<'_> {
    async fn tags(&self) -> Result<Tags, KindError> {
        let request = self
            .client
            .get_bucket_tagging()
            .bucket(self.name)
            .expected_bucket_owner(&self.owner);
        let answer = found("GetBucketTagging", request.send().await)?;
        let tags = answer
            .map(|answer| answer.tag_set().to_vec())
            .unwrap_or_default();
        Ok(tags::visible(
            tags.iter()
                .map(|tag| (tag.key().to_owned(), tag.value().to_owned())),
        ))
    }

    async fn is_blocked(&self) -> Result<bool, KindError> {
        let request = self
            .client
            .get_public_access_block()
            .bucket(self.name)
            .expected_bucket_owner(&self.owner);
        let answer = found("GetPublicAccessBlock", request.send().await)?;
        let block = answer.and_then(|answer| answer.public_access_block_configuration);
        Ok(block.is_some_and(|block| {
            [
                block.block_public_acls,
                block.block_public_policy,
                block.ignore_public_acls,
                block.restrict_public_buckets,
            ]
            .iter()
            .all(|flag| *flag == Some(true))
        }))
    }

    async fn is_encrypted(&self) -> Result<bool, KindError> {
        let request = self
            .client
            .get_bucket_encryption()
            .bucket(self.name)
            .expected_bucket_owner(&self.owner);
        let answer = found("GetBucketEncryption", request.send().await)?;
        let rules = answer
            .and_then(|answer| answer.server_side_encryption_configuration)
            .map(|sse| sse.rules);
        let by_default = |rule: &ServerSideEncryptionRule| {
            rule.apply_server_side_encryption_by_default().is_some()
        };
        Ok(rules.is_some_and(|rules| rules.iter().any(by_default)))
    }

    async fn is_versioned(&self) -> Result<bool, KindError> {
        let request = self
            .client
            .get_bucket_versioning()
            .bucket(self.name)
            .expected_bucket_owner(&self.owner);
        let answer = done("GetBucketVersioning", request.send().await)?;
        Ok(answer.status() == Some(&BucketVersioningStatus::Enabled))
    }

    async fn accepts_acls(&self) -> Result<bool, KindError> {
        let request = self
            .client
            .get_bucket_ownership_controls()
            .bucket(self.name)
            .expected_bucket_owner(&self.owner);
        let answer = found("GetBucketOwnershipControls", request.send().await)?;
        let rules = answer
            .and_then(|answer| answer.ownership_controls)
            .map(|controls| controls.rules);
        let enforced = |rule: &OwnershipControlsRule| {
            *rule.object_ownership() == ObjectOwnership::BucketOwnerEnforced
        };
        Ok(!rules.is_some_and(|rules| rules.iter().any(enforced)))
    }

    async fn access_log(&self) -> Result<Option<AccessLog>, KindError> {
        let request = self
            .client
            .get_bucket_logging()
            .bucket(self.name)
            .expected_bucket_owner(&self.owner);
        let answer = done("GetBucketLogging", request.send().await)?;
        Ok(answer.logging_enabled().map(|log| AccessLog {
            bucket: log.target_bucket().to_owned(),
            prefix: log.target_prefix().to_owned(),
        }))
    }

    async fn expire_days(&self) -> Result<Option<u32>, KindError> {
        let request = self
            .client
            .get_bucket_lifecycle_configuration()
            .bucket(self.name)
            .expected_bucket_owner(&self.owner);
        let answer = found("GetBucketLifecycleConfiguration", request.send().await)?;
        let rules = answer
            .map(|answer| answer.rules().to_vec())
            .unwrap_or_default();
        let days = rules
            .iter()
            .filter(|rule| *rule.status() == ExpirationStatus::Enabled)
            .find_map(|rule| rule.expiration()?.days());
        Ok(days.and_then(|days| u32::try_from(days).ok()))
    }

    async fn make(&self) -> Result<(), KindError> {
        // us-east-1 is the one region that must not be named.
        let place = (self.region != "us-east-1").then(|| {
            CreateBucketConfiguration::builder()
                .location_constraint(BucketLocationConstraint::from(self.region.as_str()))
                .build()
        });
        let request = self
            .client
            .create_bucket()
            .bucket(self.name)
            .set_create_bucket_configuration(place);
        made("CreateBucket", request.send().await)?;
        Ok(())
    }

    async fn block(&self) -> Result<(), KindError> {
        let block = PublicAccessBlockConfiguration::builder()
            .block_public_acls(true)
            .block_public_policy(true)
            .ignore_public_acls(true)
            .restrict_public_buckets(true)
            .build();
        let request = self
            .client
            .put_public_access_block()
            .bucket(self.name)
            .expected_bucket_owner(&self.owner)
            .public_access_block_configuration(block);
        done("PutPublicAccessBlock", request.send().await)?;
        Ok(())
    }

    async fn own(&self, accepts_acls: bool) -> Result<(), KindError> {
        let ownership = if accepts_acls {
            ObjectOwnership::BucketOwnerPreferred
        } else {
            ObjectOwnership::BucketOwnerEnforced
        };
        let operation = "PutBucketOwnershipControls";
        let rule = built(
            operation,
            OwnershipControlsRule::builder()
                .object_ownership(ownership)
                .build(),
        )?;
        let controls = built(operation, OwnershipControls::builder().rules(rule).build())?;
        let request = self
            .client
            .put_bucket_ownership_controls()
            .bucket(self.name)
            .expected_bucket_owner(&self.owner)
            .ownership_controls(controls);
        done(operation, request.send().await)?;
        Ok(())
    }

    async fn encrypt(&self) -> Result<(), KindError> {
        let operation = "PutBucketEncryption";
        let by_default = ServerSideEncryptionByDefault::builder()
            .sse_algorithm(ServerSideEncryption::Aes256)
            .build();
        let rule = ServerSideEncryptionRule::builder()
            .apply_server_side_encryption_by_default(built(operation, by_default)?)
            .build();
        let sse = built(
            operation,
            ServerSideEncryptionConfiguration::builder()
                .rules(rule)
                .build(),
        )?;
        let request = self
            .client
            .put_bucket_encryption()
            .bucket(self.name)
            .expected_bucket_owner(&self.owner)
            .server_side_encryption_configuration(sse);
        done(operation, request.send().await)?;
        Ok(())
    }

    async fn version(&self) -> Result<(), KindError> {
        let versioning = VersioningConfiguration::builder()
            .status(BucketVersioningStatus::Enabled)
            .build();
        let request = self
            .client
            .put_bucket_versioning()
            .bucket(self.name)
            .expected_bucket_owner(&self.owner)
            .versioning_configuration(versioning);
        done("PutBucketVersioning", request.send().await)?;
        Ok(())
    }

    async fn log(&self, log: Option<&AccessLog>) -> Result<(), KindError> {
        let operation = "PutBucketLogging";
        let enabled = match log {
            Some(log) => {
                let enabled = LoggingEnabled::builder()
                    .target_bucket(&log.bucket)
                    .target_prefix(&log.prefix)
                    .build();
                Some(built(operation, enabled)?)
            }
            None => None,
        };
        let status = BucketLoggingStatus::builder()
            .set_logging_enabled(enabled)
            .build();
        let request = self
            .client
            .put_bucket_logging()
            .bucket(self.name)
            .expected_bucket_owner(&self.owner)
            .bucket_logging_status(status);
        done(operation, request.send().await)?;
        Ok(())
    }

    async fn expire(&self, days: Option<u32>) -> Result<(), KindError> {
        let Some(days) = days.and_then(|days| i32::try_from(days).ok()) else {
            let request = self
                .client
                .delete_bucket_lifecycle()
                .bucket(self.name)
                .expected_bucket_owner(&self.owner);
            done("DeleteBucketLifecycle", request.send().await)?;
            return Ok(());
        };
        let operation = "PutBucketLifecycleConfiguration";
        // A versioned bucket keeps what expired as a noncurrent version: that has to go as well.
        let rule = LifecycleRule::builder()
            .id("deploy-retention")
            .status(ExpirationStatus::Enabled)
            .filter(LifecycleRuleFilter::builder().prefix("").build())
            .expiration(LifecycleExpiration::builder().days(days).build())
            .noncurrent_version_expiration(
                NoncurrentVersionExpiration::builder()
                    .noncurrent_days(1)
                    .build(),
            );
        let rule = built(operation, rule.build())?;
        let rules = built(
            operation,
            BucketLifecycleConfiguration::builder().rules(rule).build(),
        )?;
        let request = self
            .client
            .put_bucket_lifecycle_configuration()
            .bucket(self.name)
            .expected_bucket_owner(&self.owner)
            .lifecycle_configuration(rules);
        done(operation, request.send().await)?;
        Ok(())
    }

    async fn tag(&self, tags: &Tags) -> Result<(), KindError> {
        let operation = "PutBucketTagging";
        let mut tagging = Tagging::builder();
        for (key, value) in tags {
            tagging = tagging.tag_set(built(
                operation,
                Tag::builder().key(key).value(value).build(),
            )?);
        }
        let request = self
            .client
            .put_bucket_tagging()
            .bucket(self.name)
            .expected_bucket_owner(&self.owner)
            .tagging(built(operation, tagging.build())?);
        done(operation, request.send().await)?;
        Ok(())
    }
}

#[async_trait]
impl Mutate<Context> for S3Bucket {
    async fn create(
        &self,
        context: &Context,
        target: &Target<Spec>,
    ) -> Result<Outcome<Nothing>, KindError> {
        let spec = &target.spec;
        let bucket = Bucket::new(context, &spec.name)?;
        bucket.make().await?;
        // The tags first: a run that dies here knows its own bucket again.
        bucket.tag(&spec.tags).await?;
        bucket.block().await?;
        bucket.own(spec.accepts_log_delivery).await?;
        bucket.encrypt().await?;
        bucket.version().await?;
        if spec.access_log.is_some() {
            bucket.log(spec.access_log.as_ref()).await?;
        }
        if spec.expire_days.is_some() {
            bucket.expire(spec.expire_days).await?;
        }
        Ok(PhysicalId::from(spec.name.as_str()).into())
    }

    async fn update(
        &self,
        context: &Context,
        target: &Target<Spec>,
        update: &Update<'_, Spec>,
    ) -> Result<Outcome<Nothing>, KindError> {
        let spec = &target.spec;
        let bucket = Bucket::new(context, &spec.name)?;
        let touches = |field: &str| update.diff.touches(field);
        if touches("tags") {
            bucket.tag(&spec.tags).await?;
        }
        if touches("public_access_blocked") {
            bucket.block().await?;
        }
        if touches("accepts_log_delivery") {
            bucket.own(spec.accepts_log_delivery).await?;
        }
        if touches("encrypted") {
            bucket.encrypt().await?;
        }
        if touches("versioned") {
            bucket.version().await?;
        }
        if touches("access_log") {
            bucket.log(spec.access_log.as_ref()).await?;
        }
        if touches("expire_days") {
            bucket.expire(spec.expire_days).await?;
        }
        Ok(PhysicalId::from(spec.name.as_str()).into())
    }

    async fn delete(&self, context: &Context, target: &Target<Spec>) -> Result<(), KindError> {
        let bucket = Bucket::new(context, &target.spec.name)?;
        if bucket.empty().await? {
            let request = bucket
                .client
                .delete_bucket()
                .bucket(bucket.name)
                .expected_bucket_owner(&bucket.owner);
            found("DeleteBucket", request.send().await)?;
        }
        Ok(())
    }
}
