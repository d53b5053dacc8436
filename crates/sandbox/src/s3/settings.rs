//! The settings of a bucket: policy, encryption, versioning, logging, tags, public access.

use std::collections::BTreeMap;

use s3s::dto::{self, LoggingEnabled, PublicAccessBlockConfiguration, Tag};

use super::access::denied;
use super::error::{self, Error};
use super::policy::{Policy, normal};
use super::state::{Bucket, Encryption, Logging, PublicAccessBlock, State, Versioning, arn};
use super::work::Work;
use crate::sts::Account;

pub(super) fn get_bucket_policy(
    work: &mut Work,
    input: dto::GetBucketPolicyInput,
) -> Result<dto::GetBucketPolicyOutput, Error> {
    let bucket = work.state.bucket(&input.bucket)?;
    let policy = bucket.policy.clone();
    Ok(dto::GetBucketPolicyOutput {
        policy: Some(policy.ok_or_else(|| no_such_policy(&input.bucket))?),
    })
}

fn no_such_policy(bucket: &str) -> Error {
    Error::new(
        404,
        "NoSuchBucketPolicy",
        "The bucket policy does not exist",
    )
    .with("BucketName", bucket)
}

pub(super) fn put_bucket_policy(
    work: &mut Work,
    input: dto::PutBucketPolicyInput,
) -> Result<dto::PutBucketPolicyOutput, Error> {
    let policy = Policy::parse(&input.bucket, &input.policy)?;
    if !policy.names_only(|principal| exists(&work.accounts, principal)) {
        return Err(error::malformed_policy("Invalid principal in policy"));
    }
    let bucket = work.state.bucket_mut(&input.bucket)?;
    let block = bucket.public_access_block;
    if policy.is_public() && block.is_some_and(|block| block.block_public_policy) {
        return Err(denied(
            &work.caller,
            "s3:PutBucketPolicy",
            &arn(&input.bucket),
            "because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.",
        ));
    }
    bucket.policy = Some(normal(&input.policy));
    Ok(dto::PutBucketPolicyOutput::default())
}

/// Whether the account, the role or the user that a policy names is there.
fn exists(accounts: &BTreeMap<String, Account>, principal: &str) -> bool {
    let parts = principal.splitn(6, ':').collect::<Vec<_>>();
    let (id, name) = match parts.as_slice() {
        ["arn", _, _, _, id, name] => (*id, *name),
        _ => (principal, "root"),
    };
    if id == "cloudfront" {
        // An origin access identity, from before there were origin access controls.
        return true;
    }
    let Some(account) = accounts.get(id) else {
        return false;
    };
    match name.split('/').collect::<Vec<_>>().as_slice() {
        ["root"] | ["user", "admin"] => true,
        ["role", .., role] | ["assumed-role", role, _] => account.roles.contains_key(*role),
        _ => false,
    }
}

pub(super) fn delete_bucket_policy(
    work: &mut Work,
    input: dto::DeleteBucketPolicyInput,
) -> Result<dto::DeleteBucketPolicyOutput, Error> {
    work.state.bucket_mut(&input.bucket)?.policy = None;
    Ok(dto::DeleteBucketPolicyOutput::default())
}

pub(super) fn get_bucket_policy_status(
    work: &mut Work,
    input: dto::GetBucketPolicyStatusInput,
) -> Result<dto::GetBucketPolicyStatusOutput, Error> {
    let bucket = work.state.bucket(&input.bucket)?;
    let text = bucket.policy.as_deref();
    let text = text.ok_or_else(|| no_such_policy(&input.bucket))?;
    let policy = Policy::parse(&input.bucket, text)?;
    Ok(dto::GetBucketPolicyStatusOutput {
        policy_status: Some(dto::PolicyStatus {
            is_public: Some(policy.is_public()),
        }),
    })
}

pub(super) fn get_bucket_encryption(
    work: &mut Work,
    input: dto::GetBucketEncryptionInput,
) -> Result<dto::GetBucketEncryptionOutput, Error> {
    let encryption = work.state.bucket(&input.bucket)?.encryption.clone();
    let rule = dto::ServerSideEncryptionRule {
        apply_server_side_encryption_by_default: Some(dto::ServerSideEncryptionByDefault {
            kms_master_key_id: encryption.key,
            sse_algorithm: encryption.algorithm.into(),
        }),
        bucket_key_enabled: Some(encryption.bucket_key),
    };
    Ok(dto::GetBucketEncryptionOutput {
        server_side_encryption_configuration: Some(dto::ServerSideEncryptionConfiguration {
            rules: vec![rule],
        }),
    })
}

