//! S3 as others have recorded it on AWS: localstack's snapshots, moto's verified tests, and the API
//! reference. Each test is one kind of answer.

mod common;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::{ByteStream, DateTime};
use aws_sdk_s3::types::{
    BucketCannedAcl, BucketLocationConstraint, BucketVersioningStatus, ChecksumAlgorithm,
    ChecksumType, CompletedMultipartUpload, CompletedPart, CreateBucketConfiguration,
    ObjectAttributes, ObjectOwnership, ServerSideEncryption, StorageClass, Tag, Tagging,
    VersioningConfiguration,
};
use common::{ONE, code, config, error, sandbox, wait};
use sandbox::Sandbox;

const BUCKET: &str = "mail-assets";

fn client_in(sandbox: &Sandbox, region: &str) -> Client {
    Client::new(&config(sandbox, ONE, region))
}

async fn with_bucket() -> (Sandbox, Client) {
    let sandbox = sandbox();
    let client = client_in(&sandbox, "us-east-1");
    let create = client.create_bucket().bucket(BUCKET).send().await;
    create.expect("a bucket");
    (sandbox, client)
}

async fn create(client: &Client, bucket: &str, region: &str) -> String {
    let place = CreateBucketConfiguration::builder()
        .location_constraint(BucketLocationConstraint::from(region))
        .build();
    let create = client.create_bucket().bucket(bucket);
    error(create.create_bucket_configuration(place).send().await)
}

async fn put(client: &Client, key: &str, body: &'static [u8]) -> String {
    let put = client.put_object().bucket(BUCKET).key(key);
    let put = put.body(ByteStream::from_static(body)).send().await;
    put.expect("an object").e_tag.expect("its ETag")
}

/// `400 Code: message`.
fn refusal<T, E>(result: Result<T, SdkError<E, HttpResponse>>) -> String
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let Err(failed) = result else {
        return "no error".to_owned();
    };
    let status = failed.raw_response().map_or(0, |raw| raw.status().as_u16());
    let code = failed.code().unwrap_or("-");
    format!("{status} {code}: {}", failed.message().unwrap_or("-"))
}

fn body<T, E: std::fmt::Debug>(result: Result<T, SdkError<E, HttpResponse>>) -> String {
    let Err(failed) = result else {
        return String::new();
    };
    let raw = failed.raw_response().expect("an answer").body().bytes();
    String::from_utf8_lossy(raw.expect("a body")).into_owned()
}

async fn version(client: &Client, status: BucketVersioningStatus) {
    let configuration = VersioningConfiguration::builder().status(status).build();
    let set = client.put_bucket_versioning().bucket(BUCKET);
    let set = set.versioning_configuration(configuration).send().await;
    set.expect("versioning");
}

#[tokio::test(start_paused = true)]
async fn row_05_us_east_1_creates_buckets_everywhere_and_others_in_their_own_region() {
    let sandbox = sandbox();
    let virginia = client_in(&sandbox, "us-east-1");
    assert_eq!(
        create(&virginia, "in-frankfurt", "eu-central-1").await,
        "no error"
    );
    let frankfurt = client_in(&sandbox, "eu-central-1");
    let head = frankfurt.head_bucket().bucket("in-frankfurt").send().await;
    assert_eq!(
        head.expect("the bucket").bucket_region(),
        Some("eu-central-1")
    );
    for wrong in ["us-east-1", "mars", "eu-east-1"] {
        let refused = create(&virginia, "nowhere", wrong).await;
        assert!(
            refused.starts_with("InvalidLocationConstraint: "),
            "{wrong}: {refused}"
        );
        let refused = create(&frankfurt, "nowhere", wrong).await;
        assert_eq!(
            refused,
            format!(
                "IllegalLocationConstraintException: The {wrong} location constraint is incompatible for the region specific endpoint this request was sent to."
            )
        );
    }
    // The old name of Ireland is given back as it came.
    assert_eq!(create(&virginia, "in-europe", "EU").await, "no error");
    let ireland = client_in(&sandbox, "eu-west-1");
    let location = ireland
        .get_bucket_location()
        .bucket("in-europe")
        .send()
        .await;
    let location = location.expect("a location").location_constraint;
    assert_eq!(location, Some(BucketLocationConstraint::Eu));
    let refused = create(&frankfurt, "nowhere", "EU").await;
    assert!(
        refused.starts_with("IllegalLocationConstraintException"),
        "{refused}"
    );
}

