"""Judges SPF records with checkdmarc and pyspf.

Reads a JSON list of records, writes a JSON list with {"checkdmarc": …, "pyspf": …} for each: valid
or permerror, and the whole result. Every name in DNS has the same records, which match nobody, and
the record under test stands at example.com.
"""

import json
import sys

import spf
from checkdmarc import spf as checked
from checkdmarc import utils

OTHER = {
    "A": ["203.0.113.7"],
    "AAAA": ["2001:db8:7::7"],
    "MX": ["10 mail.example.net"],
    "TXT": ["v=spf1 -all"],
}


def with_pyspf(record):
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
    query = spf.query(i="192.0.2.1", s="user@example.com", h="mail.example.com")
    try:
        return query.check()[0]
    except Exception as error:
        return f"crash: {type(error).__name__}"


def with_checkdmarc(record):
    def query(domain, record_type, **_):
        return OTHER.get(record_type, [])

    utils.query_dns = checked.query_dns = query
    for name in ("get_a_records", "get_mx_records", "get_txt_records"):
        if hasattr(checked, name):
            setattr(checked, name, getattr(utils, name))
    try:
        checked.parse_spf_record(record, "example.com")
        return "valid"
    except checked.SPFError as error:
        return f"permerror: {type(error).__name__}"
    except Exception as error:
        return f"crash: {type(error).__name__}"


records = json.load(open(sys.argv[1], encoding="utf-8"))
print(
    json.dumps(
        [{"checkdmarc": with_checkdmarc(one), "pyspf": with_pyspf(one)} for one in records]
    )
)
