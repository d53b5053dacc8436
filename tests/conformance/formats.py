"""Reads what `deploy records` prints in each format with that format's own reader, and checks that all
of them say the same.

The environment has FILES, a folder with `json`, `bind`, `octodns`, `dnscontrol` and `terraform`.
octoDNS also validates its zones by its own command.
"""

import json
import os
import pathlib
import re
import subprocess
import sys

import dns.rdatatype
import dns.zonefile
import dukpy
import hcl2
from octodns.provider.yaml import YamlProvider
from octodns.zone import Zone

FILES = pathlib.Path(os.environ["FILES"])


def read(name):
    return (FILES / name).read_text()


def absolute(name, zone):
    """A name of a zone's own list, where `@` and nothing are the zone itself."""
    return zone if name in ("", "@") else f"{name}.{zone}"


def as_listed():
    """From the JSON: name, type, TTL and value, all as the zone file would have them.

    The records of later rounds are comments in the other formats.
    """
    for record in json.loads(read("json"))["records"]:
        if record["round"] > 0:
            continue
        for value in record["values"]:
            yield record["name"], record["type"], record["ttl"], value.removesuffix(".")


def from_bind():
    for found in dns.zonefile.read_rrsets(read("bind"), rdclass=None):
        rtype = dns.rdatatype.to_text(found.rdtype)
        for data in found:
            if rtype == "TXT":
                value = b"".join(data.strings).decode()
            else:
                value = data.to_text()
            yield found.name.to_text(omit_final_dot=True), rtype, found.ttl, value.removesuffix(".")


def octodns_files():
    """The documents, as the file names in their comments say."""
    folder = FILES / "octodns.d"
    folder.mkdir()
    for document in read("octodns").split("---\n")[1:]:
        title, _, body = document.partition("\n")
        (folder / title.removeprefix("# ")).write_text(f"---\n{body}")
    return folder


def validate_octodns(folder):
    """octoDNS's own command, as its users run it."""
    provider = {"class": "octodns.provider.yaml.YamlProvider", "directory": str(folder)}
    zones = {f"{zone}.": {"sources": ["config"], "targets": ["config"]} for zone in ZONES}
    config = FILES / "octodns.json"
    config.write_text(json.dumps({"providers": {"config": provider}, "zones": zones}))
    program = pathlib.Path(sys.executable).parent / "octodns-validate"
    done = subprocess.run(
        [program, "--config-file", config], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def from_octodns():
    folder = octodns_files()
    validate_octodns(folder)
    for name in ZONES:
        zone = Zone(f"{name}.", [])
        YamlProvider("config", str(folder)).populate(zone)
        for record in zone.records:
            values = record.values if hasattr(record, "values") else [record.value]
            for value in values:
                if record._type == "MX":
                    value = f"{value.preference} {value.exchange}"
                value = str(value).replace("\\;", ";").removesuffix(".")
                yield record.fqdn.removesuffix("."), record._type, record.ttl, value


# What DNSControl would know when it runs such a file.
DNSCONTROL = """
var seen = [], zone;
function TTL(seconds) { return seconds; }
function record(type, count) {
  return function () {
    if (arguments.length !== count + 2) throw type + ": " + arguments.length + " arguments";
    var values = [].slice.call(arguments, 1, count + 1);
    return [arguments[0], type, arguments[count + 1], values.join(" ")];
  };
}
var A = record("A", 1), AAAA = record("AAAA", 1), CNAME = record("CNAME", 1);
var TXT = record("TXT", 1), MX = record("MX", 2);
function D_EXTEND(zone) {
  [].slice.call(arguments, 1).forEach(function (found) { seen.push([zone].concat(found)); });
}
"""


def from_dnscontrol():
    # Duktape knows JavaScript as old as that of DNSControl.
    for zone, name, rtype, ttl, value in dukpy.evaljs(DNSCONTROL + read("dnscontrol") + "\nseen"):
        yield absolute(name, zone), rtype, ttl, value.removesuffix(".")


def from_terraform():
    options = hcl2.SerializationOptions(strip_string_quotes=True)
    for resource in hcl2.loads(read("terraform"), serialization_options=options)["resource"]:
        ((kind, named),) = resource.items()
        ((_, found),) = named.items()
        name = absolute(found.get("name", ""), found["zone"].removesuffix("."))
        rtype = kind.removeprefix("dns_").removesuffix("_set").removesuffix("_record").upper()
        if rtype == "MX":
            values = [f"{mx['preference']} {mx['exchange']}" for mx in found["mx"]]
        elif rtype == "CNAME":
            values = [found["cname"]]
        else:
            values = found.get("addresses", found.get("txt"))
        for value in values:
            yield name, rtype, found["ttl"], literal(value).removesuffix(".")


def literal(template):
    """The text of a template in which nothing is to be filled in; the reader leaves that to Terraform."""
    assert not re.search(r"(?<!\$)\$\{|(?<!%)%\{", template), template
    return template.replace("$${", "${").replace("%%{", "%{")


LISTED = sorted(as_listed())
RECORDS = json.loads(read("json"))["records"]
ZONES = sorted({record["zone"] for record in RECORDS if record["round"] == 0})
assert len(LISTED) > 5, LISTED
for reader in (from_bind, from_octodns, from_dnscontrol, from_terraform):
    found = sorted(reader())
    odd = set(found) ^ set(LISTED)
    assert found == LISTED, (reader.__name__, sorted(odd))
    print(reader.__name__, len(found))
