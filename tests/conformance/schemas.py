"""Validates documents of the program against their schemas. Exits with 1 when one does not fit.

Arguments: the folder of the schemas, and a file with one JSON document a line.
Readers must ignore fields that they do not know, so the schemas allow them. The program itself has
to print none that they do not describe: here every object is closed.
"""

import json
import pathlib
import sys

from jsonschema import Draft202012Validator

FOLDER, DOCUMENTS = map(pathlib.Path, sys.argv[1:])


def closed(schema):
    """The schema where no object has a property that is not described."""
    for part in [schema, *schema.get("$defs", {}).values()]:
        parts = [part, *part.get("anyOf", []), *part.get("oneOf", [])]
        if any("properties" in each for each in parts):
            part["unevaluatedProperties"] = False
    return schema


validators = {}
for path in FOLDER.glob("*.schema.json"):
    schema = json.loads(path.read_text())
    Draft202012Validator.check_schema(schema)
    form = schema["properties"]["format"]["const"]
    assert path.name == f"{form}.schema.json", path
    validators[form] = Draft202012Validator(closed(schema))

seen = set()
faults = 0
for line in DOCUMENTS.read_text().splitlines():
    document = json.loads(line)
    form = document["format"]
    seen.add(form)
    for error in validators[form].iter_errors(document):
        faults += 1
        print(f"{form}: {error.json_path}: {error.message[:300]}", file=sys.stderr)

unseen = sorted(set(validators) - seen)
assert not unseen, f"nothing was printed of {unseen}"
sys.exit(1 if faults else 0)
