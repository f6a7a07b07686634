"""Small machines, and waiting for what becomes of them."""

import json
import time
import uuid

ROLE = "arn:aws:iam::123456789012:role/test"
PATIENCE_SECONDS = 20


def create(sfn, states, start="First", **more):
    definition = json.dumps({"StartAt": start, "States": states})
    name = f"machine-{uuid.uuid4()}"
    return sfn.create_state_machine(name=name, definition=definition, roleArn=ROLE, **more)["stateMachineArn"]


def chain(length):
    states = {}
    for number in range(length):
        name = "First" if number == 0 else f"State{number}"
        states[name] = {"Type": "Pass", "Next": f"State{number + 1}"}
    del states[name]["Next"]
    states[name]["End"] = True
    return states


def until(look, holds):
    """Looks again until what it sees holds, and gives that back."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    while True:
        seen = look()
        if holds(seen):
            return seen
        assert time.monotonic() < give_up, f"it never came to that: {seen}"
        time.sleep(0.02)


def ended(sfn, execution):
    return until(lambda: sfn.describe_execution(executionArn=execution), lambda seen: seen["status"] != "RUNNING")


def history(sfn, execution, **more):
    pages = sfn.get_paginator("get_execution_history").paginate(executionArn=execution, **more)
    return [event for page in pages for event in page["events"]]


def reached(sfn, execution, event_type):
    """Waits until the history holds an event of a type."""
    return until(lambda: history(sfn, execution), lambda events: any(event["type"] == event_type for event in events))


def assert_whole(events):
    """Ids without gap or repetition, causes before effects, time that never goes back."""
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    assert all(event.get("previousEventId", 0) < event["id"] for event in events)
    stamps = [event["timestamp"] for event in events]
    assert stamps == sorted(stamps)
