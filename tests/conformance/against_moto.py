"""moto, looked at and prepared by boto3, for tests/tests/conformance_moto.rs.

    against_moto.py prepare   makes the hosted zones, with records that are somebody else's
    against_moto.py meddle    changes a bucket and a file behind the program's back
    against_moto.py read      prints everything in the accounts of the test as JSON
    against_moto.py lacks     prints what moto lacks as JSON: a name, and whether it is so

The environment has the endpoint and credentials of any account: moto lets everybody assume any role.
"""

import json
import os
import socket
import sys
import urllib.error
import urllib.request

import boto3
import moto
from botocore.exceptions import ClientError

DNS, WEB = "111111111111", "222222222222"
REGIONS = ["us-east-1", "eu-west-1"]


def account(number):
    """A session in an account, under the role that the manifest names."""
    role = f"arn:aws:iam::{number}:role/mail-deploy"
    answer = boto3.client("sts").assume_role(RoleArn=role, RoleSessionName="conformance")
    keys = answer["Credentials"]
    return boto3.Session(
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )


def change(route53, zone, action, name, rtype, values):
    record_set = {
        "Name": name,
        "Type": rtype,
        "TTL": 300,
        "ResourceRecords": [{"Value": value} for value in values],
    }
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record_set}]}
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)


def zone_of(route53, domain):
    return route53.list_hosted_zones_by_name(DNSName=domain)["HostedZones"][0]["Id"]


def prepare():
    route53 = account(DNS).client("route53")
    for domain in ["example.com", "example.org"]:
        route53.create_hosted_zone(Name=domain, CallerReference=domain)
    zone = zone_of(route53, "example.com")
    # Beside our SPF record, which shares the set.
    change(route53, zone, "UPSERT", "example.com", "TXT", ['"site-verification=1"'])
    # As the manifest wants it, and nothing to do with it.
    tls_rpt = '"v=TLSRPTv1; rua=mailto:tlsrpt@example.com,mailto:second@example.com"'
    change(route53, zone, "UPSERT", "_smtp._tls.example.com", "TXT", [tls_rpt])
    change(route53, zone, "UPSERT", "www.example.com", "A", ["192.0.2.1"])
    # In our way, and the manifest says to take it over.
    zone = zone_of(route53, "example.org")
    change(route53, zone, "UPSERT", "mta-sts.example.org", "A", ["192.0.2.7"])


def meddle():
    s3 = account(WEB).client("s3")
    names = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    assets = next(name for name in names if "example-com-assets" in name)
    s3.put_object(Bucket=assets, Key=".well-known/mta-sts.txt", Body=b"version: STSv2")
    s3.put_bucket_versioning(Bucket=assets, VersioningConfiguration={"Status": "Suspended"})


def read_zones(session):
    route53 = session.client("route53")
    zones = {}
    for zone in route53.list_hosted_zones()["HostedZones"]:
        sets = route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
        records = {}
        for item in sets:
            alias = item.get("AliasTarget")
            values = [alias["DNSName"]] if alias else [x["Value"] for x in item["ResourceRecords"]]
            records.setdefault(f"{item['Name'].rstrip('.')} {item['Type']}", []).extend(values)
        zones[zone["Name"].rstrip(".")] = records
    return zones


def read_bucket(s3, name):
    def ask(call, key):
        try:
            return call(Bucket=name).get(key)
        except ClientError as error:
            return error.response["Error"]["Code"]

    objects = {}
    for item in s3.list_objects_v2(Bucket=name).get("Contents", []):
        answer = s3.get_object(Bucket=name, Key=item["Key"])
        objects[item["Key"]] = {
            "media_type": answer["ContentType"],
            "cache_control": answer.get("CacheControl"),
            "body": answer["Body"].read().decode(),
        }
    return {
        "region": s3.get_bucket_location(Bucket=name)["LocationConstraint"] or "us-east-1",
        "blocked": ask(s3.get_public_access_block, "PublicAccessBlockConfiguration"),
        "encryption": ask(s3.get_bucket_encryption, "ServerSideEncryptionConfiguration"),
        "versioning": ask(s3.get_bucket_versioning, "Status"),
        "ownership": ask(s3.get_bucket_ownership_controls, "OwnershipControls"),
        "logging": ask(s3.get_bucket_logging, "LoggingEnabled"),
        "lifecycle": ask(s3.get_bucket_lifecycle_configuration, "Rules"),
        "policy": ask(s3.get_bucket_policy, "Policy"),
        "tags": {tag["Key"]: tag["Value"] for tag in ask(s3.get_bucket_tagging, "TagSet")},
        "objects": objects,
    }