pub(super) fn put_bucket_encryption(
    work: &mut Work,
    input: dto::PutBucketEncryptionInput,
) -> Result<dto::PutBucketEncryptionOutput, Error> {
    let rules = input.server_side_encryption_configuration.rules;
    let [rule] = rules.as_slice() else {
        return Err(error::malformed_xml());
    };
    let bucket = work.state.bucket_mut(&input.bucket)?;
    let mut encryption = Encryption::default();
    if let Some(default) = &rule.apply_server_side_encryption_by_default {
        default
            .sse_algorithm
            .as_str()
            .clone_into(&mut encryption.algorithm);
        encryption.key.clone_from(&default.kms_master_key_id);
    }
    encryption.bucket_key = rule.bucket_key_enabled.unwrap_or(false);
    if !["AES256", "aws:kms", "aws:kms:dsse"].contains(&encryption.algorithm.as_str()) {
        return Err(error::malformed_xml());
    }
    if encryption.algorithm == "AES256" && encryption.key.is_some() {
        return Err(Error::new(
            400,
            "InvalidArgument",
            "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
        )
        .with("ArgumentName", "ApplyServerSideEncryptionByDefault"));
    }
    bucket.encryption = encryption;
    Ok(dto::PutBucketEncryptionOutput::default())
}

/// Encryption cannot be switched off: the bucket goes back to S3's own keys.
pub(super) fn delete_bucket_encryption(
    work: &mut Work,
    input: dto::DeleteBucketEncryptionInput,
) -> Result<dto::DeleteBucketEncryptionOutput, Error> {
    work.state.bucket_mut(&input.bucket)?.encryption = Encryption::default();
    Ok(dto::DeleteBucketEncryptionOutput::default())
}

pub(super) fn get_bucket_versioning(
    work: &mut Work,
    input: dto::GetBucketVersioningInput,
) -> Result<dto::GetBucketVersioningOutput, Error> {
    let versioning = work.state.bucket(&input.bucket)?.versioning;
    let status = versioning.map(|versioning| match versioning {
        Versioning::Enabled => dto::BucketVersioningStatus::ENABLED,
        Versioning::Suspended => dto::BucketVersioningStatus::SUSPENDED,
    });
    Ok(dto::GetBucketVersioningOutput {
        mfa_delete: None,
        status: status.map(dto::BucketVersioningStatus::from_static),
    })
}

pub(super) fn put_bucket_versioning(
    work: &mut Work,
    input: dto::PutBucketVersioningInput,
) -> Result<dto::PutBucketVersioningOutput, Error> {
    let configuration = input.versioning_configuration;
    let bucket = work.state.bucket_mut(&input.bucket)?;
    let versioning = match configuration
        .status
        .as_ref()
        .map(dto::BucketVersioningStatus::as_str)
    {
        Some("Enabled") => Versioning::Enabled,
        Some("Suspended") => Versioning::Suspended,
        Some(_) => return Err(error::malformed_xml()),
        None => {
            return Err(Error::new(
                400,
                "IllegalVersioningConfigurationException",
                "The Versioning element must be specified",
            ));
        }
    };
    if configuration
        .mfa_delete
        .is_some_and(|mfa| mfa.as_str() == "Enabled")
    {
        return Err(error::not_implemented());
    }
    bucket.versioning = Some(versioning);
    Ok(dto::PutBucketVersioningOutput::default())
}

pub(super) fn get_public_access_block(
    work: &mut Work,
    input: dto::GetPublicAccessBlockInput,
) -> Result<dto::GetPublicAccessBlockOutput, Error> {
    let block = work.state.bucket(&input.bucket)?.public_access_block;
    let Some(block) = block else {
        return Err(Error::new(
            404,
            "NoSuchPublicAccessBlockConfiguration",
            "The public access block configuration was not found",
        )
        .with("BucketName", input.bucket));
    };
    Ok(dto::GetPublicAccessBlockOutput {
        public_access_block_configuration: Some(PublicAccessBlockConfiguration {
            block_public_acls: Some(block.block_public_acls),
            block_public_policy: Some(block.block_public_policy),
            ignore_public_acls: Some(block.ignore_public_acls),
            restrict_public_buckets: Some(block.restrict_public_buckets),
        }),
    })
}

