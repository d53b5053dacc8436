"""boto3 against the served sandbox: one story through every service, each answer checked.

The environment has the endpoint, credentials of account 111111111111, ROLE in another account, and
ZONE, the hosted zone of example.com.
"""

import json
import os

import boto3
import models
from botocore.exceptions import ClientError

ZONE = os.environ["ZONE"]
QUICK = {"Delay": 1, "MaxAttempts": 30}


def refused(code, call, **arguments):
    """The error with which a call must be refused."""
    try:
        answer = call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error.response
        return error.response
    raise AssertionError((code, arguments, answer))


def publish(*records):
    changes = [
        {
            "Action": "UPSERT",
            "ResourceRecordSet": {
                "Name": name,
                "Type": rtype,
                "TTL": 300,
                "ResourceRecords": [{"Value": value} for value in values],
            },
        }
        for name, rtype, values in records
    ]
    change = route53.change_resource_record_sets(
        HostedZoneId=ZONE, ChangeBatch={"Changes": changes}
    )
    route53.get_waiter("resource_record_sets_changed").wait(
        Id=change["ChangeInfo"]["Id"], WaiterConfig=QUICK
    )


def pages(client, operation, key, **arguments):
    """All items of a paged listing."""
    paginator = client.get_paginator(operation)
    return [item for page in paginator.paginate(**arguments) for item in page.get(key, [])]


sts = boto3.client("sts")
route53 = boto3.client("route53")
acm = boto3.client("acm")
s3 = boto3.client("s3")
cloudfront = boto3.client("cloudfront")
ses = boto3.client("ses")
sesv2 = boto3.client("sesv2")

print("STS")
assert sts.get_caller_identity()["Account"] == "111111111111"
session = sts.assume_role(RoleArn=os.environ["ROLE"], RoleSessionName="conformance")["Credentials"]
there = boto3.Session(
    aws_access_key_id=session["AccessKeyId"],
    aws_secret_access_key=session["SecretAccessKey"],
    aws_session_token=session["SessionToken"],
)
assert there.client("sts").get_caller_identity()["Account"] == "222222222222"
refused(
    "AccessDenied",
    sts.assume_role,
    RoleArn="arn:aws:iam::222222222222:role/nobody",
    RoleSessionName="conformance",
)

print("Route 53")
publish(
    ("_dmarc.example.com", "TXT", ['"v=DMARC1; p=reject"']),
    ("example.com", "MX", ["10 inbound-smtp.us-east-1.amazonaws.com"]),
)
sets = pages(route53, "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=ZONE)
assert {"NS", "SOA", "MX"} <= {found["Type"] for found in sets}, sets
error = refused(
    "InvalidChangeBatch",
    route53.change_resource_record_sets,
    HostedZoneId=ZONE,
    ChangeBatch={
        "Changes": [
            {
                "Action": "CREATE",
                "ResourceRecordSet": {
                    "Name": "example.com",
                    "Type": "CNAME",
                    "TTL": 300,
                    "ResourceRecords": [{"Value": "example.net"}],
                },
            }
        ]
    },
)
assert "CNAME" in error["Error"]["Message"] or "CNAME" in str(error), error
cloudtrail = boto3.client("cloudtrail")
by_name = [{"AttributeKey": "EventName", "AttributeValue": "ChangeResourceRecordSets"}]
events = pages(cloudtrail, "lookup_events", "Events", LookupAttributes=by_name)
record = json.loads(events[0]["CloudTrailEvent"])
changes = record["requestParameters"]["changeBatch"]["changes"]
assert {change["resourceRecordSet"]["type"] for change in changes} == {"TXT", "MX"}, record
assert record["requestParameters"]["hostedZoneId"] == ZONE, record
refused("InvalidNextTokenException", cloudtrail.lookup_events, NextToken="none")
own = there.client("route53").list_hosted_zones()["HostedZones"]
assert own == [], own

print("ACM")
arn = acm.request_certificate(
    DomainName="bimi-assets.example.com",
    SubjectAlternativeNames=["mta-sts.example.com"],
    ValidationMethod="DNS",
    IdempotencyToken="conformance",
    Tags=[{"Key": "project", "Value": "conformance"}],
)["CertificateArn"]
options = acm.describe_certificate(CertificateArn=arn)["Certificate"]["DomainValidationOptions"]
records = [option["ResourceRecord"] for option in options]
assert len(records) == 2, options
publish(*((record["Name"], record["Type"], [record["Value"]]) for record in records))
acm.get_waiter("certificate_validated").wait(CertificateArn=arn, WaiterConfig=QUICK)
listed = pages(acm, "list_certificates", "CertificateSummaryList", CertificateStatuses=["ISSUED"])
assert [found["CertificateArn"] for found in listed] == [arn], listed
refused(
    "ResourceNotFoundException",
    acm.describe_certificate,
    CertificateArn=arn[:-1] + ("0" if arn[-1] != "0" else "1"),
)

print("S3")
bucket = "conformance-boto3"
s3.create_bucket(Bucket=bucket)
s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
assert all(block.values()), block
body = b"version: STSv1\r\nmode: none\r\nmax_age: 86400\r\n"
s3.put_object(
    Bucket=bucket,
    Key=".well-known/mta-sts.txt",
    Body=body,
    ContentType="text/plain",
    CacheControl="max-age=300",
    ExpectedBucketOwner="111111111111",
)
got = s3.get_object(Bucket=bucket, Key=".well-known/mta-sts.txt", ChecksumMode="ENABLED")
assert got["Body"].read() == body and got["ContentType"] == "text/plain", got
assert "ChecksumCRC32" in got, got
refused("403", s3.head_bucket, Bucket=bucket, ExpectedBucketOwner="222222222222")
refused("NoSuchKey", s3.get_object, Bucket=bucket, Key="nothing")
elsewhere = boto3.client("s3", region_name="eu-west-1")
elsewhere.create_bucket(
    Bucket="conformance-boto3-eu",
    CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
)
refused("BucketAlreadyExists", there.client("s3").create_bucket, Bucket=bucket)

print("CloudFront")
control = cloudfront.create_origin_access_control(
    OriginAccessControlConfig={
        "Name": "conformance-boto3",
        "SigningProtocol": "sigv4",
        "SigningBehavior": "always",
        "OriginAccessControlOriginType": "s3",
    }
)["OriginAccessControl"]["Id"]
made = cloudfront.create_distribution_with_tags(
    DistributionConfigWithTags={
        "Tags": {"Items": [{"Key": "project", "Value": "conformance"}]},
        "DistributionConfig": {
            "CallerReference": "conformance-boto3",
            "Comment": "conformance",
            "Enabled": True,
            "Aliases": {"Quantity": 1, "Items": ["bimi-assets.example.com"]},
            "Origins": {
                "Quantity": 1,
                "Items": [
                    {
                        "Id": "assets",
                        "DomainName": f"{bucket}.s3.us-east-1.amazonaws.com",
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
        },
    }
)["Distribution"]
distribution = made["Id"]
s3.put_bucket_policy(
    Bucket=bucket,
    Policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "cloudfront.amazonaws.com"},
                    "Action": "s3:GetObject",
                    "Resource": f"arn:aws:s3:::{bucket}/*",
                    "Condition": {"StringEquals": {"AWS:SourceArn": made["ARN"]}},
                }
            ],
        }
    ),
)
cloudfront.get_waiter("distribution_deployed").wait(Id=distribution, WaiterConfig=QUICK)
read = cloudfront.get_distribution_config(Id=distribution)
assert read["DistributionConfig"]["ViewerCertificate"]["ACMCertificateArn"] == arn, read
refused(
    "InvalidIfMatchVersion",
    cloudfront.update_distribution,
    Id=distribution,
    DistributionConfig=read["DistributionConfig"],
)
refused("ResourceInUseException", acm.delete_certificate, CertificateArn=arn)
models.read_everything(acm, CertificateArn=arn)
models.read_everything(s3, Bucket=bucket, Key=".well-known/mta-sts.txt")
models.read_everything(route53, HostedZoneId=ZONE, ResourceType="hostedzone", ResourceId=ZONE)
models.read_everything(cloudfront, Id=distribution, DistributionId=distribution)
models.read_everything(cloudfront, Id=control, Resource=made["ARN"])
updated = cloudfront.update_distribution(
    Id=distribution,
    IfMatch=read["ETag"],
    DistributionConfig={**read["DistributionConfig"], "Enabled": False},
)
cloudfront.get_waiter("distribution_deployed").wait(Id=distribution, WaiterConfig=QUICK)
cloudfront.delete_distribution(Id=distribution, IfMatch=updated["ETag"])
refused("NoSuchDistribution", cloudfront.get_distribution, Id=distribution)

