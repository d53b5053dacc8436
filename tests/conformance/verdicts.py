"""Judges texts of one standard with checkdmarc and, for SPF, pyspf.

Reads a JSON list of texts, writes a JSON list with {"checkdmarc": …, "pyspf": …} for each. The verdict
is the meaning of the text, or "none: " and the tool's error. Of SPF it is the whole result (pyspf), or
valid or permerror (checkdmarc). Every name in DNS has the same records, which match nobody, and the SPF
record under test stands at example.com.
"""

import json
import sys

import spf
from checkdmarc import dmarc, mta_sts, smtp_tls_reporting, utils
from checkdmarc import spf as checked

OTHER = {
    "A": ["203.0.113.7"],
    "AAAA": ["2001:db8:7::7"],
    "MX": ["10 mail.example.net"],
    "TXT": ["v=spf1 -all"],
}


def query(domain, record_type, **_):
    # Whoever receives reports agrees to it (RFC 9990 section 4).
    if "._report._dmarc." in domain:
        return ["v=DMARC1"]
    return OTHER.get(record_type, [])


for module in (utils, checked, dmarc):
    module.query_dns = query


def spf_with_pyspf(record):
    def lookup(name, qtype, tcpfallback=True, timeout=30):
        if qtype == "TXT" and name == "example.com":
            return [((name, qtype), (record.encode("utf-8", "surrogateescape"),))]
        values = {
            "A": ["203.0.113.7"],
            "AAAA": [bytes.fromhex("20010db8000700000000000000000007")],
            "MX": [(10, "mail.example.net")],
            "PTR": ["mail.example.net"],
            "TXT": [(b"v=spf1 -all",)],
        }
        return [((name, qtype), value) for value in values.get(qtype, [])]

    spf.DNSLookup = lookup
    question = spf.query(i="192.0.2.1", s="user@example.com", h="mail.example.com")
    return question.check()[0]


def spf_with_checkdmarc(record):
    try:
        checked.parse_spf_record(record, "example.com")
    except checked.SPFError as error:
        return f"permerror: {type(error).__name__}"
    return "valid"


def dmarc_with_checkdmarc(record):
    if not dmarc._is_dmarc_record(record):
        return "none: another record"
    tags = dmarc.parse_dmarc_record(record, "example.com")["tags"]
    return f"p={tags['p']['value']} sp={tags['sp']['value']}"


def mta_sts_with_checkdmarc(record):
    return mta_sts.parse_mta_sts_record(record)["tags"]["id"]


def policy_with_checkdmarc(text):
    policy = mta_sts.parse_mta_sts_policy(text)["policy"]
    hosts = sorted({host.lower() for host in policy["mx"]})
    return " ".join([policy["mode"], str(policy["max_age"]), *hosts])


def tls_rpt_with_checkdmarc(record):
    tags = smtp_tls_reporting.parse_smtp_tls_reporting_record(record)["tags"]
    return " ".join(tags["rua"]["value"]).lower()


JUDGES = {
    "spf": {"checkdmarc": spf_with_checkdmarc, "pyspf": spf_with_pyspf},
    "dmarc": {"checkdmarc": dmarc_with_checkdmarc},
    "mta_sts": {"checkdmarc": mta_sts_with_checkdmarc},
    "policy": {"checkdmarc": policy_with_checkdmarc},
    "tls_rpt": {"checkdmarc": tls_rpt_with_checkdmarc},
}

REFUSALS = (
    dmarc.DMARCError,
    mta_sts.MTASTSError,
    smtp_tls_reporting.SMTPTLSReportingError,
)


def verdict(judge, text):
    try:
        return judge(text)
    except REFUSALS as error:
        return f"none: {type(error).__name__}"
    except Exception as error:
        return f"crash: {type(error).__name__}"


standard, file = sys.argv[1:]
with open(file, encoding="utf-8") as texts:
    texts = json.load(texts)
judges = JUDGES[standard]
print(
    json.dumps(
        [{tool: verdict(judge, text) for tool, judge in judges.items()} for text in texts]
    )
)
