"""TestState: one state by itself, as an unchanged client calls it."""

import json

import pytest
from botocore.exceptions import ClientError

from machines import ROLE

QUEUE = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": True}
BRANCH = {"StartAt": "Inner", "States": {"Inner": {"Type": "Pass", "End": True}}}


def single(sfn, state, **more):
    return sfn.test_state(definition=json.dumps(state), **more)


def test_a_state_shows_its_stages(sfn):
    state = {"Type": "Pass", "Parameters": {"b.$": "$.a"}, "Next": "More"}
    shown = single(sfn, state, input='{ "a": 1 }', inspectionLevel="DEBUG")
    assert (shown["status"], shown["output"], shown["nextState"]) == ("SUCCEEDED", '{"b":1}', "More")
    assert shown["inspectionData"]["input"] == '{ "a": 1 }'
    assert shown["inspectionData"]["afterParameters"] == '{"b":1}'


def test_a_mocked_error_is_retried_and_caught(sfn):
    state = {
        **QUEUE,
        "Retry": [{"ErrorEquals": ["Busy"], "MaxAttempts": 1}],
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Recover"}],
    }
    mock = {"errorOutput": {"error": "Busy", "cause": "later"}}
    first = single(sfn, state, mock=mock, inspectionLevel="TRACE")
    assert first["status"] == "RETRIABLE"
    assert first["inspectionData"]["errorDetails"] == {"retryIndex": 0, "retryBackoffIntervalSeconds": 1}
    last = single(sfn, state, mock=mock, stateConfiguration={"retrierRetryCount": 1})
    assert (last["status"], last["nextState"]) == ("CAUGHT_ERROR", "Recover")
    assert json.loads(last["output"]) == {"Error": "Busy", "Cause": "later"}


def test_a_map_state_of_a_whole_machine(sfn):
    states = {"Each": {"Type": "Map", "ItemProcessor": BRANCH, "ToleratedFailurePercentage": 50, "End": True}}
    machine = {"StartAt": "Each", "States": states}
    more = {"stateName": "Each", "input": "[1, 2]", "mock": {"result": "[3, 4]"}, "inspectionLevel": "DEBUG"}
    shown = single(sfn, machine, **more)
    assert (shown["status"], shown["output"]) == ("SUCCEEDED", "[3, 4]")
    assert shown["inspectionData"]["toleratedFailurePercentage"] == 50
    failed = single(sfn, machine, stateConfiguration={"mapIterationFailureCount": 2}, **more)
    assert failed["error"] == "States.ExceedToleratedFailureThreshold"


def test_a_task_without_a_mock_is_really_called(sfn):
    shown = single(sfn, {**QUEUE, "Parameters": {"QueueUrl": "q", "MessageBody": "m"}}, roleArn=ROLE)
    assert (shown["status"], "sqs:sendMessage" in shown["cause"]) == ("FAILED", True)


@pytest.mark.parametrize(
    ("state", "more", "code", "message"),
    [
        ({"Type": "Jump"}, {}, "InvalidDefinition", "/States/StateName/Type"),
        (QUEUE, {}, "ValidationException", "RoleArn must be specified when testing a Task state"),
        (QUEUE, {"mock": {"result": '{"MessageId":1}'}}, "ValidationException", "Field 'MessageId' must be a string"),
        ({"Type": "Succeed"}, {"mock": {"result": "1"}}, "ValidationException", "State type 'Succeed' is not supported"),
        ({"Type": "Succeed"}, {"input": "{"}, "InvalidExecutionInput", "Invalid State Machine Execution Input"),
    ],
)
def test_what_is_refused(sfn, state, more, code, message):
    with pytest.raises(ClientError) as refused:
        single(sfn, state, **more)
    assert refused.value.response["Error"]["Code"] == code
    assert message in refused.value.response["Error"]["Message"]
