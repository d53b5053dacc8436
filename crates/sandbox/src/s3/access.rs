//! Access: the bucket's region, its owner, its policy and the public access block.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::address::Address;
use super::error::{self, Error};
use super::names;
use super::operations::Operation;
use super::policy::{Policy, Request, Verdict, Who};
use super::state::{Bucket, Object, State, arn};

/// The caller of a request, and where it comes from.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    /// Empty for a request without a signature.
    pub(super) account: String,
    pub(super) principal: String,
    pub(super) region: String,
    /// The account that the caller expects to own the bucket.
    pub(super) expected_owner: Option<String>,
    /// Condition keys that the request itself sets, in lower case.
    pub(super) context: BTreeMap<String, String>,
}

/// The resource in whose name a service asks: `aws:SourceArn` and `aws:SourceAccount`.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Its ARN.
    pub arn: &'a str,
    /// The account that has it.
    pub account: &'a str,
}

/// Why a service was not given an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The bucket or its policy does not let it.
    AccessDenied,
    /// There is no such object, and the service may know that.
    NoSuchKey,
}

/// Checks a request on a bucket before it is carried out, in the order in which S3 does:
/// the bucket exists, it is here, it is whose it is expected to be, and the caller may.
pub(super) fn check(
    state: &State,
    caller: &Caller,
    address: &Address,
    operation: &Operation,
    now: Timestamp,
) -> Result<(), Error> {
    let Some(bucket) = state.buckets.get(&address.bucket) else {
        names::check(&address.bucket)?;
        return Err(error::no_such_bucket(&address.bucket));
    };
    check_region(bucket, caller, address, now)?;
    check_owner(bucket, caller.expected_owner.as_deref())?;
    if operation.name == "DeleteObjects" {
        // Each key of the batch is judged by itself.
        return Ok(());
    }
    let action = action(operation.action, address.query("versionId").is_some());
    let mut caller = caller.clone();
    // S3 user guide, "Enforce conditional writes on Amazon S3 buckets": it tells the writes that make an
    // object from the parts of a multipart upload, which need the same permission.
    let creates = ["PutObject", "CopyObject", "CompleteMultipartUpload"].contains(&operation.name);
    let key = "s3:objectcreationoperation".to_owned();
    caller.context.insert(key, creates.to_string());
    let caller = &caller;
    let allowed = authorize(&address.bucket, bucket, caller, &action, &address.key);
    if operation.name == "HeadBucket" {
        // Whoever may not look at a bucket still learns where it is.
        return allowed.map_err(|error| error.with_header("x-amz-bucket-region", &*bucket.region));
    }
    allowed?;
    let is_other_account = caller.account != bucket.owner;
    if is_other_account && operation.action.ends_with("BucketPolicy") {
        return Err(error::method_not_allowed());
    }
    Ok(())
}

/// Actions on a named version have names of their own.
fn action(action: &'static str, versioned: bool) -> String {
    const BY_VERSION: &[&str] = &[
        "s3:GetObject",
        "s3:DeleteObject",
        "s3:GetObjectTagging",
        "s3:PutObjectTagging",
        "s3:DeleteObjectTagging",
        "s3:GetObjectAcl",
        "s3:PutObjectAcl",
    ];
    if !versioned || !BY_VERSION.contains(&action) {
        return action.to_owned();
    }
    action.replace("Object", "ObjectVersion")
}

/// The owner that a caller expects a bucket to have.
pub(super) fn check_owner(bucket: &Bucket, expected: Option<&str>) -> Result<(), Error> {
    match expected {
        None => Ok(()),
        Some(owner) if owner == bucket.owner => Ok(()),
        Some(owner) if owner.len() == 12 && owner.bytes().all(|byte| byte.is_ascii_digit()) => {
            Err(error::access_denied())
        }
        Some(owner) => Err(Error::new(
            400,
            "InvalidBucketOwnerAWSAccountID",
            format!(
                "The value of the expected bucket owner parameter must be an AWS Account ID... [{owner}]"
            ),
        )),
    }
}

/// How long the global endpoint leads to us-east-1 for a bucket elsewhere: until its name is in the
/// DNS ("Request redirection and the REST API", S3 user guide).
const YOUNG: SignedDuration = SignedDuration::from_mins(10);

fn check_region(
    bucket: &Bucket,
    caller: &Caller,
    address: &Address,
    now: Timestamp,
) -> Result<(), Error> {
    // Signatures of version 2 name no region.
    if bucket.region == caller.region || caller.region.is_empty() || caller.account.is_empty() {
        return Ok(());
    }
    let endpoint = format!("{}.s3.{}.amazonaws.com", address.bucket, bucket.region);
    if address.global_endpoint {
        let region = &*bucket.region;
        if now.duration_since(bucket.created) >= YOUNG {
            let wrong = &caller.region;
            return Err(Error::new(
                400,
                "AuthorizationHeaderMalformed",
                format!(
                    "The authorization header is malformed; the region '{wrong}' is wrong; expecting '{region}'"
                ),
            )
            .with("Region", region)
            .with_header("x-amz-bucket-region", region));
        }
        return Err(Error::new(
            307,
            "TemporaryRedirect",
            "Please re-send this request to the specified temporary endpoint. Continue to use the original request endpoint for future requests.",
        )
        .with("Endpoint", &*endpoint)
        .with("Bucket", &*address.bucket)
        .with_header("location", format!("https://{endpoint}/{}", address.key))
        .with_header("x-amz-bucket-region", region));
    }
    Err(Error::new(
        301,
        "PermanentRedirect",
        "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.",
    )
    .with("Endpoint", endpoint)
    .with("Bucket", &*address.bucket)
    .with_header("x-amz-bucket-region", &*bucket.region))
}

