"""Responses as they come over the wire, checked against the client's own model.

botocore drops members that it does not know and converts what it can; here the
raw JSON is held against the service model: no unknown member, no missing one,
every type, enum, pattern-free length and range as the model says.
"""

import json


class Mismatch(AssertionError):
    """A response that the service model does not allow."""


def check(shape, value, at="$"):
    """Holds a JSON value against a botocore output shape."""
    if value is None:
        raise Mismatch(f"{at}: null")
    CHECKS[shape.type_name](shape, value, at)


def _structure(shape, value, at):
    _expect(isinstance(value, dict), at, "an object", value)
    unknown = set(value) - set(shape.members)
    _expect(not unknown, at, f"only members of {shape.name}", sorted(unknown))
    missing = set(shape.required_members) - set(value)
    _expect(not missing, at, f"all required members of {shape.name}", f"without {sorted(missing)}")
    for name, member in value.items():
        check(shape.members[name], member, f"{at}.{name}")


def _list(shape, value, at):
    _expect(isinstance(value, list), at, "an array", value)
    for index, element in enumerate(value):
        check(shape.member, element, f"{at}[{index}]")


def _map(shape, value, at):
    _expect(isinstance(value, dict), at, "an object", value)
    for key, member in value.items():
        check(shape.value, member, f"{at}.{key}")


def _string(shape, value, at):
    _expect(isinstance(value, str), at, "a string", value)
    _expect(not shape.enum or value in shape.enum, at, f"one of {shape.enum}", value)
    _bounds(shape, len(value), at)


def _integer(shape, value, at):
    _expect(isinstance(value, int) and not isinstance(value, bool), at, "an integer", value)
    _bounds(shape, value, at)


def _float(shape, value, at):
    _expect(isinstance(value, (int, float)) and not isinstance(value, bool), at, "a number", value)
    _bounds(shape, value, at)


def _timestamp(_shape, value, at):
    _expect(isinstance(value, (int, float)) and not isinstance(value, bool), at, "epoch seconds", value)
    _expect(1_600_000_000 < value < 4_000_000_000, at, "a date of this age in seconds", value)


def _boolean(_shape, value, at):
    _expect(isinstance(value, bool), at, "a boolean", value)


def _bounds(shape, size, at):
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    _expect(low is None or size >= low, at, f"at least {low}", size)
    _expect(high is None or size <= high, at, f"at most {high}", size)


def _expect(holds, at, wanted, found):
    if not holds:
        raise Mismatch(f"{at}: wanted {wanted}, found {found!r}")


CHECKS = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "string": _string,
    "integer": _integer,
    "long": _integer,
    "float": _float,
    "double": _float,
    "timestamp": _timestamp,
    "boolean": _boolean,
}


class Recorder:
    """Checks every response of a client, and remembers which operations succeeded."""

    def __init__(self):
        self.succeeded = set()

    def watch(self, client):
        client.meta.events.register("before-parse.sfn", self._received)

    def _received(self, operation_model, response_dict, **_):
        body = json.loads(response_dict["body"] or b"{}")
        if response_dict["status_code"] >= 300:
            declared = {shape.error_code for shape in operation_model.error_shapes}
            code = body.get("__type", "").rsplit("#", 1)[-1]
            _expect(code in declared, operation_model.name, f"one of {sorted(declared)}", body)
            _expect(isinstance(body.get("message"), str), operation_model.name, "a message", body)
            return
        shape = operation_model.output_shape
        if shape is None:
            _expect(body == {}, operation_model.name, "an empty response", body)
        else:
            check(shape, body, operation_model.name)
        self.succeeded.add(operation_model.name)