/// Switches that are left out are off.
pub(super) fn put_public_access_block(
    work: &mut Work,
    input: dto::PutPublicAccessBlockInput,
) -> Result<dto::PutPublicAccessBlockOutput, Error> {
    let asked = input.public_access_block_configuration;
    let bucket = work.state.bucket_mut(&input.bucket)?;
    bucket.public_access_block = Some(PublicAccessBlock {
        block_public_acls: asked.block_public_acls.unwrap_or(false),
        ignore_public_acls: asked.ignore_public_acls.unwrap_or(false),
        block_public_policy: asked.block_public_policy.unwrap_or(false),
        restrict_public_buckets: asked.restrict_public_buckets.unwrap_or(false),
    });
    Ok(dto::PutPublicAccessBlockOutput::default())
}

pub(super) fn delete_public_access_block(
    work: &mut Work,
    input: dto::DeletePublicAccessBlockInput,
) -> Result<dto::DeletePublicAccessBlockOutput, Error> {
    work.state.bucket_mut(&input.bucket)?.public_access_block = None;
    Ok(dto::DeletePublicAccessBlockOutput::default())
}

pub(super) fn get_bucket_logging(
    work: &mut Work,
    input: dto::GetBucketLoggingInput,
) -> Result<dto::GetBucketLoggingOutput, Error> {
    let logging = work.state.bucket(&input.bucket)?.logging.clone();
    let enabled = logging.map(|logging| LoggingEnabled {
        target_bucket: logging.bucket,
        target_grants: None,
        target_object_key_format: logging.partition.map(|source| dto::TargetObjectKeyFormat {
            partitioned_prefix: Some(dto::PartitionedPrefix {
                partition_date_source: Some(source.into()),
            }),
            simple_prefix: None,
        }),
        target_prefix: logging.prefix,
    });
    Ok(dto::GetBucketLoggingOutput {
        logging_enabled: enabled,
    })
}

pub(super) fn put_bucket_logging(
    work: &mut Work,
    input: dto::PutBucketLoggingInput,
) -> Result<dto::PutBucketLoggingOutput, Error> {
    let logging = match input.bucket_logging_status.logging_enabled {
        None => None,
        Some(enabled) => {
            check_log_target(&work.state, &input.bucket, &enabled)?;
            let format = enabled.target_object_key_format;
            let partitioned = format.and_then(|format| format.partitioned_prefix);
            Some(Logging {
                bucket: enabled.target_bucket,
                prefix: enabled.target_prefix,
                partition: partitioned.map(|partitioned| {
                    let source = partitioned.partition_date_source;
                    source.map_or("DeliveryTime".to_owned(), |s| s.as_str().to_owned())
                }),
            })
        }
    };
    work.state.bucket_mut(&input.bucket)?.logging = logging;
    Ok(dto::PutBucketLoggingOutput::default())
}

/// Logs go to a bucket of the same account and region.
fn check_log_target(state: &State, source: &str, enabled: &LoggingEnabled) -> Result<(), Error> {
    let invalid = |message: &'static str| {
        Error::new(400, "InvalidTargetBucketForLogging", message)
            .with("TargetBucket", &*enabled.target_bucket)
    };
    let source = state.bucket(source)?;
    let Some(target) = state.buckets.get(&enabled.target_bucket) else {
        return Err(invalid("The target bucket for logging does not exist"));
    };
    if target.owner != source.owner {
        return Err(invalid(
            "The owner for the bucket to be logged and the target bucket must be the same.",
        ));
    }
    if target.region != source.region {
        return Err(Error::new(
            403,
            "CrossLocationLoggingProhibited",
            "Cross S3 location logging not allowed.",
        )
        .with("SourceBucketLocation", &*source.region)
        .with("TargetBucketLocation", &*target.region));
    }
    let grants = enabled.target_grants.as_ref();
    if target.enforces_owner() && grants.is_some_and(|grants| !grants.is_empty()) {
        return Err(super::acl::not_supported());
    }
    Ok(())
}

pub(super) fn get_bucket_tagging(
    work: &mut Work,
    input: dto::GetBucketTaggingInput,
) -> Result<dto::GetBucketTaggingOutput, Error> {
    let tags = work.state.bucket(&input.bucket)?.tags.clone();
    let Some(tags) = tags else {
        return Err(Error::new(404, "NoSuchTagSet", "The TagSet does not exist")
            .with("BucketName", input.bucket));
    };
    Ok(dto::GetBucketTaggingOutput {
        tag_set: tag_set(&tags),
    })
}

