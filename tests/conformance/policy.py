"""Reads an MTA-STS record and policy as postfix-mta-sts-resolver does, and checks what it relies on."""

import os
import pathlib

from postfix_mta_sts_resolver import constants, utils

record = utils.parse_mta_sts_record(os.environ["RECORD"])
print(record)
assert record["v"] == "STSv1", record
assert 1 <= len(record["id"]) <= 32 and record["id"].isalnum(), record

body = (pathlib.Path(os.environ["FILES"]) / ".well-known/mta-sts.txt").read_bytes()
assert len(body) < constants.HARD_RESP_LIMIT
policy = utils.parse_mta_sts_policy(body.decode("utf-8"))
print(policy)
# What `resolver.py` refuses a policy for.
assert policy.get("version") == "STSv1", policy
assert policy.get("mode") in ("none", "testing", "enforce"), policy
assert 0 <= int(policy["max_age"]) <= 31557600, policy
assert policy["mode"] == "none" or policy["mx"], policy
assert set(policy) == {"version", "mode", "mx", "max_age"}, policy
