//! The state machine as the S3 that the protocol library speaks for.

use std::sync::{Arc, Mutex, PoisonError};

use s3s::dto;
use s3s::{S3, S3Error, S3ErrorCode, S3Request, S3Response, S3Result};

use super::error::Error;
use super::work::Work;
use super::{acl, batch, buckets, lifecycle, listing, multipart, objects, reads, settings, unset};

/// The library's view of a call's work.
#[derive(Clone)]
pub(super) struct Face(pub(super) Arc<Mutex<Work>>);

impl Face {
    fn run<Input, Output>(
        &self,
        request: S3Request<Input>,
        operation: fn(&mut Work, Input) -> Result<Output, Error>,
    ) -> S3Result<S3Response<Output>> {
        let mut work = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match operation(&mut work, request.input) {
            Ok(output) => Ok(S3Response::new(output)),
            Err(error) => {
                let code = S3ErrorCode::Custom(error.code.to_string().into());
                work.failure = Some(error);
                Err(S3Error::new(code))
            }
        }
    }
}

/// Gives each method of the library's trait to the function that carries it out.
macro_rules! operations {
    ($($method:ident($input:ident) -> $output:ident = $operation:path;)*) => {
        #[async_trait::async_trait]
        impl S3 for Face {
            $(async fn $method(
                &self,
                request: S3Request<dto::$input>,
            ) -> S3Result<S3Response<dto::$output>> {
                self.run(request, $operation)
            })*
        }
    };
}

