//! Access control lists and the ownership controls that switch them off.

use s3s::dto;

use super::access::denied;
use super::error::{self, Error};
use super::state::{Bucket, Grant, Ownership, arn, canonical_id};
use super::work::{Work, owner};

const ALL_USERS: &str = "http://acs.amazonaws.com/groups/global/AllUsers";
const AUTHENTICATED_USERS: &str = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
const LOG_DELIVERY: &str = "http://acs.amazonaws.com/groups/s3/LogDelivery";

pub(super) fn not_supported() -> Error {
    Error::new(
        400,
        "AccessControlListNotSupported",
        "The bucket does not allow ACLs",
    )
}

fn conflicts_with_ownership() -> Error {
    Error::new(
        400,
        "InvalidBucketAclWithObjectOwnership",
        "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
    )
}

pub(super) fn get_bucket_ownership_controls(
    work: &mut Work,
    input: dto::GetBucketOwnershipControlsInput,
) -> Result<dto::GetBucketOwnershipControlsOutput, Error> {
    let ownership = work.state.bucket(&input.bucket)?.ownership;
    let Some(ownership) = ownership else {
        return Err(Error::new(
            404,
            "OwnershipControlsNotFoundError",
            "The bucket ownership controls were not found",
        )
        .with("BucketName", input.bucket));
    };
    Ok(dto::GetBucketOwnershipControlsOutput {
        ownership_controls: Some(dto::OwnershipControls {
            rules: vec![dto::OwnershipControlsRule {
                object_ownership: dto::ObjectOwnership::from_static(ownership.name()),
            }],
        }),
    })
}

pub(super) fn put_bucket_ownership_controls(
    work: &mut Work,
    input: dto::PutBucketOwnershipControlsInput,
) -> Result<dto::PutBucketOwnershipControlsOutput, Error> {
    let [rule] = input.ownership_controls.rules.as_slice() else {
        return Err(error::malformed_xml());
    };
    let ownership = Ownership::named(rule.object_ownership.as_str());
    let ownership = ownership.ok_or_else(error::malformed_xml)?;
    let bucket = work.state.bucket_mut(&input.bucket)?;
    if ownership == Ownership::BucketOwnerEnforced && !bucket.grants.is_empty() {
        return Err(conflicts_with_ownership());
    }
    bucket.ownership = Some(ownership);
    Ok(dto::PutBucketOwnershipControlsOutput::default())
}

pub(super) fn delete_bucket_ownership_controls(
    work: &mut Work,
    input: dto::DeleteBucketOwnershipControlsInput,
) -> Result<dto::DeleteBucketOwnershipControlsOutput, Error> {
    work.state.bucket_mut(&input.bucket)?.ownership = None;
    Ok(dto::DeleteBucketOwnershipControlsOutput::default())
}

/// Gives a bucket to be the grants that it is created with.
pub(super) fn create_with(bucket: &mut Bucket, mut grants: Vec<Grant>) -> Result<(), Error> {
    let own = canonical_id(&bucket.owner);
    grants.retain(|grant| grant.grantee != own);
    if bucket.enforces_owner() && !grants.is_empty() {
        return Err(conflicts_with_ownership());
    }
    if grants.iter().any(is_public) && bucket.blocks_public_acls() {
        return Err(error::access_denied());
    }
    bucket.grants = grants;
    Ok(())
}

/// The grants of a canned ACL beyond the owner's full control.
pub(super) fn canned(acl: &str) -> Result<Vec<Grant>, Error> {
    let grants: &[(&str, &str)] = match acl {
        "private" => &[],
        "public-read" => &[(ALL_USERS, "READ")],
        "public-read-write" => &[(ALL_USERS, "READ"), (ALL_USERS, "WRITE")],
        "authenticated-read" => &[(AUTHENTICATED_USERS, "READ")],
        "log-delivery-write" => &[(LOG_DELIVERY, "WRITE"), (LOG_DELIVERY, "READ_ACP")],
        other => return Err(error::invalid_argument("", "x-amz-acl", other)),
    };
    let grants = grants.iter().map(|(grantee, permission)| Grant {
        grantee: (*grantee).to_owned(),
        permission: (*permission).to_owned(),
    });
    Ok(grants.collect())
}

fn is_public(grant: &Grant) -> bool {
    [ALL_USERS, AUTHENTICATED_USERS].contains(&grant.grantee.as_str())
}

pub(super) fn get_bucket_acl(
    work: &mut Work,
    input: dto::GetBucketAclInput,
) -> Result<dto::GetBucketAclOutput, Error> {
    let bucket = work.state.bucket(&input.bucket)?;
    Ok(dto::GetBucketAclOutput {
        grants: Some(grants(bucket, &bucket.grants)),
        owner: Some(owner(&bucket.owner)),
    })
}

fn grants(bucket: &Bucket, further: &[Grant]) -> Vec<dto::Grant> {
    let own = Grant {
        grantee: canonical_id(&bucket.owner),
        permission: "FULL_CONTROL".to_owned(),
    };
    let all = [own].into_iter().chain(further.iter().cloned());
    all.map(|grant| {
        let group = grant.grantee.starts_with("http");
        let kind = if group { "Group" } else { "CanonicalUser" };
        dto::Grant {
            grantee: Some(dto::Grantee {
                display_name: None,
                email_address: None,
                id: (!group).then(|| grant.grantee.clone()),
                type_: dto::Type::from_static(kind),
                uri: group.then_some(grant.grantee),
            }),
            permission: Some(dto::Permission::from(grant.permission)),
        }
    })
    .collect()
}

