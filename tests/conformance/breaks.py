"""Ways to break a deployed domain, as a person would by accident: with boto3, through the AWS API.

The environment has the endpoint, the credentials of an operator, and DOMAIN.
"""

import os

import boto3

DOMAIN = os.environ["DOMAIN"]
DNS_ROLE = "arn:aws:iam::111111111111:role/mail-deploy"
WEB_ROLE = "arn:aws:iam::222222222222:role/mail-deploy"
POLICY = ".well-known/mta-sts.txt"


def client(role, service):
    assumed = boto3.client("sts").assume_role(RoleArn=role, RoleSessionName="accident")
    keys = assumed["Credentials"]
    return boto3.client(
        service,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )


def change(action, sets):
    route53 = client(DNS_ROLE, "route53")
    zone = route53.list_hosted_zones_by_name(DNSName=DOMAIN)["HostedZones"][0]["Id"]
    changes = [{"Action": action, "ResourceRecordSet": found} for found in sets]
    made = route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
    route53.get_waiter("resource_record_sets_changed").wait(
        Id=made["ChangeInfo"]["Id"], WaiterConfig={"Delay": 1}
    )


def records(name, rtype):
    route53 = client(DNS_ROLE, "route53")
    zone = route53.list_hosted_zones_by_name(DNSName=DOMAIN)["HostedZones"][0]["Id"]
    listed = route53.list_resource_record_sets(
        HostedZoneId=zone, StartRecordName=name, StartRecordType=rtype, MaxItems="1"
    )
    (found,) = listed["ResourceRecordSets"]
    assert (found["Name"], found["Type"]) == (f"{name}.", rtype), found
    return found


def publish(name, rtype, *values):
    """These values and no others."""
    found = records(name, rtype)
    change("UPSERT", [{**found, "ResourceRecords": [{"Value": value} for value in values]}])


def publish_also(name, rtype, value):
    found = records(name, rtype)
    values = [one["Value"] for one in found["ResourceRecords"]]
    publish(name, rtype, *values, value)


def withdraw(name, rtype):
    change("DELETE", [records(name, rtype)])


def upload(key, replace=lambda body: body, **metadata):
    """Puts an object in its own place, and makes CloudFront forget the old one."""
    s3 = client(WEB_ROLE, "s3")
    buckets = [found["Name"] for found in s3.list_buckets()["Buckets"]]
    (bucket,) = [name for name in buckets if "-assets-" in name]
    got = s3.get_object(Bucket=bucket, Key=key)
    kept = {"ContentType": got["ContentType"], "CacheControl": got["CacheControl"]}
    s3.put_object(
        Bucket=bucket, Key=key, Body=replace(got["Body"].read()), **{**kept, **metadata}
    )
    cloudfront = client(WEB_ROLE, "cloudfront")
    made = cloudfront.create_invalidation(
        DistributionId=distribution(cloudfront),
        InvalidationBatch={
            "Paths": {"Quantity": 1, "Items": [f"/{key}"]},
            "CallerReference": "accident",
        },
    )
    cloudfront.get_waiter("invalidation_completed").wait(
        DistributionId=distribution(cloudfront),
        Id=made["Invalidation"]["Id"],
        WaiterConfig={"Delay": 1},
    )


def distribution(cloudfront):
    (found,) = cloudfront.list_distributions()["DistributionList"]["Items"]
    return found["Id"]


def two_spf_records():
    publish_also(DOMAIN, "TXT", '"v=spf1 mx -all"')


def dmarc_with_a_typing_error():
    publish(f"_dmarc.{DOMAIN}", "TXT", '"v=DMARC1; p=quarantined; rua=mailto:dmarc@example.com"')


def policy_for_another_mail_host():
    ours, another = b"inbound-smtp.us-east-1.amazonaws.com", b"mx.example.net"
    upload(POLICY, lambda body: body.replace(ours, another))


def policy_as_a_web_page():
    upload(POLICY, ContentType="text/html")


def policy_with_an_unknown_mode():
    upload(POLICY, lambda body: body.replace(b"mode: testing", b"mode: strict"))


def policy_host_without_a_certificate():
    """The name is taken off the distribution, and DNS still leads there."""
    cloudfront = client(WEB_ROLE, "cloudfront")
    found = distribution(cloudfront)
    read = cloudfront.get_distribution_config(Id=found)
    config = read["DistributionConfig"]
    kept = [name for name in config["Aliases"]["Items"] if not name.startswith("mta-sts.")]
    config["Aliases"] = {"Quantity": len(kept), "Items": kept}
    cloudfront.update_distribution(Id=found, IfMatch=read["ETag"], DistributionConfig=config)
    cloudfront.get_waiter("distribution_deployed").wait(Id=found, WaiterConfig={"Delay": 1})


def no_mta_sts_record():
    withdraw(f"_mta-sts.{DOMAIN}", "TXT")


def two_tls_rpt_records():
    publish_also(f"_smtp._tls.{DOMAIN}", "TXT", '"v=TLSRPTv1; rua=mailto:other@example.com"')


def no_bimi_record():
    withdraw(f"default._bimi.{DOMAIN}", "TXT")


def logo_of_another_profile():
    upload("logo.svg", lambda body: body.replace(b"tiny-ps", b"tiny"))


def no_mail_host():
    withdraw(DOMAIN, "MX")