async fn upload(client: &Client, parts: &[Vec<u8>]) -> (String, Vec<CompletedPart>) {
    let begun = client.create_multipart_upload().bucket(BUCKET).key("parts");
    let id = begun
        .send()
        .await
        .expect("an upload")
        .upload_id
        .expect("its id");
    let mut completed = Vec::new();
    for (number, body) in (1..).zip(parts) {
        let part = client
            .upload_part()
            .bucket(BUCKET)
            .key("parts")
            .upload_id(&id);
        let part = part
            .part_number(number)
            .body(ByteStream::from(body.clone()));
        let etag = part.send().await.expect("a part").e_tag;
        let part = CompletedPart::builder().part_number(number).set_e_tag(etag);
        completed.push(part.build());
    }
    (id, completed)
}

fn list(parts: Vec<CompletedPart>) -> CompletedMultipartUpload {
    CompletedMultipartUpload::builder()
        .set_parts(Some(parts))
        .build()
}

#[tokio::test(start_paused = true)]
async fn row_06_attributes_have_a_bare_etag_first_and_the_number_of_parts() {
    let (_, client) = with_bucket().await;
    let etag = put(&client, "whole", b"whole").await;
    let attributes = async |key: &str| {
        let get = client.get_object_attributes().bucket(BUCKET).key(key);
        let get = get
            .object_attributes(ObjectAttributes::Etag)
            .object_attributes(ObjectAttributes::ObjectParts);
        get.send().await.expect("attributes")
    };
    let whole = attributes("whole").await;
    assert_eq!(whole.e_tag(), Some(etag.trim_matches('"')));
    assert!(whole.object_parts().is_none());
    let (id, parts) = upload(&client, &[vec![1; 5 << 20], b"end".to_vec()]).await;
    let complete = client
        .complete_multipart_upload()
        .bucket(BUCKET)
        .key("parts");
    let complete = complete.upload_id(id).multipart_upload(list(parts));
    complete.send().await.expect("an object");
    let parts = attributes("parts").await;
    assert_eq!(
        parts
            .object_parts()
            .and_then(aws_sdk_s3::types::GetObjectAttributesParts::total_parts_count),
        Some(2)
    );
    // Reads of one part.
    let part = |key: &str, number: i32| {
        let get = client.get_object().bucket(BUCKET).key(key);
        get.part_number(number)
    };
    let second = part("parts", 2).send().await.expect("a part");
    assert_eq!(second.parts_count(), Some(2));
    assert_eq!(
        second.content_range(),
        Some("bytes 5242880-5242882/5242883")
    );
    assert_eq!(second.body.collect().await.expect("bytes").to_vec(), b"end");
    assert!(part("whole", 1).send().await.is_ok());
    assert_eq!(
        refusal(part("parts", 3).send().await),
        "416 InvalidPartNumber: The requested partnumber is not satisfiable"
    );
    assert_eq!(
        refusal(part("parts", 1).range("bytes=0-1").send().await),
        "400 InvalidRequest: Cannot specify both Range header and partNumber query parameter"
    );
}

#[tokio::test(start_paused = true)]
async fn row_07_ranges_and_dates_that_say_nothing_are_ignored() {
    let (sandbox, client) = with_bucket().await;
    put(&client, "logo", b"0123456789").await;
    wait(&sandbox, 10).await;
    let now = sandbox.clock().now().as_second();
    let get = || client.get_object().bucket(BUCKET).key("logo");
    for range in ["bytes=1-0", "bytes=x-y", "bytes=0-1,3-4", "lines=1-2"] {
        let found = get().range(range).send().await.expect("the object");
        assert_eq!(found.content_length(), Some(10), "{range}");
        assert_eq!(found.content_range(), None, "{range}");
    }
    let since = |seconds: i64| get().if_modified_since(DateTime::from_secs(now + seconds));
    assert!(since(3600).send().await.is_ok(), "a date in the future");
    assert!(refusal(since(-1).send().await).starts_with("304"));
    let copy = || {
        let copy = client.copy_object().bucket(BUCKET).key("copy");
        copy.copy_source(format!("{BUCKET}/logo"))
    };
    let date = |seconds: i64| DateTime::from_secs(now + seconds);
    let failed =
        "412 PreconditionFailed: At least one of the pre-conditions you specified did not hold";
    let modified = copy().copy_source_if_modified_since(date(-1));
    assert_eq!(refusal(modified.send().await), failed);
    let unmodified = copy().copy_source_if_unmodified_since(date(-3600));
    assert_eq!(refusal(unmodified.send().await), failed);
    assert!(
        copy()
            .copy_source_if_modified_since(date(3600))
            .send()
            .await
            .is_ok()
    );
    assert!(
        copy()
            .copy_source_if_unmodified_since(date(0))
            .send()
            .await
            .is_ok()
    );
}

