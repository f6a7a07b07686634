"""Distributed Map: map runs, their children, readers, writers and redrives."""

import json
import time
import uuid

import pytest
from botocore.exceptions import ClientError

from machines import assert_whole, create, ended, history, until

WAIT = {"Type": "Wait", "Seconds": 1, "End": True}
PASS = {"Type": "Pass", "End": True}


def distributed(state, kind="STANDARD", **fields):
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": kind},
        "StartAt": "Item",
        "States": {"Item": state},
    }
    return {"First": {"Type": "Map", "Label": "each", "ItemProcessor": processor, "End": True, **fields}}


def run(sfn, states, value):
    machine = create(sfn, states)
    return sfn.start_execution(stateMachineArn=machine, input=json.dumps(value))["executionArn"]


def only_map_run(sfn, execution):
    listed = until(lambda: sfn.list_map_runs(executionArn=execution)["mapRuns"], lambda runs: runs)
    assert len(listed) == 1
    return listed[0]["mapRunArn"]


def children(sfn, map_run, **more):
    pages = sfn.get_paginator("list_executions").paginate(mapRunArn=map_run, PaginationConfig={"PageSize": 3}, **more)
    return [child for page in pages for child in page["executions"]]


@pytest.mark.parametrize("kind", ["STANDARD", "EXPRESS"])
def test_items_are_read_and_results_written(own_server, kind):
    sfn = own_server.client()
    bucket = own_server.store.parent / "in"
    bucket.mkdir()
    (bucket / "orders.csv").write_text("id,price\n" + "".join(f"{number},{number * 10}\n" for number in range(7)))
    (own_server.store.parent / "out").mkdir()
    reader = {
        "Resource": "arn:aws:states:::s3:getObject",
        "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"},
        "Parameters": {"Bucket": "file:in", "Key": "orders.csv"},
    }
    writer = {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "file:out", "Prefix": "done"}}
    states = distributed(PASS, kind, ItemReader=reader, ItemBatcher={"MaxItemsPerBatch": 2}, ResultWriter=writer)
    execution = run(sfn, states, {})
    description = ended(sfn, execution)
    assert description["status"] == "SUCCEEDED"
    map_run = only_map_run(sfn, execution)
    output = json.loads(description["output"])
    assert output["MapRunArn"] == map_run
    manifest = own_server.store.parent / "out" / output["ResultWriterDetails"]["Key"]
    files = json.loads(manifest.read_text())["ResultFiles"]["SUCCEEDED"]
    results = [result for file in files for result in json.loads((own_server.store.parent / "out" / file["Key"]).read_text())]
    items = [item for result in results for item in json.loads(result["Output"])["Items"]]
    assert [item["id"] for item in items] == [str(number) for number in range(7)]

    described = sfn.describe_map_run(mapRunArn=map_run)
    assert (described["status"], described["executionArn"]) == ("SUCCEEDED", execution)
    assert described["itemCounts"]["succeeded"] == described["itemCounts"]["total"] == 7
    assert described["executionCounts"]["succeeded"] == described["executionCounts"]["resultsWritten"] == 4
    listed = children(sfn, map_run)
    assert sorted(child["itemCount"] for child in listed) == [1, 2, 2, 2]
    child = sfn.describe_execution(executionArn=listed[0]["executionArn"])
    assert child["mapRunArn"] == map_run
    assert child["stateMachineArn"].endswith("/each")
    processor = sfn.describe_state_machine_for_execution(executionArn=listed[0]["executionArn"])
    assert processor["label"] == "each"
    assert json.loads(processor["definition"])["StartAt"] == "Item"
    machine = description["stateMachineArn"]
    assert [it["executionArn"] for it in sfn.list_executions(stateMachineArn=machine)["executions"]] == [execution]


def test_a_map_run_survives_kill_9(own_server):
    sfn = own_server.client()
    execution = run(sfn, distributed(WAIT, MaxConcurrency=5), list(range(15)))
    map_run = only_map_run(sfn, execution)
    until(lambda: sfn.describe_map_run(mapRunArn=map_run)["itemCounts"]["succeeded"], lambda count: count >= 5)
    own_server.kill()
    sfn = own_server.start().client()
    description = ended(sfn, execution)
    assert json.loads(description["output"]) == list(range(15))
    assert_whole(history(sfn, execution))
    assert len(children(sfn, map_run)) == 15


