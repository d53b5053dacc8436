"""moto's server, with five faults put right, with which no bucket could be made or looked at.

- GetBucketVersioning has a root element that S3 does not use. boto3 reads it anyway; the AWS SDKs
  that read XML strictly, the one for Rust among them, refuse it.
- PutBucketLogging fails when a statement of the log bucket's policy has the principal `*`.
- A bucket policy refuses as if every condition in it were met. Ours refuses plain HTTP, which is
  what a test speaks; here a statement with a condition says nothing.
- CreateBucket forgets the tags that it is given (S3 has them since 2025, and they are how a bucket
  is known as ours from its first moment).
- CreateBucket leaves a bucket open and without encryption. S3 has encrypted new buckets since January
  2023, and blocked their public access since April 2023.

`against_moto.py lacks` looks at them in moto itself, and says when one is no longer needed.
"""

import json
import sys
from types import SimpleNamespace

import xmltodict
from moto.s3.models import FakeBucket
from moto.s3.responses import S3Response
from moto.server import main

versioning_by_moto = S3Response.get_bucket_versioning
log_permission_by_moto = FakeBucket._log_permissions_enabled_policy
permission_by_moto = FakeBucket.get_permission
put_by_moto = S3Response._bucket_response_put

ENCRYPTION = {"Rule": {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}}
BLOCKS = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"]


def get_bucket_versioning(self):
    status, headers, body = versioning_by_moto(self)
    wrong, right = "GetBucketVersioningResponse", "VersioningConfiguration"
    return status, headers, body.replace(wrong, right)


def without(statements, policy):
    """The policy without some of its statements, as bytes."""
    document = json.loads(policy or '{"Statement": []}')
    document["Statement"] = [one for one in document["Statement"] if not statements(one)]
    return json.dumps(document).encode()


def log_permissions_enabled_policy(target_bucket, target_prefix):
    seen = SimpleNamespace(
        name=target_bucket.name,
        partition=target_bucket.partition,
        policy=without(lambda one: one["Principal"] == "*", target_bucket.policy),
    )
    return log_permission_by_moto(seen, target_prefix)


def get_permission(self, action, resource):
    seen = SimpleNamespace(policy=without(lambda one: "Condition" in one, self.policy))
    return permission_by_moto(seen, action, resource)


def put(self, request, bucket_name, querystring):
    answer = put_by_moto(self, request, bucket_name, querystring)
    given = {}
    if not querystring and self.body:
        given = (xmltodict.parse(self.body).get("CreateBucketConfiguration") or {}).get("Tags") or {}
    if not querystring:
        self.backend.put_bucket_encryption(bucket_name, ENCRYPTION)
        self.backend.put_public_access_block(bucket_name, dict.fromkeys(BLOCKS, "true"))
    tags = given.get("Tag") or []
    tags = tags if isinstance(tags, list) else [tags]
    if tags:
        self.backend.put_bucket_tagging(bucket_name, {one["Key"]: one["Value"] for one in tags})
    return answer


if __name__ == "__main__":
    S3Response._bucket_response_put = put
    S3Response.get_bucket_versioning = get_bucket_versioning
    FakeBucket._log_permissions_enabled_policy = staticmethod(log_permissions_enabled_policy)
    FakeBucket.get_permission = get_permission
    sys.exit(main(sys.argv[1:]))
