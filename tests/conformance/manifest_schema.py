"""Validates manifests against the manifest's schema as editors do. Exits with 1 when one is not judged as
it should be.

Arguments: the schema, and the folder of the shipped manifests.
"""

import json
import pathlib
import sys

import yaml
from jsonschema import Draft7Validator

SCHEMA, SHIPPED = map(pathlib.Path, sys.argv[1:])
schema = json.loads(SCHEMA.read_text())
Draft7Validator.check_schema(schema)
validator = Draft7Validator(schema)
faults = []


def errors(manifest):
    """Where each error is, and its message."""
    found = validator.iter_errors(manifest)
    return [("/".join(map(str, one.absolute_path)), one.message) for one in found]


# The shipped manifests, and the files that they include.
paths = [*SHIPPED.glob("*.yaml"), *SHIPPED.glob("fleet/*.yaml")]
for path in paths:
    manifest = yaml.safe_load(path.read_text())
    if found := errors(manifest):
        faults.append(f"{path}: {found}")

# A fault of a domain is told at its own place, and says what it is.
ACCOUNTS = {"a": {"id": "111111111111"}}
BROKEN = [
    ({"dns": "manual", "dmrac": {"p": "none"}}, "", "'dmrac' was unexpected"),
    ({"dns": "manual", "dmarc": {"p": "nnone"}}, "/dmarc/p", "'nnone' is not"),
    ({"dns": {"route53": {"account": "a", "zonne": "Z1"}}}, "/dns", "zonne"),
    ({"hosting": {"account": "a", "region": "eu-wst-1"}}, "/hosting/region", "'eu-wst-1' is not one of"),
    ({"ses": [{"account": "a", "region": "eu-wst-1"}]}, "/ses/0/region", "'eu-wst-1' is not one of"),
    ({"dmarc": {"p": "none", "rua": "mailto:a@example.com"}}, "/dmarc/rua", "is not of type 'array'"),
]
for domain, place, message in BROKEN:
    manifest = {"project": "x", "accounts": ACCOUNTS, "domains": {"example.com": domain}}
    found = errors(manifest)
    places = [at for at, said in found if message in said]
    if places != [f"domains/example.com{place}"] or len(found) != 1:
        faults.append(f"{domain}: {found}")

# What takes a default away, and what has nothing but the defaults.
for domain in (None, {"dmarc": None}, {"hosting": {"region": None}, "ttl": None, "dns": None}):
    if found := errors({"project": "x", "domains": {"example.com": domain}}):
        faults.append(f"{domain}: {found}")

# Only a file that is included has no project.
if errors({"domains": {"example.com": None}, "parked": ["example.org"]}):
    faults.append("an included file needs no project")
if [message for _, message in errors({"accounts": ACCOUNTS})] != ["'project' is a required property"]:
    faults.append("a manifest needs a project")

print("\n".join(faults))
sys.exit(bool(faults))