def test_a_redrive_runs_what_failed(sfn):
    activity = sfn.create_activity(name=f"redriven-{uuid.uuid4()}")["activityArn"]
    task = {"Type": "Task", "Resource": activity, "TimeoutSeconds": 120, "End": True}
    execution = run(sfn, distributed(task, MaxConcurrency=1), [1, 2])
    for answer in (sfn.send_task_success, sfn.send_task_failure):
        token = sfn.get_activity_task(activityArn=activity)["taskToken"]
        more = {"output": '"one"'} if answer == sfn.send_task_success else {"error": "Broken"}
        answer(taskToken=token, **more)
    description = ended(sfn, execution)
    assert (description["status"], description["redriveStatus"]) == ("FAILED", "REDRIVABLE")
    map_run = only_map_run(sfn, execution)
    [failed] = children(sfn, map_run, statusFilter="FAILED")
    child = sfn.describe_execution(executionArn=failed["executionArn"])
    assert child["redriveStatus"] == "REDRIVABLE_BY_MAP_RUN"
    with pytest.raises(ClientError) as refused:
        sfn.redrive_execution(executionArn=failed["executionArn"])
    assert refused.value.response["Error"]["Code"] == "ExecutionNotRedrivable"

    assert sfn.redrive_execution(executionArn=execution)["redriveDate"]
    again = sfn.get_activity_task(activityArn=activity)
    assert again["input"] == "2"
    with pytest.raises(ClientError) as refused:
        sfn.redrive_execution(executionArn=execution)
    assert refused.value.response["Error"]["Message"] == "Execution is RUNNING and cannot be redriven"
    sfn.send_task_success(taskToken=again["taskToken"], output='"two"')
    description = ended(sfn, execution)
    assert (description["output"], description["redriveCount"]) == ('["one","two"]', 1)
    assert sfn.describe_map_run(mapRunArn=map_run)["redriveCount"] == 1
    types = [event["type"] for event in history(sfn, execution)]
    assert types[types.index("ExecutionRedriven") :] == [
        "ExecutionRedriven",
        "MapRunRedriven",
        "MapRunSucceeded",
        "MapStateSucceeded",
        "MapStateExited",
        "ExecutionSucceeded",
    ]
    assert_whole(history(sfn, execution))
    assert [it["redriveCount"] for it in children(sfn, map_run) if it["name"] == failed["name"]] == [1]


def test_a_running_map_run_takes_new_settings(sfn):
    execution = run(sfn, distributed({"Type": "Wait", "Seconds": 3, "End": True}, MaxConcurrency=1), list(range(30)))
    map_run = only_map_run(sfn, execution)
    assert sfn.describe_map_run(mapRunArn=map_run)["maxConcurrency"] == 1
    sfn.update_map_run(mapRunArn=map_run, maxConcurrency=30, toleratedFailureCount=2, toleratedFailurePercentage=50)
    described = sfn.describe_map_run(mapRunArn=map_run)
    changed = ("maxConcurrency", "toleratedFailureCount", "toleratedFailurePercentage")
    assert tuple(described[member] for member in changed) == (30, 2, 50.0)
    began = time.monotonic()
    assert ended(sfn, execution)["status"] == "SUCCEEDED"
    assert time.monotonic() - began < 15
    with pytest.raises(ClientError) as refused:
        sfn.update_map_run(mapRunArn=map_run, maxConcurrency=1)
    assert refused.value.response["Error"]["Code"] == "ValidationException"
    assert refused.value.response["reason"] == "CANNOT_UPDATE_COMPLETED_MAP_RUN"


def test_a_stop_ends_the_children(sfn):
    execution = run(sfn, distributed({"Type": "Wait", "Seconds": 600, "End": True}), [1, 2, 3])
    map_run = only_map_run(sfn, execution)
    until(lambda: sfn.describe_map_run(mapRunArn=map_run), lambda seen: seen["itemCounts"]["running"] == 3)
    sfn.stop_execution(executionArn=execution)
    described = until(
        lambda: sfn.describe_map_run(mapRunArn=map_run), lambda seen: seen["itemCounts"]["aborted"] == 3
    )
    assert described["status"] == "ABORTED"


def test_unknown_map_runs(sfn):
    arn = "arn:aws:states:us-east-1:123456789012:mapRun:nobody/each:1"
    for call in (
        lambda: sfn.describe_map_run(mapRunArn=arn),
        lambda: sfn.update_map_run(mapRunArn=arn, maxConcurrency=1),
        lambda: sfn.list_executions(mapRunArn=arn),
    ):
        with pytest.raises(ClientError) as refused:
            call()
        assert refused.value.response["Error"]["Code"] == "ResourceNotFound"