/// Whether the caller may do `action` on the bucket, or on `key` in it.
///
/// The owner's own principals may do everything that the policy does not deny: the sandbox has no
/// IAM policies. Callers of other accounts may do what the policy allows them.
pub(super) fn authorize(
    name: &str,
    bucket: &Bucket,
    caller: &Caller,
    action: &str,
    key: &str,
) -> Result<(), Error> {
    let who = if caller.account.is_empty() {
        Who::Anonymous
    } else {
        Who::Account {
            id: &caller.account,
            arn: &caller.principal,
        }
    };
    let resource = resource(name, key);
    let policy = policy(name, bucket);
    let verdict = policy.as_ref().map_or(Verdict::Silent, |policy| {
        let mut context = context();
        context.extend(caller.context.clone());
        if let Who::Account { id, arn } = who {
            context.insert("aws:principalarn".to_owned(), role_arn(id, arn));
            context.insert("aws:principalaccount".to_owned(), id.to_owned());
        }
        policy.evaluate(&Request {
            who,
            action,
            resource: resource.clone(),
            context,
        })
    });
    let owner = caller.account == bucket.owner;
    // The account's root can always repair a policy that locks everyone out.
    let root = caller.principal == format!("arn:aws:iam::{}:root", bucket.owner);
    if owner && root && action.ends_with("BucketPolicy") {
        return Ok(());
    }
    match verdict {
        Verdict::Denied if owner => Err(denied(
            caller,
            action,
            &resource,
            "with an explicit deny in a resource-based policy",
        )),
        Verdict::Denied => Err(error::access_denied()),
        _ if owner => Ok(()),
        Verdict::Allowed if policy.is_some_and(|p| p.is_public()) && restricts(bucket) => {
            Err(error::access_denied())
        }
        Verdict::Allowed => Ok(()),
        Verdict::Silent => Err(error::access_denied()),
    }
}

/// The refusal that names who asked for what.
pub(super) fn denied(caller: &Caller, action: &str, resource: &str, why: &str) -> Error {
    let who = &caller.principal;
    Error::new(
        403,
        "AccessDenied",
        format!(
            "User: {who} is not authorized to perform: {action} on resource: \"{resource}\" {why}"
        ),
    )
}

fn restricts(bucket: &Bucket) -> bool {
    let block = bucket.public_access_block;
    block.is_some_and(|block| block.restrict_public_buckets)
}

fn resource(bucket: &str, key: &str) -> String {
    if key.is_empty() {
        arn(bucket)
    } else {
        format!("{}/{key}", arn(bucket))
    }
}

fn policy(name: &str, bucket: &Bucket) -> Option<Policy> {
    // It was accepted when it was put, so it parses.
    Policy::parse(name, bucket.policy.as_deref()?).ok()
}

/// The condition keys of every request of the sandbox: its front counts as TLS 1.3.
fn context() -> BTreeMap<String, String> {
    BTreeMap::from([
        ("aws:securetransport".to_owned(), "true".to_owned()),
        ("s3:tlsversion".to_owned(), "1.3".to_owned()),
    ])
}

/// `aws:PrincipalArn` names the role of a session, not the session.
fn role_arn(account: &str, arn: &str) -> String {
    let role = arn.split_once(":assumed-role/");
    match role.and_then(|(_, rest)| rest.split('/').next()) {
        Some(role) => format!("arn:aws:iam::{account}:role/{role}"),
        None => arn.to_owned(),
    }
}

impl State {
    /// Whether an object is encrypted with a key whose policy does not let a service decrypt.
    fn is_locked(&self, object: &Object, service: &str) -> bool {
        let encryption = object.encryption.as_ref();
        let by_kms = encryption.filter(|encryption| encryption.algorithm != "AES256");
        by_kms.is_some_and(|encryption| {
            let key = encryption.key.as_deref().unwrap_or("aws/s3");
            !self.key_users.contains(&format!("{service} {key}"))
        })
    }

    /// An object as an AWS service gets it, such as CloudFront with an origin access control:
    /// only the bucket's policy counts.
    pub fn object_for_service(
        &self,
        bucket: &str,
        key: &str,
        service: &str,
        source: Source<'_>,
    ) -> Result<(Timestamp, Object), Refusal> {
        let found = self.bucket(bucket).map_err(|_| Refusal::AccessDenied)?;
        let policy = policy(bucket, found).ok_or(Refusal::AccessDenied)?;
        let allows = |action: &str, resource: String| {
            let mut context = context();
            context.insert("aws:sourcearn".to_owned(), source.arn.to_owned());
            context.insert("aws:sourceaccount".to_owned(), source.account.to_owned());
            context.insert("aws:principalisawsservice".to_owned(), "true".to_owned());
            context.insert("aws:principalservicename".to_owned(), service.to_owned());
            policy.evaluate(&Request {
                who: Who::Service(service),
                action,
                resource,
                context,
            }) == Verdict::Allowed
        };
        let public = policy.is_public() && restricts(found);
        if public && source.account != found.owner {
            return Err(Refusal::AccessDenied);
        }
        if !allows("s3:GetObject", resource(bucket, key)) {
            return Err(Refusal::AccessDenied);
        }
        match found.current(key) {
            // The key's policy decides, not the bucket's (Developer Guide, "SSE-KMS").
            Some((_, object)) if self.is_locked(object, service) => Err(Refusal::AccessDenied),
            Some((version, object)) => Ok((version.modified, object.clone())),
            // Who may not list a bucket does not learn what is not in it.
            None if allows("s3:ListBucket", arn(bucket)) => Err(Refusal::NoSuchKey),
            None => Err(Refusal::AccessDenied),
        }
    }
}
