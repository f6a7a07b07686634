"""The 23 operations of the first API, as an unchanged client calls them."""

import json
import threading
import uuid

import pytest

from machines import ROLE, assert_whole, chain, create, ended, history, reached

FIRST_OPERATIONS = {
    "CreateActivity", "CreateStateMachine", "DeleteActivity", "DeleteStateMachine", "DescribeActivity",
    "DescribeExecution", "DescribeStateMachine", "DescribeStateMachineForExecution", "GetActivityTask",
    "GetExecutionHistory", "ListActivities", "ListExecutions", "ListStateMachines", "ListTagsForResource",
    "SendTaskFailure", "SendTaskHeartbeat", "SendTaskSuccess", "StartExecution", "StartSyncExecution",
    "StopExecution", "TagResource", "UntagResource", "UpdateStateMachine",
}


def activity_machine(sfn, **fields):
    activity = sfn.create_activity(name=f"activity-{uuid.uuid4()}")["activityArn"]
    task = {"Type": "Task", "Resource": activity, "TimeoutSeconds": 60, "End": True, **fields}
    return activity, create(sfn, {"First": task})


def test_an_execution_from_start_to_end(sfn):
    machine = create(sfn, chain(10))
    started = sfn.start_execution(stateMachineArn=machine, name="one", input='{ "a": 1 }')
    description = ended(sfn, started["executionArn"])
    assert (description["status"], description["output"]) == ("SUCCEEDED", '{ "a": 1 }')
    events = history(sfn, started["executionArn"])
    assert_whole(events)
    assert len(events) == 22
    assert (events[0]["type"], events[-1]["type"]) == ("ExecutionStarted", "ExecutionSucceeded")
    bare = history(sfn, started["executionArn"], includeExecutionData=False)
    assert "input" not in bare[0]["executionStartedEventDetails"]
    with pytest.raises(sfn.exceptions.ExecutionAlreadyExists):
        sfn.start_execution(stateMachineArn=machine, name="one", input="{}")
    of_execution = sfn.describe_state_machine_for_execution(executionArn=started["executionArn"])
    assert of_execution["stateMachineArn"] == machine


def test_a_start_is_idempotent_while_the_execution_runs(sfn):
    machine = create(sfn, {"First": {"Type": "Wait", "Seconds": 60, "End": True}})
    started = sfn.start_execution(stateMachineArn=machine, name="one", input='{ "a": 1 }')
    again = sfn.start_execution(stateMachineArn=machine, name="one", input='{ "a": 1 }')
    assert (again["executionArn"], again["startDate"]) == (started["executionArn"], started["startDate"])
    with pytest.raises(sfn.exceptions.ExecutionAlreadyExists):
        sfn.start_execution(stateMachineArn=machine, name="one", input="{}")
    sfn.stop_execution(executionArn=started["executionArn"])
    with pytest.raises(sfn.exceptions.ExecutionAlreadyExists):
        sfn.start_execution(stateMachineArn=machine, name="one", input='{ "a": 1 }')


def test_state_machines(sfn):
    machine = create(sfn, chain(1))
    assert sfn.describe_state_machine(stateMachineArn=machine)["status"] == "ACTIVE"
    changed = json.dumps({"StartAt": "Other", "States": {"Other": {"Type": "Succeed"}}})
    sfn.update_state_machine(stateMachineArn=machine, definition=changed)
    assert sfn.describe_state_machine(stateMachineArn=machine)["definition"] == changed
    execution = sfn.start_execution(stateMachineArn=machine)["executionArn"]
    ended(sfn, execution)
    assert history(sfn, execution)[1]["type"] == "SucceedStateEntered"
    pages = sfn.get_paginator("list_state_machines").paginate()
    assert machine in [one["stateMachineArn"] for page in pages for one in page["stateMachines"]]
    sfn.delete_state_machine(stateMachineArn=machine)
    with pytest.raises(sfn.exceptions.StateMachineDoesNotExist):
        sfn.start_execution(stateMachineArn=machine)
    with pytest.raises(sfn.exceptions.InvalidDefinition):
        sfn.create_state_machine(name="wrong", definition='{"StartAt": "Nowhere", "States": {}}', roleArn=ROLE)