#[tokio::test(start_paused = true)]
async fn row_08_uploads_in_parts_keep_the_checksum_that_they_began_with() {
    let (_, client) = with_bucket().await;
    let create = || client.create_multipart_upload().bucket(BUCKET).key("parts");
    let begun = create()
        .checksum_algorithm(ChecksumAlgorithm::Sha256)
        .send()
        .await;
    let begun = begun.expect("an upload");
    assert_eq!(
        begun.checksum_type().map(ChecksumType::as_str),
        Some("COMPOSITE")
    );
    let id = begun.upload_id().expect("its id");
    let part = || {
        let part = client
            .upload_part()
            .bucket(BUCKET)
            .key("parts")
            .upload_id(id);
        part.part_number(1).body(ByteStream::from_static(b"abc"))
    };
    assert_eq!(
        refusal(
            part()
                .checksum_algorithm(ChecksumAlgorithm::Crc32)
                .send()
                .await
        ),
        "400 InvalidRequest: Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type: crc32"
    );
    let sent = part()
        .checksum_algorithm(ChecksumAlgorithm::Sha256)
        .send()
        .await;
    let sent = sent.expect("a part");
    let complete = |checksum: Option<&str>| {
        let part = CompletedPart::builder()
            .part_number(1)
            .set_e_tag(sent.e_tag.clone())
            .set_checksum_sha256(checksum.map(str::to_owned));
        let complete = client
            .complete_multipart_upload()
            .bucket(BUCKET)
            .key("parts");
        complete
            .upload_id(id)
            .multipart_upload(list(vec![part.build()]))
    };
    assert_eq!(
        refusal(complete(None).send().await),
        "400 InvalidRequest: The upload was created using a sha256 checksum. The complete request must include the checksum for each part. It was missing for part 1 in the request."
    );
    let other = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    let wrong = body(complete(Some(other)).send().await);
    assert!(wrong.contains("<Code>InvalidPart</Code>"), "{wrong}");
    assert!(wrong.contains("<PartNumber>1</PartNumber>"), "{wrong}");
    let right = sent.checksum_sha256();
    assert_eq!(
        refusal(complete(right).mpu_object_size(5).send().await),
        "400 InvalidRequest: The provided 'x-amz-mp-object-size' header value 5 does not match what was computed: 3"
    );
    let mode = complete(right).checksum_type(ChecksumType::FullObject);
    assert_eq!(
        refusal(mode.send().await),
        "400 InvalidRequest: The upload was created using the COMPOSITE checksum mode. The complete request must use the same checksum mode."
    );
    assert_eq!(
        refusal(complete(right).mpu_object_size(3).send().await),
        "no error"
    );
}

#[tokio::test(start_paused = true)]
async fn row_08_a_checksum_type_needs_an_algorithm() {
    let (_, client) = with_bucket().await;
    let create = || client.create_multipart_upload().bucket(BUCKET).key("parts");
    let kind = create().checksum_type(ChecksumType::Composite);
    assert!(
        refusal(kind.send().await)
            .contains("can only be used with the x-amz-checksum-algorithm header")
    );
}

#[tokio::test(start_paused = true)]
async fn row_08_a_key_that_changed_under_an_upload_is_a_conflict() {
    let (_, client) = with_bucket().await;
    let before = put(&client, "parts", b"before").await;
    let (id, parts) = upload(&client, &[b"abc".to_vec()]).await;
    let during = put(&client, "parts", b"during").await;
    let complete = |etag: &str| {
        let complete = client
            .complete_multipart_upload()
            .bucket(BUCKET)
            .key("parts");
        let complete = complete
            .upload_id(&id)
            .multipart_upload(list(parts.clone()));
        complete.if_match(etag)
    };
    let old = refusal(complete(&before).send().await);
    assert!(old.starts_with("412 PreconditionFailed"), "{old}");
    assert_eq!(
        refusal(complete(&during).send().await),
        "409 ConditionalRequestConflict: The conditional request cannot succeed due to a conflicting operation against this resource."
    );
    let (id, parts) = upload(&client, &[b"abc".to_vec()]).await;
    let complete = client
        .complete_multipart_upload()
        .bucket(BUCKET)
        .key("parts");
    let complete = complete.upload_id(&id).multipart_upload(list(parts));
    assert_eq!(refusal(complete.if_match(&during).send().await), "no error");
}

