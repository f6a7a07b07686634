"""docs/api.md, which is written from the server's own tables, against the client's service model."""

import pathlib
import re

import boto3
import pytest

DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "docs" / "api.md"

# What the service demands and its model does not say: *Tag naming limits and requirements*.
TAG_PATTERN = r"pattern `^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$`"
BEYOND_THE_MODEL = {("tags[].key", "required"), ("tags[].key", TAG_PATTERN), ("tags[].value", TAG_PATTERN)}

# The model's limits on these are lengths of payloads: "expressed as bytes in UTF-8 encoding".
PAYLOADS = {"SensitiveData", "SensitiveDataJobOutput"}

TYPES = {"integer": "integer", "long": "integer", "float": "number", "boolean": "boolean", "string": "string", "list": "list"}


def documented():
    """Members and errors of each operation, as the document has them."""
    operations = {}
    for section in DOCUMENT.read_text().split("\n## ")[1:]:
        name, _, body = section.partition("\n")
        members, errors = body.split("| Error | When |")
        rows = re.findall(r"^\| `(\S+)` \| (.+) \| `[^`]+` \|$", members, re.MULTILINE)
        operations[name] = set(rows), set(re.findall(r"^\| `(\w+)` \|", errors, re.MULTILINE))
    return operations


def rules(shape, at):
    """What the client's model says of a member."""
    if shape.type_name == "structure":
        yield at, shape.name
        yield from rules_of_members(shape, f"{at}.")
        return
    yield at, TYPES[shape.type_name]
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if shape.type_name == "list":
        if high is not None:
            yield at, f"at most {high}"
            yield at, f"at least {low}"
        if shape.member.type_name == "structure":
            yield from rules_of_members(shape.member, f"{at}[].")
        else:
            yield f"{at}[]", "required"
            yield from rules(shape.member, f"{at}[]")
    elif shape.type_name == "string":
        if high is not None:
            yield at, f"length at most {high}" + (" bytes" if shape.name in PAYLOADS else "")
        if low:
            yield at, f"length at least {low}"
        if "pattern" in shape.metadata:
            yield at, f"pattern `{shape.metadata['pattern']}`"
        if shape.enum:
            yield at, frozenset(shape.enum)
    else:
        if high is not None:
            yield at, f"at most {high}"
        if low is not None:
            yield at, f"at least {low}"


def rules_of_members(structure, prefix):
    for name, shape in structure.members.items():
        if name in structure.required_members:
            yield f"{prefix}{name}", "required"
        yield from rules(shape, f"{prefix}{name}")


def read(rule):
    """Values are compared as a set: the model's order is not the one that the service lists them in."""
    return frozenset(rule.removeprefix("one of ").split(", ")) if rule.startswith("one of ") else rule


MODEL = boto3.client("stepfunctions", region_name="us-east-1").meta.service_model
OPERATIONS = documented()


def test_no_operation_is_missing():
    assert sorted(OPERATIONS) == sorted(MODEL.operation_names)


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_members_and_errors_are_those_of_the_model(operation):
    model = MODEL.operation_model(operation)
    members, errors = OPERATIONS[operation]
    ours = {(name, read(rule)) for name, rule in members}
    theirs = set(rules_of_members(model.input_shape, ""))
    assert ours - BEYOND_THE_MODEL == theirs
    assert errors == {shape.name for shape in model.error_shapes}
