"""The metrics page: what happened to the executions of each state machine."""

import pytest

from machines import chain, create, ended, until


def counts(server, arn, label="state_machine_arn"):
    """The samples with this label alone, by their names."""
    label = f'{{{label}="{arn}"}}'
    metrics = server.metrics().items()
    return {name.removesuffix(label): value for name, value in metrics if name.endswith(label)}


def test_ends_are_counted_by_state_machine(serve):
    server = serve()
    sfn = server.client()
    succeeds = create(sfn, chain(1))
    fails = create(sfn, {"First": {"Type": "Fail", "Error": "Broken"}})
    waits = create(sfn, {"First": {"Type": "Wait", "Seconds": 60, "End": True}})
    for machine in (succeeds, succeeds, fails):
        ended(sfn, sfn.start_execution(stateMachineArn=machine)["executionArn"])
    sfn.stop_execution(executionArn=sfn.start_execution(stateMachineArn=waits)["executionArn"])
    ends = ("redriven", "succeeded", "failed", "timed_out", "aborted")
    zeros = {f"stepwell_executions_{name}_total": 0 for name in ends}
    for machine, started, name, count in [(succeeds, 2, "succeeded", 2), (fails, 1, "failed", 1), (waits, 1, "aborted", 1)]:
        seen = until(lambda: counts(server, machine), lambda seen: seen["stepwell_execution_time_seconds_count"] == count)
        took = seen.pop("stepwell_execution_time_seconds_sum")
        assert 0 <= took < 60
        assert seen == {
            **zeros,
            "stepwell_executions_started_total": started,
            f"stepwell_executions_{name}_total": count,
            "stepwell_execution_time_seconds_count": count,
        }


def test_express_executions_are_counted(serve):
    server = serve()
    sfn = server.client()
    machine = create(sfn, {"First": {"Type": "Wait", "Seconds": 1, "End": True}}, type="EXPRESS")
    sfn.start_sync_execution(stateMachineArn=machine)
    seen = counts(server, machine)
    assert (seen["stepwell_executions_started_total"], seen["stepwell_executions_succeeded_total"]) == (1, 1)
    assert 1 <= seen["stepwell_execution_time_seconds_sum"] < 10
    bucket = f'stepwell_execution_time_seconds_bucket{{state_machine_arn="{machine}",le="%s"}}'
    metrics = server.metrics()
    assert (metrics[bucket % "0.500"], metrics[bucket % "+Inf"]) == (0, 1)


def test_a_deleted_machine_leaves(serve):
    server = serve()
    sfn = server.client()
    kept, gone = create(sfn, chain(1)), create(sfn, chain(1))
    for machine in (kept, gone):
        ended(sfn, sfn.start_execution(stateMachineArn=machine)["executionArn"])
    sfn.delete_state_machine(stateMachineArn=gone)
    # The first look at the page is when it is looked up what is gone.
    assert counts(server, kept)
    assert not counts(server, gone)


@pytest.mark.parametrize("restarts", [False, True])
def test_tasks_of_activities_are_counted(serve, restarts):
    server = serve()
    sfn = server.client()
    activity = sfn.create_activity(name="counted")["activityArn"]
    machine = create(sfn, {"First": {"Type": "Task", "Resource": activity, "End": True}})
    execution = sfn.start_execution(stateMachineArn=machine)["executionArn"]
    if restarts:
        assert server.stop() == 0
        sfn = server.start().client()
    token = sfn.get_activity_task(activityArn=activity)["taskToken"]
    sfn.send_task_success(taskToken=token, output="7")
    ended(sfn, execution)
    look = lambda: counts(server, activity, "activity_arn")
    seen = until(look, lambda seen: seen.get("stepwell_activity_time_seconds_count") == 1)
    stages = ("scheduled", "started", "succeeded", "failed", "timed_out", "heartbeat_timed_out")
    found = [seen[f"stepwell_activities_{stage}_total"] for stage in stages]
    # Each process counts what it did itself.
    assert found == [0 if restarts else 1, 1, 1, 0, 0, 0]
    assert seen["stepwell_activity_run_time_seconds_count"] == 1
    sfn.delete_activity(activityArn=activity)


def test_tasks_of_functions_are_counted(serve):
    server = serve("--lambda-endpoint", "http://127.0.0.1:1")
    sfn = server.client()
    function = "arn:aws:lambda:us-east-1:123456789012:function:f"
    parameters = {"FunctionName": function}
    invoke = "arn:aws:states:::lambda:invoke"
    plain = create(sfn, {"First": {"Type": "Task", "Resource": function, "End": True}})
    service = create(sfn, {"First": {"Type": "Task", "Resource": invoke, "Parameters": parameters, "End": True}})
    for machine in (plain, service):
        ended(sfn, sfn.start_execution(stateMachineArn=machine)["executionArn"])
    for arn, label, many in [
        (function, "lambda_function_arn", "lambda_functions"),
        (invoke, "service_integration_resource_arn", "service_integrations"),
    ]:
        seen = counts(server, arn, label)
        assert seen[f"stepwell_{many}_scheduled_total"] == 1
        assert seen[f"stepwell_{many}_failed_total"] == 1