#[tokio::test(start_paused = true)]
async fn row_09_versions_that_never_were_and_markers_are_refused() {
    let (_, client) = with_bucket().await;
    version(&client, BucketVersioningStatus::Enabled).await;
    let first = client.put_object().bucket(BUCKET).key("logo").send().await;
    let first = first.expect("a version").version_id.expect("its id");
    let delete = |version: &str| {
        let delete = client.delete_object().bucket(BUCKET).key("logo");
        delete.version_id(version)
    };
    let made_up = "abcdefghijklmnopqrstuvwxyz012345";
    assert_eq!(
        refusal(delete(made_up).send().await),
        "400 InvalidArgument: Invalid version id specified"
    );
    assert_eq!(refusal(delete(&first).send().await), "no error");
    assert_eq!(
        refusal(delete(&first).send().await),
        "no error",
        "it was one"
    );
    let get = client
        .get_object()
        .bucket(BUCKET)
        .key("logo")
        .version_id(&first);
    assert!(refusal(get.send().await).starts_with("404 NoSuchVersion"));
    // The tags of a delete marker.
    put(&client, "logo", b"again").await;
    let marker = client
        .delete_object()
        .bucket(BUCKET)
        .key("logo")
        .send()
        .await;
    let marker = marker.expect("a marker").version_id.expect("its id");
    for version in [None, Some(marker)] {
        let get = client.get_object_tagging().bucket(BUCKET).key("logo");
        let get = body(get.set_version_id(version.clone()).send().await);
        assert!(get.contains("<Code>MethodNotAllowed</Code>"), "{get}");
        assert!(get.contains("<Method>GET</Method>"), "{get}");
        let delete = client.delete_object_tagging().bucket(BUCKET).key("logo");
        let delete = body(delete.set_version_id(version.clone()).send().await);
        assert!(delete.contains("<Method>DELETE</Method>"), "{delete}");
        let tagging = Tagging::builder()
            .tag_set(Tag::builder().key("a").value("b").build().expect("a tag"))
            .build();
        let put = client.put_object_tagging().bucket(BUCKET).key("logo");
        let put = put.tagging(tagging.expect("tags")).set_version_id(version);
        let put = body(put.send().await);
        assert!(
            put.contains("<ResourceType>DeleteMarker</ResourceType>"),
            "{put}"
        );
    }
    // A write to a suspended bucket makes the version `null`, and does not say so.
    version(&client, BucketVersioningStatus::Suspended).await;
    let put = client.put_object().bucket(BUCKET).key("logo").send().await;
    assert_eq!(put.expect("an object").version_id(), None);
    let head = client.head_object().bucket(BUCKET).key("logo").send().await;
    assert_eq!(head.expect("the object").version_id(), Some("null"));
}

#[tokio::test(start_paused = true)]
async fn row_10_archived_objects_cannot_be_read_or_copied() {
    let (_, client) = with_bucket().await;
    for class in [StorageClass::Glacier, StorageClass::DeepArchive] {
        let put = client.put_object().bucket(BUCKET).key("old");
        let put = put.storage_class(class.clone()).send().await;
        put.expect("an object");
        let get = client.get_object().bucket(BUCKET).key("old").send().await;
        assert_eq!(
            refusal(get),
            "403 InvalidObjectState: The operation is not valid for the object's storage class"
        );
        let copy = client.copy_object().bucket(BUCKET).key("copy");
        let copy = copy.copy_source(format!("{BUCKET}/old")).send().await;
        assert!(refusal(copy).starts_with("403 ObjectNotInActiveTierError"));
        let head = client.head_object().bucket(BUCKET).key("old").send().await;
        assert_eq!(head.expect("the object").storage_class(), Some(&class));
    }
}

