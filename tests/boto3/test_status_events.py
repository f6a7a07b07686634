"""Events of status changes: in a file, and through EventBridge to a queue."""

import json
import uuid

import pytest

from machines import chain, create, ended, until
from test_execution_logs import records

MEMBERS = [
    *("executionArn", "stateMachineArn", "name", "status", "startDate", "stopDate", "input", "output"),
    *("stateMachineVersionArn", "stateMachineAliasArn"),
    *("redriveCount", "redriveDate", "redriveStatus", "redriveStatusReason"),
    *("inputDetails", "outputDetails", "error", "cause"),
]
INCLUDED = {"included": True}


@pytest.fixture
def told(serve, tmp_path):
    """A client, and what is told of an execution as soon as it is so much."""
    file = tmp_path / "events.jsonl"
    sfn = serve("--events", f"file:{file}").client()

    def of(execution, count):
        look = lambda: [event for event in records(file) if event["detail"]["executionArn"] == execution]
        return until(look, lambda seen: len(seen) >= count)

    return sfn, of


def statuses(events):
    return [event["detail"]["status"] for event in events]


def test_an_event_has_what_aws_documents(told):
    sfn, of = told
    machine = create(sfn, chain(1))
    execution = sfn.start_execution(stateMachineArn=machine, input='{ "a": 1 }')["executionArn"]
    described = ended(sfn, execution)
    running, succeeded = of(execution, 2)
    uuid.UUID(running.pop("id"))
    assert list(running["detail"]) == MEMBERS
    assert {name: value for name, value in running.items() if name not in ("detail", "time")} == {
        "version": "0",
        "detail-type": "Step Functions Execution Status Change",
        "source": "aws.states",
        "account": "123456789012",
        "region": "us-east-1",
        "resources": [execution],
    }
    start = round(described["startDate"].timestamp() * 1000)
    common = {
        "executionArn": execution,
        "stateMachineArn": machine,
        "name": execution.rsplit(":", 1)[-1],
        "startDate": start,
        "input": '{ "a": 1 }',
        "inputDetails": INCLUDED,
        "redriveCount": 0,
        "redriveStatus": "NOT_REDRIVABLE",
    }
    reason = "Execution is {} and cannot be redriven".format
    absent = dict.fromkeys(MEMBERS)
    assert running["detail"] == {**absent, **common, "status": "RUNNING", "redriveStatusReason": reason("RUNNING")}
    assert succeeded["detail"] == {
        **absent,
        **common,
        "status": "SUCCEEDED",
        "stopDate": round(described["stopDate"].timestamp() * 1000),
        "output": '{ "a": 1 }',
        "outputDetails": INCLUDED,
        "redriveStatusReason": reason("SUCCEEDED"),
    }


def test_each_end_is_told(told):
    sfn, of = told
    wait = {"First": {"Type": "Wait", "Seconds": 60, "End": True}}
    stopped = sfn.start_execution(stateMachineArn=create(sfn, wait))["executionArn"]
    sfn.stop_execution(executionArn=stopped, error="Enough", cause="On purpose")
    _, aborted = of(stopped, 2)
    assert aborted["detail"]["status"] == "ABORTED"
    assert (aborted["detail"]["error"], aborted["detail"]["cause"]) == ("Enough", "On purpose")
    definition = json.dumps({"StartAt": "First", "TimeoutSeconds": 1, "States": wait})
    machine = create(sfn, wait)
    sfn.update_state_machine(stateMachineArn=machine, definition=definition)
    late = sfn.start_execution(stateMachineArn=machine)["executionArn"]
    assert statuses(of(late, 2)) == ["RUNNING", "TIMED_OUT"]


def test_a_redrive_runs_again(told):
    sfn, of = told
    machine = create(sfn, {"First": {"Type": "Fail", "Error": "Broken"}})
    execution = sfn.start_execution(stateMachineArn=machine)["executionArn"]
    assert statuses(of(execution, 2)) == ["RUNNING", "FAILED"]
    redriven_at = sfn.redrive_execution(executionArn=execution)["redriveDate"]
    events = of(execution, 4)
    assert statuses(events) == ["RUNNING", "FAILED", "RUNNING", "FAILED"]
    assert events[1]["detail"]["redriveStatus"] == "REDRIVABLE"
    for event in events[2:]:
        assert event["detail"]["redriveCount"] == 1
        assert event["detail"]["redriveDate"] == round(redriven_at.timestamp() * 1000)


def test_versions_and_aliases_are_named(told):
    sfn, of = told
    machine = create(sfn, chain(1))
    version = sfn.publish_state_machine_version(stateMachineArn=machine)["stateMachineVersionArn"]
    routing = [{"stateMachineVersionArn": version, "weight": 100}]
    alias = sfn.create_state_machine_alias(name="live", routingConfiguration=routing)["stateMachineAliasArn"]
    execution = sfn.start_execution(stateMachineArn=alias)["executionArn"]
    for event in of(execution, 2):
        assert event["detail"]["stateMachineArn"] == machine
        assert event["detail"]["stateMachineVersionArn"] == version
        assert event["detail"]["stateMachineAliasArn"] == alias


def test_express_executions_tell_nothing(told):
    sfn, of = told
    express = create(sfn, chain(1), type="EXPRESS")
    quiet = sfn.start_sync_execution(stateMachineArn=express)["executionArn"]
    standard = sfn.start_execution(stateMachineArn=create(sfn, chain(1)))["executionArn"]
    of(standard, 2)
    assert of(quiet, 0) == []


def test_event_bridge_hands_events_to_targets(serve, aws):
    events, sqs = aws.client("events"), aws.client("sqs")
    queue = sqs.create_queue(QueueName=f"queue-{uuid.uuid4()}")["QueueUrl"]
    queue_arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    pattern = {"source": ["aws.states"], "detail": {"status": ["FAILED"]}}
    rule = f"rule-{uuid.uuid4()}"
    events.put_rule(Name=rule, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=rule, Targets=[{"Id": "1", "Arn": queue_arn}])
    server = serve("--events", aws.url)
    sfn = server.client()
    machine = create(sfn, {"First": {"Type": "Fail", "Error": "Broken"}})
    executions = {sfn.start_execution(stateMachineArn=machine)["executionArn"] for _ in range(12)}
    seen = {}

    def receive():
        for message in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", []):
            event = json.loads(message["Body"])
            seen[event["detail"]["executionArn"]] = event
        return seen

    until(receive, lambda seen: seen.keys() == executions)
    for execution, event in seen.items():
        assert event["detail-type"] == "Step Functions Execution Status Change"
        assert event["resources"] == [execution]
        assert (event["detail"]["status"], event["detail"]["error"]) == ("FAILED", "Broken")
    until(server.metrics, lambda counts: counts["stepwell_status_events_sent_total"] == 24)


def test_a_bus_that_is_not_there_is_no_obstacle(serve):
    server = serve("--events", "http://127.0.0.1:1")
    sfn = server.client()
    execution = sfn.start_execution(stateMachineArn=create(sfn, chain(1)))["executionArn"]
    assert ended(sfn, execution)["status"] == "SUCCEEDED"
    until(server.metrics, lambda counts: counts["stepwell_status_events_dropped_total"] == 2)
    assert server.stop() == 0
