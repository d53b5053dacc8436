"""What checkdmarc and postfix-mta-sts-resolver say of a domain on a served sandbox, as JSON: every
error and every warning of the one, what the other's fetch of the policy came to.

The environment has DOMAIN, and what `face.py` needs. With BREAK it first does what is so called in
`breaks.py`.
"""

import asyncio
import json
import os

import face

import breaks
import checkdmarc
from postfix_mta_sts_resolver.resolver import STSResolver

DOMAIN = os.environ["DOMAIN"]


def complaints(value, path):
    """Every sentence under `error`, `warnings` and `validation_errors`, with where it stands."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("error", "warnings", "validation_errors"):
                sentences = inner if isinstance(inner, list) else [inner]
                yield from (f"{path}: {sentence}" for sentence in sentences)
            else:
                yield from complaints(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for inner in value:
            yield from complaints(inner, path)


def ask_checkdmarc():
    result = checkdmarc.check_domains([DOMAIN], nameservers=face.NAMESERVERS)
    # It must have looked at all there is, or its silence says nothing.
    subjects = {"soa", "ns", "mta_sts", "mx", "spf", "dmarc", "smtp_tls_reporting", "bimi"}
    assert subjects <= set(result), result
    return sorted(complaints(result, ""))


async def ask_postfix():
    loop = asyncio.get_running_loop()
    stranger = STSResolver(timeout=10, loop=loop)
    stranger._resolver = face.asynchronous_resolver(timeout=10, loop=loop)
    fetched, policy = await stranger.resolve(DOMAIN)
    return {"fetched": fetched.name, "policy": policy and policy[1]}


if "BREAK" in os.environ:
    getattr(breaks, os.environ["BREAK"])()
print(json.dumps({"checkdmarc": ask_checkdmarc(), "postfix": asyncio.run(ask_postfix())}))
