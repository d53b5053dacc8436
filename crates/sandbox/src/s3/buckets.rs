//! Buckets: created, found, listed and deleted.

use s3s::dto::{
    Bucket as BucketEntry, BucketLocationConstraint, CreateBucketInput, CreateBucketOutput,
    DeleteBucketInput, DeleteBucketOutput, GetBucketLocationInput, GetBucketLocationOutput,
    HeadBucketInput, HeadBucketOutput, ListBucketsInput, ListBucketsOutput,
};

use super::error::{self, Error};
use super::settings::TagsOf;
use super::state::{Bucket, Ownership, State};
use super::work::{Work, owner, timestamp};
use super::{acl, names, settings};

/// The default quota of an account.
pub(crate) const BUCKETS_PER_ACCOUNT: usize = 10_000;

pub(super) fn create_bucket(
    work: &mut Work,
    input: CreateBucketInput,
) -> Result<CreateBucketOutput, Error> {
    let name = input.bucket;
    names::check(&name)?;
    if input.object_lock_enabled_for_bucket == Some(true) {
        return Err(error::not_implemented());
    }
    let constraint = input
        .create_bucket_configuration
        .and_then(|configuration| configuration.location_constraint);
    let constraint = constraint.as_ref().map(BucketLocationConstraint::as_str);
    let region = region(work, constraint)?;
    let location = if region == "us-east-1" {
        format!("/{name}")
    } else {
        format!("http://{name}.s3.amazonaws.com/")
    };
    let created = CreateBucketOutput {
        location: Some(location),
    };
    let headers = [
        (&input.grant_full_control, "FULL_CONTROL"),
        (&input.grant_read, "READ"),
        (&input.grant_read_acp, "READ_ACP"),
        (&input.grant_write, "WRITE"),
        (&input.grant_write_acp, "WRITE_ACP"),
    ];
    let mut grants = acl::grants_of_headers(&headers)?;
    if let Some(canned) = &input.acl {
        grants.extend(acl::canned(canned.as_str())?);
    }
    if let Some(found) = work.state.buckets.get_mut(&name) {
        // Tags make a creation that cannot be repeated, even if they are the same.
        let tagged = !work.tags.is_empty();
        let repeated = is_repeated(found, &work.caller.account, &region)?;
        if tagged || !repeated {
            return Err(owned_already(&name));
        }
        // "If you re-create an existing bucket that you already own in us-east-1, Amazon S3 returns
        // 200 OK and resets the bucket access control lists (ACLs)" (S3's list of error codes).
        acl::create_with(found, grants)?;
        return Ok(created);
    }
    let mut bucket = Bucket::new(&work.caller.account, &region, work.now);
    bucket.location = constraint.filter(|name| *name == "EU").map(str::to_owned);
    if let Some(ownership) = input.object_ownership {
        let ownership = Ownership::named(ownership.as_str()).ok_or_else(|| {
            error::invalid_argument(
                "Invalid x-amz-object-ownership header.",
                "x-amz-object-ownership",
                ownership.as_str(),
            )
        })?;
        bucket.ownership = Some(ownership);
    }
    acl::create_with(&mut bucket, grants)?;
    if !work.tags.is_empty() {
        bucket.tags = Some(settings::check_tags(&work.tags, TagsOf::NewBucket)?);
    }
    check_quota(&work.state, &work.caller.account)?;
    work.state.buckets.insert(name, bucket);
    Ok(created)
}

fn check_quota(state: &State, account: &str) -> Result<(), Error> {
    let held = state.buckets.values();
    if held.filter(|bucket| bucket.owner == account).count() < BUCKETS_PER_ACCOUNT {
        return Ok(());
    }
    Err(Error::new(
        400,
        "TooManyBuckets",
        "You have attempted to create more buckets than allowed",
    ))
}

/// The region of a bucket to be. The endpoint in us-east-1 creates buckets everywhere, every other
/// one in its own region alone, whatever nonsense is asked for.
fn region(work: &Work, constraint: Option<&str>) -> Result<String, Error> {
    let here = match work.caller.region.as_str() {
        // A signature of version 2: the endpoint of those days was in us-east-1.
        "" => "us-east-1",
        region => region,
    };
    match constraint {
        Some("") | None if here == "us-east-1" => return Ok(here.to_owned()),
        Some("EU") if ["us-east-1", "eu-west-1"].contains(&here) => {
            return Ok("eu-west-1".to_owned());
        }
        // us-east-1 is the only location that is never named.
        Some("us-east-1") if here == "us-east-1" => return Err(invalid_location("us-east-1")),
        Some(asked) if here == "us-east-1" && is_region(asked) => return Ok(asked.to_owned()),
        Some(asked) if here == "us-east-1" => return Err(invalid_location(asked)),
        Some(asked) if asked == here => return Ok(asked.to_owned()),
        _ => {}
    }
    let what = constraint.filter(|name| !name.is_empty());
    let what = what.unwrap_or("unspecified");
    Err(Error::new(
        400,
        "IllegalLocationConstraintException",
        format!(
            "The {what} location constraint is incompatible for the region specific endpoint this request was sent to."
        ),
    ))
}

