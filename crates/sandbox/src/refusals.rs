//! Refusals that the weather brings: resources that AWS does not know everywhere yet, and names
//! that it has not released yet.

use std::collections::BTreeSet;

use crate::call::Call;
use crate::cloudfront;
use crate::notes::{set_key, text};
use crate::s3;
use crate::service::ServiceError;
use crate::weather::Behaviour;
use crate::world::World;

/// The refusal that the weather has for a call, if it has one.
pub(crate) fn refusal(world: &World, call: &Call, operation: &str) -> Option<ServiceError> {
    match call.service.as_str() {
        "s3" => of_bucket(world, call, operation),
        "route53" => new_zone(world, call, operation),
        "cloudfront" => new_certificate(world, call, operation),
        "ses" => new_set(world, call, operation),
        _ => None,
    }
}

fn of_bucket(world: &World, call: &Call, operation: &str) -> Option<ServiceError> {
    let name = s3::bucket_named(call)?;
    let lasts = |behaviour, since| world.weather.lasts(behaviour, &name, since, call.now);
    if operation == "CreateBucket" {
        return name_taken(world, call, &name);
    }
    let bucket = world.s3.buckets.get(&name)?;
    if lasts(Behaviour::NewBucketUnknown, bucket.created) {
        let message = "The specified bucket does not exist";
        return Some(ServiceError::new(404, "NoSuchBucket", message));
    }
    let policy_is_new = lasts(Behaviour::NewBucketPolicyMalformed, bucket.created);
    if operation == "PutBucketPolicy" && policy_is_new {
        let message = "Invalid principal in policy";
        return Some(ServiceError::new(400, "MalformedPolicy", message));
    }
    let versioned = world.notes.versioned.get(&name);
    let loses = |since| lasts(Behaviour::NewVersioningLosesWrites, since);
    if ["PutObject", "DeleteObject"].contains(&operation)
        && versioned.is_some_and(|since| loses(*since))
    {
        let message = "The specified key does not exist.";
        return Some(ServiceError::new(404, "NoSuchKey", message));
    }
    (operation == "PutBucketLogging").then(|| log_bucket(world, call))?
}

/// The name of a bucket that was deleted a short time ago. The same account is told that the deletion
/// is still under way, another one that the name is taken.
fn name_taken(world: &World, call: &Call, name: &str) -> Option<ServiceError> {
    let deleted = world.notes.buckets_deleted.get(name)?;
    let behaviour = Behaviour::DeletedBucketNameTaken;
    if !world.weather.lasts(behaviour, name, deleted.at, call.now) {
        return None;
    }
    Some(if deleted.account == call.account {
        ServiceError::new(
            409,
            "OperationAborted",
            "A conflicting conditional operation is currently in progress against this resource. Please try again.",
        )
    } else {
        ServiceError::new(
            409,
            "BucketAlreadyExists",
            "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.",
        )
    })
}

/// S3's logging reads the target's policy, which may not have arrived there.
fn log_bucket(world: &World, call: &Call) -> Option<ServiceError> {
    let target = element(call, "TargetBucket")?;
    let since = *world.notes.policies_put.get(&target)?;
    let behaviour = Behaviour::NewLogBucketRefused;
    let lasts = world.weather.lasts(behaviour, &target, since, call.now);
    lasts.then(|| {
        let message = "You must either provide the necessary permissions to the logging service using a bucket policy or give the log-delivery group WRITE and READ_ACP permissions to the target bucket";
        ServiceError::new(400, "InvalidTargetBucketForLogging", message)
    })
}

fn new_zone(world: &World, call: &Call, operation: &str) -> Option<ServiceError> {
    if operation != "ChangeResourceRecordSets" {
        return None;
    }
    let id = call.request.uri.path().split('/').nth(3)?;
    let since = world.route53.created_at(id)?;
    let behaviour = Behaviour::NewZoneUnknown;
    let lasts = world.weather.lasts(behaviour, id, since, call.now);
    lasts.then(|| {
        ServiceError::new(
            404,
            "NoSuchHostedZone",
            format!("No hosted zone found with ID: {id}"),
        )
    })
}

/// CloudFront learns of a certificate some time after ACM says that it is issued.
fn new_certificate(world: &World, call: &Call, operation: &str) -> Option<ServiceError> {
    if ![
        "CreateDistribution",
        "CreateDistributionWithTags",
        "UpdateDistribution",
    ]
    .contains(&operation)
    {
        return None;
    }
    let arn = element(call, "ACMCertificateArn")?;
    let issued = world.acm.by_arn(&arn)?.issued_at?;
    let behaviour = Behaviour::NewCertificateUnknown;
    let lasts = world.weather.lasts(behaviour, &arn, issued, call.now);
    lasts.then(cloudfront::certificate_unusable)
}

/// The refusal of a version that moved since the caller read it: `If-Match` fails, once for each
/// version, and a new read is good again.
pub(crate) fn moved_version(
    world: &World,
    call: &Call,
    operation: &str,
    met: &mut BTreeSet<String>,
) -> Option<ServiceError> {
    if !["UpdateDistribution", "DeleteDistribution"].contains(&operation) {
        return None;
    }
    let version = call.request.headers.get("if-match")?.to_str().ok()?;
    let name = format!("{} {version}", call.request.uri.path());
    if !world.weather.meets(Behaviour::MovedVersion, &name) || !met.insert(name) {
        return None;
    }
    Some(cloudfront::other_version())
}

/// The text of the first element of this name in a document.
fn element(call: &Call, name: &str) -> Option<String> {
    let body = String::from_utf8_lossy(&call.body);
    let (_, rest) = body.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    Some(text.to_owned())
}

fn new_set(world: &World, call: &Call, operation: &str) -> Option<ServiceError> {
    let mut path = call.request.uri.path().split('/').skip(3);
    let in_path = match path.next() {
        Some("configuration-sets") => path.next().map(str::to_owned),
        _ => None,
    };
    let named = in_path.or_else(|| match operation {
        "CreateEmailIdentity" | "PutEmailIdentityConfigurationSetAttributes" => {
            text(&call.body, "ConfigurationSetName")
        }
        _ => None,
    })?;
    let since = *world.notes.sets_created.get(&set_key(call, &named))?;
    let behaviour = Behaviour::NewSetUnknown;
    let key = set_key(call, &named);
    let lasts = world.weather.lasts(behaviour, &key, since, call.now);
    lasts.then(|| {
        let message = format!("Configuration set <{named}> does not exist.");
        ServiceError::new(404, "NotFoundException", message)
    })
}