def test_versions_and_aliases(sfn):
    machine = create(sfn, chain(1))
    first = sfn.publish_state_machine_version(stateMachineArn=machine, description="one")["stateMachineVersionArn"]
    changed = json.dumps({"StartAt": "Other", "States": {"Other": {"Type": "Succeed"}}})
    updated = sfn.update_state_machine(stateMachineArn=machine, definition=changed, publish=True)
    second = updated["stateMachineVersionArn"]
    assert (first, second) == (f"{machine}:1", f"{machine}:2")
    assert sfn.describe_state_machine(stateMachineArn=first)["description"] == "one"
    versions = sfn.list_state_machine_versions(stateMachineArn=machine)["stateMachineVersions"]
    assert [version["stateMachineVersionArn"] for version in versions] == [second, first]
    with pytest.raises(sfn.exceptions.ConflictException):
        sfn.publish_state_machine_version(stateMachineArn=machine, revisionId="stale")

    route = {"stateMachineVersionArn": first, "weight": 100}
    live = sfn.create_state_machine_alias(name="live", routingConfiguration=[route])["stateMachineAliasArn"]
    execution = sfn.start_execution(stateMachineArn=live)["executionArn"]
    description = ended(sfn, execution)
    assert (description["stateMachineVersionArn"], description["stateMachineAliasArn"]) == (first, live)
    started = history(sfn, execution)[0]["executionStartedEventDetails"]
    assert (started["stateMachineVersionArn"], started["stateMachineAliasArn"]) == (first, live)
    assert history(sfn, execution)[1]["type"] == "PassStateEntered"
    for arn in (first, live):
        listed = sfn.list_executions(stateMachineArn=arn)["executions"]
        assert [one["executionArn"] for one in listed] == [execution]
    with pytest.raises(sfn.exceptions.ConflictException):
        sfn.delete_state_machine_version(stateMachineVersionArn=first)

    halves = [{"stateMachineVersionArn": version, "weight": 50} for version in (first, second)]
    sfn.update_state_machine_alias(stateMachineAliasArn=live, routingConfiguration=halves)
    assert sfn.describe_state_machine_alias(stateMachineAliasArn=live)["routingConfiguration"] == halves
    aliases = sfn.list_state_machine_aliases(stateMachineArn=machine)["stateMachineAliases"]
    assert [alias["stateMachineAliasArn"] for alias in aliases] == [live]
    sfn.delete_state_machine_alias(stateMachineAliasArn=live)
    sfn.delete_state_machine_version(stateMachineVersionArn=first)
    with pytest.raises(sfn.exceptions.ResourceNotFound):
        sfn.describe_state_machine_alias(stateMachineAliasArn=live)
    with pytest.raises(sfn.exceptions.StateMachineDoesNotExist):
        sfn.start_execution(stateMachineArn=first)


def test_tags(sfn):
    machine = create(sfn, chain(1), tags=[{"key": "team", "value": "blue"}])
    sfn.tag_resource(resourceArn=machine, tags=[{"key": "stage", "value": "test"}, {"key": "team", "value": "red"}])
    tags = {tag["key"]: tag["value"] for tag in sfn.list_tags_for_resource(resourceArn=machine)["tags"]}
    assert tags == {"team": "red", "stage": "test"}
    sfn.untag_resource(resourceArn=machine, tagKeys=["team"])
    assert sfn.list_tags_for_resource(resourceArn=machine)["tags"] == [{"key": "stage", "value": "test"}]