#[tokio::test(start_paused = true)]
async fn row_11_expirations_and_the_number_of_tags_are_shown() {
    use aws_sdk_s3::types as s3;
    let (_, client) = with_bucket().await;
    let rule = |id: &str, days: i32, filter: s3::LifecycleRuleFilter| {
        s3::LifecycleRule::builder()
            .id(id)
            .status(s3::ExpirationStatus::Enabled)
            .filter(filter)
            .expiration(s3::LifecycleExpiration::builder().days(days).build())
            .build()
            .expect("a rule")
    };
    let prefix = s3::LifecycleRuleFilter::builder().prefix("logs/").build();
    let tag = s3::Tag::builder().key("keep").value("short").build();
    let tagged = s3::LifecycleRuleFilter::builder()
        .tag(tag.expect("a tag"))
        .build();
    let rules = s3::BucketLifecycleConfiguration::builder()
        .rules(rule("logs go", 7, prefix))
        .rules(rule("short", 1, tagged))
        .build();
    let set = client.put_bucket_lifecycle_configuration().bucket(BUCKET);
    let set = set
        .lifecycle_configuration(rules.expect("rules"))
        .send()
        .await;
    set.expect("rules");
    let put = |key: &str, tags: &str| {
        let put = client.put_object().bucket(BUCKET).key(key);
        put.tagging(tags).send()
    };
    let weekly = r#"expiry-date="Wed, 02 Dec 2026 00:00:00 GMT", rule-id="logs%20go""#;
    let daily = r#"expiry-date="Thu, 26 Nov 2026 00:00:00 GMT", rule-id="short""#;
    for (key, tags, expected) in [
        ("logs/1", "a=b", Some(weekly)),
        ("logs/2", "keep=short&a=b", Some(daily)),
        ("other", "keep=long", None),
    ] {
        let put = put(key, tags).await.expect("an object");
        assert_eq!(put.expiration(), expected, "{key}");
        let head = client.head_object().bucket(BUCKET).key(key).send().await;
        let head = head.expect("the object");
        assert_eq!(head.expiration(), expected, "{key}");
        let count = i32::try_from(tags.split('&').count()).ok();
        assert_eq!(head.tag_count(), count, "{key}");
        let get = client.get_object().bucket(BUCKET).key(key).send().await;
        assert_eq!(get.expect("the object").expiration(), expected, "{key}");
    }
}

#[tokio::test(start_paused = true)]
async fn row_12_kms_keeps_the_bucket_key_and_hides_the_md5() {
    let (_, client) = with_bucket().await;
    let key = "134f2428-cec1-4b25-a1ae-9048164dba47";
    let arn = format!("arn:aws:kms:us-east-1:{ONE}:key/{key}");
    let put = |key: Option<&str>| {
        let put = client.put_object().bucket(BUCKET).key("secret");
        let put = put.server_side_encryption(ServerSideEncryption::AwsKms);
        let put = put.set_ssekms_key_id(key.map(str::to_owned));
        put.bucket_key_enabled(true)
            .body(ByteStream::from_static(b"test"))
    };
    let found = put(Some(key)).send().await.expect("an object");
    assert_eq!(found.ssekms_key_id(), Some(&*arn));
    assert_eq!(found.bucket_key_enabled(), Some(true));
    let md5 = "\"098f6bcd4621d373cade4e832627b4f6\"";
    assert_ne!(found.e_tag(), Some(md5));
    let head = client
        .head_object()
        .bucket(BUCKET)
        .key("secret")
        .send()
        .await;
    let head = head.expect("the object");
    assert_eq!(head.bucket_key_enabled(), Some(true));
    assert_eq!(head.e_tag(), found.e_tag());
    // Without a key it is the account's own, and an id of no form is refused.
    let own = put(None).send().await.expect("an object");
    let own = own.ssekms_key_id().expect("a key").to_owned();
    assert!(
        own.starts_with("arn:aws:kms:us-east-1:111111111111:key/"),
        "{own}"
    );
    assert_eq!(
        refusal(put(Some("fake-key-id")).send().await),
        "400 KMS.NotFoundException: Invalid keyId 'fake-key-id'"
    );
    assert_eq!(put_plain(&client).await, md5);
}

async fn put_plain(client: &Client) -> String {
    put(client, "plain", b"test").await
}

