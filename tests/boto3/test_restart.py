"""kill -9 in the middle of things: executions go on, and their history with them."""

import json
import uuid

from machines import assert_whole, chain, create, ended, history, reached


def restarted(server):
    server.kill()
    return server.start().client()


def test_a_wait_goes_on(own_server):
    sfn = own_server.client()
    machine = create(sfn, {"First": {"Type": "Wait", "Seconds": 2, "Next": "Last"}, "Last": {"Type": "Pass", "End": True}})
    execution = sfn.start_execution(stateMachineArn=machine, input='{"kept": true}')["executionArn"]
    before = reached(sfn, execution, "WaitStateEntered")
    sfn = restarted(own_server)
    assert history(sfn, execution)[: len(before)] == before
    description = ended(sfn, execution)
    assert (description["status"], description["output"]) == ("SUCCEEDED", '{"kept": true}')
    events = history(sfn, execution)
    assert_whole(events)
    assert events[: len(before)] == before
    waited = next(event for event in events if event["type"] == "WaitStateExited")["timestamp"] - before[1]["timestamp"]
    assert 2 <= waited.total_seconds() < 8


def test_an_activity_can_be_answered_after_the_restart(own_server):
    sfn = own_server.client()
    activity = sfn.create_activity(name="survivor")["activityArn"]
    machine = create(sfn, {"First": {"Type": "Task", "Resource": activity, "TimeoutSeconds": 120, "End": True}})
    taken = sfn.start_execution(stateMachineArn=machine, input='{"n": 1}')["executionArn"]
    task = sfn.get_activity_task(activityArn=activity)
    waiting = sfn.start_execution(stateMachineArn=machine, input='{"n": 2}')["executionArn"]
    before = reached(sfn, waiting, "ActivityScheduled")
    sfn = restarted(own_server)
    sfn.send_task_heartbeat(taskToken=task["taskToken"])
    sfn.send_task_success(taskToken=task["taskToken"], output='{"done": 1}')
    assert ended(sfn, taken)["output"] == '{"done": 1}'
    other = sfn.get_activity_task(activityArn=activity)
    assert json.loads(other["input"]) == {"n": 2}
    sfn.send_task_success(taskToken=other["taskToken"], output='{"done": 2}')
    assert ended(sfn, waiting)["output"] == '{"done": 2}'
    for execution in (taken, waiting):
        assert_whole(history(sfn, execution))
    assert history(sfn, waiting)[: len(before)] == before


def test_a_retry_goes_on(own_server):
    sfn = own_server.client()
    activity = sfn.create_activity(name=f"retried-{uuid.uuid4()}")["activityArn"]
    retry = [{"ErrorEquals": ["Again"], "IntervalSeconds": 2, "MaxAttempts": 1}]
    machine = create(
        sfn, {"First": {"Type": "Task", "Resource": activity, "TimeoutSeconds": 120, "Retry": retry, "End": True}}
    )
    execution = sfn.start_execution(stateMachineArn=machine)["executionArn"]
    token = sfn.get_activity_task(activityArn=activity)["taskToken"]
    sfn.send_task_failure(taskToken=token, error="Again", cause="not yet")
    before = reached(sfn, execution, "ActivityFailed")
    sfn = restarted(own_server)
    second = sfn.get_activity_task(activityArn=activity)
    assert second["taskToken"] != token
    sfn.send_task_success(taskToken=second["taskToken"], output='"done"')
    assert ended(sfn, execution)["output"] == '"done"'
    events = history(sfn, execution)
    assert_whole(events)
    assert events[: len(before)] == before
    assert [event["type"] for event in events].count("ActivityScheduled") == 2


def test_nothing_that_was_answered_is_lost(own_server):
    sfn = own_server.client()
    machine = create(sfn, chain(5))
    executions = [sfn.start_execution(stateMachineArn=machine)["executionArn"] for _ in range(30)]
    sfn = restarted(own_server)
    for execution in executions:
        assert ended(sfn, execution)["status"] == "SUCCEEDED"
        assert_whole(history(sfn, execution))
    assert own_server.stop() == 0
