//! Settings that the sandbox has no way to set, and that are therefore as they are at first.

use s3s::dto;

use super::error::Error;
use super::work::Work;

pub(super) fn get_bucket_cors(
    _: &mut Work,
    input: dto::GetBucketCorsInput,
) -> Result<dto::GetBucketCorsOutput, Error> {
    Err(Error::new(
        404,
        "NoSuchCORSConfiguration",
        "The CORS configuration does not exist",
    )
    .with("BucketName", input.bucket))
}

pub(super) fn get_bucket_website(
    _: &mut Work,
    input: dto::GetBucketWebsiteInput,
) -> Result<dto::GetBucketWebsiteOutput, Error> {
    Err(Error::new(
        404,
        "NoSuchWebsiteConfiguration",
        "The specified bucket does not have a website configuration",
    )
    .with("BucketName", input.bucket))
}

pub(super) fn get_bucket_replication(
    _: &mut Work,
    input: dto::GetBucketReplicationInput,
) -> Result<dto::GetBucketReplicationOutput, Error> {
    Err(Error::new(
        404,
        "ReplicationConfigurationNotFoundError",
        "The replication configuration was not found",
    )
    .with("BucketName", input.bucket))
}

pub(super) fn get_object_lock_configuration(
    _: &mut Work,
    input: dto::GetObjectLockConfigurationInput,
) -> Result<dto::GetObjectLockConfigurationOutput, Error> {
    Err(Error::new(
        404,
        "ObjectLockConfigurationNotFoundError",
        "Object Lock configuration does not exist for this bucket",
    )
    .with("BucketName", input.bucket))
}

pub(super) fn get_bucket_accelerate_configuration(
    _: &mut Work,
    _: dto::GetBucketAccelerateConfigurationInput,
) -> Result<dto::GetBucketAccelerateConfigurationOutput, Error> {
    Ok(dto::GetBucketAccelerateConfigurationOutput::default())
}

pub(super) fn get_bucket_request_payment(
    _: &mut Work,
    _: dto::GetBucketRequestPaymentInput,
) -> Result<dto::GetBucketRequestPaymentOutput, Error> {
    Ok(dto::GetBucketRequestPaymentOutput {
        payer: Some(dto::Payer::from_static("BucketOwner")),
    })
}

pub(super) fn get_bucket_notification_configuration(
    _: &mut Work,
    _: dto::GetBucketNotificationConfigurationInput,
) -> Result<dto::GetBucketNotificationConfigurationOutput, Error> {
    Ok(dto::GetBucketNotificationConfigurationOutput::default())
}