operations! {
    abort_multipart_upload(AbortMultipartUploadInput) -> AbortMultipartUploadOutput = multipart::abort_multipart_upload;
    complete_multipart_upload(CompleteMultipartUploadInput) -> CompleteMultipartUploadOutput = multipart::complete_multipart_upload;
    copy_object(CopyObjectInput) -> CopyObjectOutput = batch::copy_object;
    create_bucket(CreateBucketInput) -> CreateBucketOutput = buckets::create_bucket;
    create_multipart_upload(CreateMultipartUploadInput) -> CreateMultipartUploadOutput = multipart::create_multipart_upload;
    delete_bucket(DeleteBucketInput) -> DeleteBucketOutput = buckets::delete_bucket;
    delete_bucket_encryption(DeleteBucketEncryptionInput) -> DeleteBucketEncryptionOutput = settings::delete_bucket_encryption;
    delete_bucket_lifecycle(DeleteBucketLifecycleInput) -> DeleteBucketLifecycleOutput = lifecycle::delete_bucket_lifecycle;
    delete_bucket_ownership_controls(DeleteBucketOwnershipControlsInput) -> DeleteBucketOwnershipControlsOutput = acl::delete_bucket_ownership_controls;
    delete_bucket_policy(DeleteBucketPolicyInput) -> DeleteBucketPolicyOutput = settings::delete_bucket_policy;
    delete_bucket_tagging(DeleteBucketTaggingInput) -> DeleteBucketTaggingOutput = settings::delete_bucket_tagging;
    delete_object(DeleteObjectInput) -> DeleteObjectOutput = objects::delete_object;
    delete_object_tagging(DeleteObjectTaggingInput) -> DeleteObjectTaggingOutput = batch::delete_object_tagging;
    delete_objects(DeleteObjectsInput) -> DeleteObjectsOutput = batch::delete_objects;
    delete_public_access_block(DeletePublicAccessBlockInput) -> DeletePublicAccessBlockOutput = settings::delete_public_access_block;
    get_bucket_accelerate_configuration(GetBucketAccelerateConfigurationInput) -> GetBucketAccelerateConfigurationOutput = unset::get_bucket_accelerate_configuration;
    get_bucket_acl(GetBucketAclInput) -> GetBucketAclOutput = acl::get_bucket_acl;
    get_bucket_cors(GetBucketCorsInput) -> GetBucketCorsOutput = unset::get_bucket_cors;
    get_bucket_encryption(GetBucketEncryptionInput) -> GetBucketEncryptionOutput = settings::get_bucket_encryption;
    get_bucket_lifecycle_configuration(GetBucketLifecycleConfigurationInput) -> GetBucketLifecycleConfigurationOutput = lifecycle::get_bucket_lifecycle_configuration;
    get_bucket_location(GetBucketLocationInput) -> GetBucketLocationOutput = buckets::get_bucket_location;
    get_bucket_logging(GetBucketLoggingInput) -> GetBucketLoggingOutput = settings::get_bucket_logging;
    get_bucket_notification_configuration(GetBucketNotificationConfigurationInput) -> GetBucketNotificationConfigurationOutput = unset::get_bucket_notification_configuration;
    get_bucket_ownership_controls(GetBucketOwnershipControlsInput) -> GetBucketOwnershipControlsOutput = acl::get_bucket_ownership_controls;
    get_bucket_policy(GetBucketPolicyInput) -> GetBucketPolicyOutput = settings::get_bucket_policy;
    get_bucket_policy_status(GetBucketPolicyStatusInput) -> GetBucketPolicyStatusOutput = settings::get_bucket_policy_status;
    get_bucket_replication(GetBucketReplicationInput) -> GetBucketReplicationOutput = unset::get_bucket_replication;
    get_bucket_request_payment(GetBucketRequestPaymentInput) -> GetBucketRequestPaymentOutput = unset::get_bucket_request_payment;
    get_bucket_tagging(GetBucketTaggingInput) -> GetBucketTaggingOutput = settings::get_bucket_tagging;
    get_bucket_versioning(GetBucketVersioningInput) -> GetBucketVersioningOutput = settings::get_bucket_versioning;
    get_bucket_website(GetBucketWebsiteInput) -> GetBucketWebsiteOutput = unset::get_bucket_website;
    get_object(GetObjectInput) -> GetObjectOutput = reads::get_object;
    get_object_acl(GetObjectAclInput) -> GetObjectAclOutput = acl::get_object_acl;
    get_object_attributes(GetObjectAttributesInput) -> GetObjectAttributesOutput = reads::get_object_attributes;
    get_object_lock_configuration(GetObjectLockConfigurationInput) -> GetObjectLockConfigurationOutput = unset::get_object_lock_configuration;
    get_object_tagging(GetObjectTaggingInput) -> GetObjectTaggingOutput = batch::get_object_tagging;
    get_public_access_block(GetPublicAccessBlockInput) -> GetPublicAccessBlockOutput = settings::get_public_access_block;
    head_bucket(HeadBucketInput) -> HeadBucketOutput = buckets::head_bucket;
    head_object(HeadObjectInput) -> HeadObjectOutput = reads::head_object;
    list_buckets(ListBucketsInput) -> ListBucketsOutput = buckets::list_buckets;
    list_multipart_uploads(ListMultipartUploadsInput) -> ListMultipartUploadsOutput = multipart::list_multipart_uploads;
    list_object_versions(ListObjectVersionsInput) -> ListObjectVersionsOutput = listing::list_object_versions;
    list_objects(ListObjectsInput) -> ListObjectsOutput = listing::list_objects;
    list_objects_v2(ListObjectsV2Input) -> ListObjectsV2Output = listing::list_objects_v2;
    list_parts(ListPartsInput) -> ListPartsOutput = multipart::list_parts;
    put_bucket_acl(PutBucketAclInput) -> PutBucketAclOutput = acl::put_bucket_acl;
    put_bucket_encryption(PutBucketEncryptionInput) -> PutBucketEncryptionOutput = settings::put_bucket_encryption;
    put_bucket_lifecycle_configuration(PutBucketLifecycleConfigurationInput) -> PutBucketLifecycleConfigurationOutput = lifecycle::put_bucket_lifecycle_configuration;
    put_bucket_logging(PutBucketLoggingInput) -> PutBucketLoggingOutput = settings::put_bucket_logging;
    put_bucket_ownership_controls(PutBucketOwnershipControlsInput) -> PutBucketOwnershipControlsOutput = acl::put_bucket_ownership_controls;
    put_bucket_policy(PutBucketPolicyInput) -> PutBucketPolicyOutput = settings::put_bucket_policy;
    put_bucket_tagging(PutBucketTaggingInput) -> PutBucketTaggingOutput = settings::put_bucket_tagging;
    put_bucket_versioning(PutBucketVersioningInput) -> PutBucketVersioningOutput = settings::put_bucket_versioning;
    put_object(PutObjectInput) -> PutObjectOutput = objects::put_object;
    put_object_acl(PutObjectAclInput) -> PutObjectAclOutput = acl::put_object_acl;
    put_object_tagging(PutObjectTaggingInput) -> PutObjectTaggingOutput = batch::put_object_tagging;
    put_public_access_block(PutPublicAccessBlockInput) -> PutPublicAccessBlockOutput = settings::put_public_access_block;
    upload_part(UploadPartInput) -> UploadPartOutput = multipart::upload_part;
}