pub(super) fn put_bucket_acl(
    work: &mut Work,
    input: dto::PutBucketAclInput,
) -> Result<dto::PutBucketAclOutput, Error> {
    let bucket = work.state.bucket_mut(&input.bucket)?;
    if bucket.enforces_owner() {
        return Err(not_supported());
    }
    let headers = [
        (&input.grant_full_control, "FULL_CONTROL"),
        (&input.grant_read, "READ"),
        (&input.grant_read_acp, "READ_ACP"),
        (&input.grant_write, "WRITE"),
        (&input.grant_write_acp, "WRITE_ACP"),
    ];
    let mut asked = grants_of_headers(&headers)?;
    match (input.acl, input.access_control_policy) {
        (Some(acl), _) => asked.extend(canned(acl.as_str())?),
        (None, Some(policy)) => asked.extend(grants_of_policy(policy)?),
        (None, None) if asked.is_empty() => {
            return Err(Error::new(
                400,
                "MissingSecurityHeader",
                "Your request was missing a required header",
            )
            .with("MissingHeaderName", "x-amz-acl"));
        }
        (None, None) => {}
    }
    let own = canonical_id(&bucket.owner);
    asked.retain(|grant| grant.grantee != own);
    if asked.iter().any(is_public) && bucket.blocks_public_acls() {
        return Err(denied(
            &work.caller,
            "s3:PutBucketAcl",
            &arn(&input.bucket),
            "because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.",
        ));
    }
    bucket.grants = asked;
    Ok(dto::PutBucketAclOutput::default())
}

/// The grants of `x-amz-grant-…` headers, each with its permission.
pub(super) fn grants_of_headers(headers: &[(&Option<String>, &str)]) -> Result<Vec<Grant>, Error> {
    let mut grants = Vec::new();
    for (header, permission) in headers {
        grants.extend(grants_of_header(header.as_deref(), permission)?);
    }
    Ok(grants)
}

/// `id="…", uri="…"`.
fn grants_of_header(header: Option<&str>, permission: &str) -> Result<Vec<Grant>, Error> {
    let Some(header) = header else {
        return Ok(Vec::new());
    };
    let grants = header.split(',').map(|part| {
        let (kind, value) = part.trim().split_once('=')?;
        let known = kind.eq_ignore_ascii_case("id") || kind.eq_ignore_ascii_case("uri");
        known.then(|| Grant {
            grantee: value.trim_matches('"').to_owned(),
            permission: permission.to_owned(),
        })
    });
    let grants = grants.collect::<Option<Vec<_>>>();
    grants.ok_or_else(|| {
        error::invalid_argument("Argument format not recognized", "x-amz-grant", header)
    })
}

fn grants_of_policy(policy: dto::AccessControlPolicy) -> Result<Vec<Grant>, Error> {
    let malformed = || {
        Error::new(
            400,
            "MalformedACLError",
            "The XML you provided was not well-formed or did not validate against our published schema",
        )
    };
    let grants = policy.grants.unwrap_or_default();
    grants
        .into_iter()
        .map(|grant| {
            let grantee = grant.grantee.ok_or_else(malformed)?;
            let grantee = grantee.id.or(grantee.uri).ok_or_else(malformed)?;
            let permission = grant.permission.ok_or_else(malformed)?;
            Ok(Grant {
                grantee,
                permission: permission.as_str().to_owned(),
            })
        })
        .collect()
}

pub(super) fn get_object_acl(
    work: &mut Work,
    input: dto::GetObjectAclInput,
) -> Result<dto::GetObjectAclOutput, Error> {
    let bucket = work.state.bucket(&input.bucket)?;
    super::versions::find(bucket, &input.key, input.version_id.as_deref())?;
    Ok(dto::GetObjectAclOutput {
        grants: Some(grants(bucket, &[])),
        owner: Some(owner(&bucket.owner)),
        request_charged: None,
    })
}

pub(super) fn put_object_acl(
    work: &mut Work,
    input: dto::PutObjectAclInput,
) -> Result<dto::PutObjectAclOutput, Error> {
    let bucket = work.state.bucket(&input.bucket)?;
    let version = input.version_id.as_deref();
    super::versions::find_with_tags(bucket, &input.key, version, "PUT")?;
    let acl = input.acl.as_ref().map(dto::ObjectCannedACL::as_str);
    check_object_acl(bucket, acl)?;
    match acl {
        // The owner of the bucket owns every object here, so these two change nothing.
        Some("private" | "bucket-owner-full-control") => Ok(dto::PutObjectAclOutput::default()),
        _ => Err(error::not_implemented()),
    }
}

/// Whether an object may be written with this canned ACL.
pub(super) fn check_object_acl(bucket: &Bucket, acl: Option<&str>) -> Result<(), Error> {
    match acl {
        None | Some("bucket-owner-full-control") => Ok(()),
        Some(_) if bucket.enforces_owner() => Err(not_supported()),
        Some("public-read" | "public-read-write" | "authenticated-read")
            if bucket.blocks_public_acls() =>
        {
            Err(error::access_denied())
        }
        Some(_) => Ok(()),
    }
}
