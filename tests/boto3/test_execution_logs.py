"""Execution logs: in a file, on standard output, and in CloudWatch Logs."""

import json
import uuid

import pytest
from botocore.exceptions import ClientError

from machines import chain, create, ended, history, until

FAILS = {"First": {"Type": "Pass", "Next": "Last"}, "Last": {"Type": "Fail", "Error": "Broken", "Cause": "On purpose"}}


def logging(level="ALL", data=True, group="group"):
    arn = f"arn:aws:logs:us-east-1:123456789012:log-group:{group}:*"
    destination = {"cloudWatchLogsLogGroup": {"logGroupArn": arn}}
    configuration = {"level": level, "includeExecutionData": data, "destinations": [destination]}
    return {"loggingConfiguration": configuration}


def records(path):
    """The whole lines of a file."""
    lines = path.read_text().split("\n")[:-1] if path.exists() else []
    return [json.loads(line) for line in lines]


def of(execution, seen):
    return [record for record in seen if record["execution_arn"] == execution]


def types(seen):
    return [record["type"] for record in seen]


def details(event):
    found = [value for name, value in event.items() if name.endswith("EventDetails")]
    return found[0] if found else {}


def test_a_file_takes_the_history(serve, tmp_path):
    file = tmp_path / "records.jsonl"
    server = serve("--execution-logs", f"file:{file}")
    sfn = server.client()
    machine = create(sfn, FAILS, **logging())
    execution = sfn.start_execution(stateMachineArn=machine, input='{ "a": 1 }')["executionArn"]
    ended(sfn, execution)
    events = history(sfn, execution)
    seen = until(lambda: of(execution, records(file)), lambda seen: len(seen) == len(events))
    for event, record in zip(events, seen):
        assert record == {
            "id": str(event["id"]),
            "type": event["type"],
            "details": details(event),
            "previous_event_id": str(event["previousEventId"]),
            "event_timestamp": str(round(event["timestamp"].timestamp() * 1000)),
            "execution_arn": execution,
            "redrive_count": "0",
        }


@pytest.mark.parametrize(
    "level, want",
    [
        ("ALL", ["ExecutionStarted", "PassStateEntered", "PassStateExited", "FailStateEntered", "ExecutionFailed"]),
        ("ERROR", ["FailStateEntered", "ExecutionFailed"]),
        ("FATAL", ["ExecutionFailed"]),
        ("OFF", []),
    ],
)
def test_levels(serve, tmp_path, level, want):
    file = tmp_path / "records.jsonl"
    server = serve("--execution-logs", f"file:{file}")
    sfn = server.client()
    machine = create(sfn, FAILS, **logging(level, data=False))
    execution = sfn.start_execution(stateMachineArn=machine, input='{"secret": 1}')["executionArn"]
    ended(sfn, execution)
    assert server.stop() == 0, "what waits is written before the end"
    assert types(of(execution, records(file))) == want
    assert "secret" not in file.read_text()
    assert "On purpose" in file.read_text() or not want


def test_express_executions_log(serve, tmp_path):
    file = tmp_path / "records.jsonl"
    sfn = serve("--execution-logs", f"file:{file}").client()
    machine = create(sfn, chain(1), type="EXPRESS", **logging())
    for start in (sfn.start_execution, sfn.start_sync_execution):
        execution = start(stateMachineArn=machine, input="7")["executionArn"]
        seen = until(lambda: of(execution, records(file)), lambda seen: len(seen) == 4)
        assert types(seen)[-1] == "ExecutionSucceeded"
        assert seen[-1]["details"] == {"output": "7", "outputDetails": {"truncated": False}}


def test_standard_output_takes_records_after_the_greeting(serve):
    server = serve("--execution-logs", "stdout")
    sfn = server.client()
    machine = create(sfn, chain(2), **logging())
    execution = sfn.start_execution(stateMachineArn=machine)["executionArn"]
    ended(sfn, execution)
    assert server.stop() == 0
    seen = [json.loads(line) for line in server.process.stdout.read().splitlines()]
    assert types(of(execution, seen)) == [event["type"] for event in history_of_chain(2)]


def history_of_chain(length):
    states = ["PassStateEntered", "PassStateExited"] * length
    return [{"type": name} for name in ["ExecutionStarted", *states, "ExecutionSucceeded"]]


