//! S3's calls for a bucket. Each names the account that we expect to own it.

use ::aws::{Page, Session};
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
            .expected_bucket_owner(session.account_id());
        let answer = found("GetBucketVersioning", request.send().await)?;
        Ok(answer.map(|answer| answer.status() == Some(&BucketVersioningStatus::Enabled)))
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
        let Some(versioned) = *context.read(&Versioning::of(bucket.name)).await? else {
            return Ok(Observation::Absent);
        };
        let tags = bucket.tags().await?;
        bucket.observed(versioned, tags, &target.spec).await
    }

    async fn confirm(
        &self,
        context: &Context,
        target: &Target<Spec>,
        recorded: &State,
    ) -> Result<Observation<State>, KindError> {
        let bucket = Bucket::new(context, &target.spec.name)?;
        let Some(versioned) = *context.read(&Versioning::of(bucket.name)).await? else {
            return Ok(Observation::Absent);
        };
        let partition = ::aws::partition(&bucket.region);
        let arn = format!("arn:{partition}:s3:::{}", bucket.name);
        let tags = if context.carries(&arn, &recorded.tags).await {
            recorded.tags.clone()
        } else {
            bucket.tags().await?
        };
        bucket.observed(versioned, tags, &target.spec).await
    }
}

impl Bucket<'_> {
    /// The settings for which S3 has no wider read than one each.
    async fn observed(
        &self,
        versioned: bool,
        tags: Tags,
        spec: &Spec,
    ) -> Result<Observation<State>, KindError> {
        let ownership = tags::ownership(&spec.tags, &tags);
        let state = State {
            name: self.name.to_owned(),
            public_access_blocked: self.is_blocked().await?,
            encrypted: self.is_encrypted().await?,
            versioned,
            accepts_log_delivery: self.accepts_acls().await?,
            access_log: self.access_log().await?,
            expire_days: self.expire_days().await?,
            tags,
        };
        Ok(Observation::Present {
            physical: self.name.into(),
            state,
            ownership,
        })
    }

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

    /// Makes it, and says whether it was not there before.
    async fn make(&self, accepts_acls: bool) -> Result<bool, KindError> {
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
            .object_ownership(ownership(accepts_acls))
            .set_create_bucket_configuration(place);
        Ok(made("CreateBucket", request.send().await)?.is_some())
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
        let operation = "PutBucketOwnershipControls";
        let rule = built(
            operation,
            OwnershipControlsRule::builder()
                .object_ownership(ownership(accepts_acls))
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

fn ownership(accepts_acls: bool) -> ObjectOwnership {
    if accepts_acls {
        ObjectOwnership::BucketOwnerPreferred
    } else {
        ObjectOwnership::BucketOwnerEnforced
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
        let is_new = bucket.make(spec.accepts_log_delivery).await?;
        // The tags first: a run that dies here knows its own bucket again.
        bucket.tag(&spec.tags).await?;
        bucket.block().await?;
        if !is_new {
            bucket.own(spec.accepts_log_delivery).await?;
        }
        bucket.encrypt().await?;
        bucket.version().await?;
        if spec.access_log.is_some() {
            bucket.log(spec.access_log.as_ref()).await?;
        }
        if spec.expire_days.is_some() {
            bucket.expire(spec.expire_days).await?;
        }
        let outcome = Outcome::from(PhysicalId::from(spec.name.as_str()));
        Ok(if is_new {
            outcome.in_state::<Self>(spec.wanted())
        } else {
            outcome
        })
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