def read_web(session):
    s3 = session.client("s3")
    cloudfront = session.client("cloudfront")
    certificates = []
    for region in REGIONS:
        acm = session.client("acm", region_name=region)
        for item in acm.list_certificates()["CertificateSummaryList"]:
            arn = item["CertificateArn"]
            certificates.append(acm.describe_certificate(CertificateArn=arn)["Certificate"])
    controls = cloudfront.list_origin_access_controls()["OriginAccessControlList"]
    distributions = []
    for item in cloudfront.list_distributions()["DistributionList"].get("Items", []):
        distributions.append(cloudfront.get_distribution(Id=item["Id"])["Distribution"])
    invalidated = []
    for item in distributions:
        listed = cloudfront.list_invalidations(DistributionId=item["Id"])["InvalidationList"]
        for invalidation in listed.get("Items", []):
            answer = cloudfront.get_invalidation(DistributionId=item["Id"], Id=invalidation["Id"])
            invalidated.extend(answer["Invalidation"]["InvalidationBatch"]["Paths"]["Items"])
    names = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    return {
        "buckets": {name: read_bucket(s3, name) for name in names},
        "certificates": certificates,
        "controls": controls.get("Items", []),
        "distributions": distributions,
        "invalidated": invalidated,
    }


def read():
    return read_web(account(WEB)) | {"zones": read_zones(account(DNS))}


def is_refused(call, **arguments):
    """Whether a call is answered with an error of any kind."""
    try:
        call(**arguments)
    except ClientError:
        return True
    return False


def is_unknown(call, **arguments):
    """Whether there is no such operation: then nobody answers at its path."""
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"] in (404, 405, 501)
    return False


def lacks_of_ses(session):
    """The operations by which an instance of SES is set up, on an identity and a set that exist."""
    ses = session.client("sesv2")
    at = {"EmailIdentity": "lacks.example"}
    ses.create_email_identity(
        **at, DkimSigningAttributes={"NextSigningKeyLength": "RSA_2048_BIT"}
    )
    tokens = ses.get_email_identity(**at)["DkimAttributes"].get("Tokens", [])
    of = {"ConfigurationSetName": "lacks"}
    ses.create_configuration_set(**of)
    event = {
        "Enabled": True,
        "MatchingEventTypes": ["BOUNCE"],
        "SnsDestination": {"TopicArn": f"arn:aws:sns:us-east-1:{WEB}:mail"},
    }
    events = {**of, "EventDestinationName": "events"}
    of_identity = {
        "DkimAttributes": {"SigningEnabled": True},
        "DkimSigningAttributes": {"SigningAttributesOrigin": "AWS_SES"},
        "MailFromAttributes": {"MailFromDomain": "mail.lacks.example"},
        "FeedbackAttributes": {"EmailForwardingEnabled": True},
        "ConfigurationSetAttributes": of,
    }
    of_set = {
        "DeliveryOptions": {"TlsPolicy": "REQUIRE"},
        "ReputationOptions": {"ReputationMetricsEnabled": True},
        "SendingOptions": {"SendingEnabled": True},
        "SuppressionOptions": {"SuppressedReasons": ["BOUNCE"]},
    }
    lacks = {"sesv2 GetEmailIdentity: the tokens of Easy DKIM": tokens == []}
    calls = [(f"PutEmailIdentity{name}", {**at, **rest}) for name, rest in of_identity.items()]
    calls += [(f"PutConfigurationSet{name}", {**of, **rest}) for name, rest in of_set.items()]
    calls += [
        ("CreateConfigurationSetEventDestination", {**events, "EventDestination": event}),
        ("UpdateConfigurationSetEventDestination", {**events, "EventDestination": event}),
        ("DeleteConfigurationSetEventDestination", events),
        ("GetConfigurationSetEventDestinations", of),
    ]
    methods = {name: method for method, name in ses.meta.method_to_api_mapping.items()}
    for operation, arguments in calls:
        call = getattr(ses, methods[operation])
        lacks[f"sesv2 {operation}"] = is_unknown(call, **arguments)
    return lacks