#[tokio::test(start_paused = true)]
async fn row_13_tags_in_the_header_are_checked_in_their_own_words() {
    let (_, client) = with_bucket().await;
    let tagged = async |tags: &str| {
        let put = client.put_object().bucket(BUCKET).key("logo");
        refusal(put.tagging(tags).send().await)
    };
    for wrong in ["key1=val1&key1=val2", "key1=val1,key2=val2", "=empty"] {
        assert_eq!(
            tagged(wrong).await,
            "400 InvalidArgument: The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
            "{wrong}"
        );
    }
    assert_eq!(
        tagged("aws:tag=value").await,
        "400 InvalidTag: Your TagKey cannot be prefixed with aws:"
    );
    assert_eq!(tagged("a=b&c=").await, "no error");
    // R-21: no tag set may have one of AWS's own.
    let tag = |key: &str| Tag::builder().key(key).value("x").build().expect("a tag");
    let tagging = Tagging::builder().tag_set(tag("aws:system")).build();
    let bucket = client.put_bucket_tagging().bucket(BUCKET);
    assert_eq!(
        refusal(bucket.tagging(tagging.expect("tags")).send().await),
        "400 InvalidTag: System tags cannot be added/updated by requester"
    );
    let place = CreateBucketConfiguration::builder()
        .tags(tag("aws:system"))
        .build();
    let created = client.create_bucket().bucket("other-assets");
    let created = created.create_bucket_configuration(place).send().await;
    assert!(refusal(created).contains("User-defined tag keys can't start with \"aws:\"."));
}

#[tokio::test(start_paused = true)]
async fn row_14_lists_of_buckets_name_region_and_arn_and_markers_skip_prefixes() {
    let (_, client) = with_bucket().await;
    let buckets = client.list_buckets().send().await.expect("a list").buckets;
    let bucket = &buckets.expect("buckets")[0];
    assert_eq!(bucket.bucket_region(), Some("us-east-1"));
    assert_eq!(bucket.bucket_arn(), Some("arn:aws:s3:::mail-assets"));
    assert_eq!(
        refusal(
            client
                .list_buckets()
                .bucket_region("eu-east-1")
                .send()
                .await
        ),
        "400 InvalidArgument: Argument value eu-east-1 is not a valid AWS Region"
    );
    let empty = client
        .list_objects_v2()
        .bucket(BUCKET)
        .continuation_token("");
    assert_eq!(
        refusal(empty.send().await),
        "400 InvalidArgument: The continuation token provided is incorrect"
    );
    for key in ["a/1", "a/2", "b"] {
        put(&client, key, b"x").await;
    }
    let list = client
        .list_objects()
        .bucket(BUCKET)
        .delimiter("/")
        .marker("a/1");
    let list = list.send().await.expect("a list");
    assert!(list.common_prefixes().is_empty(), "{list:?}");
    assert_eq!(list.contents()[0].key(), Some("b"));
    let list = client
        .list_objects_v2()
        .bucket(BUCKET)
        .delimiter("/")
        .start_after("a/1");
    let list = list.send().await.expect("a list");
    assert!(list.common_prefixes().is_empty(), "{list:?}");
}

#[tokio::test(start_paused = true)]
async fn row_15_owners_copy_sources_redirects_and_repeated_creations() {
    let (sandbox, client) = with_bucket().await;
    let head = client.get_bucket_location().bucket(BUCKET);
    let malformed = refusal(head.expected_bucket_owner("me").send().await);
    assert_eq!(
        malformed,
        "400 InvalidBucketOwnerAWSAccountID: The value of the expected bucket owner parameter must be an AWS Account ID... [me]"
    );
    put(&client, "a b", b"space").await;
    let copy = client.copy_object().bucket(BUCKET).key("copy");
    let copy = copy.copy_source(format!("{BUCKET}/a+b"));
    let copy = copy.website_redirect_location("/elsewhere").send().await;
    copy.expect("a copy");
    let head = |key: &str| client.head_object().bucket(BUCKET).key(key).send();
    let found = head("copy").await.expect("the copy");
    assert_eq!(found.website_redirect_location(), Some("/elsewhere"));
    // A redirect is no metadata that a copy inherits.
    let again = client.copy_object().bucket(BUCKET).key("again");
    let again = again.copy_source(format!("{BUCKET}/copy")).send().await;
    again.expect("a copy");
    assert_eq!(
        head("again").await.expect("it").website_redirect_location(),
        None
    );

    let tag = Tag::builder().key("a").value("b").build().expect("a tag");
    let place = CreateBucketConfiguration::builder().tags(tag).build();
    let tagged = client.create_bucket().bucket(BUCKET);
    let tagged = tagged.create_bucket_configuration(place).send().await;
    assert!(refusal(tagged).starts_with("409 BucketAlreadyOwnedByYou"));
    drop(sandbox);
}