def test_long_data_is_cut_off(serve, tmp_path):
    file = tmp_path / "records.jsonl"
    sfn = serve("--execution-logs", f"file:{file}").client()
    machine = create(sfn, chain(1), **logging())
    document = json.dumps({"quotes": "'" * 10 + '"' * 80_000})
    execution = sfn.start_execution(stateMachineArn=machine, input=document)["executionArn"]
    seen = until(lambda: of(execution, records(file)), lambda seen: len(seen) == 4)
    for record in seen:
        notes = [value for name, value in record["details"].items() if name.endswith("putDetails")]
        assert notes == [{"truncated": True}]
        assert 240 * 1024 < len(json.dumps(record)) < 256 * 1024
        data = record["details"].get("input") or record["details"]["output"]
        assert document.startswith(data)


def test_a_redrive_goes_on_in_the_log(serve, tmp_path):
    file = tmp_path / "records.jsonl"
    sfn = serve("--execution-logs", f"file:{file}").client()
    machine = create(sfn, FAILS, **logging("ALL", data=False))
    execution = sfn.start_execution(stateMachineArn=machine)["executionArn"]
    ended(sfn, execution)
    sfn.redrive_execution(executionArn=execution)
    seen = until(lambda: of(execution, records(file)), lambda seen: types(seen).count("ExecutionFailed") == 2)
    assert [record["id"] for record in seen] == [str(number) for number in range(1, len(seen) + 1)]
    assert {record["redrive_count"] for record in seen[:5]} == {"0"}
    assert {record["redrive_count"] for record in seen[5:]} == {"1"}
    assert seen[5]["type"] == "ExecutionRedriven"


def test_cloud_watch_logs(serve, aws):
    logs = aws.client("logs")
    group = f"/aws/vendedlogs/states/{uuid.uuid4()}"
    logs.create_log_group(logGroupName=group)
    server = serve("--execution-logs", aws.url)
    sfn = server.client()
    machine = create(sfn, FAILS, **logging(group=group))
    executions = [sfn.start_execution(stateMachineArn=machine)["executionArn"] for _ in range(20)]

    def messages():
        found = logs.filter_log_events(logGroupName=group, limit=1000)["events"]
        return [json.loads(event["message"]) for event in found]

    seen = until(messages, lambda seen: len(seen) == 100)
    for execution in executions:
        assert [record["id"] for record in of(execution, seen)] == ["1", "2", "3", "4", "5"]
    streams = logs.describe_log_streams(logGroupName=group)["logStreams"]
    name = machine.rsplit(":", 1)[-1]
    assert [stream["logStreamName"].startswith(f"states/{name}/") for stream in streams] == [True]
    counts = server.metrics()
    assert counts["stepwell_log_records_sent_total"] == 100
    assert counts["stepwell_log_records_dropped_total"] == 0


def test_a_log_group_must_be_there(serve, aws):
    logs = aws.client("logs")
    group = f"group-{uuid.uuid4()}"
    logs.create_log_group(logGroupName=group)
    sfn = serve("--execution-logs", aws.url).client()
    machine = create(sfn, FAILS, **logging(group=group))
    absent = logging(group=group[:-1])
    calls = [lambda: create(sfn, FAILS, **absent), lambda: sfn.update_state_machine(stateMachineArn=machine, **absent)]
    for call in calls:
        with pytest.raises(ClientError) as refused:
            call()
        error = refused.value.response["Error"]
        assert error["Code"] == "InvalidLoggingConfiguration"
        assert error["Message"] == "Invalid Logging Configuration: Log Destination not found."


def test_a_log_group_that_went_is_no_obstacle(serve, aws):
    logs = aws.client("logs")
    group = f"group-{uuid.uuid4()}"
    logs.create_log_group(logGroupName=group)
    server = serve("--execution-logs", aws.url)
    sfn = server.client()
    machine = create(sfn, FAILS, **logging(group=group))
    logs.delete_log_group(logGroupName=group)
    execution = sfn.start_execution(stateMachineArn=machine)["executionArn"]
    assert ended(sfn, execution)["status"] == "FAILED"
    until(server.metrics, lambda counts: counts["stepwell_log_records_dropped_total"] == 5)
    assert "log records were dropped" in server.log()