print("SES v1")
token = ses.verify_domain_identity(Domain="example.com")["VerificationToken"]
publish(("_amazonses.example.com", "TXT", [f'"{token}"']))
attributes = ses.get_identity_verification_attributes(Identities=["example.com"])
status = attributes["VerificationAttributes"]["example.com"]["VerificationStatus"]
assert status == "Success", attributes

print("SES v2")
signing = sesv2.create_email_identity(EmailIdentity="news.example.com")["DkimAttributes"]
zone = signing.get("SigningHostedZone", "dkim.amazonses.com")
publish(
    *(
        (f"{token}._domainkey.news.example.com", "CNAME", [f"{token}.{zone}"])
        for token in signing["Tokens"]
    ),
    ("bounce.news.example.com", "MX", ["10 feedback-smtp.us-east-1.amazonses.com"]),
    ("bounce.news.example.com", "TXT", ['"v=spf1 include:amazonses.com ~all"']),
)
sesv2.put_email_identity_mail_from_attributes(
    EmailIdentity="news.example.com",
    MailFromDomain="bounce.news.example.com",
    BehaviorOnMxFailure="REJECT_MESSAGE",
)
identity = sesv2.get_email_identity(EmailIdentity="news.example.com")
assert identity["DkimAttributes"]["Status"] == "SUCCESS", identity
assert identity["MailFromAttributes"]["MailFromDomainStatus"] == "SUCCESS", identity
sesv2.create_configuration_set(ConfigurationSetName="conformance")
assert sesv2.list_configuration_sets()["ConfigurationSets"] == ["conformance"]
refused(
    "AlreadyExistsException", sesv2.create_email_identity, EmailIdentity="news.example.com"
)
ireland = boto3.client("sesv2", region_name="eu-west-1")
assert ireland.list_email_identities()["EmailIdentities"] == []

names = {"EmailIdentity": "news.example.com", "ConfigurationSetName": "conformance"}
identity_arn = "arn:aws:ses:us-east-1:111111111111:identity/news.example.com"
models.read_everything(sesv2, **names, ResourceArn=identity_arn)
models.read_everything(ses, Identities=["example.com"], Identity="example.com")

print("Resource Groups Tagging API")
tagging = boto3.client("resourcegroupstaggingapi")
tagged = pages(
    tagging,
    "get_resources",
    "ResourceTagMappingList",
    TagFilters=[{"Key": "project", "Values": ["conformance"]}],
)
assert [found["ResourceARN"] for found in tagged] == [arn], tagged

models.settle()
