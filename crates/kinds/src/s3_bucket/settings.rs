//! The settings of a bucket, for which S3 has no wider read and no wider change than one each.

use aws_sdk_s3::types::{
    BucketLifecycleConfiguration, BucketLoggingStatus, BucketVersioningStatus, ExpirationStatus,
    LifecycleExpiration, LifecycleRule, LifecycleRuleFilter, LoggingEnabled,
    NoncurrentVersionExpiration, ObjectOwnership, OwnershipControls, OwnershipControlsRule,
    PublicAccessBlockConfiguration, ServerSideEncryption, ServerSideEncryptionByDefault,
    ServerSideEncryptionConfiguration, ServerSideEncryptionRule, Tagging, VersioningConfiguration,
};
use model::KindError;

use super::AccessLog;
use super::aws::{Bucket, ownership, sdk_tags};
use crate::sdk::{built, done, found, tag_changes};
use crate::tags::{self, Tags};

impl Bucket<'_> {
    pub(super) async fn tags(&self) -> Result<Tags, KindError> {
        Ok(tags::visible(self.all_tags().await?))
    }

    async fn all_tags(&self) -> Result<Tags, KindError> {
        let request = self
            .client
            .get_bucket_tagging()
            .bucket(self.name)
            .expected_bucket_owner(&self.owner);
        let answer = found("GetBucketTagging", request.send().await)?;
        let tags = answer
            .map(|answer| answer.tag_set().to_vec())
            .unwrap_or_default();
        let pairs = tags
            .iter()
            .map(|tag| (tag.key().to_owned(), tag.value().to_owned()));
        Ok(pairs.collect())
    }

    pub(super) async fn is_blocked(&self) -> Result<bool, KindError> {
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

    pub(super) async fn is_encrypted(&self) -> Result<bool, KindError> {
        let request = self
            .client
            .get_bucket_encryption()
            .bucket(self.name)
            .expected_bucket_owner(&self.owner);
        let answer = found("GetBucketEncryption", request.send().await)?;
        let rules = answer
            .and_then(|answer| answer.server_side_encryption_configuration)
            .map(|sse| sse.rules);
        // With a key of KMS, CloudFront is answered 403 and logs are not delivered unless the key's
        // policy lets them (CloudFront Developer Guide, "Restricting access to an Amazon S3 origin").
        let by_default = |rule: &ServerSideEncryptionRule| {
            let encryption = rule.apply_server_side_encryption_by_default();
            encryption.is_some_and(|one| *one.sse_algorithm() == ServerSideEncryption::Aes256)
        };
        Ok(rules.is_some_and(|rules| rules.iter().any(by_default)))
    }

    pub(super) async fn accepts_acls(&self) -> Result<bool, KindError> {
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

    pub(super) async fn access_log(&self) -> Result<Option<AccessLog>, KindError> {
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

    pub(super) async fn expire_days(&self) -> Result<Option<u32>, KindError> {
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

    pub(super) async fn block(&self) -> Result<(), KindError> {
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

    pub(super) async fn own(&self, accepts_acls: bool) -> Result<(), KindError> {
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

    pub(super) async fn encrypt(&self) -> Result<(), KindError> {
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

    pub(super) async fn version(&self) -> Result<(), KindError> {
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

    pub(super) async fn log(&self, log: Option<&AccessLog>) -> Result<(), KindError> {
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

    pub(super) async fn expire(&self, days: Option<u32>) -> Result<(), KindError> {
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

    /// Sets our tags. The call replaces all of them, so those of others are sent along.
    pub(super) async fn tag(&self, desired: &Tags, owned: Option<&Tags>) -> Result<(), KindError> {
        let mut tags = self.all_tags().await?;
        let (set, removed) = tag_changes(desired, &tags, owned);
        tags.retain(|key, _| !removed.contains(key));
        tags.extend(set);
        let mut without = tags.clone();
        without.retain(|key, _| !tags::is_of_aws(key));
        match self.put_tags(&without).await {
            // Some are told that AWS's own must not be sent, and others that they must not be left
            // out (cloud-custodian issue 2834, terraform-provider-aws issue 7323).
            Err(error) if error.code.as_deref() == Some("InvalidTag") && without != tags => {
                self.put_tags(&tags).await
            }
            ended => ended,
        }
    }

    async fn put_tags(&self, tags: &Tags) -> Result<(), KindError> {
        let operation = "PutBucketTagging";
        let tagging = Tagging::builder().set_tag_set(Some(sdk_tags(operation, tags)?));
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