pub(super) fn put_bucket_tagging(
    work: &mut Work,
    input: dto::PutBucketTaggingInput,
) -> Result<dto::PutBucketTaggingOutput, Error> {
    let mut sent = pairs(input.tagging.tag_set)?;
    let is_required = work.state.system_tags_required;
    let bucket = work.state.bucket_mut(&input.bucket)?;
    let mut kept = system_tags(bucket);
    if is_required {
        let is_sent =
            |(key, value): (&String, &String)| sent.contains(&(key.clone(), value.clone()));
        if !kept.iter().all(is_sent) {
            let message = "System Tags cannot be removed by requester";
            return Err(Error::new(400, "InvalidTag", message));
        }
        sent.retain(|(key, value)| kept.get(key) != Some(value));
    }
    kept.extend(check_tags(&sent, TagsOf::Bucket)?);
    bucket.tags = Some(kept);
    Ok(dto::PutBucketTaggingOutput::default())
}

pub(super) fn delete_bucket_tagging(
    work: &mut Work,
    input: dto::DeleteBucketTaggingInput,
) -> Result<dto::DeleteBucketTaggingOutput, Error> {
    let bucket = work.state.bucket_mut(&input.bucket)?;
    let kept = system_tags(bucket);
    bucket.tags = Some(kept).filter(|kept| !kept.is_empty());
    Ok(dto::DeleteBucketTaggingOutput::default())
}

/// The tags that AWS itself gave: nobody removes them by leaving them out.
fn system_tags(bucket: &Bucket) -> BTreeMap<String, String> {
    let tags = bucket.tags.iter().flatten();
    let system = tags.filter(|(key, _)| key.starts_with("aws:"));
    system
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

pub(super) fn tag_set(tags: &BTreeMap<String, String>) -> Vec<Tag> {
    tags.iter()
        .map(|(key, value)| Tag {
            key: Some(key.clone()),
            value: Some(value.clone()),
        })
        .collect()
}

pub(super) fn pairs(tags: Vec<Tag>) -> Result<Vec<(String, String)>, Error> {
    let pairs = tags.into_iter().map(|tag| Some((tag.key?, tag.value?)));
    let pairs: Option<_> = pairs.collect();
    pairs.ok_or_else(error::malformed_xml)
}

/// The owner of tags, which decides how many there may be and how S3 words its refusals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TagsOf {
    Bucket,
    /// In `CreateBucketConfiguration`.
    NewBucket,
    Object,
}

/// Checks a tag set: buckets may have fifty tags, objects ten.
pub(super) fn check_tags(
    tags: &[(String, String)],
    of: TagsOf,
) -> Result<BTreeMap<String, String>, Error> {
    let (most, what) = match of {
        TagsOf::Object => (10, "Object tags"),
        TagsOf::Bucket | TagsOf::NewBucket => (50, "Bucket tag count"),
    };
    if tags.len() > most {
        return Err(Error::new(
            400,
            "BadRequest",
            format!("{what} cannot be greater than {most}"),
        ));
    }
    let invalid = |message: &'static str, key: &str| {
        Error::new(400, "InvalidTag", message).with("TagKey", key)
    };
    let mut checked = BTreeMap::new();
    for (key, value) in tags {
        let length = key.chars().count();
        if !(1..=128).contains(&length) || !is_tag_text(key) {
            return Err(invalid("The TagKey you have provided is invalid", key));
        }
        if value.chars().count() > 256 || !is_tag_text(value) {
            let error = invalid("The TagValue you have provided is invalid", key);
            return Err(error.with("TagValue", value));
        }
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(match of {
                TagsOf::Bucket => invalid("System tags cannot be added/updated by requester", key),
                TagsOf::Object => invalid("Your TagKey cannot be prefixed with aws:", key),
                TagsOf::NewBucket => Error::new(
                    400,
                    "InvalidTag",
                    "User-defined tag keys can't start with \"aws:\". This prefix is reserved for system tags. Remove \"aws:\" from your tag keys and try again.",
                ),
            });
        }
        if checked.insert(key.clone(), value.clone()).is_some() {
            return Err(invalid(
                "Cannot provide multiple Tags with the same key",
                key,
            ));
        }
    }
    Ok(checked)
}

fn is_tag_text(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c))
}

impl Bucket {
    /// Whether ACLs that open it to everyone are refused.
    pub(super) fn blocks_public_acls(&self) -> bool {
        self.public_access_block
            .is_some_and(|block| block.block_public_acls)
    }
}
