"""Checks records, policy, logo and mark certificate with checkdmarc. Exits with 1 when it objects."""

import os
import pathlib

import dns.resolver
from checkdmarc import bimi, dmarc, mta_sts, smtp_tls_reporting, spf, utils

DOMAIN = os.environ["DOMAIN"]
FILES = pathlib.Path(os.environ["FILES"])

resolver = dns.resolver.Resolver(configure=False)
resolver.nameservers = ["127.0.0.1"]
resolver.port = int(os.environ["DNS_PORT"])


def fine(what, result, expected_warnings=()):
    """No error, and no warning but those that are expected and explained where it is called."""
    print(what, result)
    assert "error" not in result, (what, result["error"])
    assert result.get("valid", True), (what, result)
    warnings = [
        warning
        for warning in result.get("warnings", [])
        if not any(expected in warning for expected in expected_warnings)
    ]
    assert not warnings, (what, warnings)
    return result


found = fine("spf", spf.check_spf(DOMAIN, resolver=resolver))
assert found["record"].startswith("v=spf1 "), found

found = fine("dmarc", dmarc.check_dmarc(DOMAIN, resolver=resolver))
assert found["tags"]["p"]["value"] in ("quarantine", "reject"), found
assert found["tags"]["sp"]["value"] in ("quarantine", "reject"), found

fine("tls-rpt", smtp_tls_reporting.check_smtp_tls_reporting(DOMAIN, resolver=resolver))

found = fine("mta-sts", mta_sts.query_mta_sts_record(DOMAIN, resolver=resolver))
fine("mta-sts record", mta_sts.parse_mta_sts_record(found["record"]))
policy = (FILES / ".well-known/mta-sts.txt").read_bytes().decode("ascii")
policy = fine("mta-sts policy", mta_sts.parse_mta_sts_policy(policy))["policy"]

hosts = utils.get_mx_records(DOMAIN, resolver=resolver)
print("mx", hosts)
assert hosts, "no MX"
for host in hosts:
    assert mta_sts.mx_in_mta_sts_patterns(host["hostname"], policy["mx"]), host

found = fine("bimi", bimi.query_bimi_record(DOMAIN, selector="default", resolver=resolver))
record = dict(part.strip().split("=", 1) for part in found["record"].split(";") if part.strip())


def hosted(url):
    """The bytes behind a URL of ours."""
    host, path = url.removeprefix("https://").split("/", 1)
    assert host.endswith("." + DOMAIN), url
    return (FILES / path).read_bytes()


logo = bimi.get_svg_metadata(hosted(record["l"]))
print("logo", logo)
assert bimi.check_svg_requirements(logo) == []

certificate = bimi.get_certificate_metadata(hosted(record["a"]), domain=DOMAIN)
print("certificate", certificate)
assert certificate["logotype_sha256"] == logo["sha256"], certificate
assert DOMAIN in certificate["domains"], certificate
assert not certificate["expired"], certificate
# The certificate in assets/ is a test, and says so; there is nothing else to object to.
not_issued = "The certificate was not issued by a recognized Mark Verifying Authority (MVA)."
assert certificate["validation_errors"] == [not_issued], certificate
assert certificate["warnings"] == [], certificate
