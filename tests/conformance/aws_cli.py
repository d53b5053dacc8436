"""The AWS CLI against the served sandbox: one story through every service, each answer checked.

The environment has the endpoint, credentials of account 111111111111, ROLE in another account, and
ZONE, the hosted zone of example.com.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

AWS = pathlib.Path(sys.executable).parent / "aws"
ZONE = os.environ["ZONE"]
ROLE = os.environ["ROLE"]
FOLDER = pathlib.Path(tempfile.mkdtemp())


def run(command, environment=None):
    words = [str(AWS), *command.split(), "--output", "json"]
    print("$ aws", command, flush=True)
    return subprocess.run(
        words, capture_output=True, text=True, env={**os.environ, **(environment or {})}
    )


def aws(command, environment=None, **files):
    """The answer to a command. A word like `{name}` becomes a file with the JSON given as `name`."""
    for name, content in files.items():
        path = FOLDER / f"{name}.json"
        path.write_text(json.dumps(content))
        command = command.replace("{" + name + "}", f"file://{path}")
    result = run(command, environment)
    assert result.returncode == 0, (command, result.stdout, result.stderr)
    return json.loads(result.stdout) if result.stdout.strip() else None


def refused(command, code):
    result = run(command)
    assert result.returncode != 0 and f"({code})" in result.stderr, (command, result.stderr)


def publish(*records):
    changes = [
        {
            "Action": "UPSERT",
            "ResourceRecordSet": {
                "Name": name,
                "Type": rtype,
                "TTL": 300,
                "ResourceRecords": [{"Value": value}],
            },
        }
        for name, rtype, value in records
    ]
    command = f"route53 change-resource-record-sets --hosted-zone-id {ZONE} --change-batch {{batch}}"
    return aws(command, batch={"Changes": changes})["ChangeInfo"]["Id"]


# STS
assert aws("sts get-caller-identity")["Account"] == "111111111111"
session = aws(f"sts assume-role --role-arn {ROLE} --role-session-name conformance")["Credentials"]
there = {
    "AWS_ACCESS_KEY_ID": session["AccessKeyId"],
    "AWS_SECRET_ACCESS_KEY": session["SecretAccessKey"],
    "AWS_SESSION_TOKEN": session["SessionToken"],
}
assert aws("sts get-caller-identity", there)["Account"] == "222222222222"
refused(
    "sts assume-role --role-arn arn:aws:iam::222222222222:role/nobody --role-session-name conformance",
    "AccessDenied",
)

# Route 53
zones = aws("route53 list-hosted-zones-by-name --dns-name example.com")["HostedZones"]
assert [zone["Name"] for zone in zones] == ["example.com."], zones
change = publish(("_dmarc.example.com", "TXT", '"v=DMARC1; p=reject"'))
aws(f"route53 wait resource-record-sets-changed --id {change}")
sets = aws(f"route53 list-resource-record-sets --hosted-zone-id {ZONE}")["ResourceRecordSets"]
assert "_dmarc.example.com." in [found["Name"] for found in sets], sets
refused("route53 get-hosted-zone --id Z0000000000000000000X", "NoSuchHostedZone")

# ACM
arn = aws(
    "acm request-certificate --domain-name mta-sts.example.com --validation-method DNS"
    " --idempotency-token conformance"
)["CertificateArn"]
described = aws(f"acm describe-certificate --certificate-arn {arn}")["Certificate"]
assert described["Status"] == "PENDING_VALIDATION", described
record = described["DomainValidationOptions"][0]["ResourceRecord"]
publish((record["Name"], record["Type"], record["Value"]))
aws(f"acm wait certificate-validated --certificate-arn {arn}")

# S3
aws("s3api create-bucket --bucket conformance-cli")
aws(
    "s3api put-bucket-versioning --bucket conformance-cli --versioning-configuration Status=Enabled"
)
policy = FOLDER / "mta-sts.txt"
policy.write_bytes(b"version: STSv1\r\nmode: none\r\nmax_age: 86400\r\n")
key = "s3://conformance-cli/.well-known/mta-sts.txt"
result = run(f"s3 cp {policy} {key} --content-type text/plain --cache-control max-age=300")
assert result.returncode == 0, result.stderr
copy = FOLDER / "copy.txt"
result = run(f"s3 cp {key} {copy}")
assert result.returncode == 0 and copy.read_bytes() == policy.read_bytes(), result.stderr
head = aws("s3api head-object --bucket conformance-cli --key .well-known/mta-sts.txt")
assert head["ContentType"] == "text/plain" and head["CacheControl"] == "max-age=300", head
refused("s3api get-bucket-policy --bucket conformance-cli", "NoSuchBucketPolicy")
refused("s3api delete-bucket --bucket conformance-cli", "BucketNotEmpty")

# CloudFront
control = aws(
    "cloudfront create-origin-access-control --origin-access-control-config {control}",
    control={
        "Name": "conformance-cli",
        "SigningProtocol": "sigv4",
        "SigningBehavior": "always",
        "OriginAccessControlOriginType": "s3",
    },
)["OriginAccessControl"]["Id"]
config = {
    "CallerReference": "conformance-cli",
    "Comment": "conformance",
    "Enabled": True,
    "Aliases": {"Quantity": 1, "Items": ["mta-sts.example.com"]},
    "Origins": {
        "Quantity": 1,
        "Items": [
            {
                "Id": "assets",
                "DomainName": "conformance-cli.s3.us-east-1.amazonaws.com",
                "OriginAccessControlId": control,
                "S3OriginConfig": {"OriginAccessIdentity": ""},
            }
        ],
    },
    "DefaultCacheBehavior": {
        "TargetOriginId": "assets",
        "ViewerProtocolPolicy": "https-only",
        "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
    },
    "ViewerCertificate": {
        "ACMCertificateArn": arn,
        "SSLSupportMethod": "sni-only",
        "MinimumProtocolVersion": "TLSv1.2_2021",
    },
}
made = aws("cloudfront create-distribution --distribution-config {config}", config=config)
distribution = made["Distribution"]["Id"]
aws(f"cloudfront wait distribution-deployed --id {distribution}")
read = aws(f"cloudfront get-distribution-config --id {distribution}")
assert read["DistributionConfig"]["Aliases"]["Items"] == ["mta-sts.example.com"], read
invalidation = aws(
    f"cloudfront create-invalidation --distribution-id {distribution} --paths /.well-known/mta-sts.txt"
)["Invalidation"]
aws(
    f"cloudfront wait invalidation-completed --distribution-id {distribution} --id {invalidation['Id']}"
)
refused(
    f"cloudfront delete-distribution --id {distribution} --if-match {read['ETag']}",
    "DistributionNotDisabled",
)

# SES v1
token = aws("ses verify-domain-identity --domain example.com")["VerificationToken"]
publish(("_amazonses.example.com", "TXT", f'"{token}"'))
attributes = aws("ses get-identity-verification-attributes --identities example.com")
assert attributes["VerificationAttributes"]["example.com"]["VerificationStatus"] == "Success"

# SES v2
signing = aws("sesv2 create-email-identity --email-identity news.example.com")["DkimAttributes"]
assert len(signing["Tokens"]) == 3, signing
zone = signing.get("SigningHostedZone", "dkim.amazonses.com")
publish(
    *(
        (f"{token}._domainkey.news.example.com", "CNAME", f"{token}.{zone}")
        for token in signing["Tokens"]
    )
)
identity = aws("sesv2 get-email-identity --email-identity news.example.com")
assert identity["DkimAttributes"]["Status"] == "SUCCESS", identity
assert identity["VerifiedForSendingStatus"], identity
refused("sesv2 get-email-identity --email-identity nobody.example.com", "NotFoundException")

# Resource Groups Tagging API
aws(f"acm add-tags-to-certificate --certificate-arn {arn} --tags Key=project,Value=conformance")
tagged = aws("resourcegroupstaggingapi get-resources --tag-filters Key=project,Values=conformance")
assert [found["ResourceARN"] for found in tagged["ResourceTagMappingList"]] == [arn], tagged
