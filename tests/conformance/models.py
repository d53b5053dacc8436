"""Answers held to botocore's service models, for whoever imports this before a client is made.

Each answer that a client reads is compared with the shape of its operation: what is required is there,
a text is one of the enumeration, a time is a time. An error's code is one of those that the operation
has, or one that all of AWS shares. `settle()` fails with everything that was found, and prints how many
operations were compared.
"""

import datetime
import re

import botocore.session
from botocore.exceptions import ClientError

# Codes that no operation lists: signatures, permissions, throttling, and documents that are none.
COMMON = {
    "AccessDenied",
    "AccessDeniedException",
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidAction",
    "InvalidClientTokenId",
    "InvalidParameterValue",
    "MalformedInput",
    "MalformedXML",
    "SerializationException",
    "SignatureDoesNotMatch",
    "Throttling",
    "ThrottlingException",
    "UnknownOperationException",
    "UnrecognizedClientException",
    "ValidationError",
    "ValidationException",
}

# Where AWS itself answers otherwise than its model says, and how that is known.
OTHERWISE = {
    # Recorded answers of many accounts, AWS's own examples of `aws acm describe-certificate` among them:
    # a request says RSA_2048, an answer RSA-2048.
    "acm:DescribeCertificate.Certificate.KeyAlgorithm is 'RSA-2048'",
    "acm:ListCertificates.CertificateSummaryList[].KeyAlgorithm is 'RSA-2048'",
    # The API Reference's example of a first page has none.
    "route53:ListHostedZones.Marker is required and missing",
    # An identity without a custom MAIL FROM domain has only its behaviour; moto answers alike.
    "ses:GetIdentityMailFromDomainAttributes.MailFromDomainAttributes[].MailFromDomain is required",
    "ses:GetIdentityMailFromDomainAttributes.MailFromDomainAttributes[].MailFromDomainStatus is required",
}

TYPES = {
    "boolean": bool,
    "string": str,
    "character": str,
    "integer": int,
    "long": int,
    "float": (int, float),
    "double": (int, float),
    "timestamp": datetime.datetime,
}

compared = set()
faults = []


def faults_of(shape, value, path):
    """What in a value does not fit its shape."""
    if value is None:
        return
    if shape.type_name == "structure":
        for name in shape.required_members:
            if value.get(name) is None:
                yield f"{path}.{name} is required and missing"
        for name, member in shape.members.items():
            if name in value:
                yield from faults_of(member, value[name], f"{path}.{name}")
    elif shape.type_name == "list":
        for number, member in enumerate(value):
            yield from faults_of(shape.member, member, f"{path}[{number}]")
    elif shape.type_name == "map":
        for key, member in value.items():
            yield from faults_of(shape.value, member, f"{path}[{key}]")
    elif shape.type_name in TYPES:
        if not isinstance(value, TYPES[shape.type_name]):
            yield f"{path} is {value!r}, which is no {shape.type_name}"
        allowed = getattr(shape, "enum", [])
        if allowed and value not in allowed:
            yield f"{path} is {value!r}, which is none of {allowed}"


def compare(http_response, parsed, model, **_):
    service = model.service_model.service_name
    name = f"{service}:{model.name}"
    if http_response.status_code < 300:
        compared.add(name)
        if model.output_shape is not None:
            faults.extend(faults_of(model.output_shape, parsed, name))
        return
    code = parsed.get("Error", {}).get("Code", "")
    known = {shape.error_code or shape.name for shape in model.error_shapes}
    known |= {shape.name for shape in model.error_shapes}
    # The models of S3 and IAM list hardly any of their errors.
    if service not in ("s3", "iam") and code not in known | COMMON:
        faults.append(f"{name} has no error {code}")


def hooked(create_client):
    def create(self, *arguments, **options):
        client = create_client(self, *arguments, **options)
        client.meta.events.register("after-call", compare)
        return client

    return create


botocore.session.Session.create_client = hooked(botocore.session.Session.create_client)


def read_everything(client, **names):
    """Asks every read operation whose required arguments are among `names`. One that is not offered
    refuses, in the service's own words."""
    service = client.meta.service_model
    for operation in service.operation_names:
        shape = service.operation_model(operation).input_shape
        required = shape.required_members if shape is not None else []
        if operation.startswith(("Get", "List", "Describe", "Head")) and set(required) <= set(names):
            try:
                client._make_api_call(operation, {name: names[name] for name in required})
            except ClientError:
                pass


def is_known(fault):
    """AWS differs from its model in the same way."""
    anywhere = re.sub(r"\[[^\]]*\]", "[]", fault)
    return any(anywhere.startswith(known) for known in OTHERWISE)


def settle():
    """Fails where an answer did not fit."""
    found = sorted({fault for fault in faults if not is_known(fault)})
    assert not found, "\n".join(found)
    print(f"{len(compared)} operations fit botocore's models")