def lacks_of_acm(session):
    acm = session.client("acm", region_name="us-west-2")
    arn = acm.request_certificate(
        DomainName="a.lacks.example",
        SubjectAlternativeNames=["b.lacks.example"],
        ValidationMethod="DNS",
    )["CertificateArn"]
    listed = acm.list_certificates()["CertificateSummaryList"][0]
    # Nobody has published its validation records.
    status = acm.describe_certificate(CertificateArn=arn)["Certificate"]["Status"]
    names = "SubjectAlternativeNameSummaries"
    return {
        f"acm ListCertificates: {names}": names not in listed,
        "acm DescribeCertificate: pending until its records are published": status == "ISSUED",
    }


def lacks_of_cloudfront(session):
    cloudfront = session.client("cloudfront")
    control = cloudfront.create_origin_access_control(
        OriginAccessControlConfig={
            "Name": "lacks",
            "SigningProtocol": "sigv4",
            "SigningBehavior": "always",
            "OriginAccessControlOriginType": "s3",
        }
    )["OriginAccessControl"]["Id"]
    origin = {
        "Id": "assets",
        "DomainName": "lacks.s3.us-east-1.amazonaws.com",
        "OriginAccessControlId": control,
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }
    behavior = {
        "TargetOriginId": "assets",
        "ViewerProtocolPolicy": "https-only",
        "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
    }
    config = {
        "CallerReference": "lacks",
        "Comment": "",
        "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": behavior,
    }
    made = cloudfront.create_distribution(DistributionConfig=config)
    number = made["Distribution"]["Id"]
    seen = cloudfront.get_distribution(Id=number)["Distribution"]["DistributionConfig"]
    origins = seen["Origins"]["Items"]
    return {
        "cloudfront GetDistribution: an origin's OriginAccessControlId":
            "OriginAccessControlId" not in origins[0],
        "cloudfront DeleteDistribution: refused while it is enabled":
            not is_refused(cloudfront.delete_distribution, Id=number, IfMatch=made["ETag"]),
    }


def lacks_of_the_rest(session):
    s3 = session.client("s3")
    s3.create_bucket(Bucket="lacks")
    route53 = session.client("route53")
    zone = route53.create_hosted_zone(Name="lacks.example", CallerReference="lacks")
    zone = zone["HostedZone"]["Id"]
    change(route53, zone, "CREATE", "lacks.example", "TXT", ['"one"'])
    again = (route53, zone, "CREATE", "lacks.example", "TXT", ['"two"'])
    gone = ("a.lacks.example", "TXT", ['"gone"'])
    change(route53, zone, "CREATE", "z.lacks.example", "TXT", ['"beside"'])
    change(route53, zone, "CREATE", *gone)
    change(route53, zone, "DELETE", *gone)
    stranger = {"RoleArn": f"arn:aws:iam::{WEB}:role/nobody", "RoleSessionName": "conformance"}
    return {
        "s3 HeadBucket: ExpectedBucketOwner":
            not is_refused(s3.head_bucket, Bucket="lacks", ExpectedBucketOwner=DNS),
        "route53 ChangeResourceRecordSets: CREATE refused where a set is":
            not is_refused(lambda: change(*again)),
        "route53 ChangeResourceRecordSets: CREATE of what was deleted":
            is_refused(lambda: change(route53, zone, "CREATE", *gone)),
        "sts AssumeRole: refused without such a role":
            not is_refused(session.client("sts").assume_role, **stranger),
    }