def test_a_worker_in_a_thread_answers_activities(shared_server, sfn):
    activity, machine = activity_machine(sfn, HeartbeatSeconds=30)
    assert sfn.describe_activity(activityArn=activity)["name"] in activity
    rounds = 5
    seen = []

    def work():
        worker = shared_server.client()
        for _ in range(rounds):
            task = worker.get_activity_task(activityArn=activity, workerName="worker-1")
            number = json.loads(task["input"])["number"]
            seen.append(number)
            worker.send_task_heartbeat(taskToken=task["taskToken"])
            if number % 2:
                worker.send_task_failure(taskToken=task["taskToken"], error="Odd", cause=f"{number} is odd")
            else:
                worker.send_task_success(taskToken=task["taskToken"], output=json.dumps({"half": number // 2}))

    thread = threading.Thread(target=work)
    thread.start()
    executions = [
        sfn.start_execution(stateMachineArn=machine, input=json.dumps({"number": number}))["executionArn"]
        for number in range(rounds)
    ]
    thread.join(timeout=60)
    assert not thread.is_alive() and sorted(seen) == list(range(rounds))
    for number, execution in enumerate(executions):
        description = ended(sfn, execution)
        events = history(sfn, execution)
        assert_whole(events)
        started = next(event for event in events if event["type"] == "ActivityStarted")
        assert started["activityStartedEventDetails"] == {"workerName": "worker-1"}
        if number % 2:
            assert (description["error"], description["cause"]) == ("Odd", f"{number} is odd")
        else:
            assert json.loads(description["output"]) == {"half": number // 2}
    sfn.delete_activity(activityArn=activity)
    with pytest.raises(sfn.exceptions.ActivityDoesNotExist):
        sfn.describe_activity(activityArn=activity)


def test_a_task_is_answered_once(sfn):
    activity, machine = activity_machine(sfn)
    execution = sfn.start_execution(stateMachineArn=machine)["executionArn"]
    token = sfn.get_activity_task(activityArn=activity)["taskToken"]
    sfn.send_task_success(taskToken=token, output="{}")
    ended(sfn, execution)
    with pytest.raises((sfn.exceptions.TaskTimedOut, sfn.exceptions.TaskDoesNotExist)):
        sfn.send_task_success(taskToken=token, output="{}")
    with pytest.raises(sfn.exceptions.InvalidToken):
        sfn.send_task_heartbeat(taskToken="no token")
    with pytest.raises(sfn.exceptions.InvalidOutput):
        sfn.send_task_success(taskToken=token, output="no json")


def test_stop(sfn):
    machine = create(sfn, {"First": {"Type": "Wait", "Seconds": 3600, "End": True}})
    execution = sfn.start_execution(stateMachineArn=machine)["executionArn"]
    reached(sfn, execution, "WaitStateEntered")
    sfn.stop_execution(executionArn=execution, error="Stopped", cause="by hand")
    description = ended(sfn, execution)
    assert (description["status"], description["error"], description["cause"]) == ("ABORTED", "Stopped", "by hand")
    events = history(sfn, execution)
    assert_whole(events)
    assert events[-1]["type"] == "ExecutionAborted"


def test_express_executions_answer_at_once(sfn):
    machine = create(sfn, chain(3), type="EXPRESS")
    answer = sfn.start_sync_execution(stateMachineArn=machine, input='{"a": 1}')
    assert (answer["status"], answer["output"]) == ("SUCCEEDED", '{"a": 1}')
    failing = create(sfn, {"First": {"Type": "Fail", "Error": "Oops", "Cause": "on purpose"}}, type="EXPRESS")
    answer = sfn.start_sync_execution(stateMachineArn=failing)
    assert (answer["status"], answer["error"], answer["cause"]) == ("FAILED", "Oops", "on purpose")
    standard = create(sfn, chain(1))
    with pytest.raises(sfn.exceptions.StateMachineTypeNotSupported):
        sfn.start_sync_execution(stateMachineArn=standard)


def test_lists_in_pages(sfn):
    machine = create(sfn, chain(1))
    executions = [sfn.start_execution(stateMachineArn=machine)["executionArn"] for _ in range(7)]
    for execution in executions:
        ended(sfn, execution)
    pages = list(sfn.get_paginator("list_executions").paginate(stateMachineArn=machine, PaginationConfig={"PageSize": 3}))
    assert [len(page["executions"]) for page in pages] == [3, 3, 1]
    assert sorted(one["executionArn"] for page in pages for one in page["executions"]) == sorted(executions)
    assert sfn.list_executions(stateMachineArn=machine, statusFilter="FAILED")["executions"] == []
    activities = {sfn.create_activity(name=f"paged-{number}")["activityArn"] for number in range(5)}
    pages = sfn.get_paginator("list_activities").paginate(PaginationConfig={"PageSize": 2})
    listed = [one["activityArn"] for page in pages for one in page["activities"]]
    assert activities <= set(listed) and len(listed) == len(set(listed))
    with pytest.raises(sfn.exceptions.InvalidToken):
        sfn.list_executions(stateMachineArn=machine, nextToken="no token")


def test_history_in_pages_and_backwards(sfn):
    machine = create(sfn, chain(10))
    execution = sfn.start_execution(stateMachineArn=machine)["executionArn"]
    ended(sfn, execution)
    forward = history(sfn, execution)
    paged = history(sfn, execution, PaginationConfig={"PageSize": 5})
    backward = history(sfn, execution, reverseOrder=True, PaginationConfig={"PageSize": 4})
    assert paged == forward
    assert backward == forward[::-1]


def test_every_operation_was_seen(recorder):
    """Runs last in this file: each response before was checked against the model."""
    assert FIRST_OPERATIONS - recorder.succeeded == set()