#[tokio::test(start_paused = true)]
async fn r_49_a_repeated_creation_in_us_east_1_resets_the_acl() {
    let sandbox = sandbox();
    let client = client_in(&sandbox, "us-east-1");
    let create = || {
        let create = client.create_bucket().bucket("logs");
        create.object_ownership(ObjectOwnership::BucketOwnerPreferred)
    };
    let logged = create().acl(BucketCannedAcl::from("log-delivery-write"));
    logged.send().await.expect("a bucket");
    let grants = async || {
        let acl = client.get_bucket_acl().bucket("logs").send().await;
        acl.expect("an ACL").grants().len()
    };
    assert_eq!(grants().await, 3);
    create().send().await.expect("200, as if it were new");
    assert_eq!(grants().await, 1);
}

#[tokio::test(start_paused = true)]
async fn r_55_a_bucket_in_another_region_says_where_it_is() {
    let sandbox = sandbox();
    let ireland = client_in(&sandbox, "eu-west-1");
    assert_eq!(
        create(&ireland, "in-ireland", "eu-west-1").await,
        "no error"
    );
    let virginia = client_in(&sandbox, "us-east-1");
    let regional = virginia
        .get_bucket_policy()
        .bucket("in-ireland")
        .send()
        .await;
    assert!(refusal(regional).starts_with("301 PermanentRedirect"));
    // The endpoint without a region leads to us-east-1 while the bucket's name is young.
    let global = aws_sdk_s3::config::Builder::from(&config(&sandbox, ONE, "us-east-1"))
        .endpoint_url("https://s3.amazonaws.com")
        .build();
    let global = Client::from_conf(global);
    let get = || global.get_bucket_policy().bucket("in-ireland").send();
    let young = get().await;
    let raw = young.as_ref().expect_err("a redirect").raw_response();
    let location = raw.expect("an answer").headers().get("location");
    assert_eq!(
        location,
        Some("https://in-ireland.s3.eu-west-1.amazonaws.com/")
    );
    assert!(refusal(young).starts_with("307 TemporaryRedirect"));
    wait(&sandbox, 600).await;
    assert_eq!(
        refusal(get().await),
        "400 AuthorizationHeaderMalformed: The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'"
    );
}

#[tokio::test(start_paused = true)]
async fn conditional_writes_that_meet_are_in_conflict() {
    let (_, client) = with_bucket().await;
    let etag = put(&client, "ledger", b"first").await;
    let write = |body: &'static [u8]| {
        let put = client.put_object().bucket(BUCKET).key("ledger");
        let put = put.if_match(&etag).body(ByteStream::from_static(body));
        put.customize()
            .config_override(
                aws_sdk_s3::config::Builder::new()
                    .retry_config(aws_sdk_s3::config::retry::RetryConfig::disabled()),
            )
            .send()
    };
    let (one, other) = tokio::join!(write(b"one"), write(b"other"));
    let mut codes = [code(one), code(other)];
    codes.sort();
    assert_eq!(codes, ["ConditionalRequestConflict", "no error"]);
    // One after the other, the second fails its condition.
    assert_eq!(code(write(b"late").await), "PreconditionFailed");
    // Two creations are no conflict.
    let create = || {
        let put = client.put_object().bucket(BUCKET).key("new");
        put.if_none_match("*").send()
    };
    let (one, other) = tokio::join!(create(), create());
    let mut codes = [code(one), code(other)];
    codes.sort();
    assert_eq!(codes, ["PreconditionFailed", "no error"]);
}

#[tokio::test(start_paused = true)]
async fn a_policy_can_insist_on_conditions() {
    let (_, client) = with_bucket().await;
    let policy = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::{BUCKET}/*","Condition":{{"Null":{{"s3:if-match":"true","s3:if-none-match":"true"}}}}}}]}}"#
    );
    let set = client.put_bucket_policy().bucket(BUCKET).policy(policy);
    set.send().await.expect("a policy");
    let put = || client.put_object().bucket(BUCKET).key("ledger");
    assert_eq!(code(put().send().await), "AccessDenied");
    let created = put().if_none_match("*").send().await.expect("an object");
    let etag = created.e_tag.expect("its ETag");
    assert_eq!(code(put().if_match(etag).send().await), "no error");
}