def lacks_of_s3():
    """What moto_served.py puts right, as it is in moto itself: here, in this process."""
    statements = [
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Condition": {"StringEquals": {"aws:SourceAccount": DNS}},
        },
        {
            "Effect": "Allow",
            "Principal": {"Service": "logging.s3.amazonaws.com"},
            "Action": "s3:PutObject",
        },
    ]
    for statement in statements:
        statement["Resource"] = "arn:aws:s3:::lacks/*"
    logging = {"LoggingEnabled": {"TargetBucket": "lacks", "TargetPrefix": ""}}
    seen = []
    endpoint = os.environ.pop("AWS_ENDPOINT_URL")
    with moto.mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        look = lambda http_response, **_: seen.append(http_response.content)
        s3.meta.events.register("after-call.s3.GetBucketVersioning", look)
        tags = {"CreateBucketConfiguration": {"Tags": [{"Key": "lacks", "Value": "tags"}]}}
        s3.create_bucket(Bucket="lacks", **tags)
        is_untagged = is_refused(s3.get_bucket_tagging, Bucket="lacks")
        is_open = is_refused(s3.get_public_access_block, Bucket="lacks")
        is_plain = is_refused(s3.get_bucket_encryption, Bucket="lacks")
        s3.get_bucket_versioning(Bucket="lacks")
        s3.put_object(Bucket="lacks", Key="file", Body=b"")
        s3.put_bucket_policy(Bucket="lacks", Policy=json.dumps({"Statement": statements}))
        refuses = is_refused(s3.get_object, Bucket="lacks", Key="file")
        try:
            s3.put_bucket_logging(Bucket="lacks", BucketLoggingStatus=logging)
            fails = False
        except AttributeError:
            fails = True
    os.environ["AWS_ENDPOINT_URL"] = endpoint
    return {
        "s3 GetBucketVersioning: its root element": b"<VersioningConfiguration" not in seen[0],
        "s3 PutBucketLogging: where a policy speaks of everybody": fails,
        "s3 PutBucketPolicy: conditions": refuses,
        "s3 CreateBucket: tags": is_untagged,
        "s3 CreateBucket: blocked public access and encryption": is_open and is_plain,
    }


def lacks_of_strangers():
    """What a stranger would ask: the name servers of a zone, and the edge of a distribution."""
    endpoint = os.environ["AWS_ENDPOINT_URL"]
    host, port = endpoint.removeprefix("http://").split(":")
    # An A query for example.com, RFC 1035 section 4.1.
    question = bytes.fromhex("000101000001000000000000076578616d706c6503636f6d0000010001")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as dns:
        dns.settimeout(1)
        dns.connect((host, int(port)))
        dns.send(question)
        try:
            answered = bool(dns.recv(512))
        except OSError:
            answered = False
    policy = urllib.request.Request(
        f"{endpoint}/.well-known/mta-sts.txt", headers={"Host": "mta-sts.example.com"}
    )
    try:
        served = b"STSv1" in urllib.request.urlopen(policy, timeout=10).read()
    except urllib.error.HTTPError:
        served = False
    return {
        "route53: answers to DNS queries": not answered,
        "cloudfront: answers under a distribution's names": not served,
    }


def lacks():
    session = account(WEB)
    parts = [lacks_of_ses, lacks_of_acm, lacks_of_cloudfront, lacks_of_the_rest]
    found = {name: lacking for part in parts for name, lacking in part(session).items()}
    return found | lacks_of_s3() | lacks_of_strangers()


def main():
    command = {"prepare": prepare, "meddle": meddle, "read": read, "lacks": lacks}[sys.argv[1]]
    print(json.dumps(command(), default=str, indent=1))


if __name__ == "__main__":
    main()