fn invalid_location(name: &str) -> Error {
    Error::new(
        400,
        "InvalidLocationConstraint",
        "The specified location-constraint is not valid",
    )
    .with("LocationConstraint", name)
}

/// The regions of the partition `aws` ("Amazon S3 endpoints and quotas", November 2026).
const REGIONS: &str = "\
    af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 \
    ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 \
    ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 eu-central-1 eu-central-2 \
    eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1 \
    me-south-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2";

fn is_region(name: &str) -> bool {
    REGIONS.split(' ').any(|region| region == name)
}

/// Whether creating it again is answered as if it were new, which only us-east-1 does.
fn is_repeated(found: &Bucket, account: &str, region: &str) -> Result<bool, Error> {
    if found.owner != account {
        return Err(Error::new(
            409,
            "BucketAlreadyExists",
            "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.",
        ));
    }
    Ok(found.region == "us-east-1" && region == "us-east-1")
}

fn owned_already(name: &str) -> Error {
    Error::new(
        409,
        "BucketAlreadyOwnedByYou",
        "Your previous request to create the named bucket succeeded and you already own it.",
    )
    .with("BucketName", name)
}

pub(super) fn head_bucket(
    work: &mut Work,
    input: HeadBucketInput,
) -> Result<HeadBucketOutput, Error> {
    let bucket = work.state.bucket(&input.bucket)?;
    Ok(HeadBucketOutput {
        access_point_alias: Some(false),
        bucket_region: Some(bucket.region.clone()),
        ..HeadBucketOutput::default()
    })
}

pub(super) fn get_bucket_location(
    work: &mut Work,
    input: GetBucketLocationInput,
) -> Result<GetBucketLocationOutput, Error> {
    let bucket = work.state.bucket(&input.bucket)?;
    let region = bucket.location.clone().unwrap_or(bucket.region.clone());
    let region = Some(region).filter(|region| region != "us-east-1");
    Ok(GetBucketLocationOutput {
        // us-east-1 is an empty element.
        location_constraint: Some(BucketLocationConstraint::from(region.unwrap_or_default())),
    })
}

pub(super) fn delete_bucket(
    work: &mut Work,
    input: DeleteBucketInput,
) -> Result<DeleteBucketOutput, Error> {
    let bucket = work.state.bucket(&input.bucket)?;
    if bucket.objects.is_empty() {
        work.state.buckets.remove(&input.bucket);
        return Ok(DeleteBucketOutput::default());
    }
    let message = if bucket.versioning.is_some() {
        "The bucket you tried to delete is not empty. You must delete all versions in the bucket."
    } else {
        "The bucket you tried to delete is not empty"
    };
    Err(Error::new(409, "BucketNotEmpty", message).with("BucketName", input.bucket))
}

pub(super) fn list_buckets(
    work: &mut Work,
    input: ListBucketsInput,
) -> Result<ListBucketsOutput, Error> {
    let account = work.caller.account.as_str();
    if account.is_empty() {
        return Err(error::access_denied());
    }
    let limit = match input.max_buckets {
        None => usize::MAX,
        Some(limit @ 1..=10_000) => usize::try_from(limit).unwrap_or(usize::MAX),
        Some(other) => {
            return Err(error::invalid_argument(
                "Argument max-buckets must be an integer between 1 and 10000.",
                "max-buckets",
                other.to_string(),
            ));
        }
    };
    let region = input.bucket_region.as_deref();
    if let Some(region) = region.filter(|region| !is_region(region)) {
        let message = format!("Argument value {region} is not a valid AWS Region");
        return Err(error::invalid_argument(message, "bucket-region", region));
    }
    let after = input.continuation_token.unwrap_or_default();
    let prefix = input.prefix.clone().unwrap_or_default();
    let mut found = work.state.buckets.iter().filter(|(name, bucket)| {
        let region = input.bucket_region.as_ref();
        bucket.owner == account
            && name.starts_with(&prefix)
            && **name > after
            && region.is_none_or(|region| *region == bucket.region)
    });
    let buckets = found
        .by_ref()
        .take(limit)
        .map(|(name, bucket)| BucketEntry {
            bucket_region: Some(bucket.region.clone()),
            creation_date: Some(timestamp(bucket.created)),
            name: Some(name.clone()),
        });
    let buckets = buckets.collect::<Vec<_>>();
    let more = found.next().is_some();
    let last = buckets.last().and_then(|bucket| bucket.name.clone());
    Ok(ListBucketsOutput {
        continuation_token: last.filter(|_| more),
        buckets: Some(buckets),
        owner: Some(owner(account)),
        prefix: input.prefix,
    })
}
